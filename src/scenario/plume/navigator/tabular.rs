//! A navigator that does what a table says.

use super::super::agents::Commands;
use super::super::component::{Component, Context};
use super::super::sensor::Channels;
use super::super::step::Stage;
use super::{DecisionClock, HitCounter, HitsConfig, Navigator, NavigatorModel, Perception, Surroundings};
use crate::grids::Inputs;
use crate::lanes::{F64x8, LANES, blocks_for, kernel, lane, set_lane};
use crate::random::{StreamSeed, Xoshiro256PlusPlus};
use crate::scenario::inference::controller::{Action, Controller, ControllerError, ControllerState};
use crate::scenario::{Problems, UnitFailure};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::f64::consts::{FRAC_PI_2, PI};
use std::sync::Arc;

/// Follow a table of actions for each memory and observation, from a CSV file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct TabularNavigatorConfig {
    /// A CSV file with the columns memory, observation, action, next_memory, probability. Relative to the study file.
    pub file: String,
    /// Speed over ground, m/s.
    #[schemars(range(min = 0.0, max = 1e3))]
    pub speed_m_s: f64,
    /// Duration of a decision step, s. Rounded to whole steps of the episode.
    #[schemars(range(min = 1e-6, max = 1e5))]
    pub step_s: f64,
    /// What counts as a hit: the observation is their number.
    pub hits: HitsConfig,
}

impl Default for TabularNavigatorConfig {
    fn default() -> Self {
        Self {
            file: String::new(),
            speed_m_s: 0.5,
            step_s: 0.5,
            hits: HitsConfig::default(),
        }
    }
}

impl TabularNavigatorConfig {
    /// The controller: read once per rank.
    ///
    /// # Errors
    /// If the file can't be read, holds no controller, or one with actions out of the plane.
    pub fn controller(&self, inputs: &Inputs) -> Result<Arc<Controller>, ControllerError> {
        let controller = inputs.parsed(&self.file, Controller::read)?;
        controller.only(|action| course_of(action).is_some())?;
        Ok(controller)
    }
}

impl Component for TabularNavigatorConfig {
    const KIND: &'static str = "tabular";
}

impl NavigatorModel for TabularNavigatorConfig {
    fn build(
        &self,
        seed: StreamSeed,
        count: usize,
        surroundings: Surroundings<'_>,
    ) -> Result<Box<dyn Navigator>, UnitFailure> {
        Ok(Box::new(TabularNavigator::new(self, seed, count, surroundings)?))
    }

    fn max_speed_m_s(&self) -> f64 {
        self.speed_m_s
    }

    fn requires(&self) -> Vec<Channels> {
        self.hits.required()
    }

    fn requires_wind(&self) -> bool {
        true
    }

    fn problems(&self, context: Context<'_>) -> Problems {
        let mut found = Problems::from(DecisionClock::shorter_than_step(self.step_s, context));
        if self.file.is_empty() {
            found.add(
                "navigator.file",
                "is empty, but the table is read from a file",
                "give the path of a CSV file",
            );
        } else if let Err(error) = self.controller(context.inputs) {
            let hint = match &error {
                ControllerError::Action { .. } => "in a plume the actions are upwind, downwind, left, right, stay",
                _ => error.hint(),
            };
            found.add("navigator.file", error.to_string(), hint);
        }
        found
    }
}

/// The angle from upwind, counter-clockwise, and the share of the speed; nothing for actions out of the plane.
fn course_of(action: Action) -> Option<(f64, f64)> {
    match action {
        Action::Upwind => Some((0.0, 1.0)),
        Action::Left => Some((FRAC_PI_2, 1.0)),
        Action::Right => Some((-FRAC_PI_2, 1.0)),
        Action::Downwind => Some((PI, 1.0)),
        Action::Stay => Some((0.0, 0.0)),
        Action::Down | Action::Up => None,
    }
}

/// A finite-state controller from a file for every agent.
///
/// Once in `step_s` the agent takes the number of its hits since the last time for the observation, and draws an action
/// and its next memory; until the next time it moves at one speed, upwind, downwind or across the wind that it feels in
/// each step, or stays (facing as before). Agents stay until their first action. Turns go the shorter way; from
/// crosswind to crosswind through upwind, and from upwind to downwind counter-clockwise, so that rounding doesn't
/// choose.
pub struct TabularNavigator {
    config: TabularNavigatorConfig,
    controller: Arc<Controller>,
    clock: DecisionClock,
    hits: HitCounter,
    agents: Vec<(ControllerState, Xoshiro256PlusPlus)>,
    from_upwind_rad: Vec<F64x8>,
    speed_m_s: Vec<F64x8>,
}

impl TabularNavigator {
    /// Navigators of `count` agents, which draw from the members' streams of `seed`.
    ///
    /// # Errors
    /// If the file can't be used.
    pub fn new(
        config: &TabularNavigatorConfig,
        seed: StreamSeed,
        count: usize,
        surroundings: Surroundings<'_>,
    ) -> Result<Self, UnitFailure> {
        let controller =
            (config.controller(surroundings.inputs)).map_err(|error| UnitFailure::Scenario(error.to_string()))?;
        let blocks = blocks_for(count);
        Ok(Self {
            config: config.clone(),
            controller,
            clock: DecisionClock::new(config.step_s, surroundings.dt_s),
            hits: HitCounter::new(&config.hits, blocks),
            agents: (0..count as u64)
                .map(|agent| (ControllerState::default(), seed.generator(agent)))
                .collect(),
            from_upwind_rad: vec![F64x8::ZERO; blocks],
            speed_m_s: vec![F64x8::ZERO; blocks],
        })
    }
}

impl Navigator for TabularNavigator {
    fn decide(&mut self, stage: Stage<'_>, perception: Perception<'_>, commands: &mut Commands) {
        self.hits.listen(stage, perception);
        if self.clock.is_due(stage) {
            for &block in stage.blocks {
                for agent in block * LANES..((block + 1) * LANES).min(self.agents.len()) {
                    if lane(perception.active, agent) == 0.0 {
                        continue;
                    }
                    let (state, random) = &mut self.agents[agent];
                    let hits = self.hits.take(agent, random);
                    let action = state.act(&self.controller, hits, random);
                    let (angle_rad, share) = course_of(action).expect("actions out of the plane were refused");
                    set_lane(&mut self.from_upwind_rad, agent, angle_rad);
                    set_lane(&mut self.speed_m_s, agent, share * self.config.speed_m_s);
                }
            }
        }
        let navigator = self;
        kernel!(stage.simd, |navigator: &TabularNavigator,
                             stage: Stage<'_>,
                             perception: Perception<'_>,
                             commands: &mut Commands| {
            let half_turn = F64x8::splat(PI);
            let margin = F64x8::splat(MARGIN_RAD);
            for &block in stage.blocks {
                let heading = perception.heading_rad[block];
                let upwind = perception.wind.direction_rad[block] + half_turn;
                let from = (heading - upwind).wrap_angle();
                let wanted = navigator.from_upwind_rad[block];
                let speed = navigator.speed_m_s[block];
                let turn = (wanted - from).wrap_angle();
                // Half a turn has no shorter way: towards the left or the right it goes through upwind, else counter-clockwise.
                let is_half = turn.abs().ge(half_turn - margin);
                let turn = is_half.select((half_turn - margin).copysign(wanted), turn);
                let moves = speed.gt(F64x8::ZERO);
                commands.heading_rad[block] = moves.select(heading + turn, heading);
                commands.speed_m_s[block] = speed;
            }
        });
    }
}

/// Angles this close to a limit count as on it, so that rounding doesn't choose a side, rad.
const MARGIN_RAD: f64 = 1e-6;
