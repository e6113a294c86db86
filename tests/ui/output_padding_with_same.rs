use shapeflow::prelude::*;

model! {
    pub struct Net(image: [8, 8, 4]) -> [16, 16, 2] {
        image -> ConvTranspose2d(2, 3x3, stride = 2, padding = same, output_padding = 1)
    }
}

fn main() {}
