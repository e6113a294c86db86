//! What several of Shapeflow's tests share: small models with numbers to run them on, the comparison with PyTorch, the counting
//! of allocations, losses of one's own, and rustc with what it says.

pub mod counting;
pub mod golden;
pub mod message;
pub mod models;
pub mod own;
pub mod rustc;
