//! Steps as Rust: their operands bound to names, then their calls.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use shapeflow_terms::Element;

use super::arguments;
use super::naming::{FieldOf, Naming, SlotOf};
use super::specs::Specs;
use crate::id::BufferId;
use crate::plan::Position;
use crate::step::{Access, Call, Mode, Operand, Step, What, Work};

/// What steps of one mode are printed with.
#[derive(Clone, Copy)]
pub struct Binding<'a> {
    pub mode: Mode,
    pub specs: &'a Specs<'a>,
    pub naming: &'a dyn Naming,
    /// Whether to write comments, as statements that the dump turns into comments.
    pub comments: bool,
}

/// An operand that a step's place can't give it: [`Step::check`] refuses it when the layer writes it.
fn impossible(step: &Step, operand: &Operand) -> ! {
    panic!(
        "{}: `{}` can't be bound: {:?}",
        step.purpose, operand.name, operand.what
    )
}

impl Binding<'_> {
    /// A comment, where somebody will read it.
    pub fn comment(&self, text: &str) -> TokenStream {
        if !self.comments || text.is_empty() {
            return TokenStream::new();
        }
        quote!(__comment!(#text);)
    }

    pub fn calls(&self, calls: &[Call]) -> TokenStream {
        let calls = calls.iter();
        calls
            .map(|call| arguments::call(call, self.mode, self.specs, self.naming))
            .collect()
    }

    /// The slot of a buffer of which the step reads or writes rows.
    fn rows(&self, step: &Step, operand: usize) -> TokenStream {
        let operand = &step.operands[operand];
        match operand.what {
            What::Buffer(buffer, _) => self.naming.slot(SlotOf::Buffer(buffer)),
            _ => impossible(step, operand),
        }
    }

    /// One step over a chunk, in a function that has `c`, `n`, `first`, `parameters`, `state` and `packed`.
    pub fn chunk(&self, step: &Step) -> TokenStream {
        let comment = self.comment(&step.purpose);
        let work = match &step.work {
            Work::Loss(index) => {
                let (outputs, gradients) = (self.rows(step, 0), self.rows(step, 1));
                quote!(c.loss(#index, #outputs, #gradients);)
            }
            Work::Watch(layer) => {
                let (layer, slot) = (self.naming.number(*layer), self.rows(step, 0));
                quote!(c.watch(#layer, #slot);)
            }
            Work::Calls(calls) => {
                let bound = self.bind_chunk(step);
                let calls = self.calls(calls);
                quote!({ #bound #calls })
            }
        };
        quote!(#comment #work)
    }

    fn bind_chunk(&self, step: &Step) -> TokenStream {
        let (mut before, mut after) = (TokenStream::new(), TokenStream::new());
        let mut lent = Lent::default();
        for operand in &step.operands {
            let name = format_ident!("{}", operand.name);
            match &operand.what {
                What::Buffer(buffer, _) => match self.naming.place(*buffer) {
                    (Position::Input(index), element) => before.extend(match element {
                        Element::U32 => quote!(let #name = c.inputs.get_u32(#index);),
                        _ => quote!(let #name = c.inputs.get(#index);),
                    }),
                    (Position::Shared(_), _) => {
                        let field = self.naming.field(FieldOf::Shared(*buffer));
                        before.extend(quote!(let #name = #field.of(c.shared);));
                    }
                    (_, element) => match lent.bound(*buffer) {
                        // Only one may be lent to be changed, so both are read.
                        Some(first) => {
                            let first = format_ident!("{first}");
                            after.extend(quote!(let #first = &*#first; let #name = #first;));
                        }
                        None => {
                            let slot = self.naming.slot(SlotOf::Buffer(*buffer));
                            lent.add(Some(*buffer), operand.name, slot, element);
                        }
                    },
                },
                What::Gradient(tensor) => {
                    let slot = self.naming.slot(SlotOf::Lane(*tensor));
                    lent.add(None, operand.name, slot, Element::F32);
                }
                What::Scratch(len) => {
                    let len = self.specs.length(self.mode, len);
                    lent.add(
                        None,
                        operand.name,
                        quote!(sf::Slot::scratch(#len)),
                        Element::F32,
                    );
                }
                What::Team(..) => before.extend(quote!(let #name = &mut c.team;)),
                What::Key(number) => {
                    let number = self.naming.number(*number);
                    before.extend(quote!(let #name = c.key(#number as u64);));
                }
                What::WholeGradient(_)
                | What::State(_)
                | What::WeightRows
                | What::WeightGradient
                | What::WeightAccumulate => impossible(step, operand),
            }
        }
        let lent = lent.binding();
        quote!(#before #lent #after)
    }

    /// One step between stages, in a function that has `w`, `n`, `chunks` and `parameters`.
    pub fn between(&self, step: &Step) -> TokenStream {
        let comment = self.comment(&step.purpose);
        let mut before = TokenStream::new();
        let (mut shared, mut gradients, mut state) = (Vec::new(), Vec::new(), Vec::new());
        for operand in &step.operands {
            let name = format_ident!("{}", operand.name);
            match operand.what {
                What::Buffer(buffer, access) => match self.naming.place(buffer).0 {
                    Position::Partial(_) if access == Access::Read => {
                        let slot = self.naming.slot(SlotOf::Buffer(buffer));
                        before.extend(quote!(let #name = w.partials(#slot);));
                    }
                    Position::Shared(_) => {
                        shared.push((name, self.naming.field(FieldOf::Shared(buffer))));
                    }
                    _ => impossible(step, operand),
                },
                What::WholeGradient(tensor) => {
                    gradients.push((name, self.naming.field(FieldOf::Tensor(tensor))));
                }
                What::State(tensor) => {
                    state.push((name, self.naming.field(FieldOf::Tensor(tensor))));
                }
                What::Gradient(_)
                | What::Scratch(_)
                | What::Key(_)
                | What::Team(..)
                | What::WeightRows
                | What::WeightGradient
                | What::WeightAccumulate => impossible(step, operand),
            }
        }
        for (list, from) in [
            (shared, "shared"),
            (gradients, "gradients"),
            (state, "state"),
        ] {
            if !list.is_empty() {
                let from = format_ident!("{from}");
                let (names, fields): (Vec<_>, Vec<_>) = list.into_iter().unzip();
                before.extend(quote!(let [#(#names),*] = sf::disjoint(w.#from, [#(#fields),*]);));
            }
        }
        let calls = self.calls(step.calls());
        quote!(#comment { #before #calls })
    }

    /// One use of a weight, in a function that has `w`, `n` and `rows`: the first sets the gradient, the others `accumulate`.
    pub fn weight(&self, step: &Step, accumulate: bool) -> TokenStream {
        let comment = self.comment(&step.purpose);
        let mut before = TokenStream::new();
        let mut scratch = None;
        let mut gradient = format_ident!("_gradient");
        for operand in &step.operands {
            let name = format_ident!("{}", operand.name);
            match &operand.what {
                What::Buffer(buffer, Access::Read) => {
                    before.extend(match self.naming.place(*buffer) {
                        (Position::Input(index), Element::U32) => {
                            quote!(let #name = w.inputs.whole_u32(#index);)
                        }
                        (Position::Input(index), _) => quote!(let #name = w.inputs.whole(#index);),
                        (Position::Kept(_), Element::F32) => {
                            let slot = self.naming.slot(SlotOf::Buffer(*buffer));
                            quote!(let #name = w.kept(#slot);)
                        }
                        _ => impossible(step, operand),
                    });
                }
                What::Scratch(len) => scratch = Some((name, self.specs.length(self.mode, len))),
                What::WeightRows => before.extend(quote!(let #name = rows.clone();)),
                What::WeightAccumulate => before.extend(quote!(let #name = #accumulate;)),
                What::WeightGradient => gradient = name,
                What::Buffer(..)
                | What::Gradient(_)
                | What::WholeGradient(_)
                | What::State(_)
                | What::Key(_)
                | What::Team(..) => impossible(step, operand),
            }
        }
        let (scratch, len) = scratch.unwrap_or_else(|| (format_ident!("_scratch"), quote!(0)));
        let calls = self.calls(step.calls());
        quote! {
            #comment
            {
                #before
                let (#gradient, #scratch) = w.gradient_and_scratch(#len);
                #calls
            }
        }
    }
}

/// Buffers that a step is lent all at once.
#[derive(Default)]
struct Lent {
    buffers: Vec<Option<BufferId>>,
    names: Vec<&'static str>,
    slots: Vec<TokenStream>,
    elements: Vec<Element>,
}

impl Lent {
    fn add(
        &mut self,
        buffer: Option<BufferId>,
        name: &'static str,
        slot: TokenStream,
        element: Element,
    ) {
        self.buffers.push(buffer);
        self.names.push(name);
        self.slots.push(slot);
        self.elements.push(element);
    }

    /// The name under which a buffer is lent already.
    fn bound(&self, buffer: BufferId) -> Option<&'static str> {
        let at = self
            .buffers
            .iter()
            .position(|known| *known == Some(buffer))?;
        Some(self.names[at])
    }

    fn binding(self) -> TokenStream {
        if self.slots.is_empty() {
            return TokenStream::new();
        }
        let names: Vec<_> = self
            .names
            .iter()
            .map(|name| format_ident!("{name}"))
            .collect();
        let slots = &self.slots;
        if self.elements.iter().all(|element| *element == Element::F32) {
            return quote!(let [#(#names),*] = c.buffers.get([#(#slots),*]););
        }
        let kinds = self
            .elements
            .iter()
            .map(|element| format_ident!("{}", element.name()));
        quote! {
            let [#(#names),*] = c.buffers.get_mixed([#(#slots),*]);
            #(let #names = #names.#kinds();)*
        }
    }
}
