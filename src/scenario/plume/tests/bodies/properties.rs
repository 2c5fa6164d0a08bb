//! Every body with every policy at the edges: agents stay inside, and within their limits.

use super::super::fixture::config;
use super::Trial;
use crate::grids::Inputs;
use crate::lanes::{lane, set_lane};
use crate::random::StreamSeed;
use crate::scenario::plume::PlumeConfig;
use crate::scenario::plume::agents::{Commands, Place};
use proptest::prelude::*;
use std::f64::consts::{PI, SQRT_2, TAU};

const COUNT: usize = 10;
/// Ends of the distribution of every factor.
const FACTORS: (f64, f64) = (0.5, 1.5);

/// Limits of a body, and its grid, step or turn.
#[derive(Clone, Debug)]
struct Case {
    kind: &'static str,
    boundary: &'static str,
    dt: f64,
    speed_max: f64,
    turn_rate_max: f64,
    acceleration_max: f64,
    length: f64,
    angle: f64,
    /// Cells of the domain along x and y.
    cells: (u32, u32),
    varied: bool,
    seed: u64,
}

const KINDS: [&str; 6] = [
    "continuous",
    "accelerated",
    "grid_4",
    "grid_8",
    "oriented",
    "run_tumble",
];
const POLICIES: [&str; 7] = [
    r#"{"kind": "terminate"}"#,
    r#"{"kind": "clip"}"#,
    r#"{"kind": "reflect"}"#,
    r#"{"kind": "wrap"}"#,
    r#"{"kind": "per_edge", "west": "reflect", "east": "terminate", "south": "clip", "north": "reflect"}"#,
    r#"{"kind": "per_edge", "west": "wrap", "east": "wrap", "south": "terminate", "north": "clip"}"#,
    r#"{"kind": "per_edge", "west": "clip", "east": "clip", "south": "wrap", "north": "wrap"}"#,
];

impl Case {
    fn config(&self) -> PlumeConfig {
        let Self {
            dt,
            length,
            angle,
            boundary,
            ..
        } = self;
        let motion = match self.kind {
            "continuous" => r#"{"kind": "continuous"}"#.to_owned(),
            "accelerated" => format!(
                r#"{{"kind": "continuous", "acceleration_max_m_s2": {}}}"#,
                self.acceleration_max
            ),
            "grid_4" => format!(r#"{{"kind": "grid", "cell_m": {length}, "directions": 4}}"#),
            "grid_8" => format!(r#"{{"kind": "grid", "cell_m": {length}, "directions": 8}}"#),
            "oriented" => format!(r#"{{"kind": "oriented", "step_m": {length}, "turn_rad": {angle}}}"#),
            _ => format!(r#"{{"kind": "run_tumble", "tolerance_rad": {angle}, "spontaneous_rate_per_s": 0.5}}"#),
        };
        let factor = match self.varied {
            true => format!(r#"{{"kind": "uniform", "low": {}, "high": {}}}"#, FACTORS.0, FACTORS.1),
            false => r#"{"kind": "same"}"#.to_owned(),
        };
        let (x_max, y_max) = (f64::from(self.cells.0) * length, f64::from(self.cells.1) * length - 3.0);
        config(&format!(
            r#"{{"boundary": {boundary}, "agents": {{"count": {COUNT}, "speed_max_m_s": {},
                 "turn_rate_max_rad_s": {}, "motion": {motion}, "varied": {{"speed_factor": {factor},
                 "speed_max_factor": {factor}, "turn_rate_max_factor": {factor}, "acceleration_max_factor": {factor}}}}},
                "episode": {{"dt_s": {dt}, "domain": {{"x_min_m": 0, "x_max_m": {x_max}, "y_min_m": -3.0,
                 "y_max_m": {y_max}}}}}}}"#,
            self.speed_max, self.turn_rate_max
        ))
    }
}

fn cases() -> impl Strategy<Value = Case> {
    (
        (0..KINDS.len(), 0..POLICIES.len(), any::<bool>(), any::<u64>()),
        (0.005..0.2, 0.1..3.0, 0.5..40.0, 0.1..20.0),
        (0.1..0.5, 0.2..PI, 5..40_u32, 5..40_u32),
    )
        .prop_map(
            |(
                (kind, policy, varied, seed),
                (dt, speed_max, turn_rate_max, acceleration_max),
                (length, angle, nx, ny),
            )| Case {
                kind: KINDS[kind],
                boundary: POLICIES[policy],
                dt,
                speed_max,
                turn_rate_max,
                acceleration_max,
                length,
                angle,
                cells: (nx, ny),
                varied,
                seed,
            },
        )
}

/// What an agent did before the edges had their say.
#[derive(Clone, Copy)]
struct Deed {
    way: f64,
    turned: f64,
}

/// Checks one step of one agent; `before` is its step before.
fn check_deed(case: &Case, deed: Deed, before: Deed, heading: f64) {
    let high = if case.varied { FACTORS.1 } else { 1.0 };
    let near = |a: f64, b: f64| (a - b).abs() < 1e-9;
    let longest = case.speed_max * high * case.dt * (1.0 + 1e-12);
    let turn = case.turn_rate_max * high * case.dt * (1.0 + 1e-12);
    match case.kind {
        "continuous" => assert!(deed.way <= longest && deed.turned.abs() <= turn),
        "accelerated" => {
            let change = case.acceleration_max * high * case.dt * case.dt;
            assert!(deed.way <= longest && deed.turned.abs() <= turn);
            assert!((deed.way - before.way).abs() <= change * (1.0 + 1e-9) + 1e-12);
        }
        "grid_4" | "grid_8" => {
            // From a centre, or from an edge where an agent was stopped, to a centre beside it.
            assert!(deed.way <= 1.5 * SQRT_2 * case.length * (1.0 + 1e-9));
            let sector = if case.kind == "grid_4" { PI / 2.0 } else { PI / 4.0 };
            assert!(near(heading / sector, (heading / sector).round()), "{heading}");
        }
        "oriented" => {
            assert!(near(deed.way, 0.0) || near(deed.way, case.length));
            assert!(deed.turned == 0.0 || near(deed.turned.abs(), case.angle));
            assert!(deed.way < 1e-12 || deed.turned == 0.0, "one action at a time");
        }
        _ => {
            assert!(deed.way <= longest);
            assert!(
                deed.way < 1e-12 || deed.turned == 0.0,
                "an agent in a tumble stands still"
            );
        }
    }
}

/// Most actions in a step.
fn share(case: &Case) -> f64 {
    let high = if case.varied { FACTORS.1 } else { 1.0 };
    let forward = (case.speed_max * high * case.dt / case.length).min(1.0);
    let turn = (case.turn_rate_max * high * case.dt / case.angle).min(1.0);
    if case.kind == "oriented" {
        forward.max(turn)
    } else {
        forward
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn agents_keep_to_the_domain_and_to_their_limits(case in cases()) {
        let config = case.config();
        let domain = &config.episode.domain;
        let mut random = StreamSeed(case.seed).generator(0);
        let places: Vec<Place> = (0..COUNT).map(|_| Place {
            x_m: domain.x_min_m + domain.width_m() * random.uniform(),
            y_m: domain.y_min_m + domain.height_m() * random.uniform(),
            heading_rad: TAU * random.uniform() - PI,
        }).collect();
        let mut trial = Trial::new(&config, &Inputs::default(), &places);
        let mut commands = Commands::new(trial.agents.x_m.len());
        let mut before = [Deed { way: 0.0, turned: 0.0 }; COUNT];
        let mut actions = [0.0; COUNT];
        let steps = 150;
        for _ in 0..steps {
            for agent in 0..COUNT {
                if random.uniform() < 0.2 {
                    set_lane(&mut commands.heading_rad, agent, 30.0 * random.uniform() - 15.0);
                    set_lane(&mut commands.speed_m_s, agent, 5.0 * random.uniform() - 1.0);
                }
            }
            let was_active: Vec<f64> = (0..COUNT).map(|agent| lane(&trial.agents.active, agent)).collect();
            let was_at: Vec<f64> = (0..COUNT).map(|agent| lane(&trial.agents.x_m, agent)).collect();
            trial.act(&commands);
            for agent in 0..COUNT {
                let agents = &trial.agents;
                let moved = (lane(&agents.moved_x_m, agent), lane(&agents.moved_y_m, agent));
                let deed = Deed {
                    way: (moved.0 * moved.0 + moved.1 * moved.1).sqrt(),
                    turned: lane(&agents.turned_rad, agent),
                };
                if was_active[agent] == 0.0 {
                    prop_assert_eq!((deed.way, deed.turned), (0.0, 0.0));
                    prop_assert_eq!(lane(&agents.x_m, agent), was_at[agent]);
                    continue;
                }
                check_deed(&case, deed, before[agent], lane(&agents.heading_rad, agent));
                actions[agent] += f64::from(u8::from(deed.way > 1e-12 || deed.turned != 0.0));
                before[agent] = deed;
            }
            trial.confine();
            for agent in 0..COUNT {
                let (x, y) = (lane(&trial.agents.x_m, agent), lane(&trial.agents.y_m, agent));
                prop_assert!(domain.contains(x, y), "({x}, {y}) outside {domain}");
                prop_assert!(lane(&trial.agents.heading_rad, agent).abs() <= PI);
                prop_assert!(trial.agents.course().iter().all(|course| course.0.iter().all(|angle| angle.abs() <= PI)));
            }
        }
        if ["grid_4", "grid_8", "oriented"].contains(&case.kind) {
            let most = f64::from(steps) * share(&case) * (1.0 + 1e-9) + 1.0 + 1e-6;
            prop_assert!(actions.iter().all(|count| *count <= most), "{actions:?}, {most}");
        }
    }
}
