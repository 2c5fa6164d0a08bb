//! Where a thread simulates units of a group together, each with an output of its own.

use super::Workload;
use super::attempt::{UnitEnding, complete, guarded};
use super::compute::{Preparation, Tools};
use crate::results::{FinishedUnit, UnitRows};
use crate::scenario::{GroupKey, PointMember, PreparedPoint, Unit, UnitCourse, UnitFailure, UnitOutput};
use std::time::{Duration, Instant};

/// Bytes of rows at least that are gathered for a unit of a group before they are written.
const MIN_ROW_BYTES: usize = 1 << 13;

/// How a unit of a group came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MemberEnding {
    /// With its results.
    Done(UnitEnding),
    /// It made way for the end of the job.
    Interrupted,
    /// It is to be simulated alone: it failed, or has nobody to go on with. `afresh` leaves a saved state alone.
    Alone {
        /// Whether it failed.
        afresh: bool,
    },
}

/// What each unit of a group leaves.
#[derive(Default)]
struct Place {
    /// `[metrics, members]`.
    values: Vec<f64>,
    rows: Option<UnitRows>,
    course: Option<UnitCourse>,
}

/// Who can be simulated together: units that share, and are at the same stage; `None` is the beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Company {
    key: GroupKey,
    stage: Option<u64>,
}

/// Places for as many units as a group ever had here.
#[derive(Default)]
pub(super) struct GroupDesk {
    places: Vec<Place>,
}

/// How many units of a point may be simulated together: it is the scenario's own code that says it.
fn max_group_units(point: &Preparation) -> usize {
    point
        .as_ref()
        .map_or(1, |point| guarded(|| Ok(point.max_group_units())).unwrap_or(1))
}

impl GroupDesk {
    /// Simulates units of a group, as far as they can be together, and says how each came out.
    pub(super) fn simulate(&mut self, tools: &Tools, units: &[Unit]) -> Vec<MemberEnding> {
        let mut endings = vec![MemberEnding::Alone { afresh: false }; units.len()];
        let points: Vec<Preparation> = units.iter().map(|unit| tools.prepare(unit)).collect();
        let mut waiting = self.companies(tools, units, &points);
        while let Some((_, company)) = waiting.first().copied() {
            // What has not begun by then has its turn in the next session.
            if !tools.queue.may_start(Instant::now()) {
                break;
            }
            let together = |of: &(usize, Company)| of.1 == company;
            let most = (waiting.iter().filter(|of| together(of)))
                .map(|(place, _)| max_group_units(&points[*place]))
                .min()
                .unwrap_or(1)
                .max(1);
            let now: Vec<usize> = (waiting.iter().filter(|of| together(of)))
                .map(|(place, _)| *place)
                .take(most)
                .collect();
            waiting.retain(|(place, _)| !now.contains(place));
            // Nothing is shared with nobody.
            if now.len() > 1 {
                let results = self.simulate_together(tools, units, &points, &now);
                for (place, result) in now.iter().zip(results) {
                    endings[*place] = result;
                }
            }
        }
        endings
    }

    /// Begins the units, and tells with whom each can be: by place, without those that can be with nobody.
    fn companies(&mut self, tools: &Tools, units: &[Unit], points: &[Preparation]) -> Vec<(usize, Company)> {
        self.make_room(tools, units.len());
        let mut companies = Vec::with_capacity(units.len());
        for (number, (unit, point)) in units.iter().zip(points).enumerate() {
            let Ok(point) = point else { continue };
            let key = guarded(|| Ok(point.group_key(unit))).ok().flatten();
            let place = &mut self.places[number];
            if let Some(rows) = &mut place.rows {
                rows.begin(unit.index);
            }
            let mut stage = None;
            if let Some(course) = &mut place.course {
                course.begin(unit.index, false, place.rows.as_mut());
                stage = course.stage();
            }
            let company = match (key, stage) {
                (Some(key), None) => Company { key, stage: None },
                (Some(key), Some(Some(stage))) => Company {
                    key,
                    stage: Some(stage),
                },
                // It shares nothing after all, or was saved at no stage.
                _ => continue,
            };
            companies.push((number, company));
        }
        companies
    }

    fn make_room(&mut self, tools: &Tools, units: usize) {
        let row_bytes = (tools.row_bytes / units.max(1)).max(MIN_ROW_BYTES);
        if self.places.len() < units {
            // Made anew, since more units have less memory each for their rows.
            self.places.clear();
            self.places.resize_with(units, || Place {
                values: vec![f64::NAN; tools.encoder.values_per_unit()],
                rows: tools.rows(row_bytes),
                course: tools.course(),
            });
        }
    }

    fn simulate_together(
        &mut self,
        tools: &Tools,
        units: &[Unit],
        points: &[Preparation],
        now: &[usize],
    ) -> Vec<MemberEnding> {
        let workload = tools.workload.as_ref();
        let mut parts = Vec::with_capacity(now.len());
        for (number, place) in self.places.iter_mut().enumerate() {
            if now.contains(&number)
                && let Ok(point) = &points[number]
            {
                let output = UnitOutput::new(&mut place.values, workload.members())
                    .with_rows(place.rows.as_mut())
                    .with_course(place.course.as_mut());
                parts.push((&units[number], point.as_ref(), output));
            }
        }
        // What is logged meanwhile is of all of them: of the first, and so many units in all.
        let span = tracing::info_span!(
            "units",
            unit = parts.first().map(|(unit, ..)| unit.index.0),
            units_together = parts.len()
        );
        let results = span.in_scope(|| {
            guarded(|| {
                let mut members: Vec<PointMember<'_, '_>> = (parts.iter_mut())
                    .map(|(unit, point, output)| PointMember {
                        unit,
                        point: *point,
                        output,
                    })
                    .collect();
                let results = members[0].point.simulate_group(&mut members);
                match results.len() == members.len() {
                    true => Ok(results),
                    false => Err(UnitFailure::Undeclared(
                        "another number of units than its group".to_owned(),
                    )),
                }
            })
        });
        // After a panic nothing that they left can be relied on.
        let failed = |failure: UnitFailure| parts.iter().map(|_| Err(failure.clone())).collect();
        let results: Vec<Result<(), UnitFailure>> = results.unwrap_or_else(failed);
        let endings: Vec<MemberEnding> = (parts.iter().zip(results))
            .map(|((unit, point, output), result)| ending(workload, unit, *point, output, result))
            .collect();
        drop(parts);
        for (number, ending) in now.iter().zip(&endings) {
            if let (MemberEnding::Done(_), Some(rows)) = (ending, &mut self.places[*number].rows) {
                rows.finish();
            }
        }
        endings
    }

    /// What a unit left that is done.
    pub(super) fn finished(&self, place: usize, ending: UnitEnding) -> FinishedUnit<'_> {
        let place = &self.places[place];
        FinishedUnit {
            values: &place.values,
            members: ending.members as u32,
            end: ending.end,
            rows: place.rows.as_ref(),
        }
    }

    /// The longest time that saving the states of all units of a group took.
    pub(super) fn longest_save(&self) -> Duration {
        let courses = self.places.iter().filter_map(|place| place.course.as_ref());
        courses.map(UnitCourse::longest_save).sum()
    }
}

fn ending(
    workload: &dyn Workload,
    unit: &Unit,
    point: &dyn PreparedPoint,
    output: &UnitOutput<'_>,
    result: Result<(), UnitFailure>,
) -> MemberEnding {
    match result.and_then(|()| guarded(|| complete(workload, point, output))) {
        Ok(ending) => MemberEnding::Done(ending),
        Err(UnitFailure::Interrupted) if output.stop_requested() => MemberEnding::Interrupted,
        Err(failure) => {
            tracing::info!(unit = unit.index.0, reason = %failure, "failed in its group; it is simulated alone");
            MemberEnding::Alone { afresh: true }
        }
    }
}
