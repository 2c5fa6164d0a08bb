//! Beliefs and outlooks against plain sums, and their invariants.

use super::fixture::random_case;
use crate::lanes::SimdLevel;
use crate::random::Xoshiro256PlusPlus;
use crate::scenario::inference::belief::{Belief, Grid, LikelihoodTables, Outlook, SharedTerms};
use proptest::prelude::*;

/// Cases in every dimension, with rows that fill their blocks and rows that don't.
const SIDES: [&[u32]; 6] = [&[17], &[16], &[23], &[9, 21], &[8, 8], &[5, 3, 11]];

/// Bayes' rule written out: probabilities in row-major order, and the probability of the observation.
fn posterior(belief: &Belief, tables: &LikelihoodTables, at: usize, observation: usize) -> (Vec<f64>, f64) {
    let grid = belief.grid();
    let here = grid.cell_at(at);
    let product = |index: usize| {
        let cell = grid.cell_at(index);
        if index == at {
            0.0
        } else {
            belief.probability(cell) * tables.likelihood(observation, here, cell)
        }
    };
    let products: Vec<f64> = (0..grid.cells()).map(product).collect();
    let mass: f64 = products.iter().sum();
    (products.iter().map(|p| p / mass).collect(), mass)
}

fn entropy_bits(probabilities: &[f64]) -> f64 {
    let term = |p: &f64| if *p > 0.0 { -p * p.log2() } else { 0.0 };
    probabilities.iter().map(term).sum()
}

#[test]
fn an_observation_is_bayes_rule() {
    for sides in SIDES {
        let (tables, belief, _) = random_case(sides, 4, 5, 1);
        for at in [0, 1, belief.grid().cells() - 1] {
            for observation in 0..4 {
                let (expected, mass) = posterior(&belief, &tables, at, observation);
                let mut found = belief.clone();
                let cell = belief.grid().cell_at(at);
                let found_mass = found.observe(SimdLevel::detect(), &tables, cell, observation);
                assert!((found_mass - mass).abs() < 1e-14);
                for ((_, found), expected) in found.cells().zip(&expected) {
                    assert!((found - expected).abs() < 1e-14);
                }
                let entropy = found.entropy_bits(SimdLevel::detect());
                assert!((entropy - entropy_bits(&expected)).abs() < 1e-12);
            }
        }
    }
}

/// Signs of zeros are bits of results, too.
#[test]
fn certainty_has_the_entropy_plus_zero() {
    let simd = SimdLevel::detect();
    for sides in SIDES {
        let (_, mut belief, _) = random_case(sides, 2, 5, 1);
        belief.settle(belief.grid().cell_at(1));
        let entropies = [belief.entropy_bits(simd), SharedTerms::default().prepare(simd, &belief)];
        assert_eq!(entropies.map(f64::to_bits), [0; 2], "{entropies:?}");
    }
}

/// The shared sums give what working out every posterior gives: joint probabilities, entropies, mean distances, and the
/// expected entropy.
#[test]
fn an_outlook_is_the_average_over_all_posteriors() {
    let simd = SimdLevel::detect();
    for sides in SIDES {
        for observations in [2, 3, 4, 5, 9] {
            let (tables, belief, _) = random_case(sides, observations, 5, 2);
            let grid = belief.grid();
            let mut shared = SharedTerms::default();
            let entropy = shared.prepare(simd, &belief);
            assert!((entropy - belief.entropy_bits(simd)).abs() < 1e-12);
            for at in 0..grid.cells() {
                let cell = grid.cell_at(at);
                let mut joint = vec![0.0; observations];
                let outlook = Outlook::of(simd, &belief, entropy, &tables, cell, &mut joint);
                assert_eq!(outlook.found, belief.probability(cell));
                let mut expected_entropy = 0.0;
                for (observation, &joint) in joint.iter().enumerate() {
                    let (expected, mass) = posterior(&belief, &tables, at, observation);
                    let detail = shared.detail(simd, &belief, &tables, cell, observation);
                    let steps: f64 = (expected.iter().enumerate())
                        .map(|(index, p)| p * f64::from(grid.steps_between(cell, grid.cell_at(index))))
                        .sum();
                    assert!((joint - mass).abs() < 1e-14);
                    assert!((detail.joint - mass).abs() < 1e-14);
                    assert!((detail.entropy_bits - entropy_bits(&expected)).abs() < 1e-12);
                    assert!((detail.mean_steps - steps).abs() < 1e-12);
                    expected_entropy += mass * entropy_bits(&expected);
                }
                assert!((outlook.entropy_bits - expected_entropy).abs() < 1e-12);
                assert!((joint.iter().sum::<f64>() + outlook.found - 1.0).abs() < 1e-14);
            }
        }
    }
}

#[test]
fn the_same_bits_at_every_simd_level() {
    for sides in SIDES {
        let (tables, belief, cell) = random_case(sides, 5, 7, 3);
        let results = |simd: SimdLevel| {
            let mut belief = belief.clone();
            let mut bits = vec![belief.observe(simd, &tables, cell, 2).to_bits()];
            bits.extend(belief.cells().map(|(_, p)| p.to_bits()));
            bits.push(belief.entropy_bits(simd).to_bits());
            let mut joint = [0.0; 5];
            let outlook = Outlook::of(simd, &belief, 1.0, &tables, cell, &mut joint);
            bits.extend(joint.iter().chain([&outlook.entropy_bits]).map(|value| value.to_bits()));
            let mut shared = SharedTerms::default();
            shared.prepare(simd, &belief);
            for observation in 0..5 {
                let detail = shared.detail(simd, &belief, &tables, cell, observation);
                bits.extend([detail.joint, detail.entropy_bits, detail.mean_steps].map(f64::to_bits));
            }
            bits
        };
        for simd in SimdLevel::available() {
            assert_eq!(results(simd), results(SimdLevel::Sse2), "{simd:?}");
        }
    }
}

/// 10⁶ observations of a searcher that walks about, drawn at random: some are all but impossible in the belief.
#[test]
fn a_million_updates_keep_the_belief_a_distribution() {
    let (tables, mut belief, _) = random_case(&[7, 7], 3, 0, 4);
    let simd = SimdLevel::detect();
    let grid = belief.grid().clone();
    let mut random = Xoshiro256PlusPlus::from_seed_and_member(5, 0);
    let mut cell = grid.centre();
    for update in 0..1_000_000_u32 {
        let moves = grid.moves().filter_map(|step| grid.after(cell, step));
        let choices: Vec<_> = moves.collect();
        cell = choices[(random.uniform() * choices.len() as f64) as usize];
        belief.observe(simd, &tables, cell, (random.uniform() * 3.0) as usize);
        if update % 1000 == 0 || update < 2000 {
            let sum: f64 = belief.cells().map(|(_, p)| p).sum();
            assert!((sum - 1.0).abs() < 1e-14, "update {update}: {sum}");
            assert!(belief.cells().all(|(_, p)| (0.0..=1.0 + 1e-15).contains(&p)));
            assert_eq!(belief.probability(cell), 0.0);
            let entropy = belief.entropy_bits(simd);
            assert!((0.0..=49f64.log2()).contains(&entropy), "update {update}: {entropy}");
        }
    }
}

/// What the model holds impossible makes the searcher forget, not divide by zero.
#[test]
fn an_impossible_observation_resets_the_belief() {
    let grid = Grid::new(&[5]);
    let tables = LikelihoodTables::new(&grid, 2, |_, likelihoods| likelihoods.copy_from_slice(&[1.0, 0.0]));
    let mut belief = Belief::uniform_except(&grid, grid.centre());
    assert_eq!(belief.observe(SimdLevel::detect(), &tables, grid.centre(), 1), 0.0);
    assert_eq!(belief, Belief::uniform_except(&grid, grid.centre()));
    // A belief that is sure of a cell, and finds that it is empty.
    belief.settle(grid.centre());
    assert_eq!(belief.entropy_bits(SimdLevel::detect()), 0.0);
    assert_eq!(belief.observe(SimdLevel::detect(), &tables, grid.centre(), 0), 0.0);
    assert_eq!(belief, Belief::uniform_except(&grid, grid.centre()));
}

/// Each cell is drawn with its probability: the running sum of probabilities is where the cells change.
#[test]
fn cells_are_drawn_by_their_probability() {
    let (_, belief, _) = random_case(&[3, 5], 3, 4, 6);
    let mut sum = 0.0;
    for (cell, probability) in belief.cells() {
        if probability > 1e-9 {
            assert_eq!(belief.draw(sum + 0.5 * probability), cell);
        }
        sum += probability;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// The order of observations doesn't matter, and information never hurts on average.
    #[test]
    fn observations_commute_and_inform(seed in any::<u64>(), updates in 0usize..20, first in 0usize..3, second in 0usize..3) {
        let simd = SimdLevel::detect();
        let (tables, belief, cell) = random_case(&[6, 9], 3, updates, seed);
        let other = belief.grid().centre();
        let (mut one, mut two) = (belief.clone(), belief.clone());
        one.observe(simd, &tables, cell, first);
        one.observe(simd, &tables, other, second);
        two.observe(simd, &tables, other, second);
        two.observe(simd, &tables, cell, first);
        for ((_, a), (_, b)) in one.cells().zip(two.cells()) {
            prop_assert!((a - b).abs() < 1e-13);
        }
        let entropy = belief.entropy_bits(simd);
        let outlook = Outlook::of(simd, &belief, entropy, &tables, other, &mut [0.0; 3]);
        prop_assert!(outlook.entropy_bits <= entropy + 1e-12);
        prop_assert!(outlook.entropy_bits >= -1e-12);
    }
}
