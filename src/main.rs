//! The `plume-nav-sim` program: the command line over the scenarios that come with the crate.

use plume_nav_sim::{allocator::Allocator, cli, scenario::Registry, signals};
use std::process::ExitCode;

/// It asks the system for huge pages. A step of a large crowd runs through many arrays, and with small pages the processor
/// waits for addresses (`docs/explanation/performance.md`).
#[global_allocator]
static ALLOCATOR: Allocator = Allocator;

fn main() -> ExitCode {
    // Before anything else; `cli::main` tells what went wrong, if anything did.
    let _ = signals::catch();
    cli::main(&Registry::builtin())
}
