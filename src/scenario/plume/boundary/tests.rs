//! Positions stay inside, and each policy does what it says, against plain scalar references.

use super::super::agents::{Agents, Place};
use super::super::space::Domain;
use super::super::step::Stage;
use super::{BoundaryModel, ClipConfig, EdgePolicies, EdgePolicy, ReflectConfig, TerminateConfig, WrapConfig};
use crate::lanes::{F64x8, SimdLevel};
use proptest::prelude::*;
use std::f64::consts::PI;

const POLICIES: [&dyn BoundaryModel; 4] = [&TerminateConfig {}, &ClipConfig {}, &ReflectConfig {}, &WrapConfig {}];

/// Agents that just moved from `from` to `to`.
fn confine(policy: &dyn BoundaryModel, domain: &Domain, from: (f64, f64), to: (f64, f64), heading_rad: f64) -> Agents {
    let place = Place {
        x_m: to.0,
        y_m: to.1,
        heading_rad,
    };
    let mut agents = Agents::at(&[place; 8], domain);
    agents.moved_x_m[0] = F64x8::splat(to.0 - from.0);
    agents.moved_y_m[0] = F64x8::splat(to.1 - from.1);
    agents.course_rad = vec![F64x8::splat(0.5 * heading_rad)];
    let stage = Stage {
        simd: SimdLevel::detect(),
        step: 0,
        time_s: 0.0,
        dt_s: 0.1,
        blocks: &[0],
    };
    policy.build(domain).confine(stage, &mut agents);
    agents
}

/// Mirrors step by step: the reference for one crossing after another.
fn mirrored(mut value: f64, low: f64, high: f64) -> (f64, u32) {
    let mut crossings = 0;
    while value < low || value > high {
        value = if value < low {
            2.0 * low - value
        } else {
            2.0 * high - value
        };
        crossings += 1;
    }
    (value, crossings)
}

/// Shifts by whole widths.
fn wrapped(mut value: f64, low: f64, high: f64) -> f64 {
    while value < low {
        value += high - low;
    }
    while value > high {
        value -= high - low;
    }
    value
}

/// The fraction of the straight way at which it meets an edge, 1 if it meets none: edge by edge.
fn first_edge(from: (f64, f64), to: (f64, f64), domain: &Domain) -> f64 {
    let edges = [
        (from.0, to.0, domain.x_min_m),
        (from.0, to.0, domain.x_max_m),
        (from.1, to.1, domain.y_min_m),
        (from.1, to.1, domain.y_max_m),
    ];
    edges
        .into_iter()
        .filter(|(from, to, edge)| (from - edge) * (to - edge) < 0.0)
        .map(|(from, to, edge)| (edge - from) / (to - from))
        .fold(1.0, f64::min)
}

proptest! {
    #[test]
    fn positions_stay_inside(
        x_min in -1e3..1e3, width in 1e-2..1e3, y_min in -1e3..1e3, height in 1e-2..1e3,
        x in -1e5..1e5, y in -1e5..1e5, heading in -PI..PI,
    ) {
        let domain = Domain { x_min_m: x_min, x_max_m: x_min + width, y_min_m: y_min, y_max_m: y_min + height };
        for policy in POLICIES {
            let agents = confine(policy, &domain, (x_min, y_min), (x, y), heading);
            for lane in 0..8 {
                let (x, y) = (agents.x_m[0].0[lane], agents.y_m[0].0[lane]);
                prop_assert!(domain.contains(x, y), "{policy:?}: ({x}, {y}) outside {domain}");
                prop_assert!(agents.heading_rad[0].0[lane].abs() <= PI);
            }
            let inside = domain.contains(x, y);
            prop_assert_eq!(agents.boundary_hit[0].0[0] == 0.0, inside);
            let ends = policy.kind() == "terminate" && !inside;
            prop_assert_eq!(agents.left_domain[0].0[0] != 0.0, ends);
        }
    }

    #[test]
    fn policies_follow_their_scalar_references(x in -30.0..40.0, y in -30.0..40.0, heading in -PI..PI) {
        let domain = Domain { x_min_m: 0.0, x_max_m: 10.0, y_min_m: -3.0, y_max_m: 4.0 };
        let from = (5.0, 0.5);
        let value = |agents: &Agents| (agents.x_m[0].0[6], agents.y_m[0].0[6], agents.heading_rad[0].0[6]);
        let near = |a: f64, b: f64| (a - b).abs() < 1e-11;

        let agents = confine(&ClipConfig {}, &domain, from, (x, y), heading);
        let expected = (x.clamp(0.0, 10.0), y.clamp(-3.0, 4.0), heading);
        prop_assert_eq!(value(&agents), expected);
        prop_assert!(near(agents.moved_x_m[0].0[6], expected.0 - from.0));
        prop_assert!(near(agents.moved_y_m[0].0[6], expected.1 - from.1));

        let agents = confine(&TerminateConfig {}, &domain, from, (x, y), heading);
        let fraction = first_edge(from, (x, y), &domain);
        let moved = (fraction * (x - from.0), fraction * (y - from.1));
        let found = value(&agents);
        prop_assert!(near(found.0, from.0 + moved.0) && near(found.1, from.1 + moved.1) && found.2 == heading);
        prop_assert!(near(agents.moved_x_m[0].0[6], moved.0) && near(agents.moved_y_m[0].0[6], moved.1));

        let agents = confine(&WrapConfig {}, &domain, from, (x, y), heading);
        let found = value(&agents);
        prop_assert!(near(found.0, wrapped(x, 0.0, 10.0)) && near(found.1, wrapped(y, -3.0, 4.0)) && found.2 == heading);
        prop_assert_eq!(agents.moved_x_m[0].0[6], x - from.0);

        let agents = confine(&ReflectConfig {}, &domain, from, (x, y), heading);
        let found = value(&agents);
        let ((x, across_x), (y, across_y)) = (mirrored(x, 0.0, 10.0), mirrored(y, -3.0, 4.0));
        prop_assert!(near(found.0, x) && near(found.1, y));
        let (sine, cosine) = heading.sin_cos();
        let cosine = if across_x % 2 == 1 { -cosine } else { cosine };
        let sine = if across_y % 2 == 1 { -sine } else { sine };
        prop_assert!(near(found.2.cos(), cosine) && near(found.2.sin(), sine));
    }
}

#[test]
fn not_a_number_is_not_hidden() {
    for policy in POLICIES {
        let agents = confine(policy, &Domain::default(), (1.0, 1.0), (f64::NAN, 1.0), 0.0);
        assert!(agents.x_m[0].0[0].is_nan(), "{policy:?}");
    }
}

/// The straight way traced from edge to edge: position, heading, way along x and y, whether it ended at an edge.
fn traced(
    edges: EdgePolicies,
    domain: &Domain,
    from: (f64, f64),
    to: (f64, f64),
    heading: f64,
) -> ((f64, f64), f64, (f64, f64), bool) {
    let mut place = [from.0, from.1];
    let mut left = [to.0 - from.0, to.1 - from.1];
    let sign = left.map(f64::signum);
    let (mut way, mut heading) = ([0.0, 0.0], heading);
    let policies = [[edges.west, edges.east], [edges.south, edges.north]];
    let bounds = [[domain.x_min_m, domain.x_max_m], [domain.y_min_m, domain.y_max_m]];
    for _ in 0..10_000 {
        let until = |axis: usize| match left[axis] {
            rest if rest > 0.0 => (bounds[axis][1] - place[axis]) / rest,
            rest if rest < 0.0 => (bounds[axis][0] - place[axis]) / rest,
            _ => f64::INFINITY,
        };
        let axis = usize::from(until(1) < until(0));
        let part = until(axis).clamp(0.0, 1.0);
        let crosses = until(axis) < 1.0;
        for axis in 0..2 {
            place[axis] += part * left[axis];
            way[axis] += part * left[axis].abs() * sign[axis];
            left[axis] *= 1.0 - part;
        }
        if !crosses {
            break;
        }
        let side = usize::from(left[axis] > 0.0);
        place[axis] = bounds[axis][side];
        match policies[axis][side] {
            EdgePolicy::Terminate => return ((place[0], place[1]), heading, (way[0], way[1]), true),
            EdgePolicy::Clip => left[axis] = 0.0,
            EdgePolicy::Reflect => {
                left[axis] = -left[axis];
                heading = if axis == 0 { PI - heading } else { -heading };
            }
            EdgePolicy::Wrap => place[axis] = bounds[axis][1 - side],
        }
    }
    ((place[0], place[1]), heading, (way[0], way[1]), false)
}

/// Policies of one axis: both wrap, or each has any other.
fn axis_policies() -> impl Strategy<Value = (EdgePolicy, EdgePolicy)> {
    let alone = || {
        prop_oneof![
            Just(EdgePolicy::Terminate),
            Just(EdgePolicy::Clip),
            Just(EdgePolicy::Reflect)
        ]
    };
    prop_oneof![1 => Just((EdgePolicy::Wrap, EdgePolicy::Wrap)), 4 => (alone(), alone())]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    /// Any policies, any overshoot, from any place inside.
    #[test]
    fn edges_with_policies_of_their_own_follow_the_traced_way(
        (west, east) in axis_policies(), (south, north) in axis_policies(),
        from_x in 0.0..10.0, from_y in -3.0..4.0, x in -30.0..40.0, y in -30.0..40.0, heading in -PI..PI,
    ) {
        let domain = Domain { x_min_m: 0.0, x_max_m: 10.0, y_min_m: -3.0, y_max_m: 4.0 };
        let edges = EdgePolicies { west, east, south, north };
        let agents = confine(&edges, &domain, (from_x, from_y), (x, y), heading);
        let (place, turned, way, done) = traced(edges, &domain, (from_x, from_y), (x, y), heading);
        let near = |a: f64, b: f64| (a - b).abs() < 1e-9;
        let found = (agents.x_m[0].0[3], agents.y_m[0].0[3]);
        prop_assert!(domain.contains(found.0, found.1), "{edges:?}: {found:?}");
        prop_assert!(near(found.0, place.0) && near(found.1, place.1), "{edges:?}: {found:?}, {place:?}");
        let moved = (agents.moved_x_m[0].0[3], agents.moved_y_m[0].0[3]);
        prop_assert!(near(moved.0, way.0) && near(moved.1, way.1), "{edges:?}: {moved:?}, {way:?}");
        prop_assert_eq!(agents.left_domain[0].0[3] != 0.0, done);
        prop_assert_eq!(agents.boundary_hit[0].0[3] == 0.0, domain.contains(x, y));
        prop_assert!(near((agents.heading_rad[0].0[3] - turned).sin(), 0.0));
        prop_assert!((agents.heading_rad[0].0[3] - turned).cos() > 0.0, "{edges:?}");
    }
}

#[test]
fn a_course_is_mirrored_like_the_heading() {
    let domain = Domain {
        x_min_m: 0.0,
        x_max_m: 10.0,
        y_min_m: -3.0,
        y_max_m: 4.0,
    };
    let reflect = ReflectConfig {};
    for (to, expected) in [
        ((11.0, 0.0), PI - 0.4),
        ((5.0, 4.5), -0.4),
        ((11.0, 4.5), -PI + 0.4),
        ((9.0, 3.0), 0.4),
    ] {
        let agents = confine(&reflect, &domain, (9.5, 3.5), to, 0.8);
        assert!((agents.course_rad[0].0[5] - expected).abs() < 1e-15, "{to:?}");
    }
}
