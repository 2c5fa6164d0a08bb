//! Choice of the instruction set at run time, without `unsafe`.

use std::sync::OnceLock;
use thiserror::Error;

/// The environment variable that forces an instruction set: `sse2`, `avx2` or `avx512`.
pub const SIMD_VARIABLE: &str = "PLUME_NAV_SIM_SIMD";

/// The instruction set that kernels are run with. The results don't depend on it, only the time does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SimdLevel {
    /// What every machine of the architecture has: SSE2 on x86-64.
    Sse2,
    /// AVX2: 256-bit registers.
    Avx2,
    /// AVX-512 (F, BW, CD, DQ, VL): 512-bit registers.
    Avx512,
}

/// A body that is compiled once per instruction set. Mark [`Kernel::run`] and all that it calls `#[inline(always)]`:
/// what isn't inlined is compiled for the lowest level.
pub trait Kernel {
    /// What it returns.
    type Output;
    /// The body.
    fn run(self) -> Self::Output;
}

/// An instruction set that can't be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SimdLevelError {
    /// The name isn't one of the three.
    #[error("{SIMD_VARIABLE} = {0:?} names no instruction set (hint: sse2, avx2 or avx512)")]
    Unknown(String),
    /// This processor doesn't have it.
    #[error("{SIMD_VARIABLE} = {0} isn't available on this processor (hint: leave it unset, or use {1})")]
    Unavailable(&'static str, &'static str),
}

impl SimdLevel {
    /// All levels, lowest first.
    pub const EVERY: [Self; 3] = [Self::Sse2, Self::Avx2, Self::Avx512];

    /// The name used in [`SIMD_VARIABLE`].
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Sse2 => "sse2",
            Self::Avx2 => "avx2",
            Self::Avx512 => "avx512",
        }
    }

    /// The highest level that this processor has.
    #[must_use]
    pub fn detect() -> Self {
        static DETECTED: OnceLock<SimdLevel> = OnceLock::new();
        *DETECTED.get_or_init(detect_uncached)
    }

    /// The levels that this processor has, lowest first.
    #[must_use]
    pub fn available() -> Vec<Self> {
        Self::EVERY.into_iter().filter(|simd| *simd <= Self::detect()).collect()
    }

    /// The level that [`SIMD_VARIABLE`] asks for, else the highest available. Read once per process.
    ///
    /// # Errors
    /// If the variable names no level, or one that this processor lacks.
    pub fn chosen() -> Result<Self, SimdLevelError> {
        static CHOSEN: OnceLock<Result<SimdLevel, SimdLevelError>> = OnceLock::new();
        CHOSEN
            .get_or_init(|| match std::env::var_os(SIMD_VARIABLE) {
                None => Ok(Self::detect()),
                Some(name) => Self::parse(&name.to_string_lossy()),
            })
            .clone()
    }

    /// The level called `name`, if this processor has it.
    ///
    /// # Errors
    /// If there is no such level, or this processor lacks it.
    pub fn parse(name: &str) -> Result<Self, SimdLevelError> {
        let simd = Self::EVERY
            .into_iter()
            .find(|simd| simd.name() == name)
            .ok_or_else(|| SimdLevelError::Unknown(name.to_owned()))?;
        if simd > Self::detect() {
            return Err(SimdLevelError::Unavailable(simd.name(), Self::detect().name()));
        }
        Ok(simd)
    }

    /// Runs `kernel` compiled for this level; for the highest one that the processor has if it lacks this one.
    #[inline]
    pub fn run<K: Kernel>(self, kernel: K) -> K::Output {
        run_at(self, kernel)
    }
}

#[cfg(target_arch = "x86_64")]
fn detect_uncached() -> SimdLevel {
    if pulp::x86::V4::try_new().is_some() {
        SimdLevel::Avx512
    } else if pulp::x86::V3::try_new().is_some() {
        SimdLevel::Avx2
    } else {
        SimdLevel::Sse2
    }
}

#[cfg(not(target_arch = "x86_64"))]
fn detect_uncached() -> SimdLevel {
    SimdLevel::Sse2
}

/// Kernels as the functions that `pulp` puts into a `target_feature` context.
#[cfg(target_arch = "x86_64")]
struct InContext<K>(K);

#[cfg(target_arch = "x86_64")]
impl<K: Kernel> pulp::NullaryFnOnce for InContext<K> {
    type Output = K::Output;
    #[inline(always)]
    fn call(self) -> K::Output {
        self.0.run()
    }
}

#[cfg(target_arch = "x86_64")]
#[inline]
fn run_at<K: Kernel>(simd: SimdLevel, kernel: K) -> K::Output {
    // `try_new` costs one load of a cached flag; it is what makes the call safe.
    match simd {
        SimdLevel::Avx512 => {
            if let Some(token) = pulp::x86::V4::try_new() {
                return token.vectorize(InContext(kernel));
            }
        }
        SimdLevel::Avx2 => {
            if let Some(token) = pulp::x86::V3::try_new() {
                return token.vectorize(InContext(kernel));
            }
        }
        SimdLevel::Sse2 => {}
    }
    run_baseline(kernel)
}

#[cfg(not(target_arch = "x86_64"))]
#[inline]
fn run_at<K: Kernel>(_level: SimdLevel, kernel: K) -> K::Output {
    run_baseline(kernel)
}

#[inline(never)]
fn run_baseline<K: Kernel>(kernel: K) -> K::Output {
    kernel.run()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_round_trip_and_problems_are_told() {
        for simd in SimdLevel::available() {
            assert_eq!(SimdLevel::parse(simd.name()), Ok(simd));
        }
        let message = SimdLevel::parse("avx1024").unwrap_err().to_string();
        assert!(message.contains("hint") && message.contains("avx1024"), "{message}");
        assert_eq!(SimdLevel::available()[0], SimdLevel::Sse2);
    }

    #[test]
    fn a_kernel_runs_at_every_level() {
        struct Sum<'a>(&'a [f64]);
        impl Kernel for Sum<'_> {
            type Output = f64;
            #[inline(always)]
            fn run(self) -> f64 {
                self.0.iter().sum()
            }
        }
        for simd in SimdLevel::EVERY {
            assert_eq!(simd.run(Sum(&[1.0, 2.0, 3.5])), 6.5);
        }
    }
}
