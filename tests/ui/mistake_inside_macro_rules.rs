use shapeflow::prelude::*;

macro_rules! network {
    ($name:ident, $units:expr) => {
        model! {
            pub struct $name(features: [4]) -> [2] {
                features -> Dense($units) -> Relu -> Dense(2)
            }
        }
    };
}

network!(Right, 8);
network!(Wrong, 8.5);

fn main() {}
