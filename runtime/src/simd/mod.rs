//! Vectors of `f32` chosen for the machine at run time.
