use shapeflow::prelude::*;

#[allow(non_upper_case_globals)]
const hidden: usize = 8;

model! {
    pub struct Net(features: [4]) -> [2] {
        features -> Dense(hidden) -> Dense(2)
    }
}

fn main() {}
