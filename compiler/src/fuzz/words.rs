//! The words that random inputs are made of.

use crate::layer::{all, names};

/// What isn't the name of a layer or of an argument; frequent words stand here several times.
const OTHERS: &[&str] = &[
    "struct",
    "block",
    "const",
    "pub",
    "let",
    "where",
    "x",
    "y",
    "N",
    "B",
    "C",
    "H",
    "T",
    "usize",
    "f32",
    "u32",
    "Conv2d",
    "Dense",
    "Relu",
    "Linear",
    "same",
    "normal",
    "nearest",
    "my::Layer",
    "true",
    "->",
    "->",
    "->",
    "=",
    ":",
    ";",
    ";",
    ",",
    ",",
    "+",
    "-",
    "*",
    "/",
    "<",
    ">",
    "<=",
    ".",
    "#",
    "!",
    "=>",
    "::",
    "3x3",
    "1x1",
    "3x",
    "x3",
    "0",
    "1",
    "2",
    "3",
    "10",
    "64",
    "0.5",
    "-1",
    "99999999999999999999",
    "1e30",
    "18446744073709551615",
    "'a'",
    "\"s\"",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "( x )",
    "[ 4 ]",
    "[ 8 , 8 , 3 ]",
    "[ B ; 3 ]",
    "[ Relu ; 2 ]",
    "{ x -> Dense ( 2 ) }",
    "( x : [ 4 ] ) -> [ 2 ]",
];

/// All words, the layers and their arguments among them.
pub fn words() -> Vec<&'static str> {
    let arguments = all().flat_map(|entry| entry.signature.all());
    let mut words: Vec<&str> = arguments.collect();
    words.sort_unstable();
    words.dedup();
    words.extend(names());
    words.extend(OTHERS);
    words
}
