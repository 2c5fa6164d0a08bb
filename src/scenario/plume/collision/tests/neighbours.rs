//! Whoever can touch is found, among a few.

use super::super::neighbours::{Mover, Neighbours, reach_m};
use super::super::space::{NOWHERE, Place, Space};
use super::fixture::DOMAIN;
use crate::random::Xoshiro256PlusPlus;
use crate::scenario::plume::episode::Domain;
use proptest::prelude::*;

/// Agents at `places`, in cells for a reach, and the slot of each.
fn sorted(space: &Space, places: &[Place], reach_m: f64) -> (Neighbours, Vec<usize>) {
    let mut neighbours = Neighbours::new(space, places.len());
    neighbours.clear(space, reach_m, places.len());
    let buckets: Vec<u32> = places.iter().map(|place| neighbours.count(*place)).collect();
    neighbours.counted();
    let slots = (places.iter().zip(buckets))
        .map(|(place, bucket)| neighbours.put(bucket, Mover::waiting(*place, NOWHERE)) as usize)
        .collect();
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
            neighbours.set(*slot, Mover::moved(*place, 1.0));
        }
        let mut found = Vec::new();
        for agent in count / 2..count {
            let end = neighbours.find(&space, slots[agent], reach_m, &mut found, 0);
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
        let near = (slots.iter()).map(|slot| neighbours.find(&space, *slot, 0.3, &mut found, 0));
        assert_eq!(near.max(), Some(most_near), "{name}");
        let looked_at = (places.iter()).map(|place| neighbours.looked_at(*place)).max();
        assert!(looked_at < Some(60), "{name}: {looked_at:?}");
    }
}
