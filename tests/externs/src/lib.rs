//! Which files a crate is compiled against: cargo tells rustc alone, and a macro runs within rustc.
//!
//! A test that calls rustc itself needs the very build of Shapeflow that cargo has just made for it: a folder of builds may hold
//! others, of other features or another day, and asking cargo again might build everything once more.

use proc_macro::{Literal, TokenStream, TokenTree};

/// The arguments of the rustc that compiles the caller, as a `[&str; N]`; none in an editor.
#[proc_macro]
pub fn rustc_arguments(_: TokenStream) -> TokenStream {
    let arguments = std::env::args().skip(1);
    let elements = arguments.flat_map(|argument| {
        let literal = TokenTree::from(Literal::string(&argument));
        [
            literal,
            TokenTree::from(proc_macro::Punct::new(',', proc_macro::Spacing::Alone)),
        ]
    });
    let group = proc_macro::Group::new(proc_macro::Delimiter::Bracket, elements.collect());
    TokenTree::from(group).into()
}
