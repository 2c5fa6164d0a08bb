//! The table of a controller, and one searcher's state in it.

use super::{Action, ControllerError};
use crate::random::Xoshiro256PlusPlus;

/// One thing that may be done.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Choice {
    pub action: Action,
    pub next_memory: u32,
    pub probability: f64,
    /// Line of the file.
    pub line: u64,
}

/// A finite-state controller: with memory m and observation o it does action a and remembers m' with the probability
/// π(a, m' | m, o). It begins with memory 0. Observations beyond the last one that it knows are that one.
///
/// Such controllers need no model of the world; they are found by optimisation (Verano, Panizon & Celani 2023, *PNAS*
/// 120:e2304230120).
#[derive(Clone, Debug, PartialEq)]
pub struct Controller {
    pub(super) place: String,
    pub(super) observations: usize,
    /// Choices of pair (m, o) at m · observations + o.
    pub(super) choices: Vec<Vec<Choice>>,
    /// First line with each of [`Action::ALL`].
    pub(super) first_lines: [Option<u64>; 7],
}

impl Controller {
    /// A table whose pairs are complete and add up to 1.
    pub(super) fn new(place: &str, observations: usize, choices: Vec<Vec<Choice>>) -> Self {
        let first_line = |action: Action| {
            let with = choices.iter().flatten().filter(|choice| choice.action == action);
            with.map(|choice| choice.line).min()
        };
        Self {
            place: place.to_owned(),
            observations,
            first_lines: Action::ALL.map(first_line),
            choices,
        }
    }

    /// Observations that are told apart; the last stands for all above.
    #[must_use]
    pub fn observations(&self) -> usize {
        self.observations
    }

    /// Memory states.
    #[must_use]
    pub fn memories(&self) -> usize {
        self.choices.len() / self.observations
    }

    /// Refuses actions that a world doesn't have.
    ///
    /// # Errors
    /// [`ControllerError::Action`] for the first line with such an action.
    pub fn only(&self, is_allowed: impl Fn(Action) -> bool) -> Result<(), ControllerError> {
        let lines = Action::ALL.into_iter().zip(self.first_lines);
        let strange = lines
            .filter_map(|(action, line)| Some((line?, action)))
            .filter(|&(_, action)| !is_allowed(action))
            .min();
        match strange {
            None => Ok(()),
            Some((line, action)) => Err(ControllerError::Action {
                place: format!("{}:{line}", self.place),
                action,
            }),
        }
    }
}

/// What one searcher has in its memory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ControllerState {
    memory: u32,
}

impl ControllerState {
    /// What is done after `observation`; the memory moves on. One random number.
    pub fn act(&mut self, controller: &Controller, observation: u64, random: &mut Xoshiro256PlusPlus) -> Action {
        let observation = observation.min(controller.observations as u64 - 1) as usize;
        let choices = &controller.choices[self.memory as usize * controller.observations + observation];
        let uniform = random.uniform();
        let mut sum = 0.0;
        let chosen = choices.iter().find(|choice| {
            sum += choice.probability;
            uniform < sum
        });
        // The sum may miss 1 by rounding: the last choice that is possible takes what is left.
        let last = || choices.iter().rfind(|choice| choice.probability > 0.0);
        let choice = chosen.or_else(last).expect("probabilities of a pair add up to 1");
        self.memory = choice.next_memory;
        choice.action
    }

    /// The memory.
    #[must_use]
    pub fn memory(self) -> u32 {
        self.memory
    }
}
