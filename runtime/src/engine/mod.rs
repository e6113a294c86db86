//! What generated code and training share: programs, buffers and steps.
