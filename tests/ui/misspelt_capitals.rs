use shapeflow::prelude::*;

model! {
    const WIDTH: usize = 8;
    pub struct Net(x: [4]) -> [2] {
        x -> Dense(WIDHT) -> Relu -> Dense(2)
    }
}

fn main() {}
