//! Mixed crowds: every agent does what its strategy does.

use super::fixture::{config, run};
use crate::grids::Inputs;
use crate::lanes::{F64x8, LANES, SimdLevel, blocks_for, lane, set_lane};
use crate::random::StreamSeed;
use crate::scenario::plume::agents::Commands;
use crate::scenario::plume::metrics;
use crate::scenario::plume::navigator::{Mixed, MixedConfig, Navigator, NavigatorModel, Perception, Surroundings};
use crate::scenario::plume::space::Domain;
use crate::scenario::plume::step::Stage;
use crate::scenario::plume::wind::{MeanWind, WindSample};

const COUNT: usize = 61;
const DT: f64 = 0.05;

fn mixed() -> MixedConfig {
    serde_json::from_str(
        r#"{"strategies": [
            {"share": 2, "navigator": {"kind": "surge_cast", "cast_leg_s": 0.3}},
            {"share": 0, "navigator": {"kind": "surge_cast"}},
            {"share": 3, "navigator": {"kind": "correlated_random_walk"}},
            {"share": 1, "navigator": {"kind": "surge_cast", "surge_speed_m_s": 0.1}},
            {"share": 1, "navigator": {"kind": "chemotaxis"}}]}"#,
    )
    .unwrap()
}

/// What agents perceive: something else for each agent and step.
struct World {
    detected: Vec<F64x8>,
    left: Vec<F64x8>,
    right: Vec<F64x8>,
    wind: WindSample,
    x_m: Vec<F64x8>,
    y_m: Vec<F64x8>,
    heading_rad: Vec<F64x8>,
    active: Vec<F64x8>,
}

impl World {
    /// For `members` of the unit, in this order.
    fn at(step: u64, members: &[usize]) -> Self {
        let blocks = blocks_for(members.len());
        let zeros = || vec![F64x8::ZERO; blocks];
        let mut world = Self {
            detected: zeros(),
            left: zeros(),
            right: zeros(),
            wind: WindSample::new(blocks),
            x_m: zeros(),
            y_m: zeros(),
            heading_rad: zeros(),
            active: vec![F64x8::ONE; blocks],
        };
        for (index, agent) in members.iter().enumerate() {
            let phase = (step as f64 * 0.31 + *agent as f64 * 0.77).fract();
            set_lane(&mut world.detected, index, f64::from(u8::from(phase < 0.4)));
            set_lane(&mut world.left, index, phase);
            set_lane(&mut world.right, index, phase * phase);
            set_lane(&mut world.wind.x_m_s, index, 1.0 + phase);
            set_lane(&mut world.wind.y_m_s, index, phase - 0.5);
            set_lane(&mut world.wind.direction_rad, index, phase * phase);
            set_lane(&mut world.x_m, index, *agent as f64);
            set_lane(&mut world.y_m, index, -(*agent as f64));
            set_lane(&mut world.heading_rad, index, 3.0 * phase - 1.5);
        }
        world
    }

    fn perception(&self) -> Perception<'_> {
        Perception {
            signal: &self.detected,
            detected: &self.detected,
            left: &self.left,
            right: &self.right,
            slope_x_per_m: &[],
            slope_y_per_m: &[],
            wind: &self.wind,
            x_m: &self.x_m,
            y_m: &self.y_m,
            heading_rad: &self.heading_rad,
            active: &self.active,
        }
    }
}

fn stage(step: u64, blocks: &[usize]) -> Stage<'_> {
    Stage {
        simd: SimdLevel::detect(),
        step,
        time_s: step as f64 * DT,
        dt_s: DT,
        blocks,
    }
}

/// The reference: each strategy's agents in a unit of their own. In the course of it all agents of some blocks are
/// done; those that are left don't notice.
#[test]
fn every_agent_follows_its_strategy() {
    let (config, seed) = (mixed(), StreamSeed(99));
    let strategies = config.strategies_of_agents(COUNT).unwrap();
    let members = |k: u32| -> Vec<usize> { (0..COUNT).filter(|agent| strategies[*agent] == k).collect() };
    let sizes = [0, 1, 2, 3, 4].map(|k| members(k).len());
    assert_eq!((sizes[1], sizes.iter().sum::<usize>()), (0, COUNT));
    assert!([0, 2, 3, 4].iter().all(|k| sizes[*k] > 5), "{sizes:?}");
    let everyone: Vec<usize> = (0..COUNT).collect();
    let (domain, inputs) = (Domain::default(), Inputs::default());
    let surroundings = Surroundings {
        domain: &domain,
        dt_s: DT,
        wind: MeanWind {
            speed_m_s: 1.0,
            direction_rad: 0.0,
        },
        sources: &[],
        inputs: &inputs,
    };
    let mut mixed = Mixed::new(&config, seed, COUNT, surroundings).unwrap();
    let mut commands = Commands::new(blocks_for(COUNT));
    let mut blocks: Vec<usize> = (0..blocks_for(COUNT)).collect();
    let mut alone: Vec<(Box<dyn Navigator>, Vec<usize>)> = (config.strategies.iter().enumerate())
        .filter(|(_, strategy)| strategy.share > 0.0)
        .map(|(k, strategy)| {
            let members = members(k as u32);
            let seed = StreamSeed(seed.generator(k as u64).next_bits());
            (
                strategy.navigator.build(seed, members.len(), surroundings).unwrap(),
                members,
            )
        })
        .collect();
    for step in 0..120 {
        match step {
            50 => blocks.retain(|block| block % 3 != 1),
            80 => blocks.retain(|block| *block > 5),
            _ => {}
        }
        let world = World::at(step, &everyone);
        mixed.decide(stage(step, &blocks), world.perception(), &mut commands);
        for (navigator, members) in &mut alone {
            let all: Vec<usize> = (0..blocks_for(members.len())).collect();
            let world = World::at(step, members);
            let mut expected = Commands::new(all.len());
            navigator.decide(stage(step, &all), world.perception(), &mut expected);
            for (index, &agent) in members.iter().enumerate() {
                if blocks.contains(&(agent / LANES)) {
                    let found = (lane(&commands.heading_rad, agent), lane(&commands.speed_m_s, agent));
                    let expected = (lane(&expected.heading_rad, index), lane(&expected.speed_m_s, index));
                    assert_eq!(found, expected, "agent {agent}, step {step}");
                }
            }
        }
    }
}

/// The metric tells who has which strategy, and the two do what they are known for: random walkers aren't drawn upwind.
#[test]
fn the_metric_tells_strategies_apart() {
    let config = config(
        r#"{"agents": {"count": 200}, "navigator": {"kind": "mixed", "strategies": [
            {"share": 3, "navigator": {"kind": "surge_cast"}}, {"share": 1, "navigator": {"kind": "correlated_random_walk"}}]}}"#,
    );
    let values = run(&config, SimdLevel::detect(), 200, &mut ()).unwrap();
    let column = |name: &str| {
        let columns = metrics::columns("kg m-3");
        &values[columns.iter().position(|column| column.name == name).unwrap()]
    };
    let expected: Vec<f64> = (0..200).map(|agent| f64::from(u8::from(agent % 4 == 2))).collect();
    assert_eq!(*column("strategy"), expected);
    let success = |k: f64| -> f64 {
        let chosen = column("success")
            .iter()
            .zip(column("strategy"))
            .filter(|(_, strategy)| **strategy == k);
        let (found, count) = chosen.fold((0.0, 0.0), |(found, count), (success, _)| {
            (found + success, count + 1.0)
        });
        found / count
    };
    // 150 and 50 agents with chances of about 0.7 and 0.2: the difference is beyond five of its standard errors of 0.07.
    assert!(success(0.0) > success(1.0) + 0.3, "{} {}", success(0.0), success(1.0));
}
