//! Files that a scenario makes from the finished results.

use super::SessionError;
use crate::config::Study;
use crate::scenario::{FinishedStudy, TableRows};
use crate::store::Writer;
use crate::sweep::{UnitIndex, UnitPlan};
use std::ops::Range;

/// Makes all products of a study and records them. Rank 0 only, when all units are committed.
pub(super) fn make(study: &Study, writer: &mut Writer) -> Result<(), SessionError> {
    let products = &study.features.products;
    let mut records = Vec::with_capacity(products.len());
    for (index, product) in products.iter().enumerate() {
        tracing::info!(product = product.name, "making a product");
        let finished = Finished { study, writer };
        records.push(writer.make_product(&product.name, |file| {
            study.scenario.make_product(index, &finished, file)
        })?);
    }
    if !records.is_empty() {
        writer.record_products(&records)?;
    }
    Ok(())
}

struct Finished<'a> {
    study: &'a Study,
    writer: &'a Writer,
}

impl FinishedStudy for Finished<'_> {
    fn plan(&self) -> UnitPlan {
        self.study.plan
    }

    fn members(&self) -> u32 {
        self.study.member_axis.count
    }

    fn values(&self, metric: usize, units: Range<u64>) -> Result<Vec<f64>, String> {
        (self.writer.member_values(metric, units)).map_err(|error| error.to_string())
    }

    fn rows(&self, unit: UnitIndex, table: usize) -> Result<Option<TableRows>, String> {
        self.writer.rows(unit, table).map_err(|error| error.to_string())
    }
}
