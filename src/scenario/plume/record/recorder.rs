//! Follows the agents of a unit and writes their rows.

use super::super::PlumeConfig;
use super::super::agents::Agents;
use super::super::episode::{EpisodeEnd, Observer, StepBegin, StepView};
use super::super::field::SourcePosition;
use super::super::sensor::Channels;
use super::columns::{EVENTS, STEPS, Source, sources};
use super::events::{Events, Moment};
use super::rows::Rows;
use crate::lanes::{F64x8, lane};
use crate::results::RowTable;
use crate::scenario::UnitOutput;

/// Records some agents of a unit.
///
/// A row has the place of an agent at a time, and what it sensed and did there; the last row of an agent is where it ended. There
/// are rows at the start, at every interval, and at the end.
pub struct Recorder {
    /// Those that are recorded, ascending.
    agents: Vec<usize>,
    interval: u64,
    steps: Option<Steps>,
    events: Option<Events>,
    /// Whether each recorded agent still took part when it was last looked at.
    took_part: Vec<bool>,
    /// Where all agents were before the step.
    before: Places,
}

/// The table of steps.
struct Steps {
    rows: Rows,
    sources: Vec<Source>,
    /// Those that have a row at the step at hand; none between intervals.
    here: Vec<usize>,
    /// Their distances from the nearest source, m, if they are wanted.
    distances_m: Vec<f64>,
    /// Whether the sensor says something of odour: otherwise its signal is missing, not 0.
    smells: bool,
}

#[derive(Default)]
struct Places {
    time_s: f64,
    x_m: Vec<F64x8>,
    y_m: Vec<F64x8>,
    heading_rad: Vec<F64x8>,
}

impl Places {
    fn take(&mut self, time_s: f64, agents: &Agents) {
        self.time_s = time_s;
        self.x_m.clone_from(&agents.x_m);
        self.y_m.clone_from(&agents.y_m);
        self.heading_rad.clone_from(&agents.heading_rad);
    }
}

impl Recorder {
    /// For a unit of a design point, whose scenario declares `tables`, and these agents of it.
    #[must_use]
    pub fn new(config: &PlumeConfig, tables: &[RowTable], agents: Vec<usize>) -> Self {
        let rows = |name: &str| {
            let index = tables.iter().position(|table| table.name == name)?;
            Some(Rows::of(index, &tables[index]))
        };
        let (record, episode) = (&config.record, &config.episode);
        Self {
            interval: record.interval_steps(episode.dt_s),
            steps: rows(STEPS).map(|rows| Steps {
                rows,
                sources: sources(record),
                here: Vec::new(),
                distances_m: Vec::new(),
                smells: config.sensor.provides().contain(Channels::DETECTION),
            }),
            events: rows(EVENTS).map(|rows| {
                Events::new(
                    rows,
                    &record.events,
                    episode.plume_threshold,
                    episode.dt_s,
                    agents.len(),
                )
            }),
            took_part: vec![true; agents.len()],
            before: Places::default(),
            agents,
        }
    }

    /// Last rows of those who are done, or of all `at_end`.
    fn ends(&mut self, time_s: f64, agents: &Agents, plume_sources: &[SourcePosition], at_end: bool) {
        for (index, &agent) in self.agents.iter().enumerate() {
            let active = lane(&agents.active, agent) != 0.0;
            if !self.took_part[index] || (active && !at_end) {
                continue;
            }
            self.took_part[index] = false;
            if let Some(steps) = &mut self.steps {
                steps.end(agent, time_s, agents, plume_sources);
            }
            if let Some(events) = &mut self.events {
                events.end(agent, Moment::of(time_s, agents));
            }
        }
    }
}

impl Steps {
    /// Notes who has a row at the step that begins.
    fn begin(&mut self, agents: &[usize], took_part: &[bool], view: StepBegin<'_>) {
        let here = agents.iter().zip(took_part).filter(|(_, took_part)| **took_part);
        self.here.extend(here.map(|(agent, _)| *agent));
        if self.sources.contains(&Source::Range) {
            let distances = self
                .here
                .iter()
                .map(|agent| distance_m(view.agents, *agent, view.sources));
            self.distances_m.clear();
            self.distances_m.extend(distances);
        }
    }

    /// Appends their rows, once the step is done.
    fn add(&mut self, before: &Places, view: StepView<'_>) {
        let (here, rows) = (self.here.as_slice(), &mut self.rows);
        rows.extend(0, here.iter().map(|agent| *agent as f64));
        rows.extend(1, here.iter().map(|_| before.time_s));
        for (column, source) in (2..).zip(&self.sources) {
            let mut lanes = |values: &[F64x8]| match values.is_empty() {
                true => rows.extend(column, here.iter().map(|_| f64::NAN)),
                false => rows.extend(column, here.iter().map(|agent| lane(values, *agent))),
            };
            match source {
                Source::X => lanes(&before.x_m),
                Source::Y => lanes(&before.y_m),
                Source::Heading => lanes(&before.heading_rad),
                Source::Concentration => lanes(view.concentration),
                Source::Signal => lanes(if self.smells { view.signal } else { &[] }),
                Source::Detected => lanes(if self.smells { view.detected } else { &[] }),
                Source::Left => lanes(&view.readings.left),
                Source::Right => lanes(&view.readings.right),
                Source::SlopeX => lanes(&view.readings.slope_x_per_m),
                Source::SlopeY => lanes(&view.readings.slope_y_per_m),
                Source::WindX => lanes(&view.wind.x_m_s),
                Source::WindY => lanes(&view.wind.y_m_s),
                Source::Range => rows.extend(column, self.distances_m.iter().copied()),
                Source::Speed => {
                    let (moved_x, moved_y) = (&view.agents.moved_x_m, &view.agents.moved_y_m);
                    let speed = |agent: &usize| {
                        let (x, y) = (lane(moved_x, *agent), lane(moved_y, *agent));
                        (x * x + y * y).sqrt() / view.dt_s
                    };
                    rows.extend(column, here.iter().map(speed));
                }
                Source::State(state) => {
                    let value = |agent: &usize| view.states.value(state.name, *agent).unwrap_or(f64::NAN);
                    rows.extend(column, here.iter().map(value));
                }
            }
        }
        rows.added(here.len());
        self.here.clear();
    }

    /// The last row of an agent: its place, since it senses and does nothing there.
    fn end(&mut self, agent: usize, time_s: f64, agents: &Agents, plume_sources: &[SourcePosition]) {
        let value = |source: &Source| match source {
            Source::X => lane(&agents.x_m, agent),
            Source::Y => lane(&agents.y_m, agent),
            Source::Heading => lane(&agents.heading_rad, agent),
            Source::Range => distance_m(agents, agent, plume_sources),
            _ => f64::NAN,
        };
        let values = [agent as f64, time_s].into_iter();
        self.rows.push(values.chain(self.sources.iter().map(value)));
    }
}

/// Distance of an agent from the nearest source, m.
fn distance_m(agents: &Agents, agent: usize, sources: &[SourcePosition]) -> f64 {
    let (x_m, y_m) = (lane(&agents.x_m, agent), lane(&agents.y_m, agent));
    let squared = sources.iter().map(|source| {
        let (x, y) = (x_m - source.x_m, y_m - source.y_m);
        x * x + y * y
    });
    squared.fold(f64::INFINITY, f64::min).sqrt()
}

impl Observer for Recorder {
    fn before_step(&mut self, view: StepBegin<'_>) {
        if let Some(events) = &mut self.events {
            events.arrivals(&self.agents, view.metrics, Moment::of(view.time_s, view.agents));
        }
        self.ends(view.time_s, view.agents, view.sources, false);
        let due = view.step.is_multiple_of(self.interval);
        if due || self.events.is_some() {
            self.before.take(view.time_s, view.agents);
        }
        if let (true, Some(steps)) = (due, &mut self.steps) {
            steps.begin(&self.agents, &self.took_part, view);
        }
    }

    fn after_step(&mut self, view: StepView<'_>) {
        if let Some(steps) = &mut self.steps
            && !steps.here.is_empty()
        {
            steps.add(&self.before, view);
        }
        if let Some(events) = &mut self.events {
            let before = Moment {
                time_s: self.before.time_s,
                x_m: &self.before.x_m,
                y_m: &self.before.y_m,
            };
            events.step(&self.agents, before, view);
        }
    }

    fn episode_end(&mut self, view: EpisodeEnd<'_>) {
        if let Some(events) = &mut self.events {
            events.arrivals(&self.agents, view.metrics, Moment::of(view.time_s, view.agents));
        }
        self.ends(view.time_s, view.agents, view.sources, true);
    }

    fn hand_over(&mut self, last: bool, output: &mut UnitOutput<'_>) {
        if let Some(steps) = &mut self.steps {
            steps.rows.hand_over(last, output);
        }
        if let Some(events) = &mut self.events {
            events.rows.hand_over(last, output);
        }
    }
}
