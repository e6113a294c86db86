use shapeflow::prelude::*;

model! {
    pub struct Net(a: [4], b: [5]) -> [2] {
        let embed = Dense(2);
        (a -> embed) + (b -> embed)
    }
}

fn main() {}
