//! One of the targets of `shapeflow-fuzz` under libFuzzer, which keeps what reaches new code: `SHAPEFLOW_TARGET` says which.
#![no_main]

use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};
use shapeflow_fuzz::{Target, targets};
use std::sync::LazyLock;

static TARGET: LazyLock<&'static Target> = LazyLock::new(|| {
    let name = std::env::var("SHAPEFLOW_TARGET").expect("SHAPEFLOW_TARGET names a target");
    let found = targets::ALL.iter().find(|target| target.name == name);
    // Kernels refuse sizes by panics, which the target catches; any other one ends the program behind the target.
    if name == "kernels" {
        std::panic::set_hook(Box::new(|_| {}));
    }
    found.unwrap_or_else(|| panic!("no target `{name}`"))
});

fuzz_target!(|bytes: &[u8]| (TARGET.read)(bytes));

fuzz_mutator!(|data: &mut [u8], size: usize, most: usize, seed: u32| {
    // Half by libFuzzer, half by what the target knows of its files.
    if seed % 2 == 0 {
        return fuzzer_mutate(data, size, most);
    }
    let bytes = TARGET.again(u64::from(seed), &data[..size]);
    let length = bytes.len().min(most);
    data[..length].copy_from_slice(&bytes[..length]);
    length
});
