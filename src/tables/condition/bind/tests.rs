use super::super::parse;
use super::*;
use crate::forms::{Codes, code_field, coordinate_field, field};
use arrow_array::{Float32Array, Float64Array, Int64Array, StringArray};
use std::sync::Arc;

/// Four rows; the last lacks all that can be missing.
fn table() -> RecordBatch {
    let schema = Schema::new(vec![
        field("agent", DataType::Int64, "", "agent"),
        coordinate_field(
            "wind_speed_m_s",
            "wind.speed_m_s",
            "m s-1",
            "wind speed",
            DataType::Float64,
        ),
        coordinate_field("navigator", "navigator", "", "navigator", DataType::Utf8),
        field("success", DataType::Boolean, "1", "reached the source").with_nullable(true),
        field("x_m", DataType::Float32, "m", "place").with_nullable(true),
        code_field("end_reason", "why it ended"),
    ]);
    let codes = Codes::new(&["arrival".to_owned(), "time".to_owned()]);
    let columns: Vec<ArrayRef> = vec![
        Arc::new(Int64Array::from(vec![0, 1, 2, 3])),
        Arc::new(Float64Array::from(vec![Some(0.5), Some(0.5), Some(1.0), None])),
        Arc::new(StringArray::from(vec![
            Some("surge_cast"),
            Some("straight up"),
            Some("surge_cast"),
            None,
        ])),
        Arc::new(BooleanArray::from(vec![Some(true), Some(false), Some(true), None])),
        Arc::new(Float32Array::from(vec![Some(0.1), Some(0.2), Some(f32::NAN), None])),
        codes.array([Some(0), Some(1), Some(0), None].into_iter()),
    ];
    RecordBatch::try_new(Arc::new(schema), columns).expect("a table")
}

fn rows(text: &str) -> Result<Vec<i64>, ConditionError> {
    let table = table();
    let condition = Condition::bind(&parse(text)?, &table.schema(), "agent")?;
    let holds = condition.holds(&table, &|column| column);
    Ok((0..4).filter(|row| holds.value(*row as usize)).collect())
}

#[test]
fn rows_are_kept_where_a_condition_is_true() {
    for (text, expected) in [
        ("success", &[0, 2][..]),
        ("not success", &[1]),
        ("success = false", &[1]),
        ("wind.speed_m_s < 1", &[0, 1]),
        ("wind_speed_m_s >= 1", &[2]),
        ("1 > wind.speed_m_s and success", &[0]),
        ("wind.speed_m_s < 1 or success", &[0, 1, 2]),
        ("member != 2", &[0, 1, 3]),
        ("agent <= 1", &[0, 1]),
        ("navigator = 'straight up'", &[1]),
        ("navigator != \"straight up\"", &[0, 2]),
        ("navigator = 'none of them'", &[]),
        ("end_reason = 'arrival'", &[0, 2]),
        ("end_reason is missing", &[3]),
        ("x_m is not missing", &[0, 1]),
        // In 32 bits a tenth is another number than in 64.
        ("x_m = 0.1", &[0]),
        ("0.1 < x_m", &[1]),
        ("wind.speed_m_s = x_m", &[]),
        // A comparison with what is missing is neither true nor false.
        ("not (wind.speed_m_s < 1)", &[2]),
        ("wind.speed_m_s < 1 or agent = 3", &[0, 1, 3]),
        ("not (success and agent < 3)", &[1, 3]),
        ("success or not success", &[0, 1, 2]),
    ] {
        let found = rows(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(found, expected, "{text}");
    }
}

#[test]
fn what_can_not_be_compared_is_refused_at_its_place() {
    for (text, place, told) in [
        ("sucess", 0..6, "did you mean `success`?"),
        (
            "success and wind.sped_m_s < 1",
            12..25,
            "did you mean `wind.speed_m_s`?",
        ),
        ("navigator = surge_cast", 12..22, "texts stand in quotes"),
        ("wind.speed_m_s", 0..14, "is a number, not true or false"),
        ("success < 1", 10..11, "a number is compared with true or false"),
        ("wind.speed_m_s = 'a'", 17..20, "a text is compared with a number"),
        ("navigator < 'b'", 0..15, "has no order"),
        ("success > false", 0..15, "has no order"),
        ("1 < 2", 0..5, "no column"),
        ("3 is missing", 0..1, "no column"),
        ("'a'", 0..3, "no column"),
    ] {
        let error = rows(text).expect_err(text);
        assert_eq!(error.place, place, "{text}: {error}");
        assert!(error.to_string().contains(told), "{text}: {error}");
    }
}

#[test]
fn columns_that_are_looked_at_are_known() {
    let table = table();
    let parsed = parse("success and (x_m < 1 or success)").expect("a condition");
    let condition = Condition::bind(&parsed, &table.schema(), "agent").expect("columns");
    assert_eq!(condition.columns().iter().copied().collect::<Vec<_>>(), [3, 4]);
}

/// The truth of random conditions is that of a plain reading of them, row by row.
#[test]
fn and_or_and_not_follow_the_logic_of_three_values() {
    let words = ["success", "wind.speed_m_s < 1", "x_m is missing"];
    let truth: [[Option<bool>; 4]; 3] = [
        [Some(true), Some(false), Some(true), None],
        [Some(true), Some(true), Some(false), None],
        [Some(false), Some(false), Some(true), Some(true)],
    ];
    let both = |a: Option<bool>, b: Option<bool>| match (a, b) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
    };
    let not = |a: Option<bool>| a.map(|a| !a);
    for a in 0..3 {
        for b in 0..3 {
            for signs in 0..8 {
                let [not_a, not_b, not_all] = [1, 2, 4].map(|bit| signs & bit != 0);
                let sign = |negative: bool| if negative { "not " } else { "" };
                let text = format!(
                    "{}({}{} and {}{})",
                    sign(not_all),
                    sign(not_a),
                    words[a],
                    sign(not_b),
                    words[b]
                );
                let expected: Vec<i64> = (0..4)
                    .filter(|row| {
                        let of = |which: usize, negative: bool| {
                            let truth = truth[which][*row as usize];
                            if negative { not(truth) } else { truth }
                        };
                        let whole = both(of(a, not_a), of(b, not_b));
                        (if not_all { not(whole) } else { whole }) == Some(true)
                    })
                    .collect();
                assert_eq!(rows(&text).expect("a condition"), expected, "{text}");
                // De Morgan.
                let other = format!(
                    "{}({}{} or {}{})",
                    sign(!not_all),
                    sign(!not_a),
                    words[a],
                    sign(!not_b),
                    words[b]
                );
                assert_eq!(rows(&other).expect("a condition"), expected, "{other}");
            }
        }
    }
}
