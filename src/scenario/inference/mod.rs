//! Searches by inference, for any world: what a searcher believes about the source's place ([`belief`]), what hits say
//! about it ([`observation`]), which move to make ([`policy`]), and controllers from files that believe nothing
//! ([`controller`]).
//!
//! Nothing here knows where hits come from: the scenario [`source_tracking`](super::source_tracking) draws them from the
//! searcher's own model, elsewhere they are what sensors tell.

pub mod belief;
pub mod controller;
pub mod observation;
pub mod policy;
