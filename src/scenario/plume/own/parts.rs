//! What own components of each family build.

use super::super::boundary::{Boundary, BoundaryConfig};
use super::super::field::{FieldConfig, Plume, SourcePosition};
use super::super::navigator::{Navigator, NavigatorConfig};
use super::super::sensor::{Channels, Sensor, SensorConfig};
use super::super::space::Domain;
use super::super::wind::Wind;
use super::component::{Component, Part};
use super::kinds::{Family, Kind, Kinds};
use crate::random::StreamSeed;
use crate::scenario::{Objection, UnitFailure};
use std::sync::Arc;

/// A kind of `[navigator]`.
pub trait OwnNavigator: Part {
    /// The navigators of `count` agents. Random numbers come from the members' streams of `seed` alone.
    fn build(&self, seed: StreamSeed, count: usize) -> Box<dyn Navigator>;

    /// The highest speed that it asks for, m/s: the time step is checked against it.
    fn speed_highest_m_s(&self) -> f64;

    /// What it has to sense: all channels of one of these sets. Sensors that don't tell it are refused.
    fn needs(&self) -> Vec<Channels> {
        vec![Channels::NONE]
    }

    /// Combinations of values that each are allowed but don't go together, with keys like `navigator.speed_m_s`.
    fn problems(&self) -> Vec<Objection> {
        Vec::new()
    }
}

/// A kind of `[sensor]`.
pub trait OwnSensor: Part {
    /// The sensors of `blocks` blocks of agents. Random numbers come from the members' streams of `seed` alone.
    fn build(&self, seed: StreamSeed, blocks: usize) -> Box<dyn Sensor>;

    /// The channels that it fills: `signal` and `detected` unless it says otherwise.
    fn gives(&self) -> Channels {
        Channels::CONCENTRATION.and(Channels::DETECTION)
    }

    /// Combinations of values that each are allowed but don't go together, with keys like `sensor.threshold`.
    fn problems(&self) -> Vec<Objection> {
        Vec::new()
    }
}

/// A kind of `[plume]`.
pub trait OwnPlume: Part {
    /// One realisation at time 0. `wind` stands at the time −[`OwnPlume::spin_up_s`] and is to be moved along.
    ///
    /// # Errors
    /// If it can't be made.
    fn realise(&self, wind: &mut dyn Wind, seed: StreamSeed) -> Result<Box<dyn Plume>, UnitFailure>;

    /// Where the sources are at time 0: at least one.
    fn sources(&self) -> Vec<SourcePosition>;

    /// Whether replicates have different plumes in the same wind. `true` is always right: it makes the intervals of means
    /// over design points wider.
    fn is_random(&self) -> bool {
        true
    }

    /// How long the plume runs before agents are released, s.
    fn spin_up_s(&self) -> f64 {
        0.0
    }

    /// Unit of the concentration (UDUNITS).
    fn concentration_unit(&self) -> String {
        "1".to_owned()
    }

    /// Combinations of values that each are allowed but don't go together, with keys like `plume.width_m`.
    fn problems(&self) -> Vec<Objection> {
        Vec::new()
    }
}

/// A kind of `[boundary]`.
pub trait OwnBoundary: Part {
    /// The policy for one unit.
    fn build(&self, domain: &Domain) -> Box<dyn Boundary>;

    /// Combinations of values that each are allowed but don't go together, with keys like `boundary.drag`.
    fn problems(&self) -> Vec<Objection> {
        Vec::new()
    }
}

macro_rules! family {
    ($part:ident, $list:ident, $builtin:ty, $add:ident) => {
        impl Family for dyn $part {
            fn of(kinds: &Kinds) -> &[Kind<Self>] {
                &kinds.$list
            }
        }

        impl Kinds {
            pub(in super::super) fn $add<C: Component + $part>(&mut self) {
                let parse = |table| Ok(Arc::new(serde_json::from_value::<C>(table)?) as Arc<dyn $part>);
                Self::add(
                    &mut self.$list,
                    Kind::new::<C>(parse),
                    &schemars::schema_for!($builtin),
                );
            }
        }
    };
}
family!(OwnNavigator, navigators, NavigatorConfig, add_navigator);
family!(OwnSensor, sensors, SensorConfig, add_sensor);
family!(OwnPlume, plumes, FieldConfig, add_plume);
family!(OwnBoundary, boundaries, BoundaryConfig, add_boundary);
