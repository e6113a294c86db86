use shapeflow::prelude::*;

model! {
    pub struct Net(words: [16, 8]) -> [16, 8] {
        words -> Lstm(8)
    }
}

fn main() {}
