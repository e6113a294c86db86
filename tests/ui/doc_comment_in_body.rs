use shapeflow::prelude::*;

model! {
    pub struct Net(features: [4]) -> [2] {
        features
            /// The hidden layer.
            -> Dense(8) -> Relu -> Dense(2)
    }
}

fn main() {}
