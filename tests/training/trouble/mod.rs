//! Quiet faults of the training loop that other libraries had; each test is named after its line in the list of them.

mod batch_norm;
mod lent;
mod masks;
mod plateau;
mod restored;
mod stops;
mod weighted;
