//! Rendered tables, looked at.

use super::{PointRow, Progress, ReportError, SummaryTable, TableDesign, TableFormat};
use crate::random::Xoshiro256PlusPlus;
use crate::results::{MetricColumn, MetricKind};
use crate::stats::Summary;
use serde_json::{Value, json};

fn metrics() -> Vec<MetricColumn> {
    vec![
        MetricColumn::new("success", MetricKind::Flag, "1", "reached the source"),
        MetricColumn::new("search_time_s", MetricKind::Real, "s", "time to the source")
            .conditional("successful agents"),
        MetricColumn::new("path_length_m", MetricKind::Real, "m", "length of the path"),
    ]
}

fn design(points_are_dependent: bool) -> TableDesign {
    TableDesign {
        partial: None,
        keys: vec!["wind.speed_m_s".to_owned(), "navigator".to_owned()],
        metrics: metrics(),
        confidence: 0.95,
        points_are_dependent,
    }
}

/// Two wind speeds × two strategies, 20 replicates of 5 members; the last point has no success.
fn points(metrics: &[usize]) -> Vec<Result<PointRow, ReportError>> {
    let combinations = [
        (0.5, "surge_cast", 0.7),
        (0.5, "random|walk", 0.2),
        (2.0, "surge_cast", 0.4),
        (2.0, "random|walk", 0.0),
    ];
    combinations
        .into_iter()
        .enumerate()
        .map(|(point, (speed, strategy, chance))| {
            let mut generator = Xoshiro256PlusPlus::from_seed_and_member(3, point as u64);
            let success: Vec<f64> = (0..100).map(|_| f64::from(generator.uniform() < chance)).collect();
            let time = |&success: &f64| if success == 1.0 { 100.0 / speed } else { f64::NAN };
            let times: Vec<f64> = success
                .iter()
                .map(time)
                .map(|time| time * (0.5 + generator.uniform()))
                .collect();
            let paths: Vec<f64> = (0..100).map(|_| 40.0 + 10.0 * generator.uniform()).collect();
            let all = [
                (success, MetricKind::Flag),
                (times, MetricKind::Real),
                (paths, MetricKind::Real),
            ];
            let summary = |&metric: &usize| Summary::of_members(&all[metric].0, 5, all[metric].1, 0.95);
            Ok(PointRow {
                replicates: Progress::default(),
                coordinates: vec![json!(speed), json!(strategy)],
                summaries: metrics.iter().map(summary).collect(),
                identity: None,
            })
        })
        .collect()
}

fn rendered(table: &SummaryTable, format: TableFormat, width: Option<u16>) -> String {
    let mut out = Vec::new();
    table
        .write(points(table.metric_indices()).into_iter(), format, width, &mut out)
        .unwrap();
    String::from_utf8(out).unwrap()
}

fn names(list: &[&str]) -> Vec<String> {
    list.iter().map(|&name| name.to_owned()).collect()
}

#[test]
fn table_on_a_wide_terminal() {
    insta::assert_snapshot!(rendered(
        &SummaryTable::new(design(false)),
        TableFormat::Table,
        Some(120)
    ));
}

#[test]
fn columns_that_do_not_fit_go_below() {
    let text = rendered(&SummaryTable::new(design(false)), TableFormat::Table, Some(64));
    assert!(
        text.lines()
            .all(|line| line.chars().count() <= 64 || line.starts_with("mean")),
        "{text}"
    );
    insta::assert_snapshot!(text);
}

#[test]
fn markdown() {
    let table = SummaryTable::new(design(false))
        .metrics(&names(&["path_length_m", "success"]))
        .unwrap();
    insta::assert_snapshot!(rendered(&table, TableFormat::Markdown, None));
}

#[test]
fn marginal_means_say_what_they_average_over() {
    let table = SummaryTable::new(design(false)).by(&names(&["speed_m_s"])).unwrap();
    insta::assert_snapshot!(rendered(&table, TableFormat::Table, None));
}

#[test]
fn rows_over_different_combinations_get_a_footnote() {
    let table = SummaryTable::new(design(false)).by(&names(&["speed_m_s"])).unwrap();
    let mut out = Vec::new();
    let incomplete = points(table.metric_indices()).into_iter().skip(1);
    table.write(incomplete, TableFormat::Table, None, &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    assert!(
        text.contains("rows average over different combinations of navigator"),
        "{text}"
    );
    assert!(!rendered(&table, TableFormat::Table, None).contains("different combinations"));
}

/// Twelve replicates of six members with P(value > t) = t⁻²: what tables show is the median, and they say so.
#[test]
fn heavy_tails_are_told_by_their_median() {
    let metric = MetricColumn::new("tortuosity", MetricKind::Real, "1", "length per displacement").heavy_tailed();
    let mut generator = Xoshiro256PlusPlus::from_seed_and_member(5, 0);
    let values: Vec<f64> = (0..72).map(|_| (1.0 - generator.uniform()).powf(-0.5)).collect();
    let summary = Summary::of_members(&values, 6, metric.measure(), 0.95);
    let design = TableDesign {
        partial: None,
        keys: vec!["speed".to_owned()],
        metrics: vec![metric],
        confidence: 0.95,
        points_are_dependent: false,
    };
    for by in [&["speed"][..], &[]] {
        let table = SummaryTable::new(design.clone()).by(&names(by)).unwrap();
        let rows = [0.5, 1.0].map(|speed| {
            Ok::<_, ReportError>(PointRow {
                replicates: Progress::default(),
                coordinates: vec![json!(speed)],
                summaries: vec![summary],
                identity: None,
            })
        });
        let mut out = Vec::new();
        table
            .write(rows.into_iter(), TableFormat::Table, None, &mut out)
            .unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(
            text.contains("tortuosity: the median (the mean has no reliable interval)"),
            "{text}"
        );
        let median = format!("{:.2} [", summary.median);
        assert!(text.contains(&median), "{median}: {text}");
    }
}

/// All members of one point succeed, of the others some: the first one's interval needs a word.
#[test]
fn an_interval_without_disagreement_gets_a_footnote() {
    let design = TableDesign {
        partial: None,
        metrics: vec![metrics().remove(0)],
        keys: vec!["speed".to_owned()],
        ..design(false)
    };
    let table = SummaryTable::new(design);
    let text = |successes: &[[f64; 6]]| {
        let rows = successes.iter().enumerate().map(|(point, values)| {
            Ok::<_, ReportError>(PointRow {
                replicates: Progress::default(),
                coordinates: vec![json!(point)],
                summaries: vec![Summary::of_members(values, 3, MetricKind::Flag, 0.95)],
                identity: None,
            })
        });
        let mut out = Vec::new();
        table.write(rows, TableFormat::Table, None, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    };
    let (all, some) = ([1.0; 6], [1.0, 0.0, 1.0, 1.0, 0.0, 0.0]);
    let footnote = "each replicate is one trial";
    assert!(text(&[all, some]).contains(footnote), "{}", text(&[all, some]));
    assert!(!text(&[some]).contains(footnote) && !text(&[all]).contains(footnote));
}

#[test]
fn csv_has_a_line_per_point_and_metric() {
    let table = SummaryTable::new(design(false))
        .metrics(&names(&["success", "search_time_s"]))
        .unwrap();
    let text = rendered(&table, TableFormat::Csv, None);
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers().unwrap().clone();
    let expected = "wind.speed_m_s,navigator,metric,unit,count,replicates,mean,sd,standard_error,interval_low,\
                    interval_high,median,lower_quartile,upper_quartile,min,max,interval_method";
    assert_eq!(header.iter().collect::<Vec<_>>().join(","), expected);
    let records: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(records.len(), 8);
    // The point without a success: no mean time, but a count of 0 and a reason.
    let last = &records[7];
    assert_eq!(
        last.iter().take(7).collect::<Vec<_>>(),
        ["2.0", "random|walk", "search_time_s", "s", "0", "0", ""]
    );
    assert_eq!(&last[16], "none");
    let exact = points(&[0])[0].as_ref().unwrap().summaries[0];
    assert_eq!(
        records[0][9].parse::<f64>().unwrap().to_bits(),
        exact.interval_low.to_bits()
    );
}

#[test]
fn json_is_one_object() {
    let table = SummaryTable::new(design(true)).by(&names(&["navigator"])).unwrap();
    let value: Value = serde_json::from_str(&rendered(&table, TableFormat::Json, None)).unwrap();
    assert_eq!(value["marginal_over"], json!(["wind.speed_m_s"]));
    assert_eq!(value["metrics"][1]["unit"], "s");
    assert_eq!(value["rows"].as_array().unwrap().len(), 2);
    let walk = &value["rows"][1];
    assert_eq!(walk["coordinates"], json!({ "navigator": "random|walk" }));
    let time = &walk["metrics"]["search_time_s"];
    assert_eq!((&time["points"], &time["points_with_value"]), (&json!(2), &json!(1)));
    assert_eq!(value["same_combinations"], json!(true));
    assert_eq!(time["median"], Value::Null);
    assert_eq!(time["interval_method"], "marginal_bound");
}

#[test]
fn a_table_without_points_is_still_well_formed() {
    let table = SummaryTable::new(design(false));
    let mut out = Vec::new();
    table
        .write(
            std::iter::empty::<Result<_, ReportError>>(),
            TableFormat::Json,
            None,
            &mut out,
        )
        .unwrap();
    let value: Value = serde_json::from_slice(&out).unwrap();
    assert_eq!(value["rows"], json!([]));
}

#[test]
fn unknown_and_repeated_names_are_refused() {
    let error = |result: Result<SummaryTable, ReportError>| result.unwrap_err().to_string();
    let table = SummaryTable::new(design(false));
    assert_eq!(
        error(table.clone().by(&names(&["wind.sped_m_s"]))),
        "no swept key `wind.sped_m_s` in this study (hint: did you mean `wind.speed_m_s`?)"
    );
    assert_eq!(
        error(table.clone().metrics(&names(&["qqq"]))),
        "no metric `qqq` in this study (hint: it has success, search_time_s, path_length_m)"
    );
    assert_eq!(
        error(table.metrics(&names(&["success", "success"]))),
        "metric `success` is named twice (hint: name each once)"
    );
}

#[test]
fn many_points_stream_through_in_pages() {
    let table = SummaryTable::new(design(false)).metrics(&names(&["success"])).unwrap();
    let row = points(&[0]).remove(0).unwrap();
    for (format, lines_per_point) in [
        (TableFormat::Table, 1),
        (TableFormat::Markdown, 1),
        (TableFormat::Csv, 1),
    ] {
        let many = (0..1200).map(|_| Ok::<_, ReportError>(row.clone()));
        let mut out = Vec::new();
        table.write(many, format, Some(100), &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        let with_data = text.lines().filter(|line| line.contains("surge_cast")).count();
        assert_eq!(with_data, 1200 * lines_per_point, "{format:?}");
        let headers = text.lines().filter(|line| line.contains("speed_m_s")).count();
        assert_eq!(headers, if format == TableFormat::Table { 3 } else { 1 }, "{format:?}");
    }
}
