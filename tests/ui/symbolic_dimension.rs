use shapeflow::prelude::*;

model! {
    pub struct Net<T>(x: [T]) -> [T] {
        x -> Dense(T)
    }
}

fn main() {}
