//! The batch system that started this process, and when it will end it.

use super::Finding;
use super::variables::Variables;
use jiff::Timestamp;

/// Whether a batch system owns this process.
pub(super) fn present(variables: &Variables) -> bool {
    job(variables).is_some()
}

fn job(variables: &Variables) -> Option<(&'static str, &str)> {
    [
        ("SLURM", "SLURM_JOB_ID"),
        ("PBS", "PBS_JOBID"),
        ("LSF", "LSB_JOBID"),
        ("Grid Engine", "JOB_ID"),
    ]
    .into_iter()
    .filter(|(_, name)| *name != "JOB_ID" || variables.get("SGE_TASK_ID").is_some())
    .find_map(|(system, name)| Some((system, variables.get(name)?)))
}

pub(super) fn examine(variables: &Variables, now: Timestamp) -> Finding {
    const CHECK: &str = "batch system";
    let Some((system, id)) = job(variables) else {
        return Finding::ok(CHECK, "none");
    };
    let seconds_left = variables
        .number("SLURM_JOB_END_TIME")
        .and_then(|end| i64::try_from(end).ok())
        .map(|end| end - now.as_second())
        .or_else(|| {
            variables
                .number("PBS_WALLTIME")
                .and_then(|seconds| i64::try_from(seconds).ok())
        });
    match seconds_left {
        Some(left) if left <= 0 => Finding::warning(
            CHECK,
            format!("{system} job {id}, which has already ended"),
            "an environment copied from another job? give `--walltime` instead",
        ),
        Some(left) => Finding::ok(
            CHECK,
            format!(
                "{system} job {id}, {} h {:02} min to run",
                left / 3600,
                left % 3600 / 60
            ),
        ),
        None => Finding::warning(
            CHECK,
            format!("{system} job {id}, end unknown"),
            "give `--walltime`, so that a run stops in good order before the job is killed",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Verdict;

    fn verdict_and_text(variables: &Variables) -> (Verdict, String) {
        let finding = examine(variables, Timestamp::from_second(1_000_000).unwrap());
        (finding.verdict, finding.found)
    }

    #[test]
    fn knows_the_end_of_the_job() {
        let slurm = Variables::from([("SLURM_JOB_ID", "12"), ("SLURM_JOB_END_TIME", "1007260")]);
        assert_eq!(
            verdict_and_text(&slurm),
            (Verdict::Ok, "SLURM job 12, 2 h 01 min to run".to_owned())
        );
        let pbs = Variables::from([("PBS_JOBID", "7.server"), ("PBS_WALLTIME", "1800")]);
        assert_eq!(
            verdict_and_text(&pbs),
            (Verdict::Ok, "PBS job 7.server, 0 h 30 min to run".to_owned())
        );
    }

    #[test]
    fn warns_of_an_unknown_or_past_end() {
        let past = Variables::from([("SLURM_JOB_ID", "12"), ("SLURM_JOB_END_TIME", "999999")]);
        assert_eq!(verdict_and_text(&past).0, Verdict::Warning);
        let unknown = Variables::from([("PBS_JOBID", "7")]);
        assert_eq!(
            verdict_and_text(&unknown),
            (Verdict::Warning, "PBS job 7, end unknown".to_owned())
        );
    }

    #[test]
    fn a_bare_job_id_is_nobodys() {
        assert!(!present(&Variables::from([("JOB_ID", "3")])));
        assert!(present(&Variables::from([
            ("JOB_ID", "3"),
            ("SGE_TASK_ID", "undefined")
        ])));
    }
}
