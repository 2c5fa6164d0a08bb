//! Which cells touch, how long their boundaries are, and what of it chance alone would give.

use super::tissue::{Label, Tissue, cell_of, type_of};
use crate::random::Xoshiro256PlusPlus;

/// Pairs of cells that touch, with the number of neighbouring sites of theirs. The medium is cell 0.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contacts {
    /// Each pair once, the lower number first, in order.
    pub pairs: Vec<(u32, u32, u32)>,
    /// Of each cell, the medium first, its type.
    pub types: Vec<u8>,
}

/// Contact lengths by what touches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lengths {
    /// Cells of one type.
    pub like: u64,
    /// Cells of different types.
    pub unlike: u64,
    /// Cells and medium.
    pub medium: u64,
}

impl Lengths {
    /// The share of contacts between cells that is between unlike ones; `None` if no cells touch.
    #[must_use]
    pub fn heterotypic_share(&self) -> Option<f64> {
        let between = self.like + self.unlike;
        (between > 0).then(|| self.unlike as f64 / between as f64)
    }

    /// The share of all foreign contacts, those with the medium included, that is between unlike cells.
    #[must_use]
    pub fn mismatched_share(&self) -> Option<f64> {
        let all = self.like + self.unlike + self.medium;
        (all > 0).then(|| self.unlike as f64 / all as f64)
    }
}

/// How far the contacts are from those of types that were given out by lot.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Emergence {
    /// Standard deviations by which the homotypic share lies above its mean.
    pub score: f64,
    /// Share of permutations, with the one that is observed, whose homotypic share is at least as high.
    pub p_value: f64,
}

impl Contacts {
    /// Those of a tissue.
    #[must_use]
    pub fn of(tissue: &Tissue) -> Self {
        let labels: Vec<Label> = tissue.site_labels().collect();
        let lattice = tissue.lattice();
        let mut seen = Vec::new();
        for place in tissue.boundary() {
            let (x, y) = lattice.coordinates(*place as usize);
            let site = y * lattice.width + x;
            let own = cell_of(labels[site]) as u32;
            for other in lattice.neighbours(site).flatten() {
                let other = cell_of(labels[other]) as u32;
                // Each contact is seen from both sides.
                if own < other {
                    seen.push((own, other));
                }
            }
        }
        seen.sort_unstable();
        let pairs = (seen.chunk_by(|a, b| a == b))
            .map(|run| (run[0].0, run[0].1, run.len() as u32))
            .collect();
        let types = tissue.cells().iter().map(|cell| cell.kind).collect();
        Self { pairs, types }
    }

    /// Contact lengths, with the types as they are.
    #[must_use]
    pub fn lengths(&self) -> Lengths {
        self.lengths_with(&self.types)
    }

    fn lengths_with(&self, types: &[u8]) -> Lengths {
        let mut lengths = Lengths::default();
        for &(first, second, length) in &self.pairs {
            let length = u64::from(length);
            if first == 0 {
                lengths.medium += length;
            } else if types[first as usize] == types[second as usize] {
                lengths.like += length;
            } else {
                lengths.unlike += length;
            }
        }
        lengths
    }

    /// The mean over all permutations of types among the cells `alive` of the homotypic share f: f₀, the probability that two
    /// different cells have one type. It doesn't depend on who touches whom.
    #[must_use]
    pub fn homotypic_null(&self, alive: &[u32]) -> Option<f64> {
        let mut counts = [0u64; 16];
        for cell in alive {
            counts[usize::from(self.types[*cell as usize])] += 1;
        }
        let all = alive.len() as u64;
        let like: u64 = counts.iter().map(|count| count * count.saturating_sub(1)).sum();
        (all > 1).then(|| like as f64 / (all * (all - 1)) as f64)
    }

    /// Q = (f − f₀) / (1 − f₀): 0 for types given out by lot, 1 where no unlike cells touch. `None` where there is but one type.
    #[must_use]
    pub fn sorting_quality(&self, alive: &[u32]) -> Option<f64> {
        let share = 1.0 - self.lengths().heterotypic_share()?;
        let null = self.homotypic_null(alive)?;
        (null < 1.0).then(|| (share - null) / (1.0 - null))
    }

    /// Compares the homotypic share with those of `permutations` permutations of the types among the cells `alive`.
    #[must_use]
    pub fn emergence(&self, alive: &[u32], permutations: u32, random: &mut Xoshiro256PlusPlus) -> Option<Emergence> {
        let observed = self.lengths().like;
        self.lengths().heterotypic_share()?;
        let mut types = self.types.clone();
        let (mut sum, mut squares, mut as_high) = (0.0, 0.0, 0u32);
        for _ in 0..permutations {
            for index in (1..alive.len()).rev() {
                let other = (random.uniform() * (index + 1) as f64) as usize;
                types.swap(alive[index] as usize, alive[other] as usize);
            }
            let like = self.lengths_with(&types).like;
            let difference = like as f64 - observed as f64;
            sum += difference;
            squares += difference * difference;
            as_high += u32::from(like >= observed);
        }
        let count = f64::from(permutations);
        let mean = sum / count;
        let variance = (squares - sum * mean) / (count - 1.0);
        (permutations > 1 && variance > 0.0).then(|| Emergence {
            score: -mean / variance.sqrt(),
            p_value: f64::from(as_high + 1) / (count + 1.0),
        })
    }

    /// Cells of one type that hang together: type, cells, and the lowest number of each cluster, largest first.
    #[must_use]
    pub fn clusters(&self, alive: &[u32]) -> Vec<Cluster> {
        let mut parents: Vec<u32> = (0..self.types.len() as u32).collect();
        for &(first, second, _) in &self.pairs {
            if first != 0 && self.types[first as usize] == self.types[second as usize] {
                let (a, b) = (root(&mut parents, first), root(&mut parents, second));
                parents[a.max(b) as usize] = a.min(b);
            }
        }
        let mut sizes = vec![0u32; self.types.len()];
        for cell in alive {
            sizes[root(&mut parents, *cell) as usize] += 1;
        }
        let mut clusters: Vec<Cluster> = (sizes.iter().enumerate())
            .filter(|(_, cells)| **cells > 0)
            .map(|(first, cells)| Cluster {
                kind: self.types[first],
                cells: *cells,
                first: first as u32,
            })
            .collect();
        clusters.sort_by_key(|cluster| (std::cmp::Reverse(cluster.cells), cluster.first));
        clusters
    }

    /// Neighbours of each cell, the medium first and not counted among them.
    #[must_use]
    pub fn neighbour_counts(&self) -> Vec<u32> {
        let mut counts = vec![0; self.types.len()];
        for &(first, second, _) in self.pairs.iter().filter(|pair| pair.0 != 0) {
            counts[first as usize] += 1;
            counts[second as usize] += 1;
        }
        counts
    }
}

/// Cells of one type that hang together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cluster {
    /// Their type.
    pub kind: u8,
    /// How many.
    pub cells: u32,
    /// The lowest of their numbers.
    pub first: u32,
}

fn root(parents: &mut [u32], mut of: u32) -> u32 {
    while parents[of as usize] != of {
        parents[of as usize] = parents[parents[of as usize] as usize];
        of = parents[of as usize];
    }
    of
}

/// Numbers of the cells that have sites.
#[must_use]
pub fn alive(tissue: &Tissue) -> Vec<u32> {
    let cells = tissue.cells().iter().enumerate().skip(1);
    cells
        .filter(|(_, cell)| cell.area() > 0)
        .map(|(index, _)| index as u32)
        .collect()
}

/// Share of pairs of touching cells that came or went between two times: 1 − 2·kept / (before + after).
#[must_use]
pub fn exchanged(before: &[(u32, u32, u32)], after: &[(u32, u32, u32)]) -> f64 {
    let cells_of = |pairs: &[(u32, u32, u32)]| -> Vec<(u32, u32)> {
        pairs
            .iter()
            .filter(|pair| pair.0 != 0)
            .map(|pair| (pair.0, pair.1))
            .collect()
    };
    let (before, after) = (cells_of(before), cells_of(after));
    let kept = before.iter().filter(|pair| after.binary_search(pair).is_ok()).count();
    match before.len() + after.len() {
        0 => 0.0,
        all => 1.0 - 2.0 * kept as f64 / all as f64,
    }
}

/// Cells whose sites don't hang together, by the neighbours that the energy counts.
#[must_use]
pub fn split_cells(tissue: &Tissue) -> u32 {
    let labels: Vec<Label> = tissue.site_labels().collect();
    let lattice = tissue.lattice();
    let mut seen = vec![false; labels.len()];
    let mut pieces = vec![0u32; tissue.cells().len()];
    let mut stack = Vec::new();
    for site in 0..labels.len() {
        if seen[site] || type_of(labels[site]) == 0 {
            continue;
        }
        pieces[cell_of(labels[site])] += 1;
        seen[site] = true;
        stack.push(site);
        while let Some(from) = stack.pop() {
            for to in lattice.neighbours(from).flatten() {
                if !seen[to] && labels[to] == labels[site] {
                    seen[to] = true;
                    stack.push(to);
                }
            }
        }
    }
    pieces.iter().filter(|pieces| **pieces > 1).count() as u32
}
