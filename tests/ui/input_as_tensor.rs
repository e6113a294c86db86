use shapeflow::prelude::*;

model! {
    pub struct Net(image: Tensor<f32>) -> [2] {
        image -> Dense(2)
    }
}

fn main() {}
