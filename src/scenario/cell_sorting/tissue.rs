//! Cells on the lattice, their energy, and what copying one site into a neighbour would change of it.

use super::energies::{Energies, WALL_TYPE, number};
use super::lattice::{Edges, Lattice};

/// A label is the number of a cell times 16, plus its type. 0 is the medium.
pub type Label = u32;

const TYPE_BITS: u32 = 4;
const TYPE_MASK: u32 = 15;
/// What is behind a wall.
const WALL: Label = u32::MAX;
/// [`Tissue::ranks`] of a site without foreign neighbours.
const INSIDE: u32 = u32::MAX;
/// The bits of [`Tissue::foreign`] that are directions.
const DIRECTION_BITS: u16 = 255;
/// The bit of [`Tissue::foreign`] that says that a place is next to the frame.
const NEAR_FRAME: u16 = 256;

/// The label of a cell, numbered from 1.
#[must_use]
pub fn label(cell: usize, kind: usize) -> Label {
    (cell as u32) << TYPE_BITS | kind as u32
}

/// The number of the cell that a label is of; 0 for the medium.
#[must_use]
pub fn cell_of(label: Label) -> usize {
    (label >> TYPE_BITS) as usize
}

/// The type that a label is of.
#[must_use]
pub fn type_of(label: Label) -> usize {
    (label & TYPE_MASK) as usize
}

/// What is known of a cell besides its sites.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    /// Its type.
    pub kind: u8,
    /// Sites less the sites that it aims at.
    pub area_excess: i32,
    /// Sites that it aims at.
    pub target_area: i32,
    /// Foreign neighbours of its sites less those that it aims at.
    pub perimeter_excess: i32,
    /// Foreign neighbours that it aims at.
    pub target_perimeter: i32,
    /// Where it drives: energy that a copy along x or y gains, in parts.
    pub drive: [i32; 2],
}

impl Cell {
    /// Its sites.
    #[must_use]
    pub fn area(&self) -> i32 {
        self.area_excess + self.target_area
    }
}

/// What copies cost or gain besides the energy of the lattice.
#[derive(Clone, Debug, Default)]
pub struct Forces {
    /// Whether cells drive somewhere ([`Cell::drive`]).
    pub motility: bool,
    /// Of each place, what a type gains from it; empty for none.
    pub potential: Vec<i32>,
    /// How strongly each type follows it, in 1/65 536.
    pub following: [i64; 16],
    /// Refuses copies that would cut a cell where they are made, or take its last site.
    pub connected: bool,
}

/// What a copy would change.
#[derive(Clone, Copy, Debug)]
pub(super) struct Change<const Z: usize> {
    /// Energy of the lattice, in parts.
    pub energy: i64,
    /// What it costs besides, in parts.
    pub cost: i64,
    old: Label,
    new: Label,
    around: [Label; Z],
    /// By how much the perimeters of the cell that loses the site, and of the one that gains it, grow.
    perimeters: [i32; 2],
}

/// Cells on a lattice.
#[derive(Clone, Debug)]
pub struct Tissue {
    lattice: Lattice,
    offsets: [isize; 8],
    energies: Energies,
    /// Labels of all places.
    labels: Vec<Label>,
    /// Of each place, a bit for each direction with a foreign neighbour, and [`NEAR_FRAME`].
    foreign: Vec<u16>,
    /// Of each place, where it is in `boundary`.
    ranks: Vec<u32>,
    /// Places with foreign neighbours, in an order that only the past decides.
    boundary: Vec<u32>,
    /// By number; that of the medium comes first.
    cells: Vec<Cell>,
    energy: i128,
    forces: Forces,
    has_forces: bool,
}

impl Tissue {
    /// From the labels of all sites, row by row. `cells` says of each cell, the medium first, its type and what it aims at.
    ///
    /// # Panics
    /// If there aren't as many labels as sites, or one is of no cell.
    #[must_use]
    pub fn new(lattice: Lattice, energies: Energies, site_labels: &[Label], mut cells: Vec<Cell>) -> Self {
        assert_eq!(site_labels.len(), lattice.sites());
        for cell in &mut cells {
            cell.area_excess = -cell.target_area;
            cell.perimeter_excess = -cell.target_perimeter;
        }
        let mut tissue = Self {
            lattice,
            offsets: lattice.offsets(),
            energies,
            labels: vec![WALL; lattice.places()],
            foreign: vec![0; lattice.places()],
            ranks: vec![INSIDE; lattice.places()],
            boundary: Vec::new(),
            cells,
            energy: 0,
            forces: Forces::default(),
            has_forces: false,
        };
        for y in 0..lattice.height {
            for x in 0..lattice.width {
                let (place, label) = (lattice.place(x, y), site_labels[y * lattice.width + x]);
                assert_eq!(usize::from(tissue.cells[cell_of(label)].kind), type_of(label));
                tissue.labels[place] = label;
                tissue.cells[cell_of(label)].area_excess += 1;
            }
        }
        if lattice.edges == Edges::Periodic {
            for place in (0..lattice.places()).filter(|place| lattice.is_frame(*place)) {
                tissue.labels[place] = tissue.labels[lattice.original(place)];
            }
        }
        tissue.find_boundary();
        tissue.energy = tissue.energy_afresh();
        tissue
    }

    fn find_boundary(&mut self) {
        for y in 0..self.lattice.height {
            for x in 0..self.lattice.width {
                let place = self.lattice.place(x, y);
                let label = self.labels[place];
                let mut bits = 0;
                for direction in 0..self.lattice.neighbourhood.count() {
                    let other = self.labels[self.beside(place, direction)];
                    bits |= u16::from(other != WALL && other != label) << direction;
                }
                let near = x == 0 || y == 0 || x + 1 == self.lattice.width || y + 1 == self.lattice.height;
                self.foreign[place] = bits | if near { NEAR_FRAME } else { 0 };
                self.cells[cell_of(label)].perimeter_excess += bits.count_ones() as i32;
                if bits != 0 {
                    self.ranks[place] = self.boundary.len() as u32;
                    self.boundary.push(place as u32);
                }
            }
        }
    }

    fn beside(&self, place: usize, direction: usize) -> usize {
        place.wrapping_add_signed(self.offsets[direction])
    }

    /// The energy, counted from the labels alone, in parts.
    #[must_use]
    pub fn energy_afresh(&self) -> i128 {
        let mut areas = vec![0i64; self.cells.len()];
        let mut perimeters = vec![0i64; self.cells.len()];
        let mut contacts = 0i128;
        for y in 0..self.lattice.height {
            for x in 0..self.lattice.width {
                let place = self.lattice.place(x, y);
                let label = self.labels[place];
                areas[cell_of(label)] += 1;
                for direction in 0..self.lattice.neighbourhood.count() {
                    let other = self.labels[self.beside(place, direction)];
                    if other == WALL || other == label {
                        continue;
                    }
                    perimeters[cell_of(label)] += 1;
                    // Each contact is seen from both of its sides; one of them counts.
                    if direction % 2 == 0 {
                        contacts += i128::from(self.energies.contact(type_of(label), type_of(other)));
                    }
                }
            }
        }
        let mut energy = contacts;
        for (index, cell) in self.cells.iter().enumerate().skip(1) {
            let of_type = self.energies.of_type(cell.kind.into());
            let area = i128::from(areas[index] - i64::from(cell.target_area));
            let perimeter = i128::from(perimeters[index] - i64::from(cell.target_perimeter));
            energy += i128::from(of_type.area) * area * area;
            energy += i128::from(of_type.perimeter) * perimeter * perimeter;
        }
        energy
    }

    /// The energy, in parts.
    #[cfg(test)]
    pub fn energy(&self) -> i128 {
        self.energy
    }

    /// The energy.
    #[must_use]
    pub fn energy_number(&self) -> f64 {
        number(self.energy)
    }

    /// All constants of the energy.
    #[cfg(test)]
    pub fn energies(&self) -> &Energies {
        &self.energies
    }

    /// The lattice.
    #[must_use]
    pub fn lattice(&self) -> &Lattice {
        &self.lattice
    }

    /// All cells by their numbers, the medium first.
    #[must_use]
    pub fn cells(&self) -> &[Cell] {
        &self.cells
    }

    /// Cells, to change where they drive.
    pub(super) fn cells_mut(&mut self) -> &mut [Cell] {
        &mut self.cells
    }

    /// Puts forces in place of those before.
    pub fn set_forces(&mut self, forces: Forces) {
        self.has_forces = forces.motility || forces.connected || !forces.potential.is_empty();
        self.forces = forces;
    }

    /// Places with foreign neighbours.
    #[must_use]
    pub fn boundary(&self) -> &[u32] {
        &self.boundary
    }

    /// Labels of all sites, row by row.
    pub fn site_labels(&self) -> impl Iterator<Item = Label> + '_ {
        (0..self.lattice.height).flat_map(move |y| {
            let from = self.lattice.place(0, y);
            self.labels[from..from + self.lattice.width].iter().copied()
        })
    }

    /// The direction bits of foreign neighbours of a place.
    #[inline]
    pub(super) fn foreign(&self, place: usize) -> u16 {
        self.foreign[place]
    }

    #[inline]
    pub(super) fn label_at(&self, place: usize) -> Label {
        self.labels[place]
    }

    #[inline]
    pub(super) fn label_beside(&self, place: usize, direction: usize) -> Label {
        self.labels[self.beside(place, direction)]
    }

    /// Labels of the neighbours of a place, in the order of the directions.
    #[inline(always)]
    fn around<const Z: usize>(&self, place: usize) -> [Label; Z] {
        let stride = self.lattice.stride();
        let row = |from: usize| -> [Label; 3] { self.labels[from..from + 3].try_into().expect("three labels") };
        let (above, middle, below) = (row(place - stride - 1), row(place - 1), row(place + stride - 1));
        let all = [
            middle[2], middle[0], below[1], above[1], below[2], above[0], above[2], below[0],
        ];
        std::array::from_fn(|direction| all[direction])
    }

    /// What copying the label in `direction` into `place` changes; `None` if it isn't allowed. The two labels differ, and
    /// neither is a wall.
    #[inline(always)]
    pub(super) fn change<const Z: usize>(&self, place: usize, direction: usize) -> Option<Change<Z>> {
        let around = self.around::<Z>(place);
        let (old, new) = (self.labels[place], around[direction]);
        let (old_type, new_type) = (type_of(old), type_of(new));
        let table = self.energies.differences(old_type, new_type);
        let (mut contacts, mut like_new) = (0i32, 0i32);
        for other in around {
            contacts += table[(other & TYPE_MASK) as usize];
            like_new += i32::from(other == new);
        }
        let bits = self.foreign[place];
        let mut neighbours = Z as i32;
        if bits & NEAR_FRAME != 0 {
            neighbours -= around.iter().map(|other| i32::from(*other == WALL)).sum::<i32>();
        }
        let like_old = neighbours - (bits & DIRECTION_BITS).count_ones() as i32;
        let mut energy = i64::from(contacts) - i64::from(like_new) * self.energies.contact(new_type, new_type)
            + i64::from(like_old) * self.energies.contact(old_type, old_type);
        let (losing, gaining) = (&self.cells[cell_of(old)], &self.cells[cell_of(new)]);
        let (of_losing, of_gaining) = (self.energies.of_type(old_type), self.energies.of_type(new_type));
        energy += of_gaining.area * (2 * i64::from(gaining.area_excess) + 1);
        energy -= of_losing.area * (2 * i64::from(losing.area_excess) - 1);
        let perimeters = [2 * like_old - neighbours, neighbours - 2 * like_new];
        if self.energies.has_perimeter() {
            let square = |excess: i32, by: i32| i64::from(by) * (2 * i64::from(excess) + i64::from(by));
            energy += of_losing.perimeter * square(losing.perimeter_excess, perimeters[0]);
            energy += of_gaining.perimeter * square(gaining.perimeter_excess, perimeters[1]);
        }
        let cost = if self.has_forces {
            if self.forces.connected && old != 0 && !self.stays_connected(place, old) {
                return None;
            }
            self.cost(place, direction, losing, gaining)
        } else {
            0
        };
        Some(Change {
            energy,
            cost,
            old,
            new,
            around,
            perimeters,
        })
    }

    /// What a copy costs besides the energy of the lattice, in parts.
    #[inline]
    fn cost(&self, place: usize, direction: usize, losing: &Cell, gaining: &Cell) -> i64 {
        let mut cost = 0;
        if self.forces.motility {
            // The copy goes against the direction in which its source lies.
            let (x, y) = super::lattice::DIRECTIONS[direction];
            let along = |cell: &Cell| i64::from(-x * cell.drive[0]) + i64::from(-y * cell.drive[1]);
            let both = along(losing) + along(gaining);
            // Diagonal steps have unit length, too.
            cost -= if x != 0 && y != 0 { (both * 46_341) >> 16 } else { both };
        }
        if !self.forces.potential.is_empty() {
            let gain = self.forces.potential[place] - self.forces.potential[self.beside(place, direction)];
            cost -= (self.forces.following[usize::from(gaining.kind)] * i64::from(gain)) >> 16;
        }
        cost
    }

    /// Whether the sites of `old` around `place` hang together without it: they are some, and reach each other around it.
    fn stays_connected(&self, place: usize, old: Label) -> bool {
        /// The eight around a site, going round.
        const AROUND: [usize; 8] = [0, 4, 2, 7, 1, 5, 3, 6];
        let ring = AROUND.map(|direction| self.label_beside(place, direction) == old);
        // In a Moore neighbourhood a corner joins the sides next to it even if it is foreign itself.
        let filled: [bool; 8] = std::array::from_fn(|index| match self.lattice.neighbourhood.count() {
            8 => ring[index] || index % 2 == 1 && ring[index - 1] && ring[(index + 1) % 8],
            _ => ring[index] && (index % 2 == 0 || ring[index - 1] || ring[(index + 1) % 8]),
        });
        let beginnings = (0..8)
            .filter(|&index| filled[index] && !filled[(index + 7) % 8])
            .count();
        beginnings == 1 || filled == [true; 8]
    }

    /// Makes a change at `place` that [`Self::change`] told.
    #[inline]
    pub(super) fn make<const Z: usize>(&mut self, place: usize, change: &Change<Z>) {
        self.energy += i128::from(change.energy);
        self.labels[place] = change.new;
        let losing = &mut self.cells[cell_of(change.old)];
        losing.area_excess -= 1;
        losing.perimeter_excess += change.perimeters[0];
        let gaining = &mut self.cells[cell_of(change.new)];
        gaining.area_excess += 1;
        gaining.perimeter_excess += change.perimeters[1];
        if self.foreign[place] & NEAR_FRAME != 0 {
            return self.spread_at_frame(place, change);
        }
        let mut bits = 0;
        for (direction, other) in change.around.into_iter().enumerate() {
            let differs = u16::from(other != change.new);
            bits |= differs << direction;
            let back = direction ^ 1;
            let beside = self.beside(place, direction);
            let before = self.foreign[beside];
            let after = before & !(1 << back) | differs << back;
            self.foreign[beside] = after;
            if (before & DIRECTION_BITS == 0) != (after & DIRECTION_BITS == 0) {
                self.list(beside, after);
            }
        }
        self.note(place, bits);
    }

    /// What [`Self::make`] does to the neighbours, where some of them are of the frame.
    #[cold]
    #[inline(never)]
    fn spread_at_frame<const Z: usize>(&mut self, place: usize, change: &Change<Z>) {
        let lattice = self.lattice;
        if lattice.edges == Edges::Periodic {
            lattice.images(place, |image| self.labels[image] = change.new);
        }
        let mut bits = NEAR_FRAME;
        for (direction, other) in change.around.into_iter().enumerate() {
            if other == WALL {
                continue;
            }
            let mut beside = self.beside(place, direction);
            if lattice.is_frame(beside) {
                beside = lattice.original(beside);
            }
            let differs = u16::from(other != change.new);
            bits |= differs << direction;
            let back = direction ^ 1;
            self.note(beside, self.foreign[beside] & !(1 << back) | differs << back);
        }
        self.note(place, bits);
    }

    /// Keeps the foreign neighbours of a place, and the boundary with them.
    #[inline]
    fn note(&mut self, place: usize, bits: u16) {
        let before = std::mem::replace(&mut self.foreign[place], bits);
        if (before & DIRECTION_BITS == 0) != (bits & DIRECTION_BITS == 0) {
            self.list(place, bits);
        }
    }

    /// Adds a place to the boundary, or takes it out.
    fn list(&mut self, place: usize, bits: u16) {
        if bits & DIRECTION_BITS != 0 {
            self.ranks[place] = self.boundary.len() as u32;
            self.boundary.push(place as u32);
        } else {
            let rank = std::mem::replace(&mut self.ranks[place], INSIDE) as usize;
            self.boundary.swap_remove(rank);
            if let Some(moved) = self.boundary.get(rank) {
                self.ranks[*moved as usize] = rank as u32;
            }
        }
    }

    /// Puts the boundary into a given order, as it was when a state was saved.
    ///
    /// Returns whether it is an order of this boundary.
    #[must_use]
    pub fn order_boundary(&mut self, order: Vec<u32>) -> bool {
        let mut sorted = order.clone();
        sorted.sort_unstable();
        let mut own = self.boundary.clone();
        own.sort_unstable();
        if sorted != own {
            return false;
        }
        for (rank, place) in order.iter().enumerate() {
            self.ranks[*place as usize] = rank as u32;
        }
        self.boundary = order;
        true
    }

    /// Bytes of a tissue of so many places and cells.
    #[must_use]
    pub fn bytes(lattice: &Lattice, cells: usize) -> u64 {
        let per_place = size_of::<Label>() + size_of::<u16>() + 2 * size_of::<u32>();
        (lattice.places() * per_place + (cells + 1) * size_of::<Cell>()) as u64
    }
}

const _: () = assert!(type_of_wall() == WALL_TYPE);

const fn type_of_wall() -> usize {
    (WALL & TYPE_MASK) as usize
}
