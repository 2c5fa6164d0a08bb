//! `[wind]`.

use super::super::component::{Choice, Context, Part, family, identity};
use super::super::memory::RankMemory;
use super::{BUILT_IN, ConstantWindConfig, Wind, WindKey};
use crate::grids::Inputs;
use crate::random::StreamSeed;
use crate::scenario::{Problems, UnitFailure};
use serde_json::Value;

/// The range of a wind's mean speed over all times.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MeanSpeedRange {
    /// The key that sets it.
    pub key: &'static str,
    /// The lowest, m/s.
    pub lowest_m_s: f64,
    /// The highest, m/s.
    pub highest_m_s: f64,
    /// Whether the wind has fluctuations besides its mean.
    pub fluctuates: bool,
}

impl MeanSpeedRange {
    /// The range of a wind whose mean is `wind.speed_m_s` at all times.
    #[must_use]
    pub fn steady(speed_m_s: f64, fluctuates: bool) -> Self {
        Self {
            key: "wind.speed_m_s",
            lowest_m_s: speed_m_s,
            highest_m_s: speed_m_s,
            fluctuates,
        }
    }
}

/// A kind of `[wind]`.
///
/// A wind of a program of its own:
///
/// ```
#[doc = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/custom_components/shear.rs"))]
///
/// use plume_nav_sim::{scenario::Registry, scenario::plume::PlumeNavigation, trial::Trial};
///
/// let wind = PlumeNavigation::default().with_wind::<Shear>();
/// let study = "wind.kind = 'shear'\nplume.kind = 'gaussian_isotropic'\nepisode.duration_s = 2.0";
/// let trial = Trial::new(&Registry::empty().with(wind), study)?;
/// assert!(trial.unit(0)?.metric("path_length_m")[0] > 0.0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait WindModel: Part {
    /// One realisation at the time `begin_s`, spun up already.
    ///
    /// # Errors
    /// If a file can't be read, or the wind stops being finite while it spins up.
    fn realise(&self, begin_s: f64, seed: StreamSeed, inputs: &Inputs) -> Result<Box<dyn Wind>, UnitFailure>;

    /// The range of the mean speed; `None` where it isn't known before a unit runs.
    fn mean_speed(&self, _inputs: &Inputs) -> Option<MeanSpeedRange> {
        None
    }

    /// Its own time step, if it has one, s.
    fn own_step_s(&self) -> Option<f64> {
        None
    }

    /// Whether replicates have different winds. `true` is always right: it makes the intervals of means over design points
    /// wider.
    fn is_random(&self) -> bool {
        true
    }

    /// The table without the keys that have no effect on results: what realisations are seeded by.
    fn table_for_key(&self) -> Value {
        self.table()
    }

    /// What it needs on each rank besides the units.
    fn memory(&self, _inputs: &Inputs) -> RankMemory {
        RankMemory::default()
    }

    /// Combinations of values that each are allowed but don't go together, with keys like `wind.speed_m_s`, and files that
    /// can't be used.
    fn problems(&self, _context: Context<'_>) -> Problems {
        Problems::default()
    }
}

impl dyn WindModel {
    /// Identity of the wind for seeding: a hash of its parameters.
    #[must_use]
    pub fn key(&self) -> WindKey {
        let table = identity(self.kind(), self.table_for_key());
        let text = serde_json::to_vec(&table).expect("a configuration type serialises to JSON");
        let mut key = [0; 16];
        blake3::Hasher::new_derive_key("plume-nav-sim 2026 wind key v1")
            .update(&text)
            .finalize_xof()
            .fill(&mut key);
        WindKey(key)
    }
}

/// The wind that carries the plume and that agents feel: `[wind]`.
pub type WindConfig = Choice<dyn WindModel>;

family!(
    WindModel,
    "Wind",
    "The wind that carries the plume and that agents feel.",
    built_in: BUILT_IN,
    program: winds,
    usual: ConstantWindConfig
);
