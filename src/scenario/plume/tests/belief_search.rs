//! Searches by belief inside plumes.

use super::fixture::{Recorder, Step, config, run};
use crate::config::{self, ConfigError, LayerSources};
use crate::grids::Inputs;
use crate::lanes::SimdLevel;
use crate::scenario::inference::belief::Belief;
use crate::scenario::inference::policy::{Policy, Situation, SpaceAwareInfotaxis};
use crate::scenario::plume::navigator::Surroundings;
use crate::scenario::plume::navigator::belief_search::{
    BeliefModel, GreedySearchConfig, SpaceAwareInfotaxisSearchConfig,
};
use crate::scenario::plume::wind::MeanWind;
use crate::scenario::plume::{PlumeConfig, PlumeNavigation, World};
use crate::scenario::{Problem, Registry, Scenario};
use crate::study::Study;
use std::path::Path;

fn column(config: &PlumeConfig, values: &[Vec<f64>], name: &str) -> Vec<f64> {
    let columns = PlumeNavigation::default().metrics(config);
    values[columns.iter().position(|column| column.name == name).unwrap()].clone()
}

fn problems(text: &str) -> Vec<Problem> {
    super::fixture::errors(PlumeNavigation::default().check(&config(text)))
}

/// Whether an agent stands in the middle of a cell.
fn is_in_the_middle(at: &Step, coordinates: &[u32]) -> bool {
    let [column, row] = coordinates else {
        unreachable!("two dimensions");
    };
    let (x_m, y_m) = (0.5 * f64::from(*column) + 0.25, 0.5 * f64::from(*row) - 7.75);
    (at.x - x_m).abs() < 2e-8 && (at.y - y_m).abs() < 2e-8
}

/// Cell by cell from the recorded way: every turn ends in the middle of the cell that Bayes' rule and the policy, written
/// out for one agent, say; and the columns are those of the same reference.
#[test]
fn agents_follow_their_scalar_reference() {
    let count = 12;
    let config = config(
        r#"{"agents": {"count": 12}, "episode": {"duration_s": 60.0}, "boundary": {"kind": "clip"},
            "sensor": {"kind": "concentration"}, "navigator": {"kind": "space_aware_infotaxis"}}"#,
    );
    assert_eq!(Scenario::check(&PlumeNavigation::default(), &config), []);
    let simd = SimdLevel::detect();
    let mut recorder = Recorder::new(count);
    let values = run(&config, simd, count, &mut recorder).unwrap();
    let kind = config.navigator.as_kind::<SpaceAwareInfotaxisSearchConfig>();
    let search = &kind.expect("the configuration names it").0;
    let inputs = Inputs::default();
    let surroundings = Surroundings {
        domain: &config.episode.domain,
        dt_s: config.episode.dt_s,
        wind: MeanWind {
            speed_m_s: 1.0,
            direction_rad: 0.0,
        },
        sources: &[],
        inputs: &inputs,
    };
    let model = BeliefModel::new(search, surroundings).unwrap();
    let (grid, tables) = (model.grid(), model.tables());
    assert_eq!((grid.sides(), tables.observations()), (&[50, 32][..], 2));
    let cell_of = |step: &Step| grid.cell(&[(step.x / 0.5) as u32, ((step.y + 8.0) / 0.5) as u32]);
    // 1.25 s in steps of 0.02 s; an agent is where it wants to be within a millionth of a step.
    let turn = 63;
    let mut compared = 0;
    for (agent, way) in recorder.ways.iter().enumerate() {
        // Before the first decision an agent only goes to the middle of its cell.
        let mut belief = Belief::uniform_except(grid, cell_of(&way[0]));
        let mut policy = SpaceAwareInfotaxis::default();
        let (mut hits, mut model_hits, mut target) = (0.0, 0.0, None);
        for decision in 1.. {
            // What was sensed in step s was sensed before the move of step s.
            let last = decision * turn - 1;
            if last >= way.len() {
                break;
            }
            let at = &way[last - 1];
            let cell = cell_of(at);
            if let Some(target) = target {
                assert_eq!(cell, target, "agent {agent}, decision {decision}");
            }
            assert!(
                is_in_the_middle(at, grid.coordinates(&cell)),
                "agent {agent}, decision {decision}: {at:?}"
            );
            let threshold = 1e-7;
            let hit = way[last + 1 - turn..=last]
                .iter()
                .any(|step| step.concentration >= threshold);
            hits += f64::from(u8::from(hit));
            model_hits += model.expected_hits(at.x - 2.0, at.y);
            belief.observe(simd, tables, cell, usize::from(hit));
            let situation = Situation {
                simd,
                tables,
                belief: &belief,
                cell,
            };
            target = grid.after(cell, policy.choose(situation));
            compared += 1;
        }
        assert_eq!(column(&config, &values, "belief_hits")[agent], hits);
        assert!((column(&config, &values, "belief_model_hits")[agent] - model_hits).abs() < 1e-9);
        assert_eq!(column(&config, &values, "belief_resets")[agent], 0.0);
        assert_eq!(
            column(&config, &values, "belief_entropy_bits")[agent],
            belief.entropy_bits(simd)
        );
    }
    assert!(compared > 300, "{compared}");
    let found: f64 = column(&config, &values, "success").iter().sum();
    assert!(found > 0.0, "somebody found the source");
}

/// A Gaussian plume of constant height in the wind U is, far from its source, the two-dimensional plume that searchers
/// assume, with λ = 2D/U: κ c = R/ln(λ/a) √(πλ/2x) exp(−y²U/4Dx).
const MATCHED: &str = r#"{"plume": {"kind": "gaussian", "virtual_origin_m": 1e-6,
        "spread": {"kind": "power_law", "crosswind_coefficient": 0.4472135954999579, "crosswind_exponent": 0.5,
                   "vertical_coefficient": 1.0, "vertical_exponent": 0.0}},
    "sensor": {"kind": "concentration"}, "agents": {"count": 60}, "boundary": {"kind": "clip"},
    "episode": {"dt_s": 0.05, "duration_s": 200.0},
    "navigator": {"kind": "KIND", "step_s": 10.0, "hits": {"kind": "counts", "rate_per_signal": RATE},
        "assumed": {"diffusivity_m2_s": 0.1, "lifetime_s": 1e6, "emission_rate_per_s": EMISSION,
                    "background_rate_per_s": 0.0}}}"#;

/// κ for R = 10/s: c = Q G / (2π U σ_y σ_z) with Q = 10⁻⁶ kg/s, σ_z = 1 m, G = 1 + e^(−2) at the source's height of 1 m.
fn matched_rate() -> f64 {
    let ground = 1.0 + (-2.0f64).exp();
    10.0 / (0.2f64 / 0.05).ln() * (0.1 * std::f64::consts::PI).sqrt() * std::f64::consts::TAU * 0.2f64.sqrt()
        / (1e-6 * ground)
}

fn matched(kind: &str, emission: f64) -> PlumeConfig {
    let text = MATCHED
        .replace("KIND", kind)
        .replace("EMISSION", &format!("{emission:?}"));
    config(&text.replace("RATE", &format!("{:?}", matched_rate())))
}

/// The two formulas agree but for terms of the order of λ/8x, and of y²/4x² away from the axis.
#[test]
fn the_matched_plume_is_the_assumed_one() {
    use crate::lanes::F64x8;
    use crate::scenario::plume::navigator::belief_search::AssumedPlume;
    let config = matched("greedy", 10.0);
    let search = &config.navigator.as_kind::<GreedySearchConfig>().unwrap().0;
    let world = World::realise(&config, &super::fixture::unit(1).streams, &Inputs::default()).unwrap();
    let plume = AssumedPlume::new(&search.assumed, world.wind().mean()).unwrap();
    for (x_m, y_m) in [(3.0, 0.0), (6.0, 0.5), (10.0, -1.0), (20.0, 2.0)] {
        let mut concentration = [F64x8::ZERO];
        let (x, y) = ([F64x8::splat(x_m + 2.0)], [F64x8::splat(y_m)]);
        world
            .plume()
            .sample(SimdLevel::detect(), &[0], &x, &y, 1.0, &mut concentration);
        let ratio = matched_rate() * concentration[0].0[0] / plume.rate_per_s(x_m, y_m);
        let bound = 0.2 / (8.0 * x_m) + y_m * y_m / (4.0 * x_m * x_m) + 0.0005;
        assert!((ratio - 1.0).abs() < bound, "({x_m}, {y_m}): {ratio}");
    }
}

/// `belief_hits` over `belief_model_hits` is the true over the assumed emission rate: 1 where the assumed plume is the real
/// one, 1/4 where four times as much is assumed. With more than 4000 hits five standard errors are below 8 %; agents are
/// on their way for a tenth of the time.
#[test]
fn the_ratio_of_hits_is_the_mismatch() {
    for (emission, expected) in [(10.0, 1.0), (40.0, 0.25)] {
        let config = matched("space_aware_infotaxis", emission);
        assert_eq!(Scenario::check(&PlumeNavigation::default(), &config), []);
        let values = run(&config, SimdLevel::detect(), 60, &mut ()).unwrap();
        let sum = |name: &str| column(&config, &values, name).iter().sum::<f64>();
        let (hits, model_hits) = (sum("belief_hits"), sum("belief_model_hits"));
        assert!(hits > 4000.0, "{hits}");
        assert!((hits / model_hits / expected - 1.0).abs() < 0.08, "{hits} {model_hits}");
    }
}

/// All six kinds run in plumes that change, keep their beliefs, and have every column.
#[test]
fn every_kind_searches_in_every_sort_of_plume() {
    for kind in [
        "infotaxis",
        "space_aware_infotaxis",
        "greedy",
        "mean_distance",
        "most_likely_state",
        "voting",
    ] {
        for (plume, hits) in [
            (
                r#"{"kind": "filament", "spin_up_s": 15.0}"#,
                r#"{"kind": "encounters"}"#,
            ),
            (r#"{"kind": "gaussian_isotropic"}"#, r#"{"kind": "counts"}"#),
        ] {
            let config = config(&format!(
                r#"{{"agents": {{"count": 3}}, "episode": {{"dt_s": 0.1, "duration_s": 20.0}}, "plume": {plume},
                    "sensor": {{"kind": "concentration"}}, "navigator": {{"kind": "{kind}", "hits": {hits}}}}}"#
            ));
            assert_eq!(Scenario::check(&PlumeNavigation::default(), &config), [], "{kind}");
            let values = run(&config, SimdLevel::detect(), 3, &mut ()).unwrap();
            let highest = 1600f64.log2();
            for entropy in column(&config, &values, "belief_entropy_bits") {
                assert!((0.0..=highest).contains(&entropy), "{kind}: {entropy}");
            }
            for name in ["belief_hits", "belief_model_hits", "belief_surprise_bits"] {
                assert!(
                    column(&config, &values, name).iter().all(|value| value.is_finite()),
                    "{kind}: {name}"
                );
            }
        }
    }
}

/// The assumed wind can be wrong by a known factor and angle: agents that take the wind for the opposite look for the source
/// downwind.
#[test]
fn a_wrong_wind_leads_astray() {
    let found = |turn_rad: f64| {
        let config = config(&format!(
            r#"{{"agents": {{"count": 24}}, "episode": {{"duration_s": 100.0, "dt_s": 0.05}}, "boundary": {{"kind": "clip"}},
                "navigator": {{"kind": "space_aware_infotaxis",
                               "assumed": {{"wind": {{"kind": "mean", "turn_rad": {turn_rad}}}}}}}}}"#
        ));
        let values = run(&config, SimdLevel::detect(), 24, &mut ()).unwrap();
        column(&config, &values, "success").iter().sum::<f64>()
    };
    let (right, wrong) = (found(0.0), found(std::f64::consts::PI));
    assert!(right >= 20.0 && wrong <= 4.0, "{right} {wrong}");
}

#[test]
fn columns_come_with_beliefs_or_on_demand() {
    let has = |text: &str| {
        let columns = PlumeNavigation::default().metrics(&config(text));
        columns.iter().any(|column| column.name == "belief_hits")
    };
    assert!(!has("{}"));
    assert!(has(r#"{"navigator": {"kind": "voting"}}"#));
    let always = r#"{"episode": {"belief_metrics": "always", "duration_s": 1.0}, "agents": {"count": 2}}"#;
    assert!(has(always));
    let config = config(always);
    let values = run(&config, SimdLevel::detect(), 2, &mut ()).unwrap();
    for name in ["belief_hits", "belief_resets", "belief_entropy_bits"] {
        assert!(
            column(&config, &values, name).iter().all(|value| value.is_nan()),
            "{name}"
        );
    }
    for key in ["navigator.kind", "episode.belief_metrics"] {
        assert!(PlumeNavigation::default().shape_keys().contains(&key));
    }
}

#[test]
fn each_problem_is_blamed_on_its_key() {
    for (navigator, rest, key) in [
        (r#""cell_m": 0.6"#, "", "navigator.cell_m"),
        (r#""cell_m": 9.0"#, "", "navigator.cell_m"),
        (
            r#""cell_m": 0.01, "step_s": 0.5"#,
            r#", "agents": {"count": 1000}"#,
            "navigator.cell_m",
        ),
        (r#""step_s": 0.9"#, "", "navigator.step_s"),
        (r#""step_s": 0.015, "speed_m_s": 0.1"#, "", "navigator.step_s"),
        (
            r#""step_s": 2.0"#,
            r#", "agents": {"speed_max_m_s": 0.2}"#,
            "navigator.step_s",
        ),
        (r#""hit_levels": 1"#, "", "navigator.hit_levels"),
        (r#""hit_levels": 3"#, "", "navigator.hit_levels"),
        (r#""hits": {"kind": "counts"}"#, "", "navigator.kind"),
        (
            r#""assumed": {"searcher_radius_m": 0.2}"#,
            "",
            "navigator.assumed.searcher_radius_m",
        ),
        (
            r#""assumed": {"wind": {"kind": "given", "speed_m_s": 50.0}}"#,
            r#", "wind": {"kind": "gridded"}, "plume": {"kind": "filament"}"#,
            "navigator.assumed.searcher_radius_m",
        ),
        (
            r#""steps_ahead": 4, "hits": {"kind": "encounters"}, "hit_levels": 40"#,
            "",
            "navigator.steps_ahead",
        ),
    ] {
        let found = problems(&format!(
            r#"{{"navigator": {{"kind": "infotaxis", {navigator}}}{rest}}}"#
        ));
        let keys: Vec<&str> = found.iter().map(|problem| problem.key.as_str()).collect();
        assert!(keys.contains(&key), "{navigator}: {found:?}");
        if rest.is_empty() {
            assert!(keys.iter().all(|found| *found == key), "{navigator}: {found:?}");
        }
        for problem in &found {
            assert!(!problem.hint.is_empty() && !problem.message.ends_with('.'));
        }
    }
}

/// A wind that only the unit knows, and that leaves the assumed plume without meaning, fails the unit in words.
#[test]
fn what_only_the_unit_knows_fails_it() {
    let config = config(
        r#"{"wind": {"kind": "time_varying", "time_s": [-10, 0, 10], "speed_m_s": [1, 60, 60], "direction_rad": [0, 0, 0]},
            "navigator": {"kind": "greedy"}, "episode": {"duration_s": 1.0}}"#,
    );
    let failure = run(&config, SimdLevel::detect(), 10, &mut ()).unwrap_err().to_string();
    assert!(
        failure.contains("navigator.assumed") && failure.contains("60 m/s"),
        "{failure}"
    );
}

fn load(file: &Path) -> Result<Study, ConfigError> {
    let sources = LayerSources {
        file: file.to_owned(),
        ..LayerSources::default()
    };
    config::expand(config::load(&sources, &Registry::builtin())?, &Registry::builtin())
}

/// All points of the shipped study are good, and their beliefs have columns.
#[test]
fn the_shipped_study_goes_together() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("conf/studies/belief_searches.toml");
    let study = load(&file).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(study.plan.points, 54);
    assert!(study.metrics.iter().any(|column| column.name == "belief_surprise_bits"));
}

/// A study that compares agents with and without a belief has the same columns at all points, unless it says otherwise.
#[test]
fn comparisons_have_the_columns() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("study.toml");
    let text = "defaults = [\"plume/gaussian\", \"navigator/surge_cast\"]\nstudy.scenario = \"plume\"\n[sweep]\n\
        axes = [{ key = \"navigator\", values = [\"navigator/surge_cast\", \"navigator/infotaxis\"] }]\n";
    for chosen in ["", "[episode]\nbelief_metrics = \"always\"\n"] {
        std::fs::write(&file, format!("{text}{chosen}")).unwrap();
        let study = load(&file).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(study.plan.points, 2);
        assert!(study.metrics.iter().any(|column| column.name == "belief_hits"));
    }
    std::fs::write(&file, format!("{text}[episode]\nbelief_metrics = \"automatic\"\n")).unwrap();
    let message = load(&file).err().unwrap().to_string();
    assert!(
        message.contains("belief_hits") && message.contains("set episode.belief_metrics = \"always\""),
        "{message}"
    );
}
