//! How far agents go: against plain references and worked examples.

use super::super::cells::Cells;
use super::super::space::Space;
use super::super::{Contact, DiscsConfig};
use super::fixture::{DOMAIN, Driven, POLICIES};
use crate::lanes::lane;
use crate::random::Xoshiro256PlusPlus;
use crate::scenario::plume::boundary::{ClipConfig, ReflectConfig, TerminateConfig, WrapConfig};
use proptest::prelude::*;
use std::f64::consts::TAU;

const REFLECT: ReflectConfig = ReflectConfig {};

fn near(found: (f64, f64), expected: (f64, f64)) -> bool {
    (found.0 - expected.0).abs() < 1e-7 && (found.1 - expected.1).abs() < 1e-7
}

/// The reference: every agent in turn against all others, by the textbook root of |r + t d|² = D².
fn moved_plainly(places: &mut [(f64, f64)], moves: &[(f64, f64)], order: &[usize], diameter_m: f64) -> Vec<bool> {
    let mut stopped = vec![false; places.len()];
    for &agent in order {
        let (from, d) = (places[agent], moves[agent]);
        let mut fraction = 1.0f64;
        for (other, place) in places.iter().enumerate() {
            let r = (from.0 - place.0, from.1 - place.1);
            let (a, b) = (d.0 * d.0 + d.1 * d.1, r.0 * d.0 + r.1 * d.1);
            let c = r.0 * r.0 + r.1 * r.1 - diameter_m * diameter_m;
            let root = b * b - a * c;
            if other != agent && b < 0.0 && root > 0.0 {
                fraction = fraction.min(((-b - root.sqrt()) / a).max(0.0));
            }
        }
        stopped[agent] = fraction < 1.0;
        places[agent] = (from.0 + fraction * d.0, from.1 + fraction * d.1);
    }
    stopped
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// Away from all edges the crowd does what the reference does, step by step from the same places and in the same
    /// order. Contacts differ by the skin of 10⁻⁹ diameters, which grazing ways magnify by a square root; ways that pass
    /// within 10⁻⁶ of a disc may count as contact in one and not in the other, so such a step is left out.
    #[test]
    fn agents_go_as_far_as_the_reference(seed in 0u64..1_000_000, step_m in 0.01..0.6f64) {
        let mut random = Xoshiro256PlusPlus::from_seed_and_member(seed, 1);
        let diameter_m = 0.4;
        let places: Vec<(f64, f64)> = (0..36)
            .map(|i| (103.5 + 0.5 * f64::from(i % 6) + 0.09 * random.uniform(), -1.5 + 0.5 * f64::from(i / 6)))
            .collect();
        let mut crowd = Driven::touching(&places, 0.5 * diameter_m, &REFLECT);
        for _ in 0..8 {
            let moves: Vec<(f64, f64)> = (0..36)
                .map(|_| TAU * random.uniform())
                .map(|course| (step_m * course.cos(), step_m * course.sin()))
                .collect();
            let before: Vec<(f64, f64)> = (0..36).map(|agent| crowd.place(agent)).collect();
            if before.iter().any(|(x, y)| (x - 105.0).abs() > 4.0 || y.abs() > 3.0) {
                break;
            }
            let (mut wide, mut narrow) = (before.clone(), before.clone());
            let counted: Vec<u32> = crowd.crowd.collisions().to_vec();
            crowd.step(&moves);
            let order = &crowd.crowd.order;
            let stopped = moved_plainly(&mut wide, &moves, order, diameter_m * (1.0 + 1e-9));
            let grazing = moved_plainly(&mut narrow, &moves, order, diameter_m * (1.0 + 1e-6));
            if stopped != grazing {
                continue;
            }
            for agent in 0..36 {
                let (found, expected) = (crowd.place(agent), wide[agent]);
                let off = (found.0 - expected.0).hypot(found.1 - expected.1);
                prop_assert!(off < 1e-4, "agent {agent}: {found:?}, {expected:?}");
                let counts = crowd.crowd.collisions()[agent] - counted[agent];
                prop_assert_eq!(counts, u32::from(stopped[agent]));
            }
        }
    }
}

/// A head-on meeting: the first goes up to the second, the second can't move.
#[test]
fn head_on_agents_meet_at_a_diameter() {
    let mut firsts = [false; 2];
    for seed in 0..20 {
        let mut crowd = Driven::touching(&[(105.0, 0.0), (105.5, 0.0)], 0.1, &REFLECT).seeded(seed);
        crowd.step(&[(0.4, 0.0), (-0.4, 0.0)]);
        let first = crowd.crowd.order[0];
        firsts[first] = true;
        let met = [[105.3, 105.5], [105.0, 105.2]][first];
        for (agent, x) in met.into_iter().enumerate() {
            assert!(near(crowd.place(agent), (x, 0.0)), "{:?}", crowd.place(agent));
        }
        assert!(near(crowd.moved(0), (met[0] - 105.0, 0.0)) && near(crowd.moved(1), (met[1] - 105.5, 0.0)));
        assert_eq!(crowd.crowd.collisions(), [1, 1]);
        // Away from each other they are free at once, and so they are side by side.
        crowd.step(&[(0.0, 0.4), (0.4, 0.0)]);
        assert!(near(crowd.place(0), (met[0], 0.4)) && near(crowd.place(1), (met[1] + 0.4, 0.0)));
        assert_eq!(crowd.crowd.collisions(), [1, 1]);
    }
    assert_eq!(firsts, [true; 2]);
}

/// Two in a file move on together if the one in front moves first; otherwise the one behind has to wait.
#[test]
fn a_file_moves_on_if_its_front_moves_first() {
    let mut firsts = [false; 2];
    for seed in 0..20 {
        let mut file = Driven::touching(&[(105.0, 0.0), (105.2, 0.0)], 0.1 - 1e-9, &REFLECT).seeded(seed);
        file.step(&[(0.1, 0.0), (0.1, 0.0)]);
        let first = file.crowd.order[0];
        firsts[first] = true;
        let (behind, waits) = [(105.0, 1), (105.1, 0)][first];
        assert!(near(file.place(0), (behind, 0.0)) && near(file.place(1), (105.3, 0.0)));
        assert_eq!(file.crowd.collisions(), [waits, 0]);
    }
    assert_eq!(firsts, [true; 2]);
}

/// Of two agents each is first in half of all steps, whether they are in one cell, side by side, one above the other or
/// across: 4000 steps for each of five pairs. A count that is off by 5 standard errors is a false alarm in 3·10⁻⁶ of all seeds;
/// this one is fixed.
#[test]
fn nobody_is_favoured() {
    const STEPS: u32 = 4000;
    // Agents stand still, and keep 2 m: so far is their reach.
    let cells = Cells::new(&Space::new(&DOMAIN, [false; 2]), 2.0, 2);
    let pairs = [
        ([(100.1, -3.9), (102.0, -2.5)], [0, 0]),
        ([(101.5, 0.0), (103.6, 0.0)], [1, 0]),
        ([(104.0, -2.5), (104.0, -0.4)], [0, 1]),
        ([(102.0, -2.0), (103.6, -0.6)], [1, 1]),
        ([(103.6, -2.0), (102.0, -0.6)], [-1, 1]),
    ];
    for (i, (places, apart)) in pairs.iter().enumerate() {
        let [from, to] = places.map(|(x, y)| cells.cell([x, y]));
        assert_eq!([to[0] - from[0], to[1] - from[1]], *apart);
        let mut crowd = Driven::touching(places, 1.0, &REFLECT);
        let mut first = 0;
        for _ in 0..STEPS {
            crowd.step(&[]);
            first += u32::from(crowd.crowd.order[0] == 0);
        }
        let off = (f64::from(first) - 0.5 * f64::from(STEPS)).abs() / (0.25 * f64::from(STEPS)).sqrt();
        assert!(off < 5.0, "pair {i}: {first} of {STEPS}");
    }
}

/// A step of many diameters doesn't jump over a small disc.
#[test]
fn no_agent_jumps_over_another() {
    for policy in POLICIES {
        let mut crowd = Driven::touching(&[(102.0, 1.0), (105.0, 1.001)], 0.01, policy);
        crowd.step(&[(4.0, 0.0)]);
        let contact = 105.0 - (0.02f64 * 0.02 - 0.001 * 0.001).sqrt();
        assert!(near(crowd.place(0), (contact, 1.0)), "{policy:?}: {:?}", crowd.place(0));
    }
}

/// What stays where it is doesn't go up to a contact.
#[test]
fn an_agent_may_stay_instead() {
    let discs = DiscsConfig {
        radius_m: 0.1,
        contact: Contact::Stay,
    };
    for policy in POLICIES {
        let mut crowd = Driven::new(&[(109.7, 0.0), (109.9, -0.25)], &discs, policy);
        // Up to a contact in free space, and one behind an edge.
        for course in [(0.0, -0.3), (0.35, -0.3)] {
            crowd.step(&[course]);
            assert_eq!(crowd.place(0), (109.7, 0.0), "{policy:?}");
            assert_eq!(crowd.moved(0), (0.0, 0.0));
        }
        assert_eq!(crowd.crowd.collisions(), [2, 0]);
    }
}

/// Behind an edge the way goes on: mirrored, it meets an agent that the straight way doesn't.
#[test]
fn a_mirrored_way_stops_at_a_disc() {
    // From (109.8, 0) by (0.6, 0.6): to the edge x = 110 at y = 0.2, then back to (109.6, 0.6).
    let other = (109.7, 0.6);
    let mut crowd = Driven::touching(&[(109.8, 0.0), other], 0.05, &REFLECT);
    crowd.step(&[(0.6, 0.6)]);
    // On the second piece (110 − s, 0.2 + s): the smaller root of (0.3 − s)² + (s − 0.4)² = 0.1².
    let s = 0.35 - (0.01f64 / 2.0 - 0.05 * 0.05).sqrt();
    assert!(near(crowd.place(0), (110.0 - s, 0.2 + s)), "{:?}", crowd.place(0));
    let heading = lane(&crowd.agents.heading_rad, 0);
    assert!((heading - 0.75 * std::f64::consts::PI).abs() < 1e-12, "{heading}");
    assert_eq!(lane(&crowd.agents.boundary_hit, 0), 1.0);
    let way = crowd.moved(0).0.hypot(crowd.moved(0).1);
    assert!((way - (0.2 + s) * 2f64.sqrt()).abs() < 1e-7);
    // Stopped before the edge, it hasn't met it.
    let mut crowd = Driven::touching(&[(109.8, 0.0), (110.0, 0.18)], 0.05, &REFLECT);
    crowd.step(&[(0.6, 0.6)]);
    assert_eq!(lane(&crowd.agents.boundary_hit, 0), 0.0);
    assert!((lane(&crowd.agents.heading_rad, 0) - 0.25 * std::f64::consts::PI).abs() < 1e-12);
    assert_eq!(crowd.crowd.collisions()[0], 1);
}

/// Across an edge that wraps, agents meet as if side by side.
#[test]
fn agents_meet_across_the_edges_of_a_torus() {
    let wrap = WrapConfig {};
    let mut crowd = Driven::touching(&[(109.9, 3.9), (100.3, -3.9)], 0.1, &wrap);
    crowd.step(&[(0.5, 0.2)]);
    // In unwrapped coordinates from (9.9, 3.9) towards (10.4, 4.1), the other at (10.3, 4.1).
    let (dx, dy) = (0.5 / 0.29f64.sqrt(), 0.2 / 0.29f64.sqrt());
    let along = 0.4 * dx + 0.2 * dy;
    let aside2 = 0.4 * 0.4 + 0.2 * 0.2 - along * along;
    let way = along - (0.04 - aside2).sqrt();
    // It gets across the edge x = 110, and not across y = 4.
    let expected = (99.9 + way * dx, 3.9 + way * dy);
    assert!(expected.0 > 100.0 && expected.1 < 4.0);
    assert!(near(crowd.place(0), expected), "{:?} {expected:?}", crowd.place(0));
    // Not across an edge that doesn't wrap.
    let mut crowd = Driven::touching(&[(109.9, 3.9), (100.05, 3.9)], 0.1, &ClipConfig {});
    crowd.step(&[(0.05, 0.0)]);
    assert!(near(crowd.place(0), (109.95, 3.9)));
}

/// An agent that is cut short before the edge stays in the domain; one that reaches it leaves, and makes room.
#[test]
fn agents_that_leave_make_room() {
    let terminate = TerminateConfig {};
    let mut crowd = Driven::touching(&[(109.5, 0.0), (109.9, 0.0)], 0.1, &terminate);
    crowd.step(&[(1.0, 0.0)]);
    assert!(near(crowd.place(0), (109.7, 0.0)));
    assert_eq!(lane(&crowd.agents.left_domain, 0), 0.0);
    // The one in front leaves; the other, in the next step, goes through where it was.
    crowd.step(&[(0.0, 0.0), (1.0, 0.0)]);
    assert_eq!(lane(&crowd.agents.left_domain, 1), 1.0);
    assert!(near(crowd.place(1), (110.0, 0.0)));
    crowd.step(&[(1.0, 0.0)]);
    assert_eq!(lane(&crowd.agents.left_domain, 0), 1.0);
    assert!(near(crowd.place(0), (110.0, 0.0)));
}

/// An agent that is done is no obstacle any more, whether its block goes on or not.
#[test]
fn agents_that_are_done_make_room() {
    for others in [2, 9] {
        let mut places = vec![(105.0, 0.0); 1];
        places.extend((1..others).map(|i| (102.0, -3.0 + 0.5 * f64::from(i))));
        places.push((104.0, 0.0));
        let last = places.len() - 1;
        let mut crowd = Driven::touching(&places, 0.1, &REFLECT);
        let mut moves = vec![(0.0, 0.0); last];
        moves.push((1.5, 0.0));
        crowd.step(&moves);
        assert!(near(crowd.place(last), (104.8, 0.0)), "{:?}", crowd.place(last));
        for agent in 0..last.min(8) {
            crowd.end(agent);
        }
        crowd.step(&moves);
        assert!(near(crowd.place(last), (106.3, 0.0)), "{:?}", crowd.place(last));
    }
}

/// Pressed against an edge side by side, agents can still part along it.
#[test]
fn agents_at_an_edge_can_part() {
    let mut crowd = Driven::touching(&[(110.0, 0.0), (110.0, 0.2 + 1e-7)], 0.1, &ClipConfig {});
    crowd.step(&[(0.1, -0.1), (0.1, 0.1)]);
    assert!(near(crowd.place(0), (110.0, -0.1)), "{:?}", crowd.place(0));
    assert!(near(crowd.place(1), (110.0, 0.3 + 1e-7)), "{:?}", crowd.place(1));
    assert_eq!(crowd.crowd.collisions(), [0, 0]);
}

/// A place that isn't a number passes through and is found elsewhere.
#[test]
fn what_is_not_a_number_passes_through() {
    let mut crowd = Driven::touching(&[(105.0, 0.0), (105.3, 0.0)], 0.1, &REFLECT);
    crowd.step(&[(f64::NAN, 0.0), (-0.05, 0.0)]);
    assert!(crowd.place(0).0.is_nan());
    assert!(DOMAIN.contains(crowd.place(1).0, crowd.place(1).1));
}
