//! The compared program: the same model for one agent after another, with the standard library's functions, as one
//! would write it first. Its numbers differ from the scenario's in the last bits.

use plume_nav_sim::random::{StreamSeed, Xoshiro256PlusPlus};
use std::f64::consts::{PI, TAU};

const DT: f64 = 0.02;
const THRESHOLD: f64 = 1e-7;

#[derive(Default)]
struct Totals {
    path: f64,
    closest2: f64,
    sum: f64,
    max: f64,
    inside_steps: u32,
    inside: bool,
    encounters: u32,
    blank_run: u32,
    blank_steps: u32,
    upwind: u32,
    turned: f64,
    hits: u32,
    reached: Option<u64>,
    visited: [u64; 4],
}

struct Step {
    number: u64,
    x: f64,
    y: f64,
    dx: f64,
    dy: f64,
    turn: f64,
    concentration: f64,
    hit: bool,
}

impl Totals {
    #[inline]
    fn add(&mut self, step: &Step) {
        self.hits += u32::from(step.hit);
        self.path += (step.dx * step.dx + step.dy * step.dy).sqrt();
        let distance2 = (step.x - 2.0) * (step.x - 2.0) + step.y * step.y;
        self.closest2 = self.closest2.min(distance2);
        if distance2 <= 0.16 && self.reached.is_none() {
            self.reached = Some(step.number + 1);
        }
        self.sum += step.concentration;
        self.max = self.max.max(step.concentration);
        let inside = step.concentration >= THRESHOLD;
        if inside {
            self.inside_steps += 1;
            if !self.inside {
                self.encounters += 1;
                self.blank_steps += self.blank_run;
            }
            self.blank_run = 0;
        } else if self.encounters > 0 {
            self.blank_run += 1;
        }
        self.inside = inside;
        self.upwind += u32::from(step.dx < 0.0);
        self.turned += step.turn.abs();
        let column = ((step.x / 25.0 * 16.0) as usize).min(15);
        let row = (((step.y + 8.0) / 16.0 * 16.0) as usize).min(15);
        let cell = row * 16 + column;
        self.visited[cell / 64] |= 1 << (cell % 64);
    }

    /// A number that depends on all of them.
    fn check(&self) -> f64 {
        let counts = self.inside_steps + self.encounters + self.blank_steps + self.upwind + self.hits;
        self.path
            + self.closest2
            + self.sum
            + self.max
            + self.turned
            + f64::from(counts)
            + self.reached.map_or(0.0, |step| step as f64)
            + (self.visited.iter())
                .map(|word| f64::from(word.count_ones()))
                .sum::<f64>()
    }
}

fn normal(random: &mut Xoshiro256PlusPlus, spare: &mut Option<f64>) -> f64 {
    if let Some(value) = spare.take() {
        return value;
    }
    let (u, v) = (1.0 - random.uniform(), random.uniform());
    let radius = (-2.0 * u.ln()).sqrt();
    let (sine, cosine) = (TAU * v).sin_cos();
    *spare = Some(radius * sine);
    radius * cosine
}

fn wrap(angle: f64) -> f64 {
    angle - (angle / TAU).round() * TAU
}

fn concentration(x: f64, y: f64) -> f64 {
    let (along, across) = (x - 2.0, y);
    if along <= 0.0 {
        return 0.0;
    }
    let variance_y = 2.0 * 0.05 * along.max(0.05);
    let variance_z = 2.0 * 0.02 * along.max(0.05);
    let lateral = (-0.5 * across * across / variance_y).exp();
    let vertical = 1.0 + (-0.5 * 4.0 / variance_z).exp();
    1e-6 / (TAU * (variance_y * variance_z).sqrt()) * lateral * vertical
}

fn mirror(value: f64, low: f64, high: f64) -> (f64, bool) {
    if value < low {
        (2.0 * low - value, true)
    } else if value > high {
        (2.0 * high - value, true)
    } else {
        (value, false)
    }
}

/// Runs `count` agents and returns a number that depends on all metrics, so that nothing is optimised away.
pub fn simulate(count: u64, steps: u64) -> f64 {
    let (start, sensor, navigator) = (StreamSeed(1), StreamSeed(2), StreamSeed(3));
    let mut check = 0.0;
    for agent in 0..count {
        let mut random = start.generator(agent);
        let mut x = 12.0 + 8.0 * random.uniform();
        let mut y = -4.0 + 8.0 * random.uniform();
        let mut heading = TAU * random.uniform() - PI;
        let (mut noise, mut noise_spare) = (sensor.generator(agent), None);
        let (mut random, mut spare) = (navigator.generator(agent), None);
        let (mut on, mut surging, mut side) = (false, false, 1.0);
        let (mut surge_at, mut cast_at) = (f64::INFINITY, f64::INFINITY);
        let (mut leg, mut leg_left) = (1.0, 1.0);
        let mut totals = Totals {
            closest2: f64::INFINITY,
            ..Totals::default()
        };
        for step in 0..steps {
            let now = step as f64 * DT;
            let c = concentration(x, y);
            let smelt = c + 2e-8 * normal(&mut noise, &mut noise_spare);
            let before = on;
            on = smelt >= if on { 0.6 * THRESHOLD } else { THRESHOLD };
            if on && !before {
                cast_at = f64::INFINITY;
                if !surging {
                    let delay = 0.190 + 0.075 * normal(&mut random, &mut spare);
                    surge_at = f64::min(surge_at, now + delay.max(0.0));
                }
            } else if before && !on {
                let delay = 0.450 + 0.165 * normal(&mut random, &mut spare);
                cast_at = if surge_at.is_finite() { surge_at } else { now } + delay.max(0.0);
                side = if random.uniform() < 0.5 { -1.0 } else { 1.0 };
            }
            if surge_at <= now {
                (surging, surge_at) = (true, f64::INFINITY);
            }
            if cast_at <= now {
                (surging, cast_at, leg, leg_left) = (false, f64::INFINITY, 1.0, 1.0);
            }
            if !surging {
                if leg_left <= 0.0 {
                    leg += 1.0;
                    side = -side;
                    leg_left += f64::min(leg, 30.0);
                }
                leg_left -= DT;
            }
            let wanted = if surging { PI } else { PI + side * PI / 2.0 };
            let turn = wrap(wanted - heading).clamp(-12.0 * DT, 12.0 * DT);
            heading = wrap(heading + turn);
            let (sine, cosine) = heading.sin_cos();
            let (dx, dy) = (0.5 * DT * cosine, 0.5 * DT * sine);
            let (hit_x, hit_y);
            (x, hit_x) = mirror(x + dx, 0.0, 25.0);
            (y, hit_y) = mirror(y + dy, -8.0, 8.0);
            if hit_x {
                heading = wrap(PI - heading);
            }
            if hit_y {
                heading = -heading;
            }
            totals.add(&Step {
                number: step,
                x,
                y,
                dx,
                dy,
                turn,
                concentration: c,
                hit: hit_x || hit_y,
            });
            assert!((x + y + heading + c).is_finite());
        }
        check += totals.check();
    }
    check
}
