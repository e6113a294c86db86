shapeflow::model! {
    pub struct RawNames(r#in: [8]) -> [2] {
        let r#type = r#in -> Dense(4, init = he_normal) -> Relu;
        r#type -> Dense(2) -> Softmax
    }
}
