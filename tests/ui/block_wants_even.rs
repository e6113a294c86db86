use shapeflow::prelude::*;

model! {
    block Pairs<N>(x: [2 * N]) -> [N] {
        x -> Dense(N)
    }
    pub struct Net(features: [7]) -> [3] {
        features -> Pairs -> Dense(3)
    }
}

fn main() {}
