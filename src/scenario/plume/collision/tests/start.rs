//! Starting places.

use super::fixture::closest;
use crate::grids::Inputs;
use crate::lanes::{SimdLevel, lane};
use crate::scenario::UnitFailure;
use crate::scenario::plume::World;
use crate::scenario::plume::agents::{Agents, Starts, Surroundings};
use crate::scenario::plume::collision::{CollisionConfig, Crowd};
use crate::scenario::plume::space::Domain;
use crate::scenario::plume::tests::fixture::{config, run, unit};

fn placed(text: &str) -> Result<Agents, UnitFailure> {
    let config = config(text);
    let CollisionConfig::Discs(discs) = &config.collision else {
        panic!("{text}");
    };
    let (streams, domain, inputs) = (unit(1).streams, &config.episode.domain, Inputs::default());
    let world = World::realise(&config, &streams, &inputs)?;
    let mut starts = Starts::new(
        &config.agents,
        surroundings(domain, &world, &inputs),
        streams.seed("start"),
    )?;
    let mut agents = starts.agents()?;
    let boundary = config.boundary.build(domain);
    let seed = streams.seed("collision");
    Crowd::placed(discs, domain, boundary.as_ref(), &mut agents, seed, |agent| {
        starts.another(agent)
    })?;
    Ok(agents)
}

fn surroundings<'a>(domain: &'a Domain, world: &'a World, inputs: &'a Inputs) -> Surroundings<'a> {
    Surroundings {
        domain,
        contains: &|_, _| true,
        wind: world.wind(),
        plume: world.plume(),
        inputs,
        simd: SimdLevel::detect(),
    }
}

fn places(agents: &Agents) -> Vec<(f64, f64)> {
    (0..agents.count)
        .map(|agent| (lane(&agents.x_m, agent), lane(&agents.y_m, agent)))
        .collect()
}

/// At 45 % coverage, where most of the first places are taken; in a region, on a line, and across the edges of a torus.
#[test]
fn agents_start_apart() {
    for (start, boundary, radius_m) in [
        (
            r#"{"kind": "region", "x_min_m": 5, "x_max_m": 15, "y_min_m": -4, "y_max_m": 4}"#,
            "clip",
            0.27,
        ),
        (
            r#"{"kind": "region", "x_min_m": 0, "x_max_m": 25, "y_min_m": -8, "y_max_m": 8}"#,
            "wrap",
            0.58,
        ),
        (
            r#"{"kind": "line", "x_first_m": 2, "y_first_m": -6, "x_second_m": 12, "y_second_m": 6}"#,
            "clip",
            0.033,
        ),
    ] {
        let agents = placed(&format!(
            r#"{{"agents": {{"count": 160, "start": {start}}}, "boundary": {{"kind": "{boundary}"}},
                "collision": {{"kind": "discs", "radius_m": {radius_m}}}}}"#
        ))
        .unwrap();
        let domain = crate::scenario::plume::space::Domain::default();
        let found = closest(&places(&agents), &domain, boundary == "wrap");
        assert!(found >= 2.0 * radius_m, "{start}: {found}");
    }
}

/// First places and headings are those of a crowd without discs, and agents don't notice those after them.
#[test]
fn only_agents_in_the_way_draw_again() {
    let text = |count: u32| {
        format!(r#"{{"agents": {{"count": {count}}}, "collision": {{"kind": "discs", "radius_m": 0.2}}}}"#)
    };
    let many = placed(&text(100)).unwrap();
    let few = placed(&text(37)).unwrap();
    assert_eq!(places(&few), places(&many)[..37]);
    let config = config(&text(100));
    let (streams, domain, inputs) = (unit(1).streams, &config.episode.domain, Inputs::default());
    let (world, seed) = (
        World::realise(&config, &streams, &inputs).unwrap(),
        streams.seed("start"),
    );
    let first = Agents::start(&config.agents, surroundings(domain, &world, &inputs), seed).unwrap();
    assert_eq!(first.heading_rad, many.heading_rad);
    let (first, found) = (places(&first), places(&many));
    let mut drawn_again = 0;
    for agent in 0..100 {
        // A disc without others before it in the way keeps its place; another one has the next free place of its stream.
        let free = |place: &(f64, f64)| {
            found[..agent]
                .iter()
                .all(|other| (place.0 - other.0).hypot(place.1 - other.1) >= 0.4 * (1.0 + 1e-8))
        };
        let mut random = seed.generator(agent as u64);
        // Its first place and its heading.
        for _ in 0..3 {
            random.uniform();
        }
        let mut place = first[agent];
        while !free(&place) {
            place = (12.0 + 8.0 * random.uniform(), -4.0 + 8.0 * random.uniform());
            drawn_again += 1;
        }
        assert_eq!(found[agent], place, "agent {agent}");
    }
    assert!(drawn_again > 10, "{drawn_again}");
}

/// What can't be is told; without a check, as when values are swept by other means, the unit fails.
#[test]
fn no_room_is_a_failure_of_the_unit() {
    for (start, words) in [
        (
            r#"{"kind": "point"}"#,
            "agents 0 and 1 start closer than their discs of radius 0.2 m allow",
        ),
        (
            r#"{"kind": "region", "x_min_m": 12, "x_max_m": 12.5, "y_min_m": 0, "y_max_m": 0.5}"#,
            "found no place for its disc of radius 0.2 m",
        ),
    ] {
        let text = format!(
            r#"{{"agents": {{"count": 12, "start": {start}}}, "collision": {{"kind": "discs", "radius_m": 0.2}}}}"#
        );
        let failure = run(&config(&text), SimdLevel::detect(), 12, &mut ())
            .unwrap_err()
            .to_string();
        assert!(failure.contains(words) && failure.contains("hint"), "{failure}");
    }
}
