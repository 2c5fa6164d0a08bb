//! Zigzags upwind, timed by the animal itself, that widen when the odour is lost.

use super::super::agents::Commands;
use super::super::component::{Component, Context};
use super::super::sensor::Channels;
use super::super::step::Stage;
use super::limits::short_leg;
use super::turning::turn_through_upwind;
use super::{Navigator, NavigatorModel, Perception, Surroundings};
use crate::lanes::{F64x8, Random8, blocks_for, kernel};
use crate::random::StreamSeed;
use crate::scenario::{Problems, UnitFailure};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Zigzag upwind in odour; widen the zigzag to a cast across the wind when it is lost.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct CounterturningConfig {
    /// Speed over ground, m/s.
    #[schemars(range(min = 0.0, max = 1e3))]
    pub speed_m_s: f64,
    /// Angle between a leg and upwind while there is odour, rad.
    #[schemars(range(min = 0.0, max = std::f64::consts::PI))]
    pub odour_angle_rad: f64,
    /// Duration of a leg while there is odour, s.
    #[schemars(range(min = 1e-6, max = 1e6))]
    pub odour_leg_s: f64,
    /// Angle between a leg and upwind long after the odour was lost, rad: π/2 is straight across the wind.
    #[schemars(range(min = 0.0, max = std::f64::consts::PI))]
    pub cast_angle_rad: f64,
    /// Duration of a leg long after the odour was lost, s.
    #[schemars(range(min = 1e-6, max = 1e6))]
    pub cast_leg_s: f64,
    /// The zigzag stays as in odour for this long after the last contact, s.
    #[schemars(range(min = 0.0, max = 1e6))]
    pub hold_s: f64,
    /// Then it widens to the cast over this time, s.
    #[schemars(range(min = 0.0, max = 1e6))]
    pub widening_s: f64,
}

impl Default for CounterturningConfig {
    fn default() -> Self {
        Self {
            speed_m_s: 0.5,
            odour_angle_rad: std::f64::consts::FRAC_PI_3,
            odour_leg_s: 0.4,
            cast_angle_rad: std::f64::consts::FRAC_PI_2,
            cast_leg_s: 2.0,
            hold_s: 1.5,
            widening_s: 3.0,
        }
    }
}

impl Component for CounterturningConfig {
    const KIND: &'static str = "counterturning";
}

impl NavigatorModel for CounterturningConfig {
    fn build(&self, seed: StreamSeed, count: usize, _: Surroundings<'_>) -> Result<Box<dyn Navigator>, UnitFailure> {
        Ok(Box::new(Counterturning::new(self, seed, blocks_for(count))))
    }

    fn max_speed_m_s(&self) -> f64 {
        self.speed_m_s
    }

    fn requires(&self) -> Vec<Channels> {
        vec![Channels::DETECTION]
    }

    fn requires_wind(&self) -> bool {
        true
    }

    fn problems(&self, context: Context<'_>) -> Problems {
        let legs = [
            ("navigator.odour_leg_s", self.odour_leg_s),
            ("navigator.cast_leg_s", self.cast_leg_s),
        ];
        legs.into_iter()
            .filter_map(|(key, leg_s)| short_leg(key, leg_s, context))
            .collect()
    }
}

/// Zigzags upwind, timed by the animal itself, that widen when the odour is lost.
///
/// Male moths on a pheromone plume fly legs to the left and right of upwind in turn. When the plume is taken away the
/// zigzag stays the same for 1–2 s, then widens step by step until the moth flies to and fro across the wind (Marsh,
/// Kennedy & Ludlow 1978, Physiological Entomology 3:221; Kuenen & Cardé 1994, Physiological Entomology 19:15). With the
/// time s since the last step with odour and w = clamp((s − s_h)/s_w, 0, 1):
/// - heading φ + π ± α, α = α_o + w (α_c − α_o), where the wind blows to φ;
/// - a leg that begins lasts L_o + w (L_c − L_o), then the other side is next. It ends at the nearest step.
/// - Odour narrows the zigzag at once, and a leg that had longer to go ends L_o later.
/// - Before their first odour agents cast (w = 1). The side of the first leg is random.
/// - Turns go through upwind, never through downwind, as in [`SurgeCast`](super::SurgeCast).
///
/// That the timing is the animal's own, and the order of events, are from the papers; angles, durations and the linear
/// widening are this model's, not a fit. It needs a wind direction.
#[derive(Clone, Debug)]
pub struct Counterturning {
    config: CounterturningConfig,
    memory: Vec<Memory>,
}

/// The memory of eight agents.
#[derive(Clone, Debug)]
struct Memory {
    /// +1 or −1: the side of the present leg.
    side: F64x8,
    /// Time left in the present leg, s.
    leg_left_s: F64x8,
    /// Time since the last step with odour, s; infinite before the first.
    since_odour_s: F64x8,
}

impl Counterturning {
    /// Navigators for `blocks` blocks; the first sides come from the members' streams of `seed`.
    #[must_use]
    pub fn new(config: &CounterturningConfig, seed: StreamSeed, blocks: usize) -> Self {
        let memory = Random8::blocks(seed, blocks)
            .iter_mut()
            .map(|random| Memory {
                side: F64x8::ONE.copysign(random.uniform() - F64x8::splat(0.5)),
                leg_left_s: F64x8::splat(config.cast_leg_s),
                since_odour_s: F64x8::splat(f64::INFINITY),
            })
            .collect();
        Self {
            config: config.clone(),
            memory,
        }
    }
}

impl Navigator for Counterturning {
    fn decide(&mut self, stage: Stage<'_>, perception: Perception<'_>, commands: &mut Commands) {
        let navigator = self;
        kernel!(stage.simd, |navigator: &mut Counterturning,
                             stage: Stage<'_>,
                             perception: Perception<'_>,
                             commands: &mut Commands| {
            let config = &navigator.config;
            let speed = F64x8::splat(config.speed_m_s);
            let half_turn = F64x8::splat(std::f64::consts::PI);
            let angle = F64x8::splat(config.odour_angle_rad);
            let angle_more = F64x8::splat(config.cast_angle_rad - config.odour_angle_rad);
            let leg = F64x8::splat(config.odour_leg_s);
            let leg_more = F64x8::splat(config.cast_leg_s - config.odour_leg_s);
            let hold = F64x8::splat(config.hold_s);
            // Without a time for it, all of the widening happens in the first step after the hold.
            let per_second = F64x8::splat(1.0 / config.widening_s.max(1e-9));
            let dt = F64x8::splat(stage.dt_s);
            let half_step = F64x8::splat(0.5 * stage.dt_s);
            for &block in stage.blocks {
                let memory = &mut navigator.memory[block];
                let smells = perception.detected[block].to_mask();
                memory.since_odour_s = smells.select(F64x8::ZERO, memory.since_odour_s);
                memory.leg_left_s = smells.select(memory.leg_left_s.min(leg), memory.leg_left_s);
                let wide = ((memory.since_odour_s - hold) * per_second)
                    .max(F64x8::ZERO)
                    .min(F64x8::ONE);
                let over = memory.leg_left_s.le(half_step);
                memory.side = over.select(-memory.side, memory.side);
                memory.leg_left_s += over.select(leg + wide * leg_more, F64x8::ZERO);
                memory.leg_left_s = memory.leg_left_s - dt;
                memory.since_odour_s += dt;
                let heading = perception.heading_rad[block];
                let upwind = perception.wind.direction_rad[block] + half_turn;
                let wanted = memory.side * (angle + wide * angle_more);
                commands.heading_rad[block] = heading + turn_through_upwind(heading - upwind, wanted, memory.side);
                commands.speed_m_s[block] = speed;
            }
        });
    }
}
