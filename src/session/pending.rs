//! Which units are still to be run.

use super::reuse::{self, Reused, Source};
use super::{SessionError, agreement};
use crate::comm::{Communicator, Rank};
use crate::store::Writer;
use crate::study::{Part, Study};
use std::ops::Range;

/// What is asked for, and where some of it may be.
pub(super) struct Wanted<'a> {
    /// Whether nothing is there yet.
    pub fresh: bool,
    /// The part of the study; none for all of it.
    pub part: Option<Part>,
    /// Whether quarantined units are to be run again.
    pub retry_quarantined: bool,
    /// Files that may have units of it.
    pub sources: &'a [Source],
}

impl Wanted<'_> {
    /// How many units are to be there at the end.
    pub fn units(&self, study: &Study) -> u64 {
        let units = study.plan.units();
        self.part.map_or(units, |part| count(&part.units(units)))
    }
}

/// What is to be run; whole on rank 0, empty elsewhere.
#[derive(Debug, Default)]
pub(super) struct Missing {
    pub units: Vec<Range<u64>>,
    /// What was taken over from other files, and needs not be run.
    pub reused: Vec<Reused>,
}

impl Missing {
    /// How many units.
    pub fn count(&self) -> u64 {
        count(&self.units)
    }

    /// How many units were taken over.
    pub fn reused(&self) -> u64 {
        self.reused.iter().map(|reused| reused.units).sum()
    }
}

fn count(runs: &[Range<u64>]) -> u64 {
    runs.iter().map(|run| run.end - run.start).sum()
}

/// This rank's contiguous share of `count` things.
fn share(count: u64, comm: &dyn Communicator) -> Range<u64> {
    let bound = |rank: u32| (u128::from(count) * u128::from(rank) / u128::from(comm.size())) as u64;
    bound(comm.rank().0)..bound(comm.rank().0 + 1)
}

/// Units that are held against their checksums between two looks at the clock.
const PIECE: u64 = 1 << 12;

/// How many units aren't any more what was committed, found by all ranks together; rows beside the file aren't looked at. A
/// rank that is to `stop` leaves the rest, and says that it hasn't looked at all of its share.
///
/// # Collective
/// All ranks.
pub(super) fn damaged(
    comm: &dyn Communicator,
    study: &Study,
    writer: &Writer,
    stop: &dyn Fn() -> bool,
) -> Result<(u64, bool), SessionError> {
    let mine = share(study.plan.units(), comm);
    let (mut damaged, mut whole) = (0_u64, true);
    for start in mine.clone().step_by(PIECE as usize) {
        if stop() {
            whole = false;
            break;
        }
        damaged += writer.damaged(start..(start + PIECE).min(mine.end))?;
    }
    let all = comm.gather(&damaged.to_le_bytes());
    let sum = |all: Vec<Vec<u8>>| -> u64 {
        let numbers = all.iter().filter_map(|bytes| bytes.first_chunk());
        numbers.map(|bytes| u64::from_le_bytes(*bytes)).sum()
    };
    Ok((agreement::broadcast(comm, &all.map_or(0, sum)), whole))
}

/// What the file lacks, found, and as far as other files have it filled in, by all ranks together. Rank 0 does what comes
/// `before_copies`, if it has to copy something.
///
/// # Collective
/// All ranks.
pub(super) fn missing(
    comm: &dyn Communicator,
    study: &Study,
    writer: &mut Writer,
    wanted: &Wanted<'_>,
    stop: &dyn Fn() -> bool,
    before_copies: &mut dyn FnMut(&mut Writer) -> Result<(), SessionError>,
    progress: &mut dyn FnMut(u64),
) -> Result<Missing, SessionError> {
    let share = share(study.plan.units(), comm);
    let mut mine = match wanted.fresh {
        // No rank needs to look at anything.
        true => std::iter::once(share.clone()).collect(),
        false => writer.not_committed(share.clone())?,
    };
    if wanted.retry_quarantined && !wanted.fresh {
        let others = reuse::without(writer.quarantined(share)?, &mine);
        mine.extend(others);
        mine.sort_by_key(|run| run.start);
    }
    if let Some(part) = wanted.part {
        let others = reuse::without(mine.clone(), &part.units(study.plan.units()));
        mine = reuse::without(mine, &others);
    }
    let mut reused = Vec::new();
    if !wanted.sources.is_empty() {
        if count(&together(comm, &mine)) > 0 {
            before_copies(writer)?;
        }
        (mine, reused) = reuse::take_over(study, writer, wanted.sources, mine, stop, progress)?;
        // What this rank has copied, others summarise.
        writer.synchronise()?;
    }
    let reused = reuse::gather(comm, &reused);
    Ok(Missing {
        units: together(comm, &mine),
        reused,
    })
}

/// The runs of all ranks in order on rank 0; none elsewhere.
fn together(comm: &dyn Communicator, mine: &[Range<u64>]) -> Vec<Range<u64>> {
    let bytes: Vec<u8> = mine
        .iter()
        .flat_map(|range| [range.start, range.end])
        .flat_map(u64::to_le_bytes)
        .collect();
    let mut all: Vec<Range<u64>> = Vec::new();
    for bytes in comm.gather(&bytes).into_iter().flatten() {
        for pair in bytes.chunks_exact(16) {
            let number = |at: usize| u64::from_le_bytes(pair[at..at + 8].try_into().expect("eight bytes"));
            let (start, end) = (number(0), number(8));
            match all.last_mut() {
                Some(last) if last.end == start => last.end = end,
                _ if start == end => {}
                _ => all.push(start..end),
            }
        }
    }
    debug_assert!(comm.rank() == Rank::ROOT || all.is_empty(), "only rank 0 gathers");
    all
}
