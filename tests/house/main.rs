//! How the house is built: which files import each other, what a user's crate depends on, and what is published.

mod circles;
mod dependencies;
mod packages;
