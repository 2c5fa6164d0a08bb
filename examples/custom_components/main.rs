//! `plume-nav-sim` with components of its own: a navigator, a sensor, a plume, a wind, a boundary policy and a metric.
//! docs/how-to/extending.md explains it.

mod bounce_back;
mod cone;
mod logarithmic;
mod near_source;
mod shear;
mod zigzag;

use plume_nav_sim::{cli, scenario::Registry, scenario::plume::PlumeNavigation};
use std::process::ExitCode;

fn main() -> ExitCode {
    let plume = PlumeNavigation::default()
        .with_navigator::<zigzag::Zigzag>()
        .with_sensor::<logarithmic::Logarithmic>()
        .with_plume::<cone::Cone>()
        .with_wind::<shear::Shear>()
        .with_boundary::<bounce_back::BounceBack>()
        .with_metric::<near_source::NearSource>();
    cli::main(&Registry::empty().with(plume))
}
