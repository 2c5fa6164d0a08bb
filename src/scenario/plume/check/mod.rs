//! Combinations of values that each are allowed but don't go together: what crosses components. What one component can
//! tell of itself is with it, in its `problems`.

mod agents;
mod crowd;
mod senses;

use super::PlumeConfig;
use super::component::Context;
use super::field::SourcePlace;
use super::navigator::MixedConfig;
use super::record;
use crate::grids::Inputs;
use crate::quantity::number;
use crate::scenario::Problems;

/// No episode may have more steps: counts are stored in 32 bits.
const MAX_STEPS: f64 = 2_147_483_647.0;

/// Everything that is wrong with `config`, and with the files in `inputs` that it names.
pub(super) fn check(config: &PlumeConfig, inputs: &Inputs) -> Problems {
    let mut found = match config.navigator.as_kind::<MixedConfig>() {
        Some(mixed) => crowd::check_mixed(config, mixed, |alone| check_one(alone, inputs)),
        None => check_one(config, inputs),
    };
    found.extend(crowd::check_discs(config, inputs));
    let context = Context::new(config, inputs);
    agents::check_reach(context, &mut found);
    agents::check_speed_limit(context, &mut found);
    found.extend(record::problems(context));
    found.extend(config.metrics.iter().flat_map(|metric| metric.problems(context)));
    found
}

/// What is wrong with a study whose agents all have one strategy, but for their discs.
fn check_one(config: &PlumeConfig, inputs: &Inputs) -> Problems {
    let context = Context::new(config, inputs);
    let mut found = Problems::default();
    domain(config, &mut found);
    source(context, &mut found);
    found.extend(config.plume.problems(context));
    found.extend(config.wind.problems(context));
    wind(config, inputs, &mut found);
    found.extend(config.boundary.problems(context));
    found.extend(agents::check(config, inputs));
    time(config, &mut found);
    found.extend(context.far_from_plume("episode.plume_threshold", config.episode.plume_threshold));
    found.extend(config.navigator.problems(context));
    found.extend(config.sensor.problems(context));
    found.extend(senses::check(config));
    found.check_instructions();
    found
}

fn domain(config: &PlumeConfig, found: &mut Problems) {
    let domain = &config.episode.domain;
    for (axis, low, high) in [
        ("x", domain.x_min_m, domain.x_max_m),
        ("y", domain.y_min_m, domain.y_max_m),
    ] {
        if low >= high {
            found.add(
                format!("episode.domain.{axis}_max_m"),
                format!("{high} m isn't above {axis}_min_m = {low} m"),
                "give the domain an extent in both directions",
            );
        }
    }
}

fn source(context: Context<'_>, found: &mut Problems) {
    let Context { config, inputs } = context;
    let domain = &config.episode.domain;
    for SourcePlace {
        key, position: source, ..
    } in config.plume.source_places(inputs)
    {
        let Some((what, remedy)) = outside(config, source.x_m, source.y_m) else {
            continue;
        };
        let (x, y) = (domain.x_min_m..=domain.x_max_m, domain.y_min_m..=domain.y_max_m);
        let only_y = x.contains(&source.x_m) && !y.contains(&source.y_m);
        let axis = if only_y { "y" } else { "x" };
        found.add(
            key.unwrap_or_else(|| format!("plume.source_{axis}_m")),
            format!("the source ({}, {}) m is outside {what}", source.x_m, source.y_m),
            format!("move the source, or {remedy}"),
        );
    }
    if config.plume.sources(inputs).is_empty() && !config.plume.problems(context).has_errors() {
        found.add(
            "plume.kind",
            format!("{:?} has no source, so there is nothing to find", config.plume.kind()),
            "let PlumeModel::sources give at least one place",
        );
    }
    let extent = domain.width_m().min(domain.height_m());
    if extent > 0.0 && config.episode.source_radius_m >= 0.5 * extent {
        found.add(
            "episode.source_radius_m",
            format!(
                "{} m is at least half of the domain's smaller extent, {} m",
                config.episode.source_radius_m,
                number(extent)
            ),
            "agents would find the source wherever they are: use a smaller radius",
        );
    }
}

/// What agents can't leave and a place is outside of, and what would help; `None` for places where they may be.
fn outside(config: &PlumeConfig, x_m: f64, y_m: f64) -> Option<(String, &'static str)> {
    let domain = &config.episode.domain;
    if !domain.contains(x_m, y_m) {
        return Some((format!("the domain {domain}"), "widen episode.domain"));
    }
    let what = || format!("what the boundary of kind {:?} encloses", config.boundary.kind());
    (!config.boundary.contains(domain, x_m, y_m)).then(|| (what(), "use another boundary"))
}

fn wind(config: &PlumeConfig, inputs: &Inputs, found: &mut Problems) {
    let time_s = config.plume.spin_up_s() + config.episode.duration_s;
    if let Some(dt_s) = config.wind.own_step_s()
        && time_s / dt_s > MAX_STEPS
    {
        found.add(
            "wind.dt_s",
            format!(
                "{} s of the plume's spin-up and the episode in steps of {dt_s} s are over 2³¹ − 1 steps",
                number(time_s)
            ),
            "use longer steps, or a shorter spin-up or episode",
        );
    }
    let Some(speed) = config.wind.mean_speed(inputs) else {
        return;
    };
    let calm = speed.highest_m_s == 0.0 && !speed.fluctuates;
    if config.navigator.requires_wind() && calm {
        let kind = config.navigator.kind();
        found.add(
            speed.key,
            format!("0 m/s gives {kind} no upwind direction"),
            "use a wind above 0 m/s, or another navigator",
        );
    }
}

fn time(config: &PlumeConfig, found: &mut Problems) {
    let episode = &config.episode;
    if episode.dt_s > episode.duration_s {
        found.add(
            "episode.dt_s",
            format!(
                "{} s is longer than the episode, {} s",
                episode.dt_s, episode.duration_s
            ),
            "use a shorter step or a longer episode",
        );
    }
    if episode.duration_s / episode.dt_s > MAX_STEPS {
        found.add(
            "episode.duration_s",
            format!(
                "{} s in steps of {} s are over 2³¹ − 1 steps",
                episode.duration_s, episode.dt_s
            ),
            "use longer steps or a shorter episode",
        );
    }
}
