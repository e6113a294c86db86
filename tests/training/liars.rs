//! Sources of one's own that don't hand over what they announce: an error wherever they are read, never a wrong figure.

use crate::networks::{Small, bits, classifier, flowers};
use shapeflow::data::{
    BatchBuffers, BatchPool, BatchSource, Classes, DataError, Dataset, Pass, Source, Visit,
};
use shapeflow::losses::SparseCategoricalCrossEntropy;
use shapeflow::metrics::Accuracy;
use shapeflow::model::Model;
use shapeflow::ndarray::Array2;
use shapeflow::training::{Checkpoint, Evaluate, TrainError, predict};

/// How it hands over the 40 examples that it announces.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Lie {
    None,
    Nothing,
    FewerExamples,
    MoreExamples,
    Endless,
    EndlessOfNothing,
    /// The same examples in the same number of batches.
    OtherBatches,
    LargerBatches,
    OtherShapes,
    OtherClasses,
    MoreNames,
    /// Goes on though told to stop.
    Deaf,
}

struct Liar {
    data: Dataset<Classes>,
    other: Dataset<Classes>,
    names: Vec<String>,
    lie: Lie,
}

impl Liar {
    fn new(lie: Lie) -> Self {
        let data = flowers(40, 0);
        let wide = Array2::from_elem((40, 9), 0.5);
        let other = match lie {
            Lie::OtherShapes => Dataset::new(wide, Classes(vec![0; 40])),
            _ => Dataset::new(data.input(0).clone(), Classes(vec![77; 40])),
        };
        let names = (0..9).map(|class| class.to_string()).collect();
        Self {
            data,
            other: other.unwrap(),
            names,
            lie,
        }
    }
}

impl BatchSource for Liar {
    fn examples(&self) -> usize {
        40
    }
    fn input_shapes(&self) -> &[Vec<usize>] {
        self.data.shapes()
    }
    fn class_names(&self, _: usize) -> Option<&[String]> {
        (self.lie == Lie::MoreNames).then_some(&self.names)
    }
    fn pass(
        &self,
        pass: &Pass,
        pool: &mut BatchPool,
        visit: &mut Visit<'_>,
    ) -> Result<(), DataError> {
        let mut buffers = BatchBuffers::new();
        let mut hand = |data: &Dataset<Classes>, range: std::ops::Range<usize>| {
            let indices: Vec<usize> = range.map(|index| index % 40).collect();
            data.gather(&indices, &mut buffers);
            visit(&buffers)
        };
        let size = pass.batch_size.min(40);
        match self.lie {
            Lie::None | Lie::MoreNames => return self.data.pass(pass, pool, visit),
            Lie::OtherShapes | Lie::OtherClasses => return self.other.pass(pass, pool, visit),
            Lie::Nothing => {}
            Lie::FewerExamples => {
                let _ = hand(&self.data, 0..size - 1);
            }
            Lie::MoreExamples => {
                for start in (0..60).step_by(size) {
                    if hand(&self.data, start..start + size).is_break() {
                        break;
                    }
                }
            }
            Lie::Endless => while hand(&self.data, 0..size).is_continue() {},
            Lie::EndlessOfNothing => while hand(&self.data, 0..0).is_continue() {},
            Lie::OtherBatches => {
                let half = size / 2;
                if hand(&self.data, 0..half).is_continue() {
                    let _ = hand(&self.data, half..40);
                }
            }
            Lie::LargerBatches => {
                let _ = hand(&self.data, 0..size + 1);
            }
            Lie::Deaf => {
                for start in (0..40).step_by(size) {
                    let wrong = if start == 0 { &self.other } else { &self.data };
                    let _ = hand(wrong, start..40.min(start + size));
                }
            }
        }
        Ok(())
    }
}

impl Source for Liar {
    type Targets = Classes;
}

/// What training on it, validating with it, measuring and predicting say.
fn answers(lie: Lie) -> [Result<(), TrainError>; 4] {
    let liar = Liar::new(lie);
    let mut model = Small::with_seed(0);
    let before = bits(&model);
    let trained = classifier()
        .batch_size(20)
        .metric(Accuracy::new())
        .run(&mut model, &liar);
    let before_error = [
        Lie::OtherShapes,
        Lie::MoreNames,
        Lie::Nothing,
        Lie::EndlessOfNothing,
        Lie::Deaf,
    ];
    assert!(
        !before_error.contains(&lie) || bits(&model) == before,
        "{lie:?}"
    );
    let fresh = Small::with_seed(0);
    let validated = classifier()
        .validation(&liar)
        .run(&mut Small::with_seed(0), &flowers(40, 0));
    let measured = Evaluate::new(SparseCategoricalCrossEntropy::new())
        .metric(Accuracy::new())
        .batch_size(20)
        .run(&fresh, &liar);
    [
        trained.map(|_| ()),
        validated.map(|_| ()),
        measured.map(|_| ()),
        predict(&fresh, &liar).map(|_| ()),
    ]
}

#[test]
fn a_source_of_ones_own_that_tells_the_truth_is_read() {
    for answer in answers(Lie::None) {
        answer.unwrap();
    }
}

#[test]
fn sources_that_lie_are_found_wherever_they_are_read() {
    let announced = "40 examples in 2 batches were announced, but";
    for (lie, expected) in [
        (Lie::Nothing, "expected at least one example, found none"),
        (Lie::FewerExamples, "were announced, but"),
        (Lie::MoreExamples, "were announced, but 60 in 3 came"),
        (Lie::Endless, announced),
        (
            Lie::EndlessOfNothing,
            "batch 1: expected 20 examples, found 0",
        ),
        (Lie::OtherBatches, "batch 1: expected 20 examples, found 10"),
        (
            Lie::LargerBatches,
            "batch 1: expected 20 examples, found 21",
        ),
        (Lie::OtherShapes, "batch 1"),
        (Lie::OtherClasses, "77"),
        (Lie::MoreNames, "class names"),
        (Lie::Deaf, "77"),
    ] {
        let [trained, validated, measured, predicted] = answers(lie);
        for (who, answer) in [("training", &trained), ("Evaluate", &measured)] {
            let message = answer
                .as_ref()
                .expect_err(&format!("{who}: {lie:?}"))
                .to_string();
            assert!(message.contains(expected), "{who}: {lie:?}: {message}");
        }
        validated.expect_err(&format!("{lie:?}"));
        // A prediction looks at no targets.
        let looks = ![Lie::OtherClasses, Lie::MoreNames, Lie::Deaf].contains(&lie);
        assert_eq!(predicted.is_err(), looks, "{lie:?}: {predicted:?}");
    }
}

#[test]
fn a_checkpoint_of_an_endless_source_comes_to_an_end() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run");
    let mut model = Small::with_seed(0);
    let error = classifier()
        .callback(Checkpoint::every(1, &path))
        .run(&mut model, &Liar::new(Lie::Endless));
    assert!(error.unwrap_err().to_string().contains("were announced"));
    assert!(!path.exists());
}
