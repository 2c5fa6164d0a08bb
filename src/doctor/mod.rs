//! Is this machine fit for the job? Every check gives a verdict, what it saw, and what to do about it.
//!
//! Checks are pure functions of what was seen (facts of MPI, environment variables, the kernel's tables), which
//! [`examine`] collects; nothing here talks to other ranks.

mod examine;
mod file_system;
mod finding;
mod libraries;
mod mpi;
mod processor;
mod render;
mod resources;
mod scheduler;
mod variables;

pub use examine::examine;
pub use finding::{Finding, Verdict};
pub use mpi::{MpiFacts, ThreadLevel};
pub use render::{render_json, render_text};
