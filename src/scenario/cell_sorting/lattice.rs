//! The square lattice: how its sites are numbered, and which are neighbours.
//!
//! Around the sites lies a frame of one more on each side, so that neighbours are always at the same offsets. Where the
//! lattice is periodic the frame repeats the opposite edge; behind walls it belongs to nobody.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which sites are neighbours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum Neighbourhood {
    /// The eight around a site.
    #[default]
    Moore,
    /// The four beside, above and below a site.
    VonNeumann,
}

impl Neighbourhood {
    /// Neighbours of a site.
    #[must_use]
    pub fn count(self) -> usize {
        match self {
            Self::Moore => 8,
            Self::VonNeumann => 4,
        }
    }
}

/// What is at the edges of the lattice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum Edges {
    /// The opposite edge.
    #[default]
    Periodic,
    /// Walls, which no cell has any energy with.
    Walled,
}

/// Steps to the neighbours, each beside its opposite; the four of von Neumann come first.
pub const DIRECTIONS: [(i32, i32); 8] = [(1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, -1), (1, -1), (-1, 1)];

/// Size and edges of a lattice. A *place* is the number of a site with the frame, a *site* the one without: `y * width + x`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lattice {
    pub width: usize,
    pub height: usize,
    pub neighbourhood: Neighbourhood,
    pub edges: Edges,
}

impl Lattice {
    /// Sites.
    #[must_use]
    pub fn sites(&self) -> usize {
        self.width * self.height
    }

    /// Sites in a row with the frame.
    #[must_use]
    pub fn stride(&self) -> usize {
        self.width + 2
    }

    /// Sites with the frame.
    #[must_use]
    pub fn places(&self) -> usize {
        self.stride() * (self.height + 2)
    }

    /// The place of a site.
    #[must_use]
    pub fn place(&self, x: usize, y: usize) -> usize {
        (y + 1) * self.stride() + x + 1
    }

    /// The coordinates of a place that isn't of the frame.
    #[must_use]
    pub fn coordinates(&self, place: usize) -> (usize, usize) {
        (place % self.stride() - 1, place / self.stride() - 1)
    }

    /// Offsets of all eight neighbours, in the order of [`DIRECTIONS`].
    #[must_use]
    pub fn offsets(&self) -> [isize; 8] {
        DIRECTIONS.map(|(x, y)| y as isize * self.stride() as isize + x as isize)
    }

    /// The site that a place of the frame stands for, in a periodic lattice.
    #[must_use]
    pub fn original(&self, place: usize) -> usize {
        let (column, row) = (place % self.stride(), place / self.stride());
        let inside = |index: usize, count: usize| match index {
            0 => count,
            index if index > count => 1,
            index => index,
        };
        inside(row, self.height) * self.stride() + inside(column, self.width)
    }

    /// Calls `on` with every place of the frame that stands for the site at `place`.
    pub fn images(&self, place: usize, mut on: impl FnMut(usize)) {
        let (column, row) = (place % self.stride(), place / self.stride());
        let others = |index: usize, count: usize| {
            let low = (index == count).then_some(0);
            let high = (index == 1).then_some(count + 1);
            [Some(index), low, high]
        };
        for row in others(row, self.height).into_iter().flatten() {
            for column in others(column, self.width).into_iter().flatten() {
                let image = row * self.stride() + column;
                if image != place {
                    on(image);
                }
            }
        }
    }

    /// Whether a place is of the frame.
    #[must_use]
    pub fn is_frame(&self, place: usize) -> bool {
        let (column, row) = (place % self.stride(), place / self.stride());
        row == 0 || row > self.height || column == 0 || column > self.width
    }

    /// The neighbours of a site, as sites, in the order of [`DIRECTIONS`]; `None` behind a wall.
    pub fn neighbours(&self, site: usize) -> impl Iterator<Item = Option<usize>> {
        let lattice = *self;
        let (x, y) = (site % self.width, site / self.width);
        let step = move |at: usize, by: i32, count: usize| -> Option<usize> {
            let to = at as i64 + i64::from(by);
            match lattice.edges {
                Edges::Periodic => Some(to.rem_euclid(count as i64) as usize),
                Edges::Walled => usize::try_from(to).ok().filter(|to| *to < count),
            }
        };
        DIRECTIONS[..self.neighbourhood.count()]
            .iter()
            .map(move |(dx, dy)| Some(step(y, *dy, lattice.height)? * lattice.width + step(x, *dx, lattice.width)?))
    }
}
