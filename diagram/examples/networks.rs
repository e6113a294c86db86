//! Draws a few well-known networks: `cargo run -p shapeflow-diagram --example networks -- FOLDER`.

#[path = "../tests/samples/mod.rs"]
mod samples;

use std::time::Instant;

fn main() -> std::io::Result<()> {
    let folder = std::env::args().nth(1).unwrap_or_else(|| ".".to_owned());
    let networks = [
        ("resnet20", samples::resnet20(false)),
        ("resnet20-stages", samples::resnet20(true)),
        ("resnet50", samples::bottlenecks(&[3, 4, 6, 3])),
        ("unet", samples::unet()),
        ("vgg16", samples::vgg16()),
        ("two", samples::two_and_two()),
        ("inception", samples::inception()),
        ("transformer", samples::transformer()),
    ];
    for (name, diagram) in networks {
        let start = Instant::now();
        let svg = diagram.to_svg();
        println!(
            "{name}: {} nodes in {:.1?}",
            diagram.nodes.len(),
            start.elapsed()
        );
        std::fs::write(format!("{folder}/{name}.svg"), svg)?;
        std::fs::write(format!("{folder}/{name}.dot"), diagram.to_dot())?;
    }
    Ok(())
}
