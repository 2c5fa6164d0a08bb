//! One results file of several: parts of a study, or results of it that overlap.

use super::{SessionError, kept_rows, provenance, reuse};
use crate::comm::Solo;
use crate::gather::{self, GatherPlan};
use crate::quantity;
use crate::results::{MetricColumn, UnitState};
use crate::rows::Conversion;
use crate::scenario::Registry;
use crate::signals;
use crate::store::{
    Donor, Given, KeptStudy, Layout, Lock, Merge, Provenance, Reader, SessionRecord, StoreError, Subject,
};
use crate::study::Part;
use crate::telemetry::CorrelationId;
use crate::version::{GIT_REVISION, SOFTWARE_VERSION};
use std::collections::BTreeMap;
use std::ops::{ControlFlow, Range};
use std::path::{Path, PathBuf};

/// Units whose states are looked at at a time.
const BLOCK: u64 = 1 << 20;

/// Runs of missing units that are named.
const MAX_NAMED: usize = 10;

/// What is to be joined.
#[derive(Clone, Debug)]
pub struct MergeRequest {
    /// The files.
    pub files: Vec<PathBuf>,
    /// The new file.
    pub results: PathBuf,
    /// Whether units may be missing, which `sweep --resume` runs then.
    pub partial: bool,
}

/// How it went.
#[derive(Debug)]
pub struct Merged {
    /// Units of the study.
    pub units: u64,
    /// Units that no file has.
    pub missing: u64,
    /// Quarantined units.
    pub quarantined: u64,
    /// What each file gave.
    pub given: Vec<(PathBuf, Given)>,
    /// Parts that are there more than once, with the files.
    pub doubled: Vec<(Part, Vec<PathBuf>)>,
    /// Whether there is something that only `sweep --resume` can make: files from the results.
    pub lacks_products: bool,
    /// Rows in another form.
    pub rows: Option<Conversion>,
}

/// What the files have, before anything is made.
struct Survey {
    study: KeptStudy,
    missing: Vec<Range<u64>>,
    parts: BTreeMap<Part, Vec<PathBuf>>,
    sessions: Vec<SessionRecord>,
}

/// Joins results files of one study. `progress` hears of files done, and units taken from the one at hand.
///
/// # Errors
/// Nothing is under the new name then, and the files are as they were.
pub fn merge(
    registry: &Registry,
    request: &MergeRequest,
    progress: &dyn Fn(usize, u64),
) -> Result<Merged, SessionError> {
    let results = super::opening::resolve(&request.results);
    if results.symlink_metadata().is_ok() {
        return Err(SessionError::MergeExists { path: results });
    }
    let survey = Survey::of(&request.files)?;
    if !survey.missing.is_empty() && !request.partial {
        return Err(survey.lacks());
    }
    if !request.partial {
        let tables = &survey.study.shape().features.tables;
        kept_rows::check(registry, survey.study.resolved(), tables, &results)?;
    }
    super::run::check_file_size(&results, Layout::new(&survey.study).file_bytes())?;
    // Held until the file has its name.
    let _lock = Lock::acquire(&results, &provenance::owner())?;
    let id = CorrelationId::new();
    let mut merge = Merge::begin(&results, &survey.study, &Provenance::here(&id.to_string()))?;
    let layout = merge.writer().layout().clone();
    let mut given = Vec::new();
    for (number, file) in request.files.iter().enumerate() {
        let donor = Donor::of(
            Reader::glance(&file.canonicalize().unwrap_or_else(|_| file.clone()))?,
            &layout,
        )?;
        let taken = merge.take(&donor, &|units| {
            progress(number, units);
            unless_stopped()
        })?;
        let ControlFlow::Continue(taken) = taken else {
            return Err(SessionError::MergeStopped);
        };
        given.push((file.clone(), taken));
    }
    finish(registry, request, &results, survey, merge, given, id)
}

/// Summary, records, name; then what follows from the rows.
fn finish(
    registry: &Registry,
    request: &MergeRequest,
    results: &Path,
    survey: Survey,
    mut merge: Merge,
    given: Vec<(PathBuf, Given)>,
    id: CorrelationId,
) -> Result<Merged, SessionError> {
    let shape = survey.study.shape();
    let units = shape.plan().units();
    let missing = merge.writer().not_committed(0..units)?;
    if !missing.is_empty() && !request.partial {
        return Err(Survey { missing, ..survey }.lacks());
    }
    let lacks_products = !shape.features.products.is_empty();
    if missing.is_empty() {
        summarise(&survey.study, merge.writer())?;
    }
    let quarantined = merge.writer().state_counts()?.quarantined;
    let mut records = survey.sessions;
    records.push(record(id, units - count(&missing)));
    let is_finished = missing.is_empty() && !lacks_products;
    merge.finish(&records, missing.is_empty(), is_finished)?;
    let rows = match is_finished {
        true => kept_rows::make(registry, survey.study.resolved(), &shape.features.tables, results)?,
        false => None,
    };
    Ok(Merged {
        units,
        missing: count(&missing),
        quarantined,
        given,
        doubled: survey.parts.into_iter().filter(|(_, files)| files.len() > 1).collect(),
        lacks_products: lacks_products && missing.is_empty(),
        rows,
    })
}

fn unless_stopped() -> ControlFlow<()> {
    match signals::requested() {
        Some(_) => ControlFlow::Break(()),
        None => ControlFlow::Continue(()),
    }
}

fn count(runs: &[Range<u64>]) -> u64 {
    runs.iter().map(|run| run.end - run.start).sum()
}

fn summarise(study: &KeptStudy, writer: &mut crate::store::Writer) -> Result<(), SessionError> {
    let shape = study.shape();
    let plan = GatherPlan::from_parts(
        shape.plan(),
        shape.member_axis.count,
        shape.metrics.iter().map(MetricColumn::measure).collect(),
        shape.members,
        study.resolved().statistics.confidence,
    );
    let pool = rayon::ThreadPoolBuilder::new()
        .build()
        .map_err(|error| SessionError::Threads {
            threads: 0,
            reason: error.to_string(),
        })?;
    match gather::run_plan(&Solo, &plan, writer, &pool, &|_| unless_stopped())? {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(()) => Err(SessionError::MergeStopped),
    }
}

/// The record of the merge among those of the runs.
fn record(id: CorrelationId, units: u64) -> SessionRecord {
    let now = jiff::Timestamp::now().to_string();
    SessionRecord {
        correlation_id: id.to_string(),
        started: now.clone(),
        ended: now,
        outcome: "merged".to_owned(),
        ranks: 1,
        threads: 1,
        hosts: vec![provenance::host()],
        driver: "posix".to_owned(),
        units_before: units,
        software_version: SOFTWARE_VERSION.to_owned(),
        git_revision: GIT_REVISION.to_owned(),
        ..SessionRecord::default()
    }
}

impl Survey {
    fn of(files: &[PathBuf]) -> Result<Self, SessionError> {
        let mut survey: Option<Self> = None;
        let mut version: Option<(String, PathBuf)> = None;
        for file in files {
            let reader = Reader::open(&file.canonicalize().unwrap_or_else(|_| file.clone()))?;
            if !reader.layout().version().is_continued() {
                return Err(SessionError::MergeOutdated { path: file.clone() });
            }
            for session in reader.sessions()? {
                let (first, path) = version.get_or_insert_with(|| (session.software_version.clone(), file.clone()));
                if *first != session.software_version {
                    return Err(SessionError::MixedVersions {
                        one: path.clone(),
                        first: first.clone(),
                        other: file.clone(),
                        second: session.software_version,
                    });
                }
            }
            let survey = match &mut survey {
                Some(survey) => survey,
                none => none.insert(Self::begin(&reader)?),
            };
            survey.add(file, &files[0], &reader)?;
        }
        let mut survey = survey.ok_or(SessionError::MergeStopped)?;
        survey.sessions.sort_by(|a, b| a.started.cmp(&b.started));
        survey.sessions.dedup_by(|a, b| a.correlation_id == b.correlation_id);
        Ok(survey)
    }

    fn begin(reader: &Reader) -> Result<Self, StoreError> {
        let study = KeptStudy::of(reader)?;
        let units = study.shape().plan().units();
        Ok(Self {
            study,
            missing: std::iter::once(0..units).collect(),
            parts: BTreeMap::new(),
            sessions: Vec::new(),
        })
    }

    /// Takes note of what a file has, which must be of the same study as the first.
    fn add(&mut self, file: &Path, first: &Path, reader: &Reader) -> Result<(), SessionError> {
        let theirs = reader.resolved_study()?;
        let ours = self.study.resolved();
        if reader.configuration_hash() != self.study.hash() {
            return Err(SessionError::MergesStudies {
                one: first.to_owned(),
                other: file.to_owned(),
                differences: ours.differences(&theirs),
            });
        }
        let recorded = ours.recorded_differently(&theirs);
        if !recorded.is_empty() {
            return Err(SessionError::RecordedDifferently {
                path: file.to_owned(),
                differences: recorded,
            });
        }
        if !reader.layout().shape().fits(&self.study.shape()) {
            return Err(SessionError::OtherColumns { path: file.to_owned() });
        }
        if let Some(part) = reader.part() {
            self.parts.entry(part).or_default().push(file.to_owned());
        }
        self.sessions.extend(reader.sessions()?);
        let units = self.study.shape().plan().units();
        for start in (0..units).step_by(BLOCK as usize) {
            let states = reader.states(start..units.min(start + BLOCK))?;
            let mut there: Vec<Range<u64>> = Vec::new();
            for (unit, _) in (start..).zip(states).filter(|(_, state)| *state != UnitState::Pending) {
                match there.last_mut() {
                    Some(run) if run.end == unit => run.end += 1,
                    _ => there.push(unit..unit + 1),
                }
            }
            if !there.is_empty() {
                self.missing = reuse::without(std::mem::take(&mut self.missing), &there);
            }
        }
        Ok(())
    }

    /// What is missing, in words.
    fn lacks(&self) -> SessionError {
        let units = self.study.shape().plan().units();
        let mut lines = Vec::new();
        // Parts of one number of parts are looked at together.
        let numbers: std::collections::BTreeSet<u32> = self.parts.keys().map(|part| part.of()).collect();
        for of in numbers {
            for number in 1..=of {
                let Ok(part) = format!("{number}/{of}").parse::<Part>() else {
                    continue;
                };
                let share = part.units(units);
                let left = count(&share) - count(&reuse::without(share, &self.missing));
                let files = self.parts.get(&part);
                match files {
                    None if left > 0 => lines.push(format!("no file is part {part}")),
                    Some(files) if left > 0 => lines.push(format!(
                        "part {part} ({}) lacks {}",
                        files[0].display(),
                        quantity::counted(left, "unit")
                    )),
                    _ => {}
                }
            }
        }
        let all = lines.len();
        lines.truncate(MAX_NAMED);
        if all > MAX_NAMED {
            lines.push(format!("… and {} more", all - MAX_NAMED));
        }
        if lines.is_empty() {
            lines = self.missing.iter().take(MAX_NAMED).map(words).collect();
            if self.missing.len() > MAX_NAMED {
                lines.push(format!("… and {} more runs of units", self.missing.len() - MAX_NAMED));
            }
        }
        SessionError::MergeLacks {
            missing: count(&self.missing),
            units,
            lines,
        }
    }
}

fn words(run: &Range<u64>) -> String {
    match run.end - run.start {
        1 => format!("unit {}", run.start),
        _ => format!("units {} to {}", run.start, run.end - 1),
    }
}
