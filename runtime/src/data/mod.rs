//! Data: loading, cleaning, splitting, augmenting.
