//! Batch engine for large studies of agents that find the source of an odour plume.

pub mod cli;
pub mod comm;
pub mod config;
pub mod engine;
pub mod gather;
pub mod random;
pub mod report;
pub mod scenario;
pub mod session;
pub mod stats;
pub mod store;
pub mod sweep;
pub mod telemetry;
