//! What all plumes of puffs do: release, carry, grow, drop.

use super::super::super::own_clock::OwnClock;
use super::super::super::wind::{MeanWind, Wind, WindSample};
use super::super::{Gradient, Plume, SourcePosition};
use super::configuration::{Vertical, WhenFull};
use super::index::{PuffIndex, PuffShape};
use super::places::Puffs;
use super::release::PuffSettings;
use crate::lanes::{F64x8, Kernel, LANES, Mask8, Random8, SimdLevel};
use crate::quantity::number;
use crate::random::{StreamSeed, Xoshiro256PlusPlus};
use crate::scenario::UnitFailure;
use std::cell::RefCell;

/// Puff n of source s is member s·2⁴⁰ + n of the plume's random stream: a puff's numbers depend on nothing else.
const PUFFS_PER_SOURCE: u64 = 1 << 40;
/// The release of source s is this member plus s.
const RELEASE: u64 = 1 << 63;

/// How a puff moves besides being carried by the wind.
///
/// Methods are for a block of eight places at once, those without a puff included.
pub(in super::super) trait Motion: Send {
    /// A puff has come to `place`.
    fn release(&mut self, place: usize, random: &mut Random8);

    /// A step begins in wind of this mean.
    fn begin_step(&mut self, _mean: MeanWind) {}

    /// The way of the puffs of `block` in one step in the wind (x, y), m: along x, y, z.
    fn step(&mut self, block: usize, wind_m_s: [F64x8; 2], random: &mut Random8) -> [F64x8; 3];

    /// The ground has reflected the puffs of `block` in `mask`.
    #[inline(always)]
    fn reflect(&mut self, _block: usize, _mask: Mask8) {}
}

/// A plume of puffs that are carried by the wind, move by `M` besides, and grow.
///
/// Order inside a step from t to t + dt: at t the sources release a Poisson number of puffs where they are then, and the
/// wind is sampled at all puffs; at t + dt all puffs, the new ones too, have moved and grown, and those whose centre is
/// outside the region are gone. New puffs smell once they have moved.
///
/// Random streams: member s·2⁴⁰ + n of the plume's stream moves puff n of source s, member 2⁶³ + s decides how many
/// puffs source s releases.
pub(in super::super) struct PuffPlume<M> {
    settings: PuffSettings,
    motion: M,
    simd: SimdLevel,
    clock: OwnClock,
    puffs: Puffs,
    wind: WindSample,
    releases: Vec<Release>,
    positions: Vec<SourcePosition>,
    /// Puffs that were due when there was no room.
    skipped: u64,
    index: RefCell<PuffIndex>,
}

/// What a source has released.
struct Release {
    random: Xoshiro256PlusPlus,
    /// Puffs due so far, whether there was room for them or not.
    due: u64,
}

impl<M: Motion> PuffPlume<M> {
    /// The plume at time 0; `wind` stands at the beginning of the spin-up.
    ///
    /// # Errors
    /// See [`Plume::advance`].
    pub fn new(
        settings: PuffSettings,
        motion: M,
        wind: &mut dyn Wind,
        seed: StreamSeed,
        simd: SimdLevel,
    ) -> Result<Self, UnitFailure> {
        let capacity = settings.limits.puffs_max as usize;
        let begin_s = -settings.limits.spin_up_s;
        let puffs = Puffs::new(capacity, seed);
        let shape = PuffShape::new(
            settings.release.puff_amount,
            settings.limits.cutoff_radii,
            settings.limits.vertical,
        );
        let sources = settings.sources.count();
        let mut plume = Self {
            motion,
            simd,
            clock: OwnClock::new(begin_s, settings.limits.dt_s),
            wind: WindSample::velocities(puffs.x_m.len()),
            releases: (0..sources as u64)
                .map(|source| Release {
                    random: seed.generator(RELEASE + source),
                    due: 0,
                })
                .collect(),
            positions: settings.sources.positions(begin_s),
            skipped: 0,
            index: RefCell::new(PuffIndex::new(&settings.limits.region, shape, capacity)),
            puffs,
            settings,
        };
        if plume.settings.sources.relative_rate(0, begin_s) > 0.0 {
            plume.release(0, u64::from(plume.settings.limits.puffs_at_start), begin_s)?;
        }
        // Those of the beginning are there at once.
        plume.puffs.mark_carried();
        plume.begin_step(wind)?;
        plume.advance(0.0, wind)?;
        Ok(plume)
    }

    /// The puffs that smell.
    #[cfg(test)]
    pub(super) fn carried_puffs(&self) -> Vec<super::places::Puff> {
        self.puffs.carried_puffs()
    }

    /// How its puffs move.
    #[cfg(test)]
    pub fn motion(&self) -> &M {
        &self.motion
    }

    /// Puffs that were due so far, of each source.
    #[cfg(test)]
    pub fn due(&self) -> Vec<u64> {
        self.releases.iter().map(|release| release.due).collect()
    }

    /// Puffs that were due when `puffs_max` existed, and weren't released.
    #[cfg(test)]
    pub fn skipped(&self) -> u64 {
        self.skipped
    }

    /// Releases `count` puffs at source `source`, where it is at `time_s`.
    fn release(&mut self, source: usize, count: u64, time_s: f64) -> Result<(), UnitFailure> {
        let settings = &self.settings;
        let at = self.positions[source];
        let radius2_m2 = settings.release.puff_radius_m * settings.release.puff_radius_m;
        for _ in 0..count {
            let release = &mut self.releases[source];
            let name = source as u64 * PUFFS_PER_SOURCE + release.due;
            release.due += 1;
            match self.puffs.release(at, radius2_m2, name) {
                Some(place) => self.motion.release(place, &mut self.puffs.random[place / LANES]),
                None if settings.limits.when_full == WhenFull::Fail => {
                    return Err(UnitFailure::Scenario(format!(
                        "at t = {} s the plume would have more puffs than plume.puffs_max = {} (hint: raise it, \
                         release fewer, or let plume.when_full = \"skip\" leave gaps)",
                        number(time_s),
                        settings.limits.puffs_max
                    )));
                }
                None => self.skipped += 1,
            }
        }
        Ok(())
    }

    /// Releases what the step from now on releases, and takes the wind at all puffs.
    fn begin_step(&mut self, wind: &mut dyn Wind) -> Result<(), UnitFailure> {
        let (begin_s, end_s) = (self.clock.now_s(), self.clock.next_s());
        // Exactly this time, though it may be a rounding error after the one that the plume was asked for: a wind that
        // changes all the time would make the realisation depend on who asks.
        wind.advance(begin_s)?;
        for source in 0..self.releases.len() {
            self.positions[source] = self.settings.sources.position(source, begin_s);
            let on_s = self.settings.sources.relative_release_s(source, begin_s, end_s);
            let mean = self.settings.release.release_rate_per_s * on_s;
            let count = self.releases[source].random.poisson(mean);
            self.release(source, count, begin_s)?;
        }
        self.puffs.list_blocks();
        let Puffs { blocks, x_m, y_m, .. } = &self.puffs;
        wind.sample(self.simd, blocks, x_m, y_m, &mut self.wind);
        self.motion.begin_step(wind.mean());
        Ok(())
    }

    /// Moves and grows all puffs by one step, and drops those that have left.
    fn end_step(&mut self) -> Result<(), UnitFailure> {
        self.clock.step();
        let left = self.simd.run(Carry {
            settings: &self.settings,
            motion: &mut self.motion,
            puffs: &mut self.puffs,
            wind: &self.wind,
        });
        if left {
            self.drop_outside()?;
        }
        self.puffs.mark_carried();
        Ok(())
    }

    /// Takes away the puffs outside the region.
    fn drop_outside(&mut self) -> Result<(), UnitFailure> {
        let region = &self.settings.limits.region;
        for entry in 0..self.puffs.blocks.len() {
            let block = self.puffs.blocks[entry];
            for lane in 0..LANES {
                if self.puffs.occupied(block) >> lane & 1 == 0 {
                    continue;
                }
                let (x_m, y_m) = (self.puffs.x_m[block].0[lane], self.puffs.y_m[block].0[lane]);
                for (name, value) in [("x_m", x_m), ("y_m", y_m), ("z_m", self.puffs.z_m[block].0[lane])] {
                    if !value.is_finite() {
                        return Err(UnitFailure::NotFinite {
                            field: format!("{name} of a puff"),
                            value,
                            step: self.clock.steps_done(),
                            time_s: self.clock.now_s(),
                        });
                    }
                }
                if !region.contains(x_m, y_m) {
                    self.puffs.remove(block * LANES + lane);
                }
            }
        }
        Ok(())
    }
}

/// Moves and grows the puffs; tells whether any is no longer inside the region.
struct Carry<'a, M> {
    settings: &'a PuffSettings,
    motion: &'a mut M,
    puffs: &'a mut Puffs,
    wind: &'a WindSample,
}

impl<M: Motion> Kernel for Carry<'_, M> {
    type Output = bool;
    #[inline(always)]
    fn run(self) -> bool {
        let Self {
            settings,
            motion,
            puffs,
            wind,
        } = self;
        let region = &settings.limits.region;
        let growth = F64x8::splat(settings.release.growth_m2_s * settings.limits.dt_s);
        let mut left = Mask8::NONE;
        for entry in 0..puffs.blocks.len() {
            let block = puffs.blocks[entry];
            let velocity = [wind.x_m_s[block], wind.y_m_s[block]];
            let [dx, dy, dz] = motion.step(block, velocity, &mut puffs.random[block]);
            let (x, y) = (puffs.x_m[block] + dx, puffs.y_m[block] + dy);
            match settings.limits.vertical {
                Vertical::Level => {}
                Vertical::Free => puffs.z_m[block] += dz,
                Vertical::Reflected => {
                    let z = puffs.z_m[block] + dz;
                    motion.reflect(block, z.lt(F64x8::ZERO));
                    puffs.z_m[block] = z.abs();
                }
            }
            (puffs.x_m[block], puffs.y_m[block]) = (x, y);
            puffs.radius2_m2[block] += growth;
            // What isn't a number is outside, too.
            let inside = x.ge(F64x8::splat(region.x_min_m))
                & x.le(F64x8::splat(region.x_max_m))
                & y.ge(F64x8::splat(region.y_min_m))
                & y.le(F64x8::splat(region.y_max_m))
                & puffs.z_m[block].abs().lt(F64x8::splat(f64::INFINITY));
            left = left | !inside;
        }
        left.any()
    }
}

impl<M: Motion> Plume for PuffPlume<M> {
    fn sources(&self) -> &[SourcePosition] {
        &self.positions
    }

    fn advance(&mut self, time_s: f64, wind: &mut dyn Wind) -> Result<(), UnitFailure> {
        while self.clock.is_due(time_s) {
            self.end_step()?;
            self.begin_step(wind)?;
        }
        Ok(())
    }

    fn sample(
        &self,
        simd: SimdLevel,
        blocks: &[usize],
        x_m: &[F64x8],
        y_m: &[F64x8],
        z_m: f64,
        concentration: &mut [F64x8],
    ) {
        let mut index = self.index.borrow_mut();
        index.update(simd, &self.puffs, self.clock.steps_done(), z_m);
        index.sample(simd, blocks, x_m, y_m, concentration);
    }

    fn sample_gradient(
        &self,
        simd: SimdLevel,
        blocks: &[usize],
        x_m: &[F64x8],
        y_m: &[F64x8],
        z_m: f64,
        gradient: &mut Gradient,
    ) -> bool {
        let mut index = self.index.borrow_mut();
        index.update(simd, &self.puffs, self.clock.steps_done(), z_m);
        index.sample_gradient(simd, blocks, x_m, y_m, gradient);
        true
    }
}
