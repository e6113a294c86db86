//! The functions that run stages, and the consts that say where their buffers lie.

use std::collections::{HashMap, HashSet};

use proc_macro2::{Group, Ident, TokenStream, TokenTree};
use quote::{format_ident, quote};

use crate::fuse::Mode;
use crate::place::{Life, Placement, place};
use crate::plan::{Placed, Position, Schedule};
use crate::shape::typed::TypedModel;
use crate::step::{
    Access, BufferId, Call, Operand, Place, Step, Steps, TensorId, What, const_name, tensor_const,
};

/// Writes the code of one mode.
pub struct Emitter<'m> {
    pub model: &'m TypedModel,
    pub mode: Mode,
    pub steps: Steps,
    pub schedule: Schedule,
    /// The names of packed weights.
    pub packed_names: HashSet<Ident>,
    /// Whether to write comments, as statements that the dump turns into comments.
    pub comments: bool,
}

/// The consts of all operations, each once.
pub fn specs(modes: &[&Steps]) -> TokenStream {
    let mut written: Vec<&Ident> = Vec::new();
    let mut code = TokenStream::new();
    for spec in modes.iter().flat_map(|steps| &steps.specs) {
        if !written.contains(&&spec.name) {
            written.push(&spec.name);
            let (name, ty, value) = (&spec.name, &spec.ty, &spec.value);
            code.extend(quote!(const #name: #ty = #value;));
        }
    }
    code
}

impl Emitter<'_> {
    fn prefix(&self) -> &'static str {
        match self.mode {
            Mode::Train => "TRAIN",
            Mode::Infer => "INFER",
        }
    }

    pub fn name(&self, rest: &str) -> Ident {
        format_ident!("{}_{}", self.prefix(), rest)
    }

    /// All consts and functions of the mode.
    pub fn emit(&self) -> TokenStream {
        let names = self.buffer_names();
        let places = self.places(&names);
        let packs = self.packs();
        let stages = self.stages(&names);
        let weights = (self.mode == Mode::Train).then(|| self.weights(&names));
        quote! { #places #packs #stages #weights }
    }

    /// A const name for each buffer, from its label.
    fn buffer_names(&self) -> Vec<Ident> {
        let mut used: HashMap<String, usize> = HashMap::new();
        let names = self.steps.buffers.iter().map(|buffer| {
            let name = const_name(&buffer.label);
            let count = used.entry(name.clone()).or_insert(0);
            *count += 1;
            match *count {
                1 => self.name(&name),
                // In small letters, as in no name but that of a layer in capitals.
                more => self.name(&format!("{name}_no{more}")),
            }
        });
        names.collect()
    }

    /// The plans, and a const for each buffer.
    fn places(&self, names: &[Ident]) -> TokenStream {
        let lens = |buffers: &[BufferId]| -> Vec<TokenStream> {
            buffers
                .iter()
                .map(|&buffer| self.steps.buffers[buffer].len.tokens())
                .collect()
        };
        let [chunk, kept, partial, shared, lane] =
            ["CHUNK", "KEPT", "PARTIAL", "SHARED", "LANE"].map(|n| self.name(n));
        let mut code = TokenStream::new();
        for (name, placed) in [(&chunk, &self.schedule.chunk), (&kept, &self.schedule.kept)] {
            let (count, plan) = (placed.len(), self.plan(placed));
            code.extend(quote!(const #name: sf::Plan<#count> = #plan;));
        }
        let lane_lens = self.schedule.lane.iter().map(|&tensor| {
            let tensor = self.tensor(tensor);
            quote!(#tensor.len)
        });
        for (name, lens) in [
            (&partial, lens(&self.schedule.partial)),
            (&shared, lens(&self.schedule.shared)),
            (&lane, lane_lens.collect()),
        ] {
            let count = lens.len();
            code.extend(quote!(const #name: sf::Plan<#count> = sf::one_after_the_other(&[#(4 * (#lens)),*]);));
        }
        for (id, name) in names.iter().enumerate() {
            let len = self.steps.buffers[id].len.tokens();
            code.extend(match self.schedule.positions[id] {
                Position::Chunk(i) => {
                    quote!(const #name: sf::Slot = sf::Slot::chunk(#chunk.offsets[#i], #len);)
                }
                Position::Kept(i) => {
                    quote!(const #name: sf::Slot = sf::Slot::kept(#kept.offsets[#i], #len);)
                }
                Position::Partial(i) => {
                    quote!(const #name: sf::Slot = sf::Slot::partial(#partial.offsets[#i], #len);)
                }
                Position::Shared(i) => {
                    quote!(const #name: sf::Field = sf::Field::planned(#shared.offsets[#i], #len);)
                }
                Position::Input(_) | Position::Nowhere => TokenStream::new(),
            });
        }
        for (index, &tensor) in self.schedule.lane.iter().enumerate() {
            let (name, field) = (self.gradient(tensor), self.tensor(tensor));
            code.extend(
                quote!(const #name: sf::Slot = sf::Slot::lane(#lane.offsets[#index], #field.len);),
            );
        }
        code
    }

    /// The offsets of buffers with lifetimes: numbers, or where a const from outside has a part in them, the call
    /// that computes them.
    fn plan(&self, placed: &[Placed]) -> TokenStream {
        let len = |placed: &Placed| &self.steps.buffers[placed.buffer].len;
        let known = placed.iter().map(|one| {
            let len = usize::try_from(len(one).known()?).ok()?;
            let (first, last) = (one.first, one.last);
            Some(Life { len, first, last })
        });
        let known: Option<Vec<Life>> = known.collect();
        if let Some(Placement { offsets, total }) = known.and_then(|lives| place(&lives)) {
            return quote!(sf::Plan { offsets: [#(4 * #offsets),*], total: 4 * #total });
        }
        let lives = placed.iter().map(|one| {
            let (len, first, last) = (len(one).tokens(), one.first, one.last);
            quote!(sf::Life { len: 4 * (#len), first: #first, last: #last })
        });
        quote!(sf::plan(&[#(#lives),*]))
    }

    fn tensor(&self, (layer, index): TensorId) -> Ident {
        let layer = &self.model.layers[layer];
        tensor_const(&layer.name, layer.parameters[index].name)
    }

    fn gradient(&self, tensor: TensorId) -> Ident {
        format_ident!("GRADIENT_{}", self.tensor(tensor))
    }

    /// The function that packs weights, and the places of packed weights.
    fn packs(&self) -> TokenStream {
        let (plan, function) = (
            self.name("PACKED"),
            format_ident!("{}_pack", self.prefix().to_lowercase()),
        );
        let count = self.steps.packs.len();
        let lens = self.steps.packs.iter().map(|pack| &pack.len);
        let prefix = self.name("");
        let fields = self.steps.packs.iter().enumerate().map(|(index, pack)| {
            let (name, len) = (format_ident!("{}{}", prefix, pack.name), &pack.len);
            quote!(const #name: sf::Field = sf::Field::planned(#plan.offsets[#index], #len);)
        });
        let arms = self.steps.packs.iter().enumerate().map(|(index, pack)| {
            let (tensor, call) = (self.tensor(pack.tensor), &pack.call);
            quote! {
                #index => {
                    let weight = #tensor.of(parameters);
                    #call
                }
            }
        });
        quote! {
            const #plan: sf::Plan<#count> = sf::one_after_the_other(&[#(4 * (#lens)),*]);
            #(#fields)*
            fn #function(index: usize, parameters: &[f32], state: &[f32], packed: &mut [f32]) {
                match index {
                    #(#arms)*
                    _ => {}
                }
            }
        }
    }

    /// The functions of the stages.
    fn stages(&self, names: &[Ident]) -> TokenStream {
        if self.mode == Mode::Infer {
            let body = self.chunk_body(&self.schedule.stages[0].chunk, names);
            return quote!(fn infer_forward(c: &mut sf::Chunk<'_>) { #body });
        }
        let mut code = TokenStream::new();
        let (mut stage_arms, mut between_arms) = (Vec::new(), Vec::new());
        for (index, stage) in self.schedule.stages.iter().enumerate() {
            let function = format_ident!("train_stage{}", index);
            let body = self.chunk_body(&stage.chunk, names);
            code.extend(quote!(fn #function(c: &mut sf::Chunk<'_>) { #body }));
            stage_arms.push(quote!(#index => #function(c),));
            if !stage.between.is_empty() {
                let function = format_ident!("train_between{}", index);
                let steps = stage.between.iter().map(|step| self.between(step, names));
                code.extend(quote! {
                    fn #function(w: &mut sf::Whole<'_>) {
                        let (n, chunks, parameters) = (w.examples(), w.chunk_examples, w.parameters);
                        #(#steps)*
                    }
                });
                between_arms.push(quote!(#index => #function(w),));
            }
        }
        quote! {
            #code
            fn train_stage(stage: usize, c: &mut sf::Chunk<'_>) {
                match stage { #(#stage_arms)* _ => {} }
            }
            fn train_between(stage: usize, w: &mut sf::Whole<'_>) {
                match stage { #(#between_arms)* _ => {} }
            }
        }
    }

    fn chunk_body(&self, steps: &[Step], names: &[Ident]) -> TokenStream {
        let steps = steps.iter().map(|step| self.chunk(step, names));
        quote! {
            let (n, first, parameters, state, packed) = (c.examples, c.first, c.parameters, c.state, c.packed);
            #(#steps)*
        }
    }

    /// The call with the places of packed weights in this mode: they have one name in the steps of both.
    fn in_mode(&self, call: &TokenStream) -> TokenStream {
        let rename = |name: Ident| match self.packed_names.contains(&name) {
            true => self.name(&name.to_string()),
            false => name,
        };
        let tokens = call.clone().into_iter().map(|token| match token {
            TokenTree::Ident(name) => TokenTree::Ident(rename(name)),
            TokenTree::Group(group) => {
                let mut renamed = Group::new(group.delimiter(), self.in_mode(&group.stream()));
                renamed.set_span(group.span());
                TokenTree::Group(renamed)
            }
            other => other,
        });
        tokens.collect()
    }

    fn comment(&self, step: &Step) -> TokenStream {
        if !self.comments || step.comment.is_empty() {
            return TokenStream::new();
        }
        let text = &step.comment;
        quote!(__comment!(#text);)
    }

    /// One step over a chunk.
    fn chunk(&self, step: &Step, names: &[Ident]) -> TokenStream {
        let comment = self.comment(step);
        let (mut before, mut binds, mut slots) = (TokenStream::new(), Vec::new(), Vec::new());
        let mut bound: Vec<(BufferId, &Ident)> = Vec::new();
        let mut after = TokenStream::new();
        for Operand { name, what } in &step.operands {
            match what {
                What::Buffer(buffer, _) => {
                    if let Some((_, first)) = bound.iter().find(|(id, _)| id == buffer) {
                        after.extend(quote!(let #first: &[f32] = #first; let #name = #first;));
                        continue;
                    }
                    let constant = &names[*buffer];
                    match self.schedule.positions[*buffer] {
                        Position::Input(index) => {
                            before.extend(quote!(let #name = c.inputs.get(#index);))
                        }
                        Position::Shared(_) => {
                            before.extend(quote!(let #name = #constant.of(c.shared);))
                        }
                        _ => {
                            binds.push(name.clone());
                            slots.push(quote!(#constant));
                            bound.push((*buffer, name));
                        }
                    }
                }
                What::Gradient(tensor) => {
                    let constant = self.gradient(*tensor);
                    binds.push(name.clone());
                    slots.push(quote!(#constant));
                }
                What::Scratch(len) => {
                    binds.push(name.clone());
                    slots.push(quote!(sf::Slot::scratch(#len)));
                }
                What::Key(number) => before.extend(quote!(let #name = c.key(#number);)),
                What::WholeGradient(_) | What::State(_) => {}
            }
        }
        let call = match &step.call {
            Call::Kernel(call) => self.in_mode(call),
            Call::Loss(index) => {
                let (outputs, gradients) = (&slots[0], &slots[1]);
                return quote!(#comment c.loss(#index, #outputs, #gradients););
            }
            Call::Watch(layer) => {
                let slot = &slots[0];
                return quote!(c.watch(#layer, #slot););
            }
        };
        let get =
            (!binds.is_empty()).then(|| quote!(let [#(#binds),*] = c.buffers.get([#(#slots),*]);));
        quote!(#comment { #before #get #after #call })
    }

    /// One step between stages.
    fn between(&self, step: &Step, names: &[Ident]) -> TokenStream {
        let comment = self.comment(step);
        let mut before = TokenStream::new();
        let (mut shared, mut gradients, mut state) = (Vec::new(), Vec::new(), Vec::new());
        for Operand { name, what } in &step.operands {
            match what {
                What::Buffer(buffer, _) => {
                    let constant = &names[*buffer];
                    match self.schedule.positions[*buffer] {
                        Position::Partial(_) => {
                            before.extend(quote!(let #name = w.partials(#constant);))
                        }
                        _ => shared.push((name.clone(), quote!(#constant))),
                    }
                }
                What::WholeGradient(tensor) => {
                    let constant = self.tensor(*tensor);
                    gradients.push((name.clone(), quote!(#constant)));
                }
                What::State(tensor) => {
                    let constant = self.tensor(*tensor);
                    state.push((name.clone(), quote!(#constant)));
                }
                What::Gradient(_) | What::Scratch(_) | What::Key(_) => {}
            }
        }
        let take = |list: &[(Ident, TokenStream)], from: TokenStream| {
            let (names, fields): (Vec<_>, Vec<_>) =
                list.iter().map(|(name, field)| (name, field)).unzip();
            (!list.is_empty())
                .then(|| quote!(let [#(#names),*] = sf::disjoint(#from, [#(#fields),*]);))
        };
        let shared = take(&shared, quote!(w.shared));
        let gradients = take(&gradients, quote!(w.gradients));
        let state = take(&state, quote!(w.state));
        let Call::Kernel(call) = &step.call else {
            return TokenStream::new();
        };
        quote!(#comment { #before #shared #gradients #state #call })
    }

    /// The function of weight gradients over the whole batch.
    fn weights(&self, names: &[Ident]) -> TokenStream {
        let arms = self
            .schedule
            .weights
            .iter()
            .enumerate()
            .map(|(index, (_, steps))| {
                let steps = steps.iter().enumerate();
                let steps = steps.map(|(use_, step)| self.weight(step, use_ > 0, names));
                quote!(#index => { #(#steps)* })
            });
        quote! {
            fn train_weights(index: usize, w: &mut sf::WeightTile<'_>) {
                let n = w.examples;
                let rows = w.rows.clone();
                match index {
                    #(#arms)*
                    _ => {}
                }
            }
        }
    }

    /// One use of a weight: the first sets the gradient, the others `accumulate`.
    fn weight(&self, step: &Step, accumulate: bool, names: &[Ident]) -> TokenStream {
        debug_assert!(matches!(step.place, Place::Weight(_)));
        let comment = self.comment(step);
        let mut before = TokenStream::new();
        let mut scratch = quote!(0);
        for Operand { name, what } in &step.operands {
            match what {
                What::Buffer(buffer, Access::Read) => {
                    let constant = &names[*buffer];
                    before.extend(match self.schedule.positions[*buffer] {
                        Position::Input(index) => quote!(let #name = w.inputs.whole(#index);),
                        _ => quote!(let #name = w.kept(#constant);),
                    });
                }
                What::Scratch(len) => scratch = len.clone(),
                _ => {}
            }
        }
        let Call::Kernel(call) = &step.call else {
            return TokenStream::new();
        };
        quote! {
            #comment
            {
                let (rows, accumulate) = (rows.clone(), #accumulate);
                #before
                let (dweight, scratch) = w.gradient_and_scratch(#scratch);
                #call
            }
        }
    }

    /// The scratch lengths that any step asks for.
    pub fn scratch_lens(&self) -> Vec<TokenStream> {
        let mut lens: Vec<TokenStream> = Vec::new();
        let mut seen: Vec<String> = Vec::new();
        for step in &self.steps.steps {
            for operand in &step.operands {
                if let What::Scratch(len) = &operand.what {
                    let text = len.to_string();
                    if !seen.contains(&text) {
                        seen.push(text);
                        lens.push(len.clone());
                    }
                }
            }
        }
        lens
    }
}
