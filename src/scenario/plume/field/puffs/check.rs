//! What is wrong with plumes of puffs, whatever their puffs are like.

use super::super::super::component::Context;
use super::super::{SourcePlace, SourcePosition};
use super::{PuffBounds, Vertical};
use crate::quantity::number;
use crate::scenario::Problems;

/// A plume may make no more steps: they are counted in 32 bits.
const MAX_STEPS: f64 = 2_147_483_647.0;
/// Sources together release at most this many puffs in a step of the plume, on average.
const MAX_PUFFS_PER_STEP: f64 = 1e6;
/// No unit of a concentration is longer, in bytes.
const MAX_UNIT_BYTES: usize = 40;

impl PuffBounds {
    /// All places that sources ever come to.
    pub(in super::super) fn source_places(&self) -> Vec<SourcePlace> {
        let of_source = |source: usize| {
            let places = self.sources.places(source);
            let moves = places.len() > 1;
            let key = match source {
                0 => moves.then(|| "plume.source_path".to_owned()),
                other => Some(format!("plume.other_sources[{}]", other - 1)),
            };
            let place = move |position: SourcePosition| SourcePlace {
                source,
                key: key.clone(),
                position,
            };
            places.into_iter().map(place)
        };
        (0..self.sources.count()).flat_map(of_source).collect()
    }

    /// What is wrong with the limits of the puffs.
    pub(in super::super) fn check(&self, context: Context<'_>) -> Problems {
        let mut found = Problems::default();
        self.check_region(context, &mut found);
        if self.puffs_at_start > self.puffs_max {
            found.add(
                "plume.puffs_at_start",
                format!("{} is above puffs_max = {}", self.puffs_at_start, self.puffs_max),
                "begin with fewer puffs, or raise puffs_max",
            );
        }
        let released = self.puffs_per_step * self.sources.max_relative_rate();
        if released > MAX_PUFFS_PER_STEP {
            found.add(
                self.rate_key,
                format!(
                    "all sources together release {} puffs in a step of plume.dt_s = {} s, more than \
                     {MAX_PUFFS_PER_STEP}",
                    number(released),
                    self.dt_s
                ),
                "release fewer and larger puffs, or use a shorter step",
            );
        }
        let time_s = self.spin_up_s + context.config.episode.duration_s;
        if time_s / self.dt_s > MAX_STEPS {
            found.add(
                "plume.dt_s",
                format!(
                    "{} s of spin-up and episode in steps of {} s are over 2³¹ − 1 steps",
                    number(time_s),
                    self.dt_s
                ),
                "use longer steps, or a shorter spin-up or episode",
            );
        }
        found
    }

    fn check_region(&self, context: Context<'_>, found: &mut Problems) {
        let (region, domain) = (&self.region, &context.config.episode.domain);
        for (axis, low, high) in [
            ("x", region.x_min_m, region.x_max_m),
            ("y", region.y_min_m, region.y_max_m),
        ] {
            if low >= high {
                found.add(
                    format!("plume.region.{axis}_max_m"),
                    format!("{high} m isn't above {axis}_min_m = {low} m"),
                    "give the region an extent in both directions",
                );
                return;
            }
        }
        if !region.contains(domain.x_min_m, domain.y_min_m) || !region.contains(domain.x_max_m, domain.y_max_m) {
            found.add(
                "plume.region",
                format!("puffs end at the edges of {region}, inside the domain {domain}"),
                "let the region hold all of episode.domain: it costs nothing where no puffs go",
            );
        }
    }

    /// Whether sources stay above the ground, if there is one.
    pub(super) fn check_ground(&self, vertical: Vertical, found: &mut Problems) {
        if vertical != Vertical::Reflected {
            return;
        }
        for SourcePlace { key, position, .. } in self.source_places() {
            if position.z_m < 0.0 {
                found.add(
                    key.as_deref().unwrap_or("plume.source_z_m"),
                    format!(
                        "the source comes to a height of {} m, below the ground at 0 m",
                        number(position.z_m)
                    ),
                    "raise the source or its path, or use plume.vertical = \"free\"",
                );
            }
        }
    }
}

/// Whether a unit can be written to the results.
pub(super) fn check_unit(unit: &str, found: &mut Problems) {
    if unit.is_empty() || unit.len() > MAX_UNIT_BYTES || !unit.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        found.add(
            "plume.concentration_unit",
            format!("{unit:?} isn't 1 to {MAX_UNIT_BYTES} printable ASCII characters"),
            "write it as UDUNITS does: \"kg m-3\"; \"1\" for a number without a unit",
        );
    }
}
