//! A share of the units of a study, for jobs that know nothing of each other.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::ops::Range;
use std::str::FromStr;

/// Blocks of units that each part gets, one in each round: few enough that what a part leaves out stays in one piece, enough
/// that parts of a study whose units differ take about as long.
const ROUNDS: u64 = 16;

/// One of several parts of a study, which together have each unit once: `3/8` is the third of eight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Part {
    number: u32,
    of: u32,
}

impl Part {
    /// Parts at most.
    pub const MAX_PARTS: u32 = 100_000;

    /// Its number, from 1.
    #[must_use]
    pub fn number(self) -> u32 {
        self.number
    }

    /// How many parts there are.
    #[must_use]
    pub fn of(self) -> u32 {
        self.of
    }

    /// The units of this part among `units`, as runs in order.
    ///
    /// Units are dealt out in blocks, one to each part in each round. In each round the parts take turns one place further on,
    /// so that an axis whose length goes with the number of parts gives no part the same values again and again. No part has
    /// more than one unit more than another.
    #[must_use]
    pub fn units(self, units: u64) -> Vec<Range<u64>> {
        let (parts, me) = (u64::from(self.of), u64::from(self.number - 1));
        let rounds = units.div_ceil(parts).clamp(1, ROUNDS);
        // The first parts have one more if it doesn't come out even.
        let (size, larger) = (units / parts, units % parts);
        let size_of = |part: u64| size + u64::from(part < larger);
        let until = |round: u64, size: u64| (u128::from(size) * u128::from(round) / u128::from(rounds)) as u64;
        let mut runs: Vec<Range<u64>> = Vec::new();
        for round in 0..rounds {
            let block = |part: u64| until(round + 1, size_of(part)) - until(round, size_of(part));
            let before = larger * until(round, size + 1) + (parts - larger) * until(round, size);
            // Who comes before this part in this round.
            let place = (me + round) % parts;
            let earlier = (0..place).map(|place| (place + parts - round % parts) % parts);
            let start = before + earlier.map(block).sum::<u64>();
            let run = start..start + block(me);
            match runs.last_mut() {
                Some(last) if last.end == run.start => last.end = run.end,
                _ if run.is_empty() => {}
                _ => runs.push(run),
            }
        }
        runs
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.of)
    }
}

impl FromStr for Part {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (number, of) = text
            .split_once('/')
            .ok_or("a part is its number and how many there are, like 3/8")?;
        let parse = |text: &str| {
            (text.trim().parse::<u32>()).map_err(|_| format!("\"{text}\" isn't a whole number; a part is like 3/8"))
        };
        let (number, of) = (parse(number)?, parse(of)?);
        if of == 0 || of > Self::MAX_PARTS {
            return Err(format!("there can be 1 to {} parts", Self::MAX_PARTS));
        }
        if !(1..=of).contains(&number) {
            return Err(format!("parts are numbered from 1 to {of}"));
        }
        Ok(Self { number, of })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_have_each_unit_once() {
        for (units, of) in [
            (1, 1),
            (1, 3),
            (7, 8),
            (100, 8),
            (1000, 7),
            (1024, 8),
            (99_999, 16),
            (5, 1000),
        ] {
            let mut all: Vec<u64> = (1..=of)
                .flat_map(|number| Part { number, of }.units(units))
                .flatten()
                .collect();
            all.sort_unstable();
            assert_eq!(all, (0..units).collect::<Vec<u64>>(), "{units} units, {of} parts");
            let sizes = (1..=of).map(|number| {
                let runs = Part { number, of }.units(units);
                runs.iter().map(|run| run.end - run.start).sum::<u64>()
            });
            let (fewest, most) = sizes.fold((u64::MAX, 0), |(fewest, most), size| (fewest.min(size), most.max(size)));
            assert!(most - fewest <= 1, "{units} units, {of} parts: {fewest} to {most}");
        }
    }

    #[test]
    fn parts_are_alike_in_size_and_have_a_bit_of_everything() {
        // Sixteen values on the slowest axis, eight on the next: each part gets some of all.
        let (units, of) = (16 * 8 * 10, 8);
        for number in 1..=of {
            let part = Part { number, of }.units(units);
            let count: u64 = part.iter().map(|run| run.end - run.start).sum();
            assert_eq!(count, units / u64::from(of));
            let values: std::collections::BTreeSet<u64> =
                part.into_iter().flatten().map(|unit| unit / 10 % 8).collect();
            assert_eq!(values.len(), 8, "part {number}");
        }
    }

    #[test]
    fn parts_are_typed_as_shown() {
        let part: Part = "3/8".parse().unwrap();
        assert_eq!((part.number(), part.of(), part.to_string().as_str()), (3, 8, "3/8"));
        for wrong in ["", "3", "0/8", "9/8", "1/0", "a/b", "-1/2", "1/100001"] {
            assert!(wrong.parse::<Part>().is_err(), "{wrong}");
        }
    }
}
