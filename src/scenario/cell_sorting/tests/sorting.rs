//! Sorting is measured as it should be, and happens as the literature says.

use super::super::contacts::{Contacts, alive, exchanged, split_cells};
use super::super::lattice::{Edges, Neighbourhood};
use super::fixture::{energies, lattice, tissue};
use crate::random::Xoshiro256PlusPlus;
use crate::scenario::Registry;
use crate::trial::Trial;

/// Contacts of a small tissue, counted by hand (von Neumann).
#[test]
fn contacts_are_those_counted_by_hand() {
    let lattice = lattice(6, 4, Neighbourhood::VonNeumann, Edges::Walled);
    let sites = "000000\n011220\n033110\n000000";
    let tissue = tissue(lattice, energies(1.0, 1.0, 0.0), sites, 3, 2);
    let contacts = Contacts::of(&tissue);
    assert_eq!(contacts.pairs, [(0, 1, 6), (0, 2, 3), (0, 3, 3), (1, 2, 3), (1, 3, 3)]);
    let lengths = contacts.lengths();
    assert_eq!((lengths.like, lengths.unlike, lengths.medium), (3, 3, 12));
    assert_eq!(lengths.heterotypic_share(), Some(0.5));
    assert_eq!(lengths.mismatched_share(), Some(3.0 / 18.0));
    // Two of three cells are of one type: a pair is alike with probability 1/3.
    let all = alive(&tissue);
    assert_eq!(contacts.homotypic_null(&all), Some(1.0 / 3.0));
    assert!((contacts.sorting_quality(&all).unwrap() - 0.25).abs() < 1e-12);
    let clusters: Vec<_> = contacts
        .clusters(&all)
        .iter()
        .map(|cluster| (cluster.kind, cluster.cells))
        .collect();
    assert_eq!(clusters, [(1, 2), (2, 1)]);
    assert_eq!(contacts.neighbour_counts(), [0, 2, 1, 1]);
    // Cell 1 lies in two pieces that touch at corners.
    assert_eq!(split_cells(&tissue), 1);
    assert_eq!(exchanged(&contacts.pairs, &contacts.pairs), 0.0);
    assert_eq!(exchanged(&contacts.pairs, &[(0, 1, 1), (1, 2, 9), (2, 3, 1)]), 0.5);
}

/// Types given out by lot have Q = 0 in the mean, and p-values as often below 0.1 as that says.
#[test]
fn the_null_is_that_of_permutations() {
    let lattice = lattice(15, 9, Neighbourhood::Moore, Edges::Periodic);
    let row = |cells: &str| -> String { cells.chars().map(|cell| cell.to_string().repeat(3)).collect() };
    let rows = ["12345", "67890", "14325"].map(row);
    let sites: String = rows.iter().map(|row| row.repeat(3)).collect();
    let tissue = tissue(lattice, energies(1.0, 1.0, 0.0), &sites, 9, 9);
    let mut contacts = Contacts::of(&tissue);
    let all = alive(&tissue);
    let mut random = Xoshiro256PlusPlus::from_seed_and_member(8, 0);
    let (mut sum, mut squares, mut low) = (0.0, 0.0, 0);
    let runs = 2000;
    for _ in 0..runs {
        super::super::start::shuffle(&mut contacts.types[1..], &mut random);
        let quality = contacts.sorting_quality(&all).unwrap();
        sum += quality;
        squares += quality * quality;
        low += u32::from(contacts.emergence(&all, 19, &mut random).unwrap().p_value <= 0.1);
    }
    let n = f64::from(runs);
    assert!((sum / n).abs() < 4.5 * (squares / n / n).sqrt(), "{}", sum / n);
    // Ties make p-values larger, never smaller.
    assert!(f64::from(low) / n < 0.1 + 4.5 * (0.09 / n).sqrt() && low > 0, "{low}");
}

fn quality(text: &str, metric: &str) -> Vec<f64> {
    let study = format!("study = {{ scenario = 'cell_sorting', replicates = 3 }}\nmeasures.permutations = 99\n{text}");
    let trial = Trial::new(&Registry::builtin(), &study).unwrap();
    (0..3)
        .map(|replicate| trial.unit(replicate).unwrap().metric(metric)[0])
        .collect()
}

/// Shares of Graner & Glazier's protocol after 1 and 10 of their steps: 0.43 and 0.37, each within 0.05 in the mean of three.
#[test]
fn shares_fall_as_the_literature_says() {
    for (steps, expected) in [(1, 0.43), (10, 0.37)] {
        let shares = quality(
            &format!("course.steps = {steps}\ncells.count = 100"),
            "heterotypic_share",
        );
        let mean = shares.iter().sum::<f64>() / 3.0;
        assert!((mean - expected).abs() < 0.05, "{steps}: {shares:?}");
    }
}

/// The more the cells prefer their like, the better they sort; without a preference they don't.
#[test]
fn more_contrast_sorts_better() {
    let mean = |unlike: f64| {
        let text = format!(
            "course.steps = 12\ncells.count = 60\nadhesion = {{ dark_dark = 4, light_light = 4, dark_light = {unlike} }}"
        );
        quality(&text, "sorting_quality").iter().sum::<f64>() / 3.0
    };
    let means = [mean(4.0), mean(9.0), mean(16.0)];
    assert!(
        means[0].abs() < 0.15 && means[1] > means[0] + 0.1 && means[2] > means[1],
        "{means:?}"
    );
}
