//! A wind from a file: a movie of velocities on a grid.

use super::super::component::{Component, Context, Part};
use super::super::memory::RankMemory;
use super::super::recording::{FixedStartConfig, RandomStartConfig, RecordedTime, failure};
use super::{MeanWind, Wind, WindModel, WindSample};
use crate::grids::{
    AtEnd, AxesConfig, Bilinear, CacheConfig, Choice, FrameCache, GridError, GridProblem, Inputs, MissingPolicy,
    Outside, Playback, Quantity, Request, TimeInterpolation,
};
use crate::lanes::{F64x8, Kernel, SimdLevel, kernel};
use crate::random::StreamSeed;
use crate::scenario::{Problems, UnitFailure};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::Arc;

/// Movie of velocities on a grid, from a NetCDF or HDF5 file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct GriddedWindConfig {
    /// NetCDF or HDF5 file; a relative path starts at the study file's folder.
    pub file: String,
    /// The variable with the velocity along +x, by its path in the file. Empty: the one with the CF standard name
    /// `eastward_wind` or `x_wind`, or the one called `eastward_wind`, `x_wind` or `u`.
    pub eastward_variable: String,
    /// The variable with the velocity along +y. Empty: the one with the CF standard name `northward_wind` or `y_wind`,
    /// or the one called `northward_wind`, `y_wind` or `v`.
    pub northward_variable: String,
    /// Where the positions of columns, rows and frames come from.
    pub axes: AxesConfig,
    /// What missing values become.
    pub missing: MissingPolicy,
    /// Where the file's x = 0 is in the domain, m.
    #[schemars(range(min = -1e6, max = 1e6))]
    pub origin_x_m: f64,
    /// Where the file's y = 0 is in the domain, m.
    #[schemars(range(min = -1e6, max = 1e6))]
    pub origin_y_m: f64,
    /// Which moment of the movie is time 0.
    pub start: WindStartConfig,
    /// How values between frames are found.
    pub time_interpolation: TimeInterpolation,
    /// What follows the last frame.
    pub at_end: AtEnd,
    /// How decoded frames are kept.
    pub cache: CacheConfig,
}

/// Which moment of a wind's movie is time 0.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[schemars(inline)]
pub enum WindStartConfig {
    /// The same moment in all replicates.
    Fixed(FixedStartConfig),
    /// Another one in each replicate.
    Random(RandomStartConfig),
}

impl Default for WindStartConfig {
    fn default() -> Self {
        Self::Fixed(FixedStartConfig::default())
    }
}

impl Default for GriddedWindConfig {
    fn default() -> Self {
        Self {
            file: "wind.nc".to_owned(),
            eastward_variable: String::new(),
            northward_variable: String::new(),
            axes: AxesConfig::default(),
            missing: MissingPolicy::default(),
            origin_x_m: 0.0,
            origin_y_m: 0.0,
            start: WindStartConfig::default(),
            time_interpolation: TimeInterpolation::default(),
            at_end: AtEnd::default(),
            cache: CacheConfig::default(),
        }
    }
}

impl Component for GriddedWindConfig {
    const KIND: &'static str = "gridded";
}

impl WindModel for GriddedWindConfig {
    fn realise(&self, begin_s: f64, seed: StreamSeed, inputs: &Inputs) -> Result<Box<dyn Wind>, UnitFailure> {
        Ok(Box::new(GriddedWind::new(self, begin_s, seed, inputs)?))
    }

    fn is_random(&self) -> bool {
        matches!(self.start, WindStartConfig::Random(_))
    }

    fn table_for_key(&self) -> Value {
        self.for_key().table()
    }

    fn memory(&self, inputs: &Inputs) -> RankMemory {
        RankMemory::of_frames(&self.cache, || self.frames(inputs).map(Vec::from).unwrap_or_default())
    }

    fn problems(&self, context: Context<'_>) -> Problems {
        self.check(context)
    }
}

impl GriddedWindConfig {
    /// The table without what has no effect on results.
    pub(super) fn for_key(&self) -> Self {
        Self {
            cache: CacheConfig::default(),
            ..self.clone()
        }
    }

    /// The frames of both components, which have the same times.
    pub(in super::super) fn frames(&self, inputs: &Inputs) -> Result<[Arc<FrameCache>; 2], GridError> {
        let frames = |name: &str, like: Choice| {
            let request = Request {
                choice: if name.is_empty() {
                    like
                } else {
                    Choice::Named(name.to_owned())
                },
                quantity: Quantity::Velocity,
                axes: self.axes,
                missing: self.missing,
            };
            inputs.frames(&self.file, &request, &self.cache)
        };
        let eastward = Choice::Like {
            standard_names: &["eastward_wind", "x_wind"],
            names: &["eastward_wind", "x_wind", "u"],
            only: false,
        };
        let northward = Choice::Like {
            standard_names: &["northward_wind", "y_wind"],
            names: &["northward_wind", "y_wind", "v"],
            only: false,
        };
        let both = [
            frames(&self.eastward_variable, eastward)?,
            frames(&self.northward_variable, northward)?,
        ];
        let [u, v] = [both[0].movie(), both[1].movie()];
        if u.times_s() != v.times_s() || u.first_s() != v.first_s() || u.epoch() != v.epoch() {
            return Err(GridError {
                path: u.path().to_owned(),
                problem: GridProblem::DifferentTimes {
                    first: u.variable().to_owned(),
                    second: v.variable().to_owned(),
                },
            });
        }
        Ok(both)
    }
}

/// One component of the velocity.
struct Along {
    grid: Bilinear,
    playback: Playback,
}

/// A movie of velocities on a grid.
///
/// Bilinear in space, linear or nearest in time; outside the grid as at the nearest point of its edge.
pub struct GriddedWind {
    x: Along,
    y: Along,
}

impl GriddedWind {
    /// The wind of `config` at the time `begin_s`. `seed` draws the start if that is random.
    ///
    /// # Errors
    /// If the file can't be used, or its movie is over.
    pub fn new(
        config: &GriddedWindConfig,
        begin_s: f64,
        seed: StreamSeed,
        inputs: &Inputs,
    ) -> Result<Self, UnitFailure> {
        let [eastward, northward] = config.frames(inputs).map_err(failure)?;
        let start_s = match &config.start {
            WindStartConfig::Fixed(fixed) => fixed.at_s,
            WindStartConfig::Random(random) => random.draw(eastward.movie().length_s(), seed),
        };
        let component = |frames: Arc<FrameCache>| -> Result<Along, UnitFailure> {
            Ok(Along {
                grid: Bilinear::on(
                    frames.movie(),
                    config.origin_x_m,
                    config.origin_y_m,
                    Outside::NearestEdge,
                ),
                playback: Playback::new(frames, start_s, config.at_end, config.time_interpolation, begin_s)
                    .map_err(failure)?,
            })
        };
        Ok(Self {
            x: component(eastward)?,
            y: component(northward)?,
        })
    }
}

impl Wind for GriddedWind {
    /// The mean over the grid, now.
    fn mean(&self) -> MeanWind {
        let (x, y) = (self.x.playback.mean(), self.y.playback.mean());
        MeanWind {
            speed_m_s: (x * x + y * y).sqrt(),
            direction_rad: F64x8::splat(y).atan2(F64x8::splat(x)).0[0],
        }
    }

    fn advance(&mut self, time_s: f64) -> Result<(), UnitFailure> {
        self.x.playback.advance(time_s).map_err(failure)?;
        self.y.playback.advance(time_s).map_err(failure)
    }

    fn sample(&self, simd: SimdLevel, blocks: &[usize], x_m: &[F64x8], y_m: &[F64x8], wind: &mut WindSample) {
        simd.run(Sample {
            component: &self.x,
            blocks,
            x_m,
            y_m,
            velocity: &mut wind.x_m_s,
        });
        simd.run(Sample {
            component: &self.y,
            blocks,
            x_m,
            y_m,
            velocity: &mut wind.y_m_s,
        });
        kernel!(simd, |blocks: &[usize], wind: &mut WindSample| {
            for &block in blocks {
                let (x_m_s, y_m_s) = (wind.x_m_s[block], wind.y_m_s[block]);
                wind.set(block, x_m_s, y_m_s);
            }
        });
    }

    fn recorded_time(&self) -> Option<RecordedTime> {
        let playback = &self.x.playback;
        let movie = playback.frames().movie();
        Some(RecordedTime {
            at_zero_s: movie.first_s() + playback.start_s(),
            epoch: movie.epoch().clone(),
        })
    }
}

struct Sample<'a> {
    component: &'a Along,
    blocks: &'a [usize],
    x_m: &'a [F64x8],
    y_m: &'a [F64x8],
    velocity: &'a mut [F64x8],
}

impl Kernel for Sample<'_> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        let grid = &self.component.grid;
        let (first, second, weight) = self.component.playback.now();
        let (before, after) = (F64x8::splat(1.0 - weight), F64x8::splat(weight));
        for &block in self.blocks {
            let cells = grid.locate(self.x_m[block], self.y_m[block]);
            self.velocity[block] = before * grid.value(first, &cells) + after * grid.value(second, &cells);
        }
    }
}
