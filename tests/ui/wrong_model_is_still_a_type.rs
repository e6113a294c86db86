use shapeflow::prelude::*;

model! {
    pub struct Net(features: [4]) -> [2] {
        features -> Dense(3)
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let network = Net::new(1);
    network.save("net.safetensors")?;
    println!("{}", Net::PARAMETERS);
    Ok(())
}
