//! Studies tried out within a program: for tests and examples of scenarios and components of one's own.
//!
//! A [`Trial`] is a study from a text. It runs single units, exactly as a job would, or all of them into a results file:
//! on one rank, without a command line.
//!
//! ```
//! use plume_nav_sim::{scenario::Registry, trial::Trial};
//!
//! let study = "
//!     agents.count = 3
//!     episode.duration_s = 2.0
//!     navigator = 'navigator/surge_cast'
//! ";
//! let trial = Trial::new(&Registry::builtin(), study)?;
//! let unit = trial.unit(0)?;
//! assert_eq!(unit.metric("path_length_m").len(), 3);
//! assert!(unit.metric("path_length_m").iter().all(|length_m| *length_m < 1.001));
//! // The same unit has the same results, wherever and however often it is simulated.
//! assert_eq!(unit.metric("displacement_m"), trial.unit(0)?.metric("displacement_m"));
//!
//! let wrong = Trial::new(&Registry::builtin(), "agents.count = 0").expect_err("a message");
//! assert!(wrong.to_string().contains("agents.count"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use crate::comm::{Solo, World};
use crate::config::{self, ConfigError, LayerSources};
use crate::engine::{self, Progress};
use crate::netcdf4;
use crate::results::CounterSummary;
use crate::scenario::{Registry, UnitFailure};
use crate::session::{self, Ending, Existing, Observer, Request, SessionError, Started, Tally};
use crate::study::Study;
use crate::sweep::UnitIndex;
use crate::telemetry::Verbosity;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A study that is tried out.
pub struct Trial {
    registry: Registry,
    study: Study,
}

impl std::fmt::Debug for Trial {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Trial")
            .field("study", &self.study.resolved)
            .finish_non_exhaustive()
    }
}

/// The results of one unit of a trial.
#[derive(Clone, Debug, PartialEq)]
pub struct TrialUnit {
    /// Values of each metric, by its name: one for each member that took part; NaN where missing.
    pub metrics: BTreeMap<String, Vec<f64>>,
    /// Why it ended early, by the name of the reason.
    pub end: Option<String>,
    /// Number of rows in each of the scenario's tables, by its name.
    pub rows: BTreeMap<String, u64>,
}

impl TrialUnit {
    /// The values of a metric.
    ///
    /// # Panics
    /// If there is no metric of this name.
    #[must_use]
    pub fn metric(&self, name: &str) -> &[f64] {
        self.metrics.get(name).unwrap_or_else(|| {
            let known: Vec<&str> = self.metrics.keys().map(String::as_str).collect();
            panic!("no metric {name:?} among {}", known.join(", "))
        })
    }
}

impl Trial {
    /// A study from the text of a study file, for the scenarios of `registry`. Relative paths of its input files start in the
    /// working directory.
    ///
    /// # Errors
    /// Everything that is wrong with the study, as `config validate` would say it.
    pub fn new(registry: &Registry, text: &str) -> Result<Self, ConfigError> {
        let sources = LayerSources {
            file: PathBuf::from("trial.toml"),
            text: Some(text.to_owned()),
            ..LayerSources::default()
        };
        let resolved = config::load(&sources, registry)?;
        Ok(Self {
            registry: registry.clone(),
            study: config::expand(resolved, registry)?,
        })
    }

    /// The study: its design, metrics and scenario.
    #[must_use]
    pub fn study(&self) -> &Study {
        &self.study
    }

    /// Simulates one unit, `point * replicates + replicate`, exactly as a job would. Nothing is kept: rows are counted, and
    /// states aren't saved.
    ///
    /// # Errors
    /// What went wrong with the unit, a panic included.
    ///
    /// # Panics
    /// If the study has no such unit.
    pub fn unit(&self, index: u64) -> Result<TrialUnit, UnitFailure> {
        let study = &self.study;
        let units = study.plan.units();
        assert!(index < units, "unit {index} of {units}");
        let members = study.member_axis.count as usize;
        let mut values = vec![f64::NAN; study.metrics.len() * members];
        let single = engine::run_single(study, &study.unit(UnitIndex(index)), &mut values)?;
        let metrics = (study.metrics.iter().zip(values.chunks_exact(members)))
            .map(|(metric, values)| (metric.name.clone(), values[..single.ending.members].to_vec()))
            .collect();
        let tables = study.features.tables.iter().map(|table| table.name.clone());
        Ok(TrialUnit {
            metrics,
            end: match single.ending.end {
                0 => None,
                end => study.features.end_name(end).map(str::to_owned),
            },
            rows: tables.zip(single.rows).collect(),
        })
    }

    /// Runs all units into a results file that isn't there yet, as `sweep` does on one rank. [`Reader`](crate::store::Reader)
    /// reads it.
    ///
    /// # Errors
    /// See [`SessionError`].
    pub fn sweep(&self, results: &Path) -> Result<Tally, SessionError> {
        netcdf4::start();
        let mut study = (*self.study.resolved).clone();
        // All of its units are wanted, also if all of them fail.
        study.execution.stop_after_failures = 0;
        let request = Request {
            study,
            results: results.to_owned(),
            existing: Existing::Refuse,
            reuse: Vec::new(),
            reuse_command: String::new(),
            part: None,
            retry_quarantined: false,
            job_end: None,
            verbosity: Verbosity::Quiet,
        };
        let ending = session::run(&World::Solo(Solo), &self.registry, &mut Silent, || Ok(request))?;
        match ending {
            Ending::Finished(tally) => Ok(tally),
            Ending::Drained(..) => Err(SessionError::Interrupted),
            Ending::Refused(_) => unreachable!("a request is never refused by the one who makes it"),
        }
    }
}

/// Shows nothing.
struct Silent;

impl Observer for Silent {
    fn reading_inputs(&mut self, _: u64, _: u64) {}
    fn started(&mut self, _: &Started<'_>) {}
    fn running(&mut self, _: &Progress) {}
    fn counted(&mut self, _: &[CounterSummary]) {}
    fn gathering(&mut self, _: u64, _: u64) {}
}
