//! Controllers from CSV files.

use super::error::{COLUMNS, MAX_BYTES, MAX_MEMORY, MAX_OBSERVATION, MAX_PAIRS};
use super::table::Choice;
use super::{Action, Controller, ControllerError};
use crate::csv_records::{CsvRecords, shortened};
use std::io::Read;
use std::path::Path;

/// Sums of probabilities may miss 1 by this much: what decimal fractions of a table lose.
const SUM_TOLERANCE: f64 = 1e-6;

struct Row {
    memory: u32,
    observation: u32,
    choice: Choice,
}

impl Controller {
    /// The controller in a CSV file with the columns `memory`, `observation`, `action`, `next_memory` and `probability`,
    /// named in the first line, in any order. Lines that begin with `#` are comments. Every memory state needs rows for
    /// every observation; memory states and observations are numbered from 0.
    ///
    /// # Errors
    /// A [`ControllerError`] that names the line.
    pub fn read(path: &Path) -> Result<Self, ControllerError> {
        Self::from_records(CsvRecords::open(path, MAX_BYTES)?, &path.display().to_string())
    }

    /// Reads a table from any text; `place` is its name in messages.
    ///
    /// # Errors
    /// See [`Self::read`].
    pub fn parse(text: impl Read, place: &str) -> Result<Self, ControllerError> {
        Self::from_records(CsvRecords::new(text, place), place)
    }

    fn from_records(records: CsvRecords<impl Read>, place: &str) -> Result<Self, ControllerError> {
        let rows = rows(records, place)?;
        if rows.is_empty() {
            return Err(ControllerError::Empty {
                place: place.to_owned(),
            });
        }
        let highest = |of: fn(&Row) -> u32| rows.iter().map(of).max().unwrap_or(0) as usize;
        let memories = 1 + highest(|row| row.memory.max(row.choice.next_memory));
        let observations = 1 + highest(|row| row.observation);
        if memories * observations > MAX_PAIRS {
            return Err(ControllerError::TooManyPairs {
                place: place.to_owned(),
                memories,
                observations,
            });
        }
        let mut choices: Vec<Vec<Choice>> = vec![Vec::new(); memories * observations];
        for row in &rows {
            let pair = &mut choices[row.memory as usize * observations + row.observation as usize];
            let same =
                |other: &&Choice| (other.action, other.next_memory) == (row.choice.action, row.choice.next_memory);
            if let Some(other) = pair.iter().find(same) {
                return Err(ControllerError::Repeated {
                    place: format!("{place}:{}", row.choice.line),
                    first: other.line,
                    memory: row.memory,
                    observation: row.observation,
                    action: row.choice.action,
                    next_memory: row.choice.next_memory,
                });
            }
            pair.push(row.choice);
        }
        for (index, pair) in choices.iter().enumerate() {
            let (memory, observation) = ((index / observations) as u32, (index % observations) as u32);
            let Some(first) = pair.first() else {
                let from = rows.iter().find(|row| row.choice.next_memory == memory);
                let named = |row: &Row| format!("; line {} leads to that memory", row.choice.line);
                return Err(ControllerError::Missing {
                    place: place.to_owned(),
                    memory,
                    observation,
                    named: from.map(named).unwrap_or_default(),
                });
            };
            let sum: f64 = pair.iter().map(|choice| choice.probability).sum();
            if (sum - 1.0).abs() > SUM_TOLERANCE {
                return Err(ControllerError::Sum {
                    place: format!("{place}:{}", first.line),
                    memory,
                    observation,
                    sum,
                });
            }
        }
        Ok(Self::new(place, observations, choices))
    }
}

/// All rows, each fit for its columns.
fn rows(mut records: CsvRecords<impl Read>, place: &str) -> Result<Vec<Row>, ControllerError> {
    let (line, header) = records.header()?;
    let places = COLUMNS.map(|name| header.iter().position(|found| found == name));
    let [
        Some(memory),
        Some(observation),
        Some(action),
        Some(next_memory),
        Some(probability),
    ] = places
    else {
        return Err(wrong_header(&header, &format!("{place}:{line}")));
    };
    if header.len() != COLUMNS.len() {
        return Err(wrong_header(&header, &format!("{place}:{line}")));
    }
    let mut rows = Vec::new();
    while let Some((line, record)) = records.next_record()? {
        let refused = |column: &'static str, found: &str, expected: String| ControllerError::Field {
            place: format!("{place}:{line}"),
            column,
            found: shortened(found),
            expected,
        };
        let number = |column: &'static str, at: usize, highest: u32| {
            let found = &record[at];
            (found.parse::<u32>().ok())
                .filter(|&number| number <= highest)
                .ok_or_else(|| refused(column, found, format!("a whole number from 0 to {highest}")))
        };
        let word = &record[action];
        let share = &record[probability];
        rows.push(Row {
            memory: number("memory", memory, MAX_MEMORY)?,
            observation: number("observation", observation, MAX_OBSERVATION)?,
            choice: Choice {
                action: Action::from_word(word).ok_or_else(|| {
                    let words = Action::ALL.map(Action::word);
                    refused("action", word, format!("one of {}", words.join(", ")))
                })?,
                next_memory: number("next_memory", next_memory, MAX_MEMORY)?,
                probability: (share.parse::<f64>().ok())
                    .filter(|probability| (0.0..=1.0).contains(probability))
                    .ok_or_else(|| refused("probability", share, "a number from 0 to 1".to_owned()))?,
                line,
            },
        });
    }
    Ok(rows)
}

fn wrong_header(header: &csv::StringRecord, place: &str) -> ControllerError {
    ControllerError::Header {
        place: place.to_owned(),
        found: shortened(&header.iter().collect::<Vec<_>>().join(",")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::csv_records::CsvError;
    use crate::random::Xoshiro256PlusPlus;
    use crate::scenario::inference::controller::ControllerState;

    const HEADER: &str = "memory,observation,action,next_memory,probability\n";

    fn parse(rows: &str) -> Result<Controller, ControllerError> {
        Controller::parse(format!("{HEADER}{rows}").as_bytes(), "table.csv")
    }

    #[test]
    fn columns_come_in_any_order_and_comments_are_skipped() {
        let one = parse("0,0,left,1,0.25\n0,0,stay,0,0.75\n0,1,upwind,1,1\n1,0,right,0,1\n1,1,upwind,1,1\n").unwrap();
        let two = Controller::parse(
            "# a table\nprobability, action,memory , next_memory,observation\n0.25,left,0,1,0\n.75,stay,0,0,0\n# more\n\
             1,upwind,0,1,1\n1,right,1,0,0\n1e0,upwind,1,1,1"
                .as_bytes(),
            "other.csv",
        )
        .unwrap();
        assert_eq!((one.memories(), one.observations()), (2, 2));
        let plain = |controller: &Controller| -> Vec<(usize, Action, u32, u64)> {
            let pairs = controller.choices.iter().enumerate();
            pairs
                .flat_map(|(pair, choices)| {
                    choices
                        .iter()
                        .map(move |c| (pair, c.action, c.next_memory, c.probability.to_bits()))
                })
                .collect()
        };
        assert_eq!(plain(&one), plain(&two));
    }

    #[test]
    fn problems_are_told_with_their_line() {
        let pairs = "0,0,left,0,1\n";
        for (rows, message) in [
            ("0,0,left,0", "table.csv:2: 4 fields instead of 5"),
            (
                "0,0,north,0,1",
                "table.csv:2: action is \"north\", expected one of upwind, downwind, left, right, down, up, stay",
            ),
            (
                "0,0,left,0,1.5",
                "table.csv:2: probability is \"1.5\", expected a number from 0 to 1",
            ),
            (
                "0,0,left,0,NaN",
                "table.csv:2: probability is \"NaN\", expected a number from 0 to 1",
            ),
            (
                "-1,0,left,0,1",
                "table.csv:2: memory is \"-1\", expected a whole number from 0 to 65535",
            ),
            (
                "0,256,left,0,1",
                "table.csv:2: observation is \"256\", expected a whole number from 0 to 255",
            ),
            (
                "0,0,left,0,0.5\n0,0,right,0,0.5\n0,0,left,0,0",
                "table.csv:4: left with next_memory 0 is given for memory 0, observation 0 on line 2 already",
            ),
            (
                "0,0,left,0,0.5\n0,0,right,0,0.25",
                "table.csv:2: the probabilities of memory 0, observation 0 add up to 0.75, not to 1",
            ),
            (
                "0,0,left,0,1\n0,2,left,0,1",
                "table.csv has no row for memory 0, observation 1; line 2 leads to that memory",
            ),
            ("0,0,left,3,1", "table.csv has no row for memory 1, observation 0"),
            ("", "table.csv has no rows"),
            (
                "0,255,left,65535,1",
                "table.csv has 65536 memory states and 256 observations, 1000000 pairs are allowed",
            ),
        ] {
            assert_eq!(parse(rows).unwrap_err().to_string(), message);
        }
        let error =
            Controller::parse(format!("memory,observation,action\n{pairs}").as_bytes(), "table.csv").unwrap_err();
        assert_eq!(
            error.to_string(),
            "table.csv:1 has the columns \"memory,observation,action\" instead of \
             \"memory,observation,action,next_memory,probability\""
        );
        let error = parse("0,0,up,0,0.5\n0,0,left,0,0.5")
            .unwrap()
            .only(|action| action != Action::Up)
            .unwrap_err();
        assert_eq!(error.to_string(), "table.csv:2: the action \"up\" doesn't exist here");
    }

    #[test]
    fn files_that_are_none_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(
            Controller::read(folder.path()),
            Err(ControllerError::File(CsvError::NotAFile { .. }))
        ));
        let missing = folder.path().join("missing.csv");
        assert!(matches!(
            Controller::read(&missing),
            Err(ControllerError::File(CsvError::Unreadable { .. }))
        ));
        std::fs::write(&missing, b"memory,\xff\xfe\n").unwrap();
        assert!(matches!(
            Controller::read(&missing),
            Err(ControllerError::File(CsvError::Malformed { .. }))
        ));
    }

    /// Shares of 0.2, 0.3 and 0.5 over 40 000 draws: five standard errors are exceeded by chance in 2 of a million runs, and
    /// the seed is fixed. The memory goes where the choice says.
    #[test]
    fn choices_are_drawn_by_their_probability() {
        let controller =
            parse("0,0,left,0,0.2\n0,0,right,0,0.3\n0,0,upwind,1,0.5\n1,0,stay,0,1\n0,1,down,0,1\n1,1,up,0,1").unwrap();
        let mut random = Xoshiro256PlusPlus::from_seed_and_member(3, 1);
        let mut state = ControllerState::default();
        let (mut counts, mut draws) = ([0.0; 3], 0.0);
        for _ in 0..40_000 {
            let action = state.act(&controller, 0, &mut random);
            draws += 1.0;
            counts[[Action::Left, Action::Right, Action::Upwind]
                .iter()
                .position(|a| *a == action)
                .unwrap()] += 1.0;
            assert_eq!(state.memory(), u32::from(action == Action::Upwind));
            if action == Action::Upwind {
                assert_eq!(state.act(&controller, 0, &mut random), Action::Stay);
            }
        }
        for (count, share) in counts.iter().zip([0.2, 0.3, 0.5]) {
            let error = f64::sqrt(share * (1.0 - share) / draws);
            assert!((count / draws - share).abs() < 5.0 * error, "{counts:?}");
        }
        // Observations above the last known one are that one.
        assert_eq!(state.act(&controller, 17, &mut random), Action::Down);
    }
}
