//! What several of Shapeflow's tests share: small models with numbers to run them on, and the comparison with PyTorch.

pub mod golden;
pub mod models;
