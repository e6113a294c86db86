//! Steps that copies of a block share: a function for what is the same, called once for each copy with its own buffers and
//! tensors, so that code grows with what is written and not with what is repeated.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use shapeflow_terms::Element;

use super::binding::Binding;
use super::naming::{Consts, FieldOf, Naming, Parameters, Shared, SlotOf};
use crate::graph::Graph;
use crate::id::{BufferId, PackId, TensorId};
use crate::plan::{Plan, Position};
use crate::step::{Argument, Call, Site, Step, What, Work};

/// The least number of steps for which a function of their own pays.
const LEAST_STEPS: usize = 2;

/// Steps whose buffers, tensors and numbers are counted from 0: the same for every copy.
#[derive(Debug, PartialEq)]
struct Form {
    steps: Vec<Step>,
    places: Vec<(Position, Element)>,
}

/// What one copy puts in the place of the counted things.
#[derive(Debug, Default)]
struct Copy {
    buffers: Vec<BufferId>,
    tensors: Vec<TensorId>,
    packs: Vec<PackId>,
    numbers: Vec<usize>,
}

/// The position of an item, which is added if it is new.
fn count<T: PartialEq>(list: &mut Vec<T>, item: T) -> usize {
    let known = list.iter().position(|known| *known == item);
    known.unwrap_or_else(|| {
        list.push(item);
        list.len() - 1
    })
}

impl Copy {
    fn tensor(&mut self, tensor: TensorId) -> TensorId {
        (0, count(&mut self.tensors, tensor))
    }

    fn step(&mut self, step: &Step) -> Step {
        let mut step = step.clone();
        step.block = None;
        for operand in &mut step.operands {
            match &mut operand.what {
                What::Buffer(buffer, _) => *buffer = count(&mut self.buffers, *buffer),
                What::Gradient(tensor) | What::WholeGradient(tensor) | What::State(tensor) => {
                    *tensor = self.tensor(*tensor);
                }
                What::Key(number) => *number = count(&mut self.numbers, *number),
                What::Scratch(_)
                | What::WeightRows
                | What::WeightGradient
                | What::WeightAccumulate => {}
            }
        }
        match &mut step.work {
            Work::Calls(calls) => calls.iter_mut().for_each(|call| self.call(call)),
            Work::Watch(layer) => *layer = count(&mut self.numbers, *layer),
            Work::Loss(_) => {}
        }
        step
    }

    fn call(&mut self, call: &mut Call) {
        call.arguments
            .iter_mut()
            .for_each(|argument| self.argument(argument));
    }

    fn argument(&mut self, argument: &mut Argument) {
        match argument {
            Argument::Parameter(tensor) | Argument::State(tensor) => {
                *tensor = self.tensor(*tensor);
            }
            Argument::Packed(pack) => *pack = count(&mut self.packs, *pack),
            Argument::Optional(Some(inner)) => self.argument(inner),
            _ => {}
        }
    }

    /// The arrays that the copy gives to the function.
    fn arguments(&self, parameters: &Parameters, consts: &Consts<'_>) -> TokenStream {
        let slots = parameters.slots.iter().map(|slot| {
            consts.slot(match *slot {
                SlotOf::Buffer(buffer) => SlotOf::Buffer(self.buffers[buffer]),
                SlotOf::Lane((_, tensor)) => SlotOf::Lane(self.tensors[tensor]),
            })
        });
        let fields = parameters.fields.iter().map(|field| {
            consts.field(match *field {
                FieldOf::Shared(buffer) => FieldOf::Shared(self.buffers[buffer]),
                FieldOf::Tensor((_, tensor)) => FieldOf::Tensor(self.tensors[tensor]),
                FieldOf::Pack(pack) => FieldOf::Pack(self.packs[pack]),
            })
        });
        let numbers = parameters
            .numbers
            .iter()
            .map(|number| self.numbers[*number]);
        quote!(&[#(#slots),*], &[#(#fields),*], &[#(#numbers),*])
    }
}

/// One run of steps in one copy of a block.
#[derive(Debug)]
struct Run {
    form: usize,
    copy: Copy,
    /// The numbers of its steps.
    first: usize,
    len: usize,
}

/// What is printed once for several copies.
pub struct Copies<'p> {
    plan: &'p Plan,
    consts: &'p Consts<'p>,
    forms: Vec<Form>,
    /// What is known of each form.
    shared: Vec<Known>,
    runs: Vec<Run>,
}

/// What is known of a form beside its steps.
struct Known {
    /// How often it stands in the mode.
    uses: usize,
    /// The name of its function.
    name: Ident,
    /// What the steps of the first copy do, for the reader.
    purposes: Vec<String>,
}

impl<'p> Copies<'p> {
    pub fn new(graph: &Graph, plan: &'p Plan, consts: &'p Consts<'p>) -> Self {
        let mut copies = Copies {
            plan,
            consts,
            forms: Vec::new(),
            shared: Vec::new(),
            runs: Vec::new(),
        };
        for numbers in plan
            .stages
            .iter()
            .flat_map(|stage| [&stage.chunk, &stage.between])
        {
            for run in copies.blocks(numbers) {
                let block = plan.steps.steps[run[0]]
                    .block
                    .map(|block| &graph.blocks[block].kind);
                let calls = plan
                    .run(run)
                    .filter(|step| !step.calls().is_empty())
                    .count();
                if let Some(block) = block
                    && calls >= LEAST_STEPS
                {
                    copies.add(run, block);
                }
            }
        }
        copies
    }

    /// The steps cut where another block begins.
    fn blocks<'n>(&self, numbers: &'n [usize]) -> Vec<&'n [usize]> {
        let steps = &self.plan.steps.steps;
        numbers
            .chunk_by(|&a, &b| steps[a].block == steps[b].block)
            .collect()
    }

    fn add(&mut self, numbers: &[usize], block: &str) {
        let mut copy = Copy::default();
        let steps = self.plan.run(numbers).map(|step| {
            let mut step = copy.step(step);
            step.purpose.clear();
            step
        });
        let steps = steps.collect();
        let places = copy.buffers.iter().map(|&buffer| {
            let (position, element) = self.consts.place(buffer);
            let position = match position {
                Position::Chunk(_) => Position::Chunk(0),
                Position::Kept(_) => Position::Kept(0),
                Position::Partial(_) => Position::Partial(0),
                Position::Shared(_) => Position::Shared(0),
                Position::Input(_) | Position::Nowhere => position,
            };
            (position, element)
        });
        let form = Form {
            places: places.collect(),
            steps,
        };
        let known = self.forms.iter().position(|known| *known == form);
        let form = known.unwrap_or_else(|| {
            let number = self.forms.len() + 1;
            let block = block.trim_start_matches("r#").to_lowercase();
            let mode = super::names::prefix(self.plan.mode).to_lowercase();
            self.shared.push(Known {
                uses: 0,
                name: format_ident!("{mode}_{block}_{number}"),
                purposes: self
                    .plan
                    .run(numbers)
                    .map(|step| step.purpose.clone())
                    .collect(),
            });
            self.forms.push(form);
            number - 1
        });
        self.shared[form].uses += 1;
        self.runs.push(Run {
            form,
            copy,
            first: numbers[0],
            len: numbers.len(),
        });
    }

    /// The run that begins at this step, if its form stands more than once.
    fn run_at(&self, numbers: &[usize]) -> Option<&Run> {
        let run = self.runs.iter().find(|run| run.first == numbers[0])?;
        (self.shared[run.form].uses > 1 && run.len == numbers.len()).then_some(run)
    }

    /// Steps over a chunk or between stages, with a call for every run that has a function.
    pub fn body(&self, numbers: &[usize], direct: &Binding<'_>) -> TokenStream {
        let mut code = TokenStream::new();
        for numbers in self.blocks(numbers) {
            if let Some(run) = self.run_at(numbers) {
                let (_, parameters) = self.function_body(run.form, direct);
                let arguments = run.copy.arguments(&parameters, self.consts);
                let name = &self.shared[run.form].name;
                let first = format_ident!("{}", argument_name(self.site(run.form)));
                code.extend(quote!(#name(#first, #arguments);));
                continue;
            }
            code.extend(self.plan.run(numbers).map(|step| match step.site {
                Site::Between => direct.between(step),
                Site::Chunk | Site::Weight(_) => direct.chunk(step),
            }));
        }
        code
    }

    fn site(&self, form: usize) -> Site {
        self.forms[form].steps[0].site
    }

    /// The steps of a form with parameters, and what these stand for.
    fn function_body(&self, form: usize, direct: &Binding<'_>) -> (TokenStream, Parameters) {
        let (form, known) = (&self.forms[form], &self.shared[form]);
        let naming = Shared::new(form.places.clone());
        let binding = Binding {
            naming: &naming,
            ..*direct
        };
        let steps = form.steps.iter().zip(&known.purposes);
        let steps = steps.map(|(step, purpose)| {
            let comment = binding.comment(purpose);
            let step = match step.site {
                Site::Between => binding.between(step),
                Site::Chunk | Site::Weight(_) => binding.chunk(step),
            };
            quote!(#comment #step)
        });
        let code = steps.collect();
        (code, naming.parameters())
    }

    /// The functions of all forms that stand more than once.
    pub fn functions(&self, direct: &Binding<'_>) -> TokenStream {
        let mut code = TokenStream::new();
        for (form, known) in self.shared.iter().enumerate() {
            if known.uses < 2 {
                continue;
            }
            let name = &known.name;
            let (body, parameters) = self.function_body(form, direct);
            let (slots, fields, numbers) = (
                parameters.slots.len(),
                parameters.fields.len(),
                parameters.numbers.len(),
            );
            let (first, begin) = beginning(self.site(form));
            code.extend(quote! {
                fn #name(#first, s: &[sf::Slot; #slots], f: &[sf::Field; #fields], k: &[usize; #numbers]) {
                    #begin
                    #body
                }
            });
        }
        code
    }
}

/// What a function over a chunk, or between stages, is given.
fn argument_name(site: Site) -> &'static str {
    match site {
        Site::Between => "w",
        Site::Chunk | Site::Weight(_) => "c",
    }
}

/// The first parameter of a function of steps, and the names that it begins with.
pub fn beginning(site: Site) -> (TokenStream, TokenStream) {
    match site {
        Site::Between => (
            quote!(w: &mut sf::Whole<'_>),
            quote!(let (n, chunks, parameters) = (w.examples(), w.chunk_examples, w.parameters);),
        ),
        Site::Chunk | Site::Weight(_) => (
            quote!(c: &mut sf::Chunk<'_>),
            quote! {
                let (n, first, parameters, state, packed) = (c.examples, c.first, c.parameters, c.state, c.packed);
            },
        ),
    }
}
