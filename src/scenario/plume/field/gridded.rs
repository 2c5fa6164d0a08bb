//! A plume from a file: a movie of concentrations on a grid.

use super::super::component::{Component, Part};
use super::super::memory::RankMemory;
use super::super::recording::{FixedStartConfig, RandomStartConfig};
use super::super::wind::Wind;
use super::{Gradient, Plume, PlumeModel, SourcePosition};
use crate::grids::{
    AtEnd, AxesConfig, Bilinear, CacheConfig, Choice, FrameCache, GridError, GridProblem, Inputs, MissingPolicy, Movie,
    Outside, Playback, Quantity, Request, TimeInterpolation,
};
use crate::lanes::{F64x8, Kernel, SimdLevel};
use crate::random::StreamSeed;
use crate::scenario::UnitFailure;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::Arc;

/// Movie of concentrations on a grid, from a NetCDF or HDF5 file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct GriddedPlumeConfig {
    /// NetCDF or HDF5 file; a relative path starts at the study file's folder.
    pub file: String,
    /// The variable with the concentrations, by its path in the file. Empty: the one with a CF standard name of a
    /// concentration, the one called `concentration`, or the only one over (time, y, x).
    pub variable: String,
    /// Where the positions of columns, rows and frames come from.
    pub axes: AxesConfig,
    /// What missing values become.
    pub missing: MissingPolicy,
    /// Concentrations are multiplied by this.
    #[schemars(range(min = 1e-30, max = 1e30))]
    pub scale: f64,
    /// Where the file's x = 0 is in the domain, m.
    #[schemars(range(min = -1e6, max = 1e6))]
    pub origin_x_m: f64,
    /// Where the file's y = 0 is in the domain, m.
    #[schemars(range(min = -1e6, max = 1e6))]
    pub origin_y_m: f64,
    /// Source position along x in the domain, m. Files don't tell it.
    #[schemars(range(min = -1e6, max = 1e6))]
    pub source_x_m: f64,
    /// Source position along y in the domain, m.
    #[schemars(range(min = -1e6, max = 1e6))]
    pub source_y_m: f64,
    /// Which moment of the movie is time 0.
    pub start: PlumeStartConfig,
    /// What holds between frames.
    pub time_interpolation: TimeInterpolation,
    /// What comes after the last frame.
    pub at_end: AtEnd,
    /// How decoded frames are kept.
    pub cache: CacheConfig,
}

/// Which moment of a plume's movie is time 0.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[schemars(inline)]
pub enum PlumeStartConfig {
    /// The same one in all replicates.
    Fixed(FixedStartConfig),
    /// Another one in each replicate.
    Random(RandomStartConfig),
    /// The moment at which the wind's movie starts, by the times in both files: for wind and plume of one recording.
    AsWind(AsWindStartConfig),
}

/// `start` of kind `as_wind`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct AsWindStartConfig {}

impl Default for PlumeStartConfig {
    fn default() -> Self {
        Self::Fixed(FixedStartConfig::default())
    }
}

impl Default for GriddedPlumeConfig {
    fn default() -> Self {
        Self {
            file: "plume.nc".to_owned(),
            variable: String::new(),
            axes: AxesConfig::default(),
            missing: MissingPolicy::default(),
            scale: 1.0,
            origin_x_m: 0.0,
            origin_y_m: 0.0,
            source_x_m: 2.0,
            source_y_m: 0.0,
            start: PlumeStartConfig::default(),
            time_interpolation: TimeInterpolation::default(),
            at_end: AtEnd::default(),
            cache: CacheConfig::default(),
        }
    }
}

impl Component for GriddedPlumeConfig {
    const KIND: &'static str = "gridded";
}

impl PlumeModel for GriddedPlumeConfig {
    fn realise(&self, wind: &mut dyn Wind, seed: StreamSeed, inputs: &Inputs) -> Result<Box<dyn Plume>, UnitFailure> {
        Ok(Box::new(GriddedPlume::new(self, wind, seed, inputs)?))
    }

    fn sources(&self) -> Vec<SourcePosition> {
        vec![self.source()]
    }

    fn concentration_unit(&self, inputs: &Inputs) -> Result<String, UnitFailure> {
        inputs.unit(&self.file, &self.choice()).map_err(failure)
    }

    fn is_random(&self) -> bool {
        matches!(self.start, PlumeStartConfig::Random(_))
    }

    fn table_for_key(&self) -> Value {
        self.for_key().table()
    }

    fn memory(&self, inputs: &Inputs) -> RankMemory {
        RankMemory::of_frames(&self.cache, || self.frames(inputs).into_iter().collect())
    }
}

impl GriddedPlumeConfig {
    pub(super) fn source(&self) -> SourcePosition {
        SourcePosition {
            x_m: self.source_x_m,
            y_m: self.source_y_m,
            z_m: 0.0,
        }
    }

    /// The table without what has no effect on results.
    pub(super) fn for_key(&self) -> Self {
        Self {
            cache: CacheConfig::default(),
            ..self.clone()
        }
    }

    fn choice(&self) -> Choice {
        if self.variable.is_empty() {
            Choice::Like {
                standard_names: &["concentration", "mole_fraction", "mass_fraction"],
                names: &["concentration"],
                only: true,
            }
        } else {
            Choice::Named(self.variable.clone())
        }
    }

    /// The frames of the file.
    pub(in super::super) fn frames(&self, inputs: &Inputs) -> Result<Arc<FrameCache>, GridError> {
        let request = Request {
            choice: self.choice(),
            quantity: Quantity::Amount,
            axes: self.axes,
            missing: self.missing,
        };
        inputs.frames(&self.file, &request, &self.cache)
    }
}

/// A failure of the unit that needed the file.
pub(in super::super) fn failure(error: GridError) -> UnitFailure {
    UnitFailure::Scenario(error.to_string())
}

/// When a plume recorded with the wind starts, after its first frame, s.
pub(in super::super) fn start_in_step(movie: &Movie, wind: &dyn Wind) -> Result<f64, UnitFailure> {
    let Some(recorded) = wind.recorded_time() else {
        let text = "plume.start.kind = \"as_wind\" needs a wind of kind \"gridded\"";
        return Err(UnitFailure::Scenario(text.to_owned()));
    };
    if movie.epoch() != recorded.epoch {
        return Err(failure(GridError {
            path: movie.path().to_owned(),
            problem: GridProblem::Epoch {
                found: movie.epoch().to_owned(),
                expected: recorded.epoch,
            },
        }));
    }
    Ok(recorded.at_zero_s - movie.first_s())
}

/// A movie of concentrations on a grid.
///
/// Bilinear in space, linear or nearest in time, 0 outside the grid, the same at all heights. It doesn't feel the wind.
pub struct GriddedPlume {
    source: SourcePosition,
    scale: f64,
    grid: Bilinear,
    playback: Playback,
}

impl GriddedPlume {
    /// The plume of `config` at time 0. `seed` draws the start if that is random.
    ///
    /// # Errors
    /// If the file can't be used, or its movie is over.
    pub fn new(
        config: &GriddedPlumeConfig,
        wind: &dyn Wind,
        seed: StreamSeed,
        inputs: &Inputs,
    ) -> Result<Self, UnitFailure> {
        let frames = config.frames(inputs).map_err(failure)?;
        let movie = frames.movie();
        let start_s = match &config.start {
            PlumeStartConfig::Fixed(fixed) => fixed.at_s,
            PlumeStartConfig::Random(random) => random.draw(movie.length_s(), seed),
            PlumeStartConfig::AsWind(_) => start_in_step(movie, wind)?,
        };
        let grid = Bilinear::on(movie, config.origin_x_m, config.origin_y_m, Outside::Zero);
        let playback =
            Playback::new(frames, start_s, config.at_end, config.time_interpolation, 0.0).map_err(failure)?;
        Ok(Self {
            source: config.source(),
            scale: config.scale,
            grid,
            playback,
        })
    }
}

impl Plume for GriddedPlume {
    fn sources(&self) -> &[SourcePosition] {
        std::slice::from_ref(&self.source)
    }

    fn advance(&mut self, time_s: f64, _wind: &mut dyn Wind) -> Result<(), UnitFailure> {
        self.playback.advance(time_s).map_err(failure)
    }

    fn sample(
        &self,
        level: SimdLevel,
        blocks: &[usize],
        x_m: &[F64x8],
        y_m: &[F64x8],
        _z_m: f64,
        concentration: &mut [F64x8],
    ) {
        level.run(Sample {
            plume: self,
            blocks,
            x_m,
            y_m,
            concentration,
        });
    }

    fn sample_gradient(
        &self,
        level: SimdLevel,
        blocks: &[usize],
        x_m: &[F64x8],
        y_m: &[F64x8],
        _z_m: f64,
        gradient: &mut Gradient,
    ) -> bool {
        level.run(SampleGradient {
            plume: self,
            blocks,
            x_m,
            y_m,
            gradient,
        });
        true
    }
}

struct Sample<'a> {
    plume: &'a GriddedPlume,
    blocks: &'a [usize],
    x_m: &'a [F64x8],
    y_m: &'a [F64x8],
    concentration: &'a mut [F64x8],
}

impl Kernel for Sample<'_> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        let grid = &self.plume.grid;
        let (first, second, weight) = self.plume.playback.now();
        let (before, after) = (
            F64x8::splat((1.0 - weight) * self.plume.scale),
            F64x8::splat(weight * self.plume.scale),
        );
        for &block in self.blocks {
            let cells = grid.locate(self.x_m[block], self.y_m[block]);
            self.concentration[block] = before * grid.value(first, &cells) + after * grid.value(second, &cells);
        }
    }
}

struct SampleGradient<'a> {
    plume: &'a GriddedPlume,
    blocks: &'a [usize],
    x_m: &'a [F64x8],
    y_m: &'a [F64x8],
    gradient: &'a mut Gradient,
}

impl Kernel for SampleGradient<'_> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        let grid = &self.plume.grid;
        let (first, second, weight) = self.plume.playback.now();
        let (before, after) = (
            F64x8::splat((1.0 - weight) * self.plume.scale),
            F64x8::splat(weight * self.plume.scale),
        );
        for &block in self.blocks {
            let cells = grid.locate(self.x_m[block], self.y_m[block]);
            let (first, second) = (grid.slopes(first, &cells), grid.slopes(second, &cells));
            self.gradient.x_per_m[block] = before * first[0] + after * second[0];
            self.gradient.y_per_m[block] = before * first[1] + after * second[1];
        }
    }
}
