//! Rows of a unit, member by member.

use crate::results::{CellColumn, RowMeaning, RowTable, TableRows};

/// A run of rows that belong together: the path of a member, or all rows of a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Segment {
    /// Whose they are; none for those of a whole unit.
    pub member: Option<i64>,
    /// How many.
    pub rows: u64,
}

/// The column that says whose a row is, if the rows of a table are steps of members.
pub(super) fn member_column(table: &RowTable, member: &str) -> Option<usize> {
    let steps = table.row == RowMeaning::MemberAtStep;
    (table.columns.iter().position(|column| column.name == member)).filter(|_| steps)
}

/// Brings rows into the order of members, in which each member's stay in theirs, and says which are whose. Without a column of
/// members they stay as they are.
pub(super) fn by_member(rows: &mut TableRows, column: Option<usize>) -> Vec<Segment> {
    if rows.rows == 0 {
        return Vec::new();
    }
    let Some(members) = column.and_then(|column| numbers(&rows.columns[column])) else {
        return vec![Segment {
            member: None,
            rows: rows.rows,
        }];
    };
    if !members.is_sorted() {
        let mut order: Vec<u32> = (0..members.len() as u32).collect();
        order.sort_by_key(|row| members[*row as usize]);
        rows.columns.iter_mut().for_each(|column| reorder(column, &order));
    }
    let mut sorted = members;
    sorted.sort_unstable();
    (sorted.chunk_by(|a, b| a == b))
        .map(|run| Segment {
            member: Some(run[0]),
            rows: run.len() as u64,
        })
        .collect()
}

/// The cells of a column of whole numbers.
pub(super) fn numbers(column: &CellColumn) -> Option<Vec<i64>> {
    match column {
        CellColumn::I64(cells) => Some(cells.clone()),
        CellColumn::I32(cells) => Some(cells.iter().map(|cell| i64::from(*cell)).collect()),
        CellColumn::U8(cells) => Some(cells.iter().map(|cell| i64::from(*cell)).collect()),
        _ => None,
    }
}

fn reorder(column: &mut CellColumn, order: &[u32]) {
    fn sorted<T: Clone>(cells: &mut Vec<T>, order: &[u32]) {
        *cells = order.iter().map(|row| cells[*row as usize].clone()).collect();
    }
    match column {
        CellColumn::F64(cells) => sorted(cells, order),
        CellColumn::F32(cells) => sorted(cells, order),
        CellColumn::I64(cells) => sorted(cells, order),
        CellColumn::I32(cells) => sorted(cells, order),
        CellColumn::U8(cells) => sorted(cells, order),
        CellColumn::Flag(cells) => sorted(cells, order),
        CellColumn::Text(cells) => sorted(cells, order),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_come_member_by_member_in_the_order_of_time() {
        let mut rows = TableRows {
            rows: 5,
            columns: vec![
                CellColumn::I32(vec![0, 2, 0, 2, 1]),
                CellColumn::F64(vec![0.0, 0.1, 1.0, 1.1, 1.2]),
            ],
        };
        let segments = by_member(&mut rows, Some(0));
        assert_eq!(rows.columns[0], CellColumn::I32(vec![0, 0, 1, 2, 2]));
        assert_eq!(rows.columns[1], CellColumn::F64(vec![0.0, 1.0, 1.2, 0.1, 1.1]));
        let of = |member, rows| Segment {
            member: Some(member),
            rows,
        };
        assert_eq!(segments, [of(0, 2), of(1, 1), of(2, 2)]);
    }

    #[test]
    fn rows_of_no_member_are_those_of_their_unit() {
        let mut rows = TableRows {
            rows: 2,
            columns: vec![CellColumn::F64(vec![3.0, 1.0])],
        };
        let segments = by_member(&mut rows, None);
        assert_eq!(segments, [Segment { member: None, rows: 2 }]);
        assert_eq!(rows.columns[0], CellColumn::F64(vec![3.0, 1.0]));
        assert!(by_member(&mut TableRows::default(), None).is_empty());
    }
}
