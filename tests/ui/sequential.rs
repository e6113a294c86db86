use shapeflow::prelude::*;

model! {
    Sequential(Dense(8), Relu, Dense(2))
}

fn main() {}
