//! Energies as whole numbers, so that what is added up step by step is exactly what counting afresh gives.

/// One unit of energy, in the parts that energies are kept in. J, λ and the like are rounded to such parts once, when they
/// are read; from there on nothing is ever rounded.
pub const ONE: i64 = 1 << 16;

/// Types at most, with the medium, which is type 0. A label of the lattice has four bits for it.
pub const MAX_TYPES: usize = 15;

/// The type of sites outside of walls: they have no energy with anything.
pub const WALL_TYPE: usize = 15;

const WORDS: usize = 16;

/// The nearest number of parts.
#[must_use]
pub fn parts(energy: f64) -> i64 {
    (energy * ONE as f64).round() as i64
}

/// Parts as the number they stand for.
#[must_use]
pub fn number(parts: i128) -> f64 {
    parts as f64 / ONE as f64
}

/// What a type's cells are like.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct TypeEnergies {
    /// λ of the area, in parts.
    pub area: i64,
    /// λ of the perimeter, in parts.
    pub perimeter: i64,
}

/// All constants of the energy.
#[derive(Clone, Debug, PartialEq)]
pub struct Energies {
    /// J of two types, in parts: `[first * 16 + second]`.
    contacts: Vec<i32>,
    /// J(new, other) − J(old, other): `[(old * 16 + new) * 16 + other]`.
    differences: Vec<i32>,
    types: [TypeEnergies; WORDS],
    has_perimeter: bool,
}

impl Energies {
    /// From a symmetric matrix of J between types, the medium first, and what each type is like (the medium's counts for
    /// nothing).
    ///
    /// # Panics
    /// If the matrix isn't square, or has more than [`MAX_TYPES`] rows.
    #[must_use]
    pub fn new(matrix: &[Vec<f64>], types: &[TypeEnergies]) -> Self {
        assert!(matrix.len() <= MAX_TYPES && matrix.len() == types.len());
        let mut contacts = vec![0; WORDS * WORDS];
        for (first, row) in matrix.iter().enumerate() {
            assert_eq!(row.len(), matrix.len());
            for (second, energy) in row.iter().enumerate() {
                contacts[first * WORDS + second] = parts(*energy) as i32;
            }
        }
        let mut differences = vec![0; WORDS * WORDS * WORDS];
        for old in 0..WORDS {
            for new in 0..WORDS {
                for other in 0..WORDS {
                    differences[(old * WORDS + new) * WORDS + other] =
                        contacts[new * WORDS + other] - contacts[old * WORDS + other];
                }
            }
        }
        let mut all = [TypeEnergies::default(); WORDS];
        all[1..types.len()].copy_from_slice(&types[1..]);
        Self {
            contacts,
            differences,
            has_perimeter: all.iter().any(|one| one.perimeter != 0),
            types: all,
        }
    }

    /// J of two types, in parts.
    #[must_use]
    pub fn contact(&self, first: usize, second: usize) -> i64 {
        i64::from(self.contacts[(first * WORDS + second) % (WORDS * WORDS)])
    }

    /// J(new, other) − J(old, other) for each type of the other, in parts.
    pub(super) fn differences(&self, old: usize, new: usize) -> &[i32; WORDS] {
        let from = (old * WORDS + new) * WORDS;
        self.differences[from..from + WORDS]
            .try_into()
            .expect("a row of the table")
    }

    /// What cells of a type are like.
    #[must_use]
    pub fn of_type(&self, kind: usize) -> TypeEnergies {
        self.types[kind % WORDS]
    }

    /// Whether any type has a perimeter term.
    #[must_use]
    pub fn has_perimeter(&self) -> bool {
        self.has_perimeter
    }
}
