use super::super::augment::{Augment, Border, Brightness, HorizontalFlip, Picture, Rotate, Shift};
use super::*;
use crate::data::{Classes, Random, TargetsView};
use ndarray::{Array2, Array4};
use std::ops::ControlFlow;

fn pictures() -> Dataset<Classes> {
    let pixels = Array4::from_shape_fn((23, 5, 4, 2), |(n, y, x, c)| {
        (40 * n + 8 * y + 2 * x + c) as f32
    });
    Dataset::new(pixels, Classes((0..23).collect())).unwrap()
}

fn pipeline() -> Pipeline {
    Pipeline::new()
        .with(HorizontalFlip::default())
        .sometimes(0.5, Rotate::new(20.0).border(Border::Reflect))
        .with(Shift::new(0.2, 0.2))
        .with(Brightness::new(0.3))
}

/// Pixels and classes of all batches.
fn run(source: &dyn BatchSource, pass: &Pass) -> Vec<(Vec<u32>, Vec<u32>)> {
    let mut batches = Vec::new();
    source
        .pass(pass, &mut BatchPool::new(), &mut |batch| {
            let TargetsView::Classes(classes) = batch.target(0) else {
                unreachable!("classes")
            };
            batches.push((
                batch.input(0).iter().map(|value| value.to_bits()).collect(),
                classes.to_vec(),
            ));
            ControlFlow::Continue(())
        })
        .unwrap();
    batches
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let pictures = pictures();
    let augmented = pictures.augment(pipeline()).unwrap();
    let pass = Pass::training(4, 9, 1);
    let expected = run(&augmented.clone().threads(0), &pass);
    assert_eq!(expected.len(), 6);
    assert_ne!(expected, run(&pictures, &pass));
    for (threads, ahead) in [(1, 2), (2, 1), (3, 4), (8, 3)] {
        assert_eq!(
            run(&augmented.clone().threads(threads).prefetch(ahead), &pass),
            expected,
            "{threads} threads"
        );
    }
}

#[test]
fn a_picture_does_not_depend_on_its_batch() {
    let pictures = pictures();
    let augmented = pictures.augment(pipeline()).unwrap();
    let all = |batch_size| {
        let (pixels, classes): (Vec<_>, Vec<_>) =
            run(&augmented, &Pass::training(batch_size, 9, 1))
                .into_iter()
                .unzip();
        (pixels.concat(), classes.concat())
    };
    assert_eq!(all(4), all(7));
}

#[test]
fn epochs_differ_and_skipped_batches_change_nothing() {
    let pictures = pictures();
    let augmented = pictures.augment(pipeline()).unwrap().threads(2);
    let pass = Pass::training(4, 9, 1);
    assert_ne!(
        run(&augmented, &pass),
        run(&augmented, &Pass { epoch: 2, ..pass })
    );
    assert_eq!(
        run(&augmented, &pass)[2..],
        run(&augmented, &Pass { skip: 2, ..pass })
    );
    assert!(run(&augmented, &Pass { skip: 100, ..pass }).is_empty());
}

#[test]
fn an_evaluation_sees_the_pictures_as_they_are() {
    let pictures = pictures();
    let pass = Pass::evaluation(4);
    assert_eq!(
        run(&pictures.augment(pipeline()).unwrap(), &pass),
        run(&pictures, &pass)
    );
}

#[test]
fn breaking_off_ends_the_pass_and_the_threads() {
    let pictures = pictures();
    let augmented = pictures.augment(pipeline()).unwrap().threads(2);
    let mut seen = 0;
    let mut visit = |_: &BatchBuffers| {
        seen += 1;
        if seen == 2 {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    };
    augmented
        .pass(&Pass::training(2, 0, 0), &mut BatchPool::new(), &mut visit)
        .unwrap();
    assert_eq!(seen, 2);
}

#[derive(Debug)]
struct Faulty;
impl Augment for Faulty {
    fn apply(&self, _: &mut Picture<'_>, _: &mut Random) {
        panic!("a fault in the user's augmentation");
    }
}

#[test]
#[should_panic(expected = "a scoped thread panicked")]
fn a_panic_on_a_background_thread_reaches_the_caller() {
    run(
        &pictures()
            .augment(Pipeline::new().with(Faulty))
            .unwrap()
            .threads(2),
        &Pass::training(2, 0, 0),
    );
}

#[test]
#[should_panic(expected = "a fault in the training loop")]
fn a_panic_in_the_training_loop_ends_the_background_threads() {
    let pictures = pictures();
    let augmented = pictures.augment(pipeline()).unwrap().threads(2);
    let _ = augmented.pass(&Pass::training(2, 0, 0), &mut BatchPool::new(), &mut |_| {
        panic!("a fault in the training loop")
    });
}

#[test]
fn only_pictures_can_be_augmented() {
    let table = Dataset::new(Array2::zeros((3, 2)), Classes(vec![0; 3])).unwrap();
    let message = table.augment(pipeline()).unwrap_err().to_string();
    assert_eq!(
        message,
        "input 0: expected shape [height, width, channels], found [2]"
    );
    assert!(pictures().augment_input(1, pipeline()).is_err());
}
