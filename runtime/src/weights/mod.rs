//! Weights in files: safetensors.
