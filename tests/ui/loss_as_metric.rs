use shapeflow::prelude::*;

model! {
    pub struct Net(features: [4]) -> [1] {
        features -> Dense(1)
    }
}

fn train(network: &mut Net, data: &Dataset<Values>) -> Result<(), Box<dyn std::error::Error>> {
    Fit::new(MeanSquaredError::new(), Adam::default())
        .metric(MeanAbsoluteError::new())
        .run(network, data)?;
    Ok(())
}

fn main() {}
