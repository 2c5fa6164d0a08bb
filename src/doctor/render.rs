//! Findings as a page and as JSON.

use super::{Finding, Verdict};
use crate::quantity::counted;
use serde::Serialize;
use std::fmt::Write;

/// A line per check, remedies below, and a last line that sums up.
#[must_use]
pub fn render_text(findings: &[Finding]) -> String {
    let width = findings.iter().map(|finding| finding.check.len()).max().unwrap_or(0);
    let mut page = String::new();
    for finding in findings {
        // Writing to a String cannot fail.
        let _ = writeln!(
            page,
            "{:<8} {:<width$}  {}",
            finding.verdict.name(),
            finding.check,
            finding.found
        );
        if let Some(remedy) = &finding.remedy {
            let _ = writeln!(page, "{:9}{:width$}  (hint: {remedy})", "", "");
        }
    }
    let count = |verdict| findings.iter().filter(|finding| finding.verdict == verdict).count() as u64;
    let _ = writeln!(
        page,
        "\n{}: {} ok, {}, {}",
        counted(findings.len() as u64, "check"),
        count(Verdict::Ok),
        counted(count(Verdict::Warning), "warning"),
        counted(count(Verdict::Problem), "problem")
    );
    page
}

/// `{"verdict": <the worst>, "findings": [{"check", "verdict", "found", "remedy"}]}`.
#[must_use]
pub fn render_json(findings: &[Finding]) -> String {
    #[derive(Serialize)]
    struct Page<'a> {
        verdict: Verdict,
        findings: &'a [Finding],
    }
    let verdict = findings
        .iter()
        .map(|finding| finding.verdict)
        .max()
        .unwrap_or(Verdict::Ok);
    let value = serde_json::to_value(Page { verdict, findings }).unwrap_or_default();
    format!("{value:#}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings() -> Vec<Finding> {
        vec![
            Finding::ok("MPI library", "Open MPI v4.1.4"),
            Finding::warning("memory", "100 MiB", "ask for more"),
        ]
    }

    #[test]
    fn text_aligns_and_sums_up() {
        assert_eq!(
            render_text(&findings()),
            "ok       MPI library  Open MPI v4.1.4\n\
             warning  memory       100 MiB\n                      (hint: ask for more)\n\n\
             2 checks: 1 ok, 1 warning, 0 problems\n"
        );
    }

    #[test]
    fn json_carries_the_worst_verdict() {
        let value: serde_json::Value = serde_json::from_str(&render_json(&findings())).unwrap();
        assert_eq!(value["verdict"], "warning");
        assert_eq!(value["findings"][1]["remedy"], "ask for more");
        assert_eq!(value["findings"][0]["remedy"], serde_json::Value::Null);
    }
}
