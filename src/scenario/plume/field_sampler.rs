//! Wind and plume of a unit at any place, for looking at.

use super::field::SourcePosition;
use super::wind::WindSample;
use super::{PlumeConfig, World};
use crate::grids::Inputs;
use crate::lanes::{F64x8, LANES, SimdLevel, blocks_for};
use crate::random::Streams;
use crate::scenario::{FieldExtent, FieldQuantity, FieldSampler, FieldTarget, UnitFailure};

/// The [`World`] of one unit as a field: concentration, and wind along x and y.
///
/// Agents meet the same values: the random streams are those of the unit, and agents change nothing.
pub struct WorldSampler {
    world: World,
    simd: SimdLevel,
    concentration_unit: String,
    extent: FieldExtent,
    moves: Vec<bool>,
    x_m: Vec<F64x8>,
    y_m: Vec<F64x8>,
    concentration: Vec<F64x8>,
    wind: WindSample,
    blocks: Vec<usize>,
}

impl WorldSampler {
    /// The world of a unit at time 0, spun up.
    ///
    /// # Errors
    /// See [`World::realise`].
    pub fn new(config: &PlumeConfig, streams: &Streams, inputs: &Inputs, simd: SimdLevel) -> Result<Self, UnitFailure> {
        let (domain, episode) = (&config.episode.domain, &config.episode);
        let places = config.plume.source_places(inputs);
        let sources = places.iter().map(|place| place.source + 1).max().unwrap_or(0);
        let moves = |source: usize| places.iter().filter(|place| place.source == source).count() > 1;
        Ok(Self {
            moves: (0..sources).map(moves).collect(),
            world: World::realise(config, streams, inputs)?,
            simd,
            concentration_unit: config.plume.concentration_unit(inputs)?,
            extent: FieldExtent {
                x_m: [domain.x_min_m, domain.x_max_m],
                y_m: [domain.y_min_m, domain.y_max_m],
                z_m: config.agents.height_m,
                time_s: [0.0, episode.steps() as f64 * episode.dt_s],
                dt_s: episode.dt_s,
            },
            x_m: Vec::new(),
            y_m: Vec::new(),
            concentration: Vec::new(),
            wind: WindSample::new(0),
            blocks: Vec::new(),
        })
    }

    /// Where the sources are now.
    #[must_use]
    pub fn sources(&self) -> &[SourcePosition] {
        self.world.plume().sources()
    }

    /// Makes room for `count` positions.
    fn resize(&mut self, count: usize) {
        let blocks = blocks_for(count);
        if self.blocks.len() == blocks {
            return;
        }
        self.blocks = (0..blocks).collect();
        self.x_m = vec![F64x8::ZERO; blocks];
        self.y_m = vec![F64x8::ZERO; blocks];
        self.concentration = vec![F64x8::ZERO; blocks];
        self.wind = WindSample::new(blocks);
    }
}

impl FieldSampler for WorldSampler {
    fn quantities(&self) -> Vec<FieldQuantity> {
        vec![
            FieldQuantity::new("concentration", &self.concentration_unit, "concentration of the odour"),
            FieldQuantity::new("eastward_wind", "m s-1", "wind velocity along x").with_standard_name("eastward_wind"),
            FieldQuantity::new("northward_wind", "m s-1", "wind velocity along y").with_standard_name("northward_wind"),
        ]
    }

    fn extent(&self) -> FieldExtent {
        self.extent
    }

    fn targets(&self) -> Vec<FieldTarget> {
        let target = |(source, place): (usize, &SourcePosition)| FieldTarget {
            x_m: place.x_m,
            y_m: place.y_m,
            moves: self.moves.get(source) == Some(&true),
        };
        self.sources().iter().enumerate().map(target).collect()
    }

    fn sample(
        &mut self,
        time_s: f64,
        x_m: &[f64],
        y_m: &[f64],
        z_m: f64,
        out: &mut [Vec<f64>],
    ) -> Result<(), UnitFailure> {
        let count = x_m.len();
        assert_eq!(count, y_m.len(), "a position is a pair");
        let [concentration, wind_x, wind_y] = out else {
            panic!("{} lists for 3 quantities", out.len())
        };
        self.resize(count);
        pack(x_m, &mut self.x_m);
        pack(y_m, &mut self.y_m);
        self.world.advance(time_s)?;
        let wind = &mut self.wind;
        (self.world.wind()).sample(self.simd, &self.blocks, &self.x_m, &self.y_m, wind);
        self.world.plume().sample(
            self.simd,
            &self.blocks,
            &self.x_m,
            &self.y_m,
            z_m,
            &mut self.concentration,
        );
        unpack(&self.concentration, count, concentration);
        unpack(&wind.x_m_s, count, wind_x);
        unpack(&wind.y_m_s, count, wind_y);
        Ok(())
    }
}

/// Values into blocks; lanes beyond the last position repeat it, so that every lane is at a place that was asked for.
fn pack(values: &[f64], blocks: &mut [F64x8]) {
    for (block, eight) in blocks.iter_mut().zip(values.chunks(LANES)) {
        let last = eight[eight.len() - 1];
        *block = F64x8(std::array::from_fn(|lane| eight.get(lane).copied().unwrap_or(last)));
    }
}

fn unpack(blocks: &[F64x8], count: usize, values: &mut Vec<f64>) {
    values.clear();
    values.extend(blocks.iter().flat_map(|block| block.0).take(count));
}
