//! Rows as text: records of a CSV file, and a table for people.

use crate::results::{CellColumn, CellKind, RowTable, TableRows};
use std::io::{self, Write};

/// The cell of a column as text; nothing where it is missing, the word of a code.
pub(super) fn cell(table: &RowTable, column: usize, cells: &CellColumn, row: usize) -> String {
    match cells {
        CellColumn::F64(cells) if cells[row].is_nan() => String::new(),
        CellColumn::F32(cells) if cells[row].is_nan() => String::new(),
        CellColumn::F64(cells) => cells[row].to_string(),
        CellColumn::F32(cells) => cells[row].to_string(),
        CellColumn::I64(cells) => cells[row].to_string(),
        CellColumn::I32(cells) => cells[row].to_string(),
        CellColumn::U8(cells) => match table.columns[column].meanings.get(usize::from(cells[row])) {
            Some(word) => word.clone(),
            None if cells[row] == CellKind::NO_CODE && !table.columns[column].meanings.is_empty() => String::new(),
            None => cells[row].to_string(),
        },
        CellColumn::Flag(cells) => if cells[row] { "yes" } else { "no" }.to_owned(),
        CellColumn::Text(cells) => cells[row].clone(),
    }
}

/// Writes rows with a line of names.
pub(super) fn write(table: &RowTable, rows: &TableRows, to: impl Write) -> io::Result<()> {
    let mut writer = csv::Writer::from_writer(to);
    writer.write_record(table.columns.iter().map(|column| &column.name))?;
    for row in 0..rows.rows as usize {
        let cells = rows.columns.iter().enumerate();
        writer.write_record(cells.map(|(column, cells)| cell(table, column, cells, row)))?;
    }
    writer.flush()
}

/// Rows that a table for people has at most.
const SHOWN_ROWS: usize = 60;

/// The first rows as a table for people, and how many more there are.
pub(super) fn table(table: &RowTable, rows: &TableRows) -> (comfy_table::Table, u64) {
    let mut page = comfy_table::Table::new();
    page.load_style(crate::report::RULED);
    page.set_header(table.columns.iter().map(|column| &column.name));
    let shown = (rows.rows as usize).min(SHOWN_ROWS);
    for row in 0..shown {
        let cells = rows.columns.iter().enumerate();
        page.add_row(cells.map(|(column, cells)| match cells {
            CellColumn::F64(numbers) if !numbers[row].is_nan() => crate::quantity::significant(numbers[row]),
            CellColumn::F32(numbers) if !numbers[row].is_nan() => crate::quantity::significant(f64::from(numbers[row])),
            other => cell(table, column, other, row),
        }));
    }
    for column in page.column_iter_mut() {
        column.set_cell_alignment(comfy_table::CellAlignment::Right);
    }
    (page, rows.rows - shown as u64)
}
