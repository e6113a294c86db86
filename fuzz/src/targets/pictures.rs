//! PNG and JPEG pictures, in a folder of classes.

use crate::place::with_folder;
use crate::target::choice;
use crate::{Target, alter, repair};
use png::{BitDepth, ColorType};
use shapeflow::data::{Colors, Limits, PictureFolder, PictureReader, Pixels};

/// PNG pictures of every kind.
pub const PNG: Target = Target::new("png", pngs, read)
    .altered(alter::png)
    .repaired(repair::png);

/// JPEG pictures.
pub const JPEG: Target = Target::new("jpeg", jpegs, read).altered(alter::jpeg);

fn png(color: ColorType, depth: BitDepth, bytes: usize) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, 6, 5);
    encoder.set_color(color);
    encoder.set_depth(depth);
    if color == ColorType::Indexed {
        encoder.set_palette((0..48).collect::<Vec<u8>>());
        encoder.set_trns((0..16).collect::<Vec<u8>>());
    }
    let pixels: Vec<u8> = (0..bytes).map(|i| (i * 7 % 16) as u8).collect();
    let mut writer = encoder.write_header().expect("a header");
    writer.write_image_data(&pixels).expect("5 rows");
    writer.finish().expect("a whole picture");
    file
}

pub fn pngs() -> Vec<Vec<u8>> {
    use {BitDepth::*, ColorType::*};
    vec![
        png(Rgb, Eight, 90),
        png(Rgba, Sixteen, 240),
        png(Grayscale, One, 5),
        png(Grayscale, Sixteen, 60),
        png(GrayscaleAlpha, Eight, 60),
        png(Indexed, Four, 15),
    ]
}

pub fn jpegs() -> Vec<Vec<u8>> {
    macro_rules! golden {
        ($name:literal) => {
            include_bytes!(concat!("../../../runtime/tests/golden/pictures/", $name)).to_vec()
        };
    }
    vec![golden!("rgb.jpg"), golden!("gray.jpg"), golden!("flat.jpg")]
}

fn read(bytes: &[u8]) {
    with_folder(|folder| {
        let folder = folder.join("pictures");
        crate::place::write(&folder.join("class/picture.png"), bytes);
        // Tight, so that it is the limit that is met and not the usual gigabytes.
        let limits = Limits::new().file_bytes(1 << 17).memory_bytes(1 << 23);
        let reader = PictureReader::new().limits(limits);
        let picture = folder.join("class/picture.png");
        let folder = PictureFolder::new(&folder).limits(limits);
        let _ = match choice(bytes, 4) {
            0 => folder.read(),
            1 => folder.size(7, 9).read(),
            2 => folder.size(300, 2).colors(Colors::Gray).read(),
            _ => folder.limits(Limits::new().memory_bytes(100)).read(),
        };
        if let Ok(read) = reader.pixels(Pixels::Raw).read(&picture) {
            assert!(
                read.len() <= 1 << 21,
                "{} numbers within the limit",
                read.len()
            );
        }
        let _ = reader.size(3, 2).colors(Colors::Gray).read(&picture);
    });
}
