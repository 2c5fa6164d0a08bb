use plume_nav_sim::scenario::plume::component::prelude::*;

/// Time that an agent spends near the first source.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct NearSource {
    /// What is near, m.
    #[schemars(range(min = 1e-6, max = 1e6))]
    distance_m: f64,
}

impl Default for NearSource {
    fn default() -> Self {
        Self { distance_m: 2.0 }
    }
}

impl Component for NearSource {
    const KIND: &'static str = "near_source";
}

impl MetricModel for NearSource {
    fn columns(&self) -> Vec<MetricColumn> {
        let text = "time spent near the first source";
        vec![MetricColumn::new("time_near_source_s", MetricKind::Real, "s", text)]
    }
    fn start(&self, count: usize) -> Box<dyn MetricRecorder> {
        Box::new(Recorder(self.distance_m, vec![0.0; count]))
    }
}

/// What is near, m, and the time of each agent, s.
struct Recorder(f64, Vec<f64>);

impl MetricRecorder for Recorder {
    fn after_step(&mut self, view: StepView<'_>) {
        for (agent, time_s) in self.1.iter_mut().enumerate() {
            let x_m = lane(&view.agents.x_m, agent) - view.sources[0].x_m;
            let y_m = lane(&view.agents.y_m, agent) - view.sources[0].y_m;
            let near = x_m * x_m + y_m * y_m <= self.0 * self.0;
            // Agents that are done don't count: `active` is 0 for them.
            let here_s = lane(&view.agents.active, agent) * view.dt_s;
            *time_s += if near { here_s } else { 0.0 };
        }
    }
    fn write(&self, agent: usize, values: &mut [f64]) {
        values[0] = self.1[agent];
    }
}
