//! The door through which rustc calls the `model!` compiler: everything is in the crate `shapeflow-compiler`.

// Its page is that of `shapeflow::model!`: what stood here would stand at its end.
#[allow(missing_docs)]
#[proc_macro]
pub fn model(tokens: proc_macro::TokenStream) -> proc_macro::TokenStream {
    shapeflow_compiler::compile(tokens.into()).rust.into()
}
