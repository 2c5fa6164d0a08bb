//! Plume of small square puffs (Singh et al. 2023).

use super::super::super::own_clock::OwnClock;
use super::super::super::wind::Wind;
use super::super::puffs::{RegionConfig, WhenFull};
use super::super::{Plume, SourcePosition, Sources};
use super::SmallPuffConfig;
use super::sample::Sample;
use super::train::{NotFinite, Step, Train};
use crate::lanes::{F64x8, Random8, SimdLevel};
use crate::quantity::number;
use crate::random::{StreamSeed, Xoshiro256PlusPlus};
use crate::scenario::UnitFailure;

/// Plume of small square puffs.
///
/// c = Σ (r₀/r)³ over the puffs whose squares |x − x_i| < r_i, |y − y_i| < r_i hold the position (dimensionless);
/// below a threshold it is 0, above 1 it is 1. In every step of dt (s) each source releases a Poisson number of puffs
/// (mean `puffs_per_step`) with r₀ (m); r grows linearly; the wind carries the centres, and they are displaced across
/// the wind at random: by N(0, sd)·dt (as published) or √(2 D dt) N(0, 1). Singh, van Breugel, Rao & Brunton, *Nature
/// Machine Intelligence* 5, 58 (2023), with their public program. Flat: heights don't count.
///
/// Random streams: member 0 of the plume's seed for the numbers of puffs, members 8 s + 8 … 8 s + 15 for the
/// displacements of the puffs of source s.
#[derive(Clone, Debug)]
pub struct SmallPuffPlume {
    sources: Sources,
    positions: Vec<SourcePosition>,
    pub(super) trains: Vec<Train>,
    pub(super) lowest: f64,
    pub(super) highest: f64,
    puffs_per_step: f64,
    initial_radius_m: f64,
    region: RegionConfig,
    puffs_max: usize,
    when_full: WhenFull,
    step: Step,
    clock: OwnClock,
    releases: Xoshiro256PlusPlus,
    simd: SimdLevel,
}

impl SmallPuffPlume {
    /// The plume of `config` at time 0, spun up from no puffs. `wind` stands at −`spin_up_s`. `level` chooses the
    /// instructions, not the results.
    ///
    /// # Errors
    /// As [`Plume::advance`].
    pub fn new(
        config: &SmallPuffConfig,
        wind: &mut dyn Wind,
        seed: StreamSeed,
        simd: SimdLevel,
    ) -> Result<Self, UnitFailure> {
        let sources = config.moving_sources();
        let clock = OwnClock::new(-config.spin_up_s, config.dt_s);
        let mut plume = Self {
            positions: sources.positions(clock.now_s()),
            trains: (0..sources.count())
                .map(|source| Train::new(Random8::new(seed, source + 1)))
                .collect(),
            sources,
            lowest: config.lowest,
            highest: config.highest,
            puffs_per_step: config.puffs_per_step,
            initial_radius_m: config.initial_radius_m,
            region: config.region.clone(),
            puffs_max: config.puffs_max as usize,
            when_full: config.when_full,
            step: Step {
                dt_s: config.dt_s,
                sd_m: config.step_sd_m(),
                growth_m: config.growth_m_s * config.dt_s,
            },
            clock,
            releases: seed.generator(0),
            simd,
        };
        plume.advance(0.0, wind)?;
        Ok(plume)
    }

    /// Puffs that exist.
    #[must_use]
    pub fn puffs(&self) -> usize {
        self.trains.iter().map(Train::count).sum()
    }

    /// One whole step, to the clock's next boundary: puffs move, grow and leave, then new ones are released.
    fn step(&mut self) -> Result<(), UnitFailure> {
        let (begin_s, end_s) = (self.clock.now_s(), self.clock.next_s());
        let step_index = self.clock.steps_done();
        for train in &mut self.trains {
            train.step(self.simd, self.step);
            train
                .drop_outside(&self.region)
                .map_err(|found| not_finite(found, step_index, end_s))?;
        }
        self.clock.step();
        for source in 0..self.trains.len() {
            let released_s = self.sources.relative_release_s(source, begin_s, end_s);
            let mean = self.puffs_per_step * released_s / self.step.dt_s;
            let due = self.releases.poisson(mean) as usize;
            let room = self.puffs_max - self.puffs();
            if due > room && self.when_full == WhenFull::Fail {
                return Err(UnitFailure::Scenario(format!(
                    "{due} puffs are due at t = {} s, but there are {} and plume.puffs_max is {} (hint: raise \
                     puffs_max, shrink plume.region, or set plume.when_full = \"skip\")",
                    number(end_s),
                    self.puffs(),
                    self.puffs_max
                )));
            }
            let position = self.sources.position(source, end_s);
            self.trains[source].release(due.min(room), position, self.initial_radius_m);
            self.positions[source] = position;
        }
        Ok(())
    }
}

fn not_finite(found: NotFinite, step: u64, time_s: f64) -> UnitFailure {
    let (field, value) = if found.x_m.is_finite() {
        ("y_m of a puff", found.y_m)
    } else {
        ("x_m of a puff", found.x_m)
    };
    UnitFailure::NotFinite {
        field: field.to_owned(),
        value,
        step,
        time_s,
    }
}

impl Plume for SmallPuffPlume {
    fn sources(&self) -> &[SourcePosition] {
        &self.positions
    }

    fn advance(&mut self, time_s: f64, wind: &mut dyn Wind) -> Result<(), UnitFailure> {
        while self.clock.is_due(time_s) {
            self.step()?;
            // The wind can't go back: what blows at the beginning of a step is kept until its end.
            wind.advance(self.clock.now_s())?;
            for train in &mut self.trains {
                train.prepare(self.simd, wind, self.initial_radius_m);
            }
        }
        Ok(())
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
        simd.run(Sample {
            plume: self,
            blocks,
            x_m,
            y_m,
            concentration,
        });
    }
}
