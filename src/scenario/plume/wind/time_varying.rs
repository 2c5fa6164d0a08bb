//! A wind that follows a table.

use super::super::component::{Component, Context};
use super::table::{WindTable, WindTableError};
use super::uniform::UniformVelocity;
use super::{MeanSpeedRange, MeanWind, Wind, WindModel, WindSample};
use crate::grids::Inputs;
use crate::lanes::{F64x8, SimdLevel};
use crate::random::StreamSeed;
use crate::scenario::{Problem, Problems, UnitFailure};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What the wind is between two entries of a table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum Interpolation {
    /// Speed and direction change evenly, the direction the shorter way round.
    #[default]
    Linear,
    /// The earlier entry holds until the next one.
    Step,
}

/// What the wind is after the last entry of a table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum AtEnd {
    /// The last entry holds.
    #[default]
    Hold,
    /// The table starts again: at the time of its last entry with its first one.
    Loop,
}

/// The same velocity everywhere, from a table over time.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct TimeVaryingWindConfig {
    /// Times of the entries, ascending, s. Agents are released at 0; before the first entry, the first entry holds.
    #[schemars(length(max = 10_000), inner(range(min = -1e9, max = 1e9)))]
    pub time_s: Vec<f64>,
    /// Wind speeds, m/s.
    #[schemars(length(max = 10_000), inner(range(min = 0.0, max = 100.0)))]
    pub speed_m_s: Vec<f64>,
    /// Directions that the wind blows to, counter-clockwise from +x, rad.
    #[schemars(length(max = 10_000), inner(range(min = -std::f64::consts::TAU, max = std::f64::consts::TAU)))]
    pub direction_rad: Vec<f64>,
    /// Instead of the arrays: a CSV file with the columns time_s, speed_m_s, direction_rad. Relative to the study file.
    pub file: String,
    /// Between two entries: `linear` or `step`.
    pub interpolation: Interpolation,
    /// After the last entry: `hold` or `loop`.
    pub at_end: AtEnd,
}

impl TimeVaryingWindConfig {
    /// The table: of a file once per rank.
    pub(super) fn table(&self, inputs: &Inputs) -> Result<Arc<WindTable>, WindTableError> {
        if self.file.is_empty() {
            WindTable::from_arrays(&self.time_s, &self.speed_m_s, &self.direction_rad).map(Arc::new)
        } else {
            inputs.parsed(&self.file, WindTable::read)
        }
    }

    /// The key that the table comes from, `array` if it is given by arrays.
    fn key_of_table(&self, array: &'static str) -> &'static str {
        if self.file.is_empty() { array } else { "wind.file" }
    }

    /// What is wrong with the table.
    fn check(&self, inputs: &Inputs) -> Option<Problem> {
        let blame = |key: &str, message: String, hint: &str| Some(Problem::new(key, message, hint));
        let arrays = !(self.time_s.is_empty() && self.speed_m_s.is_empty() && self.direction_rad.is_empty());
        if arrays && !self.file.is_empty() {
            return blame(
                "wind.file",
                format!("\"{}\" is given besides the arrays of the table", self.file),
                "give either wind.file or wind.time_s, wind.speed_m_s and wind.direction_rad",
            );
        }
        let key = self.key_of_table("wind.time_s");
        match self.table(inputs) {
            Err(error) => blame(key, error.to_string(), error.hint()),
            Ok(table) if self.at_end == AtEnd::Loop && table.len() < 2 => blame(
                "wind.at_end",
                "a table with one entry can't loop".to_owned(),
                "add the time at which it starts again, or use at_end = \"hold\"",
            ),
            Ok(_) => None,
        }
    }
}

impl Component for TimeVaryingWindConfig {
    const KIND: &'static str = "time_varying";
}

impl WindModel for TimeVaryingWindConfig {
    fn realise(&self, begin_s: f64, _: StreamSeed, inputs: &Inputs) -> Result<Box<dyn Wind>, UnitFailure> {
        Ok(Box::new(TimeVaryingWind::new(self, begin_s, inputs)?))
    }

    fn mean_speed(&self, inputs: &Inputs) -> Option<MeanSpeedRange> {
        let (lowest_m_s, highest_m_s) = self.table(inputs).ok()?.speeds_m_s();
        Some(MeanSpeedRange {
            key: self.key_of_table("wind.speed_m_s"),
            lowest_m_s,
            highest_m_s,
            fluctuates: false,
        })
    }

    fn is_random(&self) -> bool {
        false
    }

    fn problems(&self, context: Context<'_>) -> Problems {
        self.check(context.inputs).into()
    }
}

/// A wind that is the same everywhere and follows a table of speed U (m/s) and direction φ (rad) over time t (s).
///
/// Linear between the entries i and i + 1, with f = (t − t_i) / (t_{i+1} − t_i): U = U_i + f (U_{i+1} − U_i),
/// φ = φ_i + f Δφ, Δφ = φ_{i+1} − φ_i brought into [−π, π]; or constant until the next entry. It has no random part,
/// so the mean follows the table. It has no time step either: it is what the table says at the time asked for.
#[derive(Clone, Debug)]
pub struct TimeVaryingWind {
    table: Arc<WindTable>,
    interpolation: Interpolation,
    at_end: AtEnd,
    velocity: UniformVelocity,
}

impl TimeVaryingWind {
    /// The wind of `config` at `begin_s`.
    ///
    /// # Errors
    /// If the table can't be read.
    pub fn new(config: &TimeVaryingWindConfig, begin_s: f64, inputs: &Inputs) -> Result<Self, UnitFailure> {
        let table = config
            .table(inputs)
            .map_err(|error| UnitFailure::Scenario(format!("wind: {error}")))?;
        let mut wind = Self {
            table,
            interpolation: config.interpolation,
            at_end: config.at_end,
            velocity: UniformVelocity::new(0.0, 0.0),
        };
        wind.advance(begin_s)?;
        Ok(wind)
    }
}

impl Wind for TimeVaryingWind {
    fn mean(&self) -> MeanWind {
        self.velocity.wind()
    }

    fn is_uniform_and_steady(&self) -> bool {
        self.table.len() == 1
    }

    fn advance(&mut self, time_s: f64) -> Result<(), UnitFailure> {
        let now = self.table.at(time_s, self.interpolation, self.at_end);
        self.velocity = UniformVelocity::new(now.speed_m_s, now.direction_rad);
        Ok(())
    }

    fn sample(&self, _level: SimdLevel, _blocks: &[usize], _x_m: &[F64x8], _y_m: &[F64x8], wind: &mut WindSample) {
        self.velocity.fill(wind);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(text: &str) -> TimeVaryingWindConfig {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn the_mean_and_the_samples_follow_the_table() {
        let text = r#"{"time_s": [0, 10], "speed_m_s": [1, 3], "direction_rad": [3, -3]}"#;
        let mut wind = TimeVaryingWind::new(&config(text), -20.0, &Inputs::default()).unwrap();
        let mut sample = WindSample::new(2);
        let position = [F64x8::ZERO; 2];
        for (time_s, speed, direction) in [
            (-20.0, 1.0, 3.0),
            (0.0, 1.0, 3.0),
            (7.5, 2.5, 3.212_388_980_384_69),
            (10.0, 3.0, -3.0),
        ] {
            wind.advance(time_s).unwrap();
            assert_eq!(wind.mean().speed_m_s, speed);
            assert!((wind.mean().direction_rad - f64::sin(direction).atan2(f64::cos(direction))).abs() < 1e-14);
            wind.sample(SimdLevel::detect(), &[0, 1], &position, &position, &mut sample);
            assert!((sample.x_m_s[1].0[7] - speed * f64::cos(direction)).abs() < 1e-14);
            assert!((sample.y_m_s[0].0[0] - speed * f64::sin(direction)).abs() < 1e-14);
            assert_eq!(sample.direction_rad[1].0[3], wind.mean().direction_rad);
        }
    }

    #[test]
    fn a_file_is_read_relative_to_the_study_and_once() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("gusts.csv");
        std::fs::write(&file, "time_s,speed_m_s,direction_rad\n0,2,0\n5,4,0\n").unwrap();
        let inputs = Inputs::in_folder(folder.path());
        let config = config(r#"{"file": "gusts.csv", "interpolation": "step", "at_end": "loop"}"#);
        assert_eq!(config.check(&inputs), None);
        std::fs::remove_file(&file).unwrap();
        let wind = TimeVaryingWind::new(&config, 6.0, &inputs).unwrap();
        assert_eq!(wind.mean().speed_m_s, 2.0);
        let message = TimeVaryingWind::new(&config, 0.0, &Inputs::default())
            .unwrap_err()
            .to_string();
        assert!(message.contains("gusts.csv"), "{message}");
    }

    #[test]
    fn what_can_t_be_a_table_is_told() {
        let inputs = Inputs::default();
        for (text, key) in [
            ("{}", "wind.time_s"),
            (
                r#"{"time_s": [0, 1], "speed_m_s": [1], "direction_rad": [0, 0]}"#,
                "wind.time_s",
            ),
            (r#"{"file": "no/such.csv"}"#, "wind.file"),
            (r#"{"file": "no/such.csv", "time_s": [0]}"#, "wind.file"),
            (
                r#"{"time_s": [0], "speed_m_s": [1], "direction_rad": [0], "at_end": "loop"}"#,
                "wind.at_end",
            ),
        ] {
            let problem = config(text).check(&inputs).unwrap();
            assert_eq!(problem.key, key, "{text}");
            assert!(!problem.message.is_empty() && !problem.hint.is_empty());
        }
    }
}
