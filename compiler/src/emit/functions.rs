//! The functions of one mode: those that run stages, pack weights and take weight gradients over the whole batch.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::binding::Binding;
use super::copies::{Copies, head, packs};
use super::names::{of_mode, prefix};
use super::naming::{Consts, Naming};
use super::parts::{Head, by_number, in_order};
use super::places::places;
use super::specs::Specs;
use crate::graph::Graph;
use crate::plan::Plan;
use crate::step::{Mode, Site, What};

/// Writes the code of one mode.
pub struct ModeWriter<'p> {
    pub plan: &'p Plan,
    pub consts: Consts<'p>,
    graph: &'p Graph,
    specs: &'p Specs<'p>,
    comments: bool,
}

impl<'p> ModeWriter<'p> {
    /// With comments, as statements that the dump turns into comments, where somebody will read the code.
    pub fn new(graph: &'p Graph, plan: &'p Plan, specs: &'p Specs<'p>, comments: bool) -> Self {
        ModeWriter {
            plan,
            consts: Consts::new(graph, plan),
            graph,
            specs,
            comments,
        }
    }

    /// A const of the mode.
    pub fn name(&self, rest: &str) -> Ident {
        of_mode(self.plan.mode, rest)
    }

    /// A function of the mode.
    pub fn function(&self, rest: &str) -> Ident {
        format_ident!("{}_{rest}", prefix(self.plan.mode).to_lowercase())
    }

    fn binding<'a>(&'a self, naming: &'a dyn Naming) -> Binding<'a> {
        Binding {
            mode: self.plan.mode,
            specs: self.specs,
            naming,
            comments: self.comments,
        }
    }

    /// All consts and functions of the mode.
    pub fn code(&self) -> TokenStream {
        let places = places(self.graph, self.plan, &self.consts, self.specs);
        let binding = self.binding(&self.consts);
        let packs = packs(&self.function("pack"), self.plan, &self.consts, &binding);
        let stages = self.stages();
        let weights = (self.plan.mode == Mode::Train).then(|| self.weights());
        quote! { #places #packs #stages #weights }
    }

    /// The functions of the stages, and of what copies of blocks share in them.
    fn stages(&self) -> TokenStream {
        let binding = self.binding(&self.consts);
        let copies = Copies::new(self.graph, self.plan, &self.consts, &binding);
        let shared = copies.functions();
        let function = |name: &Ident, site: Site, steps: &[usize]| {
            in_order(name, &head(site), &copies.body(steps, &binding))
        };
        if self.plan.mode == Mode::Infer {
            // Nothing needs the whole batch when predicting.
            let steps = &self.plan.stages[0].chunk;
            let forward = function(&self.function("forward"), Site::Chunk, steps);
            return quote!(#shared #forward);
        }
        let mut code = shared;
        let (mut stages, mut betweens) = (Vec::new(), Vec::new());
        for (index, stage) in self.plan.stages.iter().enumerate() {
            for (site, steps, name, arms) in [
                (Site::Chunk, &stage.chunk, "stage", &mut stages),
                (Site::Between, &stage.between, "between", &mut betweens),
            ] {
                if !steps.is_empty() {
                    let name = self.function(&format!("{name}{index}"));
                    code.extend(function(&name, site, steps));
                    arms.push(quote!(#index => #name(at),));
                }
            }
        }
        quote! {
            #code
            fn train_stage(stage: usize, at: &mut sf::Chunk<'_>) {
                match stage { #(#stages)* _ => {} }
            }
            fn train_between(stage: usize, at: &mut sf::Whole<'_>) {
                match stage { #(#betweens)* _ => {} }
            }
        }
    }

    /// The function of weight gradients over the whole batch.
    fn weights(&self) -> TokenStream {
        let binding = self.binding(&self.consts);
        let weights = self.plan.weights.iter();
        let arms = weights.map(|(_, steps)| {
            let uses = self.plan.run(steps).enumerate();
            uses.map(|(use_, step)| binding.weight(step, use_ > 0))
                .collect()
        });
        let arms: Vec<TokenStream> = arms.collect();
        let head = Head {
            parameters: quote!(w: &mut sf::WeightTile<'_>),
            arguments: quote!(w),
            begin: quote!(let n = w.examples; let rows = w.rows.clone();),
        };
        by_number(&format_ident!("train_weights"), &head, &arms)
    }

    /// What steps ask for that share the work on few examples, each once: the parts of it and scratch.
    pub fn team_needs(&self) -> Vec<TokenStream> {
        let operands = self.plan.steps.steps.iter().flat_map(|step| &step.operands);
        let mut needs = Vec::new();
        for operand in operands {
            if let What::Team(Some((spec, method))) = operand.what
                && !needs.contains(&(spec, method))
            {
                needs.push((spec, method));
            }
        }
        let needs = needs.into_iter().map(|(spec, method)| {
            let (spec, method) = (
                self.specs.name(self.plan.mode, spec),
                format_ident!("{method}"),
            );
            quote!(#spec.#method())
        });
        needs.collect()
    }

    /// The scratch lengths that any step asks for, each once.
    pub fn scratch_lens(&self) -> Vec<TokenStream> {
        let operands = self.plan.steps.steps.iter().flat_map(|step| &step.operands);
        let mut lens = Vec::new();
        for operand in operands {
            if let What::Scratch(len) = &operand.what
                && !lens.contains(&len)
            {
                lens.push(len);
            }
        }
        let lens = lens.into_iter();
        lens.map(|len| self.specs.length(self.plan.mode, len))
            .collect()
    }
}
