//! Random streams that depend on *what* is drawn, never on who draws it or when.

mod counts;
mod poisson;
mod stream;
mod xoshiro;

pub use stream::{PointKey, StreamSeed, Streams, StudySeed};
pub use xoshiro::Xoshiro256PlusPlus;
pub(crate) use xoshiro::first_state;
