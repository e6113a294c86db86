//! What goes with the pictures that are augmented: other pictures of the same scene, and targets at their pixels.

use crate::data::augment::{Draw, Picture, Pipeline};
use crate::data::batch::TargetBuffer;
use crate::data::{BatchBuffers, DataError, Dataset, Places, Targets, TargetsView};

/// Something that is augmented, or moved with what is: its place in a batch and its `[height, width, channels]`.
#[derive(Clone, Debug)]
pub(super) struct Part {
    kind: Kind,
    shape: [usize; 3],
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    /// An input that all is done to.
    First(usize),
    /// An input that is moved.
    Input(usize),
    /// An output whose classes are moved.
    Classes(usize),
    /// An output whose values are moved.
    Values(usize),
}

/// A second buffer for a picture, and both of a class map.
pub(super) struct Scratch {
    pixels: Vec<f32>,
    classes: Vec<f32>,
}

impl Scratch {
    pub(super) fn of(parts: &[Part]) -> Self {
        let largest = parts.iter().map(Part::size).max().unwrap_or(0);
        Self {
            pixels: vec![0.0; largest],
            classes: vec![0.0; largest],
        }
    }
}

impl Part {
    fn size(&self) -> usize {
        self.shape.iter().product()
    }

    /// Changes this part of a batch, whose examples have these draws.
    pub(super) fn change(
        &self,
        pipeline: &Pipeline,
        batch: &mut BatchBuffers,
        scratch: &mut Scratch,
        draws: impl Iterator<Item = Draw>,
    ) {
        let size = self.size();
        let Scratch {
            pixels: spare,
            classes,
        } = scratch;
        let spare = &mut spare[..size];
        let values = match self.kind {
            Kind::First(input) | Kind::Input(input) => &mut batch.inputs[input],
            Kind::Classes(output) | Kind::Values(output) => match &mut batch.targets[output] {
                TargetBuffer::Values(values) => values,
                TargetBuffer::Classes(maps) => {
                    for (map, draw) in maps.chunks_exact_mut(size).zip(draws) {
                        let classes = &mut classes[..size];
                        let numbers = map.iter().map(|&class| class as f32);
                        classes
                            .iter_mut()
                            .zip(numbers)
                            .for_each(|(to, from)| *to = from);
                        pipeline.follow_classes(Picture::new(self.shape, classes, spare), draw);
                        map.iter_mut()
                            .zip(&*classes)
                            .for_each(|(to, from)| *to = *from as u32);
                    }
                    return;
                }
            },
        };
        for (values, draw) in values.chunks_exact_mut(size).zip(draws) {
            let picture = Picture::new(self.shape, values, spare);
            match self.kind {
                Kind::First(_) => pipeline.run(picture, draw),
                Kind::Input(_) => pipeline.follow(picture, draw),
                Kind::Classes(_) | Kind::Values(_) => pipeline.follow_values(picture, draw),
            }
        }
    }
}

/// What is changed when these inputs are augmented: all of the first, places alone of the others and of targets.
pub(super) fn parts<T: Targets>(
    dataset: &Dataset<T>,
    inputs: &[usize],
    pipeline: &Pipeline,
) -> Result<Vec<Part>, DataError> {
    let Some(&first) = inputs.first() else {
        let expected = "the number of at least one input";
        return Err(DataError::argument("inputs to augment", expected, "none"));
    };
    let shape = shape_of(dataset, first)?;
    pipeline.check(shape)?;
    let mut parts = vec![Part {
        kind: Kind::First(first),
        shape,
    }];
    for (place, &input) in inputs.iter().enumerate().skip(1) {
        let part = Part {
            kind: Kind::Input(input),
            shape: shape_of(dataset, input)?,
        };
        let what = format!("input {input}");
        if inputs[..place].contains(&input) {
            return Err(DataError::argument(what, "each input once", "it twice"));
        }
        if part.shape[..2] != shape[..2] {
            let expected = format!(
                "pictures of {} × {}, as input {first} has",
                shape[0], shape[1]
            );
            return Err(DataError::argument(
                what,
                expected,
                format!("{:?}", part.shape),
            ));
        }
        pipeline.check_known(&what)?;
        parts.push(part);
    }
    if pipeline.moves_places() {
        for output in 0..dataset.targets().outputs() {
            parts.extend(target(dataset, output, shape, pipeline)?);
        }
    }
    Ok(parts)
}

fn shape_of<T: Targets>(dataset: &Dataset<T>, input: usize) -> Result<[usize; 3], DataError> {
    dataset.check_input(input)?;
    match *dataset.shape(input) {
        [height, width, channels] => Ok([height, width, channels]),
        _ => Err(DataError::Shape {
            what: format!("input {input}"),
            expected: "[height, width, channels]".to_owned(),
            found: format!("{:?}", dataset.shape(input)),
        }),
    }
}

/// How the targets of an output go with pictures that are moved: not at all if they hold for the whole of them.
fn target<T: Targets>(
    dataset: &Dataset<T>,
    output: usize,
    [height, width, _]: [usize; 3],
    pipeline: &Pipeline,
) -> Result<Option<Part>, DataError> {
    let what = format!("targets of output {output}");
    let (view, numbers) = (
        dataset.targets().view(output),
        dataset.targets().width(output),
    );
    let places = match (dataset.places(output), view) {
        (Places::Unknown, TargetsView::Classes(_)) if numbers == height * width => {
            Places::Pixels { height, width }
        }
        (Places::Unknown, TargetsView::Values(values))
            if is_whole(values, numbers, [height, width]) =>
        {
            Places::Whole
        }
        (places, _) => places,
    };
    match places {
        Places::Whole => return Ok(None),
        Places::Unknown => return Err(unknown(output, view, numbers, [height, width])),
        Places::Pixels {
            height: rows,
            width: columns,
        } if [rows, columns] != [height, width] => {
            return Err(DataError::argument(
                what,
                format!(
                    "one for each pixel of the pictures, {height} × {width}, for the pipeline moves what is on them (bring the \
                     targets to that size, and let the model end in it, as by `Upsample2d`)"
                ),
                format!("{rows} × {columns}"),
            ));
        }
        Places::Pixels { .. } => pipeline.check_known(&what)?,
    }
    let kind = match view {
        TargetsView::Classes(classes) => {
            pipeline.check_classes(&what, classes.iter().copied().max().unwrap_or(0))?;
            Kind::Classes(output)
        }
        TargetsView::Values(_) => {
            pipeline.check_values(&what)?;
            Kind::Values(output)
        }
    };
    let shape = [height, width, numbers / (height * width)];
    Ok(Some(Part { kind, shape }))
}

fn unknown(
    output: usize,
    view: TargetsView<'_>,
    numbers: usize,
    [height, width]: [usize; 2],
) -> DataError {
    let made = match view {
        TargetsView::Classes(_) => "`ClassMaps::from` an array (examples, height, width)",
        TargetsView::Values(_) => "`Values::from` an array (examples, height, width, channels)",
    };
    DataError::argument(
        format!("targets of output {output}"),
        format!(
            "to be told what they are, for the pipeline moves what is on the pictures, {height} × {width}: if they hold for the \
             whole picture, write `.targets_as({output}, Places::Whole)?` before `augment`; if each pixel has its own, make them by \
             {made}. Coordinates and angles would be wrong: leave out steps that move"
        ),
        format!("{numbers} numbers for each picture, which may be either"),
    )
}

/// Whether every row is a yes or no, or a distribution over fewer classes than a map has places.
fn is_whole(values: &[f32], numbers: usize, size: [usize; 2]) -> bool {
    if numbers == 1 {
        return values.iter().all(|&value| value == 0.0 || value == 1.0);
    }
    let is_distribution = |row: &[f32]| {
        row.iter().all(|&value| value >= 0.0) && (row.iter().sum::<f32>() - 1.0).abs() < 1e-3
    };
    !may_be_map(numbers, size) && values.chunks_exact(numbers).all(is_distribution)
}

/// Whether so many numbers are one or several for each pixel, or for each square of 2, 4, 8, .. pixels.
fn may_be_map(numbers: usize, [height, width]: [usize; 2]) -> bool {
    let sides = std::iter::successors(Some(1_usize), |side| side.checked_mul(2));
    let sides = sides.take_while(|&side| {
        side <= height.min(width) && height.is_multiple_of(side) && width.is_multiple_of(side)
    });
    // Few places are more likely a few classes of the whole picture.
    sides
        .map(|side| (height / side) * (width / side))
        .any(|places| numbers.is_multiple_of(places) && (places >= 16 || places == height * width))
}
