//! What can be wrong with schedules, paths and further sources.

use super::configuration::{OtherSourceConfig, PathConfig, ScheduleConfig};
use crate::scenario::{Problem, Problems};

/// Everything that is wrong with the sources of `[plume]`, whatever its kind. Positions are another matter: paths can
/// be followed only if nothing is found here.
pub(in super::super) fn check_sources(
    schedule: &ScheduleConfig,
    path: &PathConfig,
    others: &[OtherSourceConfig],
) -> Problems {
    let mut found = Problems::default();
    check_schedule("plume.source_schedule", schedule, &mut found);
    check_path("plume.source_path", path, &mut found);
    for (index, other) in others.iter().enumerate() {
        check_schedule(
            &format!("plume.other_sources[{index}].schedule"),
            &other.schedule,
            &mut found,
        );
        check_path(&format!("plume.other_sources[{index}].path"), &other.path, &mut found);
    }
    found
}

fn check_schedule(key: &str, schedule: &ScheduleConfig, found: &mut Problems) {
    match schedule {
        ScheduleConfig::Always {} => {}
        ScheduleConfig::Pulses(pulses) => {
            if pulses.on_s > pulses.period_s {
                found.add(
                    format!("{key}.on_s"),
                    format!("{} s is above period_s = {} s", pulses.on_s, pulses.period_s),
                    "shorten the pulses, or use kind = \"always\"",
                );
            }
        }
        ScheduleConfig::Windows(windows) => {
            let (from_s, until_s) = (&windows.from_s, &windows.until_s);
            if from_s.len() != until_s.len() {
                found.push(lengths(key, ("until_s", until_s.len()), ("from_s", from_s.len())));
                return;
            }
            if let Some(i) = (0..from_s.len()).find(|&i| until_s[i] <= from_s[i]) {
                found.add(
                    format!("{key}.until_s"),
                    format!(
                        "window {i} ends at {} s, not after it begins at {} s",
                        until_s[i], from_s[i]
                    ),
                    "give every window a length",
                );
            } else if let Some(i) = (1..from_s.len()).find(|&i| from_s[i] < until_s[i - 1]) {
                found.add(
                    format!("{key}.from_s"),
                    format!(
                        "window {i} begins at {} s, before the one before it ends at {} s",
                        from_s[i],
                        until_s[i - 1]
                    ),
                    "sort the windows, and join those that overlap",
                );
            }
        }
    }
}

fn check_path(key: &str, path: &PathConfig, found: &mut Problems) {
    let PathConfig::Waypoints(points) = path else {
        return;
    };
    let count = points.time_s.len();
    if count == 0 {
        found.add(
            format!("{key}.time_s"),
            "no waypoint is given",
            "give times and offsets, or use kind = \"still\"",
        );
        return;
    }
    for (name, length) in [
        ("offset_x_m", points.offset_x_m.len()),
        ("offset_y_m", points.offset_y_m.len()),
        // An empty list of heights means level.
        (
            "offset_z_m",
            Some(points.offset_z_m.len())
                .filter(|length| *length > 0)
                .unwrap_or(count),
        ),
    ] {
        if length != count {
            found.push(lengths(key, (name, length), ("time_s", count)));
        }
    }
    if let Some(i) = (1..count).find(|&i| points.time_s[i] <= points.time_s[i - 1]) {
        found.add(
            format!("{key}.time_s"),
            format!(
                "waypoint {i} is at {} s, not after the one before it at {} s",
                points.time_s[i],
                points.time_s[i - 1]
            ),
            "sort the waypoints by time, with no time twice",
        );
    }
}

fn lengths(key: &str, (name, length): (&str, usize), (other, expected): (&str, usize)) -> Problem {
    Problem::new(
        format!("{key}.{name}"),
        format!("has {length} entries, but {other} has {expected}"),
        "give both the same number of entries",
    )
}
