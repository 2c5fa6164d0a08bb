//! Whoever can touch is found, among a few.

use super::super::cells::Cells;
use super::super::intended::Way;
use super::super::neighbours::{Neighbours, reach_m};
use super::super::space::{NOWHERE, Place, Space};
use super::fixture::DOMAIN;
use crate::random::Xoshiro256PlusPlus;
use crate::scenario::plume::space::Domain;
use proptest::prelude::*;

/// Agents at `places`, in cells for a reach, and the slot of each.
fn sorted(space: &Space, places: &[Place], reach_m: f64) -> (Neighbours, Vec<usize>) {
    let mut neighbours = Neighbours::new(space, places.to_vec());
    let ways: Vec<Way> = places.iter().copied().map(Way::to).collect();
    neighbours.sort(space, reach_m, &ways);
    let mut slots = vec![usize::MAX; places.len()];
    for (slot, agent) in neighbours.agents().iter().enumerate() {
        assert_eq!(neighbours.places()[slot], places[*agent as usize]);
        slots[*agent as usize] = slot;
    }
    (neighbours, slots)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    /// Half of the agents have moved, one has left. Those who still wait find everyone whom their way could touch, and all
    /// others who wait and whose way could touch them: on a plane, a cylinder and a torus, however few cells there are.
    #[test]
    fn whoever_can_touch_is_found(
        seed in 0u64..1_000_000, count in 3usize..200, contact_m in 0.01..1.2f64, part in 0.01..1.0f64,
        wraps in (any::<bool>(), any::<bool>()),
    ) {
        let space = Space::new(&DOMAIN, [wraps.0, wraps.1]);
        let mut random = Xoshiro256PlusPlus::from_seed_and_member(seed, 2);
        let step_m = part * contact_m;
        let mut somewhere = || [100.0 + 10.0 * random.uniform(), -4.0 + 8.0 * random.uniform()];
        let mut places: Vec<Place> = (0..count).map(|_| somewhere()).collect();
        let reach_m = reach_m(contact_m, step_m);
        let (mut neighbours, slots) = sorted(&space, &places, reach_m);
        places[0] = NOWHERE;
        for place in &mut places[1..count / 2] {
            let (course, step_m) = (std::f64::consts::TAU * random.uniform(), step_m * random.uniform());
            let moved = [place[0] + step_m * course.cos(), place[1] + step_m * course.sin()];
            if DOMAIN.contains(moved[0], moved[1]) {
                *place = moved;
            }
        }
        for (place, slot) in places[..count / 2].iter().zip(&slots) {
            neighbours.set(*slot, *place, Way::made(1.0));
        }
        let mut found = Vec::new();
        for agent in count / 2..count {
            let end = neighbours.find(&space, slots[agent], reach_m, &mut found);
            let found = &found[..end];
            for other in (0..count).filter(|other| *other != agent) {
                let matters_m = if other < count / 2 { contact_m + step_m } else { reach_m };
                if space.distance2(places[agent], places[other]) <= matters_m * matters_m {
                    prop_assert!(found.contains(&(slots[other] as u32)), "{agent} {other}");
                }
            }
            prop_assert!(!found.contains(&(slots[agent] as u32)) && !found.contains(&(slots[0] as u32)));
        }
    }

    /// Agents in different cells of one colour are beyond each other's reach, across seams too, so it makes no difference
    /// which of them moves first. All agents are called once; those within reach in the order of their colours, and within
    /// a cell in that of their indices.
    #[test]
    fn those_of_one_colour_are_far_apart(
        seed in 0u64..1_000_000, count in 2usize..300, reach_m in 0.02..6.0f64, wraps in (any::<bool>(), any::<bool>()),
        first in 0u32..4,
    ) {
        let space = Space::new(&DOMAIN, [wraps.0, wraps.1]);
        let mut random = Xoshiro256PlusPlus::from_seed_and_member(seed, 3);
        let places: Vec<Place> = (0..count)
            .map(|_| [100.0 + 10.0 * random.uniform(), -4.0 + 8.0 * random.uniform()])
            .collect();
        let cells = Cells::new(&space, reach_m, count);
        let colour = |agent: usize| cells.bucket_and_colour(places[agent]).1;
        for a in 0..count {
            for b in 0..a {
                if colour(a) == colour(b) && cells.cell(places[a]) != cells.cell(places[b]) {
                    prop_assert!(space.distance2(places[a], places[b]).sqrt() > reach_m);
                }
            }
        }
        let (neighbours, _) = sorted(&space, &places, reach_m);
        let (mut called, mut found) = (Vec::new(), Vec::new());
        for (run, colour) in neighbours.runs([first, first ^ 1, first ^ 2, first ^ 3]) {
            let count = neighbours.of_colour(run, colour, &mut found);
            called.extend(found[..count].iter().map(|slot| neighbours.agents()[*slot as usize] as usize));
        }
        for (turn, agent) in called.iter().enumerate() {
            for later in &called[turn + 1..] {
                let (a, b) = (places[*agent], places[*later]);
                if cells.cell(a) == cells.cell(b) {
                    prop_assert!(agent < later, "{agent} before {later}");
                } else if space.distance2(a, b).sqrt() <= reach_m {
                    // Colours come in the order first, first ^ 1, first ^ 2, first ^ 3.
                    prop_assert!(colour(*agent) ^ first < colour(*later) ^ first, "{agent} before {later}");
                }
            }
        }
        called.sort_unstable();
        prop_assert_eq!(called, (0..count).collect::<Vec<_>>());
    }
}

/// As many are near as the density says, and few are looked at to find them, wherever agents are: spread over a vast domain,
/// in a heap in its corner, on a line along either axis.
#[test]
fn few_are_looked_at_however_agents_are_spread() {
    let domain = Domain {
        x_min_m: -1e6,
        x_max_m: 1e6,
        y_min_m: -1e6,
        y_max_m: 1e6,
    };
    let space = Space::new(&domain, [false; 2]);
    let count = 20_000;
    let side = (count as f64).sqrt();
    type Arrangement<'a> = (&'a str, &'a dyn Fn(f64) -> Place, usize);
    let arrangements: [Arrangement<'_>; 4] = [
        (
            "spread",
            &|i| [1e4 * (i % side).floor() - 9e5, 1e4 * (i / side).floor() - 9e5],
            0,
        ),
        (
            "heap",
            &|i| [0.2 * (i % side).floor() - 1e6, 0.2 * (i / side).floor() - 1e6],
            8,
        ),
        ("row", &|i| [0.2 * i, 3.0], 2),
        ("column", &|i| [-7.0, 0.2 * i], 2),
    ];
    for (name, place, most_near) in arrangements {
        let places: Vec<Place> = (0..count).map(|i| place(f64::from(i))).collect();
        // The reach of 0.3 m holds the eight around in a square lattice of 0.2 m.
        let (neighbours, slots) = sorted(&space, &places, 0.3);
        let mut found = Vec::new();
        let near = (slots.iter()).map(|slot| neighbours.find(&space, *slot, 0.3, &mut found));
        assert_eq!(near.max(), Some(most_near), "{name}");
        let looked_at = (places.iter()).map(|place| neighbours.looked_at(*place)).max();
        assert!(looked_at < Some(60), "{name}: {looked_at:?}");
    }
}
