//! Chemotaxis and run-and-tumble against scalar references and analytic solutions.

use crate::lanes::{F64x8, LANES, SimdLevel, lane};
use crate::random::{StreamSeed, Xoshiro256PlusPlus};
use crate::scenario::plume::agents::Commands;
use crate::scenario::plume::navigator::{
    AgentNavigator, AgentView, Chemotaxis, ChemotaxisConfig, Course, EachAgent, Navigator, Perception, RunAndTumble,
    RunAndTumbleConfig,
};
use crate::scenario::plume::step::Stage;
use crate::scenario::plume::wind::WindSample;
use std::f64::consts::PI;

/// What agents sense of the slope.
#[derive(Clone, Copy, PartialEq)]
enum Sense {
    Sides,
    Slope,
}

/// An odour of c = e^(k x) for agents whose bodies turn by at most `turn_max_rad` in a step.
struct Setting {
    per_m: f64,
    sense: Sense,
    separation_m: f64,
    dt_s: f64,
    steps: usize,
    turn_max_rad: f64,
    /// Headings are mirrored in these steps, as an edge does.
    mirrored_at: Vec<usize>,
    start_heading_rad: f64,
}

impl Default for Setting {
    fn default() -> Self {
        Self {
            per_m: 0.0,
            sense: Sense::Slope,
            separation_m: 0.1,
            dt_s: 0.02,
            steps: 100,
            turn_max_rad: 100.0,
            mirrored_at: Vec::new(),
            start_heading_rad: 0.0,
        }
    }
}

/// Where agents are after each step: x, y (m) and headings (rad).
type Ways = Vec<[Vec<F64x8>; 3]>;

fn walk(navigator: &mut dyn Navigator, setting: &Setting, blocks: usize) -> Ways {
    let each = |value: f64| vec![F64x8::splat(value); blocks];
    let (mut x, mut y, mut heading) = (each(0.0), each(0.0), each(setting.start_heading_rad));
    let wind = WindSample::new(blocks);
    let live: Vec<usize> = (0..blocks).collect();
    let mut commands = Commands::new(blocks);
    let mut ways = Vec::new();
    let k = F64x8::splat(setting.per_m);
    for step in 0..setting.steps {
        let signal: Vec<F64x8> = x.iter().map(|x| (k * *x).exp()).collect();
        let side = |sign: f64| -> Vec<F64x8> {
            let aside = F64x8::splat(-0.5 * sign * setting.separation_m);
            (x.iter().zip(&heading))
                .map(|(x, heading)| (k * (*x + aside * heading.sin_cos().0)).exp())
                .collect()
        };
        let slope: Vec<F64x8> = signal.iter().map(|c| k * *c).collect();
        let (zero, detected) = (each(0.0), each(1.0));
        let sides = setting.sense == Sense::Sides;
        let (left, right) = if sides {
            (side(1.0), side(-1.0))
        } else {
            (Vec::new(), Vec::new())
        };
        let perception = Perception {
            signal: &signal,
            detected: &detected,
            left: &left,
            right: &right,
            slope_x_per_m: if sides { &[] } else { &slope },
            slope_y_per_m: if sides { &[] } else { &zero },
            wind: &wind,
            x_m: &x,
            y_m: &y,
            heading_rad: &heading,
            active: &[F64x8::ONE],
        };
        let stage = Stage {
            simd: SimdLevel::detect(),
            step: step as u64,
            time_s: step as f64 * setting.dt_s,
            dt_s: setting.dt_s,
            blocks: &live,
        };
        navigator.decide(stage, perception, &mut commands);
        let most = F64x8::splat(setting.turn_max_rad);
        let dt = F64x8::splat(setting.dt_s);
        for block in 0..blocks {
            let turn = (commands.heading_rad[block] - heading[block]).wrap_angle();
            let turned = heading[block] + most.min((-most).max(turn));
            heading[block] = turned.wrap_angle();
            let (sine, cosine) = heading[block].sin_cos();
            let way = commands.speed_m_s[block] * dt;
            x[block] += way * cosine;
            y[block] += way * sine;
            if setting.mirrored_at.contains(&step) {
                heading[block] = -heading[block];
            }
        }
        ways.push([x.clone(), y.clone(), heading.clone()]);
    }
    ways
}

fn normal_pair(random: &mut Xoshiro256PlusPlus) -> (f64, f64) {
    let (u, v) = (1.0 - random.uniform(), random.uniform());
    let (sine, cosine) = (std::f64::consts::TAU * v).sin_cos();
    let radius = (-2.0 * u.ln()).sqrt();
    (radius * cosine, radius * sine)
}

fn wrap(angle: f64) -> f64 {
    angle - (angle / std::f64::consts::TAU).round() * std::f64::consts::TAU
}

fn assert_same_ways(found: &Ways, expected: &Ways, agents: usize) {
    for (step, (found, expected)) in found.iter().zip(expected).enumerate() {
        for agent in 0..agents {
            for (found, expected) in found.iter().zip(expected) {
                let (found, expected) = (lane(found, agent), lane(expected, agent));
                assert!(
                    wrap(found - expected).abs() < 1e-8,
                    "agent {agent}, step {step}: {found} {expected}"
                );
            }
        }
    }
}

/// Chemotaxis for one agent, written from its description.
struct ScalarChemotaxis {
    config: ChemotaxisConfig,
    spare: Option<f64>,
}

impl AgentNavigator for ScalarChemotaxis {
    fn decide(&mut self, view: AgentView, random: &mut Xoshiro256PlusPlus) -> Course {
        let c = &self.config;
        let contrast = match (view.sides, view.slope_per_m) {
            (Some((left, right)), _) => (left - right) / (left + right + c.background),
            (None, Some((x, y))) => {
                let leftwards = y * view.heading_rad.cos() - x * view.heading_rad.sin();
                (c.baseline_m * leftwards / (2.0 * view.signal + c.background)).clamp(-1.0, 1.0)
            }
            (None, None) => unreachable!("the setting gives one of them"),
        };
        let noise = self.spare.take().unwrap_or_else(|| {
            let (now, later) = normal_pair(random);
            self.spare = Some(later);
            now
        });
        let limit = c.turn_rate_highest_rad_s;
        let turn = (c.turn_gain_rad_s * contrast).clamp(-limit, limit) * view.dt_s
            + (2.0 * c.rotational_diffusivity_rad2_s * view.dt_s).sqrt() * noise;
        Course {
            heading_rad: view.heading_rad + turn,
            speed_m_s: c.speed_m_s,
        }
    }
}

#[test]
fn chemotaxis_follows_its_scalar_reference() {
    let config = ChemotaxisConfig {
        background: 0.3,
        turn_gain_rad_s: 60.0,
        turn_rate_highest_rad_s: 2.5,
        rotational_diffusivity_rad2_s: 0.8,
        ..ChemotaxisConfig::default()
    };
    for sense in [Sense::Sides, Sense::Slope] {
        let setting = Setting {
            per_m: 1.3,
            sense,
            start_heading_rad: 2.0,
            steps: 200,
            ..Setting::default()
        };
        let found = walk(&mut Chemotaxis::new(&config, StreamSeed(5), 1), &setting, 1);
        let mut scalar = EachAgent::new(StreamSeed(5), LANES, |_| ScalarChemotaxis {
            config: config.clone(),
            spare: None,
        });
        assert_same_ways(&found, &walk(&mut scalar, &setting, 1), LANES);
    }
}

/// In c = e^(kx) the angle to +x follows tan(α/2) = tan(α₀/2) e^(−½ G b k t); a step twice as long doubles the error.
#[test]
fn chemotaxis_turns_as_its_equation_says() {
    let config = ChemotaxisConfig {
        turn_gain_rad_s: 20.0,
        background: 1e-30,
        rotational_diffusivity_rad2_s: 0.0,
        turn_rate_highest_rad_s: 100.0,
        ..ChemotaxisConfig::default()
    };
    let (k, time_s, start): (f64, f64, f64) = (0.5, 3.0, 2.9);
    let expected = 2.0 * ((0.5 * start).tan() * (-0.5 * 20.0 * 0.1 * k * time_s).exp()).atan();
    for sense in [Sense::Sides, Sense::Slope] {
        let error = |dt_s: f64| {
            let setting = Setting {
                per_m: k,
                sense,
                dt_s,
                steps: (time_s / dt_s).round() as usize,
                start_heading_rad: start,
                ..Setting::default()
            };
            let ways = walk(&mut Chemotaxis::new(&config, StreamSeed(5), 1), &setting, 1);
            lane(&ways.last().unwrap()[2], 3) - expected
        };
        let (coarse, fine) = (error(0.02), error(0.01));
        // Antennae saturate as tanh: 10⁻³ of the contrast at a separation of 0.05 decay lengths.
        assert!(fine.abs() < 4e-3, "{fine}");
        assert!((coarse / fine - 2.0).abs() < 0.2, "{coarse} {fine}");
    }
}

/// With noise the angle to +x has von Mises's distribution with concentration κ = G b k/2D = 2: mean cosine I₁(κ)/I₀(κ)
/// = 0.697775, variance of the cosine 1 − I₁/(κ I₀) − (I₁/I₀)² = 0.164. 4000 agents after many relaxation times: the
/// bound of 4.9 standard errors, and 0.004 for the step of 0.01 relaxation times, raises a false alarm with probability
/// 10⁻⁶.
#[test]
fn noisy_chemotaxis_has_its_stationary_distribution() {
    let config = ChemotaxisConfig {
        turn_gain_rad_s: 20.0,
        background: 1e-30,
        rotational_diffusivity_rad2_s: 0.5,
        turn_rate_highest_rad_s: 100.0,
        ..ChemotaxisConfig::default()
    };
    let setting = Setting {
        per_m: 1.0,
        dt_s: 0.01,
        steps: 800,
        ..Setting::default()
    };
    let ways = walk(&mut Chemotaxis::new(&config, StreamSeed(15), 500), &setting, 500);
    let headings = &ways.last().unwrap()[2];
    let mean = (0..4000).map(|agent| lane(headings, agent).cos()).sum::<f64>() / 4000.0;
    assert!(
        (mean - 0.697_775).abs() < 4.9 * (0.164f64 / 4000.0).sqrt() + 0.004,
        "{mean}"
    );
}

/// Run-and-tumble for one agent, written from its description.
struct ScalarRunAndTumble {
    config: RunAndTumbleConfig,
    wander: Xoshiro256PlusPlus,
    spare: Option<f64>,
    /// Memory of odour, heading at the last decision, turn wanted then.
    before: Option<(f64, f64, f64)>,
}

impl AgentNavigator for ScalarRunAndTumble {
    fn decide(&mut self, view: AgentView, random: &mut Xoshiro256PlusPlus) -> Course {
        let c = &self.config;
        let odour = (1.0 + view.signal / c.background).ln();
        let (memory, heading, wanted) = self.before.unwrap_or((odour, view.heading_rad, 0.0));
        let memory = odour + (memory - odour) * (-view.dt_s / c.memory_s).exp();
        let rise_per_s = (odour - memory) * ((view.dt_s / c.memory_s).exp() - 1.0) / view.dt_s;
        let rate = c.tumbles_per_s * (-c.gain_s * rise_per_s).exp();
        let rate = rate.clamp(c.tumbles_lowest_per_s, c.tumbles_highest_per_s);
        let turned = wrap(view.heading_rad - heading);
        // The rest of a turn that the body couldn't make at once, unless something else turned the agent.
        let rest = wanted - turned;
        let goes_on = rest.abs() > 1e-9 && rest.signum() == wanted.signum() && rest.abs() <= wanted.abs() + 1e-9;
        let mut turn = if goes_on { rest } else { 0.0 };
        if 1.0 - random.uniform() > (-rate * view.dt_s).exp() {
            let (angle, side) = normal_pair(random);
            turn = wrap((c.tumble_angle_mean_rad + c.tumble_angle_sd_rad * angle) * side.signum());
        }
        if c.rotational_diffusivity_rad2_s > 0.0 {
            let noise = self.spare.take().unwrap_or_else(|| {
                let (now, later) = normal_pair(&mut self.wander);
                self.spare = Some(later);
                now
            });
            turn += (2.0 * c.rotational_diffusivity_rad2_s * view.dt_s).sqrt() * noise;
        }
        let turn = turn.clamp(-PI + 1e-9, PI - 1e-9);
        self.before = Some((memory, view.heading_rad, turn));
        Course {
            heading_rad: view.heading_rad + turn,
            speed_m_s: c.speed_m_s,
        }
    }
}

/// Also with a body that takes several steps for a tumble, and with edges that turn it meanwhile.
#[test]
fn run_and_tumble_follows_its_scalar_reference() {
    let mut tumbled_slowly = false;
    for (diffusivity, turn_max_rad) in [(0.3, 100.0), (0.0, 0.11), (0.3, 0.6)] {
        let config = RunAndTumbleConfig {
            tumbles_per_s: 3.0,
            tumbles_highest_per_s: 6.0,
            background: 0.5,
            memory_s: 0.3,
            rotational_diffusivity_rad2_s: diffusivity,
            ..RunAndTumbleConfig::default()
        };
        let setting = Setting {
            per_m: 0.7,
            steps: 400,
            turn_max_rad,
            mirrored_at: vec![50, 51, 120, 200, 333],
            ..Setting::default()
        };
        let seed = StreamSeed(17);
        let found = walk(&mut RunAndTumble::new(&config, seed, 1), &setting, 1);
        let mut scalar = EachAgent::new(seed, LANES, |agent| ScalarRunAndTumble {
            config: config.clone(),
            wander: seed.part("wander").generator(agent as u64),
            spare: None,
            before: None,
        });
        assert_same_ways(&found, &walk(&mut scalar, &setting, 1), LANES);
        let turn = |step: usize| wrap(lane(&found[step][2], 0) - lane(&found[step - 1][2], 0)).abs();
        tumbled_slowly |= (1..400).filter(|step| (turn(*step) - 0.11).abs() < 1e-9).count() > 20;
    }
    assert!(tumbled_slowly);
}

/// Without odour: tumbles in 1 − e^(−λ dt) of the steps, with a mean cosine of cos μ e^(−σ²/2), and a mean squared way
/// of l² [n (1 + q)/(1 − q) − 2 q (1 − q^n)/(1 − q)²] after n steps of length l whose directions correlate by q from
/// step to step (the sum over pairs of steps), which tends to 4 · ½ v² τ t with the persistence time of the docs. 4000
/// agents; bounds of 4.9 standard errors (that of the squared way is its mean over √4000) raise false alarms with
/// probability 10⁻⁶ each.
#[test]
fn tumbles_make_the_walk_of_their_theory() {
    let config = RunAndTumbleConfig {
        rotational_diffusivity_rad2_s: 0.2,
        speed_m_s: 0.7,
        ..RunAndTumbleConfig::default()
    };
    let still = RunAndTumbleConfig {
        rotational_diffusivity_rad2_s: 0.0,
        ..config.clone()
    };
    let setting = Setting {
        steps: 500,
        ..Setting::default()
    };
    let probability = 1.0 - (-0.02f64).exp();
    let mean_cosine = 1.19f64.cos() * (-0.5 * 0.63 * 0.63f64).exp();
    let ways = walk(&mut RunAndTumble::new(&still, StreamSeed(2), 500), &setting, 500);
    let (mut tumbles, mut cosines) = (0.0, 0.0);
    for pair in ways.windows(2) {
        for agent in 0..4000 {
            let turn = wrap(lane(&pair[1][2], agent) - lane(&pair[0][2], agent));
            if turn != 0.0 {
                tumbles += 1.0;
                cosines += turn.cos();
            }
        }
    }
    let steps = 499.0 * 4000.0;
    assert!(
        (tumbles / steps - probability).abs() < 4.9 * (probability / steps).sqrt(),
        "{tumbles}"
    );
    assert!(
        (cosines / tumbles - mean_cosine).abs() < 4.9 / f64::sqrt(2.0 * tumbles),
        "{}",
        cosines / tumbles
    );

    let ways = walk(&mut RunAndTumble::new(&config, StreamSeed(3), 500), &setting, 500);
    let q = (1.0 - probability * (1.0 - mean_cosine)) * (-0.2 * 0.02f64).exp();
    let persistence_s = 1.0 / (1.0 - mean_cosine + 0.2);
    assert!(
        (-0.02 / q.ln() / persistence_s - 1.0).abs() < 0.02,
        "the time of the docs"
    );
    let (n, length) = (500.0, 0.7 * 0.02);
    let expected =
        length * length * (n * (1.0 + q) / (1.0 - q) - 2.0 * q * (1.0 - q.powf(n)) / ((1.0 - q) * (1.0 - q)));
    let [x, y, _] = ways.last().unwrap();
    let squared = (0..4000)
        .map(|agent| lane(x, agent).powi(2) + lane(y, agent).powi(2))
        .sum::<f64>()
        / 4000.0;
    assert!(
        (squared / expected - 1.0).abs() < 4.9 / 4000f64.sqrt(),
        "{squared} {expected}"
    );
}

/// In c = e^(kx) agents with a short memory that tumble to any side drift up at v I₁(z)/I₀(z), z = g v k: for z = 1
/// 0.446398 v. Directions within a run are the same, so 4000 agents over 25 s give at least 4000 · 25 s/(e/λ₀)
/// independent ones with a variance below ½; 4.9 standard errors, and 0.01 for a memory of 0.04 s in runs of 5 s, raise
/// a false alarm with probability 10⁻⁶.
#[test]
fn tumblers_drift_up_as_their_theory_says() {
    let config = RunAndTumbleConfig {
        speed_m_s: 1.0,
        tumbles_per_s: 0.2,
        tumbles_lowest_per_s: 0.01,
        tumbles_highest_per_s: 4.0,
        gain_s: 1.0,
        background: 1e-30,
        memory_s: 0.04,
        tumble_angle_mean_rad: 0.0,
        tumble_angle_sd_rad: 6.0,
        rotational_diffusivity_rad2_s: 0.0,
    };
    let setting = Setting {
        per_m: 1.0,
        steps: 2500,
        ..Setting::default()
    };
    let ways = walk(&mut RunAndTumble::new(&config, StreamSeed(44), 500), &setting, 500);
    let [middle, end] = [1249, 2499].map(|step: usize| (0..4000).map(|agent| lane(&ways[step][0], agent)).sum::<f64>());
    let drift = (end - middle) / 4000.0 / 25.0;
    let independent: f64 = 4000.0 * 25.0 * 0.2 / std::f64::consts::E;
    assert!(
        (drift - 0.446_398).abs() < 4.9 * (0.5 / independent).sqrt() + 0.01,
        "{drift}"
    );
}
