//! Both algorithms are the same random process, the one that is written down.

use super::super::lattice::{Edges, Lattice, Neighbourhood};
use super::super::metropolis::{Acceptance, Algorithm, advance};
use super::super::tissue::{Tissue, cell_of};
use super::fixture::{energies, lattice, tissue};
use crate::random::Xoshiro256PlusPlus;

const TEMPERATURE: f64 = 25.0;

/// All states of a small lattice with the medium and two cells, and their probabilities after some attempts, worked out from
/// energies alone.
struct Exact {
    lattice: Lattice,
    powers: Vec<usize>,
    energies: Vec<f64>,
}

impl Exact {
    fn new(lattice: Lattice) -> Self {
        let powers: Vec<usize> = (0..=lattice.sites() as u32).map(|power| 3usize.pow(power)).collect();
        let states = powers[lattice.sites()];
        let text = |state: usize| -> String {
            powers[..lattice.sites()]
                .iter()
                .map(|power| (state / power % 3).to_string())
                .collect()
        };
        let energies = (0..states)
            .map(|state| tissue(lattice, energies(1.0, 2.0, 0.5), &text(state), 2, 3).energy_afresh() as f64 / 65536.0)
            .collect();
        Self {
            lattice,
            powers,
            energies,
        }
    }

    fn state(&self, tissue: &Tissue) -> usize {
        tissue
            .site_labels()
            .zip(&self.powers)
            .map(|(label, power)| cell_of(label) * power)
            .sum()
    }

    fn after(&self, start: usize, attempts: u32) -> Vec<f64> {
        let directions = self.lattice.neighbourhood.count();
        let each = 1.0 / (self.lattice.sites() * directions) as f64;
        let mut now = vec![0.0; self.energies.len()];
        now[start] = 1.0;
        for _ in 0..attempts {
            let mut next = vec![0.0; now.len()];
            for (state, probability) in now.iter().enumerate().filter(|(_, probability)| **probability > 0.0) {
                for site in 0..self.lattice.sites() {
                    for neighbour in self.lattice.neighbours(site) {
                        let digit = |site: usize| state / self.powers[site] % 3;
                        let other = neighbour.map_or(digit(site), digit);
                        let to = state - digit(site) * self.powers[site] + other * self.powers[site];
                        let change = self.energies[to] - self.energies[state];
                        let accepted = (-change / TEMPERATURE).exp().min(1.0);
                        next[to] += probability * each * accepted;
                        next[state] += probability * each * (1.0 - accepted);
                    }
                }
            }
            now = next;
        }
        now
    }
}

/// χ² of samples against exact probabilities, as standard deviations of a normal number (Wilson & Hilferty).
fn deviation(exact: &[f64], samples: &[usize]) -> f64 {
    let mut found = vec![0.0; exact.len()];
    samples.iter().for_each(|state| found[*state] += 1.0);
    let (mut sum, mut cells) = (0.0, 0);
    let (mut rest_expected, mut rest_found) = (0.0, 0.0);
    for (probability, found) in exact.iter().zip(found) {
        let expected = probability * samples.len() as f64;
        assert!(expected > 0.0 || found == 0.0, "an impossible state");
        if expected >= 8.0 {
            sum += (found - expected) * (found - expected) / expected;
            cells += 1;
        } else {
            rest_expected += expected;
            rest_found += found;
        }
    }
    if rest_expected >= 8.0 {
        sum += (rest_found - rest_expected) * (rest_found - rest_expected) / rest_expected;
        cells += 1;
    }
    assert!(cells > 30, "{cells} cells");
    let freedom = f64::from(cells - 1);
    let spread = 2.0 / (9.0 * freedom);
    ((sum / freedom).cbrt() - (1.0 - spread)) / spread.sqrt()
}

/// The distribution over all states after some attempts is the exact one, for both algorithms. Six tests at 4.5 standard deviations,
/// one-sided: were the seed drawn anew, a correct program would fail in 1 of 49 000 runs. An algorithm that makes one
/// attempt too few fails by far.
#[test]
fn both_algorithms_have_the_exact_distribution() {
    let cases = [
        (lattice(4, 2, Neighbourhood::Moore, Edges::Walled), "11001200", 14),
        (
            lattice(3, 3, Neighbourhood::VonNeumann, Edges::Periodic),
            "110120000",
            6,
        ),
        // Little of it is boundary: most attempts are at sites that aren't listed.
        (
            lattice(10, 1, Neighbourhood::VonNeumann, Edges::Walled),
            "1100220000",
            14,
        ),
    ];
    for (lattice, sites, attempts) in cases {
        let exact = Exact::new(lattice);
        let start = tissue(lattice, energies(1.0, 2.0, 0.5), sites, 2, 3);
        let expected = exact.after(exact.state(&start), attempts);
        assert!((expected.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        let warm = Acceptance::new(TEMPERATURE);
        for algorithm in [Algorithm::Plain, Algorithm::Boundary] {
            let sample = |attempts: u32, member: u64| {
                let mut tissue = start.clone();
                let mut random = Xoshiro256PlusPlus::from_seed_and_member(17, member);
                // In two parts: attempts have no memory.
                for part in [attempts / 3, attempts - attempts / 3] {
                    advance(algorithm, &mut tissue, &warm, part.into(), &mut random);
                }
                exact.state(&tissue)
            };
            let samples: Vec<usize> = (0..40_000).map(|member| sample(attempts, member)).collect();
            let found = deviation(&expected, &samples);
            assert!(found < 4.5, "{algorithm:?}: {found} standard deviations");
            // The test sees a single attempt.
            let samples: Vec<usize> = (0..40_000).map(|member| sample(attempts - 1, member)).collect();
            assert!(samples.iter().all(|state| expected[*state] > 0.0));
            let found = deviation(&expected, &samples);
            assert!(found > 6.0, "{algorithm:?}: {found} standard deviations only");
        }
    }
}
