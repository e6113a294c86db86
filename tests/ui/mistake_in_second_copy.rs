use shapeflow::prelude::*;

model! {
    block Half<H, W, C>(x: [H, W, C]) -> [H / 2, W / 2, C] {
        x -> MaxPool2d(2)
    }
    pub struct Net(image: [10, 10, 1]) -> [2, 2, 1] {
        image -> [Half; 2]
    }
}

fn main() {}
