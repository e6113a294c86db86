//! Callbacks that are lent to one run after the other.

use crate::networks::{Small, bits, classifier, figures, flowers};
use shapeflow::data::{Classes, Dataset};
use shapeflow::model::Model;
use shapeflow::training::{Checkpoint, EarlyStopping};
use shapeflow::weights;

#[test]
fn early_stopping_lent() {
    let folder = tempfile::tempdir().unwrap();
    let test = flowers(60, 5000);
    let run =
        |train: &Dataset<Classes>, stopping: &mut EarlyStopping, checkpoint: &mut Checkpoint| {
            let mut model = Small::with_seed(2);
            let history = classifier()
                .epochs(12)
                .validation(&test)
                .callback(stopping)
                .callback(checkpoint)
                .run(&mut model, train)
                .unwrap();
            (bits(&model), figures(&history))
        };
    let stopping = || EarlyStopping::new("val_loss").patience(2).restore_best();
    let checkpoint = |name: &str| Checkpoint::best("val_loss", folder.path().join(name));
    // The first fold is the easier one: its best would never be reached by the second.
    let folds = [flowers(300, 0), flowers(20, 90_000)];
    let (mut lent, mut lent_too) = (stopping(), checkpoint("lent"));
    run(&folds[0], &mut lent, &mut lent_too);
    std::fs::remove_file(folder.path().join("lent")).unwrap();
    let second = run(&folds[1], &mut lent, &mut lent_too);
    let fresh = run(&folds[1], &mut stopping(), &mut checkpoint("fresh"));
    assert!(
        second == fresh,
        "what the first run taught is in the second"
    );
    let (lent, fresh) = (folder.path().join("lent"), folder.path().join("fresh"));
    let (mut a, mut b) = (Small::with_seed(0), Small::with_seed(1));
    weights::load(&mut a, lent).unwrap();
    weights::load(&mut b, fresh).unwrap();
    assert_eq!(bits(&a), bits(&b));
}

#[test]
fn a_lent_checkpoint_keeps_its_settings() {
    let folder = tempfile::tempdir().unwrap();
    let mut every = Checkpoint::every(3, folder.path().join("{epoch}"));
    for (epochs, expected) in [(2, vec!["2"]), (7, vec!["2", "3", "6", "7"])] {
        let mut model = Small::with_seed(2);
        classifier()
            .epochs(epochs)
            .callback(&mut every)
            .run(&mut model, &flowers(30, 0))
            .unwrap();
        assert_eq!(names(folder.path()), expected);
    }
}

fn names(folder: &std::path::Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}
