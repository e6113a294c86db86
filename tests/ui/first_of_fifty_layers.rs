use shapeflow::prelude::*;

model! {
    pub struct Net(image: [9, 9, 3]) -> [2] {
        image
            -> Conv2d(8)
            -> Conv2d(8, 3x3, padding = same) -> Relu
            -> Conv2d(8, 3x3, padding = same) -> Relu
            -> Conv2d(8, 3x3, padding = same) -> Relu
            -> Conv2d(8, 3x3, padding = same) -> Relu
            -> Conv2d(8, 3x3, padding = same) -> Relu
            -> Conv2d(8, 3x3, padding = same) -> Relu
            -> Conv2d(8, 3x3, padding = same) -> Relu
            -> Conv2d(8, 3x3, padding = same) -> Relu
            -> Conv2d(8, 3x3, padding = same) -> Relu
            -> Conv2d(8, 3x3, padding = same) -> Relu
            -> Conv2d(8, 3x3, padding = same) -> Relu
            -> Conv2d(8, 3x3, padding = same) -> Relu
            -> Conv2d(8, 3x3, padding = same) -> Relu
            -> Conv2d(8, 3x3, padding = same) -> Relu
            -> Conv2d(8, 3x3, padding = same) -> Relu
            -> Conv2d(8, 3x3, padding = same) -> Relu
            -> Conv2d(8, 3x3, padding = same) -> Relu
            -> Conv2d(8, 3x3, padding = same) -> Relu
            -> Conv2d(8, 3x3, padding = same) -> Relu
            -> Conv2d(8, 3x3, padding = same) -> Relu
            -> Conv2d(8, 3x3, padding = same) -> Relu
            -> Conv2d(8, 3x3, padding = same) -> Relu
            -> Conv2d(8, 3x3, padding = same) -> Relu
            -> Conv2d(8, 3x3, padding = same) -> Relu
            -> Flatten -> Dense(2)
    }
}

fn main() {}
