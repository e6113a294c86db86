//! What predictions take: arrays as people have them, and models that are shared.

use ndarray::{Array1, Array2, Array3, ArrayD, IxDyn, s};
use shapeflow::engine::Predictor;
use shapeflow::prelude::*;
use std::sync::Arc;

model! {
    struct Taker(x: [3]) -> [2] {
        x -> Dense(4) -> Tanh -> Dense(2) -> Softmax
    }
}

fn rows(examples: usize) -> Array2<f32> {
    Array2::from_shape_fn((examples, 3), |(i, j)| (i * 3 + j) as f32 * 0.1 - 0.5)
}

#[test]
fn views_arrays_and_inputs_of_data_sets_are_taken() {
    let (net, x) = (Taker::new(1), rows(5));
    let expected = net.predict(x.view()).unwrap();
    let data = Dataset::new(x.clone(), Classes(vec![0; 5])).unwrap();
    let dynamic: ArrayD<f32> = x.clone().into_dyn();
    let strided = Array3::from_shape_fn((5, 3, 2), |(i, j, _)| x[(i, j)]);
    for found in [
        net.predict(&x),
        net.predict(x.broadcast((5, 3)).unwrap()),
        net.predict(dynamic.view()),
        net.predict(&dynamic),
        net.predict(data.input(0)),
        net.predict(data.input(0).view()),
        net.predict(strided.slice(s![.., .., 1])),
    ] {
        assert_eq!(found.unwrap(), expected);
    }
    let one = net.predict_one(x.row(2)).unwrap();
    assert!((&one - &expected.row(2)).iter().all(|d| d.abs() < 1e-6));
    assert_eq!(net.predict_one(&x.row(2).to_owned()).unwrap(), one);
    assert_eq!(net.predict_one(x.row(2).into_dyn()).unwrap(), one);
}

#[test]
fn a_shape_known_only_when_the_program_runs_is_checked_then() {
    let net = Taker::new(1);
    let of = |shape: &[usize]| ArrayD::<f32>::zeros(IxDyn(shape));
    for shape in [&[][..], &[3], &[2, 4], &[2, 1, 3]] {
        let error = net.predict(&of(shape)).unwrap_err().to_string();
        let found = format!("shape {shape:?} came");
        assert!(error.contains(", 3],") && error.contains(&found), "{error}");
    }
    for shape in [&[][..], &[1, 3], &[4]] {
        let error = net.predict_one(&of(shape)).unwrap_err().to_string();
        let found = format!("shape {shape:?} came");
        assert!(
            error.contains("wants shape [3],") && error.contains(&found),
            "{error}"
        );
    }
}

#[test]
fn examples_are_counted_from_the_first_of_all() {
    let mut x = Array2::zeros((700, 3));
    x[(600, 1)] = f32::NAN;
    let error = Taker::new(1).predict(&x).unwrap_err().to_string();
    assert!(error.contains("example 600"), "{error}");
}

#[test]
fn a_shared_model_has_a_predictor_on_each_thread() {
    struct Service {
        net: Arc<Taker>,
        predictor: Predictor<'static>,
    }
    let net = Arc::new(Taker::new(3));
    let threads: Vec<_> = (0..4)
        .map(|thread| {
            let mut service = Service {
                predictor: net.shared_predictor(1),
                net: Arc::clone(&net),
            };
            std::thread::spawn(move || {
                for round in 0..100 {
                    let x = Array1::from_elem(3, (thread * 100 + round) as f32 * 0.01);
                    let alone = service.net.predict_one(&x).unwrap();
                    let kept = service.predictor.predict(&[x.as_slice().unwrap()], 1);
                    assert_eq!(kept.unwrap(), alone.as_slice().unwrap());
                }
            })
        })
        .collect();
    drop(net);
    for thread in threads {
        thread.join().expect("no thread panicked");
    }
}
