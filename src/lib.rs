//! Batch engine for large studies of agents that find the source of an odour plume.
//!
//! The program `plume-nav-sim` is the usual way to use it. As a library it lets a program of yours add to it: components of
//! the plume scenario ([`scenario::plume::component`]), or scenarios ([`scenario::Scenario`]). Such a program is the whole of
//! `plume-nav-sim` with what you add:
//!
//! ```no_run
//! use plume_nav_sim::{cli, scenario::Registry, scenario::plume::PlumeNavigation};
//!
//! fn main() -> std::process::ExitCode {
//!     let plume = PlumeNavigation::default(); // .with_navigator::<Yours>()
//!     cli::main(&Registry::empty().with(plume))
//! }
//! ```
//!
//! | what for | where |
//! |---|---|
//! | try a study out within a program | [`trial`] |
//! | navigators, plumes, winds, sensors, boundaries, metrics | [`scenario::plume::component`] |
//! | another kind of simulation | [`scenario::Scenario`], [`results::UnitFeatures`] |
//! | random numbers | [`random::Streams`] |
//! | blocks of lanes | [`lanes`] |
//! | read a results file | [`store::Reader`] |
//! | keep results elsewhere | [`results::Ledger`] |

pub mod allocator;
pub mod cli;
pub mod comm;
pub mod config;
pub mod csv_records;
pub mod doctor;
pub mod engine;
mod environment;
pub mod export;
pub mod file_kind;
pub mod forms;
pub mod gather;
pub mod grids;
pub mod ids;
pub mod import;
pub mod memory;
pub mod netcdf4;
pub mod numerics;
pub mod printable;
pub mod quantity;
pub mod report;
pub mod results;
pub mod rows;
pub mod scenario;
pub mod session;
pub mod signals;
pub mod stats;
pub mod store;
pub mod study;
pub mod sweep;
pub mod tables;
pub mod telemetry;
pub mod trial;
pub mod version;

pub use numerics::{lanes, random};
