//! `[plume]`.

use super::super::component::{Choice, Context, Part, family, identity};
use super::super::memory::RankMemory;
use super::super::wind::{Wind, WindConfig};
use super::{BUILT_IN, GaussianConfig, Plume, PlumeKey, SourcePosition};
use crate::grids::Inputs;
use crate::lanes::SimdLevel;
use crate::random::StreamSeed;
use crate::scenario::{Problems, UnitFailure};
use serde_json::Value;

/// A place that a source is at some time, and the key that puts it there.
#[derive(Clone, Debug, PartialEq)]
pub struct SourcePlace {
    /// Which source it is, in the order of [`PlumeModel::sources`]. One with several places moves.
    pub source: usize,
    /// The key to blame; none for the position of the first source, whose keys are `plume.source_x_m`, ….
    pub key: Option<String>,
    /// The place.
    pub position: SourcePosition,
}

/// A kind of `[plume]`.
///
/// A plume of a program of its own:
///
/// ```
#[doc = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/custom_components/cone.rs"))]
///
/// use plume_nav_sim::{scenario::Registry, scenario::plume::PlumeNavigation, trial::Trial};
///
/// let plume = PlumeNavigation::default().with_plume::<Cone>();
/// let trial = Trial::new(&Registry::empty().with(plume), "plume.kind = 'cone'\nepisode.duration_s = 2.0")?;
/// assert!(trial.unit(0)?.metric("mean_concentration")[0] >= 0.0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait PlumeModel: Part {
    /// One realisation at time 0. `wind` stands at the time −[`PlumeModel::spin_up_s`] and is to be moved along while the
    /// plume spins up.
    ///
    /// # Errors
    /// If it can't be made, or a file can't be read.
    fn realise(&self, wind: &mut dyn Wind, seed: StreamSeed, inputs: &Inputs) -> Result<Box<dyn Plume>, UnitFailure>;

    /// Where the sources are at time 0: at least one, unless a file should say it and doesn't, which
    /// [`PlumeModel::problems`] then tells.
    fn sources(&self, inputs: &Inputs) -> Vec<SourcePosition>;

    /// All places that sources ever come to: where they are at time 0 unless it says otherwise.
    fn source_places(&self, inputs: &Inputs) -> Vec<SourcePlace> {
        let place = |(source, position): (usize, SourcePosition)| SourcePlace {
            source,
            key: (source > 0).then(|| format!("plume.other_sources[{}]", source - 1)),
            position,
        };
        self.sources(inputs).into_iter().enumerate().map(place).collect()
    }

    /// How long the plume runs before agents are released, s.
    fn spin_up_s(&self) -> f64 {
        0.0
    }

    /// Unit of the concentration (UDUNITS): that of sensors' thresholds and of metrics too.
    ///
    /// # Errors
    /// If it stands in a file that can't be read.
    fn concentration_unit(&self, _inputs: &Inputs) -> Result<String, UnitFailure> {
        Ok("1".to_owned())
    }

    /// A concentration that its odour has somewhere, in its unit: the order of magnitude, to compare thresholds with. None
    /// where that isn't known.
    fn typical_concentration(&self, _context: Context<'_>) -> Option<f64> {
        None
    }

    /// Whether [`Plume::sample_gradient`] gives a slope. Sensors that ask for the slope by formula are refused otherwise.
    fn has_gradient(&self) -> bool {
        false
    }

    /// Whether replicates have different plumes in the same wind. `true` is always right: it makes the intervals of means
    /// over design points wider.
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

    /// Combinations of values that each are allowed but don't go together, with keys like `plume.width_m`.
    fn problems(&self, _context: Context<'_>) -> Problems {
        Problems::default()
    }
}

impl dyn PlumeModel {
    /// What the realisations depend on besides their seed.
    #[must_use]
    pub fn key(&self, wind: &WindConfig) -> PlumeKey {
        let both = (
            identity(self.kind(), self.table_for_key()),
            identity(wind.kind(), wind.table_for_key()),
        );
        let text = serde_json::to_vec(&both).expect("a configuration type serialises to JSON");
        let mut key = [0; 16];
        blake3::Hasher::new_derive_key("plume-nav-sim 2026 plume key v1")
            .update(&text)
            .finalize_xof()
            .fill(&mut key);
        PlumeKey(key)
    }
}

/// The odour plume: `[plume]`.
pub type FieldConfig = Choice<dyn PlumeModel>;

family!(
    PlumeModel,
    "Plume",
    "The odour plume.",
    built_in: BUILT_IN,
    program: plumes,
    usual: GaussianConfig
);

/// The instruction set for plumes that compute on their own.
pub(super) fn chosen_simd() -> Result<SimdLevel, UnitFailure> {
    SimdLevel::chosen().map_err(|error| UnitFailure::Scenario(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::super::GaussianIsotropicConfig;
    use super::*;

    #[test]
    fn the_key_follows_plume_and_wind() {
        let (plume, wind) = (FieldConfig::default(), WindConfig::default());
        assert_eq!(plume.key(&wind), plume.clone().key(&wind.clone()));
        let other_wind: WindConfig = serde_json::from_str(r#"{"kind": "constant", "speed_m_s": 3.0}"#).unwrap();
        assert_ne!(plume.key(&wind), plume.key(&other_wind));
        let other = FieldConfig::from(GaussianIsotropicConfig::default());
        assert_ne!(plume.key(&wind), other.key(&wind));
    }

    /// Realisations are seeded by their keys: other ones would change all results.
    #[test]
    fn the_keys_of_the_defaults_stay() {
        let (plume, wind) = (FieldConfig::default(), WindConfig::default());
        let hex = |key: [u8; 16]| key.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        assert_eq!(hex(plume.key(&wind).0), "8acdac2e63c50b558678262693a8b9da");
        assert_eq!(hex(wind.key().0), "e81161e8ea945a3463f3748aed9684ca");
    }
}
