//! Training as a user sees it: fit, callbacks, files and resume.

mod callbacks;
mod errors;
mod fit;
mod networks;
mod resume;
mod trouble;
mod weights;
