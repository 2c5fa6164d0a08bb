//! A scenario's field onto a grid, frame by frame.

use super::{ExportError, FieldFile, FieldVariable, FrameTimes, FrameWriter};
use crate::scenario::{FieldSampler, UnitFailure};
use thiserror::Error;

/// Positions that are sampled at a time.
const POSITIONS: usize = 1 << 15;

/// Why sampling a field onto a grid stopped.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SamplingError {
    /// The unit failed.
    #[error("{0}")]
    Unit(#[from] UnitFailure),
    /// The file can't be written.
    #[error(transparent)]
    Export(#[from] ExportError),
}

/// The variables of a file for what `sampler` gives.
#[must_use]
pub fn variables(sampler: &dyn FieldSampler) -> Vec<FieldVariable> {
    (sampler.quantities().into_iter())
        .map(|quantity| FieldVariable {
            name: quantity.name,
            standard_name: quantity.standard_name,
            long_name: quantity.long_name,
            unit: quantity.unit,
        })
        .collect()
}

/// Samples the fields of a unit on the grid of `file`.
pub struct GridSampler<'a> {
    sampler: &'a mut dyn FieldSampler,
    columns: Vec<f64>,
    rows: Vec<f64>,
    height_m: f64,
    /// Positions of a few rows.
    x_m: Vec<f64>,
    y_m: Vec<f64>,
    sampled: Vec<Vec<f64>>,
    frame: Vec<Vec<f32>>,
}

impl<'a> GridSampler<'a> {
    /// On the nodes of `file`, whose variables must be [`variables`] of the sampler.
    #[must_use]
    pub fn new(sampler: &'a mut dyn FieldSampler, file: &FieldFile, height_m: f64) -> Self {
        let quantities = file.variables.len();
        Self {
            sampler,
            columns: file.x_m.clone(),
            rows: file.y_m.clone(),
            height_m,
            x_m: Vec::new(),
            y_m: Vec::new(),
            sampled: vec![Vec::new(); quantities],
            frame: vec![Vec::new(); quantities],
        }
    }

    /// Adds the frame `index` of `times` to a file.
    ///
    /// # Errors
    /// If the unit fails or the file can't be written.
    pub fn push_frame(&mut self, times: FrameTimes, index: u64, writer: &mut FrameWriter) -> Result<(), SamplingError> {
        let time_s = times.at_s(index);
        self.frame.iter_mut().for_each(Vec::clear);
        let rows_at_once = (POSITIONS / self.columns.len()).max(1);
        for rows in self.rows.chunks(rows_at_once) {
            self.x_m.clear();
            self.y_m.clear();
            for &y in rows {
                self.x_m.extend_from_slice(&self.columns);
                self.y_m.extend(std::iter::repeat_n(y, self.columns.len()));
            }
            (self.sampler).sample(time_s, &self.x_m, &self.y_m, self.height_m, &mut self.sampled)?;
            for (frame, sampled) in self.frame.iter_mut().zip(&self.sampled) {
                frame.extend(sampled.iter().map(|&value| value as f32));
            }
        }
        Ok(writer.push(time_s, &self.frame)?)
    }
}
