//! The program with scenarios of its own, registered from outside the crate: proof of the seam, and the place for
//! units that fail on purpose.

mod coin;
mod colony;
mod faulty;
mod gauge;

use plume_nav_sim::{cli, scenario::Registry};
use std::process::ExitCode;

fn main() -> ExitCode {
    let registry = Registry::builtin()
        .with(coin::BiasedCoins)
        .with(colony::Colony::default())
        .with(faulty::Faulty)
        .with(gauge::Gauge::default());
    cli::main(&registry)
}
