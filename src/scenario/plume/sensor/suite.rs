//! Several sensors at once.

use super::super::component::{Component, Context, choice_without};
use super::super::state_column::StateColumn;
use super::super::step::Stage;
use super::super::surroundings::Surroundings;
use super::{Channels, Readings, Scene, Sensor, SensorConfig, SensorModel};
use crate::lanes::F64x8;
use crate::random::StreamSeed;
use crate::scenario::{Problems, UnitFailure};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// Several sensors at once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct SuiteConfig {
    /// The sensors. If two provide the same channel, the readings of the first one are used.
    #[schemars(length(min = 1, max = 6), with = "Vec<OneSensor>")]
    pub sensors: Vec<SensorConfig>,
}

impl Default for SuiteConfig {
    fn default() -> Self {
        Self {
            sensors: vec![
                super::BinarySensorConfig::default().into(),
                super::WindSensorConfig::default().into(),
            ],
        }
    }
}

/// The schema of all sensors but the suite.
struct OneSensor;

impl JsonSchema for OneSensor {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "OneSensor".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        choice_without::<dyn SensorModel>(&[SuiteConfig::KIND], "One sensor of a suite.", generator)
    }
}

impl SuiteConfig {
    /// Each sensor with the channels that are its to fill: those that none before it fills.
    #[must_use]
    pub fn shares(&self) -> Vec<(&SensorConfig, Channels)> {
        let mut filled = Channels::NONE;
        (self.sensors.iter())
            .map(|sensor| {
                let share = sensor.provides().without(filled);
                filled = filled.and(share);
                (sensor, share)
            })
            .collect()
    }

    /// What is wrong with the place of a sensor in the list.
    fn check_place(&self, index: usize, share: Channels, key: &str, found: &mut Problems) {
        let kind = self.sensors[index].kind();
        let key = format!("{key}.kind");
        if kind == Self::KIND {
            found.add(
                key,
                "a suite can't hold another one",
                "list its sensors beside the others",
            );
        } else if self.sensors[..index].iter().any(|before| before.kind() == kind) {
            found.add(key, format!("\"{kind}\" is in the list twice"), "remove one of them");
        } else if share == Channels::NONE {
            found.add(
                key,
                format!("\"{kind}\" provides nothing that sensors before it in the list don't"),
                "remove it, or put it before them: the first one's readings count",
            );
        }
    }
}

impl Component for SuiteConfig {
    const KIND: &'static str = "suite";
}

impl SensorModel for SuiteConfig {
    fn build(
        &self,
        seed: StreamSeed,
        blocks: usize,
        surroundings: Surroundings<'_>,
    ) -> Result<Box<dyn Sensor>, UnitFailure> {
        Ok(Box::new(Suite::new(self, seed, blocks, surroundings)?))
    }

    fn provides(&self) -> Channels {
        (self.sensors.iter()).fold(Channels::NONE, |all, sensor| all.and(sensor.provides()))
    }

    fn state_columns(&self) -> Vec<StateColumn> {
        StateColumn::each_once(self.sensors.iter().flat_map(|sensor| sensor.state_columns()))
    }

    fn numbers_remembered(&self, dt_s: f64) -> f64 {
        self.sensors.iter().map(|sensor| sensor.numbers_remembered(dt_s)).sum()
    }

    fn problems(&self, context: Context<'_>) -> Problems {
        let mut found = Problems::default();
        for (index, (sensor, share)) in self.shares().into_iter().enumerate() {
            let key = format!("sensor.sensors[{index}]");
            self.check_place(index, share, &key, &mut found);
            found.extend(
                sensor
                    .problems(context)
                    .into_iter()
                    .map(|problem| problem.moved("sensor", &key)),
            );
        }
        found
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
    ///
    /// # Errors
    /// See [`SensorModel::build`].
    pub fn new(
        config: &SuiteConfig,
        seed: StreamSeed,
        blocks: usize,
        surroundings: Surroundings<'_>,
    ) -> Result<Self, UnitFailure> {
        let shares = config.shares();
        let reads = |share: &Channels| share.contain(Channels::CONCENTRATION);
        let first = |wanted: &dyn Fn(&Channels) -> bool| shares.iter().position(|(_, share)| wanted(share));
        let speaker = first(&reads).or_else(|| first(&|share| share.contain(Channels::DETECTION)));
        let sensors = (shares.iter().enumerate())
            .map(|(index, (sensor, share))| {
                Ok(Member {
                    sensor: sensor.build(seed.part(sensor.kind()), blocks, surroundings)?,
                    own: Readings::of(sensor.provides(), blocks),
                    share: *share,
                    speaks: speaker == Some(index),
                })
            })
            .collect::<Result<_, UnitFailure>>()?;
        Ok(Self { sensors })
    }
}

impl Sensor for Suite {
    fn state(&self, name: &str, agent: usize) -> Option<f64> {
        self.sensors.iter().find_map(|member| member.sensor.state(name, agent))
    }

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
