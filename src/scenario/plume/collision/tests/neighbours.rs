//! Lists of neighbours hold all that can touch, and stay short.

use super::super::neighbours::Neighbours;
use super::super::space::{NOWHERE, Place, Space};
use super::fixture::DOMAIN;
use crate::random::Xoshiro256PlusPlus;
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// After any number of steps everyone who can come into contact in the next one is in the list, on a plane, a
    /// cylinder and a torus, however few cells there are around it.
    #[test]
    fn whoever_can_touch_is_listed(
        seed in 0u64..1_000_000, count in 2usize..80, contact_m in 0.02..1.2f64, part in 0.01..1.0f64,
        wraps in (any::<bool>(), any::<bool>()),
    ) {
        let space = Space::new(&DOMAIN, [wraps.0, wraps.1]);
        let mut random = Xoshiro256PlusPlus::from_seed_and_member(seed, 2);
        let step_m = part * contact_m;
        let mut somewhere = || [100.0 + 10.0 * random.uniform(), -4.0 + 8.0 * random.uniform()];
        let mut places: Vec<Place> = (0..count).map(|_| somewhere()).collect();
        places[0] = NOWHERE;
        // Lists are made for shorter steps than the agents make: that has to be noticed.
        let mut neighbours = Neighbours::new(&space, count, contact_m, 0.3 * step_m);
        for _ in 0..12 {
            neighbours.provide(&space, &places, step_m);
            let reach2 = (contact_m + 2.0 * step_m).powi(2);
            for (a, place) in places.iter().enumerate().skip(1) {
                for (b, other) in places.iter().enumerate().skip(1).filter(|(b, _)| *b != a) {
                    if space.distance2(*place, *other) <= reach2 {
                        prop_assert!(neighbours.of(a).contains(&(b as u32)), "{a} {b}");
                    }
                }
                prop_assert!(!neighbours.of(a).contains(&0) && !neighbours.of(a).contains(&(a as u32)));
            }
            for place in places.iter_mut().skip(1) {
                let course = std::f64::consts::TAU * random.uniform();
                let moved = [place[0] + step_m * course.cos(), place[1] + step_m * course.sin()];
                if DOMAIN.contains(moved[0], moved[1]) {
                    *place = moved;
                }
            }
        }
    }
}

/// Lists are as long as the density says, wherever agents are: spread over a vast domain, in a heap in its corner, on a
/// line along either axis.
#[test]
fn lists_are_short_however_agents_are_spread() {
    let domain = crate::scenario::plume::episode::Domain {
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
    for (name, place, longest) in arrangements {
        let places: Vec<Place> = (0..count).map(|i| place(f64::from(i))).collect();
        // Contact at 0.18 m with a margin of 0.12 m: the reach of 0.3 m holds the eight around in a square lattice of 0.2 m.
        let mut neighbours = Neighbours::new(&space, count as usize, 0.18, 0.015);
        neighbours.provide(&space, &places, 0.015);
        let lengths = (0..count as usize).map(|agent| neighbours.of(agent).len());
        assert_eq!(lengths.max(), Some(longest), "{name}");
        assert!(
            neighbours.longest_search() < 60,
            "{name}: {}",
            neighbours.longest_search()
        );
    }
}
