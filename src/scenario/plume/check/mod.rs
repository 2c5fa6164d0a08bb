//! Combinations of values that each are allowed but don't go together: what crosses components. What one component can
//! tell of itself is with it, in its `problems`.

mod agents;
mod crowd;
mod gridded;
mod senses;

use super::PlumeConfig;
use super::component::Context;
use super::field::{FieldConfig, PuffBounds, SourcePosition, Vertical, WIND_LOWEST_M_S, check_sources};
use super::navigator::MixedConfig;
use super::sensor::SensorConfig;
use crate::grids::Inputs;
use crate::scenario::Problems;

/// No episode may have more steps: counts are stored in 32 bits.
const MAX_STEPS: f64 = 2_147_483_647.0;
/// Steps of a turbulent plume have to be at most this fraction of its time scale.
const STEP_PER_TIME_SCALE: f64 = 0.5;
/// Sources together release at most this many puffs in a step of the plume, on average.
const MAX_PUFFS_PER_STEP: f64 = 1e6;
/// No unit of a concentration is longer, in bytes.
const MAX_UNIT_BYTES: usize = 40;

/// Everything that is wrong with `config`, and with the files in `inputs` that it names.
pub(super) fn check(config: &PlumeConfig, inputs: &Inputs) -> Problems {
    let mut found = match config.navigator.as_kind::<MixedConfig>() {
        Some(mixed) => crowd::check_mixed(config, mixed, |alone| check_one(alone, inputs)),
        None => check_one(config, inputs),
    };
    found.extend(crowd::check_discs(config, inputs));
    found
}

/// The same for agents that all have one strategy, but for their discs.
fn check_one(config: &PlumeConfig, inputs: &Inputs) -> Problems {
    let context = Context::new(config, inputs);
    let mut found = Problems::default();
    domain(config, &mut found);
    source(config, &mut found);
    puffs(config, &mut found);
    wind(config, inputs, &mut found);
    found.extend(config.boundary.problems(context));
    found.extend(agents::check(config, inputs));
    time(config, &mut found);
    found.extend(config.navigator.problems(context));
    own(config, &mut found);
    found.extend(senses::check(config));
    found.extend(gridded::check(config, inputs));
    found.check_instructions();
    found
}

/// Where sources are, or come to on their paths, each with the key to blame if it isn't the first source's position.
fn source_places(plume: &FieldConfig) -> Vec<(Option<String>, SourcePosition)> {
    let Some(PuffBounds { sources, .. }) = plume.puffs() else {
        let key = |source: usize| (source > 0).then(|| format!("plume.other_sources[{}]", source - 1));
        return (plume.sources().into_iter().enumerate())
            .map(|(source, place)| (key(source), place))
            .collect();
    };
    (0..sources.count())
        .flat_map(|source| {
            let places = sources.places(source);
            let moves = places.len() > 1;
            places.into_iter().map(move |place| {
                let key = match source {
                    0 => moves.then(|| "plume.source_path".to_owned()),
                    other => Some(format!("plume.other_sources[{}]", other - 1)),
                };
                (key, place)
            })
        })
        .collect()
}

fn domain(config: &PlumeConfig, found: &mut Problems) {
    let domain = &config.episode.domain;
    for (axis, low, high) in [
        ("x", domain.x_min_m, domain.x_max_m),
        ("y", domain.y_min_m, domain.y_max_m),
    ] {
        if low >= high {
            found.add(
                &format!("episode.domain.{axis}_max_m"),
                format!("{high} m isn't above {axis}_min_m = {low} m"),
                "give the domain an extent in both directions",
            );
        }
    }
}

fn source(config: &PlumeConfig, found: &mut Problems) {
    let domain = &config.episode.domain;
    let has_ground = match &config.plume {
        FieldConfig::Filament(plume) => plume.vertical == Vertical::Reflected,
        FieldConfig::Turbulent(plume) => plume.vertical == Vertical::Reflected,
        _ => false,
    };
    for (key, source) in source_places(&config.plume) {
        if has_ground && source.z_m < 0.0 {
            found.add(
                key.as_deref().unwrap_or("plume.source_z_m"),
                format!(
                    "the source comes to a height of {} m, below the ground at 0 m",
                    source.z_m
                ),
                "raise the source or its path, or use plume.vertical = \"free\"",
            );
        }
        if domain.contains(source.x_m, source.y_m) {
            continue;
        }
        let axis = if (domain.x_min_m..=domain.x_max_m).contains(&source.x_m) {
            "y"
        } else {
            "x"
        };
        found.add(
            &key.unwrap_or_else(|| format!("plume.source_{axis}_m")),
            format!(
                "the source ({}, {}) m is outside the domain {domain}",
                source.x_m, source.y_m
            ),
            "move the source, or widen episode.domain",
        );
    }
    let extent = domain.width_m().min(domain.height_m());
    if extent > 0.0 && config.episode.source_radius_m >= 0.5 * extent {
        found.add(
            "episode.source_radius_m",
            format!(
                "{} m is at least half of the domain's smaller extent, {extent} m",
                config.episode.source_radius_m
            ),
            "agents would find the source wherever they are: use a smaller radius",
        );
    }
}

fn puffs(config: &PlumeConfig, found: &mut Problems) {
    let sources = match &config.plume {
        FieldConfig::Filament(plume) => {
            unit(&plume.concentration_unit, found);
            check_sources(&plume.source_schedule, &plume.source_path, &plume.other_sources)
        }
        FieldConfig::Turbulent(plume) => {
            unit(&plume.concentration_unit, found);
            if plume.dt_s > STEP_PER_TIME_SCALE * plume.time_scale_s {
                found.add(
                    "plume.dt_s",
                    format!(
                        "{} s is more than half of time_scale_s = {} s",
                        plume.dt_s, plume.time_scale_s
                    ),
                    "use a shorter step, or plume.kind = \"filament\" with the diffusivity σ² T_L",
                );
            }
            check_sources(&plume.source_schedule, &plume.source_path, &plume.other_sources)
        }
        FieldConfig::SmallPuff(plume) => {
            if plume.lowest > plume.highest {
                found.add(
                    "plume.lowest",
                    format!("{} is above plume.highest = {}", plume.lowest, plume.highest),
                    "exchange the two",
                );
            }
            check_sources(&plume.source_schedule, &plume.source_path, &plume.other_sources)
        }
        FieldConfig::Gaussian(_)
        | FieldConfig::GaussianIsotropic(_)
        | FieldConfig::Gridded(_)
        | FieldConfig::Own(_) => return,
    };
    found.extend(sources);
    let Some(puffs) = config.plume.puffs() else { return };
    region(config, &puffs, found);
    if puffs.puffs_at_start > puffs.puffs_max {
        found.add(
            "plume.puffs_at_start",
            format!("{} is above puffs_max = {}", puffs.puffs_at_start, puffs.puffs_max),
            "begin with fewer puffs, or raise puffs_max",
        );
    }
    let released = puffs.puffs_per_step * puffs.sources.relative_rate_highest();
    if released > MAX_PUFFS_PER_STEP {
        found.add(
            puffs.rate_key,
            format!(
                "all sources together release {released} puffs in a step of plume.dt_s = {} s, more than \
                 {MAX_PUFFS_PER_STEP}",
                puffs.dt_s
            ),
            "release fewer and larger puffs, or use a shorter step",
        );
    }
    let time_s = puffs.spin_up_s + config.episode.duration_s;
    if time_s / puffs.dt_s > MAX_STEPS {
        found.add(
            "plume.dt_s",
            format!(
                "{time_s} s of spin-up and episode in steps of {} s are over 2³¹ − 1 steps",
                puffs.dt_s
            ),
            "use longer steps, or a shorter spin-up or episode",
        );
    }
}

fn unit(unit: &str, found: &mut Problems) {
    if unit.is_empty() || unit.len() > MAX_UNIT_BYTES || !unit.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        found.add(
            "plume.concentration_unit",
            format!("{unit:?} isn't 1 to {MAX_UNIT_BYTES} printable ASCII characters"),
            "write it as UDUNITS does: \"kg m-3\"; \"1\" for a number without a unit",
        );
    }
}

fn region(config: &PlumeConfig, puffs: &PuffBounds, found: &mut Problems) {
    let (region, domain) = (&puffs.region, &config.episode.domain);
    for (axis, low, high) in [
        ("x", region.x_min_m, region.x_max_m),
        ("y", region.y_min_m, region.y_max_m),
    ] {
        if low >= high {
            found.add(
                &format!("plume.region.{axis}_max_m"),
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

fn wind(config: &PlumeConfig, inputs: &Inputs, found: &mut Problems) {
    found.extend(config.wind.problems(inputs));
    let time_s = config.plume.spin_up_s() + config.episode.duration_s;
    if let Some(dt_s) = config.wind.own_step_s()
        && time_s / dt_s > MAX_STEPS
    {
        found.add(
            "wind.dt_s",
            format!("{time_s} s of the plume's spin-up and the episode in steps of {dt_s} s are over 2³¹ − 1 steps"),
            "use longer steps, or a shorter spin-up or episode",
        );
    }
    let Some(speed) = config.wind.mean_speed(inputs) else {
        return;
    };
    if matches!(config.plume, FieldConfig::Gaussian(_)) && speed.lowest_m_s < WIND_LOWEST_M_S {
        found.add(
            speed.key,
            format!(
                "{} m/s is below {WIND_LOWEST_M_S} m/s, where an advected Gaussian plume has no meaning",
                speed.lowest_m_s
            ),
            "use more wind, or plume.kind = \"gaussian_isotropic\"",
        );
    }
    let calm = speed.highest_m_s == 0.0 && !speed.fluctuates;
    if config.navigator.requires_wind() && calm {
        let kind = config.navigator.kind();
        found.add(
            speed.key,
            format!("0 m/s gives {kind} no upwind direction"),
            "use some wind, or another navigator",
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

/// What components of the program's own say of themselves.
fn own(config: &PlumeConfig, found: &mut Problems) {
    if let FieldConfig::Own(plume) = &config.plume {
        found.extend(plume.problems());
        if plume.sources().is_empty() {
            found.add(
                "plume.kind",
                format!("{:?} has no source, so that nobody could find one", plume.kind()),
                "let OwnPlume::sources give at least one place",
            );
        }
    }
    if let SensorConfig::Own(sensor) = &config.sensor {
        found.extend(sensor.problems());
    }
}
