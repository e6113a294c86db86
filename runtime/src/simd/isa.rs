//! Which instruction set runs: found once, then a load and a branch.

use std::sync::atomic::{AtomicU8, Ordering};

#[cfg(target_arch = "x86_64")]
use super::{Avx2, Avx512};
use super::{Kernel, Portable};

/// The instruction sets that kernels are compiled for.
///
/// The best that the machine has is taken. The environment variable `SHAPEFLOW_ISA` (`portable`, `avx2`, `avx512`),
/// read when the first kernel runs, can ask for a lesser one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Isa {
    /// What every machine of the target architecture has (SSE2 on x86-64, NEON on AArch64).
    Portable = 1,
    /// AVX2 with FMA, 8 lanes and 16 registers.
    Avx2 = 2,
    /// AVX-512 (F, VL, DQ, BW), 16 lanes and 32 registers.
    Avx512 = 3,
}

/// 0 until the instruction set has been found. A race only finds the same twice.
static CHOSEN: AtomicU8 = AtomicU8::new(0);

impl Isa {
    /// The instruction sets of this machine, the best last.
    pub fn available() -> impl Iterator<Item = Self> {
        let best = Self::best();
        [Self::Portable, Self::Avx2, Self::Avx512]
            .into_iter()
            .filter(move |&isa| isa <= best)
    }

    /// The instruction set that kernels run on.
    #[inline]
    pub fn current() -> Self {
        #[cfg(test)]
        if let Some(forced) = FORCED.get() {
            return forced;
        }
        match CHOSEN.load(Ordering::Relaxed) {
            1 => Self::Portable,
            2 => Self::Avx2,
            3 => Self::Avx512,
            _ => Self::choose(),
        }
    }

    #[cold]
    fn choose() -> Self {
        let best = Self::best();
        let wanted = match std::env::var("SHAPEFLOW_ISA").as_deref() {
            Ok("portable") => Self::Portable,
            Ok("avx2") => Self::Avx2,
            _ => Self::Avx512,
        };
        let chosen = wanted.min(best);
        CHOSEN.store(chosen as u8, Ordering::Relaxed);
        chosen
    }

    #[cfg(target_arch = "x86_64")]
    fn best() -> Self {
        let avx2 = is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma");
        let avx512 = is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512vl")
            && is_x86_feature_detected!("avx512dq")
            && is_x86_feature_detected!("avx512bw");
        match (avx2, avx512) {
            (true, true) => Self::Avx512,
            (true, false) => Self::Avx2,
            _ => Self::Portable,
        }
    }

    #[cfg(not(target_arch = "x86_64"))]
    fn best() -> Self {
        Self::Portable
    }
}

/// Runs `kernel` on the best instruction set of the machine.
#[inline]
pub fn dispatch<K: Kernel>(kernel: K) -> K::Output {
    match Isa::current() {
        // SAFETY: `current` only names what `best` has found.
        #[cfg(target_arch = "x86_64")]
        Isa::Avx512 => unsafe { run_avx512(kernel) },
        // SAFETY: as above.
        #[cfg(target_arch = "x86_64")]
        Isa::Avx2 => unsafe { run_avx2(kernel) },
        _ => kernel.run(Portable),
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512vl,avx512dq,avx512bw,avx2,fma")]
fn run_avx512<K: Kernel>(kernel: K) -> K::Output {
    // SAFETY: this function's features are those of the token.
    kernel.run(unsafe { Avx512::new() })
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn run_avx2<K: Kernel>(kernel: K) -> K::Output {
    // SAFETY: this function's features are those of the token.
    kernel.run(unsafe { Avx2::new() })
}

#[cfg(test)]
thread_local! {
    static FORCED: std::cell::Cell<Option<Isa>> = const { std::cell::Cell::new(None) };
}

/// Runs a test on each instruction set of the machine in turn, in this thread.
#[cfg(test)]
pub fn on_every_isa(mut test: impl FnMut(Isa)) {
    struct Reset;
    impl Drop for Reset {
        fn drop(&mut self) {
            FORCED.set(None);
        }
    }
    let _reset = Reset;
    for isa in Isa::available() {
        FORCED.set(Some(isa));
        test(isa);
    }
}
