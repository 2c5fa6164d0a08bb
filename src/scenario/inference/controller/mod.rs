//! Finite-state controllers: policies that are a table. From what is in its memory and what it observes a controller
//! draws an action and its next memory; it believes nothing.

mod action;
mod error;
mod read;
mod table;

pub use action::Action;
pub use error::ControllerError;
pub use table::{Controller, ControllerState};
