//! What a component's values are checked against.

use super::super::PlumeConfig;
use super::super::agents::StartConfig;
use crate::grids::Inputs;
use crate::quantity::number;
use crate::scenario::Problem;

/// Orders of magnitude that thresholds may be from what a plume has before people are warned.
const FAR_ORDERS: f64 = 10.0;

/// The study that a component is part of.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// All tables of the design point.
    pub config: &'a PlumeConfig,
    /// The files of the study.
    pub inputs: &'a Inputs,
}

impl<'a> Context<'a> {
    pub(in super::super) fn new(config: &'a PlumeConfig, inputs: &'a Inputs) -> Self {
        Self { config, inputs }
    }

    /// Time step of the agents, s.
    #[must_use]
    pub fn dt_s(self) -> f64 {
        self.config.episode.dt_s
    }

    /// How long an episode lasts, in whole steps, s.
    #[must_use]
    pub fn episode_s(self) -> f64 {
        self.config.episode.steps() as f64 * self.dt_s()
    }

    /// The least and the greatest x and y that agents can start at, m; none where it takes a plume or a wind to know it.
    #[must_use]
    pub fn start_extent(self) -> Option<[(f64, f64); 2]> {
        let around =
            |x_m: f64, y_m: f64, radius_m: f64| [(x_m - radius_m, x_m + radius_m), (y_m - radius_m, y_m + radius_m)];
        let between = |a: f64, b: f64| (a.min(b), a.max(b));
        Some(match &self.config.agents.start {
            StartConfig::Region(region) => [
                between(region.x_min_m, region.x_max_m),
                between(region.y_min_m, region.y_max_m),
            ],
            StartConfig::Line(line) => [
                between(line.x_first_m, line.x_second_m),
                between(line.y_first_m, line.y_second_m),
            ],
            StartConfig::Point(point) => around(point.x_m, point.y_m, 0.0),
            StartConfig::Disc(disc) => around(disc.x_m, disc.y_m, disc.radius_m),
            StartConfig::AroundSource(ring) => {
                let source = self.config.plume.sources(self.inputs).into_iter().next()?;
                around(source.x_m, source.y_m, ring.outer_m)
            }
            StartConfig::List(_) | StartConfig::File(_) => {
                let table = self.config.agents.start_table(self.inputs).ok()??;
                let places = (0..table.len()).map(|row| table.place(row));
                places
                    .map(|(x_m, y_m)| around(x_m, y_m, 0.0))
                    .reduce(|[x, y], [other_x, other_y]| {
                        let join = |a: (f64, f64), b: (f64, f64)| (a.0.min(b.0), a.1.max(b.1));
                        [join(x, other_x), join(y, other_y)]
                    })?
            }
            StartConfig::AcrossWind(_) | StartConfig::InPlume(_) => return None,
        })
    }

    /// Warns of a concentration that is far from all that the plume has: one of another unit, mostly.
    #[must_use]
    pub fn far_from_plume(self, key: &str, concentration: f64) -> Option<Problem> {
        let typical = self.config.plume.typical_concentration(self)?;
        let orders = (concentration / typical).log10().abs();
        if !orders.is_finite() || orders < FAR_ORDERS {
            return None;
        }
        let unit = self.config.plume.concentration_unit(self.inputs).unwrap_or_default();
        let (shown, typical) = (number(concentration), number(typical));
        let message = format!(
            "{shown} is {orders:.0} orders of magnitude from the plume's concentrations, which are about {typical} {unit}"
        );
        let hint = "give it in the plume's unit, or change what the plume releases";
        Some(Problem::warning(key, message, hint))
    }

    /// A time over which something fades or is averaged, and that does nothing below a step.
    #[must_use]
    pub fn shorter_than_step(self, key: &str, time_s: f64) -> Option<Problem> {
        let dt_s = self.dt_s();
        (time_s < dt_s).then(|| {
            let message = format!("{time_s} s is shorter than a step, {dt_s} s");
            Problem::new(key, message, "use a longer time, or a shorter episode.dt_s")
        })
    }
}
