//! Where a unit leaves its metrics.

/// Metrics of one unit: a row-major array `[metrics, members]` of f64, NaN where nothing was set.
#[derive(Debug)]
pub struct UnitOutput<'a> {
    values: &'a mut [f64],
    members: usize,
}

impl<'a> UnitOutput<'a> {
    /// Wraps `values` (`[metrics, members]`, row-major) and sets all of it to missing.
    ///
    /// # Panics
    /// If `values` isn't a whole number of rows.
    pub fn new(values: &'a mut [f64], members: usize) -> Self {
        assert!(
            members > 0 && values.len().is_multiple_of(members),
            "output rows must be whole"
        );
        values.fill(f64::NAN);
        Self { values, members }
    }

    /// Members of the file's member axis; a unit may fill fewer.
    #[must_use]
    pub fn members(&self) -> usize {
        self.members
    }

    /// Sets one value; NaN means missing.
    pub fn set(&mut self, metric: usize, member: usize, value: f64) {
        self.values[metric * self.members + member] = value;
    }

    /// The whole column of one metric, `[members]`.
    pub fn column_mut(&mut self, metric: usize) -> &mut [f64] {
        &mut self.values[metric * self.members..][..self.members]
    }

    /// All values, `[metrics, members]`.
    #[must_use]
    pub fn values(&self) -> &[f64] {
        self.values
    }
}
