use shapeflow::prelude::*;

model! {
    pub struct Net(features: [4]) -> (score: [1], class: [5]) {
        (features -> Dense(1), features -> Dense(5) -> Softmax)
    }
}

fn train(
    network: &mut Net,
    data: &Dataset<(Values, Classes)>,
) -> Result<(), Box<dyn std::error::Error>> {
    Fit::new(MeanSquaredError::new(), Adam::default()).run(network, data)?;
    Ok(())
}

fn main() {}
