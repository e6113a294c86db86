use shapeflow::prelude::*;

model! {
    block Ten<C>(x: [C]) -> [C] {
        x -> [Relu -> Tanh; 1000]
    }
    pub struct Net(features: [4]) -> [4] {
        features -> [Ten; 1000]
    }
}

fn main() {}
