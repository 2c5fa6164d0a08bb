//! Walks of legs, straight upwind, and counterturning: against plain scalar references and what is known of them.

use super::fixture::{Recorder, config, drive, run};
use crate::lanes::SimdLevel;
use crate::random::{StreamSeed, Xoshiro256PlusPlus};
use crate::scenario::plume::metrics;
use crate::scenario::plume::navigator::{
    AgentNavigator, AgentView, Counterturning, CounterturningConfig, Course, EachAgent, LevyWalk, LevyWalkConfig,
    Navigator, RandomWalk, RandomWalkConfig,
};
use std::f64::consts::{PI, TAU};

const DT: f64 = 0.02;

fn column(name: &str) -> usize {
    metrics::columns("kg m-3")
        .iter()
        .position(|column| column.name == name)
        .unwrap()
}

/// Every member of a block does as the scalar reference.
fn agree(lanes: impl Fn() -> Box<dyn Navigator>, scalar: impl Fn() -> Box<dyn Navigator>, odour: &[bool]) {
    for member in 0..8 {
        let found = drive(lanes().as_mut(), DT, odour, member);
        let expected = drive(scalar().as_mut(), DT, odour, member);
        for (step, (found, expected)) in found.iter().zip(&expected).enumerate() {
            assert!(
                (found.0 - expected.0).sin().abs() < 1e-9
                    && (found.0 - expected.0).cos() > 0.0
                    && (found.1 - expected.1).abs() < 1e-15,
                "member {member}, step {step}: {found:?}, {expected:?}"
            );
        }
    }
}

struct ScalarRandomWalk {
    leg_left_s: f64,
}

impl AgentNavigator for ScalarRandomWalk {
    fn decide(&mut self, view: AgentView, random: &mut Xoshiro256PlusPlus) -> Course {
        let mut heading_rad = view.heading_rad;
        if self.leg_left_s <= 0.5 * view.dt_s {
            self.leg_left_s += 0.33;
            heading_rad += TAU * (random.uniform() - 0.5);
        }
        self.leg_left_s -= view.dt_s;
        Course {
            heading_rad,
            speed_m_s: 0.4,
        }
    }
}

#[test]
fn the_random_walk_follows_its_scalar_reference() {
    let config = RandomWalkConfig {
        speed_m_s: 0.4,
        leg_s: 0.33,
    };
    agree(
        || Box::new(RandomWalk::new(&config, StreamSeed(6), 1)),
        || {
            Box::new(EachAgent::new(StreamSeed(6), 8, |_| ScalarRandomWalk {
                leg_left_s: 0.33,
            }))
        },
        &[false; 400],
    );
}

/// ⟨R²⟩ = n l² after n legs of length l, and ⟨R⁴⟩ = (2n² − n) l⁴, for 4000 agents. The bound of 4.9 standard errors
/// raises a false alarm with probability 10⁻⁶.
#[test]
fn the_random_walk_spreads_as_pearson_says() {
    let agents = 4000;
    let config = config(&format!(
        r#"{{"navigator": {{"kind": "random_walk", "speed_m_s": 0.5, "leg_s": 0.5}},
            "agents": {{"count": {agents}, "turn_rate_max_rad_s": 1e4, "start": {{"kind": "point"}}}},
            "episode": {{"dt_s": 0.1, "duration_s": 10.0, "end_at_source": false,
                         "domain": {{"x_min_m": -100, "x_max_m": 100, "y_min_m": -100, "y_max_m": 100}}}}}}"#
    ));
    let values = run(&config, SimdLevel::detect(), agents, &mut ()).unwrap();
    let (legs, leg_m) = (20.0f64, 0.25f64);
    let squares = values[column("displacement_m")]
        .iter()
        .map(|displacement| displacement.powi(2));
    let mean = squares.sum::<f64>() / agents as f64 / leg_m.powi(2);
    let error = (legs * legs - legs).sqrt() / (agents as f64).sqrt();
    assert!((mean - legs).abs() < 4.9 * error, "{mean} {legs} ± {error}");
}

struct ScalarLevyWalk {
    leg_left_m: Option<f64>,
}

fn levy_length(config: &LevyWalkConfig, uniform: f64) -> f64 {
    let power = 1.0 - config.exponent;
    let (first, last) = (config.leg_min_m.powf(power), config.leg_max_m.powf(power));
    (first - uniform * (first - last)).powf(1.0 / power)
}

const LEVY: LevyWalkConfig = LevyWalkConfig {
    speed_m_s: 0.5,
    exponent: 2.4,
    leg_min_m: 0.04,
    leg_max_m: 5.0,
};

impl AgentNavigator for ScalarLevyWalk {
    fn decide(&mut self, view: AgentView, random: &mut Xoshiro256PlusPlus) -> Course {
        let mut left_m = (self.leg_left_m).unwrap_or_else(|| levy_length(&LEVY, random.uniform()));
        let mut heading_rad = view.heading_rad;
        let step_m = LEVY.speed_m_s * view.dt_s;
        if left_m <= 0.5 * step_m {
            heading_rad += TAU * (random.uniform() - 0.5);
            left_m += levy_length(&LEVY, random.uniform());
        }
        self.leg_left_m = Some(left_m - step_m);
        Course {
            heading_rad,
            speed_m_s: LEVY.speed_m_s,
        }
    }
}

#[test]
fn the_levy_walk_follows_its_scalar_reference() {
    agree(
        || Box::new(LevyWalk::new(&LEVY, StreamSeed(6), 1)),
        || {
            Box::new(EachAgent::new(StreamSeed(6), 8, |_| ScalarLevyWalk {
                leg_left_m: None,
            }))
        },
        &[false; 2000],
    );
}

/// Lengths of legs between changes of heading, each right to half a step at both ends: the mean, and the shares of long
/// ones, which a step of 0.01 l_min can't move by more than 1 %. The bounds of 4.9 standard errors beyond that raise a
/// false alarm with probability 10⁻⁶ each; the shares' errors are those of a binomial.
#[test]
fn levy_legs_have_the_power_law_of_their_exponent() {
    for exponent in [1.5, 2.0, 3.0] {
        let walk = LevyWalkConfig {
            exponent,
            leg_min_m: 0.5,
            leg_max_m: 50.0,
            ..LEVY
        };
        let step_m = walk.speed_m_s * 0.01;
        let mut lengths = Vec::new();
        for member in 0..8 {
            let steps = vec![false; 150_000];
            let way = drive(&mut LevyWalk::new(&walk, StreamSeed(11), 1), 0.01, &steps, member);
            let turns: Vec<usize> = (1..way.len()).filter(|&i| way[i].0 != way[i - 1].0).collect();
            lengths.extend(turns.windows(2).map(|pair| (pair[1] - pair[0]) as f64 * step_m));
        }
        let n = lengths.len() as f64;
        assert!(n > 200.0, "{n}");
        let power = 1.0 - exponent;
        let integral = |from: f64, to: f64| (from.powf(power) - to.powf(power)) / -power;
        for long_m in [0.7, 1.0, 2.0, 8.0] {
            let expected = integral(long_m, 50.0) / integral(0.5, 50.0);
            let found = lengths.iter().filter(|length| **length >= long_m).count() as f64 / n;
            let error = (expected * (1.0 - expected) / n).sqrt();
            // The last leg of each member is cut off, which makes long ones rarer by their length over the whole way.
            let cut = 8.0 * expected / n;
            assert!(
                (found - expected).abs() < 4.9 * error + 0.01 * exponent * expected + cut,
                "exponent {exponent}, {long_m} m: {found} {expected} ± {error}"
            );
        }
    }
}

/// A body that turns by 0.2 rad in a step takes several for a turn; edges turn agents too. Whatever happens, an agent that
/// has walked straight goes on straight until its leg is over.
#[test]
fn edges_and_slow_bodies_leave_legs_straight() {
    let config = config(
        r#"{"navigator": {"kind": "random_walk", "speed_m_s": 0.5, "leg_s": 6.0}, "boundary": {"kind": "reflect"},
            "agents": {"count": 16, "turn_rate_max_rad_s": 10.0},
            "episode": {"duration_s": 60.0, "end_at_source": false, "domain": {"x_min_m": 0, "x_max_m": 20}}}"#,
    );
    let mut recorder = Recorder::new(16);
    run(&config, SimdLevel::detect(), 16, &mut recorder).unwrap();
    let mut hits = 0;
    for way in &recorder.ways {
        hits += way.iter().filter(|step| step.hit).count();
        for (leg, steps) in way.chunks(300).enumerate() {
            // Half a turn takes 16 steps at most.
            for pair in steps[16..].windows(2) {
                assert!(pair[1].turned.abs() < 1e-9, "leg {leg}: {pair:?}");
                assert!(
                    pair[1].hit || (pair[1].heading - pair[0].heading).abs() < 1e-9,
                    "leg {leg}: {pair:?}"
                );
            }
        }
    }
    assert!(hits > 20, "{hits}");
}

/// Found from the streamline through the source, not from beside it.
#[test]
fn upwind_finds_the_source_from_its_streamline_only() {
    for (y_m, found) in [(0.3, 1.0), (0.5, 0.0), (-0.3, 1.0), (-0.5, 0.0)] {
        let config = config(&format!(
            r#"{{"navigator": {{"kind": "upwind"}}, "boundary": {{"kind": "terminate"}},
                "agents": {{"count": 8, "turn_rate_max_rad_s": 1e4, "start": {{"kind": "point", "y_m": {y_m}}}}}}}"#
        ));
        let values = run(&config, SimdLevel::detect(), 8, &mut ()).unwrap();
        assert_eq!(values[column("success")], [found; 8], "{y_m}");
        assert!(
            values[column("fraction_upwind")]
                .iter()
                .all(|fraction| *fraction > 0.99)
        );
    }
}

/// To where the wind comes from, whatever way they faced: there within one step, or as fast as the body turns.
#[test]
fn upwind_is_where_the_wind_comes_from() {
    for (direction, rate, steps) in [(0.7, 1e4, 2), (-2.0, 1e4, 2), (PI, 10.0, 17)] {
        let config = config(&format!(
            r#"{{"navigator": {{"kind": "upwind"}}, "wind": {{"kind": "constant", "direction_rad": {direction}}},
                "agents": {{"count": 16, "turn_rate_max_rad_s": {rate}, "start": {{"kind": "point"}}}},
                "episode": {{"duration_s": 4.0}}}}"#
        ));
        let mut recorder = Recorder::new(16);
        run(&config, SimdLevel::detect(), 16, &mut recorder).unwrap();
        for way in &recorder.ways {
            for step in &way[steps..] {
                let off = step.heading - direction - PI;
                assert!(off.sin().abs() < 1e-9 && off.cos() > 0.0, "{direction}: {step:?}");
            }
        }
    }
}

/// Counterturning for one agent, written from its description.
struct ScalarCounterturning {
    config: CounterturningConfig,
    side: Option<f64>,
    leg_left_s: f64,
    lost_s: Option<f64>,
}

impl AgentNavigator for ScalarCounterturning {
    fn decide(&mut self, view: AgentView, random: &mut Xoshiro256PlusPlus) -> Course {
        let c = &self.config;
        let mut side = (self.side).unwrap_or_else(|| if random.uniform() < 0.5 { -1.0 } else { 1.0 });
        if view.detected {
            self.lost_s = Some(view.time_s);
            self.leg_left_s = self.leg_left_s.min(c.odour_leg_s);
        }
        let wide = match self.lost_s {
            None => 1.0,
            Some(at_s) => ((view.time_s - at_s - c.hold_s) / c.widening_s).clamp(0.0, 1.0),
        };
        if self.leg_left_s <= 0.5 * view.dt_s {
            side = -side;
            self.leg_left_s += (1.0 - wide) * c.odour_leg_s + wide * c.cast_leg_s;
        }
        self.leg_left_s -= view.dt_s;
        self.side = Some(side);
        let angle = (1.0 - wide) * c.odour_angle_rad + wide * c.cast_angle_rad;
        let faces = (view.heading_rad - view.wind_direction_rad).rem_euclid(TAU) - PI;
        let faces = if PI - faces.abs() < 1e-6 { side * PI } else { faces };
        Course {
            heading_rad: view.heading_rad + (side * angle - faces).clamp(-PI + 1e-9, PI - 1e-9),
            speed_m_s: c.speed_m_s,
        }
    }
}

#[test]
fn counterturning_follows_its_scalar_reference() {
    let config = CounterturningConfig {
        hold_s: 0.513,
        widening_s: 1.007,
        ..CounterturningConfig::default()
    };
    let mut random = StreamSeed(5).generator(0);
    let mut odour = Vec::new();
    for whiff in 0..60 {
        let steps = 1 + (random.uniform() * random.uniform() * 200.0) as usize;
        odour.extend(std::iter::repeat_n(whiff % 2 == 1, steps));
    }
    agree(
        || Box::new(Counterturning::new(&config, StreamSeed(3), 1)),
        || {
            let agent = |_| ScalarCounterturning {
                config: config.clone(),
                side: None,
                leg_left_s: config.cast_leg_s,
                lost_s: None,
            };
            Box::new(EachAgent::new(StreamSeed(3), 8, agent))
        },
        &odour,
    );
}

/// In odour legs of 0.4 s at 60° to upwind; unchanged for 1.5 s after it is lost; across the wind from 4.5 s on.
#[test]
fn counterturning_has_the_published_order_of_events() {
    let odour: Vec<bool> = (0..2000).map(|step| step < 500).collect();
    let config = CounterturningConfig::default();
    for member in 0..8 {
        let way = drive(&mut Counterturning::new(&config, StreamSeed(2), 1), DT, &odour, member);
        // Wind to +x: the angle off upwind.
        let angle = |step: usize| way[step].0.cos().abs().acos();
        assert!((30..574).all(|step| (angle(step) - PI / 3.0).abs() < 1e-9));
        assert!((576..724).all(|step| angle(step + 1) > angle(step)));
        assert!((726..2000).all(|step| (angle(step) - PI / 2.0).abs() < 1e-6));
        let turns: Vec<usize> = (1..2000)
            .filter(|&i| way[i].0.sin() * way[i - 1].0.sin() < 0.0)
            .collect();
        let legs: Vec<usize> = turns.windows(2).map(|pair| pair[1] - pair[0]).collect();
        let in_odour = turns.iter().filter(|step| (30..500).contains(*step)).count();
        assert!((23..=24).contains(&in_odour), "{in_odour}");
        assert!(
            turns.iter().zip(&legs).all(|(begin, leg)| *begin > 574 || *leg == 20),
            "{legs:?}"
        );
        assert!(
            turns.iter().zip(&legs).all(|(begin, leg)| *begin < 726 || *leg == 100),
            "{legs:?}"
        );
    }
}
