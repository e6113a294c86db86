use shapeflow::prelude::*;

model! {
    pub enum Net { A, B }
}

fn main() {}
