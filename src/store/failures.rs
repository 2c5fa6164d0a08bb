//! The table of quarantined units.

use super::StoreError;
use super::checksum::Checksum;
use super::columns::{FailureColumns, Table};
use super::encode::words;
use super::extent::Extent;
use super::layout::MESSAGE_BYTES;
use crate::netcdf4::hdf;
use crate::results::{FailureRow, UnitState};
use crate::sweep::UnitIndex;
use std::collections::BTreeSet;

/// The rows of the table, in memory; `None` is a free row.
#[derive(Debug)]
pub(super) struct FailureTable {
    rows: Vec<Option<FailureRow>>,
    /// Rows of the file that say that they are taken, but don't hold; free here.
    damaged: Vec<u64>,
    /// Free rows of the file that have anything in them: a kill leaves such, but not in a finished file.
    littered: Vec<u64>,
    checksum: Checksum,
}

impl FailureTable {
    /// Reads all rows.
    pub fn load(table: &Table) -> Result<Self, StoreError> {
        let checksum = table.checksum;
        let [units, attempts, seeds, messages] =
            [Field::Unit, Field::Attempts, Field::Seed, Field::Message].map(|field| field.read(table));
        let (units, attempts, seeds, messages) = (units?, attempts?, seeds?, messages?);
        // Files of schema version 1 have none.
        let expected = match &table.failures.crc32c {
            Some(_) => Field::Checksum.read(table)?,
            None => Vec::new(),
        };
        let mut found = Self {
            rows: Vec::new(),
            damaged: Vec::new(),
            littered: Vec::new(),
            checksum,
        };
        let rows = words::<8>(&units)
            .zip(words::<4>(&attempts))
            .zip(words::<8>(&seeds))
            .zip(messages.chunks_exact(MESSAGE_BYTES))
            .enumerate();
        for (index, (((unit, attempts), seed), message)) in rows {
            let crc = expected.as_chunks::<4>().0.get(index).copied();
            let rest = attempts.iter().chain(&seed).chain(message).chain(crc.iter().flatten());
            let number = i64::from_le_bytes(unit);
            let row = u64::try_from(number).ok().map(|unit| FailureRow {
                unit: UnitIndex(unit),
                attempts: u32::try_from(i32::from_le_bytes(attempts)).unwrap_or(0),
                seed: u64::from_le_bytes(seed),
                message: hdf::fixed_text(message),
            });
            let holds = crc.is_none_or(|crc| {
                number == FREE || u32::from_le_bytes(crc) == checksum.of_failure(unit, attempts, seed, message)
            });
            if !holds {
                found.damaged.push(index as u64);
            } else if number == FREE && rest.copied().any(|byte| byte != 0) {
                found.littered.push(index as u64);
            }
            found.rows.push(row.filter(|_| holds));
        }
        Ok(found)
    }

    /// Rows of the file that don't hold; in a finished file (`finished`) also those that should be empty and aren't.
    pub fn damaged(&self, finished: bool) -> Vec<u64> {
        let mut rows = self.damaged.clone();
        if finished {
            rows.extend(&self.littered);
            rows.sort_unstable();
        }
        rows
    }

    /// The place for a failure: its own row if it has one, else a free one, else that of the highest unit if that is
    /// higher. Which rows a full table keeps so doesn't depend on the order of the failures.
    pub fn place(&mut self, row: FailureRow) -> Option<usize> {
        let own = self
            .rows
            .iter()
            .position(|old| old.as_ref().is_some_and(|old| old.unit == row.unit));
        let free = || self.rows.iter().position(Option::is_none);
        let highest = || {
            let (index, old) = self
                .rows
                .iter()
                .enumerate()
                .max_by_key(|(_, old)| old.as_ref().map(|old| old.unit))?;
            old.as_ref().is_some_and(|old| old.unit > row.unit).then_some(index)
        };
        let index = own.or_else(free).or_else(highest)?;
        self.rows[index] = Some(row);
        Some(index)
    }

    /// Keeps only units of which `quarantined` is true, sorted, without gaps.
    pub fn sort(
        &mut self,
        mut quarantined: impl FnMut(UnitIndex) -> Result<bool, StoreError>,
    ) -> Result<(), StoreError> {
        let length = self.rows.len();
        let mut kept = Vec::with_capacity(length);
        for row in std::mem::take(&mut self.rows).into_iter().flatten() {
            if quarantined(row.unit)? {
                kept.push(row);
            }
        }
        kept.sort_by_key(|row| row.unit);
        kept.dedup_by_key(|row| row.unit);
        self.rows = kept.into_iter().map(Some).collect();
        self.rows.resize(length, None);
        Ok(())
    }

    /// The same rows under other checksums.
    pub fn under(mut self, checksum: Checksum) -> Self {
        self.checksum = checksum;
        self
    }

    /// Rows that are taken.
    pub fn rows(&self) -> impl Iterator<Item = &FailureRow> {
        self.rows.iter().flatten()
    }

    /// Frees the rows of units of which `quarantined` is false, and second rows of a unit; says whether there were any.
    pub fn retain(
        &mut self,
        mut quarantined: impl FnMut(UnitIndex) -> Result<bool, StoreError>,
    ) -> Result<bool, StoreError> {
        let mut seen = BTreeSet::new();
        let mut freed = false;
        for row in &mut self.rows {
            let Some(unit) = row.as_ref().map(|row| row.unit) else {
                continue;
            };
            if !(seen.insert(unit) && quarantined(unit)?) {
                *row = None;
                freed = true;
            }
        }
        Ok(freed)
    }

    /// The writes that bring `count` rows from `first` into the file, to be made in this order.
    ///
    /// Between any two of them, a row of the file is free or whole: the unit, which makes a row count, is taken away
    /// first and comes back last. Units whose rows a kill has freed are run again.
    pub fn steps(&self, first: usize, count: usize) -> [Step; 6] {
        let rows = &self.rows[first..first + count];
        let step = |field, of: &dyn Fn(Option<&FailureRow>) -> Vec<u8>| Step {
            field,
            first: first as u64,
            #[cfg(test)]
            count: count as u64,
            bytes: rows.iter().flat_map(|row| of(row.as_ref())).collect(),
        };
        [
            step(Field::Unit, &|_| FREE.to_le_bytes().to_vec()),
            step(Field::Attempts, &|row| {
                row.map_or(0, attempts_of).to_le_bytes().to_vec()
            }),
            step(Field::Seed, &|row| row.map_or(0, |row| row.seed).to_le_bytes().to_vec()),
            step(Field::Message, &|row| {
                fixed_text(row.map_or("", |row| &row.message), MESSAGE_BYTES)
            }),
            step(Field::Checksum, &|row| {
                row.map_or(0, |row| self.checksum_of(row)).to_le_bytes().to_vec()
            }),
            step(Field::Unit, &|row| {
                row.map_or(FREE, |row| row.unit.0.cast_signed()).to_le_bytes().to_vec()
            }),
        ]
    }

    fn checksum_of(&self, row: &FailureRow) -> u32 {
        self.checksum.of_failure(
            row.unit.0.to_le_bytes(),
            attempts_of(row).to_le_bytes(),
            row.seed.to_le_bytes(),
            &fixed_text(&row.message, MESSAGE_BYTES),
        )
    }

    /// [`Self::steps`] for all rows; none where the file has exactly these bytes already.
    pub fn steps_to_store(&self, table: &Table) -> Result<Vec<Step>, StoreError> {
        let [freeing, rest @ ..] = self.steps(0, self.rows.len());
        for step in &rest {
            if step.field.read(table)? != step.bytes {
                return Ok([freeing].into_iter().chain(rest).collect());
            }
        }
        Ok(Vec::new())
    }

    /// The write that frees rows in the file as [`Self::retain`] has freed them here.
    pub fn step_to_free(&self) -> Step {
        let [.., units] = self.steps(0, self.rows.len());
        units
    }
}

/// Attempts as they are stored.
fn attempts_of(row: &FailureRow) -> i32 {
    i32::try_from(row.attempts).unwrap_or(i32::MAX)
}

/// The unit of a free row.
const FREE: i64 = -1;

/// A column of the table.
#[derive(Clone, Copy, Debug)]
enum Field {
    Unit,
    Attempts,
    Seed,
    Message,
    Checksum,
}

impl Field {
    fn of(self, columns: &FailureColumns) -> &Extent {
        match self {
            Self::Unit => &columns.unit,
            Self::Attempts => &columns.attempts,
            Self::Seed => &columns.seed,
            Self::Message => &columns.message,
            Self::Checksum => {
                (columns.crc32c.as_ref()).expect("only files of schema version 1 lack it, and none of them is written")
            }
        }
    }

    fn read(self, table: &Table) -> Result<Vec<u8>, StoreError> {
        let extent = self.of(&table.failures);
        table.values.read("reading the failures of", extent, extent.all())
    }
}

/// One write to rows of one column.
#[derive(Debug)]
pub(super) struct Step {
    field: Field,
    first: u64,
    #[cfg(test)]
    count: u64,
    bytes: Vec<u8>,
}

impl Step {
    /// Writes it.
    pub fn write(&self, action: &str, table: &Table) -> Result<(), StoreError> {
        (table.values).write(action, self.field.of(&table.failures), self.first, &self.bytes)
    }

    /// The part of it that a kill in its middle would leave: its first rows.
    #[cfg(test)]
    pub fn first_half(&self) -> Self {
        let count = self.count / 2;
        let row_bytes = self.bytes.len() / self.count as usize;
        Self {
            field: self.field,
            first: self.first,
            count,
            bytes: self.bytes[..count as usize * row_bytes].to_vec(),
        }
    }
}

/// The failures of units that are still quarantined, by unit.
pub(super) fn read_current(table: &Table) -> Result<Vec<FailureRow>, StoreError> {
    let mut failures = FailureTable::load(table)?;
    failures.sort(|unit| is_quarantined(table, unit))?;
    Ok(failures.rows().cloned().collect())
}

/// Which quarantined units count as committed: those with a row, and, where only quarantined units have all the rows,
/// those above the highest of them, because a full table keeps the lowest.
#[derive(Debug)]
pub(super) struct Recorded {
    units: BTreeSet<u64>,
    above: Option<u64>,
}

impl Recorded {
    /// Reads which units have a row.
    pub fn read(table: &Table) -> Result<Self, StoreError> {
        let rows = FailureTable::load(table)?;
        let units: BTreeSet<u64> = rows.rows().map(|row| row.unit.0).collect();
        let mut full = units.len() as u64 == table.layout.failure_rows();
        for unit in &units {
            full = full && is_quarantined(table, UnitIndex(*unit))?;
        }
        let above = units.last().copied().filter(|_| full);
        Ok(Self { units, above })
    }

    /// Whether the quarantined unit needn't be run again.
    pub fn explains(&self, unit: UnitIndex) -> bool {
        self.units.contains(&unit.0) || self.above.is_some_and(|last| unit.0 > last)
    }
}

/// Whether the file has the unit as quarantined.
pub(super) fn is_quarantined(table: &Table, unit: UnitIndex) -> Result<bool, StoreError> {
    Ok(unit.0 < table.units() && table.states(unit.0..unit.0 + 1)? == [UnitState::Quarantined as u8])
}

/// Text in exactly `bytes` bytes, cut between characters, filled up with zero bytes.
pub(super) fn fixed_text(text: &str, bytes: usize) -> Vec<u8> {
    let mut fixed = cut(text, bytes).as_bytes().to_vec();
    fixed.resize(bytes, 0);
    fixed
}

/// The longest start of a text that has at most `bytes` bytes.
pub(super) fn cut(text: &str, bytes: usize) -> &str {
    let end = (0..=bytes.min(text.len()))
        .rev()
        .find(|end| text.is_char_boundary(*end));
    &text[..end.unwrap_or(0)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(unit: u64) -> FailureRow {
        FailureRow {
            unit: UnitIndex(unit),
            attempts: 2,
            seed: unit,
            message: format!("unit {unit} failed"),
        }
    }

    fn empty(rows: usize) -> FailureTable {
        FailureTable {
            rows: vec![None; rows],
            damaged: Vec::new(),
            littered: Vec::new(),
            checksum: Checksum::new(&[0; 32]),
        }
    }

    #[test]
    fn a_full_table_keeps_the_lowest_units_in_any_order() {
        for order in [[5, 1, 4, 2, 3], [1, 2, 3, 4, 5], [5, 4, 3, 2, 1]] {
            let mut table = empty(3);
            for unit in order {
                table.place(row(unit));
            }
            table.sort(|_| Ok(true)).unwrap();
            assert_eq!(table.rows().map(|row| row.unit.0).collect::<Vec<_>>(), [1, 2, 3]);
        }
    }

    #[test]
    fn a_unit_has_one_row_and_loses_it_when_it_succeeds() {
        let mut table = empty(3);
        assert_eq!(table.place(row(7)), Some(0));
        assert_eq!(table.place(row(7)), Some(0));
        assert_eq!(table.place(row(2)), Some(1));
        table.sort(|unit| Ok(unit.0 != 7)).unwrap();
        assert_eq!(table.rows().collect::<Vec<_>>(), [&row(2)]);
        assert_eq!(table.rows.len(), 3);
    }

    #[test]
    fn text_is_cut_between_characters() {
        assert_eq!(hdf::fixed_text(&fixed_text("aé", 2)), "a");
        assert_eq!(hdf::fixed_text(&fixed_text("aé", 3)), "aé");
        assert_eq!(fixed_text("ab", 4), b"ab\0\0");
    }
}
