//! Plots: learning curves, confusion matrices, picture sheets.
