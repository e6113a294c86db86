//! The pixels of one picture: their colours and their number changed.

use super::exif;

/// A picture as it was decoded: `samples` in the shape `(height, width, channels)`.
pub(super) struct Bitmap {
    pub(super) width: usize,
    pub(super) height: usize,
    /// 1: grey, 2: grey and opacity, 3: red, green and blue, 4: those and opacity.
    channels: usize,
    /// What white is: 255 or 65535.
    white: u16,
    samples: Vec<u16>,
}

impl Bitmap {
    pub(super) fn new(
        width: usize,
        height: usize,
        channels: usize,
        white: u16,
        samples: Vec<u16>,
    ) -> Self {
        assert_eq!(samples.len(), width * height * channels);
        Self {
            width,
            height,
            channels,
            white,
            samples,
        }
    }

    /// A picture of 8 bits a sample.
    pub(super) fn of_bytes(width: usize, height: usize, channels: usize, bytes: &[u8]) -> Self {
        let samples = bytes.iter().map(|&byte| byte.into()).collect();
        Self::new(width, height, channels, u8::MAX.into(), samples)
    }

    /// What white is.
    pub(super) fn white(&self) -> u16 {
        self.white
    }

    /// Red, green and blue of each pixel; transparency is lost.
    pub(super) fn rgb(&self) -> Vec<u16> {
        let pixels = self.samples.chunks_exact(self.channels);
        pixels
            .flat_map(|pixel| match pixel {
                [red, green, blue, ..] => [*red, *green, *blue],
                _ => [pixel[0]; 3],
            })
            .collect()
    }

    /// The luma of each pixel, in the integers of Pillow; transparency is lost.
    pub(super) fn gray(&self) -> Vec<u16> {
        let pixels = self.samples.chunks_exact(self.channels);
        pixels
            .map(|pixel| match *pixel {
                [red, green, blue, ..] => luma(red, green, blue),
                _ => pixel[0],
            })
            .collect()
    }

    /// The picture as it is seen, from how it is stored: an Exif orientation of 1 to 8.
    pub(super) fn turned(self, orientation: u8) -> Self {
        if !(2..=8).contains(&orientation) {
            return self;
        }
        let stored = (self.height, self.width);
        let (height, width) = if exif::turns(orientation) {
            (self.width, self.height)
        } else {
            stored
        };
        let mut samples = Vec::with_capacity(self.samples.len());
        for y in 0..height {
            for x in 0..width {
                let (row, column) = exif::stored(orientation, stored, (y, x));
                let start = (row * self.width + column) * self.channels;
                samples.extend_from_slice(&self.samples[start..start + self.channels]);
            }
        }
        Self::new(width, height, self.channels, self.white, samples)
    }

    /// The picture at another size. Each new pixel is a mean of those around its place, weighted by a triangle that is as wide as two new
    /// pixels, and never narrower than two old ones.
    pub(super) fn resized(&self, width: usize, height: usize) -> Self {
        if (width, height) == (self.width, self.height) || self.samples.is_empty() {
            return Self::new(
                width,
                height,
                self.channels,
                self.white,
                self.samples.clone(),
            );
        }
        let row = self.width * self.channels;
        let mut tall = vec![0.0; height * row];
        for (line, (first, weights)) in tall.chunks_exact_mut(row).zip(windows(self.height, height))
        {
            for (weight, old) in weights
                .iter()
                .zip(self.samples.chunks_exact(row).skip(first))
            {
                for (sum, sample) in line.iter_mut().zip(old) {
                    *sum += f32::from(*sample) * weight;
                }
            }
        }
        let windows: Vec<_> = windows(self.width, width).collect();
        let white = f32::from(self.white);
        let mut samples = Vec::with_capacity(width * height * self.channels);
        for line in tall.chunks_exact(row) {
            for (first, weights) in &windows {
                for channel in 0..self.channels {
                    let old = line[channel..].iter().step_by(self.channels).skip(*first);
                    let sum = weights.iter().zip(old).fold(0.0, |sum, (w, x)| sum + x * w);
                    samples.push(sum.clamp(0.0, white).round() as u16);
                }
            }
        }
        Self::new(width, height, self.channels, self.white, samples)
    }
}

/// ITU-R BT.601's weights 0.299, 0.587 and 0.114 in 65536ths; they add up to 1.
fn luma(red: u16, green: u16, blue: u16) -> u16 {
    let sum = 19_595 * u64::from(red) + 38_470 * u64::from(green) + 7_471 * u64::from(blue);
    ((sum + 32_768) >> 16) as u16
}

/// For each of `new` places along an axis of `old`: the first old one that counts, and the weights of those from there on.
fn windows(old: usize, new: usize) -> impl Iterator<Item = (usize, Vec<f32>)> {
    let ratio = old as f32 / new as f32;
    let half = ratio.max(1.0);
    (0..new).map(move |place| {
        let centre = (place as f32 + 0.5) * ratio;
        let first = ((centre - half).floor().max(0.0) as usize).min(old - 1);
        let end = ((centre + half).ceil() as usize).clamp(first + 1, old);
        let triangle = |i: usize| (1.0 - ((i as f32 - (centre - 0.5)) / half).abs()).max(0.0);
        let mut weights: Vec<f32> = (first..end).map(triangle).collect();
        let sum: f32 = weights.iter().sum();
        weights.iter_mut().for_each(|weight| *weight /= sum);
        (first, weights)
    })
}
