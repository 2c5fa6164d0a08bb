//! The `plume-nav-sim` program: the command line over the scenarios that come with the crate.

use plume_nav_sim::{cli, scenario::Registry};
use std::process::ExitCode;

fn main() -> ExitCode {
    cli::main(&Registry::builtin())
}
