//! All checks, in the order of the report.

use super::variables::Variables;
use super::{Finding, MpiFacts, file_system, libraries, mpi, processor, resources, scheduler};
use jiff::Timestamp;
use std::path::Path;

/// Examines this process's machine for runs that write into `results_folder`.
///
/// Writes an empty file into that folder and, if NetCDF is built in, a small one into the folder for temporary files; both
/// are removed again. Concerns this rank alone: every rank may call it, and none must.
#[must_use]
pub fn examine(facts: &MpiFacts, results_folder: &Path) -> Vec<Finding> {
    let variables = Variables::of_this_process();
    let now = Timestamp::now();
    let (storage, skew) = file_system::examine(results_folder, &variables, facts.ranks > 1);
    let mut findings = mpi::examine(facts, &variables);
    findings.extend(libraries::examine());
    findings.extend(storage);
    let ranks_on_host = mpi::ranks_on_host(facts, &variables);
    findings.extend(resources::examine(
        ranks_on_host,
        facts.ranks,
        scheduler::present(&variables),
    ));
    findings.push(processor::vector_instructions());
    findings.push(processor::clock(now, skew));
    findings.push(scheduler::examine(&variables, now));
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Verdict;

    #[test]
    fn every_check_reports_once_and_bad_news_has_a_remedy() {
        let folder = tempfile::tempdir().unwrap();
        let findings = examine(&MpiFacts::without_mpi(), folder.path());
        for finding in &findings {
            assert_eq!(finding.remedy.is_some(), finding.verdict != Verdict::Ok, "{finding:?}");
            assert_eq!(
                findings.iter().filter(|other| other.check == finding.check).count(),
                1,
                "{}",
                finding.check
            );
        }
        for check in [
            "MPI library",
            "HDF5",
            "file system",
            "cores",
            "memory",
            "clock",
            "batch system",
        ] {
            assert!(findings.iter().any(|finding| finding.check == check), "{check}");
        }
    }
}
