//! Steps that copies of a block share: a function for what is the same, called once for each copy with its own buffers and
//! tensors, so that code grows with what is written and not with what is repeated.

mod copy;
mod packs;

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use shapeflow_terms::Element;

use super::binding::Binding;
use super::naming::{Consts, Naming, Parameters, Shared};
use super::parts::{Head, in_order};
use crate::graph::Graph;
use crate::plan::{Plan, Position};
use crate::step::{Site, Step};
use copy::BlockCopy;

pub use packs::packs;

/// Steps whose buffers, tensors and numbers are counted from 0: the same for every copy.
#[derive(Debug, PartialEq)]
struct Form {
    steps: Vec<Step>,
    places: Vec<(Position, Element)>,
}

/// A form that stands more than once: its function, and what this takes.
struct Function {
    name: Ident,
    body: Vec<TokenStream>,
    parameters: Parameters,
}

/// One run of steps in one copy of a block.
#[derive(Debug)]
struct Run {
    form: usize,
    copy: BlockCopy,
    /// The number of its first step, and how many there are.
    first: usize,
    len: usize,
}

/// What is printed once for several copies in one mode.
pub struct Copies<'p> {
    plan: &'p Plan,
    consts: &'p Consts<'p>,
    forms: Vec<Form>,
    runs: Vec<Run>,
    /// For each form, its function if it stands more than once.
    functions: Vec<Option<Function>>,
}

impl<'p> Copies<'p> {
    pub fn new(
        graph: &Graph,
        plan: &'p Plan,
        consts: &'p Consts<'p>,
        direct: &Binding<'_>,
    ) -> Self {
        let mut copies = Copies {
            plan,
            consts,
            forms: Vec::new(),
            runs: Vec::new(),
            functions: Vec::new(),
        };
        let stages = plan.stages.iter();
        for numbers in stages.flat_map(|stage| [&stage.chunk, &stage.between]) {
            for run in copies.blocks(numbers) {
                if plan.steps.steps[run[0]].block.is_some() {
                    copies.add(run);
                }
            }
        }
        let functions = (0..copies.forms.len()).map(|form| copies.function(graph, form, direct));
        copies.functions = functions.collect();
        copies
    }

    /// The steps cut where another block begins.
    fn blocks<'n>(&self, numbers: &'n [usize]) -> Vec<&'n [usize]> {
        let steps = &self.plan.steps.steps;
        numbers
            .chunk_by(|&a, &b| steps[a].block == steps[b].block)
            .collect()
    }

    fn add(&mut self, numbers: &[usize]) {
        let mut copy = BlockCopy::default();
        let steps = self.plan.run(numbers).map(|step| copy.step(step)).collect();
        let places = copy.buffers.iter().map(|&buffer| {
            let (position, element) = self.consts.place(buffer);
            (anywhere(position), element)
        });
        let form = Form {
            places: places.collect(),
            steps,
        };
        let known = self.forms.iter().position(|known| *known == form);
        let form = known.unwrap_or_else(|| {
            self.forms.push(form);
            self.forms.len() - 1
        });
        self.runs.push(Run {
            form,
            copy,
            first: numbers[0],
            len: numbers.len(),
        });
    }

    /// The function of a form that stands more than once. Its comments tell of the first copy.
    fn function(&self, graph: &Graph, number: usize, direct: &Binding<'_>) -> Option<Function> {
        let mut runs = self.runs.iter().filter(|run| run.form == number);
        let (first, _second) = (runs.next()?, runs.next()?);
        let form = &self.forms[number];
        let naming = Shared::new(form.places.clone());
        let binding = Binding {
            naming: &naming,
            ..*direct
        };
        let told = &self.plan.steps.steps[first.first];
        let block = &graph.blocks[told.block?].kind;
        let numbers = first.first..;
        let steps = form.steps.iter().zip(numbers).map(|(step, number)| {
            let comment = binding.comment(&self.plan.steps.steps[number].purpose);
            let step = print(step, &binding);
            quote!(#comment #step)
        });
        let body = steps.collect();
        let mode = super::names::prefix(self.plan.mode).to_lowercase();
        let block = block.trim_start_matches("r#").to_lowercase();
        Some(Function {
            name: format_ident!("{mode}_{block}_{}", number + 1),
            body,
            parameters: naming.parameters(),
        })
    }

    /// The run that is these steps, and the function that it calls.
    fn run_of(&self, numbers: &[usize]) -> Option<(&Run, &Function)> {
        let mut runs = self.runs.iter();
        let run = runs.find(|run| run.first == numbers[0] && run.len == numbers.len())?;
        Some((run, self.functions[run.form].as_ref()?))
    }

    /// Steps over a chunk or between stages, with a call for every run that has a function.
    pub fn body(&self, numbers: &[usize], direct: &Binding<'_>) -> Vec<TokenStream> {
        let mut code = Vec::new();
        for numbers in self.blocks(numbers) {
            match self.run_of(numbers) {
                Some((run, function)) => {
                    let arguments = run.copy.arguments(&function.parameters, self.consts);
                    let (name, first) = (&function.name, argument(self.site(run.form)));
                    code.push(quote!(#name(#first, #arguments);));
                }
                None => code.extend(self.plan.run(numbers).map(|step| print(step, direct))),
            }
        }
        code
    }

    fn site(&self, form: usize) -> Site {
        self.forms[form].steps[0].site
    }

    /// The functions of all forms that stand more than once.
    pub fn functions(&self) -> TokenStream {
        let functions = self.functions.iter().enumerate().filter_map(|(form, function)| {
            let Function {
                name,
                body,
                parameters,
            } = function.as_ref()?;
            let (slots, fields, numbers) = (
                parameters.slots.len(),
                parameters.fields.len(),
                parameters.numbers.len(),
            );
            let Head { parameters, arguments, begin } = head(self.site(form));
            let head = Head {
                parameters: quote!(#parameters, s: &[sf::Slot; #slots], f: &[sf::Field; #fields], k: &[usize; #numbers]),
                arguments: quote!(#arguments, s, f, k),
                begin,
            };
            Some(in_order(name, &head, body))
        });
        functions.collect()
    }
}

fn print(step: &Step, binding: &Binding<'_>) -> TokenStream {
    match step.site {
        Site::Between => binding.between(step),
        Site::Chunk | Site::Weight(_) => binding.chunk(step),
    }
}

/// The same region, wherever in it.
fn anywhere(position: Position) -> Position {
    match position {
        Position::Chunk(_) => Position::Chunk(0),
        Position::Kept(_) => Position::Kept(0),
        Position::Partial(_) => Position::Partial(0),
        Position::Shared(_) => Position::Shared(0),
        Position::Input(_) | Position::Nowhere => position,
    }
}

/// What a function over a chunk, or between stages, is given first.
fn argument(site: Site) -> Ident {
    match site {
        Site::Between => format_ident!("w"),
        Site::Chunk | Site::Weight(_) => format_ident!("c"),
    }
}

/// What a function of steps is given, and the names that it begins with.
pub fn head(site: Site) -> Head {
    let name = argument(site);
    let (kind, begin) = match site {
        Site::Between => (
            quote!(Whole),
            quote!(let (n, chunks, parameters) = (w.examples(), w.chunk_examples, w.parameters);),
        ),
        Site::Chunk | Site::Weight(_) => (
            quote!(Chunk),
            quote! {
                let (n, first, parameters, state, packed) = (c.examples, c.first, c.parameters, c.state, c.packed);
            },
        ),
    };
    Head {
        parameters: quote!(#name: &mut sf::#kind<'_>),
        arguments: quote!(#name),
        begin,
    }
}
