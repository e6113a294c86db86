//! Activations: the one list of element-wise functions that a layer may end in.
//!
//! The list stands in `shapeflow-terms`; each line of it names a file here.

mod function;
mod identity;

macro_rules! modules {
    ($($module:ident: $name:ident $(($number:ident))?, $saved:ident, $formula:literal;)*) => {
        $(mod $module;)*
    };
}
shapeflow_terms::activations!(modules!);

use self::function::Function;
use super::sweep::{Flow, Lanes, sweep};
use crate::kernels::length::check_len;
use crate::kernels::rows::share_rows;
use crate::kernels::team::Team;
use crate::simd::{Kernel, Portable, Simd, dispatch};

pub use shapeflow_terms::Activation;

/// Evaluates an expression with the [`Function`] of an activation, whose type is known in each arm.
macro_rules! with_function {
    ($act:expr, $function:ident => $body:expr) => {
        shapeflow_terms::activations!(arms! ($act, $function => $body))
    };
}

macro_rules! arms {
    (
        ($act:expr, $function:ident => $body:expr)
        $($module:ident: $name:ident $(($number:ident))?, $saved:ident, $formula:literal;)*
    ) => {
        match $act {
            Activation::Identity => {
                let $function = $crate::kernels::activation::identity::Identity;
                $body
            }
            $(Activation::$name $(($number))? => {
                let $function = $crate::kernels::activation::$module::$name $({ $number })?;
                $body
            })*
        }
    };
}

pub mod reference;
#[cfg(test)]
mod tests;

/// The function of one number.
pub fn value(act: Activation, x: f32) -> f32 {
    with_function!(act, function => function.value(Portable, Portable.splat(x))[0])
}

/// The derivative at one number, from the output there if [`Activation::saves_output`], else from the input. Where there is
/// none (a kink) it is the left one, as in PyTorch: 0 at 0 for `Relu`.
pub fn derivative(act: Activation, saved: f32) -> f32 {
    with_function!(act, function => {
        function.chain(Portable, Portable.splat(saved), Portable.splat(1.0))[0]
    })
}

/// `y = act(x)`, element by element.
///
/// # Panics
/// If the lengths differ.
pub fn forward(act: Activation, x: &[f32], y: &mut [f32]) {
    assert_eq!(x.len(), y.len(), "activation: x and y must be equally long");
    with_function!(act, function => dispatch(Forward { function, flow: Flow::between(x, y) }))
}

/// `x = act(x)`, element by element.
pub fn forward_in_place(act: Activation, x: &mut [f32]) {
    if act != Activation::Identity {
        with_function!(act, function => dispatch(Forward { function, flow: Flow::in_place(x) }))
    }
}

/// `dx = dy * act'`, the derivative from `saved`: the output `y` if [`Activation::saves_output`], else the input `x`.
///
/// # Panics
/// If the lengths differ.
pub fn backward(act: Activation, saved: &[f32], dy: &[f32], dx: &mut [f32]) {
    check_len(saved.len(), dx.len(), "activation: length of saved");
    check_len(dy.len(), dx.len(), "activation: length of dy");
    with_function!(act, function => dispatch(Backward { function, saved, flow: Flow::between(dy, dx) }))
}

/// [`backward`] on gradients that it replaces.
///
/// # Panics
/// If the lengths differ.
pub fn backward_in_place(act: Activation, saved: &[f32], d: &mut [f32]) {
    check_len(saved.len(), d.len(), "activation: length of saved");
    if act != Activation::Identity {
        with_function!(act, function => dispatch(Backward { function, saved, flow: Flow::in_place(d) }))
    }
}

/// [`backward_in_place`] on the threads of `team`, where there are many values.
///
/// # Panics
/// If the slices differ in length.
pub fn backward_in_place_shared(
    team: &mut Team<'_>,
    act: Activation,
    saved: &[f32],
    d: &mut [f32],
) {
    check_len(saved.len(), d.len(), "activation: length of saved");
    share_rows(team, 1, d, &|places, d| {
        backward_in_place(act, &saved[places], d);
    });
}

/// `function(x)` of each value.
struct Forward<'a, F> {
    function: F,
    flow: Flow<'a>,
}

impl<F: Function> Kernel for Forward<'_, F> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let flow = self.flow;
        // SAFETY: `sweep` stays inside the length it is given.
        sweep!(simd: flow.len(), |at, lanes| unsafe {
            let x = lanes.load(simd, flow.from(at));
            lanes.store(simd, flow.to(at), self.function.value(simd, x));
        });
    }
}

/// `d * function'` of each gradient.
struct Backward<'a, F> {
    function: F,
    saved: &'a [f32],
    flow: Flow<'a>,
}

impl<F: Function> Kernel for Backward<'_, F> {
    type Output = ();
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let (flow, saved) = (self.flow, self.saved);
        check_len(saved.len(), flow.len(), "activation: length of saved");
        // SAFETY: `sweep` stays inside the length it is given, which both have.
        sweep!(simd: flow.len(), |at, lanes| unsafe {
            let saved = lanes.load(simd, saved.as_ptr().add(at));
            let d = lanes.load(simd, flow.from(at));
            lanes.store(simd, flow.to(at), self.function.chain(simd, saved, d));
        });
    }
}
