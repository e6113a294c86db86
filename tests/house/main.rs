//! How the house is built: which files import each other, what an error shows, what a user's crate depends on, what is promised,
//! and what is published.

mod circles;
mod dependencies;
mod doc_examples;
mod errors;
mod packages;
mod promises;
