//! The shipped first study shows what it is meant to show.

use super::fixture::unit;
use crate::grids::Inputs;
use crate::lanes::SimdLevel;
use crate::scenario::plume::episode::simulate;
use crate::scenario::plume::{PlumeConfig, PlumeNavigation, metrics};
use crate::scenario::{Scenario, UnitOutput};
use std::path::Path;
use toml::{Table, Value};

fn read(file: &str) -> Table {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("conf").join(file);
    let text = std::fs::read_to_string(&path).unwrap();
    text.parse()
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The study as shipped: its tables for the scenario over its presets, and its axes.
struct Study {
    tables: Table,
    speeds_m_s: Vec<f64>,
    navigators: Vec<String>,
    rates_kg_s: Vec<f64>,
}

impl Study {
    fn load() -> Self {
        let study = read("studies/quickstart.toml");
        let mut tables = Table::new();
        for name in study["defaults"].as_array().unwrap() {
            tables.extend(read(&format!("{}.toml", name.as_str().unwrap())));
        }
        for key in ["agents", "episode"] {
            tables.insert(key.to_owned(), study[key].clone());
        }
        let axes = study["sweep"]["axes"].as_array().unwrap();
        let axis = |index: usize, key: &str| {
            assert_eq!(axes[index]["key"].as_str(), Some(key));
            &axes[index]
        };
        let values = |axis: &Value| axis["values"].as_array().unwrap().clone();
        let space = &axis(2, "plume.source_rate_kg_s")["logspace"];
        let [start, stop] = ["start", "stop"].map(|key| space[key].as_float().unwrap());
        let intervals = space["count"].as_integer().unwrap() - 1;
        Self {
            tables,
            speeds_m_s: values(axis(0, "wind.speed_m_s"))
                .iter()
                .map(|value| value.as_float().unwrap())
                .collect(),
            navigators: values(axis(1, "navigator"))
                .iter()
                .map(|value| value.as_str().unwrap().to_owned())
                .collect(),
            rates_kg_s: (0..=intervals)
                .map(|i| start * (stop / start).powf(i as f64 / intervals as f64))
                .collect(),
        }
    }

    fn point(&self, navigator: &str, speed_m_s: f64, rate_kg_s: f64) -> PlumeConfig {
        let mut tables = self.tables.clone();
        tables.extend(read(&format!("{navigator}.toml")));
        let mut set = |table: &str, key: &str, value: f64| {
            let table = tables.get_mut(table).unwrap().as_table_mut().unwrap();
            table.insert(key.to_owned(), Value::Float(value));
        };
        set("wind", "speed_m_s", speed_m_s);
        set("plume", "source_rate_kg_s", rate_kg_s);
        let config: PlumeConfig = tables.try_into().unwrap();
        assert_eq!(Scenario::check(&PlumeNavigation::default(), &config), []);
        config
    }
}

fn success_rate(config: &PlumeConfig, units: u64) -> f64 {
    let members = config.agents.count as usize;
    let mut found = 0.0;
    for seed in 0..units {
        let mut values = vec![0.0; metrics::columns("kg m-3").len() * members];
        let mut output = UnitOutput::new(&mut values, members);
        simulate(
            config,
            &unit(seed),
            &Inputs::default(),
            SimdLevel::detect(),
            &mut (),
            &mut output,
        )
        .unwrap();
        found += output.column_mut(0).iter().sum::<f64>();
    }
    found / (units * members as u64) as f64
}

/// Wind, strategy and source strength all matter. With 400 agents per point a difference of 0.2 between proportions is
/// beyond five standard errors.
#[test]
fn the_quickstart_study_shows_its_effects() {
    let study = Study::load();
    let mut of_surge_cast = Vec::new();
    for &speed_m_s in &study.speeds_m_s {
        let [surge_cast, walk] = [0, 1].map(|navigator| {
            let rate = |rate: &f64| success_rate(&study.point(&study.navigators[navigator], speed_m_s, *rate), 40);
            study.rates_kg_s.iter().map(rate).collect::<Vec<f64>>()
        });
        println!("{speed_m_s} m/s: surge_cast {surge_cast:.3?}, random walk {walk:.3?}");
        let strongest = surge_cast.len() - 1;
        assert!(surge_cast[strongest] > walk[strongest] + 0.2, "{surge_cast:?} {walk:?}");
        assert!(surge_cast[strongest] > surge_cast[0] + 0.2, "{surge_cast:?}");
        of_surge_cast.push(surge_cast);
    }
    let in_wind = |wind: usize| of_surge_cast[wind].iter().sum::<f64>() / of_surge_cast[wind].len() as f64;
    let (weak, strong) = (in_wind(0), in_wind(of_surge_cast.len() - 1));
    assert!((weak - strong).abs() > 0.1, "{weak} {strong}");
}

/// The step is fine enough: a quarter of it gives the same success. The bound of 4.9 standard errors of a difference
/// of two proportions of 1500 agents, with four comparisons, raises a false alarm with probability 4·10⁻⁶.
#[test]
fn the_quickstart_study_does_not_depend_on_its_time_step() {
    let study = Study::load();
    for navigator in &study.navigators {
        for rate_kg_s in [study.rates_kg_s[1], study.rates_kg_s[3]] {
            let shipped = study.point(navigator, 1.0, rate_kg_s);
            let mut finer = shipped.clone();
            finer.episode.dt_s /= 4.0;
            let [shipped, finer] = [shipped, finer].map(|config| success_rate(&config, 150));
            println!("{navigator}, {rate_kg_s:e} kg/s: {shipped:.3} {finer:.3}");
            let error = (2.0 * 0.25 / 1500.0f64).sqrt();
            assert!((shipped - finer).abs() < 4.9 * error, "{navigator}: {shipped} {finer}");
        }
    }
}
