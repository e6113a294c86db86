use shapeflow::prelude::*;

model! {
    block Half<H, W, C>(x: [H, W, C]) -> [H / 2, W / 2, C] {
        x -> MaxPool2d(2)
    }
    pub struct Net(image: [28, 28, 1]) -> [3, 3, 1] {
        image -> [Half; 3]
    }
}

fn main() {}
