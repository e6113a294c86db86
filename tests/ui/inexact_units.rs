use shapeflow::prelude::*;

model! {
    const WIDTH: usize = 7;
    pub struct Net(x: [4]) -> [2] {
        x -> Dense(WIDTH / 2) -> Relu -> Dense(2)
    }
}

fn main() {}
