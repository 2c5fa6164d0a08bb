//! Gridded data from files that other programs wrote: reading, checking, and the frames that the threads of a rank share.

mod inputs;
mod parsed;

pub use inputs::Inputs;
