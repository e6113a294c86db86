//! What was learnt from one table and is applied to others: fillings, limits and categories, which are saved with the network.

mod categories;
mod files;
mod filling;
mod limits;
#[cfg(test)]
mod tests;

pub use categories::Categories;
pub use files::{load_fitted, save_fitted};
pub use filling::Filling;
pub use limits::OutlierLimits;
