//! What sensors and navigators may know of the unit that they are built for.

use super::field::SourcePosition;
use super::space::Domain;
use super::wind::MeanWind;
use crate::grids::Inputs;

/// What a sensor or a navigator may know of its unit before the first step.
#[derive(Clone, Copy, Debug)]
pub struct Surroundings<'a> {
    /// The rectangle that agents live in.
    pub domain: &'a Domain,
    /// Time step, s.
    pub dt_s: f64,
    /// The wind at time 0, without its fluctuations.
    pub wind: MeanWind,
    /// Where the sources are at time 0: to judge a search, never to decide.
    pub sources: &'a [SourcePosition],
    /// Files of the study.
    pub inputs: &'a Inputs,
}
