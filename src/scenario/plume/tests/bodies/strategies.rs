//! Strategies with every kind of body.

use super::super::fixture::{Recorder, config, run};
use crate::lanes::SimdLevel;
use crate::scenario::plume::PlumeNavigation;
use crate::scenario::plume::navigator::CorrelatedRandomWalkConfig;
use crate::scenario::{Scenario, UnitFailure};

const MOTIONS: [&str; 6] = [
    r#"{"kind": "continuous"}"#,
    r#"{"kind": "continuous", "acceleration_max_m_s2": 1.0}"#,
    r#"{"kind": "grid", "directions": 4}"#,
    r#"{"kind": "grid"}"#,
    r#"{"kind": "oriented"}"#,
    r#"{"kind": "run_tumble", "tolerance_rad": 0.5}"#,
];

/// Surge–cast finds the source of the default plume with any body, and far more often than without a nose. Of 200 agents
/// within 60 s it is two thirds with a free body. One that can't steer is worse by far.
#[test]
fn surge_and_cast_finds_the_source_with_any_body() {
    for (motion, least) in MOTIONS.into_iter().zip([0.5, 0.5, 0.5, 0.5, 0.4, 0.1]) {
        let found = |navigator: &str| {
            let config = config(&format!(
                r#"{{"agents": {{"count": 200, "motion": {motion}}}, "navigator": {{"kind": "{navigator}"}},
                     "episode": {{"dt_s": 0.05}}}}"#
            ));
            assert_eq!(Scenario::check(&PlumeNavigation::default(), &config), [], "{motion}");
            let values = run(&config, SimdLevel::detect(), 200, &mut ()).unwrap();
            values[0].iter().sum::<f64>() / 200.0
        };
        let (smelling, blind) = (found("surge_cast"), found("correlated_random_walk"));
        assert!(smelling > least && blind < 0.05, "{motion}: {smelling}, {blind}");
    }
}

/// Faster agents go further, by their factor.
#[test]
fn agents_have_speeds_of_their_own() {
    let config = config(
        r#"{"agents": {"count": 40, "varied": {"speed_factor": {"kind": "uniform", "low": 0.5, "high": 1.5}}},
            "navigator": {"kind": "correlated_random_walk"}, "boundary": {"kind": "wrap"},
            "episode": {"duration_s": 2.0, "end_at_source": false}}"#,
    );
    let mut recorder = Recorder::new(40);
    run(&config, SimdLevel::detect(), 40, &mut recorder).unwrap();
    let speeds: Vec<f64> = (recorder.ways.iter())
        .map(|way| {
            let lengths: Vec<f64> = way.iter().map(|step| step.moved.0.hypot(step.moved.1)).collect();
            assert!(lengths.iter().all(|length| (length - lengths[0]).abs() < 1e-12));
            lengths[0] / 0.02
        })
        .collect();
    assert!(speeds.iter().all(|speed| (0.25..=0.75).contains(speed)));
    let (low, high) = speeds
        .iter()
        .fold((1.0_f64, 0.0_f64), |(l, h), s| (l.min(*s), h.max(*s)));
    assert!(low < 0.35 && high > 0.65, "{low} {high}");
}

/// A command that isn't a number is found by every body, even before it acts on it.
#[test]
fn what_is_not_a_number_is_found_with_any_body() {
    for motion in MOTIONS {
        let mut config = config(&format!(r#"{{"agents": {{"motion": {motion}}}}}"#));
        config.navigator = CorrelatedRandomWalkConfig {
            rotational_diffusivity_rad2_s: f64::NAN,
            ..CorrelatedRandomWalkConfig::default()
        }
        .into();
        let failure = run(&config, SimdLevel::detect(), 10, &mut ()).unwrap_err();
        assert!(
            matches!(&failure, UnitFailure::NotFinite { step: 0, .. }),
            "{motion}: {failure}"
        );
    }
}
