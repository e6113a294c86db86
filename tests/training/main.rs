//! Training as a user sees it: fit, callbacks, files and resume.

mod best;
mod callbacks;
mod columns;
mod drift;
mod errors;
mod files;
mod fit;
mod forms;
mod frozen;
mod identity;
mod kill;
mod liars;
mod meaning;
mod networks;
mod notes;
mod panics;
mod places;
mod pytorch;
mod resume;
mod settings;
mod told;
mod trouble;
mod weights;
