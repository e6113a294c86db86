//! Training as a user sees it: fit, callbacks, files and resume.

mod callbacks;
mod drift;
mod errors;
mod files;
mod fit;
mod kill;
mod networks;
mod resume;
mod trouble;
mod weights;
