//! The NaN watch: what a unit leaves must fit its columns.

use crate::results::{Aggregation, MetricColumn, MetricKind};
use crate::scenario::UnitFailure;

/// Checks the values of a unit, `[metrics, members]`, of which the first `active` members take part.
///
/// # Errors
/// [`UnitFailure::BadMetric`] for the first value that is infinite, doesn't fit its column's kind, is missing though
/// every member must have it, or belongs to a member that doesn't take part.
pub(super) fn check(
    columns: &[MetricColumn],
    members: usize,
    active: usize,
    values: &[f64],
) -> Result<(), UnitFailure> {
    for (column, row) in columns.iter().zip(values.chunks_exact(members)) {
        let (taking_part, others) = row.split_at(active.min(members));
        let required = column.aggregation == Aggregation::AllMembers;
        let bad = |member: usize, found: f64, kind: &'static str| UnitFailure::BadMetric {
            metric: column.name.clone(),
            member,
            found,
            kind,
        };
        for (member, &value) in taking_part.iter().enumerate() {
            if value.is_nan() {
                if required {
                    return Err(bad(member, value, "complete (every member has a value)"));
                }
            } else if !fits(column, value) {
                return Err(bad(member, value, kind_in_words(column.kind)));
            }
        }
        if let Some(stray) = others.iter().position(|value| !value.is_nan()) {
            return Err(bad(
                active + stray,
                others[stray],
                "smaller (this unit has fewer members)",
            ));
        }
    }
    Ok(())
}

fn fits(column: &MetricColumn, value: f64) -> bool {
    match column.kind {
        MetricKind::Real => value.is_finite(),
        MetricKind::Count => (0.0..=f64::from(i32::MAX)).contains(&value) && value.fract() == 0.0,
        MetricKind::Flag => value == 0.0 || value == 1.0,
        MetricKind::Code => (0.0..column.meanings.len() as f64).contains(&value) && value.fract() == 0.0,
    }
}

fn kind_in_words(kind: MetricKind) -> &'static str {
    match kind {
        MetricKind::Real => "real (finite)",
        MetricKind::Count => "count (whole, 0 to 2147483647)",
        MetricKind::Flag => "flag (0 or 1)",
        MetricKind::Code => "code (of one of its meanings)",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MISSING: f64 = f64::NAN;

    fn columns() -> Vec<MetricColumn> {
        vec![
            MetricColumn::new("path_m", MetricKind::Real, "m", "path length"),
            MetricColumn::new("hits", MetricKind::Count, "1", "hits"),
            MetricColumn::new("found", MetricKind::Flag, "1", "found"),
            MetricColumn::new("time_s", MetricKind::Real, "s", "time").conditional("members that found it"),
        ]
    }

    fn check_one(metric: usize, value: f64) -> Result<(), UnitFailure> {
        let mut values = [1.5, 2.0, 1.0, MISSING];
        values[metric] = value;
        check(&columns(), 1, 1, &values)
    }

    #[test]
    fn good_values_pass() {
        for (metric, value) in [
            (0, -1e300),
            (1, 0.0),
            (1, 2_147_483_647.0),
            (2, 0.0),
            (3, MISSING),
            (3, 4.0),
        ] {
            assert_eq!(check_one(metric, value), Ok(()), "metric {metric} = {value}");
        }
    }

    #[test]
    fn bad_values_are_named() {
        for (metric, value) in [
            (0, MISSING),
            (0, f64::INFINITY),
            (1, -1.0),
            (1, 0.5),
            (1, 2_147_483_648.0),
            (2, 0.5),
            (3, f64::NEG_INFINITY),
        ] {
            let failure = check_one(metric, value).expect_err("a failure");
            let text = failure.to_string();
            assert!(text.contains(&columns()[metric].name), "{text}");
        }
    }

    #[test]
    fn members_that_take_no_part_stay_missing() {
        let columns = &columns()[..1];
        assert_eq!(check(columns, 3, 2, &[1.0, 2.0, MISSING]), Ok(()));
        let failure = check(columns, 3, 2, &[1.0, 2.0, 3.0]).expect_err("a failure");
        assert_eq!(
            failure.to_string(),
            "metric path_m of member 2 is 3, which a smaller (this unit has fewer members) column can't hold"
        );
        assert!(check(columns, 3, 3, &[1.0, 2.0, MISSING]).is_err());
    }
}
