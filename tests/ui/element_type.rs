use shapeflow::prelude::*;

model! {
    pub struct Net(words: u32[16]) -> [2] {
        words -> Dense(2)
    }
}

fn main() {}
