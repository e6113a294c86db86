//! Targets at pixels go with their picture; what may be that is refused.

use super::*;
use crate::data::augment::{
    Augment, Border, Brightness, Changes, Contrast, Cutout, HorizontalFlip, Picture, RandomCrop,
    Rotate, Shift, VerticalFlip, Zoom,
};
use crate::data::{ClassMaps, Classes, Places, Random, Values};
use ndarray::{Array2, Array3, Array4, array};
use std::ops::ControlFlow;

const SIZE: (usize, usize) = (7, 6);

/// The class of a pixel: regions of 0 to 3.
fn class(example: usize, y: usize, x: usize) -> u32 {
    ((y + example) / 3 % 2 * 2 + x / 4 % 2) as u32
}

/// Pictures of 20 maps, with the maps as classes, as values, and with a class of the whole.
fn maps() -> Dataset<(ClassMaps, Values, Classes)> {
    let (height, width) = SIZE;
    let pictures =
        Array4::from_shape_fn((20, height, width, 1), |(n, y, x, _)| class(n, y, x) as f32);
    let maps = Array3::from_shape_fn((20, height, width), |(n, y, x)| class(n, y, x));
    let targets = (
        ClassMaps::from(maps),
        Values::from(pictures.clone()),
        Classes((0..20).collect()),
    );
    Dataset::new(pictures, targets).unwrap()
}

/// The picture, the map and the values of each example of an epoch, in order.
fn epoch(source: &dyn BatchSource) -> Vec<(Vec<f32>, Vec<u32>, Vec<f32>)> {
    let pass = Pass {
        shuffle: false,
        ..Pass::training(3, 5, 2)
    };
    let mut seen = Vec::new();
    let mut visit = |batch: &BatchBuffers| {
        let (TargetsView::Classes(maps), TargetsView::Values(values)) =
            (batch.target(0), batch.target(1))
        else {
            unreachable!("maps and values")
        };
        let size = SIZE.0 * SIZE.1;
        let examples = batch
            .input(0)
            .chunks(size)
            .zip(maps.chunks(size))
            .zip(values.chunks(size));
        seen.extend(examples.map(|((x, map), v)| (x.to_vec(), map.to_vec(), v.to_vec())));
        ControlFlow::Continue(())
    };
    source
        .pass(&pass, &mut BatchPool::new(), &mut visit)
        .unwrap();
    seen
}

use crate::data::TargetsView;

fn one(step: impl Augment + 'static) -> Pipeline {
    let pipeline = Pipeline::new().with(step);
    pipeline.outside_class(0).outside_value(0.0)
}

#[test]
fn masks_not_turned_steps_by_whole_pixels_move_masks_as_pictures() {
    let maps = maps();
    let borders = [Border::Constant(0.0), Border::Nearest, Border::Reflect];
    let mut pipelines = vec![
        one(HorizontalFlip { probability: 1.0 }),
        one(HorizontalFlip::default()),
        one(VerticalFlip { probability: 1.0 }),
    ];
    for border in borders {
        pipelines.push(one(Shift::new(0.5, 0.5).border(border)));
        pipelines.push(one(RandomCrop::new(3).border(border)));
        let both =
            one(HorizontalFlip::default()).sometimes(0.5, Shift::new(0.3, 0.0).border(border));
        pipelines.push(both.sometimes(0.7, VerticalFlip::default()));
    }
    for pipeline in pipelines {
        let name = format!("{pipeline:?}");
        let source = maps.augment(pipeline).unwrap();
        let seen = epoch(&source.clone().threads(0));
        assert_eq!(seen, epoch(&source.threads(3)), "{name}");
        assert_ne!(seen, epoch(&maps), "{name}");
        for (picture, map, values) in seen {
            let map: Vec<f32> = map.iter().map(|&class| class as f32).collect();
            assert_eq!((&map, &values), (&picture, &picture), "{name}");
        }
    }
}

#[test]
fn masks_not_turned_steps_between_pixels_take_the_nearest_class() {
    let maps = maps();
    for border in [Border::Constant(0.0), Border::Nearest, Border::Reflect] {
        for pipeline in [
            one(Rotate::new(180.0).border(border)),
            one(Zoom::new(0.4, 2.5).border(border)),
            one(Rotate::new(30.0).border(border)).with(Zoom::new(0.8, 1.2).border(border)),
        ] {
            // Twice between pixels, a picture is blurred twice: only where it is flat does it tell the class.
            let once = !format!("{pipeline:?}").contains("30.0");
            let name = format!("{pipeline:?}");
            let seen = epoch(&maps.augment(pipeline).unwrap());
            assert_ne!(seen, epoch(&maps), "{name}");
            for (picture, map, values) in seen {
                assert_eq!(values, picture, "{name}");
                assert!(map.iter().all(|&class| class < 4), "{name}");
                for (&class, &value) in map.iter().zip(&picture) {
                    // The nearest of four pixels has a quarter of the weight or more.
                    let (low, high) = (0.25 * class as f32, 3.0 - 0.25 * (3 - class) as f32);
                    assert!(
                        !once || (low - 1e-4..high + 1e-4).contains(&value),
                        "{name}: {class} {value}"
                    );
                }
            }
        }
    }
}

#[test]
fn masks_not_turned_steps_of_values_leave_them() {
    let maps = maps();
    for pipeline in [
        one(Brightness::new(0.5)),
        one(Contrast::new(0.5)),
        one(Cutout::new(3).value(9.0)),
    ] {
        let seen = epoch(&maps.augment(pipeline).unwrap());
        for (example, (new, old)) in seen.iter().zip(epoch(&maps)).enumerate() {
            assert_ne!(new.0, old.0, "{example}");
            assert_eq!((&new.1, &new.2), (&old.1, &old.2), "{example}");
        }
    }
    // Beside one that moves, they don't change how it moves.
    let flip = || HorizontalFlip::default();
    let mixed = Pipeline::new()
        .with(Brightness::new(0.5))
        .with(flip())
        .with(Cutout::new(2));
    let mixed = epoch(&maps.augment(mixed).unwrap());
    let moved = |(new, old): (&Vec<u32>, &Vec<u32>)| new != old;
    let old = epoch(&maps);
    let count = mixed
        .iter()
        .zip(&old)
        .filter(|(new, old)| moved((&new.1, &old.1)))
        .count();
    assert!((4..17).contains(&count), "{count} of 20");
    for (picture, map, values) in mixed {
        let map: Vec<f32> = map.iter().map(|&class| class as f32).collect();
        assert_eq!(map, values);
        // All but the hole and a common number is as the map.
        let mut differences: Vec<f32> = picture.iter().zip(&map).map(|(p, m)| p - m).collect();
        differences.sort_by(f32::total_cmp);
        assert!(
            differences
                .windows(2)
                .filter(|pair| (pair[1] - pair[0]).abs() > 1e-5)
                .count()
                <= 4
        );
    }
}

#[test]
fn an_evaluation_sees_targets_as_they_are() {
    let maps = maps();
    let augmented = maps
        .augment(one(VerticalFlip { probability: 1.0 }))
        .unwrap();
    let mut seen = Vec::new();
    for source in [&maps as &dyn BatchSource, &augmented] {
        source
            .pass(&Pass::evaluation(20), &mut BatchPool::new(), &mut |batch| {
                seen.push(format!(
                    "{:?} {:?} {:?}",
                    batch.input(0),
                    batch.target(0),
                    batch.target(1)
                ));
                ControlFlow::Continue(())
            })
            .unwrap();
    }
    assert_eq!(seen[0], seen[1]);
}

/// Moves everything one pixel to the right, and says that it does or not.
#[derive(Debug)]
struct Right(Changes);

impl Augment for Right {
    fn apply(&self, picture: &mut Picture<'_>, _: &mut Random) {
        picture.shift(0, 1, Border::Constant(0.5));
    }
    fn changes(&self) -> Changes {
        self.0
    }
}

fn row() -> Dataset<(ClassMaps, Values)> {
    let targets = (
        ClassMaps::from(array![[[1, 2, 3]]]),
        Values::from(array![[[[1.0, -1.0], [2.0, -2.0], [3.0, -3.0]]]]),
    );
    Dataset::new(array![[[[10.0], [20.0], [30.0]]]], targets).unwrap()
}

fn batch(source: &dyn BatchSource) -> BatchBuffers {
    let mut seen = BatchBuffers::new();
    let mut visit = |batch: &BatchBuffers| {
        seen = batch.clone();
        ControlFlow::Continue(())
    };
    let pass = Pass::training(9, 0, 0);
    source
        .pass(&pass, &mut BatchPool::new(), &mut visit)
        .unwrap();
    seen
}

#[test]
fn masks_not_turned_what_comes_from_outside_is_said() {
    let constant = Changes::Places(Some(Border::Constant(0.5)));
    let pipeline = Pipeline::new()
        .with(Right(constant))
        .outside_class(7)
        .outside_value(0.25);
    let row = row();
    let seen = batch(&row.augment(pipeline).unwrap());
    assert_eq!(seen.input(0), [0.5, 10.0, 20.0]);
    assert_eq!(seen.target(0), TargetsView::Classes(&[7, 1, 2]));
    assert_eq!(
        seen.target(1),
        TargetsView::Values(&[0.25, 0.25, 1.0, -1.0, 2.0, -2.0])
    );
    // A step that says that nothing comes in gives a class that no model has, which training refuses.
    let lies = row
        .augment(Pipeline::new().with(Right(Changes::Places(None))))
        .unwrap();
    assert_eq!(
        batch(&lies).target(0),
        TargetsView::Classes(&[u32::MAX, 1, 2])
    );
}

#[test]
fn masks_not_turned_what_is_not_said_is_refused() {
    let row = row();
    let message = |pipeline| row.augment(pipeline).unwrap_err().to_string();
    let constant = || Pipeline::new().with(Shift::new(0.5, 0.5));
    assert_eq!(
        message(constant()),
        "targets of output 0: expected a class for what comes in from outside the picture (`Pipeline::outside_class`), or steps \
         with `Border::Nearest` or `Border::Reflect`, found a border that is a constant, and none said"
    );
    assert!(
        message(constant().outside_class(0))
            .starts_with("targets of output 1: expected a value for")
    );
    assert!(
        message(constant().outside_class(1 << 25)).contains("class numbers of at most 16777216")
    );
    assert!(
        message(constant().outside_value(f32::NAN)).starts_with("value outside the pictures: ")
    );
    assert!(message(Pipeline::new().with(Right(Changes::Unknown))).contains("`Augment::changes`"));
    // What is never taken, and what never looks beyond the edge, needs no class for it.
    for pipeline in [
        Pipeline::new().sometimes(0.0, Shift::new(0.5, 0.5)),
        Pipeline::new().with(Zoom::new(1.0, 1.5)),
        Pipeline::new().with(Rotate::new(9.0).border(Border::Reflect)),
    ] {
        assert!(row.augment(pipeline).is_ok());
    }
}

#[test]
fn masks_not_turned_targets_that_may_be_maps_or_coordinates_are_refused() {
    let inputs = || Array4::from_shape_fn((64, 4, 4, 1), |(_, _, x, _)| f32::from(x < 2));
    let flip = || Pipeline::new().with(HorizontalFlip { probability: 1.0 });
    fn refused<T: Targets + std::fmt::Debug>(set: Dataset<T>, pipeline: Pipeline) -> String {
        let colours = Pipeline::new().with(Brightness::new(0.1));
        assert!(set.augment(colours).is_ok());
        set.augment(pipeline).unwrap_err().to_string()
    }
    for numbers in [1, 2, 3, 16, 32] {
        let values = Values::new(Array2::from_elem((64, numbers), 0.3));
        let set = Dataset::new(inputs(), (Classes(vec![0; 64]), values)).unwrap();
        let said = set.clone().targets_as(1, Places::Whole).unwrap();
        assert!(said.augment(flip()).is_ok());
        let message = refused(set, flip());
        assert!(
            message.starts_with("targets of output 1: expected to be told what they are"),
            "{message}"
        );
        assert!(
            message.contains(".targets_as(1, Places::Whole)?"),
            "{message}"
        );
    }
    // Rows of classes, but as many as there are pixels.
    let heat = Values::new(Array2::from_elem((64, 16), 1.0 / 16.0));
    refused(Dataset::new(inputs(), heat).unwrap(), flip());
    let attributes = ClassMaps::new(Array2::zeros((64, 5)));
    assert!(
        refused(Dataset::new(inputs(), attributes).unwrap(), flip()).contains("`ClassMaps::from`")
    );
    let coarse = ClassMaps::from(Array3::zeros((64, 2, 2)));
    let message = refused(Dataset::new(inputs(), coarse).unwrap(), flip());
    assert!(
        message.contains("pictures, 4 × 4,") && message.ends_with("found 2 × 2"),
        "{message}"
    );
}

#[test]
fn targets_of_the_whole_picture_stay() {
    let inputs = || Array4::from_shape_fn((64, 4, 4, 1), |(_, _, x, _)| f32::from(x < 2));
    let flip = || Pipeline::new().with(HorizontalFlip { probability: 1.0 });
    let rows = Classes(vec![3; 64]).one_hot(16).unwrap();
    let soft = Values::new(Array2::from_elem((64, 4), 0.25));
    let answers = Values::from(vec![1.0; 64]);
    for values in [rows, soft, answers] {
        let set = Dataset::new(inputs(), values).unwrap();
        assert_eq!(
            batch(&set.augment(flip()).unwrap()).target(0),
            batch(&set).target(0)
        );
    }
    // As many classes as pixels are a map without being told.
    let maps = ClassMaps::new(Array2::from_shape_fn((64, 16), |(_, place)| {
        (place % 4) as u32
    }));
    let set = Dataset::new(inputs(), maps).unwrap();
    let seen = batch(&set.augment(flip()).unwrap());
    assert_eq!(
        seen.target(0).slice(0..4),
        TargetsView::Classes(&[3, 2, 1, 0])
    );
}

#[test]
fn pictures_of_the_same_scene_move_together() {
    let colours = array![[[[1.0, 2.0], [3.0, 4.0]]]].into_dyn();
    let depth = array![[[[5.0], [6.0]]]].into_dyn();
    let set = Dataset::with_inputs(vec![colours, depth], Classes(vec![0])).unwrap();
    let flip = || {
        Pipeline::new()
            .with(Brightness::new(0.5))
            .with(HorizontalFlip { probability: 1.0 })
    };
    let seen = batch(&set.augment_inputs(&[0, 1], flip()).unwrap());
    assert_eq!(seen.input(1), [6.0, 5.0]);
    let more = seen.input(0)[0] - 3.0;
    assert!(more.abs() <= 0.5 && more != 0.0, "{more}");
    assert_eq!(
        batch(&set.augment_input(0, flip()).unwrap()).input(1),
        [5.0, 6.0]
    );
    let message = set.augment(flip()).unwrap_err().to_string();
    assert!(
        message.contains("`augment_inputs(&[0, 1], ..)` moves both alike"),
        "{message}"
    );
    assert!(
        set.augment(Pipeline::new().with(Brightness::new(0.5)))
            .is_ok()
    );
    for inputs in [&[][..], &[0, 0], &[0, 2]] {
        assert!(set.augment_inputs(inputs, flip()).is_err(), "{inputs:?}");
    }
    let unknown = Pipeline::new().with(Right(Changes::Unknown));
    let message = set
        .augment_inputs(&[0, 1], unknown)
        .unwrap_err()
        .to_string();
    assert!(
        message.starts_with("input 1: expected steps that say what they do"),
        "{message}"
    );
    let wider = Array4::zeros((1, 1, 3, 1)).into_dyn();
    let inputs = vec![set.input(0).clone().into_array(), wider];
    let other = Dataset::with_inputs(inputs, Classes(vec![0])).unwrap();
    let message = other
        .augment_inputs(&[0, 1], flip())
        .unwrap_err()
        .to_string();
    assert_eq!(
        message,
        "input 1: expected pictures of 1 × 2, as input 0 has, found [1, 3, 1]"
    );
}
