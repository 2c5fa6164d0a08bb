//! Good files read right, bad files refused, and nothing that a file holds does harm.

mod bad;
mod caching;
pub(crate) mod fixture;
mod good;
mod hostile;
mod pompy;
