use super::prelude::*;
use super::{Family, defaults_of};
use crate::scenario::plume::tests::fixture::{errors, unit};
use crate::scenario::plume::{PlumeConfig, PlumeNavigation};
use crate::scenario::schema_shape::walk;
use crate::scenario::{ErasedScenario, PreparedPoint, Scenario, UnitOutput};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

/// Goes one way.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
struct Arrow {
    /// Where to, rad.
    #[schemars(range(min = -4.0, max = 4.0))]
    heading_rad: f64,
}

impl Default for Arrow {
    fn default() -> Self {
        Self { heading_rad: 0.25 }
    }
}

impl Component for Arrow {
    const KIND: &'static str = "arrow";
}

impl NavigatorModel for Arrow {
    fn build(
        &self,
        seed: StreamSeed,
        count: usize,
        around: Surroundings<'_>,
    ) -> Result<Box<dyn Navigator>, UnitFailure> {
        assert_eq!((around.dt_s, around.sources.len()), (0.1, 1));
        Ok(Box::new(EachAgent::new(seed, count, |_| self.clone())))
    }

    fn max_speed_m_s(&self) -> f64 {
        0.5
    }

    fn problems(&self, _: Context<'_>) -> Problems {
        let mut found = Problems::default();
        if self.heading_rad > 3.0 {
            found.add("navigator.heading_rad", "points backwards", "turn it round");
        }
        found
    }
}

impl AgentNavigator for Arrow {
    fn decide(&mut self, _: AgentView, _: &mut Xoshiro256PlusPlus) -> Course {
        Course {
            heading_rad: self.heading_rad,
            speed_m_s: 0.5,
        }
    }
}

/// A kind with a name that is taken.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
struct Impostor {}

impl Component for Impostor {
    const KIND: &'static str = "surge_cast";
}

impl NavigatorModel for Impostor {
    fn build(&self, _: StreamSeed, _: usize, _: Surroundings<'_>) -> Result<Box<dyn Navigator>, UnitFailure> {
        unreachable!("it can't be registered")
    }

    fn max_speed_m_s(&self) -> f64 {
        0.0
    }
}

/// Odour of concentration 1 everywhere, and no formula for its slope.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
struct Haze {}

impl Component for Haze {
    const KIND: &'static str = "haze";
}

const SOURCE: SourcePosition = SourcePosition::new(2.0, 0.0, 0.0);

impl PlumeModel for Haze {
    fn realise(&self, _: &mut dyn Wind, _: StreamSeed, _: &Inputs) -> Result<Box<dyn Plume>, UnitFailure> {
        Ok(Box::new(self.clone()))
    }

    fn sources(&self, _: &Inputs) -> Vec<SourcePosition> {
        vec![SOURCE]
    }
}

impl Plume for Haze {
    fn sources(&self) -> &[SourcePosition] {
        &[SOURCE]
    }

    fn sample(&self, _: SimdLevel, blocks: &[usize], _: &[F64x8], _: &[F64x8], _: f64, concentration: &mut [F64x8]) {
        blocks.iter().for_each(|block| concentration[*block] = F64x8::ONE);
    }
}

/// A wind that blows to +y.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
struct Draught {
    /// Speed, m/s.
    #[schemars(range(min = 0.0, max = 10.0))]
    speed_m_s: f64,
    /// How much is said about it; no effect on results.
    #[schemars(range(min = 0, max = 3))]
    words: u32,
}

impl Default for Draught {
    fn default() -> Self {
        Self {
            speed_m_s: 2.0,
            words: 1,
        }
    }
}

impl Component for Draught {
    const KIND: &'static str = "draught";
}

impl WindModel for Draught {
    fn realise(&self, begin_s: f64, _: StreamSeed, _: &Inputs) -> Result<Box<dyn Wind>, UnitFailure> {
        assert_eq!(begin_s, 0.0);
        Ok(Box::new(self.clone()))
    }

    fn mean_speed(&self, _: &Inputs) -> Option<MeanSpeedRange> {
        Some(MeanSpeedRange::steady(self.speed_m_s, false))
    }

    fn table_for_key(&self) -> Value {
        json!({"speed_m_s": self.speed_m_s})
    }

    fn problems(&self, context: Context<'_>) -> Problems {
        let mut found = Problems::default();
        if self.speed_m_s * context.dt_s() > 1.0 {
            found.add(
                "wind.speed_m_s",
                "blows too far in a step",
                "use a shorter episode.dt_s",
            );
        }
        found
    }
}

impl Wind for Draught {
    fn mean(&self) -> MeanWind {
        MeanWind {
            speed_m_s: self.speed_m_s,
            direction_rad: std::f64::consts::FRAC_PI_2,
        }
    }

    fn advance(&mut self, _: f64) -> Result<(), UnitFailure> {
        Ok(())
    }

    fn sample(&self, _: SimdLevel, blocks: &[usize], _: &[F64x8], _: &[F64x8], wind: &mut WindSample) {
        for &block in blocks {
            wind.set(block, F64x8::ZERO, F64x8::splat(self.speed_m_s));
        }
    }
}

/// Counts steps of active agents, in twice as many columns as it needs.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
struct Steps {
    /// What a step counts.
    #[schemars(range(min = 0.0, max = 10.0))]
    weight: f64,
}

impl Default for Steps {
    fn default() -> Self {
        Self { weight: 2.0 }
    }
}

impl Component for Steps {
    const KIND: &'static str = "weighted_steps";
}

impl MetricModel for Steps {
    fn columns(&self) -> Vec<MetricColumn> {
        ["weighted_steps", "nothing"]
            .map(|name| MetricColumn::new(name, MetricKind::Real, "1", "a test"))
            .to_vec()
    }

    fn start(&self, count: usize) -> Box<dyn MetricRecorder> {
        Box::new(StepCounter(self.weight, vec![0.0; count]))
    }

    fn problems(&self, context: Context<'_>) -> Problems {
        let mut found = Problems::default();
        if self.weight > context.config.episode.duration_s {
            found.add("metrics.weighted_steps.weight", "outweighs the episode", "use less");
        }
        found
    }
}

struct StepCounter(f64, Vec<f64>);

impl MetricRecorder for StepCounter {
    fn after_step(&mut self, view: StepView<'_>) {
        for (agent, sum) in self.1.iter_mut().enumerate() {
            *sum += self.0 * lane(&view.agents.active, agent);
        }
    }

    fn write(&self, agent: usize, values: &mut [f64]) {
        values[0] = self.1[agent];
    }
}

const STUDY: &str = r#"{"agents": {"count": 5}, "episode": {"dt_s": 0.1, "duration_s": 3.0, "end_at_source": false}}"#;

fn prepare(scenario: &PlumeNavigation, config: &Value) -> Box<dyn PreparedPoint> {
    Arc::new(scenario.clone()).prepare(config).unwrap()
}

/// `[metrics][members]`.
fn simulate(scenario: &PlumeNavigation, config: &Value) -> Vec<Vec<f64>> {
    let shape = ErasedScenario::shape(scenario, config).unwrap();
    let members = shape.member_axis.count as usize;
    let mut values = vec![0.0; shape.metrics.len() * members];
    let mut output = UnitOutput::new(&mut values, members);
    prepare(scenario, config).simulate(&unit(1), &mut output).unwrap();
    values.chunks(members).map(<[f64]>::to_vec).collect()
}

#[test]
fn an_own_kind_is_in_the_schema_and_has_defaults() {
    let scenario = PlumeNavigation::default()
        .with_navigator::<Arrow>()
        .with_metric::<Steps>();
    let schema = ErasedScenario::schema(&scenario);
    walk(&schema, "plume");
    let kinds = schema["properties"]["navigator"]["oneOf"].as_array().unwrap();
    let arrow = kinds.last().unwrap();
    assert_eq!(arrow["properties"]["kind"]["const"], "arrow");
    assert_eq!(arrow["description"], "Goes one way.");
    assert_eq!(arrow["properties"]["heading_rad"]["default"], 0.25);
    assert_eq!(arrow["properties"]["heading_rad"]["maximum"], 4.0);
    assert_eq!(
        schema["properties"]["metrics"]["properties"]["weighted_steps"]["default"]["weight"],
        2.0
    );

    let complete = scenario.complete(&json!({"navigator": {"kind": "arrow"}})).unwrap();
    assert_eq!(complete["navigator"], json!({"kind": "arrow", "heading_rad": 0.25}));
    assert_eq!(complete["metrics"], json!({"weighted_steps": {"weight": 2.0}}));
}

#[test]
fn without_own_kinds_nothing_changes() {
    let scenario = PlumeNavigation::default();
    let schema = ErasedScenario::schema(&scenario);
    assert!(
        schema["properties"]["metrics"]["properties"]
            .get("weighted_steps")
            .is_none()
    );
    assert!(ErasedScenario::defaults(&scenario).get("metrics").is_none());
}

/// Kinds belong to a value, not to the process, and a scope that ends in a panic leaves nothing behind.
#[test]
fn kinds_are_known_only_where_they_were_registered() {
    let (with, without) = (
        PlumeNavigation::default().with_navigator::<Arrow>(),
        PlumeNavigation::default(),
    );
    let config = json!({"navigator": {"kind": "arrow"}});
    assert!(with.complete(&config).is_ok());
    assert!(without.complete(&config).is_err());
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| with.in_scope(|| panic!("inside"))));
    assert!(panicked.is_err());
    assert!(serde_json::from_value::<PlumeConfig>(config).is_err());
}

#[test]
fn unknown_fields_and_bad_values_of_an_own_kind_are_refused() {
    let scenario = PlumeNavigation::default()
        .with_navigator::<Arrow>()
        .with_metric::<Steps>();
    for config in [
        json!({"navigator": {"kind": "arrow", "speed_m_s": 1.0}}),
        json!({"navigator": {"kind": "arrow", "heading_rad": "north"}}),
        json!({"metrics": {"other": {}}}),
        json!({"metrics": {"weighted_steps": {"height": 1.0}}}),
    ] {
        assert!(scenario.complete(&config).is_err(), "{config}");
    }
    let problems = ErasedScenario::check(&scenario, &json!({"navigator": {"kind": "arrow", "heading_rad": 3.5}}));
    assert!(
        problems
            .unwrap()
            .iter()
            .any(|problem| problem.key == "navigator.heading_rad")
    );
}

#[test]
#[should_panic(expected = "the kind \"arrow\" is registered twice")]
fn a_kind_is_registered_once() {
    let _ = PlumeNavigation::default()
        .with_navigator::<Arrow>()
        .with_navigator::<Arrow>();
}

#[test]
#[should_panic(expected = "the kind \"surge_cast\" is registered twice")]
fn a_built_in_kind_is_not_replaced() {
    let _ = PlumeNavigation::default().with_navigator::<Impostor>();
}

#[test]
fn own_navigators_and_metrics_run() {
    let scenario = PlumeNavigation::default()
        .with_navigator::<Arrow>()
        .with_metric::<Steps>();
    let mut config: Value = serde_json::from_str(STUDY).unwrap();
    config["navigator"] = json!({"kind": "arrow", "heading_rad": 1.0});
    config["metrics"] = json!({"weighted_steps": {"weight": 3.0}});
    let values = simulate(&scenario, &config);
    let builtin = values.len() - 2;
    assert_eq!(values[builtin], [90.0; 5], "30 steps of weight 3");
    assert!(values[builtin + 1].iter().all(|value| value.is_nan()));
    let columns = ErasedScenario::shape(&scenario, &config).unwrap().metrics;
    let path = columns
        .iter()
        .position(|column| column.name == "path_length_m")
        .unwrap();
    for length in &values[path] {
        assert!((length - 1.5).abs() < 1e-12, "3 s at 0.5 m/s: {length}");
    }
}

/// The keys that are blamed for what is refused.
fn blamed(scenario: &PlumeNavigation, config: &Value) -> Vec<String> {
    let problems = ErasedScenario::check(scenario, config).unwrap();
    errors(problems).into_iter().map(|problem| problem.key).collect()
}

#[test]
fn a_metric_tells_what_is_wrong_with_it() {
    let scenario = PlumeNavigation::default().with_metric::<Steps>();
    let weighing =
        |weight: f64| json!({"metrics": {"weighted_steps": {"weight": weight}}, "episode": {"duration_s": 3.0}});
    assert_eq!(blamed(&scenario, &weighing(3.5)), ["metrics.weighted_steps.weight"]);
    assert!(blamed(&scenario, &weighing(3.0)).is_empty());
}

/// A plume has a slope by formula only if it says so; one without is sampled around agents that don't insist.
#[test]
fn a_slope_by_formula_is_asked_only_of_plumes_that_have_one() {
    let scenario = PlumeNavigation::default().with_plume::<Haze>();
    let with = |method: &str| json!({"plume": {"kind": "haze"}, "sensor": {"kind": "gradient", "method": method}});
    assert_eq!(blamed(&scenario, &with("analytic")), ["sensor.method"]);
    assert!(blamed(&scenario, &with("automatic")).is_empty());
    assert!(blamed(&scenario, &with("finite_difference")).is_empty());
}

#[test]
fn a_wind_of_the_programs_own_blows() {
    let scenario = PlumeNavigation::default().with_wind::<Draught>();
    walk(&ErasedScenario::schema(&scenario), "plume");
    let mut config: Value = serde_json::from_str(STUDY).unwrap();
    config["wind"] = json!({"kind": "draught"});
    config["navigator"] = json!({"kind": "upwind"});
    assert!(blamed(&scenario, &config).is_empty());
    let values = simulate(&scenario, &config);
    let columns = ErasedScenario::shape(&scenario, &config).unwrap().metrics;
    let column = |name: &str| columns.iter().position(|column| column.name == name).unwrap();
    // They turn to −y first.
    assert!(values[column("fraction_upwind")].iter().all(|fraction| *fraction > 0.5));

    config["wind"]["speed_m_s"] = json!(0.0);
    assert_eq!(
        blamed(&scenario, &config),
        ["wind.speed_m_s"; 2],
        "calm for the plume and for the navigator"
    );
    config["wind"]["speed_m_s"] = json!(10.5);
    assert!(blamed(&scenario, &config).contains(&"wind.speed_m_s".to_owned()));
}

/// Keys that a kind leaves out of its table change no realisation; others do.
#[test]
fn realisations_are_keyed_by_what_a_kind_says() {
    let scenario = PlumeNavigation::default().with_wind::<Draught>();
    let key = |wind: Value| {
        let config = scenario.in_scope(|| serde_json::from_value::<PlumeConfig>(json!({"wind": wind})));
        config.unwrap().wind.key()
    };
    let usual = key(json!({"kind": "draught"}));
    assert_eq!(key(json!({"kind": "draught", "words": 3})), usual);
    assert_ne!(key(json!({"kind": "draught", "speed_m_s": 3.0})), usual);
}

/// Every kind comes from its family's list: with a name, help and defaults of its own.
#[test]
fn kinds_have_names_and_defaults_of_their_own() {
    fn names<P: ?Sized + Family>() -> Vec<&'static str> {
        let mut names: Vec<_> = defaults_of::<P>().iter().map(|part| part.kind()).collect();
        assert!(names.contains(&P::usual().kind()), "{names:?}");
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count, "{names:?}");
        names
    }
    assert!(names::<dyn PlumeModel>().contains(&"gaussian"));
    assert!(names::<dyn WindModel>().contains(&"constant"));
    assert!(names::<dyn SensorModel>().contains(&"binary"));
    assert!(names::<dyn NavigatorModel>().contains(&"surge_cast"));
    assert!(names::<dyn BoundaryModel>().contains(&"reflect"));
}

/// What the hooks of a test saw.
#[derive(Clone, Default)]
struct Seen {
    before: Arc<AtomicU64>,
    after: Arc<AtomicU64>,
    ends: Arc<Mutex<Vec<(u64, f64)>>>,
}

impl Observer for Seen {
    fn before_step(&mut self, view: StepBegin<'_>) {
        assert_eq!(self.before.fetch_add(1, Ordering::Relaxed), view.step);
        assert_eq!(self.after.load(Ordering::Relaxed), view.step);
    }

    fn after_step(&mut self, view: StepView<'_>) {
        assert_eq!(self.after.fetch_add(1, Ordering::Relaxed), view.step);
        assert_eq!(self.before.load(Ordering::Relaxed), view.step + 1);
        assert!((view.time_s - (view.step + 1) as f64 * view.dt_s).abs() < 1e-12);
    }

    fn episode_end(&mut self, view: EpisodeEnd<'_>) {
        self.ends.lock().unwrap().push((view.steps, view.time_s));
    }
}

#[test]
fn hooks_see_every_step_in_order_and_change_nothing() {
    let seen = Seen::default();
    let hook = seen.clone();
    let config: Value = serde_json::from_str(STUDY).unwrap();
    let watched = simulate(
        &PlumeNavigation::default().with_hook(move |_: &Unit| hook.clone()),
        &config,
    );
    let plain = simulate(&PlumeNavigation::default(), &config);
    let bits = |values: &[Vec<f64>]| -> Vec<u64> { values.iter().flatten().map(|value| value.to_bits()).collect() };
    assert_eq!(bits(&watched), bits(&plain));
    assert_eq!(seen.before.load(Ordering::Relaxed), 30);
    let ends = seen.ends.lock().unwrap();
    assert_eq!(ends.len(), 1);
    assert_eq!(ends[0].0, 30);
    assert!((ends[0].1 - 3.0).abs() < 1e-12);
}
