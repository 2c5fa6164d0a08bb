//! Navigators against plain scalar references.

use super::fixture::drive;
use crate::random::{StreamSeed, Xoshiro256PlusPlus};
use crate::scenario::plume::navigator::{
    AgentNavigator, AgentView, CorrelatedRandomWalk, CorrelatedRandomWalkConfig, Course, EachAgent, SurgeCast,
    SurgeCastConfig,
};
use std::f64::consts::PI;

const DT: f64 = 0.02;

fn normal_pair(random: &mut Xoshiro256PlusPlus) -> (f64, f64) {
    let (u, v) = (1.0 - random.uniform(), random.uniform());
    let (sine, cosine) = (std::f64::consts::TAU * v).sin_cos();
    let radius = (-2.0 * u.ln()).sqrt();
    (radius * cosine, radius * sine)
}

/// Surge–cast for one agent, written from its description.
struct ScalarSurgeCast {
    config: SurgeCastConfig,
    surging: bool,
    smelt: bool,
    surge_at_s: Option<f64>,
    cast_at_s: Option<f64>,
    side: Option<f64>,
    next_side: f64,
    leg: f64,
    leg_left_s: f64,
}

impl ScalarSurgeCast {
    fn new(config: &SurgeCastConfig) -> Self {
        Self {
            config: config.clone(),
            surging: false,
            smelt: false,
            surge_at_s: None,
            cast_at_s: None,
            side: None,
            next_side: 0.0,
            leg: 1.0,
            leg_left_s: config.cast_leg_s,
        }
    }
}

impl AgentNavigator for ScalarSurgeCast {
    fn decide(&mut self, view: AgentView, random: &mut Xoshiro256PlusPlus) -> Course {
        let c = &self.config;
        let mut side = self
            .side
            .unwrap_or_else(|| if random.uniform() < 0.5 { -1.0 } else { 1.0 });
        if view.detected != self.smelt {
            let (delay, coin) = normal_pair(random);
            if view.detected {
                self.cast_at_s = None;
                if !self.surging {
                    let due = view.time_s + (c.surge_delay_mean_s + c.surge_delay_sd_s * delay).max(0.0);
                    self.surge_at_s = Some(self.surge_at_s.map_or(due, |earlier| earlier.min(due)));
                }
            } else {
                let from = self.surge_at_s.unwrap_or(view.time_s);
                self.cast_at_s = Some(from + (c.cast_delay_mean_s + c.cast_delay_sd_s * delay).max(0.0));
                self.next_side = coin.signum();
            }
        }
        self.smelt = view.detected;
        // At the nearest step.
        let by_s = view.time_s + 0.5 * view.dt_s;
        if self.surge_at_s.is_some_and(|due| due <= by_s) {
            self.surging = true;
            self.surge_at_s = None;
        }
        if self.cast_at_s.is_some_and(|due| due <= by_s) {
            self.surging = false;
            side = self.next_side;
            self.cast_at_s = None;
            self.leg = 1.0;
            self.leg_left_s = c.cast_leg_s;
        }
        if !self.surging && self.leg_left_s <= 0.0 {
            self.leg += 1.0;
            side = -side;
            self.leg_left_s += (self.leg * c.cast_leg_s).min(c.cast_leg_max_s);
        }
        self.leg_left_s -= view.dt_s;
        self.side = Some(side);
        // Where the agent faces and where it wants to, from downwind (on the right) over upwind (0) to downwind (on
        // the left); between the two lies every turn that isn't through downwind.
        let faces = (view.heading_rad - view.wind_direction_rad).rem_euclid(std::f64::consts::TAU) - PI;
        let faces = if PI - faces.abs() < 1e-6 { side * PI } else { faces };
        let wants = if self.surging { 0.0 } else { side * c.cast_angle_rad };
        Course {
            heading_rad: view.heading_rad + (wants - faces).clamp(-PI + 1e-9, PI - 1e-9),
            speed_m_s: if self.surging {
                c.surge_speed_m_s
            } else {
                c.cast_speed_m_s
            },
        }
    }
}

/// Odour that comes and goes irregularly, with whiffs shorter and longer than the delays.
fn course_of_odour() -> Vec<bool> {
    let mut random = StreamSeed(77).generator(0);
    let mut detections = Vec::new();
    let mut smells = false;
    for _ in 0..80 {
        let steps = 1 + (random.uniform() * random.uniform() * 120.0) as usize;
        detections.extend(std::iter::repeat_n(smells, steps));
        smells = !smells;
    }
    detections
}

#[test]
fn surge_cast_follows_its_scalar_reference() {
    let config = SurgeCastConfig {
        cast_speed_m_s: 0.3,
        cast_leg_s: 0.25,
        cast_leg_max_s: 0.7,
        cast_angle_rad: 1.2,
        ..SurgeCastConfig::default()
    };
    let odour = course_of_odour();
    for member in 0..8 {
        let mut lanes = SurgeCast::new(&config, StreamSeed(9), 1);
        let mut scalar = EachAgent::new(StreamSeed(9), 8, |_| ScalarSurgeCast::new(&config));
        let found = drive(&mut lanes, DT, &odour, member);
        let expected = drive(&mut scalar, DT, &odour, member);
        for (step, (found, expected)) in found.iter().zip(&expected).enumerate() {
            assert!(
                (found.0 - expected.0).sin().abs() < 1e-12
                    && (found.0 - expected.0).cos() > 0.0
                    && found.1 == expected.1,
                "member {member}, step {step}: {found:?}, {expected:?}"
            );
        }
        assert!(found.iter().any(|c| c.1 == 0.3) && found.iter().any(|c| c.1 == 0.5));
    }
}

/// Long whiffs without spread in the delays: surge after 190 ms, cast after 450 ms.
#[test]
fn reactions_take_the_published_times() {
    let config = SurgeCastConfig {
        surge_delay_sd_s: 0.0,
        cast_delay_sd_s: 0.0,
        cast_speed_m_s: 0.1,
        ..SurgeCastConfig::default()
    };
    let dt_s = 0.01;
    let odour: Vec<bool> = (0..300).map(|step| (100..200).contains(&step)).collect();
    let found = drive(&mut SurgeCast::new(&config, StreamSeed(1), 1), dt_s, &odour, 2);
    let surging: Vec<usize> = (0..300).filter(|step| found[*step].1 == 0.5).collect();
    assert_eq!((surging[0], surging[surging.len() - 1]), (119, 244));
    assert_eq!(surging.len(), surging.last().unwrap() - surging[0] + 1);
}

#[test]
fn a_whiff_shorter_than_the_delay_still_gives_a_surge_that_ends() {
    let odour: Vec<bool> = (0..500).map(|step| (100..102).contains(&step)).collect();
    for member in 0..8 {
        let config = SurgeCastConfig {
            cast_speed_m_s: 0.1,
            ..SurgeCastConfig::default()
        };
        let found = drive(&mut SurgeCast::new(&config, StreamSeed(4), 1), DT, &odour, member);
        assert!(found.iter().any(|c| c.1 == 0.5), "member {member}");
        assert_eq!(found[499].1, 0.1);
    }
}

/// Whiffs of one step, over before the surge begins: the casts' first legs are on either side. The bound is that of
/// 4.9 standard errors of a fair coin: a false alarm has probability 10⁻⁶.
#[test]
fn casts_after_short_whiffs_go_to_either_side() {
    let config = SurgeCastConfig {
        cast_speed_m_s: 0.1,
        ..SurgeCastConfig::default()
    };
    let (cycle, cycles) = (200, 250);
    let odour: Vec<bool> = (0..cycle * cycles).map(|step| step % cycle == 0).collect();
    let (mut left, mut casts, mut same) = (0.0, 0.0, 0.0);
    for member in 0..8 {
        let found = drive(&mut SurgeCast::new(&config, StreamSeed(8), 1), DT, &odour, member);
        let mut before = 0.0;
        for pair in found.windows(2).filter(|pair| pair[0].1 == 0.5 && pair[1].1 == 0.1) {
            // Upwind is −x, so a cast to the left goes to −y.
            let side = -pair[1].0.sin().signum();
            left += f64::from(u8::from(side > 0.0));
            same += f64::from(u8::from(side == before));
            before = side;
            casts += 1.0;
        }
    }
    assert!(casts > 1900.0, "{casts}");
    for count in [left, same] {
        let deviation = (count - 0.5 * casts) / (0.25f64 * casts).sqrt();
        assert!(deviation.abs() < 4.9, "{count} of {casts}");
    }
}

/// E max(0, N(0.190, 0.075)) = 0.19014 s, with standard deviation below 0.075 s; a bound of 4.9 standard errors raises
/// a false alarm with probability 10⁻⁶.
#[test]
fn delays_are_right_on_average_with_coarse_steps() {
    let config = SurgeCastConfig {
        cast_speed_m_s: 0.1,
        ..SurgeCastConfig::default()
    };
    let (dt_s, cycle, cycles) = (0.05, 80, 250);
    let odour: Vec<bool> = (0..cycle * cycles).map(|step| step % cycle < 40).collect();
    let mut delays = Vec::new();
    for member in 0..8 {
        let found = drive(&mut SurgeCast::new(&config, StreamSeed(12), 1), dt_s, &odour, member);
        for whiff in found.chunks(cycle) {
            delays.push(whiff.iter().position(|course| course.1 == 0.5).unwrap() as f64 * dt_s);
        }
    }
    let n = delays.len() as f64;
    let mean = delays.iter().sum::<f64>() / n;
    assert!((mean - 0.19014).abs() < 4.9 * 0.08 / n.sqrt(), "{mean}");
}

#[test]
fn casting_sweeps_grow_evenly_about_the_line() {
    let config = SurgeCastConfig {
        cast_leg_s: 0.5,
        ..SurgeCastConfig::default()
    };
    let found = drive(&mut SurgeCast::new(&config, StreamSeed(4), 1), 0.01, &[false; 1400], 0);
    let mut y = 0.0;
    let (mut low, mut high): (f64, f64) = (0.0, 0.0);
    for (heading, speed) in found {
        y += speed * 0.01 * heading.sin();
        (low, high) = (low.min(y), high.max(y));
    }
    // Legs 0.5, 1, …, 3 s take 10.5 s; the next one of 3.5 s fits: extremes at 4 and 3 half-second legs of 0.25 m.
    let (small, large) = (high.min(-low), high.max(-low));
    assert!(
        (large - 1.0).abs() < 0.05 && (small - 0.75).abs() < 0.05,
        "{low} {high}"
    );
}

#[test]
fn the_random_walk_follows_its_scalar_reference() {
    let config = CorrelatedRandomWalkConfig {
        speed_m_s: 0.4,
        rotational_diffusivity_rad2_s: 2.0,
    };
    let found = drive(
        &mut CorrelatedRandomWalk::new(&config, StreamSeed(6), 1),
        DT,
        &[false; 100],
        5,
    );
    let mut random = StreamSeed(6).generator(5);
    let mut heading: f64 = 0.0;
    for pair in found.chunks(2) {
        let (first, second) = normal_pair(&mut random);
        let sd = (2.0 * 2.0 * DT).sqrt();
        for (step, turn) in pair.iter().zip([sd * first, sd * second]) {
            heading += turn;
            assert!((step.0 - heading).sin().abs() < 1e-12 && (step.0 - heading).cos() > 0.0);
        }
        assert_eq!(pair[0].1, 0.4);
    }
}
