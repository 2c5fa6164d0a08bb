//! Which units are still to be run.

use super::SessionError;
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
