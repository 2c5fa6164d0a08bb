//! Agents in a round arena, against ways that are traced from contact to contact.

use super::super::super::agents::Place;
use super::*;
use crate::lanes::SimdLevel;
use crate::scenario::ErasedScenario;
use crate::scenario::plume::PlumeNavigation;
use proptest::prelude::*;
use serde_json::{Value, json};

const ARENA: CircularConfig = CircularConfig {
    centre_x_m: 3.0,
    centre_y_m: -1.0,
    radius_m: 2.0,
    wall: WallPolicy::Reflect,
};

/// An agent after it has moved from `from` by `moved`, both from the centre, and after what the wall made of it; its
/// heading is that of the movement, its course half of that.
fn confine(wall: WallPolicy, from: [f64; 2], moved: [f64; 2]) -> Agents {
    let config = CircularConfig { wall, ..ARENA };
    let heading_rad = moved[1].atan2(moved[0]);
    let place = Place {
        x_m: config.centre_x_m + from[0] + moved[0],
        y_m: config.centre_y_m + from[1] + moved[1],
        heading_rad,
    };
    let mut agents = Agents::at(&[place; 8], &Domain::default());
    agents.moved_x_m[0] = F64x8::splat(moved[0]);
    agents.moved_y_m[0] = F64x8::splat(moved[1]);
    agents.course_rad = vec![F64x8::splat(0.5 * heading_rad)];
    let stage = Stage {
        simd: SimdLevel::detect(),
        step: 0,
        time_s: 0.0,
        dt_s: 0.1,
        blocks: &[0],
    };
    config.build(&Domain::default()).confine(stage, &mut agents);
    agents
}

/// Position from the centre.
fn place(agents: &Agents) -> [f64; 2] {
    [
        agents.x_m[0].0[6] - ARENA.centre_x_m,
        agents.y_m[0].0[6] - ARENA.centre_y_m,
    ]
}

fn length([x, y]: [f64; 2]) -> f64 {
    (x * x + y * y).sqrt()
}

fn is_same_angle(a: f64, b: f64) -> bool {
    let apart = a - b;
    (apart - (apart / (2.0 * PI)).round() * 2.0 * PI).abs() < 1e-6
}

/// The reference: from contact to contact, with the heading mirrored at each. Gives place, heading, course and contacts.
fn traced(from: [f64; 2], moved: [f64; 2]) -> ([f64; 2], f64, f64, u32) {
    let heading_rad = moved[1].atan2(moved[0]);
    let (mut at, mut way, mut heading, mut course) = (from, moved, heading_rad, 0.5 * heading_rad);
    let mut contacts = 0;
    loop {
        let end = [at[0] + way[0], at[1] + way[1]];
        if length(end) <= ARENA.radius_m * (1.0 + 1e-14) {
            return (end, heading, course, contacts);
        }
        let (a, b) = (way[0] * way[0] + way[1] * way[1], at[0] * way[0] + at[1] * way[1]);
        let c = at[0] * at[0] + at[1] * at[1] - ARENA.radius_m * ARENA.radius_m;
        let fraction = (-b + (b * b - a * c).max(0.0).sqrt()) / a;
        at = [at[0] + fraction * way[0], at[1] + fraction * way[1]];
        let normal = [at[0] / length(at), at[1] / length(at)];
        let across = way[0] * normal[0] + way[1] * normal[1];
        way = [0, 1].map(|axis| (1.0 - fraction) * (way[axis] - 2.0 * across * normal[axis]));
        let normal_rad = normal[1].atan2(normal[0]);
        (heading, course) = (PI + 2.0 * normal_rad - heading, PI + 2.0 * normal_rad - course);
        contacts += 1;
    }
}

proptest! {
    /// Overshoots up to 40 radii, from all places, at all angles but those closest to the wall.
    #[test]
    fn reflections_are_those_of_a_billiard_table(
        (distance, angle, to_rad, far) in (0.0..1.999f64, 0.0..7.0f64, 0.0..7.0f64, 0.0..80.0f64)
    ) {
        let from = [distance * angle.cos(), distance * angle.sin()];
        let moved = [far * to_rad.cos(), far * to_rad.sin()];
        let agents = confine(WallPolicy::Reflect, from, moved);
        let (expected, heading, course, contacts) = traced(from, moved);
        let found = place(&agents);
        let apart = length([found[0] - expected[0], found[1] - expected[1]]);
        prop_assert!(apart < 1e-7 * ARENA.radius_m, "{found:?} {expected:?}, {contacts} contacts");
        prop_assert!(is_same_angle(agents.heading_rad[0].0[6], heading), "{contacts} contacts");
        prop_assert!(is_same_angle(agents.course_rad[0].0[6], course), "{contacts} contacts");
        prop_assert_eq!(agents.boundary_hit[0].0[6] != 0.0, contacts > 0);
        prop_assert_eq!((agents.moved_x_m[0].0[6], agents.moved_y_m[0].0[6]), (moved[0], moved[1]));
        prop_assert!(ARENA.contains(&Domain::default(), agents.x_m[0].0[6], agents.y_m[0].0[6]));
    }

    /// Wherever an agent came from and whatever the wall does, it is inside afterwards.
    #[test]
    fn everyone_is_inside(
        (distance, angle, to_rad, far) in (0.0..2.5f64, 0.0..7.0f64, 0.0..7.0f64, 0.0..1e6f64)
    ) {
        let from = [distance * angle.cos(), distance * angle.sin()];
        let moved = [far * to_rad.cos(), far * to_rad.sin()];
        for wall in [WallPolicy::Reflect, WallPolicy::Clip, WallPolicy::Terminate] {
            let agents = confine(wall, from, moved);
            let (x_m, y_m) = (agents.x_m[0].0[6], agents.y_m[0].0[6]);
            prop_assert!(ARENA.contains(&Domain::default(), x_m, y_m), "{wall:?}: {:?}", place(&agents));
            prop_assert!(agents.heading_rad[0].0[6].abs() <= PI + 1e-9);
        }
    }
}

/// From the middle an agent comes back the way that it went; after an inscribed square it is where it began.
#[test]
fn ways_with_a_known_end() {
    let back = confine(WallPolicy::Reflect, [0.0, 0.0], [3.0, 0.0]);
    assert!(length([place(&back)[0] - 1.0, place(&back)[1]]) < 1e-12);
    assert!(is_same_angle(back.heading_rad[0].0[6], PI));
    // A square in the arena has sides of R √2, at the distance R/√2 from the middle.
    let from = [ARENA.radius_m / 2f64.sqrt(), 0.0];
    let square = confine(WallPolicy::Reflect, from, [0.0, 4.0 * ARENA.radius_m * 2f64.sqrt()]);
    let found = place(&square);
    assert!(length([found[0] - from[0], found[1] - from[1]]) < 1e-9, "{found:?}");
    assert!(is_same_angle(square.heading_rad[0].0[6], 0.5 * PI));
}

/// A way along the wall follows it, as far as it is long.
#[test]
fn a_way_along_the_wall_follows_it() {
    let agents = confine(WallPolicy::Reflect, [2.0, 0.0], [0.0, PI]);
    let found = place(&agents);
    assert!(length([found[0], found[1] - 2.0]) < 1e-6, "{found:?}");
}

#[test]
fn a_terminating_wall_ends_the_way_where_it_is_met() {
    let agents = confine(WallPolicy::Terminate, [-1.0, 1.2], [5.0, 0.0]);
    let found = place(&agents);
    assert!(length([found[0] - 1.6, found[1] - 1.2]) < 1e-11, "{found:?}");
    assert!((agents.moved_x_m[0].0[6] - 2.6).abs() < 1e-11 && agents.moved_y_m[0].0[6] == 0.0);
    assert_eq!((agents.left_domain[0].0[6], agents.boundary_hit[0].0[6]), (1.0, 1.0));
    // Exactly on the wall is inside.
    let on_it = confine(WallPolicy::Terminate, [0.0, 0.0], [2.0, 0.0]);
    assert_eq!((on_it.left_domain[0].0[6], on_it.boundary_hit[0].0[6]), (0.0, 0.0));
}

#[test]
fn a_clipping_wall_is_slid_along() {
    let agents = confine(WallPolicy::Clip, [1.0, 0.0], [3.0, 3.0]);
    let found = place(&agents);
    assert!(length([found[0] - 1.6, found[1] - 1.2]) < 1e-11, "{found:?}");
    let moved = [agents.moved_x_m[0].0[6], agents.moved_y_m[0].0[6]];
    assert!(length([moved[0] - 0.6, moved[1] - 1.2]) < 1e-11, "{moved:?}");
    assert!(is_same_angle(agents.heading_rad[0].0[6], 0.25 * PI));
    assert_eq!((agents.left_domain[0].0[6], agents.boundary_hit[0].0[6]), (0.0, 1.0));
}

/// Only what is inside may be used: sources, starts of any sort, and the arena itself.
#[test]
fn sources_and_starts_have_to_be_inside() {
    let blamed = |tables: Value| -> Vec<String> {
        let mut config = json!({
            "boundary": {"kind": "circular", "centre_x_m": 8.0, "centre_y_m": 0.0, "radius_m": 7.0},
            "agents": {"start": {"kind": "disc", "x_m": 10.0, "y_m": 0.0, "radius_m": 9.0}},
        });
        for (name, table) in tables.as_object().unwrap() {
            config[name] = table.clone();
        }
        let problems = ErasedScenario::check(&PlumeNavigation::default(), &config).unwrap();
        problems.into_iter().map(|problem| problem.key).collect()
    };
    assert!(blamed(json!({})).is_empty());
    assert_eq!(
        blamed(json!({"plume": {"kind": "gaussian", "source_x_m": 0.5}})),
        ["plume.source_x_m"]
    );
    let region = json!({"kind": "region", "x_min_m": 3.0, "x_max_m": 8.0, "y_min_m": 0.0, "y_max_m": 6.0});
    assert_eq!(blamed(json!({"agents": {"start": region}})), ["agents.start"]);
    let list = json!({"kind": "list", "x_m": [8.0, 8.0], "y_m": [0.0, 7.5]});
    assert_eq!(blamed(json!({"agents": {"start": list}})), ["agents.start.x_m"]);
    let wide = json!({"kind": "circular", "centre_x_m": 8.0, "centre_y_m": 0.0, "radius_m": 8.5});
    assert_eq!(blamed(json!({"boundary": wide})), ["boundary.radius_m"]);
    let grid = json!({"start": {"kind": "point", "x_m": 10.0}, "motion": {"kind": "grid", "cell_m": 0.5}});
    assert!(blamed(json!({"agents": grid})).contains(&"boundary.kind".to_owned()));
}
