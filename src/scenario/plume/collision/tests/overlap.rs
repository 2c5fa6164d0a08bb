//! No two discs overlap, in no step of any crowd.

use super::super::{Contact, DiscsConfig};
use super::fixture::{DOMAIN, Driven, POLICIES, closest};
use crate::lanes::{LANES, SimdLevel, lane};
use crate::random::Xoshiro256PlusPlus;
use crate::scenario::plume::agents::Agents;
use crate::scenario::plume::boundary::{Boundary, BoundaryModel};
use crate::scenario::plume::episode::{Observer, StepView};
use crate::scenario::plume::metrics;
use crate::scenario::plume::step::Stage;
use crate::scenario::plume::tests::fixture::{config, run};
use proptest::prelude::*;
use std::f64::consts::TAU;

fn is_wrap(policy: &dyn BoundaryModel) -> bool {
    policy.kind() == "wrap"
}

/// A lattice of `count` places in the domain at the closest distance that gives them room, moved at random by what is left.
fn packed(count: usize, radius_m: f64, random: &mut Xoshiro256PlusPlus) -> Vec<(f64, f64)> {
    let columns = (1..=count)
        .find(|columns| {
            let rows = count.div_ceil(*columns);
            *columns as f64 / rows as f64 >= DOMAIN.width_m() / DOMAIN.height_m()
        })
        .unwrap_or(count);
    let rows = count.div_ceil(columns);
    let (dx, dy) = (DOMAIN.width_m() / columns as f64, DOMAIN.height_m() / rows as f64);
    assert!(dx > 2.0 * radius_m && dy > 2.0 * radius_m, "{dx} {dy} {radius_m}");
    (0..count)
        .map(|i| {
            let free = |step: f64, random: &mut Xoshiro256PlusPlus| 0.99 * (step - 2.0 * radius_m) * random.uniform();
            let (column, row) = ((i % columns) as f64, (i / columns) as f64);
            (
                DOMAIN.x_min_m + column * dx + free(dx, random),
                DOMAIN.y_min_m + row * dy + free(dy, random),
            )
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// Dense crowds of up to 60 agents that push about at random, with steps of up to two diameters, in all domains:
    /// half of the agents keep their course for many steps and so press into each other and into corners. Coverage goes
    /// up to 0.66, which is beyond what random places reach. Everyone has one turn.
    #[test]
    fn discs_never_overlap(
        seed in 0u64..1_000_000, count in 2usize..60, filling in 0.3..0.92f64, speed in 0.05..4.0f64, stay in any::<bool>(),
    ) {
        let mut random = Xoshiro256PlusPlus::from_seed_and_member(seed, 0);
        // The largest radius that the lattice has room for, times `filling`.
        let columns = (count as f64).sqrt().ceil() * 1.25;
        let radius_m = filling * 0.5 * (DOMAIN.width_m() / columns.ceil()).min(DOMAIN.height_m() / columns.ceil());
        let discs = DiscsConfig { radius_m, contact: if stay { Contact::Stay } else { Contact::Touch } };
        let places = packed(count, radius_m, &mut random);
        let step_m = (speed * radius_m).min(1.0);
        for policy in POLICIES {
            let mut crowd = Driven::new(&places, &discs, policy);
            let mut courses: Vec<f64> = (0..count).map(|_| TAU * random.uniform()).collect();
            for step in 0..40 {
                for (agent, course) in courses.iter_mut().enumerate() {
                    if agent % 2 == 0 || step % 10 == 0 {
                        *course = TAU * random.uniform();
                    }
                }
                let moves: Vec<(f64, f64)> = courses
                    .iter()
                    .map(|course| (step_m * course.cos(), step_m * course.sin()))
                    .collect();
                let there = crowd.there();
                crowd.step(&moves);
                let mut order = crowd.crowd.order.clone();
                order.sort_unstable();
                prop_assert_eq!(order, there, "{:?}, step {}", policy, step);
                let places = crowd.places();
                let closest = closest(&places, &DOMAIN, is_wrap(policy));
                prop_assert!(closest >= 2.0 * radius_m, "{policy:?}, step {step}: {closest} < {}", 2.0 * radius_m);
                for (x, y) in places {
                    prop_assert!(DOMAIN.contains(x, y), "{policy:?}, step {step}: ({x}, {y})");
                }
                for agent in 0..count {
                    let (x, y) = crowd.moved(agent);
                    prop_assert!(x.hypot(y) <= step_m * (1.0 + 1e-12));
                }
            }
        }
    }
}

/// Those who meet boundaries of somebody's own.
const DISCS: DiscsConfig = DiscsConfig {
    radius_m: 0.2,
    contact: Contact::Touch,
};

/// A boundary of somebody's own that doesn't say what it does: behind x = 108 m it carries agents 4.5 m back, and those who
/// stand north of y = 3 m it puts into one point.
struct Portal;

impl Boundary for Portal {
    fn confine(&mut self, stage: Stage<'_>, agents: &mut Agents) {
        for &block in stage.blocks {
            for lane in 0..LANES {
                let (x, y) = (&mut agents.x_m[block].0[lane], &mut agents.y_m[block].0[lane]);
                if *x > 108.0 {
                    *x -= 4.5;
                }
                if *y > 3.0 {
                    (*x, *y) = (101.0, 0.0);
                }
            }
        }
    }
}

/// Agents are carried only as far as they went; so none lands on another.
#[test]
fn discs_never_overlap_under_a_boundary_that_carries_agents() {
    let mut random = Xoshiro256PlusPlus::from_seed_and_member(5, 0);
    let places: Vec<(f64, f64)> = packed(60, 0.2, &mut random)
        .into_iter()
        .filter(|(x, y)| *x < 108.0 && *y < 3.0)
        .collect();
    let mut crowd = Driven::under(&places, &DISCS, Box::new(Portal));
    let mut carried = 0;
    for step in 0..200 {
        let moves: Vec<(f64, f64)> = (0..places.len())
            .map(|_| (0.2 * random.uniform() - 0.05, 0.2 * random.uniform() - 0.08))
            .collect();
        let before = crowd.places();
        crowd.step(&moves);
        let after = crowd.places();
        let closest = closest(&after, &DOMAIN, false);
        assert!(closest >= 0.4, "step {step}: {closest}");
        carried += before
            .iter()
            .zip(&after)
            .filter(|(a, b)| (a.0 - b.0).hypot(a.1 - b.1) > 0.3)
            .count();
    }
    assert_eq!(carried, 0);
}

/// A boundary that decides by chance: behind x = 108 m it throws agents back and aside, elsewhere in each call.
struct Dice(Xoshiro256PlusPlus);

impl Boundary for Dice {
    fn confine(&mut self, stage: Stage<'_>, agents: &mut Agents) {
        for &block in stage.blocks {
            for lane in 0..LANES {
                let (x, y) = (&mut agents.x_m[block].0[lane], &mut agents.y_m[block].0[lane]);
                agents.boundary_hit[block].0[lane] = 0.0;
                if *x > 108.0 {
                    let beyond = *x - 108.0;
                    *x = 108.0 - beyond * self.0.uniform();
                    *y += 2.0 * beyond * (self.0.uniform() - 0.5);
                    agents.boundary_hit[block].0[lane] = 1.0;
                }
                if *y < -4.0 || *y > 4.0 {
                    *y = y.clamp(-4.0, 4.0);
                    agents.boundary_hit[block].0[lane] = 1.0;
                }
            }
        }
    }
}

/// Whatever the dice say when an agent's place is placed, it is free.
#[test]
fn discs_never_overlap_under_a_boundary_that_throws_dice() {
    let mut random = Xoshiro256PlusPlus::from_seed_and_member(6, 0);
    let places: Vec<(f64, f64)> = packed(60, 0.2, &mut random)
        .into_iter()
        .filter(|(x, _)| *x > 104.0 && *x < 108.0)
        .collect();
    let mut crowd = Driven::under(&places, &DISCS, Box::new(Dice(random.clone())));
    for step in 0..300 {
        let moves: Vec<(f64, f64)> = (0..places.len())
            .map(|_| (0.4 * random.uniform() - 0.05, 0.4 * random.uniform() - 0.2))
            .collect();
        crowd.step(&moves);
        let closest = closest(&crowd.places(), &DOMAIN, false);
        assert!(closest >= 0.4, "step {step}: {closest}");
    }
    assert!(crowd.crowd.collisions().iter().sum::<u32>() > 1000);
}

/// Looks at all pairs in every step of an episode.
struct Watch {
    radius_m: f64,
    wraps: bool,
    closest_m: f64,
    steps: u64,
}

impl Observer for Watch {
    fn after_step(&mut self, view: StepView<'_>) {
        let agents = view.agents;
        let there = |agent: &usize| lane(&agents.active, *agent) != 0.0 && lane(&agents.left_domain, *agent) == 0.0;
        let places: Vec<(f64, f64)> = (0..agents.count)
            .filter(there)
            .map(|agent| (lane(&agents.x_m, agent), lane(&agents.y_m, agent)))
            .collect();
        let domain = crate::scenario::plume::space::Domain::default();
        self.closest_m = self.closest_m.min(closest(&places, &domain, self.wraps));
        assert!(
            self.closest_m >= 2.0 * self.radius_m,
            "step {}: {}",
            view.step,
            self.closest_m
        );
        self.steps += 1;
    }
}

/// Whole episodes with real strategies, which gather in the plume and at the source.
#[test]
fn discs_never_overlap_in_whole_episodes() {
    for (boundary, navigator) in [
        ("terminate", r#"{"kind": "surge_cast"}"#),
        ("clip", r#"{"kind": "correlated_random_walk"}"#),
        ("reflect", r#"{"kind": "surge_cast"}"#),
        (
            "wrap",
            r#"{"kind": "mixed", "strategies": [{"share": 2, "navigator": {"kind": "surge_cast"}},
                {"share": 1, "navigator": {"kind": "correlated_random_walk", "speed_m_s": 1.0}}]}"#,
        ),
    ] {
        let config = config(&format!(
            r#"{{"agents": {{"count": 70, "start": {{"kind": "region", "x_min_m": 10, "x_max_m": 14, "y_min_m": -1.5, "y_max_m": 1.5}}}},
                "collision": {{"kind": "discs", "radius_m": 0.12}}, "boundary": {{"kind": "{boundary}"}},
                "navigator": {navigator}, "episode": {{"dt_s": 0.1, "duration_s": 60}}}}"#
        ));
        let mut watch = Watch {
            radius_m: 0.12,
            wraps: boundary == "wrap",
            closest_m: f64::INFINITY,
            steps: 0,
        };
        let values = run(&config, SimdLevel::detect(), 70, &mut watch).unwrap();
        // They did come into contact, and as close as discs can.
        let column = metrics::columns("1")
            .iter()
            .position(|column| column.name == "collisions");
        let collisions: f64 = values[column.expect("a metric")].iter().sum();
        assert!(collisions > 100.0, "{boundary}: {collisions}");
        assert!(watch.closest_m < 0.24 * (1.0 + 1e-8), "{boundary}: {}", watch.closest_m);
        assert!(watch.steps > 100);
    }
}

/// 5000 agents, seen by a grid of the test's own: rows of one diameter, and only neighbouring rows compared.
#[test]
fn a_large_crowd_keeps_its_distance() {
    struct Rows(f64);
    impl Observer for Rows {
        fn after_step(&mut self, view: StepView<'_>) {
            let agents = view.agents;
            let mut rows: std::collections::BTreeMap<i64, Vec<(f64, f64)>> = std::collections::BTreeMap::new();
            for agent in (0..agents.count).filter(|agent| agents.active[agent / LANES].0[agent % LANES] != 0.0) {
                let (x, y) = (lane(&agents.x_m, agent), lane(&agents.y_m, agent));
                rows.entry((y / self.0).floor() as i64).or_default().push((x, y));
            }
            for places in rows.values_mut() {
                places.sort_by(|a, b| a.0.total_cmp(&b.0));
            }
            for (row, places) in &rows {
                for (i, a) in places.iter().enumerate() {
                    let above = rows.get(&(row + 1)).map_or(&[][..], Vec::as_slice);
                    let from = above.partition_point(|b| b.0 < a.0 - self.0);
                    for others in [&places[i + 1..], &above[from..]] {
                        for b in others.iter().take_while(|b| b.0 <= a.0 + self.0) {
                            let distance = (a.0 - b.0).hypot(a.1 - b.1);
                            assert!(distance >= self.0, "step {}: {distance}", view.step);
                        }
                    }
                }
            }
        }
    }
    let config = config(
        r#"{"agents": {"count": 5000, "start": {"kind": "region", "x_min_m": 5, "x_max_m": 20, "y_min_m": -6, "y_max_m": 6}},
            "collision": {"kind": "discs", "radius_m": 0.06}, "episode": {"dt_s": 0.1, "duration_s": 2}}"#,
    );
    let values = run(&config, SimdLevel::detect(), 5000, &mut Rows(0.12)).unwrap();
    assert!(values[values.len() - 2].iter().sum::<f64>() > 1000.0);
}
