use shapeflow::prelude::*;

model! {
    pub struct Net {
        hidden: Dense(8),
        last: Dense(2),
    }
}

fn main() {}
