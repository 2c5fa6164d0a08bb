//! Limits of time step and body that several navigators have.

use super::super::component::Context;
use crate::quantity::{at_least, number};
use crate::scenario::Problem;

/// The turn-rate limit has to leave this many standard deviations of wandering headings alone.
pub(super) const TURN_DEVIATIONS: f64 = 4.0;

/// Legs end with a step, one at most in each.
pub(super) fn short_leg(key: &str, leg_s: f64, context: Context<'_>) -> Option<Problem> {
    let dt_s = context.dt_s();
    (leg_s < dt_s).then(|| {
        let message = format!("{leg_s} s is shorter than a step, {dt_s} s");
        Problem::new(key, message, "use a shorter episode.dt_s")
    })
}

/// Wandering grows as √dt, the body's limit as dt: a limit that cuts it off makes it depend on dt. `rate_rad_s` is how
/// fast the navigator turns besides.
pub(super) fn cut_off_wandering(diffusivity_rad2_s: f64, rate_rad_s: f64, context: Context<'_>) -> Option<Problem> {
    let (dt_s, limit_rad_s) = (context.dt_s(), context.config.agents.turn_rate_max_rad_s);
    let needed_rad_s = rate_rad_s + TURN_DEVIATIONS * (2.0 * diffusivity_rad2_s * dt_s).sqrt() / dt_s;
    (diffusivity_rad2_s > 0.0 && limit_rad_s < needed_rad_s).then(|| {
        Problem::new(
            "agents.turn_rate_max_rad_s",
            format!(
                "{limit_rad_s} rad/s allows turns of {} rad in a step of {dt_s} s and cuts off those of the navigator, \
                 which come up to {} rad",
                number(limit_rad_s * dt_s),
                number(needed_rad_s * dt_s)
            ),
            format!(
                "use at least {} rad/s, longer steps or less rotational diffusivity",
                at_least(needed_rad_s)
            ),
        )
    })
}
