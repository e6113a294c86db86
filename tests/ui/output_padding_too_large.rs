use shapeflow::prelude::*;

model! {
    pub struct Net(image: [8, 8, 4]) -> [17, 17, 2] {
        image -> ConvTranspose2d(2, 3x3, stride = 2, output_padding = 2)
    }
}

fn main() {}
