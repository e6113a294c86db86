//! The door through which rustc calls the `model!` compiler: everything is in the crate `shapeflow-compiler`.

/// Declares neural networks: see the crate `shapeflow`.
#[proc_macro]
pub fn model(tokens: proc_macro::TokenStream) -> proc_macro::TokenStream {
    shapeflow_compiler::compile(tokens.into()).rust.into()
}
