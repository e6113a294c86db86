//! Training as a user sees it: fit, callbacks, files and resume.

mod callbacks;
mod drift;
mod errors;
mod files;
mod fit;
mod kill;
mod meaning;
mod networks;
mod pytorch;
mod resume;
mod trouble;
mod weights;
