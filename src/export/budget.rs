//! Refusing absurd sizes before anything is computed.

use super::FieldFile;
use crate::memory::available_memory_bytes;
use thiserror::Error;

/// A field that is larger than it may be.
#[derive(Debug, Error, PartialEq)]
#[non_exhaustive]
pub enum BudgetError {
    /// Beyond the limit for files.
    #[error(
        "{frames} frames of {rows} × {columns} cells with {variables} variables are {size} before compression, more than the limit of {limit_gb} GB (hint: fewer cells or frames, or a higher --limit-gb)",
        size = gigabytes(*bytes)
    )]
    File {
        /// Frames.
        frames: u64,
        /// Cells along y.
        rows: u64,
        /// Cells along x.
        columns: u64,
        /// Variables.
        variables: usize,
        /// All of it, bytes.
        bytes: f64,
        /// The limit, GB.
        limit_gb: f64,
    },
    /// Beyond the machine's memory.
    #[error(
        "a frame of {rows} × {columns} cells needs {needed} of memory, but {available} are free (hint: fewer cells)",
        needed = gigabytes(*needed_bytes),
        available = gigabytes(*available_bytes)
    )]
    Memory {
        /// Cells along y.
        rows: u64,
        /// Cells along x.
        columns: u64,
        /// What it takes, bytes.
        needed_bytes: f64,
        /// What there is, bytes.
        available_bytes: f64,
    },
}

/// `12.3 GB`, or `4 kB`.
fn gigabytes(bytes: f64) -> String {
    match bytes {
        bytes if bytes >= 1e8 => format!("{:.1} GB", bytes / 1e9),
        bytes if bytes >= 1e5 => format!("{:.1} MB", bytes / 1e6),
        bytes => format!("{:.0} kB", (bytes / 1e3).ceil()),
    }
}

/// Shape of a field: a plan that costs nothing yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FieldShape {
    /// Frames.
    pub frames: u64,
    /// Values along y.
    pub rows: u64,
    /// Values along x.
    pub columns: u64,
    /// Variables.
    pub variables: usize,
}

impl FieldShape {
    /// Of a file with `frames` frames.
    #[must_use]
    pub fn of(file: &FieldFile, frames: u64) -> Self {
        Self {
            frames,
            rows: file.y_m.len() as u64,
            columns: file.x_m.len() as u64,
            variables: file.variables.len(),
        }
    }

    /// Bytes before compression. In floating point: nothing overflows.
    #[must_use]
    pub fn bytes(self) -> f64 {
        self.frame_bytes() * self.frames as f64
    }

    fn frame_bytes(self) -> f64 {
        self.rows as f64 * self.columns as f64 * self.variables as f64 * size_of::<f32>() as f64
    }

    /// Makes sure that it stays within `limit_gb`, 10⁹ bytes.
    ///
    /// # Errors
    /// If it doesn't.
    pub fn check_size(self, limit_gb: f64) -> Result<(), BudgetError> {
        if self.bytes() <= limit_gb * 1e9 {
            return Ok(());
        }
        Err(BudgetError::File {
            frames: self.frames,
            rows: self.rows,
            columns: self.columns,
            variables: self.variables,
            bytes: self.bytes(),
            limit_gb,
        })
    }

    /// Makes sure that it stays within `limit_gb` and its frames within the free memory.
    ///
    /// # Errors
    /// If it doesn't.
    pub fn check(self, limit_gb: f64) -> Result<(), BudgetError> {
        self.check_size(limit_gb)?;
        // A frame as numbers, as bytes, as a compressed chunk, and what it was made from.
        let needed_bytes = 4.0 * self.frame_bytes();
        match available_memory_bytes() {
            Some(available) if needed_bytes > available as f64 => Err(BudgetError::Memory {
                rows: self.rows,
                columns: self.columns,
                needed_bytes,
                available_bytes: available as f64,
            }),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absurd_sizes_are_refused_without_overflow() {
        let shape = FieldShape {
            frames: 601,
            rows: 81,
            columns: 126,
            variables: 3,
        };
        assert_eq!(shape.bytes(), 73_605_672.0);
        assert_eq!(shape.check(10.0), Ok(()));
        let message = shape.check(0.05).unwrap_err().to_string();
        assert!(message.contains("73.6 MB") && message.contains("0.05 GB"), "{message}");
        let absurd = FieldShape {
            frames: u64::MAX,
            rows: u64::MAX,
            columns: u64::MAX,
            variables: 3,
        };
        assert!(matches!(absurd.check(1e9), Err(BudgetError::File { .. })));
        let wide = FieldShape {
            frames: 1,
            rows: 1 << 30,
            columns: 1 << 20,
            ..shape
        };
        assert!(matches!(wide.check(1e9), Err(BudgetError::Memory { .. })));
    }
}
