//! Combinations of values that each are allowed but don't go together.

use super::agents::MotionConfig;
use super::boundary::BoundaryConfig;
use super::field::{FieldConfig, PuffBounds, SourcePosition, Vertical, WIND_LOWEST_M_S, check_sources};
use super::navigator::{CorrelatedRandomWalkConfig, NavigatorConfig, SurgeCastConfig};
use super::sensor::SensorConfig;
use super::{PlumeConfig, check_agents, check_crowd, check_gridded, check_search, check_senses, check_walks};
use crate::grids::Inputs;
use crate::lanes::{SIMD_VARIABLE, SimdLevel};
use crate::scenario::Objection;

/// No episode may have more steps: counts are stored in 32 bits.
const STEPS_HIGHEST: f64 = 2_147_483_647.0;
/// The turn-rate limit has to leave this many standard deviations of a random walk's turns alone.
const TURN_DEVIATIONS: f64 = 4.0;
/// Steps of a turbulent plume have to be at most this fraction of its time scale.
const STEP_PER_TIME_SCALE: f64 = 0.5;
/// Sources together release at most this many puffs in a step of the plume, on average.
const PUFFS_PER_STEP_HIGHEST: f64 = 1e6;
/// No unit of a concentration is longer, in bytes.
const UNIT_LONGEST: usize = 40;

/// Everything that is wrong with `config`, and with the files in `inputs` that it names.
pub(super) fn check(config: &PlumeConfig, inputs: &Inputs) -> Vec<Objection> {
    let mut found = match &config.navigator {
        NavigatorConfig::Mixed(mixed) => check_crowd::check_mixed(config, mixed, |alone| check_one(alone, inputs)),
        _ => check_one(config, inputs),
    };
    found.extend(check_crowd::check_discs(config, inputs));
    found
}

/// The same for agents that all have one strategy, but for their discs.
fn check_one(config: &PlumeConfig, inputs: &Inputs) -> Vec<Objection> {
    let mut found = Objections(Vec::new());
    found.domain(config);
    found.source(config, inputs);
    found.puffs(config);
    found.wind(config, inputs);
    found.0.extend(check_agents::check(config, inputs));
    found.time(config);
    found.navigator(config, inputs);
    found.own(config);
    found.0.extend(check_senses::check(config));
    found.0.extend(check_gridded::check(config, inputs));
    found.0.extend(check_search::check(config, inputs));
    if let Err(error) = SimdLevel::chosen() {
        // The place of the message names the variable already.
        let text = error.to_string();
        let text = text.strip_prefix(SIMD_VARIABLE).unwrap_or(&text).trim();
        let (message, hint) = text.split_once(" (hint: ").unwrap_or((text, "unset it)"));
        found.add(SIMD_VARIABLE, message.to_owned(), hint.trim_end_matches(')').to_owned());
    }
    found.0
}

/// Where sources are, or come to on their paths, each with the key to blame if it isn't the first source's position.
fn source_places(plume: &FieldConfig, inputs: &Inputs) -> Vec<(Option<String>, SourcePosition)> {
    let Some(PuffBounds { sources, .. }) = plume.puffs() else {
        let key = |source: usize| match plume {
            FieldConfig::Gridded(gridded) => (!gridded.says_source()).then(|| "plume.file".to_owned()),
            _ => (source > 0).then(|| format!("plume.other_sources[{}]", source - 1)),
        };
        return (plume.sources(inputs).into_iter().enumerate())
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

struct Objections(Vec<Objection>);

impl Objections {
    fn add(&mut self, key: &str, message: String, hint: String) {
        self.0.push(Objection {
            key: key.to_owned(),
            message,
            hint,
        });
    }

    fn domain(&mut self, config: &PlumeConfig) {
        let domain = &config.episode.domain;
        for (axis, low, high) in [
            ("x", domain.x_min_m, domain.x_max_m),
            ("y", domain.y_min_m, domain.y_max_m),
        ] {
            if low >= high {
                self.add(
                    &format!("episode.domain.{axis}_max_m"),
                    format!("{high} m isn't above {axis}_min_m = {low} m"),
                    "give the domain an extent in both directions".to_owned(),
                );
            }
        }
    }

    fn source(&mut self, config: &PlumeConfig, inputs: &Inputs) {
        let domain = &config.episode.domain;
        let has_ground = match &config.plume {
            FieldConfig::Filament(plume) => plume.vertical == Vertical::Reflected,
            FieldConfig::Turbulent(plume) => plume.vertical == Vertical::Reflected,
            _ => false,
        };
        for (key, source) in source_places(&config.plume, inputs) {
            if has_ground && source.z_m < 0.0 {
                self.add(
                    key.as_deref().unwrap_or("plume.source_z_m"),
                    format!(
                        "the source comes to a height of {} m, below the ground at 0 m",
                        source.z_m
                    ),
                    "raise the source or its path, or use plume.vertical = \"free\"".to_owned(),
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
            self.add(
                &key.unwrap_or_else(|| format!("plume.source_{axis}_m")),
                format!(
                    "the source ({}, {}) m is outside the domain {domain}",
                    source.x_m, source.y_m
                ),
                "move the source, or widen episode.domain".to_owned(),
            );
        }
        let extent = domain.width_m().min(domain.height_m());
        if extent > 0.0 && config.episode.source_radius_m >= 0.5 * extent {
            self.add(
                "episode.source_radius_m",
                format!(
                    "{} m is at least half of the domain's smaller extent, {extent} m",
                    config.episode.source_radius_m
                ),
                "agents would find the source wherever they are: use a smaller radius".to_owned(),
            );
        }
    }

    fn puffs(&mut self, config: &PlumeConfig) {
        let sources = match &config.plume {
            FieldConfig::Filament(plume) => {
                self.unit(&plume.concentration_unit);
                check_sources(&plume.source_schedule, &plume.source_path, &plume.other_sources)
            }
            FieldConfig::Turbulent(plume) => {
                self.unit(&plume.concentration_unit);
                if plume.dt_s > STEP_PER_TIME_SCALE * plume.time_scale_s {
                    self.add(
                        "plume.dt_s",
                        format!(
                            "{} s is more than half of time_scale_s = {} s",
                            plume.dt_s, plume.time_scale_s
                        ),
                        "use a shorter step, or plume.kind = \"filament\" with the diffusivity σ² T_L".to_owned(),
                    );
                }
                check_sources(&plume.source_schedule, &plume.source_path, &plume.other_sources)
            }
            FieldConfig::SmallPuff(plume) => {
                if plume.lowest > plume.highest {
                    self.add(
                        "plume.lowest",
                        format!("{} is above plume.highest = {}", plume.lowest, plume.highest),
                        "exchange the two".to_owned(),
                    );
                }
                check_sources(&plume.source_schedule, &plume.source_path, &plume.other_sources)
            }
            FieldConfig::Gaussian(_)
            | FieldConfig::GaussianIsotropic(_)
            | FieldConfig::Gridded(_)
            | FieldConfig::Own(_) => return,
        };
        self.0.extend(sources);
        let Some(puffs) = config.plume.puffs() else { return };
        self.region(config, &puffs);
        if puffs.puffs_at_start > puffs.puffs_max {
            self.add(
                "plume.puffs_at_start",
                format!("{} is above puffs_max = {}", puffs.puffs_at_start, puffs.puffs_max),
                "begin with fewer puffs, or raise puffs_max".to_owned(),
            );
        }
        let released = puffs.puffs_per_step * puffs.sources.relative_rate_highest();
        if released > PUFFS_PER_STEP_HIGHEST {
            self.add(
                puffs.rate_key,
                format!(
                    "all sources together release {released} puffs in a step of plume.dt_s = {} s, more than \
                     {PUFFS_PER_STEP_HIGHEST}",
                    puffs.dt_s
                ),
                "release fewer and larger puffs, or use a shorter step".to_owned(),
            );
        }
        let time_s = puffs.spin_up_s + config.episode.duration_s;
        if time_s / puffs.dt_s > STEPS_HIGHEST {
            self.add(
                "plume.dt_s",
                format!(
                    "{time_s} s of spin-up and episode in steps of {} s are over 2³¹ − 1 steps",
                    puffs.dt_s
                ),
                "use longer steps, or a shorter spin-up or episode".to_owned(),
            );
        }
    }

    fn unit(&mut self, unit: &str) {
        if unit.is_empty() || unit.len() > UNIT_LONGEST || !unit.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
            self.add(
                "plume.concentration_unit",
                format!("{unit:?} isn't 1 to {UNIT_LONGEST} printable ASCII characters"),
                "write it as UDUNITS does: \"kg m-3\"; \"1\" for a number without a unit".to_owned(),
            );
        }
    }

    fn region(&mut self, config: &PlumeConfig, puffs: &PuffBounds) {
        let (region, domain) = (&puffs.region, &config.episode.domain);
        for (axis, low, high) in [
            ("x", region.x_min_m, region.x_max_m),
            ("y", region.y_min_m, region.y_max_m),
        ] {
            if low >= high {
                self.add(
                    &format!("plume.region.{axis}_max_m"),
                    format!("{high} m isn't above {axis}_min_m = {low} m"),
                    "give the region an extent in both directions".to_owned(),
                );
                return;
            }
        }
        if !region.contains(domain.x_min_m, domain.y_min_m) || !region.contains(domain.x_max_m, domain.y_max_m) {
            self.add(
                "plume.region",
                format!("puffs end at the edges of {region}, inside the domain {domain}"),
                "let the region hold all of episode.domain: it costs nothing where no puffs go".to_owned(),
            );
        }
    }

    fn wind(&mut self, config: &PlumeConfig, inputs: &Inputs) {
        self.0.extend(config.wind.problems(inputs));
        let time_s = config.plume.spin_up_s() + config.episode.duration_s;
        if let Some(dt_s) = config.wind.own_step_s()
            && time_s / dt_s > STEPS_HIGHEST
        {
            self.add(
                "wind.dt_s",
                format!(
                    "{time_s} s of the plume's spin-up and the episode in steps of {dt_s} s are over 2³¹ − 1 steps"
                ),
                "use longer steps, or a shorter spin-up or episode".to_owned(),
            );
        }
        let Some(speed) = config.wind.mean_speed(inputs) else {
            return;
        };
        if matches!(config.plume, FieldConfig::Gaussian(_)) && speed.lowest_m_s < WIND_LOWEST_M_S {
            self.add(
                speed.key,
                format!(
                    "{} m/s is below {WIND_LOWEST_M_S} m/s, where an advected Gaussian plume has no meaning",
                    speed.lowest_m_s
                ),
                "use more wind, or plume.kind = \"gaussian_isotropic\"".to_owned(),
            );
        }
        let calm = speed.highest_m_s == 0.0 && !speed.fluctuates;
        if let Some(kind) = config.navigator.needs_wind()
            && calm
        {
            self.add(
                speed.key,
                format!("0 m/s gives {kind} no upwind direction"),
                "use some wind, or another navigator".to_owned(),
            );
        }
    }

    fn time(&mut self, config: &PlumeConfig) {
        let episode = &config.episode;
        if episode.dt_s > episode.duration_s {
            self.add(
                "episode.dt_s",
                format!(
                    "{} s is longer than the episode, {} s",
                    episode.dt_s, episode.duration_s
                ),
                "use a shorter step or a longer episode".to_owned(),
            );
        }
        if episode.duration_s / episode.dt_s > STEPS_HIGHEST {
            self.add(
                "episode.duration_s",
                format!(
                    "{} s in steps of {} s are over 2³¹ − 1 steps",
                    episode.duration_s, episode.dt_s
                ),
                "use longer steps or a shorter episode".to_owned(),
            );
        }
    }

    fn navigator(&mut self, config: &PlumeConfig, inputs: &Inputs) {
        match &config.navigator {
            NavigatorConfig::SurgeCast(surge_cast) => self.surge_cast(config, surge_cast),
            NavigatorConfig::CorrelatedRandomWalk(walk) => self.random_walk(config, walk, inputs),
            NavigatorConfig::RandomWalk(_)
            | NavigatorConfig::LevyWalk(_)
            | NavigatorConfig::Upwind(_)
            | NavigatorConfig::Counterturning(_)
            | NavigatorConfig::WalkingFly(_) => self.0.extend(check_walks::check(config)),
            // Each strategy of a mixed crowd is looked at alone; others are looked at apart.
            _ => {}
        }
    }

    /// What components of the program's own say of themselves.
    fn own(&mut self, config: &PlumeConfig) {
        if let FieldConfig::Own(plume) = &config.plume {
            self.0.extend(plume.problems());
            if plume.sources().is_empty() {
                self.add(
                    "plume.kind",
                    format!("{:?} has no source, so that nobody could find one", plume.kind()),
                    "let OwnPlume::sources give at least one place".to_owned(),
                );
            }
        }
        if let SensorConfig::Own(sensor) = &config.sensor {
            self.0.extend(sensor.problems());
        }
        if let NavigatorConfig::Own(navigator) = &config.navigator {
            self.0.extend(navigator.problems());
        }
        if let BoundaryConfig::Own(boundary) = &config.boundary {
            self.0.extend(boundary.problems());
        }
    }

    /// Turns of a random walk grow as √dt, the limit as dt: a limit that cuts them off makes the walk depend on dt.
    fn random_walk(&mut self, config: &PlumeConfig, walk: &CorrelatedRandomWalkConfig, inputs: &Inputs) {
        if !matches!(config.agents.motion, MotionConfig::Continuous(_)) {
            return;
        }
        let (dt_s, limit_rad_s) = (config.episode.dt_s, config.agents.turn_rate_lowest_rad_s(inputs));
        let turn_sd_rad = (2.0 * walk.rotational_diffusivity_rad2_s * dt_s).sqrt();
        let needed_rad_s = TURN_DEVIATIONS * turn_sd_rad / dt_s;
        if limit_rad_s < needed_rad_s {
            let longer_s = 2.0 * walk.rotational_diffusivity_rad2_s * (TURN_DEVIATIONS / limit_rad_s).powi(2);
            self.add(
                "agents.turn_rate_max_rad_s",
                format!(
                    "{limit_rad_s} rad/s allows turns of {} rad in a step of {dt_s} s and cuts off those of the \
                     random walk, whose standard deviation is {turn_sd_rad} rad",
                    limit_rad_s * dt_s
                ),
                format!("use at least {needed_rad_s} rad/s, or episode.dt_s of at least {longer_s}"),
            );
        }
    }

    fn surge_cast(&mut self, config: &PlumeConfig, surge_cast: &SurgeCastConfig) {
        if surge_cast.cast_leg_s > surge_cast.cast_leg_max_s {
            self.add(
                "navigator.cast_leg_s",
                format!(
                    "{} s is above cast_leg_max_s = {} s",
                    surge_cast.cast_leg_s, surge_cast.cast_leg_max_s
                ),
                "raise cast_leg_max_s".to_owned(),
            );
        }
        if surge_cast.cast_leg_s < config.episode.dt_s {
            self.add(
                "navigator.cast_leg_s",
                format!(
                    "{} s is shorter than a step, {} s",
                    surge_cast.cast_leg_s, config.episode.dt_s
                ),
                "use a shorter episode.dt_s".to_owned(),
            );
        }
    }
}
