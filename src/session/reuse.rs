//! Units that older results files have already: found by what they are, verified, copied.

use super::SessionError;
use crate::comm::Communicator;
use crate::results::UnitState;
use crate::store::{Donor, DonorPlaces, Layout, Reader, TakenOver, Writer};
use crate::study::{Identities, PointIdentity, ResolvedStudy, Study};
use crate::sweep::{Design, PointIndex, UnitIndex, UnitPlan};
use crate::version::SOFTWARE_VERSION;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::HashMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// Bytes of units that are copied between two looks at whether the job ends.
const CHUNK_BYTES: u64 = 64 << 20;

/// A results file to take units from, as rank 0 has found it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Source {
    name: String,
    places: DonorPlaces,
    study: ResolvedStudy,
    configuration_hash: String,
}

/// What was taken from a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reused {
    /// The file as it was named.
    pub file: String,
    /// Hash of its configuration, hexadecimal.
    pub configuration_hash: String,
    /// Units that have their results from it.
    pub units: u64,
    /// Units of it that were wanted, but are damaged.
    pub damaged: u64,
}

/// Rank 0, before anything is made: opens the files and makes sure that each has a unit of `study`.
pub(super) fn open(
    files: &[PathBuf],
    results: &Path,
    study: &Study,
    resolved: &ResolvedStudy,
    layout: &Layout,
) -> Result<Vec<Source>, SessionError> {
    files
        .iter()
        .map(|file| open_one(file, results, study, resolved, layout))
        .collect()
}

fn open_one(
    file: &Path,
    results: &Path,
    study: &Study,
    resolved: &ResolvedStudy,
    layout: &Layout,
) -> Result<Source, SessionError> {
    let place = file.canonicalize().unwrap_or_else(|_| file.to_owned());
    if place == results {
        return Err(SessionError::ReusesItself { path: file.to_owned() });
    }
    let reader = Reader::open(&place)?;
    let theirs = reader.resolved_study()?;
    if !share_points(resolved, study, &theirs, layout.has_recorded())? {
        let mut differences = resolved.differences(&theirs);
        if layout.has_recorded() {
            differences.extend(resolved.recorded_differently(&theirs));
        }
        return Err(SessionError::NothingShared {
            path: file.to_owned(),
            differences,
            files: super::opening::changed_inputs(&resolved.inputs, &theirs.inputs),
            is_latin: draws_latin(&resolved.sweep) && draws_latin(&theirs.sweep),
        });
    }
    let sessions = reader.sessions()?;
    let other = sessions.iter().map(|session| &session.software_version);
    if let Some(found) = other.into_iter().find(|version| *version != SOFTWARE_VERSION) {
        return Err(SessionError::OtherVersion {
            path: file.to_owned(),
            found: found.clone(),
        });
    }
    let hash = reader.configuration_hash();
    let places = Donor::of(reader, layout)?.places(hash)?;
    Ok(Source {
        name: file.display().to_string(),
        places,
        configuration_hash: hash.iter().map(|byte| format!("{byte:02x}")).collect(),
        study: theirs,
    })
}

/// Whether two studies have a unit in common. `recorded` says whether its recorded rows are wanted too.
pub(super) fn share_points(
    ours: &ResolvedStudy,
    study: &Study,
    theirs: &ResolvedStudy,
    recorded: bool,
) -> Result<bool, SessionError> {
    if (ours.study.scenario != theirs.study.scenario) || (ours.study.seed != theirs.study.seed) {
        return Ok(false);
    }
    let Some(design) = design_of(theirs) else {
        return Ok(false);
    };
    let sides = [(ours, study.design.as_ref()), (theirs, &design)];
    let [of_ours, of_theirs] = Identities::of_both(sides[0], sides[1], study.scenario.as_ref(), recorded);
    let known = Points::of(&of_theirs, plan_of(theirs, &design));
    Ok((0..study.plan.points).any(|point| known.places.contains_key(&of_ours.of(PointIndex(point)))))
}

/// Whether a sweep draws a Latin hypercube anywhere.
fn draws_latin(sweep: &Value) -> bool {
    match sweep {
        Value::Object(table) => {
            table.get("method").and_then(Value::as_str) == Some("latin_hypercube") || table.values().any(draws_latin)
        }
        Value::Array(items) => items.iter().any(draws_latin),
        _ => false,
    }
}

/// The points of a study by their identity.
struct Points {
    places: HashMap<PointIdentity, u64>,
    plan: UnitPlan,
}

/// The design of a study from a file. A sweep that this version refuses has no points that it could share.
fn design_of(study: &ResolvedStudy) -> Option<Design> {
    Design::parse(&study.sweep).ok()
}

fn plan_of(study: &ResolvedStudy, design: &Design) -> UnitPlan {
    UnitPlan {
        points: design.point_count(),
        replicates: study.study.replicates,
    }
}

impl Points {
    fn of(identities: &Identities<'_>, plan: UnitPlan) -> Self {
        // Of points that a sample has drawn twice the first stands for both.
        let places = (0..plan.points)
            .rev()
            .map(|point| (identities.of(PointIndex(point)), point));
        Self {
            places: places.collect(),
            plan,
        }
    }

    /// The units of these points that are units of ours: theirs, and the first of ours. Whatever follows each other in both is
    /// one run.
    fn matches(&self, ours: &Study, identities: &Identities<'_>, wanted: &[Range<u64>]) -> Vec<(Range<u64>, u64)> {
        let mut found: Vec<(Range<u64>, u64)> = Vec::new();
        for run in wanted {
            let mut first = run.start;
            while first < run.end {
                let (point, replicate) = ours.plan.locate(UnitIndex(first));
                let end = run.end.min(ours.plan.units_of(point).end);
                let last_replicate = (u64::from(replicate.0) + (end - first)).min(u64::from(self.plan.replicates));
                if u64::from(replicate.0) < last_replicate
                    && let Some(place) = self.places.get(&identities.of(point))
                {
                    let start = self.plan.units_of(PointIndex(*place)).start;
                    let theirs = start + u64::from(replicate.0)..start + last_replicate;
                    match found.last_mut() {
                        Some((last, ours)) if last.end == theirs.start && *ours + (last.end - last.start) == first => {
                            last.end = theirs.end;
                        }
                        _ => found.push((theirs, first)),
                    }
                }
                first = end;
            }
        }
        found
    }
}

/// The units of a source that are among the wanted ones, see [`Points::matches`].
fn matches(study: &Study, source: &Source, recorded: bool, wanted: &[Range<u64>]) -> Vec<(Range<u64>, u64)> {
    let Some(design) = design_of(&source.study) else {
        return Vec::new();
    };
    let sides = [
        (study.resolved.as_ref(), study.design.as_ref()),
        (&source.study, &design),
    ];
    let [ours, theirs] = Identities::of_both(sides[0], sides[1], study.scenario.as_ref(), recorded);
    Points::of(&theirs, plan_of(&source.study, &design)).matches(study, &ours, wanted)
}

/// Copies what the sources have of this rank's `wanted` units; what is still missing then, and what came from which source on
/// this rank. The job's end cuts it short.
pub(super) fn take_over(
    study: &Study,
    writer: &mut Writer,
    sources: &[Source],
    mut wanted: Vec<Range<u64>>,
    stop: &dyn Fn() -> bool,
    progress: &mut dyn FnMut(u64),
) -> Result<(Vec<Range<u64>>, Vec<Reused>), SessionError> {
    let layout = writer.layout().clone();
    let recorded = layout.has_recorded();
    let chunk = (CHUNK_BYTES / layout.slab_bytes()).max(1);
    let mut reused = Vec::new();
    let mut done = 0;
    for source in sources {
        let mut all = TakenOver::default();
        if !wanted.is_empty() {
            let donor = Donor::join(&source.places, &layout)?;
            'runs: for (theirs, ours) in matches(study, source, recorded, &wanted) {
                for first in theirs.clone().step_by(chunk as usize) {
                    if stop() {
                        break 'runs;
                    }
                    let piece = first..theirs.end.min(first + chunk);
                    let place = ours + (first - theirs.start);
                    all.add(writer.take_over(&donor, UnitState::Done, piece, place)?);
                    progress(done + all.count());
                }
            }
        }
        done += all.count();
        wanted = without(wanted, &all.units);
        reused.push(Reused {
            file: source.name.clone(),
            configuration_hash: source.configuration_hash.clone(),
            units: all.count(),
            damaged: all.damaged + all.strange,
        });
    }
    Ok((wanted, reused))
}

/// Runs without what is in others; both in order.
pub(super) fn without(runs: Vec<Range<u64>>, taken: &[Range<u64>]) -> Vec<Range<u64>> {
    let mut left = Vec::new();
    let mut taken = taken.iter().peekable();
    for run in runs {
        let mut start = run.start;
        while let Some(next) = taken.peek() {
            if next.end <= start {
                taken.next();
                continue;
            }
            if next.start >= run.end {
                break;
            }
            if start < next.start {
                left.push(start..next.start);
            }
            start = next.end;
            if start >= run.end {
                break;
            }
        }
        if start < run.end {
            left.push(start..run.end);
        }
    }
    left
}

/// What came from each source on all ranks; rank 0 knows.
pub(super) fn gather(comm: &dyn Communicator, mine: &[Reused]) -> Vec<Reused> {
    let bytes = serde_json::to_vec(mine).expect("names and numbers are plain data");
    let mut all: Vec<Reused> = Vec::new();
    for theirs in comm.gather(&bytes).into_iter().flatten() {
        let theirs: Vec<Reused> = serde_json::from_slice(&theirs).expect("ranks send what this program wrote");
        if all.is_empty() {
            all = theirs;
            continue;
        }
        for (sum, one) in all.iter_mut().zip(theirs) {
            sum.units += one.units;
            sum.damaged += one.damaged;
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_is_left_out() {
        let runs = || vec![0..10, 20..30, 40..41];
        for (taken, expected) in [
            (vec![], vec![0..10, 20..30, 40..41]),
            (vec![0..10, 50..60], vec![20..30, 40..41]),
            (vec![3..5, 7..8], vec![0..3, 5..7, 8..10, 20..30, 40..41]),
            (vec![0..2, 9..10, 20..21, 29..30], vec![2..9, 21..29, 40..41]),
            (vec![0..10, 20..30, 40..41], vec![]),
            (vec![5..25, 41..42], vec![0..5, 25..30, 40..41]),
        ] {
            assert_eq!(without(runs(), &taken), expected, "{taken:?}");
        }
    }
}
