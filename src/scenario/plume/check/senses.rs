//! Problems to sensors, and to navigators that don't go with them.

use super::super::PlumeConfig;
use super::super::sensor::{
    Channels, ConditioningConfig, GradientMethod, MemoryConfig, SingleSensorConfig, WindSensorConfig, remembered_steps,
};
use crate::lanes::{F64x8, blocks_for};
use crate::scenario::Problem;
use serde::Serialize;

/// What the sensors of a unit remember may take this many bytes.
const MEMORY_BYTES_HIGHEST: f64 = (1u64 << 30) as f64;

/// Everything that is wrong with sensors, and with navigators because of them.
pub(super) fn check(config: &PlumeConfig) -> Vec<Problem> {
    let mut found = Problems(Vec::new());
    let sensors = config.sensor.sensors();
    let mut memory_bytes = 0.0;
    for (index, (key, sensor, share)) in sensors.iter().enumerate() {
        let blamed = format!("{key}.kind");
        if sensors[..index]
            .iter()
            .any(|(_, before, _)| before.kind() == sensor.kind())
        {
            found.add(
                &blamed,
                format!("\"{}\" is in the list twice", sensor.kind()),
                "remove one of them".to_owned(),
            );
        } else if *share == Channels::NONE {
            found.add(
                &blamed,
                format!(
                    "\"{}\" tells nothing that sensors before it in the list don't",
                    sensor.kind()
                ),
                "remove it, or put it before them: the first one's readings count".to_owned(),
            );
        }
        memory_bytes += found.sensor(config, key, sensor);
    }
    if memory_bytes > MEMORY_BYTES_HIGHEST {
        found.add(
            "sensor",
            format!(
                "delays and windows of {} agents in steps of {} s take {:.1} GiB per unit, more than 1",
                config.agents.count,
                config.episode.dt_s,
                memory_bytes / MEMORY_BYTES_HIGHEST
            ),
            "use shorter delays and windows, longer steps or fewer agents; memory.kind = \"exponential\" takes no space"
                .to_owned(),
        );
    }
    found.channels(config);
    found.0
}

/// The kind of a component, as in the configuration.
fn kind_of(component: &impl Serialize) -> String {
    let value = serde_json::to_value(component).expect("a configuration type serialises to JSON");
    value["kind"].as_str().unwrap_or_default().to_owned()
}

struct Problems(Vec<Problem>);

impl Problems {
    fn add(&mut self, key: &str, message: String, hint: String) {
        self.0.push(Problem {
            key: key.to_owned(),
            message,
            hint,
        });
    }

    /// Whether the navigator gets what it requires.
    fn channels(&mut self, config: &PlumeConfig) {
        let (gives, requires) = (config.sensor.gives(), config.navigator.requires());
        if requires.iter().any(|set| gives.contain(*set)) {
            return;
        }
        let mut kinds: Vec<String> = Vec::new();
        for sensor in SingleSensorConfig::every() {
            let kind = format!("\"{}\"", sensor.kind());
            if requires.iter().any(|set| sensor.gives().contain(*set)) {
                kinds.push(kind);
            }
        }
        let kinds = match kinds.split_last() {
            Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
            _ => kinds.concat(),
        };
        self.add(
            "navigator.kind",
            format!(
                "\"{}\" needs a sensor that tells {}, and sensor.kind = \"{}\" doesn't",
                config.navigator.kind(),
                requires
                    .iter()
                    .map(|set| set.describe())
                    .collect::<Vec<_>>()
                    .join(", or "),
                kind_of(&config.sensor)
            ),
            format!("use sensor.kind = {kinds}, alone or in a suite"),
        );
    }

    /// Problems to one sensor; what it remembers, in bytes.
    fn sensor(&mut self, config: &PlumeConfig, key: &str, sensor: &SingleSensorConfig) -> f64 {
        let bytes_per_step = (blocks_for(config.agents.count as usize) * size_of::<F64x8>()) as f64;
        let dt_s = config.episode.dt_s;
        let mut steps = 0.0;
        match sensor {
            SingleSensorConfig::Concentration(nose) => {
                steps += self.conditioning(config, key, &nose.conditioning);
                self.reachable(key, nose.threshold, nose.noise_sd, &nose.conditioning);
            }
            SingleSensorConfig::Binary(nose) => {
                steps += self.conditioning(config, key, &nose.conditioning);
                self.reachable(key, nose.threshold, nose.noise_sd, &nose.conditioning);
            }
            SingleSensorConfig::Bilateral(noses) => {
                steps += 2.0 * self.conditioning(config, key, &noses.conditioning);
                self.reachable(key, noses.threshold, noses.noise_sd, &noses.conditioning);
            }
            SingleSensorConfig::Historical(nose) => {
                steps += self.conditioning(config, key, &nose.conditioning);
                self.reachable(key, nose.threshold, nose.noise_sd, &nose.conditioning);
                match &nose.memory {
                    MemoryConfig::Mean(window) | MemoryConfig::Maximum(window) => {
                        self.resolved(&format!("{key}.memory.window_s"), window.window_s, dt_s);
                        steps += window.window_s / dt_s;
                    }
                    MemoryConfig::Exponential(average) => {
                        self.resolved(&format!("{key}.memory.time_s"), average.time_s, dt_s);
                    }
                }
            }
            SingleSensorConfig::Gradient(gradient) => {
                steps += 3.0 * remembered_steps(gradient.delay_s, dt_s);
                if gradient.method == GradientMethod::Analytic && !config.plume.has_gradient() {
                    self.add(
                        &format!("{key}.method"),
                        format!(
                            "\"analytic\", but a plume of kind \"{}\" has steps and no slope",
                            kind_of(&config.plume)
                        ),
                        "use \"finite_difference\" with a step_m of the order of its puffs".to_owned(),
                    );
                }
            }
            SingleSensorConfig::Wind(wind) => steps += self.wind(key, wind, dt_s),
            // One that isn't in a suite is asked with the other own components.
            SingleSensorConfig::Own(own) if key != "sensor" => {
                for problem in own.problems() {
                    let field = problem.key.strip_prefix("sensor.").unwrap_or(&problem.key);
                    self.add(&format!("{key}.{field}"), problem.message, problem.hint);
                }
            }
            SingleSensorConfig::Own(_) => {}
        }
        steps * bytes_per_step
    }

    fn wind(&mut self, key: &str, wind: &WindSensorConfig, dt_s: f64) -> f64 {
        if wind.smoothing_s > 0.0 {
            self.resolved(&format!("{key}.smoothing_s"), wind.smoothing_s, dt_s);
        }
        2.0 * remembered_steps(wind.delay_s, dt_s)
    }

    /// Problems to the conditioning of one concentration; the steps that it remembers.
    fn conditioning(&mut self, config: &PlumeConfig, key: &str, conditioning: &ConditioningConfig) -> f64 {
        let dt_s = config.episode.dt_s;
        if let Some(time_s) = conditioning.adaptation.time_s() {
            self.resolved(&format!("{key}.conditioning.adaptation.time_s"), time_s, dt_s);
        }
        remembered_steps(conditioning.delay_s, dt_s)
    }

    /// Whether readings that saturate ever come up to the threshold.
    fn reachable(&mut self, key: &str, threshold: f64, noise_sd: f64, conditioning: &ConditioningConfig) {
        let highest = conditioning.saturation.highest();
        if threshold > highest && noise_sd == 0.0 {
            self.add(
                &format!("{key}.threshold"),
                format!("{threshold} is above {highest}, where readings saturate, so odour is never detected"),
                "lower the threshold, or raise the limit in conditioning.saturation".to_owned(),
            );
        }
    }

    /// Times below a step do nothing.
    fn resolved(&mut self, key: &str, time_s: f64, dt_s: f64) {
        if time_s < dt_s {
            self.add(
                key,
                format!("{time_s} s is shorter than a step, {dt_s} s"),
                "use a longer time, or a shorter episode.dt_s".to_owned(),
            );
        }
    }
}
