//! Rows that wait to be handed over, column by column.

use crate::results::{CellKind, Cells, RowTable};
use crate::scenario::UnitOutput;

/// Rows that are gathered before they are handed over.
const ROWS: usize = 1024;

/// The cells of a column.
enum Column {
    F64(Vec<f64>),
    F32(Vec<f32>),
    I32(Vec<i32>),
    U8(Vec<u8>),
}

impl Column {
    fn of(kind: CellKind) -> Self {
        match kind {
            CellKind::F64 => Self::F64(Vec::new()),
            CellKind::F32 => Self::F32(Vec::new()),
            CellKind::I32 => Self::I32(Vec::new()),
            CellKind::U8 => Self::U8(Vec::new()),
            CellKind::Flag | CellKind::I64 | CellKind::Text(_) => unreachable!("no recorded column is of this kind"),
        }
    }

    fn cells(&self) -> Cells<'_> {
        match self {
            Self::F64(cells) => Cells::F64(cells),
            Self::F32(cells) => Cells::F32(cells),
            Self::I32(cells) => Cells::I32(cells),
            Self::U8(cells) => Cells::U8(cells),
        }
    }

    fn clear(&mut self) {
        match self {
            Self::F64(cells) => cells.clear(),
            Self::F32(cells) => cells.clear(),
            Self::I32(cells) => cells.clear(),
            Self::U8(cells) => cells.clear(),
        }
    }

    /// Appends values in the column's form; NaN is missing.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "recorded numbers are as exact as the study asks for"
    )]
    fn extend(&mut self, values: impl Iterator<Item = f64>) {
        match self {
            Self::F64(cells) => cells.extend(values),
            Self::F32(cells) => cells.extend(values.map(|value| value as f32)),
            Self::I32(cells) => cells.extend(values.map(|value| value as i32)),
            Self::U8(cells) => cells.extend(values.map(|value| match value.is_nan() {
                true => CellKind::NO_CODE,
                false => value as u8,
            })),
        }
    }
}

/// The rows of one table.
pub(super) struct Rows {
    /// Index of the table.
    table: usize,
    columns: Vec<Column>,
    count: usize,
}

impl Rows {
    /// None yet of the table with this index.
    pub fn of(table: usize, declared: &RowTable) -> Self {
        Self {
            table,
            columns: (declared.columns.iter())
                .map(|column| Column::of(column.kind))
                .collect(),
            count: 0,
        }
    }

    /// Appends to one column; all columns must get as many values before [`Self::added`].
    pub fn extend(&mut self, column: usize, values: impl Iterator<Item = f64>) {
        self.columns[column].extend(values);
    }

    /// Says that all columns have got `count` values.
    pub fn added(&mut self, count: usize) {
        self.count += count;
    }

    /// Appends one row.
    pub fn push(&mut self, values: impl IntoIterator<Item = f64>) {
        for (column, value) in self.columns.iter_mut().zip(values) {
            column.extend(std::iter::once(value));
        }
        self.count += 1;
    }

    /// Hands the rows over if there are many, or if they are the `last`.
    pub fn hand_over(&mut self, last: bool, output: &mut UnitOutput<'_>) {
        if self.count == 0 || (self.count < ROWS && !last) {
            return;
        }
        let cells: Vec<Cells<'_>> = self.columns.iter().map(Column::cells).collect();
        output.append(self.table, &cells);
        self.columns.iter_mut().for_each(Column::clear);
        self.count = 0;
    }
}
