shapeflow::model! {
    pub struct EmptyStage(image: [28, 28, 1]) -> [10] {
        image
            -> Conv2d(32, 3x3) -> Relu
            -> 
    }
}
