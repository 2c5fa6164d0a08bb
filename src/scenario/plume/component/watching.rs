//! Metrics of the program and hooks of a unit, as one observer.

use super::super::episode::{EpisodeEnd, Observer, StepBegin, StepView};
use super::metrics::{MetricRecorder, MetricsConfig};
use crate::scenario::{Unit, UnitOutput};
use std::sync::Arc;

/// Makes the hook of a unit.
pub type MakeHook = Arc<dyn Fn(&Unit) -> Box<dyn Observer> + Send + Sync>;

/// Everything of the program's own that watches a unit.
pub(in super::super) struct Watching {
    /// Each with its number of columns.
    recorders: Vec<(usize, Box<dyn MetricRecorder>)>,
    hooks: Vec<Box<dyn Observer>>,
}

impl Watching {
    /// What watches `unit` with its `count` agents.
    pub fn new(metrics: &MetricsConfig, hooks: &[MakeHook], unit: &Unit, count: usize) -> Self {
        Self {
            recorders: metrics
                .iter()
                .map(|metric| (metric.columns().len(), metric.start(count)))
                .collect(),
            hooks: hooks.iter().map(|make| make(unit)).collect(),
        }
    }

    /// Writes the values of the program's metrics of all `count` agents, from column `first` on.
    pub fn write(&self, first: usize, count: usize, output: &mut UnitOutput<'_>) {
        let mut column = first;
        for (columns, recorder) in &self.recorders {
            let mut values = vec![f64::NAN; *columns];
            for agent in 0..count {
                values.fill(f64::NAN);
                recorder.write(agent, &mut values);
                for (i, value) in values.iter().enumerate() {
                    output.set(column + i, agent, *value);
                }
            }
            column += columns;
        }
    }
}

impl Observer for Watching {
    fn before_step(&mut self, view: StepBegin<'_>) {
        for hook in &mut self.hooks {
            hook.before_step(view);
        }
    }

    fn after_step(&mut self, view: StepView<'_>) {
        for (_, recorder) in &mut self.recorders {
            recorder.after_step(view);
        }
        for hook in &mut self.hooks {
            hook.after_step(view);
        }
    }

    fn episode_end(&mut self, view: EpisodeEnd<'_>) {
        for hook in &mut self.hooks {
            hook.episode_end(view);
        }
    }
}
