//! Where and when a field is sampled.

/// Cells along the longer side of a grid that nobody chose, at least; at most twice as many.
const CELLS: f64 = 100.0;
/// Most frames of a time span that nobody chose.
const FRAMES: f64 = 1000.0;
/// Shortest time between frames that nobody chose, as a part of the span.
const SHORTEST_PART: f64 = 1.0 / 600.0;

/// Evenly spaced positions along an axis, ends included.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Nodes {
    /// The lowest, m.
    pub min_m: f64,
    /// The highest, m.
    pub max_m: f64,
    /// How many: 1 if both ends are one, at least 2 otherwise.
    pub count: u64,
}

impl Nodes {
    /// From `min_m` to `max_m`, about `spacing_m` apart: exactly, if that divides the distance.
    #[must_use]
    pub fn spaced(min_m: f64, max_m: f64, spacing_m: f64) -> Self {
        let intervals = ((max_m - min_m) / spacing_m).round().max(1.0);
        Self {
            min_m,
            max_m,
            count: if min_m == max_m { 1 } else { intervals as u64 + 1 },
        }
    }

    /// Distance between neighbours, m; 0 if there is one alone.
    #[must_use]
    pub fn spacing_m(self) -> f64 {
        if self.count < 2 {
            return 0.0;
        }
        (self.max_m - self.min_m) / (self.count - 1) as f64
    }

    /// The positions, m.
    #[must_use]
    pub fn positions_m(self) -> Vec<f64> {
        let intervals = self.count.saturating_sub(1);
        (0..self.count)
            .map(|i| match i {
                // Not left to rounding.
                i if i > 0 && i == intervals => self.max_m,
                i => self.min_m + (self.max_m - self.min_m) * (i as f64 / intervals.max(1) as f64),
            })
            .collect()
    }
}

/// Evenly spaced times.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FrameTimes {
    /// The first, s.
    pub begin_s: f64,
    /// From one to the next, s.
    pub step_s: f64,
    /// How many.
    pub count: u64,
}

impl FrameTimes {
    /// From `begin_s` on each `step_s`, not beyond `end_s` (but for rounding).
    #[must_use]
    pub fn covering(begin_s: f64, end_s: f64, step_s: f64) -> Self {
        Self {
            begin_s,
            step_s,
            count: ((end_s - begin_s) / step_s * (1.0 + 1e-12) + 1e-9).floor().max(0.0) as u64 + 1,
        }
    }

    /// Time of frame `index`, s: computed from the first, so that no rounding adds up.
    #[must_use]
    pub fn at_s(self, index: u64) -> f64 {
        self.begin_s + index as f64 * self.step_s
    }

    /// Time of the last frame, s.
    #[must_use]
    pub fn last_s(self) -> f64 {
        self.at_s(self.count - 1)
    }
}

/// Spacing for a rectangle: 1, 2 or 5 times a power of ten, so that its longer side has 100 to 250 cells.
#[must_use]
pub fn round_spacing_m(width_m: f64, height_m: f64) -> f64 {
    round_down(width_m.max(height_m) / CELLS)
}

/// Time between frames: 1, 2 or 5 times a power of ten, so that there are at most 1000 of them; 0.1 s if that does.
#[must_use]
pub fn round_step_s(duration_s: f64) -> f64 {
    let shortest = (duration_s * SHORTEST_PART).min(0.1);
    round_up((duration_s / (FRAMES - 1.0)).max(shortest))
}

/// The largest of 1, 2, 5 times a power of ten that is not above `value`.
fn round_down(value: f64) -> f64 {
    round_numbers(value)
        .filter(|&round| round <= value * (1.0 + 1e-9))
        .fold(0.0, f64::max)
}

/// The smallest of 1, 2, 5 times a power of ten that is not below `value`.
fn round_up(value: f64) -> f64 {
    (round_numbers(value).filter(|&round| round >= value * (1.0 - 1e-9))).fold(f64::INFINITY, f64::min)
}

/// Round numbers below and above `value`. Negative powers divide, so that 0.2 is the number nearest to 0.2.
fn round_numbers(value: f64) -> impl Iterator<Item = f64> {
    let power = libm::floor(libm::log10(value)) as i32;
    (power - 1..=power + 1).flat_map(|power| {
        [1.0, 2.0, 5.0].map(|digit| {
            let ten = libm::pow(10.0, f64::from(power.abs()));
            if power < 0 { digit / ten } else { digit * ten }
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_reach_both_ends() {
        let nodes = Nodes::spaced(-8.0, 8.0, 0.2);
        assert_eq!((nodes.count, nodes.spacing_m()), (81, 0.2));
        let positions = nodes.positions_m();
        assert_eq!((positions[0], positions[40], positions[80]), (-8.0, 0.0, 8.0));
        // 0.3 doesn't divide 1: three intervals.
        assert_eq!(
            Nodes::spaced(0.0, 1.0, 0.3).positions_m(),
            [0.0, 1.0 / 3.0, 2.0 / 3.0, 1.0]
        );
        assert_eq!(Nodes::spaced(2.0, 2.0, 0.1).positions_m(), [2.0]);
        assert_eq!(Nodes::spaced(0.0, 1.0, 99.0).positions_m(), [0.0, 1.0]);
    }

    #[test]
    fn frames_end_with_the_span() {
        let times = FrameTimes::covering(0.0, 60.0, 0.1);
        assert_eq!((times.count, times.last_s()), (601, 60.0));
        let times = FrameTimes::covering(1.0, 2.05, 0.1);
        assert_eq!((times.count, times.last_s()), (11, 2.0));
        assert_eq!(FrameTimes::covering(3.0, 3.0, 0.1).count, 1);
        assert_eq!(FrameTimes::covering(0.0, 1e7, 1e-3).count, 10_000_000_001);
    }

    #[test]
    fn spacings_are_round() {
        for (width, height, spacing) in [
            (25.0, 16.0, 0.2),
            (50.0, 25.0, 0.5),
            (100.0, 100.0, 1.0),
            (10.0, 99.0, 0.5),
            (0.3, 0.15, 0.002),
            (1000.0, 500.0, 10.0),
        ] {
            assert_eq!(round_spacing_m(width, height), spacing, "{width} × {height}");
        }
        for i in 1..2000 {
            let width = f64::from(i) * 0.37;
            let cells = width / round_spacing_m(width, 0.0);
            assert!((100.0..=250.0 + 1e-6).contains(&(cells + 1e-9)), "{width}: {cells}");
        }
    }

    #[test]
    fn steps_are_round_and_frames_at_most_a_thousand() {
        for (duration, step) in [
            (60.0, 0.1),
            (99.0, 0.1),
            (100.0, 0.2),
            (300.0, 0.5),
            (3600.0, 5.0),
            (6.0, 0.01),
        ] {
            assert_eq!(round_step_s(duration), step, "{duration}");
        }
        for i in 1..5000 {
            let duration = f64::from(i) * 0.73;
            let count = FrameTimes::covering(0.0, duration, round_step_s(duration)).count;
            assert!((200..=1000).contains(&count), "{duration}: {count}");
        }
    }
}
