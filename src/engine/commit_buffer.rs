//! Finished units that wait for the next commit.

use crate::results::EncodedRun;

/// Runs in the order of their completion.
#[derive(Debug, Default)]
pub(super) struct CommitBuffer {
    runs: Vec<EncodedRun>,
    bytes: usize,
}

impl CommitBuffer {
    pub(super) fn push(&mut self, run: EncodedRun) {
        if !run.states.is_empty() {
            self.bytes += bytes(&run);
            self.runs.push(run);
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }

    /// Bytes of all columns.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Everything, sorted, with neighbours joined: disjoint runs with a gap between any two.
    pub(super) fn take(&mut self) -> Vec<EncodedRun> {
        self.bytes = 0;
        let mut runs = std::mem::take(&mut self.runs);
        runs.sort_unstable_by_key(|run| run.first);
        let mut joined: Vec<EncodedRun> = Vec::new();
        for run in runs {
            match joined.last_mut() {
                Some(last) if last.units().end == run.first.0 => append(last, &run),
                _ => joined.push(run),
            }
        }
        joined
    }
}

fn bytes(run: &EncodedRun) -> usize {
    run.columns.iter().map(Vec::len).sum::<usize>() + 5 * run.states.len()
}

fn append(run: &mut EncodedRun, next: &EncodedRun) {
    run.states.extend_from_slice(&next.states);
    run.checksums.extend_from_slice(&next.checksums);
    run.recorded_checksums.extend_from_slice(&next.recorded_checksums);
    run.rows.extend_from_slice(&next.rows);
    for (column, more) in run.columns.iter_mut().zip(&next.columns) {
        column.extend_from_slice(more);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::RowPlace;
    use crate::sweep::UnitIndex;

    fn run(units: std::ops::Range<u64>) -> EncodedRun {
        EncodedRun {
            first: UnitIndex(units.start),
            states: units.clone().map(|_| 1).collect(),
            checksums: units.clone().map(|unit| unit as u32).collect(),
            recorded_checksums: units.clone().map(|unit| 7 + unit as u32).collect(),
            columns: vec![
                units.clone().map(|unit| unit as u8).collect(),
                units.clone().flat_map(|unit| [unit as u8; 2]).collect(),
            ],
            rows: (units.map(|unit| RowPlace {
                part: 1,
                offset: unit,
                bytes: 1,
            }))
            .collect(),
        }
    }

    #[test]
    fn neighbours_are_joined_whatever_the_order() {
        let mut buffer = CommitBuffer::default();
        for units in [7..9, 0..2, 4..7, 9..9, 2..3] {
            buffer.push(run(units));
        }
        assert_eq!(buffer.bytes(), 8 * (3 + 5));
        assert_eq!(buffer.take(), [run(0..3), run(4..9)]);
        assert!(buffer.is_empty() && buffer.bytes() == 0);
    }
}
