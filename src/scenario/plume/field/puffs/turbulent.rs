//! Puffs with a turbulent velocity of their own: a Lagrangian model.
//!
//! A puff's velocity is that of the wind at its centre plus a fluctuation u' of its own, an Ornstein–Uhlenbeck process:
//! du' = −u'/T_L dt + σ √(2/T_L) dW in each direction, with the Lagrangian time scale T_L (s) and the standard deviation
//! σ (m/s): σ_u along the mean wind, σ_v across, σ_w upwards. Its autocorrelation is e^{−t/T_L}. A step is split: the
//! puff is carried by x += (u + u') dt, then its fluctuation moves on by the exact solution u' ← ρ u' + σ √(1 − ρ²) N,
//! ρ = e^{−dt/T_L}, and its size grows by r² += γ dt. A new puff's fluctuation is drawn from the stationary distribution.
//! In uniform wind puffs of age t are spread by Taylor's σ_y² = 2 σ_v² T_L² (t/T_L − 1 + e^{−t/T_L}) (G. I. Taylor,
//! *Proc. London Math. Soc.* 20 (1921) 196–212), but for an error of second order in dt/T_L. Concentration, release, order
//! of events and random streams are those of [`PuffPlume`].

use super::super::super::component::{Component, Context};
use super::super::super::wind::{MeanWind, Wind};
use super::super::configuration::chosen_level;
use super::super::sources::{OtherSourceConfig, PathConfig, ScheduleConfig, Sources, check_sources};
use super::super::{Plume, PlumeModel, SourcePlace, SourcePosition};
use super::PuffBounds;
use super::check::check_unit;
use super::configuration::{RegionConfig, Vertical, WhenFull};
use super::plume::{Motion, PuffPlume, PuffSettings};
use crate::grids::Inputs;
use crate::lanes::{F64x8, LANES, Mask8, NormalStream, Random8, SimdLevel, blocks_for, normal_pair, set_lane};
use crate::random::StreamSeed;
use crate::scenario::{Problems, UnitFailure};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Steps have to be at most this fraction of the time scale.
const STEP_PER_TIME_SCALE: f64 = 0.5;

/// Puffs with a turbulent velocity of their own besides that of the wind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct TurbulentConfig {
    /// Source position along x, m.
    #[schemars(range(min = -1e6, max = 1e6))]
    pub source_x_m: f64,
    /// Source position along y, m.
    #[schemars(range(min = -1e6, max = 1e6))]
    pub source_y_m: f64,
    /// Source height above the ground, m.
    #[schemars(range(min = 0.0, max = 1e4))]
    pub source_z_m: f64,
    /// When the source releases.
    pub source_schedule: ScheduleConfig,
    /// Where the source moves.
    pub source_path: PathConfig,
    /// Further sources.
    #[schemars(length(max = 1000))]
    pub other_sources: Vec<OtherSourceConfig>,
    /// Mean number of puffs that the source releases in a second, 1/s.
    #[schemars(range(min = 0.0, max = 1e5))]
    pub release_rate_per_s: f64,
    /// Amount of odour in a puff: in the plume's unit times m³.
    #[schemars(range(min = 0.0, max = 1e30))]
    pub puff_amount: f64,
    /// Unit of the concentration (UDUNITS), that of `puff_amount` per m³.
    pub concentration_unit: String,
    /// Size of a new puff, r: the standard deviation of its odour about its centre, m.
    #[schemars(range(min = 1e-4, max = 1e3))]
    pub puff_radius_m: f64,
    /// How fast r² grows, m²/s.
    #[schemars(range(min = 0.0, max = 1e3))]
    pub growth_m2_s: f64,
    /// Lagrangian time scale T_L: how long a puff keeps its velocity relative to the wind, s.
    #[schemars(range(min = 1e-3, max = 1e4))]
    pub time_scale_s: f64,
    /// Standard deviation of a puff's velocity relative to the wind, along the mean wind, m/s.
    #[schemars(range(min = 0.0, max = 100.0))]
    pub sd_along_m_s: f64,
    /// The same across the mean wind, in the horizontal plane, m/s.
    #[schemars(range(min = 0.0, max = 100.0))]
    pub sd_across_m_s: f64,
    /// The same upwards, m/s.
    #[schemars(range(min = 0.0, max = 100.0))]
    pub sd_up_m_s: f64,
    /// How puffs move upwards and downwards.
    pub vertical: Vertical,
    /// The rectangle that puffs live in.
    pub region: RegionConfig,
    /// There are never more puffs than this.
    #[schemars(range(min = 1, max = 100_000))]
    pub puffs_max: u32,
    /// Puffs at the source when the spin-up begins.
    #[schemars(range(min = 0, max = 100_000))]
    pub puffs_at_start: u32,
    /// What happens when a puff is due but there are `puffs_max`.
    pub when_full: WhenFull,
    /// A puff counts as nothing further away than this many times its size.
    #[schemars(range(min = 3.0, max = 37.0))]
    pub cutoff_radii: f64,
    /// How long the plume runs before agents are released, s.
    #[schemars(range(min = 0.0, max = 1e6))]
    pub spin_up_s: f64,
    /// The plume's own time step, s.
    #[schemars(range(min = 1e-5, max = 10.0))]
    pub dt_s: f64,
}

impl Default for TurbulentConfig {
    fn default() -> Self {
        Self {
            source_x_m: 2.0,
            source_y_m: 0.0,
            source_z_m: 1.0,
            source_schedule: ScheduleConfig::default(),
            source_path: PathConfig::default(),
            other_sources: Vec::new(),
            release_rate_per_s: 10.0,
            puff_amount: 1e-7,
            concentration_unit: "kg m-3".to_owned(),
            puff_radius_m: 0.031_622_776_6,
            growth_m2_s: 1e-3,
            time_scale_s: 1.0,
            sd_along_m_s: 0.2,
            sd_across_m_s: 0.15,
            sd_up_m_s: 0.1,
            vertical: Vertical::default(),
            region: RegionConfig::default(),
            puffs_max: 4000,
            puffs_at_start: 10,
            when_full: WhenFull::default(),
            cutoff_radii: 7.5,
            spin_up_s: 60.0,
            dt_s: 0.02,
        }
    }
}

impl Component for TurbulentConfig {
    const KIND: &'static str = "turbulent";
}

impl PlumeModel for TurbulentConfig {
    fn realise(&self, wind: &mut dyn Wind, seed: StreamSeed, _: &Inputs) -> Result<Box<dyn Plume>, UnitFailure> {
        Ok(Box::new(self.at_level(wind, seed, chosen_level()?)?))
    }

    fn sources(&self, _: &Inputs) -> Vec<SourcePosition> {
        self.moving_sources().positions(0.0)
    }

    fn source_places(&self, _: &Inputs) -> Vec<SourcePlace> {
        PuffBounds::from(self.settings()).source_places()
    }

    fn spin_up_s(&self) -> f64 {
        self.spin_up_s
    }

    /// In the middle of a new puff.
    fn typical_concentration(&self, _: Context<'_>) -> Option<f64> {
        Some(self.puff_amount / (std::f64::consts::TAU.powf(1.5) * self.puff_radius_m.powi(3)))
    }

    fn concentration_unit(&self, _: &Inputs) -> Result<String, UnitFailure> {
        Ok(self.concentration_unit.clone())
    }

    fn has_gradient(&self) -> bool {
        true
    }

    fn problems(&self, context: Context<'_>) -> Problems {
        let mut found = check_sources(&self.source_schedule, &self.source_path, &self.other_sources);
        check_unit(&self.concentration_unit, &mut found);
        if self.dt_s > STEP_PER_TIME_SCALE * self.time_scale_s {
            found.add(
                "plume.dt_s",
                format!(
                    "{} s is more than half of time_scale_s = {} s",
                    self.dt_s, self.time_scale_s
                ),
                "use a shorter step, or plume.kind = \"filament\" with the diffusivity σ² T_L",
            );
        }
        let bounds = PuffBounds::from(self.settings());
        bounds.check_ground(self.vertical, &mut found);
        found.extend(bounds.check(context));
        found
    }
}

impl TurbulentConfig {
    fn moving_sources(&self) -> Sources {
        let first = SourcePosition {
            x_m: self.source_x_m,
            y_m: self.source_y_m,
            z_m: self.source_z_m,
        };
        Sources::new(first, &self.source_schedule, &self.source_path, &self.other_sources)
    }

    /// The plume at time 0; `wind` stands at the beginning of the spin-up and is moved along. `level` chooses the
    /// instructions, not the results.
    ///
    /// # Errors
    /// If there are too many puffs, one is nowhere, or the wind fails.
    pub(super) fn at_level(
        &self,
        wind: &mut dyn Wind,
        seed: StreamSeed,
        level: SimdLevel,
    ) -> Result<PuffPlume<Fluctuation>, UnitFailure> {
        let motion = Fluctuation::new(self);
        PuffPlume::new(self.settings(), motion, wind, seed, level)
    }

    /// What it has in common with other plumes of puffs.
    fn settings(&self) -> PuffSettings {
        PuffSettings {
            sources: self.moving_sources(),
            region: self.region.clone(),
            release_rate_per_s: self.release_rate_per_s,
            puff_amount: self.puff_amount,
            puff_radius_m: self.puff_radius_m,
            growth_m2_s: self.growth_m2_s,
            vertical: self.vertical,
            puffs_max: self.puffs_max,
            puffs_at_start: self.puffs_at_start,
            when_full: self.when_full,
            cutoff_radii: self.cutoff_radii,
            spin_up_s: self.spin_up_s,
            dt_s: self.dt_s,
        }
    }
}

/// Carried by the wind, with an Ornstein–Uhlenbeck fluctuation.
pub(in super::super) struct Fluctuation {
    /// u' of each place: along the mean wind, across it, upwards, m/s.
    pub velocity_m_s: [Vec<F64x8>; 3],
    /// σ in the same order.
    sd_m_s: [f64; 3],
    /// ρ = e^{−dt/T_L}.
    kept: f64,
    /// √(1 − ρ²).
    renewed: f64,
    dt_s: f64,
    /// Cosine and sine of the mean wind's direction.
    along: [f64; 2],
    /// Not upwards and downwards.
    level: bool,
}

impl Fluctuation {
    fn new(config: &TurbulentConfig) -> Self {
        let zero = vec![F64x8::ZERO; blocks_for(config.puffs_max as usize)];
        let steps = config.dt_s / config.time_scale_s;
        Self {
            velocity_m_s: [zero.clone(), zero.clone(), zero],
            sd_m_s: [config.sd_along_m_s, config.sd_across_m_s, config.sd_up_m_s],
            kept: libm::exp(-steps),
            renewed: (-libm::expm1(-2.0 * steps)).sqrt(),
            dt_s: config.dt_s,
            along: [1.0, 0.0],
            level: config.vertical == Vertical::Level,
        }
    }

    /// The velocities of the puffs of `block` after one more step.
    #[inline(always)]
    fn fluctuate(&mut self, block: usize, random: &mut Random8) {
        let kept = F64x8::splat(self.kept);
        let (n_along, n_across) = normal_pair(random);
        let mut noise = [n_along, n_across, F64x8::ZERO];
        if !self.level {
            // The other number of this pair isn't used.
            noise[2] = normal_pair(random).0;
        }
        for ((velocities, sd_m_s), noise) in self.velocity_m_s.iter_mut().zip(self.sd_m_s).zip(noise) {
            let velocity = &mut velocities[block];
            *velocity = kept * *velocity + F64x8::splat(sd_m_s * self.renewed) * noise;
        }
    }
}

impl Motion for Fluctuation {
    /// A stationary start.
    fn release(&mut self, place: usize, random: &mut Random8) {
        let (block, lane) = (place / LANES, place % LANES);
        let only = Mask8(std::array::from_fn(|i| i == lane));
        let (n_along, n_across) = NormalStream::pair_where(random, only);
        let (n_up, _) = NormalStream::pair_where(random, only);
        for (axis, n) in [n_along, n_across, n_up].into_iter().enumerate() {
            set_lane(
                &mut self.velocity_m_s[axis],
                block * LANES + lane,
                self.sd_m_s[axis] * n.0[lane],
            );
        }
    }

    fn begin_step(&mut self, mean: MeanWind) {
        let (sine, cosine) = F64x8::splat(mean.direction_rad).sin_cos();
        self.along = [cosine.0[0], sine.0[0]];
    }

    #[inline(always)]
    fn step(&mut self, block: usize, wind_m_s: [F64x8; 2], random: &mut Random8) -> [F64x8; 3] {
        let dt = F64x8::splat(self.dt_s);
        let [along, across, up] = std::array::from_fn(|axis| self.velocity_m_s[axis][block]);
        let (cosine, sine) = (F64x8::splat(self.along[0]), F64x8::splat(self.along[1]));
        let x_m_s = wind_m_s[0] + (along * cosine - across * sine);
        let y_m_s = wind_m_s[1] + (along * sine + across * cosine);
        self.fluctuate(block, random);
        [x_m_s * dt, y_m_s * dt, up * dt]
    }

    /// What went down goes up.
    #[inline(always)]
    fn reflect(&mut self, block: usize, mask: Mask8) {
        let up = &mut self.velocity_m_s[2][block];
        *up = mask.select(-*up, *up);
    }
}
