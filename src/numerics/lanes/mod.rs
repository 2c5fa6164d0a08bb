//! Arithmetic on blocks of eight `f64` lanes with the same bits at every SIMD width.
//!
//! A block is a plain array; every operation is elementwise and correctly rounded or built from such operations in a
//! fixed order, nothing is contracted to fused multiply-add, and nothing depends on the width of the machine's
//! registers. A kernel is written once and compiled three times, for SSE2, AVX2 and AVX-512 (see [`SimdLevel`]).

mod arctangent;
mod dispatch;
mod exponential;
mod kernel;
mod normal;
mod random;
mod trigonometry;
mod vector;

#[doc(inline)]
pub use crate::kernel;
pub use dispatch::{Kernel, SIMD_VARIABLE, SimdLevel, SimdLevelError};
pub use normal::{NormalStream, normal_pair};
pub use random::Random8;
pub use vector::{F64x8, LANES, Mask8, blocks_for, lane, set_lane};
