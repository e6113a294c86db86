use super::*;
use crate::data::BatchBuffers;
use crate::data::{Classes, Values};
use ndarray::{Array1, Array2, Array4, array};

fn message<T>(result: Result<Dataset<T>, DataError>) -> String {
    result
        .map(|_| ())
        .expect_err("a data set that isn't proper")
        .to_string()
}

#[test]
fn lengths_must_agree() {
    assert_eq!(
        message(Dataset::new(Array2::zeros((3, 2)), Classes(vec![0, 1]))),
        "targets: expected 3 examples, found 2"
    );
    let inputs = vec![
        Array2::zeros((3, 2)).into_dyn(),
        Array2::zeros((4, 2)).into_dyn(),
    ];
    assert_eq!(
        message(Dataset::with_inputs(inputs, Classes(vec![0; 3]))),
        "input 1: expected 3 examples, found 4"
    );
    let targets = (Classes(vec![0; 3]), Values::from(vec![0.0; 2]));
    assert_eq!(
        message(Dataset::new(Array2::zeros((3, 2)), targets)),
        "targets of output 1: expected 3 examples, found 2"
    );
}

#[test]
fn there_must_be_examples_and_inputs() {
    let nothing = "the data set: expected at least one example, found none";
    assert_eq!(
        message(Dataset::new(Array2::zeros((0, 2)), Classes(vec![]))),
        nothing
    );
    assert_eq!(
        message(Dataset::new(ndarray::arr0(1.0), Classes(vec![0]))),
        nothing
    );
    assert_eq!(
        message(Dataset::with_inputs(vec![], Classes(vec![0]))),
        "inputs: expected at least one array, found none"
    );
}

#[test]
fn values_must_be_finite() {
    let mut pictures = Array4::zeros((2, 2, 2, 1));
    pictures[[1, 0, 1, 0]] = f32::INFINITY;
    assert_eq!(
        message(Dataset::new(pictures, Classes(vec![0, 1]))),
        "input 0, example 1, element 1: expected a finite number, found inf"
    );
    assert_eq!(
        message(Dataset::new(
            Array1::zeros(2),
            Values::from(array![[0.0, 0.0], [0.0, f32::NAN]])
        )),
        "targets of output 0, example 1, element 1: expected a finite number, found NaN"
    );
}

#[test]
fn the_layout_in_memory_does_not_matter() {
    let turned = array![[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]].reversed_axes();
    let set = Dataset::new(turned, Classes(vec![0, 1, 2])).expect("a proper data set");
    let mut batch = BatchBuffers::new();
    set.gather(&[2, 0], &mut batch);
    assert_eq!(batch.input(0), [3.0, 6.0, 1.0, 4.0]);
}

#[test]
fn subsets_copy_the_examples_named() {
    let set = Dataset::new(array![[1.0], [2.0], [3.0]], Classes(vec![7, 8, 9]))
        .expect("a proper data set");
    let part = set.subset(&[2, 0]).expect("both are there");
    assert_eq!(part.input(0), &array![[3.0], [1.0]].into_dyn());
    assert_eq!(part.targets().0, [9, 7]);
    assert_eq!(
        message(set.subset(&[3])),
        "the data set: expected an index below 3, found 3"
    );
    assert_eq!(
        message(set.subset(&[])),
        "the subset: expected at least one example, found none"
    );
}

#[test]
fn inputs_and_targets_can_be_replaced_but_not_broken() {
    let set = Dataset::new(array![[1.0], [2.0]], Classes(vec![0, 1])).expect("a proper data set");
    let rows = set
        .clone()
        .map_targets(|classes| classes.one_hot(2))
        .expect("as long as before");
    assert_eq!(rows.targets().array(), array![[1.0, 0.0], [0.0, 1.0]]);
    assert!(message(set.clone().map_input(0, |x| x / 0.0)).contains("found inf"));
    assert_eq!(
        message(set.map_input(1, |x| x)),
        "input: expected a number below 1, found 1"
    );
}
