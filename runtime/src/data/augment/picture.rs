//! One picture while it is being augmented.

use super::Border;

/// One picture `(height, width, channels)` while it is being augmented, with a second buffer of the same size.
#[derive(Debug)]
pub struct Picture<'a> {
    shape: [usize; 3],
    pixels: &'a mut [f32],
    scratch: &'a mut [f32],
    /// Whether `pixels` and `scratch` have changed places an odd number of times.
    swapped: bool,
    /// Whether values are never mixed, as they are class numbers.
    nearest: bool,
    /// What comes in from outside in place of a border's constant.
    outside: Option<f32>,
}

impl<'a> Picture<'a> {
    /// A picture in `pixels`, row-major `(height, width, channels)`.
    ///
    /// # Panics
    ///
    /// If the two slices aren't as long as the shape says.
    pub(crate) fn new(shape: [usize; 3], pixels: &'a mut [f32], scratch: &'a mut [f32]) -> Self {
        let length: usize = shape.iter().product();
        assert_eq!(
            (pixels.len(), scratch.len()),
            (length, length),
            "a picture and its scratch fit its shape"
        );
        Self {
            shape,
            pixels,
            scratch,
            swapped: false,
            nearest: false,
            outside: None,
        }
    }

    /// The same as a map of class numbers, which are never mixed.
    pub(crate) fn of_classes(mut self) -> Self {
        self.nearest = true;
        self
    }

    /// The same with this beyond its edge in place of a border's constant.
    pub(crate) fn with_outside(mut self, value: Option<f32>) -> Self {
        self.outside = value;
        self
    }

    /// A border as it is for this picture.
    fn own(&self, border: Border) -> Border {
        match (border, self.outside) {
            (Border::Constant(_), Some(value)) => Border::Constant(value),
            _ => border,
        }
    }

    /// The number of rows.
    pub fn height(&self) -> usize {
        self.shape[0]
    }

    /// The number of pixels in a row.
    pub fn width(&self) -> usize {
        self.shape[1]
    }

    /// The number of values of a pixel.
    pub fn channels(&self) -> usize {
        self.shape[2]
    }

    /// The values, row-major `(height, width, channels)`.
    pub fn pixels(&self) -> &[f32] {
        self.pixels
    }

    /// The values, to be changed in place.
    pub fn pixels_mut(&mut self) -> &mut [f32] {
        self.pixels
    }

    /// Draws the picture anew: `draw` gets the old values and a buffer of the same size, with anything in it, for the
    /// new ones.
    pub fn redraw(&mut self, draw: impl FnOnce(&[f32], &mut [f32])) {
        draw(self.pixels, self.scratch);
        std::mem::swap(&mut self.pixels, &mut self.scratch);
        self.swapped = !self.swapped;
    }

    /// Moves the picture by whole pixels, down and to the right.
    pub fn shift(&mut self, down: isize, right: isize, border: Border) {
        if (down, right) == (0, 0) {
            return;
        }
        let border = self.own(border);
        let [height, width, channels] = self.shape;
        self.redraw(|old, new| {
            for (y, row) in new.chunks_exact_mut(width * channels).enumerate() {
                let from_row = border.index(y as isize - down, height);
                for (x, pixel) in row.chunks_exact_mut(channels).enumerate() {
                    match (from_row, border.index(x as isize - right, width)) {
                        (Some(from_y), Some(from_x)) => {
                            let start = (from_y * width + from_x) * channels;
                            pixel.copy_from_slice(&old[start..start + channels]);
                        }
                        _ => pixel.fill(border.constant()),
                    }
                }
            }
        });
    }

    /// Takes every pixel from the place that the matrix `[[a, b], [c, d]]` says: what was `(y, x)` from the centre
    /// comes from `(a y + b x, c y + d x)` from the centre, between four pixels if need be (bilinear); in a class map from the
    /// nearest one.
    pub fn transform(&mut self, [[a, b], [c, d]]: [[f32; 2]; 2], border: Border) {
        let (border, nearest) = (self.own(border), self.nearest);
        let [height, width, channels] = self.shape;
        let centre_y = (height as f32 - 1.0) / 2.0;
        let centre_x = (width as f32 - 1.0) / 2.0;
        self.redraw(|old, new| {
            for (y, row) in new.chunks_exact_mut(width * channels).enumerate() {
                let from_centre_y = y as f32 - centre_y;
                for (x, pixel) in row.chunks_exact_mut(channels).enumerate() {
                    let from_centre_x = x as f32 - centre_x;
                    let mut from_y = centre_y + a * from_centre_y + b * from_centre_x;
                    let mut from_x = centre_x + c * from_centre_y + d * from_centre_x;
                    if nearest {
                        (from_y, from_x) = ((from_y + 0.5).floor(), (from_x + 0.5).floor());
                    }
                    let shape = [height, width, channels];
                    bilinear(old, shape, [from_y, from_x], border, pixel);
                }
            }
        });
    }

    /// Ends the work: the values stand in the slice that the picture was made with.
    pub(crate) fn finish(self) {
        if self.swapped {
            // After an odd number of swaps `scratch` is the slice that `pixels` was.
            self.scratch.copy_from_slice(self.pixels);
        }
    }
}

/// Writes the pixel at a place between four others, weighted by how near they are.
fn bilinear(
    picture: &[f32],
    [height, width, channels]: [usize; 3],
    [y, x]: [f32; 2],
    border: Border,
    pixel: &mut [f32],
) {
    let (top, left) = (y.floor(), x.floor());
    let (down, right) = (y - top, x - left);
    let (top, left) = (top as isize, left as isize);
    pixel.fill(0.0);
    let corners = [
        (0, 0, (1.0 - down) * (1.0 - right)),
        (0, 1, (1.0 - down) * right),
        (1, 0, down * (1.0 - right)),
        (1, 1, down * right),
    ];
    for (dy, dx, weight) in corners {
        if weight == 0.0 {
            continue;
        }
        match (
            border.index(top.saturating_add(dy), height),
            border.index(left.saturating_add(dx), width),
        ) {
            (Some(from_y), Some(from_x)) => {
                let start = (from_y * width + from_x) * channels;
                for (value, from) in pixel.iter_mut().zip(&picture[start..start + channels]) {
                    *value += weight * from;
                }
            }
            _ => pixel
                .iter_mut()
                .for_each(|value| *value += weight * border.constant()),
        }
    }
}

/// Changes a picture given as rows of one channel; what the tests of each augmentation begin with.
#[cfg(test)]
pub(super) fn changed<const H: usize, const W: usize>(
    rows: [[f32; W]; H],
    change: impl FnOnce(&mut Picture<'_>),
) -> [[f32; W]; H] {
    let mut pixels = rows.concat();
    let mut scratch = vec![f32::NAN; pixels.len()];
    let mut picture = Picture::new([H, W, 1], &mut pixels, &mut scratch);
    change(&mut picture);
    picture.finish();
    std::array::from_fn(|y| std::array::from_fn(|x| pixels[y * W + x]))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROWS: [[f32; 3]; 2] = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]];

    #[test]
    fn a_shift_moves_and_fills() {
        let shifted =
            |down, right, border| changed(ROWS, |picture| picture.shift(down, right, border));
        assert_eq!(
            shifted(1, 1, Border::Constant(9.0)),
            [[9.0, 9.0, 9.0], [9.0, 1.0, 2.0]]
        );
        assert_eq!(
            shifted(0, -1, Border::Nearest),
            [[2.0, 3.0, 3.0], [5.0, 6.0, 6.0]]
        );
        assert_eq!(
            shifted(0, 1, Border::Reflect),
            [[2.0, 1.0, 2.0], [5.0, 4.0, 5.0]]
        );
        assert_eq!(shifted(0, 0, Border::Reflect), ROWS);
    }

    #[test]
    fn a_transform_takes_pixels_from_where_it_says() {
        let transformed = |matrix| {
            changed(ROWS, |picture| {
                picture.transform(matrix, Border::Constant(0.0))
            })
        };
        assert_eq!(transformed([[1.0, 0.0], [0.0, 1.0]]), ROWS);
        assert_eq!(
            transformed([[-1.0, 0.0], [0.0, -1.0]]),
            [[6.0, 5.0, 4.0], [3.0, 2.0, 1.0]]
        );
        // Half the way to the centre: between pixels.
        assert_eq!(
            transformed([[0.0, 0.0], [0.0, 0.5]]),
            [[3.0, 3.5, 4.0], [3.0, 3.5, 4.0]]
        );
    }

    #[test]
    fn an_even_and_an_odd_number_of_redraws_end_in_the_same_slice() {
        let moved = changed(ROWS, |picture| picture.shift(0, 1, Border::Nearest));
        let back = changed(ROWS, |picture| {
            picture.shift(0, 1, Border::Nearest);
            picture.shift(0, 0, Border::Nearest);
            picture.shift(0, -1, Border::Nearest);
        });
        assert_eq!(moved, [[1.0, 1.0, 2.0], [4.0, 4.0, 5.0]]);
        assert_eq!(back, [[1.0, 2.0, 2.0], [4.0, 5.0, 5.0]]);
    }

    #[test]
    fn channels_stay_together() {
        let mut pixels = [1.0, 10.0, 2.0, 20.0];
        let mut scratch = [0.0; 4];
        let mut picture = Picture::new([1, 2, 2], &mut pixels, &mut scratch);
        picture.transform([[1.0, 0.0], [0.0, -1.0]], Border::default());
        picture.finish();
        assert_eq!(pixels, [2.0, 20.0, 1.0, 10.0]);
    }
}
