//! A plume from a file: a movie of concentrations on a grid.

use super::super::component::{Component, Context, Part};
use super::super::memory::RankMemory;
use super::super::recording::{FixedStartConfig, RandomStartConfig, failure};
use super::super::wind::Wind;
use super::{Gradient, Plume, PlumeModel, SourcePlace, SourcePosition};
use crate::grids::{
    AtEnd, AxesConfig, Bilinear, CacheConfig, Choice, FrameCache, GridError, Inputs, MissingPolicy, Movie, Outside,
    Playback, Quantity, Request, TimeInterpolation,
};
use crate::lanes::{F64x8, SimdLevel, kernel};
use crate::quantity::number;
use crate::random::StreamSeed;
use crate::scenario::{Problems, UnitFailure};
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
    /// Source position along x in the domain, m. Without it the file's own counts, its attribute `source_x_m`.
    #[schemars(range(min = -1e6, max = 1e6))]
    pub source_x_m: Option<f64>,
    /// Source position along y in the domain, m. Without it the file's own counts, or 0 if there is none.
    #[schemars(range(min = -1e6, max = 1e6))]
    pub source_y_m: Option<f64>,
    /// Which moment of the movie is time 0.
    pub start: PlumeStartConfig,
    /// How values between frames are found.
    pub time_interpolation: TimeInterpolation,
    /// What follows the last frame.
    pub at_end: AtEnd,
    /// How decoded frames are kept.
    pub cache: CacheConfig,
}

/// Which moment of a plume's movie is time 0.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[schemars(inline)]
pub enum PlumeStartConfig {
    /// The same moment in all replicates.
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
            source_x_m: None,
            source_y_m: None,
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

    /// None if the file can't be read, or neither it nor keys say where a source is: `problems` tells that.
    fn sources(&self, inputs: &Inputs) -> Vec<SourcePosition> {
        self.frames(inputs)
            .map_or_else(|_| Vec::new(), |frames| self.sources_in(frames.movie()))
    }

    fn source_places(&self, inputs: &Inputs) -> Vec<SourcePlace> {
        let place = |(source, position): (usize, SourcePosition)| SourcePlace {
            source,
            key: (!self.says_source()).then(|| "plume.file".to_owned()),
            position,
        };
        self.sources(inputs).into_iter().enumerate().map(place).collect()
    }

    fn concentration_unit(&self, inputs: &Inputs) -> Result<String, UnitFailure> {
        inputs.unit(&self.file, &self.choice()).map_err(failure)
    }

    fn typical_concentration(&self, context: Context<'_>) -> Option<f64> {
        let peak = self.frames(context.inputs).ok()?.peak().ok()?;
        Some(f64::from(peak) * self.scale)
    }

    fn has_gradient(&self) -> bool {
        true
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

    fn problems(&self, context: Context<'_>) -> Problems {
        self.check(context)
    }
}

impl GriddedPlumeConfig {
    /// Where the sources are in the domain, by the keys or else by the file; none if neither says it.
    pub(super) fn sources_in(&self, movie: &Movie) -> Vec<SourcePosition> {
        let place = |x_m, y_m| SourcePosition { x_m, y_m, z_m: 0.0 };
        let moved = |&[x_m, y_m]: &[f64; 2]| [x_m + self.origin_x_m, y_m + self.origin_y_m];
        let of_file: Vec<[f64; 2]> = movie.sources().iter().map(moved).collect();
        if !self.says_source() {
            return of_file.into_iter().map(|[x_m, y_m]| place(x_m, y_m)).collect();
        }
        let only = match of_file[..] {
            [only] => Some(only),
            _ => None,
        };
        let x_m = self.source_x_m.or(only.map(|[x_m, _]| x_m));
        let y_m = self.source_y_m.or(only.map(|[_, y_m]| y_m)).unwrap_or(0.0);
        x_m.map(|x_m| place(x_m, y_m)).into_iter().collect()
    }

    /// Whether keys say where the source is.
    pub(super) fn says_source(&self) -> bool {
        self.source_x_m.is_some() || self.source_y_m.is_some()
    }

    /// The table without what has no effect on results.
    pub(super) fn for_key(&self) -> Self {
        Self {
            cache: CacheConfig::default(),
            // Not that the source mattered: these were the defaults of keys that may be left out now, and moments that
            // are drawn stay the same.
            source_x_m: self.source_x_m.or(Some(2.0)),
            source_y_m: self.source_y_m.or(Some(0.0)),
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
    pub(super) fn frames(&self, inputs: &Inputs) -> Result<Arc<FrameCache>, GridError> {
        let request = Request {
            choice: self.choice(),
            quantity: Quantity::Amount,
            axes: self.axes,
            missing: self.missing,
        };
        inputs.frames(&self.file, &request, &self.cache)
    }
}

/// A message for a movie and a study neither of which says where the source is, with the extent of the movie.
pub(super) fn no_source(config: &GriddedPlumeConfig, movie: &Movie) -> String {
    let (x, y) = (movie.x(), movie.y());
    format!(
        "doesn't say where the source is, and neither do plume.source_x_m and plume.source_y_m; its grid is x from {} to {} \
         m, y from {} to {} m",
        number(x.first_m + config.origin_x_m),
        number(x.last_m() + config.origin_x_m),
        number(y.first_m + config.origin_y_m),
        number(y.last_m() + config.origin_y_m),
    )
}

/// When a plume recorded with the wind starts, after its first frame, s.
fn start_in_step(movie: &Movie, wind: &dyn Wind) -> Result<f64, UnitFailure> {
    let Some(recorded) = wind.recorded_time() else {
        let text = "plume.start.kind = \"as_wind\" needs a wind of kind \"gridded\"";
        return Err(UnitFailure::Scenario(text.to_owned()));
    };
    recorded.in_movie_s(movie).map_err(failure)
}

/// A movie of concentrations on a grid.
///
/// Bilinear in space, linear or nearest in time, 0 outside the grid, the same at all heights. It doesn't feel the wind.
pub struct GriddedPlume {
    sources: Vec<SourcePosition>,
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
        let sources = config.sources_in(movie);
        if sources.is_empty() {
            let text = format!("{} {}", movie.path().display(), no_source(config, movie));
            return Err(UnitFailure::Scenario(text));
        }
        let grid = Bilinear::on(movie, config.origin_x_m, config.origin_y_m, Outside::Zero);
        let playback =
            Playback::new(frames, start_s, config.at_end, config.time_interpolation, 0.0).map_err(failure)?;
        Ok(Self {
            sources,
            scale: config.scale,
            grid,
            playback,
        })
    }
}

impl Plume for GriddedPlume {
    fn sources(&self) -> &[SourcePosition] {
        &self.sources
    }

    fn advance(&mut self, time_s: f64, _wind: &mut dyn Wind) -> Result<(), UnitFailure> {
        self.playback.advance(time_s).map_err(failure)
    }

    fn sample(
        &self,
        simd: SimdLevel,
        blocks: &[usize],
        x_m: &[F64x8],
        y_m: &[F64x8],
        _z_m: f64,
        concentration: &mut [F64x8],
    ) {
        let plume = self;
        kernel!(simd, |plume: &GriddedPlume,
                       blocks: &[usize],
                       x_m: &[F64x8],
                       y_m: &[F64x8],
                       concentration: &mut [F64x8]| {
            let grid = &plume.grid;
            let (first, second, weight) = plume.playback.now();
            let (before, after) = (
                F64x8::splat((1.0 - weight) * plume.scale),
                F64x8::splat(weight * plume.scale),
            );
            for &block in blocks {
                let cells = grid.locate(x_m[block], y_m[block]);
                concentration[block] = before * grid.value(first, &cells) + after * grid.value(second, &cells);
            }
        });
    }

    fn sample_gradient(
        &self,
        simd: SimdLevel,
        blocks: &[usize],
        x_m: &[F64x8],
        y_m: &[F64x8],
        _z_m: f64,
        gradient: &mut Gradient,
    ) -> bool {
        let plume = self;
        kernel!(simd, |plume: &GriddedPlume,
                       blocks: &[usize],
                       x_m: &[F64x8],
                       y_m: &[F64x8],
                       gradient: &mut Gradient| {
            let grid = &plume.grid;
            let (first, second, weight) = plume.playback.now();
            let (before, after) = (
                F64x8::splat((1.0 - weight) * plume.scale),
                F64x8::splat(weight * plume.scale),
            );
            for &block in blocks {
                let cells = grid.locate(x_m[block], y_m[block]);
                let (first, second) = (grid.slopes(first, &cells), grid.slopes(second, &cells));
                gradient.x_per_m[block] = before * first[0] + after * second[0];
                gradient.y_per_m[block] = before * first[1] + after * second[1];
            }
        });
        true
    }
}
