//! Where a unit leaves its metrics, and what else it says of itself.

use super::UnitCourse;
use crate::results::{Cells, UnitRows};

/// Metrics of one unit: a row-major array `[metrics, members]` of f64, NaN where nothing was set; and what the
/// scenario's [`UnitFeatures`](super::UnitFeatures) allow.
///
/// ```
/// use plume_nav_sim::scenario::UnitOutput;
///
/// // Two metrics of three members. What isn't set is missing.
/// let mut values = [0.0; 6];
/// let mut output = UnitOutput::new(&mut values, 3);
/// output.set(0, 1, 2.5);
/// output.column_mut(1).copy_from_slice(&[1.0, 2.0, 3.0]);
/// assert_eq!(output.values()[1], 2.5);
/// assert!(output.values()[0].is_nan());
/// ```
#[derive(Debug)]
pub struct UnitOutput<'a> {
    values: &'a mut [f64],
    members: usize,
    taking_part: Option<usize>,
    end: Option<usize>,
    rows: Option<&'a mut UnitRows>,
    course: Option<&'a mut UnitCourse>,
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
        Self {
            values,
            members,
            taking_part: None,
            end: None,
            rows: None,
            course: None,
        }
    }

    /// With a place for the rows of the scenario's tables.
    #[must_use]
    pub fn with_rows(mut self, rows: Option<&'a mut UnitRows>) -> Self {
        self.rows = rows;
        self
    }

    /// With a course that knows of the job, for units that can save their state.
    #[must_use]
    pub fn with_course(mut self, course: Option<&'a mut UnitCourse>) -> Self {
        self.course = course;
        self
    }

    /// The state that was saved of this unit in an earlier session, if there is one: go on from it. The rows that were
    /// appended before are there already; metrics aren't.
    #[must_use]
    pub fn saved_state(&self) -> Option<&[u8]> {
        self.course.as_ref()?.saved()
    }

    /// Whether the job ends: a unit that can be gone on with saves its state and returns
    /// [`UnitFailure::Interrupted`](super::UnitFailure::Interrupted) then. Never so for a scenario that doesn't declare
    /// [`saves`](super::UnitFeatures::saves).
    #[must_use]
    pub fn stop_requested(&self) -> bool {
        self.course.as_ref().is_some_and(|course| course.job_ends())
    }

    /// Whether it is time to save: the interval is over, or the job ends. To be asked now and then, a few times a second.
    #[must_use]
    pub fn save_due(&self) -> bool {
        self.course.as_ref().is_some_and(|course| course.save_due())
    }

    /// Saves the unit's state, with the rows so far, in place of the one before. Nothing happens where nobody keeps it.
    ///
    /// A unit that goes on from it does so alone; see [`Self::save_at`].
    pub fn save(&mut self, state: &[u8]) {
        self.keep(None, state);
    }

    /// [`Self::save`] at a stage of the unit, a step for example, at which units of its group
    /// ([`Scenario::group_key`](super::Scenario::group_key)) go on together if they were saved at the same.
    pub fn save_at(&mut self, stage: u64, state: &[u8]) {
        self.keep(Some(stage), state);
    }

    fn keep(&mut self, stage: Option<u64>, state: &[u8]) {
        if let Some(course) = &mut self.course {
            course.save(stage, state, self.rows.as_deref_mut());
        }
    }

    /// Appends rows to a table that the scenario declares ([`tables`](super::UnitFeatures::tables)), by its index: for each
    /// column the cells of as many rows. Now and then this waits until rows are written.
    ///
    /// # Panics
    /// If there is no such table, or the cells aren't those of its columns. As any panic, that ends the unit.
    pub fn append(&mut self, table: usize, cells: &[Cells<'_>]) {
        let Some(rows) = &mut self.rows else {
            panic!("rows for table {table}, but the scenario declares none");
        };
        rows.append(table, cells);
    }

    /// Members of the file's member axis; a unit may fill fewer.
    #[must_use]
    pub fn members(&self) -> usize {
        self.members
    }

    /// Says that only the first `members` of the members that the design point declares take part in this unit. None
    /// is possible. Allowed if the scenario declares
    /// [`ragged_members`](super::UnitFeatures::ragged_members); otherwise the unit fails.
    pub fn set_members(&mut self, members: usize) {
        self.taking_part = Some(members);
    }

    /// What [`Self::set_members`] said.
    #[must_use]
    pub fn taking_part(&self) -> Option<usize> {
        self.taking_part
    }

    /// Says that the unit ended before its time, for one of the reasons that the scenario declares
    /// ([`ends`](super::UnitFeatures::ends)), by its index. The unit fails if there is no such reason.
    pub fn end(&mut self, reason: usize) {
        self.end = Some(reason);
    }

    /// What [`Self::end`] said.
    #[must_use]
    pub fn ended(&self) -> Option<usize> {
        self.end
    }

    /// Sets one value; NaN means missing.
    ///
    /// # Panics
    /// If there is no such metric or member. As any panic, that ends the unit.
    pub fn set(&mut self, metric: usize, member: usize, value: f64) {
        assert!(
            member < self.members,
            "member {member} of {}: the design point declares no more",
            self.members
        );
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
