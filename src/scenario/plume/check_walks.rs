//! What doesn't go together in walks of legs and in the walking fly.

use super::PlumeConfig;
use super::navigator::{FlyForm, LevyWalkConfig, NavigatorConfig, WalkingFlyConfig};
use crate::scenario::Objection;

/// Everything that is wrong with a navigator of these kinds and the time step.
pub(super) fn check(config: &PlumeConfig) -> Vec<Objection> {
    let dt_s = config.episode.dt_s;
    match &config.navigator {
        NavigatorConfig::RandomWalk(walk) => leg("navigator.leg_s", walk.leg_s, dt_s).into_iter().collect(),
        NavigatorConfig::LevyWalk(walk) => levy_walk(walk, dt_s),
        NavigatorConfig::Counterturning(moth) => [
            leg("navigator.odour_leg_s", moth.odour_leg_s, dt_s),
            leg("navigator.cast_leg_s", moth.cast_leg_s, dt_s),
        ]
        .into_iter()
        .flatten()
        .collect(),
        NavigatorConfig::WalkingFly(fly) => filters(fly, dt_s).into_iter().chain(rates(fly, dt_s)).collect(),
        _ => Vec::new(),
    }
}

/// Legs end with a step, one at most in each.
fn leg(key: &str, leg_s: f64, dt_s: f64) -> Option<Objection> {
    (leg_s < dt_s).then(|| Objection {
        key: key.to_owned(),
        message: format!("{leg_s} s is shorter than a step, {dt_s} s"),
        hint: "use a shorter episode.dt_s".to_owned(),
    })
}

fn levy_walk(walk: &LevyWalkConfig, dt_s: f64) -> Vec<Objection> {
    let mut found = Vec::new();
    if walk.leg_min_m >= walk.leg_max_m {
        found.push(Objection {
            key: "navigator.leg_min_m".to_owned(),
            message: format!("{} m isn't below leg_max_m = {} m", walk.leg_min_m, walk.leg_max_m),
            hint: "raise leg_max_m; legs of one length are navigator.kind = \"random_walk\"".to_owned(),
        });
    }
    let step_m = walk.speed_m_s * dt_s;
    if walk.leg_min_m < step_m {
        found.push(Objection {
            key: "navigator.leg_min_m".to_owned(),
            message: format!("{} m is shorter than a step, {step_m} m", walk.leg_min_m),
            hint: format!("use at least {step_m} m, or a shorter episode.dt_s"),
        });
    }
    found
}

/// An Euler step that is longer than the time constant overshoots.
fn filters(fly: &WalkingFlyConfig, dt_s: f64) -> Vec<Objection> {
    let (step, step_s) = match fly.form {
        FlyForm::Published => ("episode.dt_s", dt_s),
        FlyForm::Consistent => ("navigator.sample_s", fly.sample_s),
    };
    let short = fly.time_constants_s().into_iter().filter(|(_, tau_s)| *tau_s <= step_s);
    short
        .map(|(name, tau_s)| Objection {
            key: format!("navigator.{name}"),
            message: format!("{tau_s} s isn't above the filters' step, {step} = {step_s} s"),
            hint: format!("raise it, or use a shorter {step}"),
        })
        .collect()
}

/// No more than one turn without odour in a step, and no drive that turns past the wind.
fn rates(fly: &WalkingFlyConfig, dt_s: f64) -> Vec<Objection> {
    let rates = [
        ("navigator.turns_per_s", fly.turns_per_s, "turns"),
        ("navigator.upwind_rad_s", fly.upwind_rad_s, "rad"),
        ("navigator.downwind_rad_s", fly.downwind_rad_s, "rad"),
    ];
    let high = rates.into_iter().filter(|(_, per_s, _)| per_s * dt_s > 1.0);
    high.map(|(key, per_s, what)| Objection {
        key: key.to_owned(),
        message: format!(
            "{per_s} {what} per second are {} in a step of {dt_s} s, more than 1",
            per_s * dt_s
        ),
        hint: format!("use episode.dt_s of at most {}", 1.0 / per_s),
    })
    .collect()
}
