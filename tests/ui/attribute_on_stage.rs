use shapeflow::prelude::*;

model! {
    pub struct Net(features: [4]) -> [2] {
        features -> #[name = "hidden"] Dense(8) -> Relu -> Dense(2)
    }
}

fn main() {}
