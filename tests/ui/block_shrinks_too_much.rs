use shapeflow::prelude::*;

model! {
    block Half<H, W, C>(x: [H, W, C]) -> [H / 2, W / 2, C] {
        x -> Conv2d(C, 3x3, stride = 2) -> Relu
    }
    pub struct Net(image: [32, 32, 3]) -> [2] {
        image -> Half -> Flatten -> Dense(2)
    }
}

fn main() {}
