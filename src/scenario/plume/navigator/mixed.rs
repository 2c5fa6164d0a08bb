//! Several strategies in one unit.

use super::super::agents::Commands;
use super::super::component::{Component, Family, choice_without};
use super::super::state_column::StateColumn;
use super::super::step::Stage;
use super::super::wind::WindSample;
use super::{BeliefReport, Navigator, NavigatorConfig, NavigatorModel, Perception, Shares, Surroundings};
use crate::lanes::{F64x8, LANES, SimdLevel, blocks_for, lane, set_lane};
use crate::random::StreamSeed;
use crate::scenario::UnitFailure;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// Several strategies in one unit, each with its share of the agents.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct MixedConfig {
    /// The strategies of a crowd, each with its share of the agents.
    #[schemars(length(min = 1, max = 100))]
    pub strategies: Vec<StrategyConfig>,
}

impl Default for MixedConfig {
    fn default() -> Self {
        Self {
            strategies: vec![StrategyConfig::default()],
        }
    }
}

/// One strategy of a mixed crowd.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct StrategyConfig {
    /// Share of the agents, relative to the sum of all shares.
    #[serde(default = "one_share")]
    #[schemars(range(min = 0.0, max = 1e6))]
    pub share: f64,
    /// How these agents decide where to go: any navigator but a mixed one.
    #[schemars(with = "OneNavigator")]
    pub navigator: NavigatorConfig,
}

fn one_share() -> f64 {
    1.0
}

impl Default for StrategyConfig {
    fn default() -> Self {
        Self {
            share: one_share(),
            navigator: NavigatorConfig::default(),
        }
    }
}

/// The schema of all navigators but the mixed one.
struct OneNavigator;

impl JsonSchema for OneNavigator {
    fn schema_name() -> Cow<'static, str> {
        "OneNavigator".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let description = <dyn NavigatorModel>::DESCRIPTION;
        choice_without::<dyn NavigatorModel>(&[MixedConfig::KIND], description, generator)
    }
}

impl Component for MixedConfig {
    const KIND: &'static str = "mixed";
}

impl NavigatorModel for MixedConfig {
    fn build(
        &self,
        seed: StreamSeed,
        count: usize,
        surroundings: Surroundings<'_>,
    ) -> Result<Box<dyn Navigator>, UnitFailure> {
        Ok(Box::new(Mixed::new(self, seed, count, surroundings)?))
    }

    fn max_speed_m_s(&self) -> f64 {
        let speeds_m_s = self
            .strategies
            .iter()
            .map(|strategy| strategy.navigator.max_speed_m_s());
        speeds_m_s.fold(0.0, f64::max)
    }

    fn has_beliefs(&self) -> bool {
        self.strategies.iter().any(|strategy| strategy.navigator.has_beliefs())
    }

    fn state_columns(&self) -> Vec<StateColumn> {
        let navigators = self.strategies.iter().map(|strategy| &strategy.navigator);
        StateColumn::each_once(navigators.flat_map(|navigator| navigator.state_columns()))
    }

    fn strategies_of_agents(&self, count: usize) -> Option<Vec<u32>> {
        let shares = self.strategies.iter().map(|strategy| strategy.share);
        Some(Shares::new(shares).take(count).collect())
    }
}

/// Several strategies in one unit, each with its share of the agents.
///
/// Agents have their strategies by share and index ([`Shares`]). The agents of a strategy are brought together in blocks
/// of their own, so that each strategy's kernel runs over its agents only. Their random numbers come from streams of the
/// strategy's own.
pub struct Mixed {
    groups: Vec<Group>,
    /// Whether a block of the unit still has agents to move, and how many there are.
    is_live: Vec<bool>,
    live: usize,
}

/// The agents of one strategy.
struct Group {
    navigator: Box<dyn Navigator>,
    /// Index of each agent in the unit.
    members: Vec<u32>,
    /// Blocks of the group that still have agents to move.
    blocks: Vec<usize>,
    seen: Seen,
    commands: Commands,
}

/// What the agents of a group perceive, in blocks of the group.
struct Seen {
    signal: Vec<F64x8>,
    detected: Vec<F64x8>,
    left: Vec<F64x8>,
    right: Vec<F64x8>,
    slope_x_per_m: Vec<F64x8>,
    slope_y_per_m: Vec<F64x8>,
    wind: WindSample,
    x_m: Vec<F64x8>,
    y_m: Vec<F64x8>,
    heading_rad: Vec<F64x8>,
    active: Vec<F64x8>,
}

impl Mixed {
    /// Navigators for `count` agents; strategy k takes its streams from the k-th seed made of `seed`.
    ///
    /// # Errors
    /// See [`NavigatorModel::build`].
    pub fn new(
        config: &MixedConfig,
        seed: StreamSeed,
        count: usize,
        surroundings: Surroundings<'_>,
    ) -> Result<Self, UnitFailure> {
        let shares = config.strategies.iter().map(|strategy| strategy.share);
        let strategies: Vec<u32> = Shares::new(shares).take(count).collect();
        let group = |(index, strategy): (usize, &StrategyConfig)| {
            let members: Vec<u32> = (0..count as u32)
                .filter(|agent| strategies[*agent as usize] == index as u32)
                .collect();
            let seed = StreamSeed(seed.generator(index as u64).next_bits());
            let blocks = blocks_for(members.len());
            let nothing = || vec![F64x8::ZERO; blocks];
            Ok(Group {
                navigator: strategy.navigator.build(seed, members.len(), surroundings)?,
                blocks: (0..blocks).collect(),
                members,
                seen: Seen {
                    signal: nothing(),
                    detected: nothing(),
                    left: Vec::new(),
                    right: Vec::new(),
                    slope_x_per_m: Vec::new(),
                    slope_y_per_m: Vec::new(),
                    wind: WindSample::new(blocks),
                    x_m: nothing(),
                    y_m: nothing(),
                    heading_rad: nothing(),
                    active: nothing(),
                },
                commands: Commands::new(blocks),
            })
        };
        // A strategy without agents decides nothing.
        let numbered = config.strategies.iter().enumerate();
        let with_agents = numbered.filter(|(index, _)| strategies.contains(&(*index as u32)));
        Ok(Self {
            groups: with_agents.map(group).collect::<Result<_, UnitFailure>>()?,
            is_live: vec![true; blocks_for(count)],
            live: blocks_for(count),
        })
    }

    /// Groups drop blocks all of whose agents are done.
    fn drop_done(&mut self, stage: Stage<'_>) {
        if stage.blocks.len() == self.live {
            return;
        }
        self.live = stage.blocks.len();
        self.is_live.fill(false);
        stage.blocks.iter().for_each(|block| self.is_live[*block] = true);
        for group in &mut self.groups {
            let Group { blocks, members, .. } = group;
            blocks.retain(|block| {
                let (first, end) = (block * LANES, (block * LANES + LANES).min(members.len()));
                members[first..end]
                    .iter()
                    .any(|agent| self.is_live[*agent as usize / LANES])
            });
        }
    }
}

impl Group {
    /// The values of the group's agents from blocks of the unit; of a channel that is empty none. Lanes beyond the last
    /// agent see what it sees.
    fn gather(blocks: &[usize], members: &[u32], from: &[F64x8], to: &mut Vec<F64x8>) {
        to.resize(if from.is_empty() { 0 } else { blocks_for(members.len()) }, F64x8::ZERO);
        for &block in blocks.iter().filter(|_| !from.is_empty()) {
            for i in 0..LANES {
                let member = (block * LANES + i).min(members.len() - 1);
                to[block].0[i] = lane(from, members[member] as usize);
            }
        }
    }

    fn decide(&mut self, stage: Stage<'_>, perception: Perception<'_>, commands: &mut Commands) {
        let (blocks, members, seen) = (self.blocks.as_slice(), self.members.as_slice(), &mut self.seen);
        let (wind, winds) = (perception.wind, &mut seen.wind);
        for (from, to) in [
            (perception.signal, &mut seen.signal),
            (perception.detected, &mut seen.detected),
            (perception.left, &mut seen.left),
            (perception.right, &mut seen.right),
            (perception.slope_x_per_m, &mut seen.slope_x_per_m),
            (perception.slope_y_per_m, &mut seen.slope_y_per_m),
            (perception.x_m, &mut seen.x_m),
            (perception.y_m, &mut seen.y_m),
            (perception.heading_rad, &mut seen.heading_rad),
            (perception.active, &mut seen.active),
            (wind.x_m_s.as_slice(), &mut winds.x_m_s),
            (wind.y_m_s.as_slice(), &mut winds.y_m_s),
            (wind.direction_rad.as_slice(), &mut winds.direction_rad),
        ] {
            Self::gather(blocks, members, from, to);
        }
        let perception = Perception {
            signal: &seen.signal,
            detected: &seen.detected,
            left: &seen.left,
            right: &seen.right,
            slope_x_per_m: &seen.slope_x_per_m,
            slope_y_per_m: &seen.slope_y_per_m,
            wind: &seen.wind,
            x_m: &seen.x_m,
            y_m: &seen.y_m,
            heading_rad: &seen.heading_rad,
            active: &seen.active,
        };
        self.navigator
            .decide(Stage { blocks, ..stage }, perception, &mut self.commands);
        for &block in blocks {
            for i in 0..LANES.min(members.len() - block * LANES) {
                let agent = members[block * LANES + i] as usize;
                set_lane(&mut commands.heading_rad, agent, self.commands.heading_rad[block].0[i]);
                set_lane(&mut commands.speed_m_s, agent, self.commands.speed_m_s[block].0[i]);
            }
        }
    }
}

impl Navigator for Mixed {
    fn decide(&mut self, stage: Stage<'_>, perception: Perception<'_>, commands: &mut Commands) {
        self.drop_done(stage);
        for group in &mut self.groups {
            group.decide(stage, perception, commands);
        }
    }

    fn state(&self, simd: SimdLevel, name: &str, agent: usize) -> Option<f64> {
        self.groups.iter().find_map(|group| {
            let member = group.members.binary_search(&(agent as u32)).ok()?;
            group.navigator.state(simd, name, member)
        })
    }

    fn belief_report(&self, simd: SimdLevel, agent: usize) -> Option<BeliefReport> {
        self.groups.iter().find_map(|group| {
            let member = group.members.binary_search(&(agent as u32)).ok()?;
            group.navigator.belief_report(simd, member)
        })
    }
}
