//! Whole plumes against other programs and theory, by their statistics. See `docs/reference/models/validation.md`.

mod convergence;
pub mod ensemble;
mod farrell_plume;
mod whiffs;
