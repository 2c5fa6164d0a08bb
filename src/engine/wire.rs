//! What coordinator and workers say to each other: ids and counters in fixed-size messages, never results.

use super::{DrainReason, Outcome};
use crate::comm::{MESSAGE_BYTES, Message, Rank};
use crate::results::FailureRow;
use crate::sweep::UnitIndex;
use std::ops::Range;

/// Most ranges in one [`ToWorker::Work`].
pub(super) const RANGES_PER_MESSAGE: usize = 28;

/// Most buckets of unit times in one [`Report`].
pub(super) const BUCKETS_PER_MESSAGE: usize = 80;

/// What a worker tells the coordinator.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum ToCoordinator {
    /// Ready, with so many compute threads; 0 if none could be started.
    Hello { threads: u32 },
    /// More work would be welcome. `received` batches have come so far, `unstarted` units of them wait.
    Want {
        received: u64,
        unstarted: u64,
        mean_ns: u64,
    },
    /// Units were committed.
    Report(Report),
    /// A unit is quarantined. Comes before the report of its commit.
    Failure(FailureRow),
    /// This rank was asked to stop.
    Drain(DrainReason),
    /// This rank can't write its results, or can't compute.
    Broken(Breakdown),
    /// All work is committed or given up; the last message of a run.
    Finished { abandoned: u64 },
}

/// Counters since the last report.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Report {
    pub done: u64,
    pub quarantined: u64,
    pub retried: u64,
    /// Counts of unit times, by bucket.
    pub times: Vec<(u16, u32)>,
}

/// Why a rank can't go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Breakdown {
    pub rank: Rank,
    /// Compute threads that could not be started; 0 if the ledger is what broke.
    pub threads: u32,
    pub action: String,
    pub reason: String,
}

/// What the coordinator tells a worker.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum ToWorker {
    /// Units to run. `p99_ns` is the 99th percentile of all unit times so far, 0 if unknown.
    Work { ranges: Vec<Range<u64>>, p99_ns: u64 },
    /// There will be no more work.
    NoMore,
    /// Start no more units.
    Drain,
    /// A rank can't go on: commit what is finished, give up what runs.
    GiveUp,
    /// Another failure is recorded.
    Recorded,
    /// All ranks are finished.
    End(Result<Outcome, Breakdown>),
}

struct Packer {
    message: Message,
    length: usize,
}

impl Packer {
    fn new(kind: u8) -> Self {
        let mut message = [0; MESSAGE_BYTES];
        message[0] = kind;
        Self { message, length: 1 }
    }

    fn bytes(mut self, bytes: &[u8]) -> Self {
        self.message[self.length..][..bytes.len()].copy_from_slice(bytes);
        self.length += bytes.len();
        self
    }

    fn u8(self, value: u8) -> Self {
        self.bytes(&[value])
    }

    fn u16(self, value: u16) -> Self {
        self.bytes(&value.to_le_bytes())
    }

    fn u32(self, value: u32) -> Self {
        self.bytes(&value.to_le_bytes())
    }

    fn u64(self, value: u64) -> Self {
        self.bytes(&value.to_le_bytes())
    }

    /// Text with its length, cut to `most` bytes and to what the message has left.
    fn text(self, text: &str, most: usize) -> Self {
        let room = (MESSAGE_BYTES - self.length - 2).min(most);
        let cut = cut_text(text, room);
        self.u16(cut.len() as u16).bytes(cut.as_bytes())
    }
}

/// The longest start of `text` that has at most `bytes` bytes.
fn cut_text(text: &str, bytes: usize) -> &str {
    let mut end = bytes.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

struct Unpacker<'a>(&'a [u8]);

impl Unpacker<'_> {
    fn array<const N: usize>(&mut self) -> [u8; N] {
        let (head, tail) = self
            .0
            .split_first_chunk::<N>()
            .expect("a message holds what its kind promises");
        self.0 = tail;
        *head
    }

    fn u8(&mut self) -> u8 {
        self.array::<1>()[0]
    }

    fn u16(&mut self) -> u16 {
        u16::from_le_bytes(self.array())
    }

    fn u32(&mut self) -> u32 {
        u32::from_le_bytes(self.array())
    }

    fn u64(&mut self) -> u64 {
        u64::from_le_bytes(self.array())
    }

    fn text(&mut self) -> String {
        let length = usize::from(self.u16());
        let (text, rest) = self.0.split_at(length);
        self.0 = rest;
        String::from_utf8_lossy(text).into_owned()
    }
}

fn pack_breakdown(packer: Packer, breakdown: &Breakdown) -> Message {
    packer
        .u32(breakdown.rank.0)
        .u32(breakdown.threads)
        .text(&breakdown.action, 200)
        .text(&breakdown.reason, MESSAGE_BYTES)
        .message
}

fn unpack_breakdown(fields: &mut Unpacker<'_>) -> Breakdown {
    Breakdown {
        rank: Rank(fields.u32()),
        threads: fields.u32(),
        action: fields.text(),
        reason: fields.text(),
    }
}

impl ToCoordinator {
    pub(super) fn pack(&self) -> Message {
        match self {
            Self::Hello { threads } => Packer::new(1).u32(*threads).message,
            Self::Want {
                received,
                unstarted,
                mean_ns,
            } => Packer::new(2).u64(*received).u64(*unstarted).u64(*mean_ns).message,
            Self::Report(report) => {
                let packer = Packer::new(3)
                    .u64(report.done)
                    .u64(report.quarantined)
                    .u64(report.retried)
                    .u8(report.times.len() as u8);
                report
                    .times
                    .iter()
                    .fold(packer, |packer, &(bucket, count)| packer.u16(bucket).u32(count))
                    .message
            }
            Self::Failure(row) => {
                Packer::new(4)
                    .u64(row.unit.0)
                    .u32(row.attempts)
                    .u64(row.seed)
                    .text(&row.message, MESSAGE_BYTES)
                    .message
            }
            Self::Drain(reason) => Packer::new(5).u32(reason.code()).message,
            Self::Broken(breakdown) => pack_breakdown(Packer::new(6), breakdown),
            Self::Finished { abandoned } => Packer::new(7).u64(*abandoned).message,
        }
    }

    /// # Panics
    /// If the message isn't one that a worker of the same program version packs: a bug.
    pub(super) fn unpack(message: &Message) -> Self {
        let mut fields = Unpacker(message);
        match fields.u8() {
            1 => Self::Hello { threads: fields.u32() },
            2 => Self::Want {
                received: fields.u64(),
                unstarted: fields.u64(),
                mean_ns: fields.u64(),
            },
            3 => {
                let (done, quarantined, retried) = (fields.u64(), fields.u64(), fields.u64());
                let buckets = fields.u8();
                Self::Report(Report {
                    done,
                    quarantined,
                    retried,
                    times: (0..buckets).map(|_| (fields.u16(), fields.u32())).collect(),
                })
            }
            4 => Self::Failure(FailureRow {
                unit: UnitIndex(fields.u64()),
                attempts: fields.u32(),
                seed: fields.u64(),
                message: fields.text(),
            }),
            5 => Self::Drain(DrainReason::from_code(fields.u32()).expect("a drain has a reason")),
            6 => Self::Broken(unpack_breakdown(&mut fields)),
            7 => Self::Finished {
                abandoned: fields.u64(),
            },
            kind => unreachable!("no worker sends messages of kind {kind}"),
        }
    }
}

impl ToWorker {
    pub(super) fn pack(&self) -> Message {
        match self {
            Self::Work { ranges, p99_ns } => {
                let packer = Packer::new(1).u64(*p99_ns).u8(ranges.len() as u8);
                ranges
                    .iter()
                    .fold(packer, |packer, range| packer.u64(range.start).u64(range.end))
                    .message
            }
            Self::NoMore => Packer::new(2).message,
            Self::Drain => Packer::new(3).message,
            Self::Recorded => Packer::new(4).message,
            Self::End(Ok(outcome)) => {
                Packer::new(5)
                    .u64(outcome.done)
                    .u64(outcome.quarantined)
                    .u64(outcome.retried)
                    .u64(outcome.remaining)
                    .u64(outcome.abandoned)
                    .u64(outcome.threads)
                    .u32(outcome.drained.map_or(0, DrainReason::code))
                    .message
            }
            Self::End(Err(breakdown)) => pack_breakdown(Packer::new(6), breakdown),
            Self::GiveUp => Packer::new(7).message,
        }
    }

    /// # Panics
    /// If the message isn't one that the coordinator of the same program version packs: a bug.
    pub(super) fn unpack(message: &Message) -> Self {
        let mut fields = Unpacker(message);
        match fields.u8() {
            1 => {
                let p99_ns = fields.u64();
                let count = fields.u8();
                Self::Work {
                    ranges: (0..count).map(|_| fields.u64()..fields.u64()).collect(),
                    p99_ns,
                }
            }
            2 => Self::NoMore,
            3 => Self::Drain,
            4 => Self::Recorded,
            5 => Self::End(Ok(Outcome {
                done: fields.u64(),
                quarantined: fields.u64(),
                retried: fields.u64(),
                remaining: fields.u64(),
                abandoned: fields.u64(),
                threads: fields.u64(),
                drained: DrainReason::from_code(fields.u32()),
            })),
            6 => Self::End(Err(unpack_breakdown(&mut fields))),
            7 => Self::GiveUp,
            kind => unreachable!("no coordinator sends messages of kind {kind}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn breakdown(reason: String) -> Breakdown {
        Breakdown {
            rank: Rank(3),
            threads: 0,
            action: "writing units 5..9".to_owned(),
            reason,
        }
    }

    #[test]
    fn everything_arrives_as_it_was_sent() {
        for message in [
            ToCoordinator::Hello { threads: 128 },
            ToCoordinator::Want {
                received: 1,
                unstarted: u64::MAX,
                mean_ns: 3,
            },
            ToCoordinator::Report(Report {
                done: 10,
                quarantined: 2,
                retried: 1,
                times: (0..BUCKETS_PER_MESSAGE).map(|k| (k as u16, u32::MAX)).collect(),
            }),
            ToCoordinator::Failure(FailureRow {
                unit: UnitIndex(1 << 40),
                attempts: 2,
                seed: u64::MAX,
                message: "the wind blew it away".to_owned(),
            }),
            ToCoordinator::Drain(DrainReason::Signal(15)),
            ToCoordinator::Broken(breakdown("no space left".to_owned())),
            ToCoordinator::Finished { abandoned: 4 },
        ] {
            assert_eq!(ToCoordinator::unpack(&message.pack()), message);
        }
        let outcome = Outcome {
            done: 1,
            quarantined: 2,
            retried: 3,
            remaining: 4,
            abandoned: 5,
            threads: 6,
            drained: Some(DrainReason::Walltime),
        };
        for message in [
            ToWorker::Work {
                ranges: (0..RANGES_PER_MESSAGE as u64).map(|k| k * 10..k * 10 + 3).collect(),
                p99_ns: 7,
            },
            ToWorker::NoMore,
            ToWorker::Drain,
            ToWorker::GiveUp,
            ToWorker::Recorded,
            ToWorker::End(Ok(outcome)),
            ToWorker::End(Err(breakdown(String::new()))),
        ] {
            assert_eq!(ToWorker::unpack(&message.pack()), message);
        }
    }

    #[test]
    fn long_texts_are_cut_between_characters() {
        let sent = breakdown("µ".repeat(1000));
        let ToCoordinator::Broken(arrived) = ToCoordinator::unpack(&ToCoordinator::Broken(sent.clone()).pack()) else {
            panic!("another kind")
        };
        assert_eq!(arrived.action, sent.action);
        assert!(arrived.reason.len() > 400 && sent.reason.starts_with(&arrived.reason));
    }
}
