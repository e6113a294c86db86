use shapeflow::prelude::*;

model! {
    pub struct Net(features: [4]) -> [10] {
        features -> Dense(10) -> Softmax
    }
}

fn train(network: &mut Net, data: &Dataset<Classes>) -> Result<(), Box<dyn std::error::Error>> {
    Fit::new(BinaryCrossEntropy::new(), Adam::default()).run(network, data)?;
    Ok(())
}

fn main() {}
