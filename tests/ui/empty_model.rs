use shapeflow::prelude::*;

model! {

}

fn main() {}
