//! What a table says.

use super::super::belief::Move;
use super::super::controller::{Action, Controller, ControllerError, ControllerState};
use super::{Policy, Situation};
use crate::grids::Inputs;
use crate::random::Xoshiro256PlusPlus;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// `[policy]` of kind `tabular`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct TabularConfig {
    /// A CSV file with the columns memory, observation, action, next_memory, probability. Relative to the study file.
    pub file: String,
}

impl TabularConfig {
    /// The controller: read once per rank.
    ///
    /// # Errors
    /// If the file can't be read, holds no controller, or one that doesn't fit into `dimensions`.
    pub fn controller(&self, dimensions: u32, inputs: &Inputs) -> Result<Arc<Controller>, ControllerError> {
        let controller = inputs.parsed(&self.file, Controller::read)?;
        controller.only(|action| move_of(action).is_some_and(|step| step.axis() < dimensions as usize))?;
        Ok(controller)
    }
}

/// The wind blows to the positive end of the first axis; facing it, the left is the negative end of the second one.
fn move_of(action: Action) -> Option<Move> {
    match action {
        Action::Upwind => Some(Move(0)),
        Action::Downwind => Some(Move(1)),
        Action::Left => Some(Move(2)),
        Action::Right => Some(Move(3)),
        Action::Down => Some(Move(4)),
        Action::Up => Some(Move(5)),
        Action::Stay => None,
    }
}

/// A finite-state controller from a file; its observations are hit levels. It asks neither the belief nor the grid: a move
/// over the edge leaves the searcher where it is. One random number per move.
#[derive(Clone, Debug)]
pub struct Tabular {
    controller: Arc<Controller>,
    state: ControllerState,
    hits: usize,
    random: Xoshiro256PlusPlus,
}

impl Tabular {
    /// One searcher's policy.
    #[must_use]
    pub fn new(controller: Arc<Controller>, random: Xoshiro256PlusPlus) -> Self {
        Self {
            controller,
            state: ControllerState::default(),
            hits: 0,
            random,
        }
    }
}

impl Policy for Tabular {
    fn observed(&mut self, hits: usize) {
        self.hits = hits;
    }

    fn choose(&mut self, _situation: Situation<'_>) -> Move {
        let action = self.state.act(&self.controller, self.hits as u64, &mut self.random);
        move_of(action).expect("actions that are no moves were refused")
    }
}
