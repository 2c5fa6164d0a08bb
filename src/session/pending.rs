//! Which units are still to be run.

use super::{SessionError, agreement};
use crate::comm::Communicator;
use crate::store::Writer;
use crate::study::Study;
use std::ops::Range;

/// All units on rank 0, which hands them out; none elsewhere.
pub(super) fn all_units(study: &Study, root: bool) -> Vec<Range<u64>> {
    root.then(|| 0..study.plan.units()).into_iter().collect()
}

/// This rank's contiguous share of `count` things.
fn share(count: u64, comm: &dyn Communicator) -> Range<u64> {
    let bound = |rank: u32| (u128::from(count) * u128::from(rank) / u128::from(comm.size())) as u64;
    bound(comm.rank().0)..bound(comm.rank().0 + 1)
}

/// Units that are held against their checksums between two looks at the clock.
const PIECE: u64 = 1 << 12;

/// How many units aren't any more what was committed, found by all ranks together; rows beside the file aren't looked at. A
/// rank that is to `stop` leaves the rest.
///
/// # Collective
/// All ranks.
pub(super) fn damaged(
    comm: &dyn Communicator,
    study: &Study,
    writer: &Writer,
    stop: &dyn Fn() -> bool,
) -> Result<u64, SessionError> {
    let mine = share(study.plan.units(), comm);
    let mut damaged: u64 = 0;
    for start in mine.clone().step_by(PIECE as usize) {
        if stop() {
            break;
        }
        damaged += writer.damaged(start..(start + PIECE).min(mine.end))?;
    }
    let all = comm.gather(&damaged.to_le_bytes());
    let sum = |all: Vec<Vec<u8>>| -> u64 {
        let numbers = all.iter().filter_map(|bytes| bytes.first_chunk());
        numbers.map(|bytes| u64::from_le_bytes(*bytes)).sum()
    };
    Ok(agreement::broadcast(comm, &all.map_or(0, sum)))
}

/// What the file lacks, found by all ranks together; whole on rank 0, empty elsewhere.
pub(super) fn missing(
    comm: &dyn Communicator,
    study: &Study,
    writer: &Writer,
) -> Result<Vec<Range<u64>>, SessionError> {
    let mine = writer.not_committed(share(study.plan.units(), comm))?;
    let bytes: Vec<u8> = mine
        .iter()
        .flat_map(|range| [range.start, range.end])
        .flat_map(u64::to_le_bytes)
        .collect();
    let mut missing: Vec<Range<u64>> = Vec::new();
    for bytes in comm.gather(&bytes).into_iter().flatten() {
        for pair in bytes.chunks_exact(16) {
            let number = |at: usize| u64::from_le_bytes(pair[at..at + 8].try_into().expect("eight bytes"));
            let (start, end) = (number(0), number(8));
            match missing.last_mut() {
                Some(last) if last.end == start => last.end = end,
                _ => missing.push(start..end),
            }
        }
    }
    Ok(missing)
}
