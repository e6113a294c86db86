use shapeflow::prelude::*;

model! {
    pub struct Net(features: [4]) -> [2] {
        self.hidden(features)
    }
}

fn main() {}
