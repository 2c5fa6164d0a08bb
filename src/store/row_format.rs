//! The bytes of a file of rows: a head that says what is in it, then blocks in any order.
//!
//! A block has the rows of one unit, one part of it for each table, column by column. It names the block of the same
//! unit before it; the last is named in the results file. Nothing else finds blocks: what a kill tore, and what an
//! attempt left that failed, lies between them and is never looked at.

use super::fill::hex;
use crate::results::{CellKind, RowBlock, RowPlace, RowTable};
use crate::sweep::UnitIndex;
use serde_json::json;

/// How a file of rows begins.
pub(super) const MAGIC: &[u8] = b"plume-nav-sim rows, version 1\n";

/// How a block begins.
const BLOCK_MAGIC: [u8; 8] = *b"row\nblok";

/// Bytes of a block before the numbers of rows.
const FIXED_BYTES: usize = 8 + 8 + 4 + 8 + 8;

/// The kinds of the columns of each table.
pub(super) type Kinds = Vec<Vec<CellKind>>;

/// The kinds of the columns of some tables.
pub(super) fn kinds_of(tables: &[RowTable]) -> Kinds {
    (tables.iter())
        .map(|table| table.columns.iter().map(|column| column.kind).collect())
        .collect()
}

/// The head of a file of rows: two lines, of which the second describes the tables as JSON.
pub(super) fn head(configuration_hash: &[u8; 32], tables: &[RowTable]) -> Vec<u8> {
    let description = json!({
        "configuration_hash": hex(configuration_hash),
        "byte_order": "little",
        "block": ["magic", "unit", "number", "offset of the block before", "bytes of the block before",
            "rows of each table", "columns of each table", "crc32c"],
        "tables": tables,
    });
    [MAGIC, description.to_string().as_bytes(), b"\n"].concat()
}

/// A block as it lies in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct StoredBlock {
    pub unit: UnitIndex,
    /// Its number among those of its unit, from 0.
    pub number: u32,
    /// The block of the unit before it, in the same file.
    pub previous: RowPlace,
    /// One part for each table.
    pub tables: Vec<RowBlock>,
}

/// The length of a block.
pub(super) fn block_bytes(tables: &[RowBlock]) -> usize {
    let columns = tables.iter().flat_map(|table| &table.columns);
    FIXED_BYTES + 8 * tables.len() + columns.map(Vec::len).sum::<usize>() + 4
}

/// Puts the bytes of a block in place of `bytes`. `start` is the checksum of the configuration, with which each block's
/// begins.
pub(super) fn encode(
    start: u32,
    unit: UnitIndex,
    number: u32,
    previous: RowPlace,
    tables: &[RowBlock],
    bytes: &mut Vec<u8>,
) {
    let columns = tables.iter().flat_map(|table| &table.columns);
    bytes.clear();
    bytes.reserve(block_bytes(tables));
    bytes.extend(BLOCK_MAGIC);
    bytes.extend(unit.0.to_le_bytes());
    bytes.extend(number.to_le_bytes());
    bytes.extend(previous.offset.to_le_bytes());
    bytes.extend(previous.bytes.to_le_bytes());
    bytes.extend(tables.iter().flat_map(|table| table.rows.to_le_bytes()));
    columns.for_each(|column| bytes.extend_from_slice(column));
    let checksum = crc32c::crc32c_append(start, bytes);
    bytes.extend(checksum.to_le_bytes());
}

/// The block that these bytes of the part are, if they are a whole block of these tables.
pub(super) fn decode(start: u32, part: u32, kinds: &Kinds, bytes: &[u8]) -> Option<StoredBlock> {
    let (body, checksum) = bytes.split_last_chunk::<4>()?;
    if crc32c::crc32c_append(start, body) != u32::from_le_bytes(*checksum) {
        return None;
    }
    let mut rest = body;
    if take::<8>(&mut rest)? != BLOCK_MAGIC {
        return None;
    }
    let unit = UnitIndex(u64::from_le_bytes(take(&mut rest)?));
    let number = u32::from_le_bytes(take(&mut rest)?);
    let [offset, length] = [take(&mut rest)?, take(&mut rest)?].map(u64::from_le_bytes);
    let rows = (kinds.iter())
        .map(|_| take(&mut rest).map(u64::from_le_bytes))
        .collect::<Option<Vec<u64>>>()?;
    let mut tables = Vec::with_capacity(kinds.len());
    for (kinds, rows) in kinds.iter().zip(rows) {
        let mut columns = Vec::with_capacity(kinds.len());
        for kind in kinds {
            let length = usize::try_from(rows).ok()?.checked_mul(kind.bytes())?;
            let (column, after) = rest.split_at_checked(length)?;
            columns.push(column.to_vec());
            rest = after;
        }
        tables.push(RowBlock { rows, columns });
    }
    let previous = RowPlace {
        part: if length == 0 { 0 } else { part },
        offset,
        bytes: length,
    };
    rest.is_empty().then_some(StoredBlock {
        unit,
        number,
        previous,
        tables,
    })
}

fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (head, tail) = rest.split_first_chunk::<N>()?;
    *rest = tail;
    Some(*head)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds() -> Kinds {
        vec![vec![CellKind::I32, CellKind::U8], vec![CellKind::Text(3)]]
    }

    /// The bytes of a block of unit 3 in a study with the checksum 7.
    fn encoded(number: u32, previous: RowPlace) -> Vec<u8> {
        let mut bytes = vec![9; 5];
        encode(7, UnitIndex(3), number, previous, &block(), &mut bytes);
        assert_eq!(bytes.len(), block_bytes(&block()));
        bytes
    }

    fn block() -> Vec<RowBlock> {
        vec![
            RowBlock {
                rows: 2,
                columns: vec![vec![1, 0, 0, 0, 2, 0, 0, 0], vec![7, 8]],
            },
            RowBlock {
                rows: 1,
                columns: vec![b"abc".to_vec()],
            },
        ]
    }

    #[test]
    fn a_block_comes_back() {
        let previous = RowPlace {
            part: 4,
            offset: 99,
            bytes: 50,
        };
        let bytes = encoded(5, previous);
        let stored = decode(7, 4, &kinds(), &bytes).unwrap();
        assert_eq!(
            (stored.unit, stored.number, stored.previous, stored.tables),
            (UnitIndex(3), 5, previous, block())
        );
        let first = encoded(0, RowPlace::NOWHERE);
        assert_eq!(decode(7, 4, &kinds(), &first).unwrap().previous, RowPlace::NOWHERE);
    }

    #[test]
    fn every_byte_counts_and_other_studies_are_strangers() {
        let bytes = encoded(0, RowPlace::NOWHERE);
        for at in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[at] ^= 1;
            assert_eq!(decode(7, 1, &kinds(), &damaged), None, "byte {at}");
            assert_eq!(decode(7, 1, &kinds(), &bytes[..at]), None, "cut to {at}");
        }
        assert_eq!(decode(8, 1, &kinds(), &bytes), None);
        assert_eq!(decode(7, 1, &vec![vec![CellKind::I32]], &bytes), None);
    }

    #[test]
    fn absurd_numbers_of_rows_are_no_block() {
        let mut bytes = encoded(0, RowPlace::NOWHERE);
        bytes.truncate(bytes.len() - 4);
        bytes[FIXED_BYTES..FIXED_BYTES + 8].copy_from_slice(&u64::MAX.to_le_bytes());
        let checksum = crc32c::crc32c_append(7, &bytes);
        bytes.extend(checksum.to_le_bytes());
        assert_eq!(decode(7, 1, &kinds(), &bytes), None);
    }
}
