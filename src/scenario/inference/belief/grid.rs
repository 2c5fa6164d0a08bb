//! Cells of a grid in one, two or three dimensions, and moves between neighbours.

use crate::lanes::LANES;

/// Axes that a cell's coordinates are kept in; those that a grid doesn't use come first and have one cell.
const AXES: usize = 3;

/// Coordinates of a cell, each from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Cell(pub(super) [u32; AXES]);

/// A move to a neighbour: number 2·axis backwards, 2·axis + 1 forwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Move(pub u8);

impl Move {
    /// The axis, from 0.
    #[must_use]
    pub fn axis(self) -> usize {
        usize::from(self.0 / 2)
    }

    /// Whether the coordinate grows.
    #[must_use]
    pub fn is_forward(self) -> bool {
        self.0 % 2 == 1
    }
}

/// A box of cells. Row-major: the last axis varies fastest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grid {
    sides: [u32; AXES],
    dimensions: usize,
}

impl Grid {
    /// A box with one, two or three `sides`.
    ///
    /// # Panics
    /// If there are none or more than three, or one is 0.
    #[must_use]
    pub fn new(sides: &[u32]) -> Self {
        assert!((1..=AXES).contains(&sides.len()) && sides.iter().all(|&side| side > 0));
        let mut all = [1; AXES];
        all[AXES - sides.len()..].copy_from_slice(sides);
        Self {
            sides: all,
            dimensions: sides.len(),
        }
    }

    /// Dimensions of space.
    #[must_use]
    pub fn dimensions(&self) -> usize {
        self.dimensions
    }

    /// Cells along each axis.
    #[must_use]
    pub fn sides(&self) -> &[u32] {
        &self.sides[AXES - self.dimensions..]
    }

    /// Number of cells.
    #[must_use]
    pub fn cells(&self) -> usize {
        self.sides.iter().map(|&side| side as usize).product()
    }

    /// The cell with these coordinates, one per dimension.
    ///
    /// # Panics
    /// If it isn't in the grid.
    #[must_use]
    pub fn cell(&self, coordinates: &[u32]) -> Cell {
        assert_eq!(coordinates.len(), self.dimensions);
        let mut all = [0; AXES];
        all[AXES - self.dimensions..].copy_from_slice(coordinates);
        assert!(all.iter().zip(self.sides).all(|(&place, side)| place < side));
        Cell(all)
    }

    /// Coordinates of a cell, one per dimension.
    #[must_use]
    pub fn coordinates<'a>(&self, cell: &'a Cell) -> &'a [u32] {
        &cell.0[AXES - self.dimensions..]
    }

    /// The cell in the middle.
    #[must_use]
    pub fn centre(&self) -> Cell {
        Cell(self.sides.map(|side| side / 2))
    }

    /// All moves, in order.
    pub fn moves(&self) -> impl Iterator<Item = Move> + use<> {
        (0..2 * self.dimensions as u8).map(Move)
    }

    /// Where a move leads; nowhere at the edge.
    #[must_use]
    pub fn after(&self, cell: Cell, step: Move) -> Option<Cell> {
        let axis = AXES - self.dimensions + step.axis();
        let mut moved = cell;
        if step.is_forward() {
            moved.0[axis] += 1;
            (moved.0[axis] < self.sides[axis]).then_some(moved)
        } else {
            moved.0[axis] = moved.0[axis].checked_sub(1)?;
            Some(moved)
        }
    }

    /// Whether a cell is on the rim of the grid, or one cell away from it.
    #[must_use]
    pub fn is_near_edge(&self, cell: Cell) -> bool {
        let used = AXES - self.dimensions..;
        cell.0[used.clone()]
            .iter()
            .zip(&self.sides[used])
            .any(|(&place, &side)| place <= 1 || place + 2 >= side)
    }

    /// Number of a cell in row-major order.
    #[must_use]
    pub fn index(&self, cell: Cell) -> usize {
        let [a, b, c] = cell.0.map(|place| place as usize);
        (a * self.sides[1] as usize + b) * self.sides[2] as usize + c
    }

    /// The cell with a number.
    #[must_use]
    pub fn cell_at(&self, index: usize) -> Cell {
        let [_, b, c] = self.sides.map(|side| side as usize);
        Cell([(index / c / b) as u32, (index / c % b) as u32, (index % c) as u32])
    }

    /// Steps between two cells: their Manhattan distance.
    #[must_use]
    pub fn steps_between(&self, from: Cell, to: Cell) -> u32 {
        from.0.iter().zip(to.0).map(|(&a, b)| a.abs_diff(b)).sum()
    }

    /// Euclidean distance between two cells.
    #[must_use]
    pub fn distance(&self, from: Cell, to: Cell) -> f64 {
        let squares = from.0.iter().zip(to.0).map(|(&a, b)| u64::from(a.abs_diff(b)).pow(2));
        (squares.sum::<u64>() as f64).sqrt()
    }

    /// Rows: lines of cells along the last axis.
    pub(super) fn rows(&self) -> usize {
        (self.sides[0] * self.sides[1]) as usize
    }

    /// Cells of a row.
    pub(super) fn row_cells(&self) -> usize {
        self.sides[2] as usize
    }

    /// Blocks of lanes of a row; the last one may be padded.
    pub(super) fn row_blocks(&self) -> usize {
        self.row_cells().div_ceil(LANES)
    }

    /// Sides on the three internal axes.
    pub(super) fn internal_sides(&self) -> [usize; AXES] {
        self.sides.map(|side| side as usize)
    }

    /// Plane, row in the plane, and place in the row.
    pub(super) fn internal_place(&self, cell: Cell) -> [usize; AXES] {
        cell.0.map(|place| place as usize)
    }

    /// The cell at a place of a row.
    pub(super) fn cell_of_row(&self, row: usize, place: usize) -> Cell {
        let rows = self.sides[1] as usize;
        Cell([(row / rows) as u32, (row % rows) as u32, place as u32])
    }

    /// Row, and place in it.
    pub(super) fn row_and_place(&self, cell: Cell) -> (usize, usize) {
        ((cell.0[0] * self.sides[1] + cell.0[1]) as usize, cell.0[2] as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_coordinates_go_together() {
        for sides in [&[7][..], &[5, 3], &[3, 5, 4]] {
            let grid = Grid::new(sides);
            assert_eq!(grid.sides(), sides);
            for index in 0..grid.cells() {
                let cell = grid.cell_at(index);
                assert_eq!(grid.index(cell), index);
                assert_eq!(grid.cell(grid.coordinates(&cell)), cell);
            }
        }
    }

    #[test]
    fn moves_lead_to_neighbours_and_not_over_the_edge() {
        let grid = Grid::new(&[4, 3]);
        let corner = grid.cell(&[0, 2]);
        let found: Vec<_> = grid.moves().map(|step| grid.after(corner, step)).collect();
        assert_eq!(found, [None, Some(grid.cell(&[1, 2])), Some(grid.cell(&[0, 1])), None]);
        for step in grid.moves() {
            let middle = grid.cell(&[1, 1]);
            let there = grid.after(middle, step).unwrap();
            assert_eq!(grid.steps_between(middle, there), 1);
            assert_eq!(grid.after(there, Move(step.0 ^ 1)), Some(middle));
        }
        assert_eq!(grid.steps_between(corner, grid.cell(&[3, 0])), 5);
        assert_eq!(grid.distance(corner, grid.cell(&[3, 0])), 13f64.sqrt());
    }

    #[test]
    fn the_rim_is_two_cells_wide() {
        let grid = Grid::new(&[7]);
        let near: Vec<bool> = (0..7).map(|i| grid.is_near_edge(grid.cell(&[i]))).collect();
        assert_eq!(near, [true, true, false, false, false, true, true]);
        assert_eq!(grid.centre(), grid.cell(&[3]));
    }
}
