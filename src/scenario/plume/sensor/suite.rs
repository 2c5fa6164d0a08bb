//! Several sensors at once.

use super::super::step::Stage;
use super::{Channels, Readings, Scene, Sensor, SingleSensorConfig};
use crate::lanes::F64x8;
use crate::random::StreamSeed;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `[sensor]` of kind `suite`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct SuiteConfig {
    /// The sensors. Where two fill the same channel, the first one's readings count.
    #[schemars(length(min = 1, max = 6))]
    pub sensors: Vec<SingleSensorConfig>,
}

impl Default for SuiteConfig {
    fn default() -> Self {
        Self {
            sensors: vec![
                SingleSensorConfig::Binary(super::BinarySensorConfig::default()),
                SingleSensorConfig::Wind(super::WindSensorConfig::default()),
            ],
        }
    }
}

impl SuiteConfig {
    /// Each sensor with the channels that are its to fill: those that none before it fills.
    #[must_use]
    pub fn shares(&self) -> Vec<(&SingleSensorConfig, Channels)> {
        let mut filled = Channels::NONE;
        (self.sensors.iter())
            .map(|sensor| {
                let share = sensor.gives().without(filled);
                filled = filled.and(share);
                (sensor, share)
            })
            .collect()
    }
}

/// Several sensors at once. Each reads by itself, with random numbers of its own, and fills the channels that none
/// before it in the list fills.
///
/// `signal` is that of the first sensor that reads concentrations; where there is none, the detections.
pub struct Suite {
    sensors: Vec<Member>,
}

struct Member {
    sensor: Box<dyn Sensor>,
    /// All that it reads.
    own: Readings,
    share: Channels,
    /// Whether its signal is the suite's.
    speaks: bool,
}

impl Suite {
    /// Sensors for `blocks` blocks of agents and steps of `dt_s`; each sensor's noise comes from the part of `seed`
    /// that is named after its kind, so that another sensor in the list doesn't change it.
    #[must_use]
    pub fn new(config: &SuiteConfig, seed: StreamSeed, blocks: usize, dt_s: f64) -> Self {
        let shares = config.shares();
        let reads = |share: &Channels| share.contain(Channels::CONCENTRATION);
        let first = |wanted: &dyn Fn(&Channels) -> bool| shares.iter().position(|(_, share)| wanted(share));
        let speaker = first(&reads).or_else(|| first(&|share| share.contain(Channels::DETECTION)));
        let sensors = (shares.iter().enumerate())
            .map(|(index, (sensor, share))| Member {
                sensor: sensor.build(seed.part(sensor.kind()), blocks, dt_s),
                own: Readings::of(sensor.gives(), blocks),
                share: *share,
                speaks: speaker == Some(index),
            })
            .collect();
        Self { sensors }
    }
}

impl Sensor for Suite {
    fn sense(&mut self, stage: Stage<'_>, scene: Scene<'_>, readings: &mut Readings) {
        for member in &mut self.sensors {
            let (own, share) = (&mut member.own, member.share);
            member.sensor.sense(stage, scene, own);
            let take = |wanted: bool, from: &[F64x8], to: &mut [F64x8]| {
                if wanted {
                    for &block in stage.blocks {
                        to[block] = from[block];
                    }
                }
            };
            take(member.speaks, &own.signal, &mut readings.signal);
            take(share.detection, &own.detected, &mut readings.detected);
            take(share.sides, &own.left, &mut readings.left);
            take(share.sides, &own.right, &mut readings.right);
            take(share.slope, &own.slope_x_per_m, &mut readings.slope_x_per_m);
            take(share.slope, &own.slope_y_per_m, &mut readings.slope_y_per_m);
            if let (true, Some(own), Some(wind)) = (share.wind, &own.wind, &mut readings.wind) {
                take(true, &own.x_m_s, &mut wind.x_m_s);
                take(true, &own.y_m_s, &mut wind.y_m_s);
                take(true, &own.direction_rad, &mut wind.direction_rad);
            }
        }
    }
}
