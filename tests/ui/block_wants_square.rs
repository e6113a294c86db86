use shapeflow::prelude::*;

model! {
    block Square<S, C>(x: [S, S, C]) -> [S, S, C] {
        x -> Conv2d(C, 3x3, padding = same) -> Relu
    }
    pub struct Net(image: [28, 32, 1]) -> [2] {
        image -> Square -> Flatten -> Dense(2)
    }
}

fn main() {}
