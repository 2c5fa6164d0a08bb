//! Sources that are switched on and off and move.

use super::super::SourcePosition;
use super::configuration::{AtEnd, OtherSourceConfig, PathConfig, ScheduleConfig, WaypointsConfig};

/// The sources of a plume: the first one and the others, in order.
///
/// Everything about them is prescribed: a function of time (episode time, s) without anything random.
#[derive(Clone, Debug)]
pub struct Sources {
    sources: Vec<Source>,
}

/// One source.
#[derive(Clone, Debug)]
struct Source {
    position: SourcePosition,
    path: PathConfig,
    schedule: ScheduleConfig,
    relative_rate: f64,
}

impl Sources {
    /// The source at `first` and the others.
    #[must_use]
    pub fn new(
        first: SourcePosition,
        schedule: &ScheduleConfig,
        path: &PathConfig,
        others: &[OtherSourceConfig],
    ) -> Self {
        let first = Source {
            position: first,
            path: path.clone(),
            schedule: schedule.clone(),
            relative_rate: 1.0,
        };
        let others = others.iter().map(|other| Source {
            position: SourcePosition {
                x_m: other.x_m,
                y_m: other.y_m,
                z_m: other.z_m,
            },
            path: other.path.clone(),
            schedule: other.schedule.clone(),
            relative_rate: other.relative_rate,
        });
        Self {
            sources: std::iter::once(first).chain(others).collect(),
        }
    }

    /// How many there are, at least one.
    #[must_use]
    pub fn count(&self) -> usize {
        self.sources.len()
    }

    /// Where source `index` is at `time_s`.
    #[must_use]
    pub fn position(&self, index: usize, time_s: f64) -> SourcePosition {
        let source = &self.sources[index];
        match &source.path {
            PathConfig::Still {} => source.position,
            PathConfig::Waypoints(points) => moved(source.position, points.offset_m(time_s)),
        }
    }

    /// Where all sources are at `time_s`.
    #[must_use]
    pub fn positions(&self, time_s: f64) -> Vec<SourcePosition> {
        (0..self.count()).map(|index| self.position(index, time_s)).collect()
    }

    /// All points at which source `index` is when its path bends: it never leaves the lines between them.
    #[must_use]
    pub fn places(&self, index: usize) -> Vec<SourcePosition> {
        let source = &self.sources[index];
        match &source.path {
            PathConfig::Still {} => vec![source.position],
            PathConfig::Waypoints(points) => (0..points.time_s.len())
                .map(|point| moved(source.position, points.point_m(point)))
                .collect(),
        }
    }

    /// The rate of source `index` at `time_s`, over that of the first one while it releases: 0 while it doesn't.
    #[must_use]
    pub fn relative_rate(&self, index: usize, time_s: f64) -> f64 {
        let source = &self.sources[index];
        if source.schedule.is_on(time_s) {
            source.relative_rate
        } else {
            0.0
        }
    }

    /// The integral of [`Self::relative_rate`] from `begin_s` to `end_s`, s.
    #[must_use]
    pub fn relative_release_s(&self, index: usize, begin_s: f64, end_s: f64) -> f64 {
        let source = &self.sources[index];
        source.relative_rate * source.schedule.on_between_s(begin_s, end_s)
    }

    /// The sum of the relative rates of all sources when all of them release.
    #[must_use]
    pub fn max_relative_rate(&self) -> f64 {
        self.sources.iter().map(|source| source.relative_rate).sum()
    }

    /// Whether no source ever moves.
    #[must_use]
    pub fn are_still(&self) -> bool {
        (self.sources.iter()).all(|source| matches!(source.path, PathConfig::Still {}))
    }
}

fn moved(position: SourcePosition, [x_m, y_m, z_m]: [f64; 3]) -> SourcePosition {
    SourcePosition {
        x_m: position.x_m + x_m,
        y_m: position.y_m + y_m,
        z_m: position.z_m + z_m,
    }
}

impl ScheduleConfig {
    /// Whether the source releases at `time_s`. Beginnings belong to a pulse or window, ends don't.
    #[must_use]
    pub fn is_on(&self, time_s: f64) -> bool {
        match self {
            Self::Always {} => true,
            Self::Pulses(pulses) => {
                let since = time_s - pulses.first_s;
                since >= 0.0 && since - (since / pulses.period_s).floor() * pulses.period_s < pulses.on_s
            }
            Self::Windows(windows) => {
                // Windows are in order: only the last one that has begun can be open.
                let begun = windows.from_s.partition_point(|from| *from <= time_s);
                begun > 0 && time_s < windows.until_s[begun - 1]
            }
        }
    }

    /// For how long the source releases between `begin_s` and `end_s`, s.
    #[must_use]
    pub fn on_between_s(&self, begin_s: f64, end_s: f64) -> f64 {
        match self {
            Self::Always {} => end_s - begin_s,
            Self::Pulses(pulses) => {
                let on_since_first_s = |time_s: f64| {
                    let since = (time_s - pulses.first_s).max(0.0);
                    let whole = (since / pulses.period_s).floor();
                    whole * pulses.on_s + (since - whole * pulses.period_s).clamp(0.0, pulses.on_s)
                };
                (on_since_first_s(end_s) - on_since_first_s(begin_s)).clamp(0.0, end_s - begin_s)
            }
            Self::Windows(windows) => {
                let first = windows.until_s.partition_point(|until| *until <= begin_s);
                let mut on_s = 0.0;
                for (from, until) in windows.from_s.iter().zip(&windows.until_s).skip(first) {
                    if *from >= end_s {
                        break;
                    }
                    on_s += until.min(end_s) - from.max(begin_s);
                }
                on_s
            }
        }
    }
}

impl WaypointsConfig {
    /// Offset from the source's position at `time_s`: x, y, z, m.
    fn offset_m(&self, time_s: f64) -> [f64; 3] {
        let Some(last) = self.time_s.len().checked_sub(1) else {
            return [0.0; 3];
        };
        let (begin_s, end_s) = (self.time_s[0], self.time_s[last]);
        let time_s = match self.at_end {
            AtEnd::Loop if time_s > end_s && end_s > begin_s => {
                let (since, period) = (time_s - begin_s, end_s - begin_s);
                begin_s + (since - (since / period).floor() * period)
            }
            AtEnd::Hold | AtEnd::Loop => time_s,
        };
        let passed = self.time_s.partition_point(|time| *time <= time_s);
        if passed == 0 {
            return self.point_m(0);
        }
        if passed > last {
            return self.point_m(last);
        }
        let (from, to) = (self.point_m(passed - 1), self.point_m(passed));
        let fraction = (time_s - self.time_s[passed - 1]) / (self.time_s[passed] - self.time_s[passed - 1]);
        std::array::from_fn(|axis| from[axis] + fraction * (to[axis] - from[axis]))
    }

    /// Offset of waypoint `index`: x, y, z, m.
    fn point_m(&self, index: usize) -> [f64; 3] {
        [&self.offset_x_m, &self.offset_y_m, &self.offset_z_m].map(|offsets| offsets.get(index).copied().unwrap_or(0.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schedule(text: &str) -> ScheduleConfig {
        serde_json::from_str(text).unwrap()
    }

    fn sources(path: &str) -> Sources {
        let first = SourcePosition {
            x_m: 2.0,
            y_m: 1.0,
            z_m: 0.5,
        };
        let path = serde_json::from_str(path).unwrap();
        Sources::new(first, &ScheduleConfig::default(), &path, &[])
    }

    #[test]
    fn pulses_repeat_from_the_first_on() {
        let pulses = schedule(r#"{"kind": "pulses", "period_s": 4.0, "on_s": 1.5, "first_s": -2.0}"#);
        for (time_s, on) in [
            (-2.5, false),
            (-2.0, true),
            (-0.51, true),
            (-0.5, false),
            (1.9, false),
            (2.0, true),
            (3.5, false),
            (402.0, true),
            (403.5, false),
        ] {
            assert_eq!(pulses.is_on(time_s), on, "at {time_s}");
        }
        // Before the first pulse, across a beginning, across an end, whole periods.
        for (begin_s, end_s, on_s) in [
            (-9.0, -3.0, 0.0),
            (-3.0, -1.0, 1.0),
            (-1.0, 1.0, 0.5),
            (-2.0, 6.0, 3.0),
            (3.0, 2.0 + 4.0 + 0.25, 0.75),
        ] {
            assert_eq!(pulses.on_between_s(begin_s, end_s), on_s, "{begin_s} to {end_s}");
        }
    }

    #[test]
    fn windows_are_open_between_their_ends() {
        let windows = schedule(r#"{"kind": "windows", "from_s": [-5.0, 1.0, 2.0], "until_s": [-4.0, 2.0, 3.0]}"#);
        for (time_s, on) in [
            (-6.0, false),
            (-5.0, true),
            (-4.0, false),
            (1.0, true),
            (2.0, true),
            (3.0, false),
            (99.0, false),
        ] {
            assert_eq!(windows.is_on(time_s), on, "at {time_s}");
        }
        for (begin_s, end_s, on_s) in [(-9.0, -4.5, 0.5), (0.0, 9.0, 2.0), (1.5, 2.25, 0.75), (3.0, 9.0, 0.0)] {
            assert_eq!(windows.on_between_s(begin_s, end_s), on_s, "{begin_s} to {end_s}");
        }
        let never = schedule(r#"{"kind": "windows"}"#);
        assert!(!never.is_on(0.0) && never.on_between_s(-1e6, 1e6) == 0.0);
    }

    /// The integral of the rate over small steps adds up to that over all of them.
    #[test]
    fn release_adds_up() {
        for text in [
            r#"{"kind": "pulses", "period_s": 0.7, "on_s": 0.3, "first_s": 0.11}"#,
            r#"{"kind": "windows", "from_s": [0.05, 3.001], "until_s": [1.234, 4.4]}"#,
            r#"{"kind": "always"}"#,
        ] {
            let schedule = schedule(text);
            let sum: f64 = (0..500)
                .map(|step| schedule.on_between_s(f64::from(step) * 0.01, f64::from(step + 1) * 0.01))
                .sum();
            assert!((sum - schedule.on_between_s(0.0, 5.0)).abs() < 1e-11, "{text}: {sum}");
        }
    }

    #[test]
    fn a_path_is_linear_between_its_points() {
        let path = r#"{"kind": "waypoints", "time_s": [1.0, 3.0, 4.0], "offset_x_m": [0.0, 4.0, 4.0],
                       "offset_y_m": [0.0, 0.0, -1.0], "offset_z_m": [0.0, 1.0, 0.0], "at_end": "AT_END"}"#;
        for (at_end, time_s, expected) in [
            ("hold", -50.0, (2.0, 1.0, 0.5)),
            ("hold", 1.0, (2.0, 1.0, 0.5)),
            ("hold", 1.5, (3.0, 1.0, 0.75)),
            ("hold", 3.0, (6.0, 1.0, 1.5)),
            ("hold", 3.5, (6.0, 0.5, 1.0)),
            ("hold", 99.0, (6.0, 0.0, 0.5)),
            ("loop", -50.0, (2.0, 1.0, 0.5)),
            ("loop", 4.5, (3.0, 1.0, 0.75)),
            ("loop", 4.5 + 3.0 * 7.0, (3.0, 1.0, 0.75)),
        ] {
            let found = sources(&path.replace("AT_END", at_end)).position(0, time_s);
            assert_eq!((found.x_m, found.y_m, found.z_m), expected, "{at_end} at {time_s}");
        }
        let flat =
            r#"{"kind": "waypoints", "time_s": [0.0], "offset_x_m": [1.0], "offset_y_m": [1.0], "at_end": "loop"}"#;
        let found = sources(flat).position(0, 7.0);
        assert_eq!((found.x_m, found.y_m, found.z_m), (3.0, 2.0, 0.5));
    }

    #[test]
    fn others_follow_the_first() {
        let others: Vec<OtherSourceConfig> = serde_json::from_str(
            r#"[{"x_m": 9.0, "relative_rate": 0.5, "schedule": {"kind": "windows", "from_s": [0.0], "until_s": [1.0]}}]"#,
        )
        .unwrap();
        let first = SourcePosition {
            x_m: 1.0,
            y_m: 0.0,
            z_m: 1.0,
        };
        let sources = Sources::new(first, &ScheduleConfig::default(), &PathConfig::default(), &others);
        assert_eq!(sources.count(), 2);
        assert_eq!(sources.positions(5.0)[0], first);
        assert_eq!(sources.positions(5.0)[1].x_m, 9.0);
        assert_eq!(
            (sources.relative_rate(0, 2.0), sources.relative_rate(1, 2.0)),
            (1.0, 0.0)
        );
        assert_eq!(sources.relative_release_s(1, 0.5, 3.0), 0.25);
        assert_eq!(sources.max_relative_rate(), 1.5);
        assert!(sources.are_still());
    }
}
