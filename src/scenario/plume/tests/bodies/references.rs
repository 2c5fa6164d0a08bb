//! Bodies against plain scalar programs, written from their descriptions.

use super::super::fixture::{config, unit};
use super::Trial;
use crate::grids::Inputs;
use crate::lanes::{lane, set_lane};
use crate::random::{StreamSeed, Xoshiro256PlusPlus};
use crate::scenario::plume::agents::{Commands, Place};
use std::f64::consts::{PI, TAU};

const COUNT: usize = 11;
const DT: f64 = 0.05;
const SPEED_MAX: f64 = 1.5;
const TURN_RATE_MAX: f64 = 4.0;

fn wrapped(angle: f64) -> f64 {
    angle - TAU * (angle / TAU).round()
}

/// One agent: its limits and what its body remembers.
struct Scalar {
    factors: [f64; 4],
    speed: f64,
    progress: f64,
    tumble_left: f64,
    random: Xoshiro256PlusPlus,
}

/// Where it was and points to, and then how it moved and turned.
struct Move {
    moved: (f64, f64),
    turned: f64,
}

impl Scalar {
    fn limited(&self, speed: f64) -> f64 {
        (speed * self.factors[0]).clamp(0.0, SPEED_MAX * self.factors[1])
    }

    fn turn_max(&self) -> f64 {
        TURN_RATE_MAX * self.factors[2] * DT
    }

    /// Adds a part of an action; whether that finishes it.
    fn finishes(&mut self, share: f64) -> bool {
        self.progress += share.min(1.0);
        let done = self.progress > 1.0 - 1e-9;
        if done {
            self.progress = (self.progress - 1.0).max(0.0);
        }
        done
    }
}

fn ahead(heading: f64, length: f64, turned: f64) -> Move {
    Move {
        moved: (length * heading.cos(), length * heading.sin()),
        turned,
    }
}

fn continuous(body: &mut Scalar, from: Place, (course, speed): (f64, f64)) -> Move {
    let turned = wrapped(course - from.heading_rad).clamp(-body.turn_max(), body.turn_max());
    ahead(from.heading_rad + turned, body.limited(speed) * DT, turned)
}

/// With at most 3 m/s².
fn accelerated(body: &mut Scalar, from: Place, (course, speed): (f64, f64)) -> Move {
    let turned = wrapped(course - from.heading_rad).clamp(-body.turn_max(), body.turn_max());
    let change = 3.0 * body.factors[3] * DT;
    body.speed += (body.limited(speed) - body.speed).clamp(-change, change);
    ahead(from.heading_rad + turned, body.speed * DT, turned)
}

/// Cells of 0.5 m in the default domain, whose corner is (0, −8).
fn grid(directions: f64) -> impl Fn(&mut Scalar, Place, (f64, f64)) -> Move {
    move |body, from, (course, speed)| {
        let direction = (wrapped(course) * directions / TAU).round() * TAU / directions;
        let cells = (direction.cos().round(), direction.sin().round());
        let length = 0.5 * cells.0.hypot(cells.1);
        if !body.finishes(body.limited(speed) * DT / length) {
            return ahead(0.0, 0.0, 0.0);
        }
        let centre = |place: f64, corner: f64, last: f64, cells: f64| {
            corner + (((place - corner) / 0.5).floor().clamp(0.0, last) + 0.5 + cells) * 0.5
        };
        Move {
            moved: (
                centre(from.x_m, 0.0, 49.0, cells.0) - from.x_m,
                centre(from.y_m, -8.0, 31.0, cells.1) - from.y_m,
            ),
            turned: wrapped(direction - from.heading_rad),
        }
    }
}

/// Steps of 0.2 m, turns of 0.5 rad.
fn oriented(body: &mut Scalar, from: Place, (course, speed): (f64, f64)) -> Move {
    let off = wrapped(course - from.heading_rad);
    if off.abs() > 0.25 {
        let share = body.turn_max() / 0.5;
        let turned = if body.finishes(share) { 0.5 * off.signum() } else { 0.0 };
        return ahead(0.0, 0.0, turned);
    }
    let share = body.limited(speed) * DT / 0.2;
    let length = if body.finishes(share) { 0.2 } else { 0.0 };
    ahead(from.heading_rad, length, 0.0)
}

/// Tolerance 0.9 rad, 0.7 tumbles per second, of 0.2 s and 1.2 ± 0.4 rad.
fn run_tumble(body: &mut Scalar, from: Place, (course, speed): (f64, f64)) -> Move {
    let no_reason = body.random.uniform() < 1.0 - (-0.7 * DT).exp();
    if body.tumble_left == 0.0 && (no_reason || wrapped(course - from.heading_rad).abs() > 0.9) {
        body.tumble_left = -0.2 * (1.0 - body.random.uniform()).ln();
    }
    if body.tumble_left == 0.0 {
        return ahead(from.heading_rad, body.limited(speed) * DT, 0.0);
    }
    body.tumble_left -= DT;
    if body.tumble_left >= 0.5 * DT {
        return ahead(0.0, 0.0, 0.0);
    }
    body.tumble_left = 0.0;
    let (u, v) = (1.0 - body.random.uniform(), body.random.uniform());
    let radius = (-2.0 * u.ln()).sqrt();
    let (size, side) = (radius * (TAU * v).cos(), radius * (TAU * v).sin());
    ahead(0.0, 0.0, wrapped((1.2 + 0.4 * size) * side.signum()))
}

/// Random commands that hold for a while, some of them backwards, too fast, or several turns round.
fn commands(random: &mut Xoshiro256PlusPlus, commands: &mut Commands) {
    for agent in 0..COUNT {
        if random.uniform() < 0.1 {
            set_lane(&mut commands.heading_rad, agent, 40.0 * random.uniform() - 20.0);
            set_lane(&mut commands.speed_m_s, agent, 3.0 * random.uniform() - 0.5);
        }
    }
}

/// Compares a kernel with its scalar program, step by step from the kernel's state, with factors if there are any.
fn compare(motion: &str, factors: bool, body: impl Fn(&mut Scalar, Place, (f64, f64)) -> Move) {
    let folder = tempfile::tempdir().unwrap();
    let mut random = StreamSeed(31).generator(0);
    let mut table = "x_m,y_m,speed_factor,speed_max_factor,turn_rate_max_factor,acceleration_max_factor\n".to_owned();
    let mut scalars = Vec::new();
    for agent in 0..COUNT as u64 {
        let drawn = [(); 4].map(|()| if factors { 0.5 + random.uniform() } else { 1.0 });
        table += &format!("5,0,{:?},{:?},{:?},{:?}\n", drawn[0], drawn[1], drawn[2], drawn[3]);
        scalars.push(Scalar {
            factors: drawn,
            speed: 0.0,
            progress: 0.0,
            tumble_left: 0.0,
            random: unit(1).streams.seed("motion").generator(agent),
        });
    }
    std::fs::write(folder.path().join("agents.csv"), table).unwrap();
    let start = if factors {
        r#"{"kind": "file", "file": "agents.csv"}"#
    } else {
        r#"{"kind": "point"}"#
    };
    let config = config(&format!(
        r#"{{"agents": {{"count": {COUNT}, "speed_max_m_s": {SPEED_MAX}, "turn_rate_max_rad_s": {TURN_RATE_MAX},
             "motion": {motion}, "start": {start}}}, "episode": {{"dt_s": {DT}}}}}"#
    ));
    let places: Vec<Place> = (0..COUNT)
        .map(|_| Place {
            x_m: 25.0 * random.uniform(),
            y_m: 16.0 * random.uniform() - 8.0,
            heading_rad: TAU * random.uniform() - PI,
        })
        .collect();
    let mut trial = Trial::new(&config, &Inputs::in_folder(folder.path()), &places);
    let mut wanted = Commands::new(2);
    let (mut moves, mut turns) = (0, 0);
    for step in 0..600 {
        commands(&mut random, &mut wanted);
        let place = |trial: &Trial, agent| Place {
            x_m: lane(&trial.agents.x_m, agent),
            y_m: lane(&trial.agents.y_m, agent),
            heading_rad: lane(&trial.agents.heading_rad, agent),
        };
        let before: Vec<Place> = (0..COUNT).map(|agent| place(&trial, agent)).collect();
        trial.act(&wanted);
        for (agent, scalar) in scalars.iter_mut().enumerate() {
            let command = (lane(&wanted.heading_rad, agent), lane(&wanted.speed_m_s, agent));
            let expected = body(scalar, before[agent], command);
            let found = place(&trial, agent);
            let near = |a: f64, b: f64| (a - b).abs() < 1e-11;
            let told = (
                lane(&trial.agents.moved_x_m, agent),
                lane(&trial.agents.moved_y_m, agent),
            );
            let turned = lane(&trial.agents.turned_rad, agent);
            assert!(
                near(found.x_m, before[agent].x_m + expected.moved.0)
                    && near(found.y_m, before[agent].y_m + expected.moved.1)
                    && near(told.0, expected.moved.0)
                    && near(told.1, expected.moved.1)
                    && near(wrapped(turned - expected.turned), 0.0)
                    && near(
                        wrapped(found.heading_rad - before[agent].heading_rad - expected.turned),
                        0.0
                    ),
                "{motion}, step {step}, agent {agent}: {found:?} from {:?}, {:?}, {}",
                before[agent],
                expected.moved,
                expected.turned
            );
            moves += u32::from(expected.moved != (0.0, 0.0));
            turns += u32::from(expected.turned != 0.0);
        }
        trial.confine();
    }
    assert!(moves > 100 && turns > 50, "{motion}: {moves} moves, {turns} turns");
}

#[test]
fn bodies_follow_their_scalar_references() {
    for factors in [false, true] {
        compare(r#"{"kind": "continuous"}"#, factors, continuous);
        compare(
            r#"{"kind": "continuous", "acceleration_max_m_s2": 3.0}"#,
            factors,
            accelerated,
        );
        compare(r#"{"kind": "grid", "directions": 4}"#, factors, grid(4.0));
        compare(r#"{"kind": "grid", "directions": 8}"#, factors, grid(8.0));
        compare(
            r#"{"kind": "oriented", "step_m": 0.2, "turn_rad": 0.5}"#,
            factors,
            oriented,
        );
        compare(
            r#"{"kind": "run_tumble", "tolerance_rad": 0.9, "spontaneous_rate_per_s": 0.7, "tumble_mean_s": 0.2,
                "turn_mean_rad": 1.2, "turn_sd_rad": 0.4}"#,
            factors,
            run_tumble,
        );
    }
}
