//! Which instruction set runs: found once, then a load and a branch.

use std::sync::atomic::{AtomicU8, Ordering};

#[cfg(target_arch = "x86_64")]
use super::{Avx2, Avx512};
use super::{Kernel, Portable};

/// The instruction sets that kernels are compiled for.
///
/// The best that the machine has is taken. The environment variable `SHAPEFLOW_ISA` (`portable`, `avx2`, `avx512`),
/// read when the first kernel runs, can ask for a lesser one. Where it asks for what isn't there, training and predictions
/// are refused ([`Isa::check`]).
///
/// Each gives the same bits on any number of threads and on any machine that has it, but not the bits of another: they round
/// differently, having other numbers of lanes to add up, and with or without fused multiply-adds.
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

/// `SHAPEFLOW_ISA` asks for an instruction set that isn't there.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IsaError {
    /// It is the name of none.
    #[error(
        "the environment variable SHAPEFLOW_ISA is `{found}`, expected `portable`, `avx2` or `avx512`; without it the best of this machine is taken"
    )]
    Unknown {
        /// What it is.
        found: String,
    },
    /// The machine doesn't have it.
    #[error(
        "the environment variable SHAPEFLOW_ISA asks for {wanted:?}, but the best that this machine has is {best:?}; without it that is taken"
    )]
    Missing {
        /// What is asked for.
        wanted: Isa,
        /// The best of the machine.
        best: Isa,
    },
}

crate::debug_as_display::debug_as_display!(IsaError);

/// 0 until the instruction set has been found. A race only finds the same twice.
static CHOSEN: AtomicU8 = AtomicU8::new(0);

/// In the place of an instruction set: one was asked for that isn't there.
const REFUSED: u8 = u8::MAX;

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
            REFUSED => Self::best(),
            _ => Self::choose().unwrap_or(Self::best()),
        }
    }

    /// Whether kernels run on the instruction set that is asked for. Training and predictions check it; a kernel that is
    /// called by itself runs on the best of the machine if not.
    ///
    /// # Errors
    ///
    /// If `SHAPEFLOW_ISA` names no instruction set, or one that the machine doesn't have.
    #[inline]
    pub fn check() -> Result<(), IsaError> {
        match CHOSEN.load(Ordering::Relaxed) {
            1..=3 => Ok(()),
            _ => Self::choose().map(|_| ()),
        }
    }

    #[cold]
    fn choose() -> Result<Self, IsaError> {
        let asked =
            std::env::var_os("SHAPEFLOW_ISA").map(|name| name.to_string_lossy().into_owned());
        let chosen = Self::asked_for(asked.as_deref(), Self::best());
        let stored = chosen.as_ref().map_or(REFUSED, |isa| *isa as u8);
        CHOSEN.store(stored, Ordering::Relaxed);
        chosen
    }

    /// What the environment asks for, on a machine whose best is `best`. An empty variable is as good as none.
    fn asked_for(name: Option<&str>, best: Self) -> Result<Self, IsaError> {
        let wanted = match name {
            None | Some("") => return Ok(best),
            Some("portable") => Self::Portable,
            Some("avx2") => Self::Avx2,
            Some("avx512") => Self::Avx512,
            Some(other) => {
                let found = other.to_owned();
                return Err(IsaError::Unknown { found });
            }
        };
        if wanted <= best {
            Ok(wanted)
        } else {
            Err(IsaError::Missing { wanted, best })
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_there_is_refused() {
        let best = Isa::Avx2;
        assert_eq!(Isa::asked_for(None, best), Ok(Isa::Avx2));
        assert_eq!(Isa::asked_for(Some(""), best), Ok(Isa::Avx2));
        assert_eq!(Isa::asked_for(Some("portable"), best), Ok(Isa::Portable));
        let error = Isa::asked_for(Some("avx512"), best).expect_err("it isn't there");
        assert_eq!(
            error.to_string(),
            "the environment variable SHAPEFLOW_ISA asks for Avx512, but the best that this machine has is Avx2; without it that \
             is taken"
        );
        let error = Isa::asked_for(Some("AVX-2"), best).expect_err("no such name");
        assert_eq!(
            error.to_string(),
            "the environment variable SHAPEFLOW_ISA is `AVX-2`, expected `portable`, `avx2` or `avx512`; without it the best of \
             this machine is taken"
        );
    }
}
