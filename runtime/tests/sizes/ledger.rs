//! What became of the calls of a sweep.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;

thread_local! {
    /// How often each function returned.
    static RETURNED: RefCell<BTreeMap<&'static str, usize>> = const { RefCell::new(BTreeMap::new()) };
    /// Whether a panic is expected, and not to be printed.
    static EXPECTED: Cell<bool> = const { Cell::new(false) };
}

/// Calls a function that may panic, but with a message that was written for it: `Some` of what it returns.
macro_rules! attempt {
    ($($path:ident)::+ ($($argument:expr),* $(,)?)) => {
        $crate::ledger::call(stringify!($($path)::+), || $($path)::+($($argument),*))
    };
    ($value:ident.$method:ident($($argument:expr),* $(,)?)) => {
        $crate::ledger::call(stringify!($method), || $value.$method($($argument),*))
    };
}
pub(crate) use attempt;

pub fn call<T>(name: &'static str, call: impl FnOnce() -> T) -> Option<T> {
    EXPECTED.set(true);
    let result = catch_unwind(AssertUnwindSafe(call));
    EXPECTED.set(false);
    let returned = usize::from(result.is_ok());
    RETURNED.with_borrow_mut(|calls| *calls.entry(name).or_default() += returned);
    match result {
        Ok(value) => Some(value),
        Err(panic) => {
            let message = message(&*panic);
            assert!(
                !message.is_empty() && !message.starts_with("attempt to "),
                "{name} panicked with `{message}`: a size isn't checked"
            );
            None
        }
    }
}

fn message(panic: &dyn Any) -> &str {
    match panic.downcast_ref::<String>() {
        Some(message) => message,
        None => panic.downcast_ref::<&str>().copied().unwrap_or(""),
    }
}

/// Runs calls, each function of which must have returned at least once: it met sizes that are right, too.
pub fn sweep(body: impl FnOnce()) {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let hook = take_hook();
        set_hook(Box::new(move |info| {
            if !EXPECTED.get() {
                hook(info);
            }
        }));
    });
    body();
    for (name, returned) in RETURNED.take() {
        assert!(returned > 0, "{name} was refused in every call");
    }
}
