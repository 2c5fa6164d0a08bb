//! Metrics to bytes and back.

use super::checksum::Checksum;
use super::layout::{Column, ColumnPart, Layout};
use super::row_parts::RowParts;
use super::saved_states::SavedStates;
use crate::netcdf4::StoredType;
use crate::results::{
    Encode, EncodedRun, FinishedUnit, MemberDetail, RowPlace, RowSink, RowTally, StateShelf, UnitState,
};
use crate::stats::{StatisticColumn, StatisticValue, Summary, UnitStatistics};
use crate::sweep::UnitIndex;
use std::sync::Arc;

/// Turns the metrics of units into the bytes of the columns, little-endian.
pub(super) struct Encoder {
    columns: Vec<Column>,
    metrics: usize,
    members: usize,
    detail: MemberDetail,
    checksum: Checksum,
    seed_of: SeedOf,
    row_sink: Option<Arc<RowParts>>,
    states: Arc<SavedStates>,
}

/// The seed of a unit.
pub(super) type SeedOf = Arc<dyn Fn(UnitIndex) -> u64 + Send + Sync>;

impl Encoder {
    /// For the units of a layout, under one configuration.
    pub fn new(
        layout: &Layout,
        configuration_hash: &[u8; 32],
        seed_of: SeedOf,
        row_sink: Option<Arc<RowParts>>,
        states: Arc<SavedStates>,
    ) -> Self {
        Self {
            columns: layout.columns().to_vec(),
            metrics: layout.shape().metrics.len(),
            members: layout.shape().member_axis.count as usize,
            detail: layout.shape().members,
            checksum: Checksum::new(configuration_hash),
            seed_of,
            row_sink,
            states,
        }
    }

    fn push_members(&self, columns: &mut [Vec<u8>], values: &[f64]) {
        for (column, bytes) in self.columns.iter().zip(columns) {
            if let Some(metric) = column.metric {
                encode(column.stored, &values[metric * self.members..][..self.members], bytes);
            }
        }
    }

    fn push_statistics(&self, columns: &mut [Vec<u8>], values: &[f64]) {
        let mut done = None;
        for (column, bytes) in self.columns.iter().zip(columns) {
            let Some(metric) = column.metric else { continue };
            // The columns of one metric follow each other.
            let statistics = match done {
                Some((last, statistics)) if last == metric => statistics,
                _ => UnitStatistics::of(&values[metric * self.members..][..self.members]),
            };
            done = Some((metric, statistics));
            let value = match column.part {
                ColumnPart::Count => f64::from(statistics.count),
                ColumnPart::Sd => statistics.sd,
                ColumnPart::Min => statistics.min,
                ColumnPart::Max => statistics.max,
                // Those that belong to no metric don't come here.
                _ => statistics.mean,
            };
            encode(column.stored, &[value], bytes);
        }
    }

    /// What the unit says of itself.
    fn push_features(&self, columns: &mut [Vec<u8>], unit: &FinishedUnit<'_>) {
        for (column, bytes) in self.columns.iter().zip(columns) {
            match column.part {
                ColumnPart::TakingPart => bytes.extend((unit.members as i32).to_le_bytes()),
                ColumnPart::End => bytes.push(unit.end),
                ColumnPart::Rows(table) => bytes.extend(tally(unit, table).map_or(0, RowTally::rows).to_le_bytes()),
                ColumnPart::RowChecksum(table) => {
                    bytes.extend(tally(unit, table).map_or(0, RowTally::checksum).to_le_bytes());
                }
                _ => {}
            }
        }
    }

    /// Fill values.
    fn push_missing(&self, columns: &mut [Vec<u8>]) {
        for (column, bytes) in self.columns.iter().zip(columns) {
            match column.part {
                ColumnPart::Rows(_) => bytes.extend((-1_i64).to_le_bytes()),
                ColumnPart::RowChecksum(_) => bytes.extend(0_u64.to_le_bytes()),
                _ => (0..column.per_unit).for_each(|_| encode(column.stored, &[f64::NAN], bytes)),
            }
        }
    }
}

impl Encode for Encoder {
    fn values_per_unit(&self) -> usize {
        self.metrics * self.members
    }

    fn begin(&self, first: UnitIndex) -> EncodedRun {
        EncodedRun {
            first,
            states: Vec::new(),
            checksums: Vec::new(),
            recorded_checksums: Vec::new(),
            columns: vec![Vec::new(); self.columns.len()],
            rows: Vec::new(),
        }
    }

    fn state_shelf(&self) -> Option<Arc<dyn StateShelf>> {
        Some(self.states.clone())
    }

    fn row_sink(&self) -> Option<Arc<dyn RowSink>> {
        let sink = self.row_sink.clone()?;
        Some(sink)
    }

    fn push(&self, run: &mut EncodedRun, finished: Option<FinishedUnit<'_>>) {
        let unit = UnitIndex(run.first.0 + run.states.len() as u64);
        let starts: Vec<usize> = run.columns.iter().map(Vec::len).collect();
        let state = match finished {
            Some(finished) => {
                match self.detail {
                    MemberDetail::All => self.push_members(&mut run.columns, finished.values),
                    MemberDetail::Statistics => self.push_statistics(&mut run.columns, finished.values),
                }
                self.push_features(&mut run.columns, &finished);
                UnitState::Done
            }
            None => {
                self.push_missing(&mut run.columns);
                UnitState::Quarantined
            }
        };
        if self.row_sink.is_some() {
            let place = finished.and_then(|finished| Some(finished.rows?.place()));
            run.rows.push(place.unwrap_or(RowPlace::NOWHERE));
        }
        let seed = (self.seed_of)(unit).to_le_bytes();
        let slab = |recorded: bool| {
            let columns = self.columns.iter().zip(run.columns.iter().zip(&starts));
            let these = columns.filter(move |(column, _)| column.recorded == recorded);
            these.map(|(_, (bytes, start))| &bytes[*start..])
        };
        let checksum = self.checksum.of_unit(unit, state as u8, seed, slab(false));
        let of_recorded =
            (self.columns.iter().any(|column| column.recorded)).then(|| self.checksum.of_recorded(unit, slab(true)));
        run.checksums.push(checksum);
        run.recorded_checksums.extend(of_recorded);
        run.states.push(state as u8);
    }
}

/// What the rows of a unit in a table come to.
fn tally<'a>(unit: &FinishedUnit<'a>, table: usize) -> Option<&'a RowTally> {
    unit.rows?.tallies().get(table)
}

/// Appends values in the encoding of a type; NaN becomes the fill value. Whether a value fits its type is checked
/// where metrics are made; here one that doesn't is cut to the nearest that does.
pub(super) fn encode(stored: StoredType, values: &[f64], bytes: &mut Vec<u8>) {
    match stored {
        StoredType::I32 => bytes.extend(values.iter().flat_map(|&value| {
            let count = if value.is_nan() { -1 } else { value as i32 };
            count.to_le_bytes()
        })),
        StoredType::I8 => bytes.extend(values.iter().map(|&value| {
            // A flag is 0 or 1, a code any small number.
            let byte: i8 = if value.is_nan() { -1 } else { value as i8 };
            byte.to_le_bytes()[0]
        })),
        // One NaN only: its payload could depend on the machine.
        _ => bytes.extend(values.iter().flat_map(|&value| {
            let value = if value.is_nan() { f64::NAN } else { value };
            value.to_le_bytes()
        })),
    }
}

/// One statistic of summaries as it is stored.
pub(super) fn encode_statistic(column: &StatisticColumn, summaries: &[Summary]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(8 * summaries.len());
    for summary in summaries {
        match (column.get)(summary) {
            StatisticValue::Real(value) if value.is_nan() => bytes.extend(f64::NAN.to_le_bytes()),
            StatisticValue::Real(value) => bytes.extend(value.to_le_bytes()),
            StatisticValue::Integer(value) => bytes.extend(value.to_le_bytes()),
            StatisticValue::Method(method) => bytes.extend(method.code().to_le_bytes()),
        }
    }
    bytes
}

/// Values from the bytes of a column; the fill value becomes NaN.
pub(super) fn decode(stored: StoredType, bytes: &[u8]) -> Vec<f64> {
    let whole = |count: i64| if count < 0 { f64::NAN } else { count as f64 };
    match stored {
        StoredType::I32 => words(bytes)
            .map(|word| whole(i64::from(i32::from_le_bytes(word))))
            .collect(),
        StoredType::I8 => words(bytes)
            .map(|word| whole(i64::from(i8::from_le_bytes(word))))
            .collect(),
        _ => words(bytes).map(f64::from_le_bytes).collect(),
    }
}

/// `bytes` as words of one length.
pub(super) fn words<const N: usize>(bytes: &[u8]) -> impl Iterator<Item = [u8; N]> {
    bytes.as_chunks::<N>().0.iter().copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::synthetic::Synthetic;

    #[test]
    fn codes_keep_their_numbers() {
        let mut bytes = Vec::new();
        encode(StoredType::I8, &[0.0, 1.0, 2.0, 99.0, f64::NAN], &mut bytes);
        assert_eq!(bytes, [0, 1, 2, 99, 255]);
        assert_eq!(decode(StoredType::I8, &bytes)[..4], [0.0, 1.0, 2.0, 99.0]);
    }

    #[test]
    fn values_come_back_and_nan_is_missing() {
        for (stored, values) in [
            (StoredType::F64, [0.5, f64::NAN, -0.0, f64::INFINITY]),
            (StoredType::I32, [0.0, f64::NAN, 2_147_483_647.0, 7.0]),
            (StoredType::I8, [0.0, f64::NAN, 1.0, 1.0]),
        ] {
            let mut bytes = Vec::new();
            encode(stored, &values, &mut bytes);
            assert_eq!(bytes.len() as u64, 4 * stored.bytes());
            let bits = |values: &[f64]| values.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
            assert_eq!(bits(&decode(stored, &bytes)), bits(&values), "{stored:?}");
        }
    }

    #[test]
    fn a_nan_with_a_payload_has_the_bytes_of_any_other() {
        let (mut plain, mut odd) = (Vec::new(), Vec::new());
        encode(StoredType::F64, &[f64::NAN], &mut plain);
        encode(StoredType::F64, &[f64::from_bits(0xFFF8_0000_0000_0123)], &mut odd);
        assert_eq!(plain, odd);
    }

    fn no_states() -> Arc<SavedStates> {
        Arc::new(SavedStates::of(std::path::Path::new("r.h5"), &[7; 32]))
    }

    #[test]
    fn every_unit_fills_its_part_of_every_column() {
        let ragged = Synthetic::small().ragged();
        for study in [Synthetic::small(), Synthetic::small().statistics(), ragged] {
            let layout = Layout::new(&study);
            let encoder = Encoder::new(&layout, &[7; 32], Arc::new(|unit| unit.0), None, no_states());
            let mut run = encoder.begin(UnitIndex(3));
            let values = vec![1.0; encoder.values_per_unit()];
            encoder.push(&mut run, Some(study.finished(&values)));
            encoder.push(&mut run, None);
            assert_eq!(run.units(), 3..5);
            assert_eq!(run.states, [UnitState::Done as u8, UnitState::Quarantined as u8]);
            for (column, bytes) in layout.columns().iter().zip(&run.columns) {
                assert_eq!(bytes.len() as u64, 2 * column.unit_bytes(), "{}", column.name);
                let values = decode(column.stored, bytes);
                let (done, quarantined) = values.split_at(column.per_unit as usize);
                assert!(quarantined.iter().all(|value| value.is_nan()), "{}", column.name);
                assert!(done.iter().all(|value| !value.is_nan()) || layout.shape().member_axis.count == 1);
            }
        }
    }
}
