//! How long agents stay near a source.

use super::super::component::prelude::*;

/// Time that agents spend near a source, and in how many visits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct ResidenceTimeConfig {
    /// An agent this close to a source, in the horizontal plane, is near it, m.
    #[schemars(range(min = 1e-6, max = 1e6))]
    pub distance_m: f64,
}

impl Default for ResidenceTimeConfig {
    fn default() -> Self {
        Self { distance_m: 1.0 }
    }
}

impl Component for ResidenceTimeConfig {
    const KIND: &'static str = "residence_time";
}

impl MetricModel for ResidenceTimeConfig {
    fn columns(&self) -> Vec<MetricColumn> {
        let time = "time within metrics.residence_time.distance_m of the nearest source";
        let visits = "how often the agent came that close";
        let mean = "mean duration of a visit";
        vec![
            MetricColumn::new("residence_time_s", MetricKind::Real, "s", time).within(Support::NonNegative),
            MetricColumn::new("visits", MetricKind::Count, "1", visits),
            MetricColumn::new("mean_visit_s", MetricKind::Real, "s", mean)
                .within(Support::NonNegative)
                .conditional("agents that came near a source"),
        ]
    }

    fn start(&self, count: usize) -> Box<dyn MetricRecorder> {
        Box::new(Recorder {
            distance2_m2: self.distance_m * self.distance_m,
            visits: vec![Visits::default(); count.div_ceil(LANES)],
        })
    }
}

/// The time t_r that an agent spends near a source, summed over steps that end within the distance r of the nearest
/// one; the number n of visits, maximal runs of such steps; and the mean of a visit, t_r/n. A visit that the end of the
/// episode cuts short counts. Both ends of a visit are known to a step.
struct Recorder {
    distance2_m2: f64,
    /// Of eight agents each.
    visits: Vec<Visits>,
}

/// Steps near a source.
#[derive(Clone, Default)]
struct Visits {
    time_s: [f64; LANES],
    count: [f64; LANES],
    /// 1 where the last step ended near one.
    is_near: [f64; LANES],
}

impl MetricRecorder for Recorder {
    fn after_step(&mut self, view: StepView<'_>) {
        let agents = view.agents;
        for (block, visits) in self.visits.iter_mut().enumerate() {
            let mut distance2 = F64x8::splat(f64::INFINITY);
            for source in view.sources {
                let (x, y) = (
                    agents.x_m[block] - F64x8::splat(source.x_m),
                    agents.y_m[block] - F64x8::splat(source.y_m),
                );
                distance2 = distance2.min(x * x + y * y);
            }
            // Agents that are done aren't near anything: `active` is 0 for them.
            let near = (distance2.le(F64x8::splat(self.distance2_m2)) & agents.active[block].to_mask()).to_f64();
            for lane in 0..LANES {
                visits.time_s[lane] += near.0[lane] * view.dt_s;
                visits.count[lane] += near.0[lane] * (1.0 - visits.is_near[lane]);
            }
            visits.is_near = near.0;
        }
    }

    fn write(&self, agent: usize, values: &mut [f64]) {
        let (visits, lane) = (&self.visits[agent / LANES], agent % LANES);
        let (time_s, count) = (visits.time_s[lane], visits.count[lane]);
        values[0] = time_s;
        values[1] = count;
        if count > 0.0 {
            values[2] = time_s / count;
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::scenario::plume::PlumeNavigation;
    use crate::scenario::plume::tests::fixture::unit;
    use crate::scenario::{Aggregation, ErasedScenario, PreparedPoint, UnitOutput};
    use serde_json::{Value, json};
    use std::sync::Arc;

    /// Values of one metric for all agents.
    fn values(config: &Value, name: &str) -> Vec<f64> {
        let scenario = PlumeNavigation::default();
        assert!(ErasedScenario::check(&scenario, config).unwrap().is_empty());
        let shape = ErasedScenario::shape(&scenario, config).unwrap();
        let members = shape.member_axis.count as usize;
        let mut values = vec![0.0; shape.metrics.len() * members];
        let point: Box<dyn PreparedPoint> = Arc::new(scenario).prepare(config).unwrap();
        let mut output = UnitOutput::new(&mut values, members);
        point.simulate(&unit(1), &mut output).unwrap();
        // A unit with a missing value elsewhere is put aside.
        for (column, values) in shape.metrics.iter().zip(values.chunks(members)) {
            let is_complete = column.aggregation == Aggregation::AllMembers;
            assert!(
                !is_complete || values.iter().all(|value| value.is_finite()),
                "{}",
                column.name
            );
        }
        let column = shape.metrics.iter().position(|column| column.name == name).unwrap();
        values[column * members..][..members].to_vec()
    }

    /// Agents that go straight past a source at the distance b spend 2 √(r² − b²)/v near it, to a step at either end.
    #[test]
    fn a_straight_way_past_the_source_is_a_chord() {
        let (r, v, dt_s) = (1.5f64, 0.5, 0.01);
        let beside_m = [0.0f64, 0.6, 1.2, 1.499, 1.6, -1.2, 0.3, -0.3, 1.0];
        let config = json!({
            "metrics": {"residence_time": {"distance_m": r}},
            "plume": {"kind": "gaussian", "source_x_m": 6.0},
            "navigator": {"kind": "upwind", "speed_m_s": v},
            "boundary": {"kind": "terminate"},
            "agents": {"count": beside_m.len(), "turn_rate_max_rad_s": 400.0,
                "start": {"kind": "list", "x_m": [8.0, 8.0, 8.0, 8.0, 8.0, 8.0, 8.0, 8.0, 8.0], "y_m": beside_m},
                "start_heading": {"kind": "upwind"}},
            "episode": {"dt_s": dt_s, "duration_s": 10.0, "end_at_source": false},
        });
        let (times_s, visits) = (values(&config, "residence_time_s"), values(&config, "visits"));
        let means_s = values(&config, "mean_visit_s");
        for (agent, b) in beside_m.into_iter().enumerate() {
            let expected_s = 2.0 * (r * r - b * b).max(0.0).sqrt() / v;
            let found_s = times_s[agent];
            assert!(
                (found_s - expected_s).abs() <= dt_s + 1e-9,
                "{b} m: {found_s} {expected_s}"
            );
            assert_eq!(visits[agent], f64::from(u8::from(b.abs() < r)), "{b} m");
            assert!(means_s[agent] == found_s || (visits[agent] == 0.0 && means_s[agent].is_nan()));
        }
    }

    /// Past two sources in a row an agent makes two visits, and time near the one farther off counts, too.
    #[test]
    fn every_source_is_visited() {
        let config = json!({
            "metrics": {"residence_time": {"distance_m": 0.5}},
            "plume": {"kind": "gaussian_isotropic", "source_x_m": 6.0, "other_sources": [{"x_m": 4.0, "y_m": 0.0}]},
            "navigator": {"kind": "upwind", "speed_m_s": 0.5},
            "boundary": {"kind": "terminate"},
            "agents": {"count": 1, "start": {"kind": "point", "x_m": 8.0, "y_m": 0.0},
                "start_heading": {"kind": "upwind"}},
            "episode": {"dt_s": 0.01, "duration_s": 12.0, "end_at_source": false},
        });
        assert_eq!(values(&config, "visits"), [2.0]);
        assert!((values(&config, "residence_time_s")[0] - 4.0).abs() <= 0.02 + 1e-9);
        assert!((values(&config, "mean_visit_s")[0] - 2.0).abs() <= 0.01 + 1e-9);
    }

    /// A study that doesn't ask has none of its columns, and unknown keys are refused.
    #[test]
    fn it_is_there_where_a_study_asks_for_it() {
        let scenario = PlumeNavigation::default();
        let names = |config: &Value| -> Vec<String> {
            let columns = ErasedScenario::shape(&scenario, config).unwrap().metrics;
            columns.into_iter().map(|column| column.name).collect()
        };
        let (without, with) = (names(&json!({})), names(&json!({"metrics": {"residence_time": {}}})));
        assert_eq!(with[..without.len()], without);
        assert_eq!(with[without.len()..], ["residence_time_s", "visits", "mean_visit_s"]);
        let complete = scenario.complete(&json!({"metrics": {"residence_time": {}}})).unwrap();
        assert_eq!(complete["metrics"], json!({"residence_time": {"distance_m": 1.0}}));
        assert!(ErasedScenario::defaults(&scenario).get("metrics").is_none());
        assert!(
            scenario
                .complete(&json!({"metrics": {"residence_time": {"radius_m": 1.0}}}))
                .is_err()
        );
    }
}
