//! What own components of each family build.

use super::super::field::{Plume, SourcePosition};
use super::super::sensor::{Channels, Sensor};
use super::super::wind::Wind;
use super::choice::alternative;
use super::family::{Family, Kind};
use super::kinds::Kinds;
use super::part::{Component, Part};
use crate::random::StreamSeed;
use crate::scenario::{Problems, UnitFailure};
use schemars::{Schema, SchemaGenerator};
use serde_json::Value;
use std::sync::Arc;

/// A kind of `[sensor]`.
pub trait OwnSensor: Part {
    /// The sensors of `blocks` blocks of agents. Random numbers come from the members' streams of `seed` alone.
    fn build(&self, seed: StreamSeed, blocks: usize) -> Box<dyn Sensor>;

    /// The channels that it fills: `signal` and `detected` unless it says otherwise.
    fn gives(&self) -> Channels {
        Channels::CONCENTRATION.and(Channels::DETECTION)
    }

    /// Combinations of values that each are allowed but don't go together, with keys like `sensor.threshold`.
    fn problems(&self) -> Problems {
        Problems::default()
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
    fn problems(&self) -> Problems {
        Problems::default()
    }
}

macro_rules! own {
    ($part:ident, $list:ident) => {
        impl Family for dyn $part {
            const NAME: &'static str = stringify!($part);
            const DESCRIPTION: &'static str = "";

            fn built_in() -> &'static [Kind<Self>] {
                &[]
            }
            fn of_program(kinds: &Kinds) -> &Vec<Kind<Self>> {
                &kinds.$list
            }
            fn of_program_mut(kinds: &mut Kinds) -> &mut Vec<Kind<Self>> {
                &mut kinds.$list
            }
            fn usual() -> Arc<Self> {
                unreachable!("a kind of its own is never the usual one")
            }
        }

        impl Kind<dyn $part> {
            pub(in super::super) const fn of<C: Component + $part>() -> Self {
                Self::new::<C>(|table| Ok(Arc::new(serde_json::from_value::<C>(table)?)))
            }
        }
    };
}
own!(OwnSensor, sensors);
own!(OwnPlume, plumes);

/// Adds the own kinds in scope to the alternatives of a component's schema.
pub(in super::super) fn add_kinds<P: ?Sized + Family>(schema: &mut Schema) {
    // The variant for own kinds makes it `anyOf`, though that variant isn't in the schema.
    if let Some(ways) = schema.remove("anyOf") {
        schema.insert("oneOf".to_owned(), ways);
    }
    Kinds::current(|kinds| {
        if let Some(Value::Array(ways)) = schema.get_mut("oneOf") {
            let own = P::of_program(kinds).iter();
            ways.extend(own.map(|kind| alternative(kind.name, (kind.schema)(&mut SchemaGenerator::default()))));
        }
    });
}
