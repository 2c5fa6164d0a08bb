//! Files that a scenario makes from the finished results.

use super::{SessionError, agreement};
use crate::comm::{Communicator, Rank};
use crate::engine::{self, DrainFlag, DrainReason, EngineOptions};
use crate::results::TableRows;
use crate::scenario::FinishedStudy;
use crate::store::{ColumnPart, ProductRecord, Writer};
use crate::study::Study;
use crate::sweep::{Assignment, PointIndex, UnitIndex, UnitPlan};
use serde_json::Value;
use std::ops::Range;
use std::time::Instant;

/// Makes all products of a study on rank 0 and records them, when all units are committed, unless the job's end or a signal
/// comes first; then says which.
///
/// # Collective
/// All ranks.
pub(super) fn make(
    comm: &dyn Communicator,
    study: &Study,
    writer: &mut Writer,
    options: &EngineOptions,
    drain: &DrainFlag,
) -> Result<Option<DrainReason>, SessionError> {
    if study.features.products.is_empty() {
        return Ok(None);
    }
    let job_ends = || drain.requested_by(options.deadline).is_some();
    let mut reason = None;
    if comm.rank() == Rank::ROOT {
        match make_all(study, writer, &job_ends)? {
            Some(records) => writer.record_products(&records)?,
            None => reason = drain.requested(),
        }
    }
    Ok(agreement::broadcast(comm, &reason))
}

/// `None` if the job ends before all are made.
fn make_all(
    study: &Study,
    writer: &Writer,
    job_ends: &dyn Fn() -> bool,
) -> Result<Option<Vec<ProductRecord>>, SessionError> {
    let finished = Finished { study, writer };
    let mut records = Vec::new();
    for product in &study.features.products {
        let begin = Instant::now();
        let made = writer.make_product(&product.name, job_ends, |file| {
            engine::quietly(|| study.scenario.make_product(product, &finished, file))
        })?;
        let Some(record) = made else { return Ok(None) };
        let seconds = begin.elapsed().as_secs_f64();
        tracing::info!(product = record.name, bytes = record.bytes, seconds, "made a product");
        records.push(record);
    }
    Ok(Some(records))
}

struct Finished<'a> {
    study: &'a Study,
    writer: &'a Writer,
}

impl FinishedStudy for Finished<'_> {
    fn plan(&self) -> UnitPlan {
        self.study.plan
    }

    fn assignments(&self, point: PointIndex) -> Vec<Assignment> {
        self.study.design.assignments(point)
    }

    fn configuration(&self, point: PointIndex) -> Value {
        (self.study.design).configuration(&self.study.resolved.scenario, point)
    }

    fn members(&self) -> u32 {
        self.study.member_axis.count
    }

    fn taking_part(&self, units: Range<u64>) -> Result<Vec<Option<u32>>, String> {
        let done = self.writer.done(units.clone()).map_err(in_words)?;
        let kept = self.writer.of_units(ColumnPart::TakingPart, units).map_err(in_words)?;
        let members = match kept {
            Some(bytes) => (bytes.as_chunks::<4>().0.iter())
                .map(|word| u32::from_le_bytes(*word))
                .collect(),
            None => vec![self.members(); done.len()],
        };
        Ok(done
            .into_iter()
            .zip(members)
            .map(|(done, members)| done.then_some(members))
            .collect())
    }

    fn ends(&self, units: Range<u64>) -> Result<Vec<Option<u8>>, String> {
        let done = self.writer.done(units.clone()).map_err(in_words)?;
        let kept = self.writer.of_units(ColumnPart::End, units).map_err(in_words)?;
        let ends = kept.unwrap_or_else(|| vec![0; done.len()]);
        Ok(done
            .into_iter()
            .zip(ends)
            .map(|(done, end)| done.then_some(end))
            .collect())
    }

    fn values(&self, metric: usize, units: Range<u64>) -> Result<Vec<f64>, String> {
        self.writer.member_values(metric, units).map_err(in_words)
    }

    fn rows(&self, unit: UnitIndex, table: usize) -> Result<Option<TableRows>, String> {
        self.writer.rows(unit, table).map_err(in_words)
    }
}

fn in_words(error: crate::store::StoreError) -> String {
    error.to_string()
}
