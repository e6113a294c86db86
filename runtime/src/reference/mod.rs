//! Slow and obvious `f64` twins of the kernels, for tests.
