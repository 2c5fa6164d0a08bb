//! Numbers of the reference program.

use super::super::SearchModel;
use super::fixture::config;
use crate::grids::Inputs;
use crate::lanes::SimdLevel;
use crate::random::Xoshiro256PlusPlus;
use crate::scenario::inference::belief::{Belief, Move};
use crate::scenario::inference::policy::{PolicyConfig, Situation};

/// Moves of `policy` with prescribed hits, one for each move after which there are hits and one more if `last`; the
/// belief and the probability of not having found the source afterwards.
fn moves(
    model: &SearchModel,
    policy: &PolicyConfig,
    first_hit: usize,
    hits: &[usize],
    last: bool,
) -> (String, Belief, f64) {
    let simd = SimdLevel::detect();
    let (grid, tables) = (model.grid(), model.tables());
    let dimensions = grid.dimensions() as u32;
    let random = Xoshiro256PlusPlus::from_seed_and_member(0, 0);
    let mut policy = policy.build(dimensions, random, &Inputs::default()).unwrap();
    let mut cell = model.start();
    let mut belief = Belief::uniform_except(grid, cell);
    belief.observe(simd, tables, cell, first_hit);
    let mut moves = String::new();
    let mut survival = 1.0;
    for hits in hits.iter().map(Some).chain(last.then_some(None)) {
        let situation = Situation {
            simd,
            tables,
            belief: &belief,
            cell,
        };
        let Move(number) = policy.choose(situation);
        moves.push(char::from(b'0' + number));
        cell = grid.after(cell, Move(number)).unwrap();
        survival *= 1.0 - belief.probability(cell);
        if let Some(&hits) = hits {
            belief.observe(simd, tables, cell, hits);
        }
    }
    (moves, belief, survival)
}

/// `spec`: n = 2, L = 2, I = 2.
#[test]
fn the_standard_case() {
    let model = SearchModel::new(&config("{}"));
    assert_eq!(model.grid().sides(), [37, 37]);
    assert_eq!(model.tables().observations(), 4);
    assert_eq!(model.grid().coordinates(&model.start()), [18, 18]);
    let mixture = [0.0, 0.808_162_43, 0.142_475_33, 0.049_362_24];
    for (found, expected) in model.first_hits().iter().zip(mixture) {
        assert!((found - expected).abs() < 5e-9, "{:?}", model.first_hits());
    }
    let (_, belief, _) = moves(&model, &PolicyConfig::default(), 1, &[], false);
    assert!((belief.entropy_bits(SimdLevel::detect()) - 7.588_763_21).abs() < 5e-9);
    let (moves, ..) = moves(&model, &PolicyConfig::default(), 1, &[0; 20], false);
    assert_eq!(moves, "02211113333330000000");
}

/// Every policy in one, two and three dimensions, with hits forced to zero and with hits that the reference drew from
/// its own predictions.
#[test]
fn all_policies_move_as_in_the_reference() {
    let mut compared = 0;
    let mut wrong = Vec::new();
    for line in include_str!("otto_1_0_2.txt")
        .lines()
        .filter(|line| !line.starts_with('#'))
    {
        let fields: Vec<&str> = line.split(' ').collect();
        let [
            n,
            length,
            intensity,
            policy,
            ahead,
            first,
            side,
            levels,
            entropy,
            hits,
            moved,
            end,
            unfound,
        ] = fields[..]
        else {
            panic!("{line}");
        };
        let keys = if policy == "infotaxis" {
            format!(r#", "steps_ahead": {ahead}"#)
        } else {
            String::new()
        };
        let config = config(&format!(
            r#"{{"medium": {{"dimensions": {n}, "dispersion_length": {length}, "source_intensity": {intensity}}},
                "policy": {{"kind": "{policy}"{keys}}}}}"#
        ));
        let model = SearchModel::new(&config);
        assert_eq!(model.grid().sides()[0].to_string(), side, "{line}");
        assert_eq!(model.tables().observations().to_string(), levels, "{line}");
        let hits: Vec<usize> = hits.bytes().map(|digit| usize::from(digit - b'0')).collect();
        let first = first.parse().unwrap();
        let number = |text: &str| text.parse::<f64>().unwrap();

        let (_, belief, _) = moves(&model, &config.policy, first, &[], false);
        assert!(
            (belief.entropy_bits(SimdLevel::detect()) - number(entropy)).abs() < 1e-9,
            "{line}"
        );
        let last = moved.len() > hits.len();
        let (found, belief, survival) = moves(&model, &config.policy, first, &hits, last);
        if found != moved {
            wrong.push(format!("{line}\n{found}"));
            continue;
        }
        assert!((survival - number(unfound)).abs() < 1e-9, "{line}: {survival}");
        if !last {
            let entropy = belief.entropy_bits(SimdLevel::detect());
            assert!((entropy - number(end)).abs() < 1e-6, "{line}: {entropy}");
        }
        compared += moved.len();
    }
    assert!(wrong.is_empty(), "{} of 118:\n{}", wrong.len(), wrong.join("\n"));
    assert!(compared > 4000, "{compared}");
}
