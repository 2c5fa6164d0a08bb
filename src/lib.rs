//! Batch engine for large studies of agents that find the source of an odour plume.
//!
//! The program `plume-nav-sim` is the usual way to use it. As a library it lets a program of yours add scenarios:
//! implement [`scenario::Scenario`] and call [`cli::main`] with `Registry::builtin().with(…)`.

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
pub mod gather;
pub mod grids;
pub mod ids;
pub mod import;
pub mod lanes;
pub mod memory;
pub mod printable;
pub mod quantity;
pub mod random;
pub mod report;
pub mod rows;
pub mod scenario;
pub mod session;
pub mod signals;
pub mod stats;
pub mod store;
pub mod sweep;
pub mod telemetry;
pub mod times;
