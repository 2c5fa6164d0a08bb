//! Energies are exact, and stay so however often sites are copied.

use super::super::lattice::{DIRECTIONS, Edges, Neighbourhood};
use super::super::metropolis::{Acceptance, Algorithm, advance};
use super::super::tissue::{Forces, Tissue, cell_of, type_of};
use super::fixture::{energies, lattice, tissue};
use crate::random::Xoshiro256PlusPlus;

const ALONE: &str = "
    000000
    000000
    001100
    001100
    000000
    000000";

const PAIR: &str = "
    000000
    000000
    011220
    011220
    000000
    000000";

fn moore(sites: &str, cells: usize) -> Tissue {
    let lattice = lattice(6, 6, Neighbourhood::Moore, Edges::Periodic);
    tissue(lattice, energies(1.0, 1.0, 0.0), sites, cells, 40)
}

/// By hand: a block of 2 × 2 has 20 foreign neighbours, and misses 36 sites.
#[test]
fn energies_are_those_counted_by_hand() {
    let alone = moore(ALONE, 1);
    assert_eq!(alone.energy_number(), 1616.0);
    assert_eq!(alone.energy_number() - 36.0 * 36.0, 320.0);
    let without_corner = moore(&ALONE.replacen("11", "01", 1), 1);
    assert_eq!(without_corner.energy_number(), 1657.0);
    let pair = moore(PAIR, 2);
    assert_eq!(pair.energy_number(), 3148.0);
    assert_eq!(pair.energy_number() - 2.0 * 36.0 * 36.0, 556.0);
}

#[test]
fn removing_a_corner_has_the_probability_of_41() {
    let alone = moore(ALONE, 1);
    let corner = alone.lattice().place(2, 2);
    let left = DIRECTIONS.iter().position(|step| *step == (-1, 0)).unwrap();
    let change = alone.change::<8>(corner, left).unwrap();
    assert_eq!((change.energy, change.cost), (41 << 16, 0));
    let warm = Acceptance::new(10.0);
    assert!((warm.probability(change.energy) - 0.016_572_675).abs() < 1e-9);
    assert_eq!(warm.probability(0), 1.0);
    let cold = Acceptance::new(0.0);
    assert_eq!([-1, 0, 1].map(|change| cold.probability(change)), [1.0, 0.5, 0.0]);
}

/// What is kept up to date must be what is found afresh.
fn assert_exact(tissue: &Tissue, note: &str) {
    assert_eq!(tissue.energy(), tissue.energy_afresh(), "{note}");
    let labels: Vec<_> = tissue.site_labels().collect();
    let numbers: String = labels.iter().map(|label| cell_of(*label).to_string()).collect();
    assert!(
        labels
            .iter()
            .all(|label| tissue.cells()[cell_of(*label)].kind as usize == type_of(*label))
    );
    let afresh = super::fixture::tissue(*tissue.lattice(), tissue.energies().clone(), &numbers, 7, 7);
    assert_eq!(tissue.cells(), afresh.cells(), "{note}");
    let sorted = |tissue: &Tissue| {
        let mut boundary = tissue.boundary().to_vec();
        boundary.sort_unstable();
        boundary
    };
    assert_eq!(sorted(tissue), sorted(&afresh), "{note}");
    let mut ordered = afresh;
    assert!(ordered.order_boundary(tissue.boundary().to_vec()));
    assert!(!ordered.order_boundary(vec![1]));
}

#[test]
fn energies_added_up_are_those_found_afresh() {
    let sites = "
        11122330
        11122330
        11222330
        44455500
        44455567
        04455567
        00000077";
    let mut copies = 0;
    for neighbourhood in [Neighbourhood::Moore, Neighbourhood::VonNeumann] {
        for edges in [Edges::Periodic, Edges::Walled] {
            for (scale, area, perimeter) in [(1.0, 1.0, 0.0), (0.317, 0.123, 0.0), (0.317, 1.0 / 3.0, 0.071)] {
                for connected in [false, true] {
                    let lattice = lattice(8, 7, neighbourhood, edges);
                    for algorithm in [Algorithm::Plain, Algorithm::Boundary] {
                        let mut tissue = tissue(lattice, energies(scale, area, perimeter), sites, 7, 7);
                        tissue.set_forces(Forces {
                            connected,
                            ..Forces::default()
                        });
                        let mut random = Xoshiro256PlusPlus::from_seed_and_member(5, 0);
                        for round in 0..20 {
                            let warm = Acceptance::new(if round % 4 == 3 { 0.0 } else { 12.0 });
                            copies += advance(algorithm, &mut tissue, &warm, 50, &mut random).accepted;
                            let note = format!("{neighbourhood:?} {edges:?} {scale} {perimeter} {algorithm:?} {round}");
                            assert_exact(&tissue, &note);
                            let whole = tissue.cells().iter().map(|cell| cell.area()).sum::<i32>();
                            assert_eq!(whole, 56, "{note}");
                        }
                    }
                }
            }
        }
    }
    assert!(copies > 5000, "{copies}");
}

/// With the check for connectivity no cell vanishes and none is cut.
#[test]
fn connected_cells_stay_whole() {
    let sites = "111222\n111222\n113322\n333344\n333444\n300444";
    for neighbourhood in [Neighbourhood::Moore, Neighbourhood::VonNeumann] {
        for connected in [true, false] {
            let lattice = lattice(6, 6, neighbourhood, Edges::Walled);
            let mut tissue = tissue(lattice, energies(1.0, 0.1, 0.0), sites, 4, 9);
            tissue.set_forces(Forces {
                connected,
                ..Forces::default()
            });
            let mut random = Xoshiro256PlusPlus::from_seed_and_member(6, 0);
            let mut split = 0;
            for _ in 0..200 {
                advance(
                    Algorithm::Boundary,
                    &mut tissue,
                    &Acceptance::new(60.0),
                    36,
                    &mut random,
                );
                split += super::super::contacts::split_cells(&tissue);
                assert!(!connected || tissue.cells()[1..5].iter().all(|cell| cell.area() > 0));
            }
            assert_eq!(split == 0, connected, "{neighbourhood:?}: {split}");
        }
    }
}
