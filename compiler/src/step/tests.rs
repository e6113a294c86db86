//! Mistakes in a layer's steps are found when they are written.

use shapeflow_terms::Element;

use super::*;
use crate::shape::Dim;

fn step(site: Site, operands: Vec<Operand>, arguments: Vec<Argument>) -> Step {
    let kernel = Kernel::new("dense", "forward");
    Step {
        site,
        operands,
        work: Work::Calls(vec![Call { kernel, arguments }]),
        block: None,
        again: false,
        purpose: "dense1".to_owned(),
    }
}

fn operand(name: &'static str, what: What) -> Operand {
    Operand { name, what }
}

fn read(name: &'static str) -> Operand {
    operand(name, What::Buffer(0, Access::Read))
}

#[test]
fn a_step_whose_names_are_its_operands_is_right() {
    step(Site::Chunk, vec![read("x")], arguments!["x", true]).check();
    let optional = Argument::optional(Some("x".into()));
    step(Site::Chunk, vec![read("x")], arguments![optional]).check();
}

#[test]
#[should_panic(expected = "dense1: no operand is called `y`")]
fn a_name_that_is_no_operand_is_refused() {
    step(Site::Chunk, vec![read("x")], arguments!["x", "y"]).check();
}

#[test]
#[should_panic(expected = "dense1: no call uses `y`")]
fn an_operand_that_no_call_uses_is_refused() {
    step(Site::Chunk, vec![read("x"), read("y")], arguments!["x"]).check();
}

#[test]
#[should_panic(expected = "dense1: two operands are called `x`")]
fn two_operands_of_one_name_are_refused() {
    step(Site::Chunk, vec![read("x"), read("x")], arguments!["x"]).check();
}

#[test]
#[should_panic(expected = "dense1: `g` (Gradient((0, 0))) can't be had at Between")]
fn an_operand_that_its_place_cannot_bind_is_refused() {
    let gradient = operand("g", What::Gradient((0, 0)));
    step(Site::Between, vec![gradient], arguments!["g"]).check();
}

#[test]
fn every_site_says_what_it_can_bind() {
    let all = [
        What::Buffer(0, Access::Read),
        What::Gradient((0, 0)),
        What::WholeGradient((0, 0)),
        What::State((0, 0)),
        What::Key(0),
        What::Team(Some((SpecId(0), "forward_team"))),
        What::Scratch(Length::Dim(Dim::new(1))),
        What::WeightRows,
        What::WeightGradient,
        What::WeightAccumulate,
    ];
    let bound = |site: Site| all.iter().filter(|what| site.can_bind(what)).count();
    assert_eq!(bound(Site::Chunk), 5);
    assert_eq!(bound(Site::Between), 3);
    assert_eq!(bound(Site::Weight((0, 0))), 5);
}

#[test]
fn a_buffer_counts_the_bytes_of_its_elements() {
    let buffer = Buffer {
        label: "tokens".to_owned(),
        element: Element::U32,
        len: Dim::new(6),
        extent: Extent::Rows,
        lasting: false,
    };
    assert_eq!(buffer.bytes(), Dim::new(24));
}

#[test]
fn operations_of_the_same_sizes_share_their_description() {
    let mut sheet = Sheet::new(Vec::new(), 0);
    let spec = |name: &str, size| Spec {
        name: name.to_owned(),
        module: "dense",
        kind: "Dense",
        arguments: vec![Dim::new(size).into()],
    };
    let first = sheet.spec(spec("dense1", 4));
    assert_eq!(sheet.spec(spec("dense2", 4)), first);
    assert_ne!(sheet.spec(spec("dense3", 5)), first);
    assert_eq!(sheet.steps.specs.len(), 2);
}
