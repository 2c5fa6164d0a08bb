//! Which channels a sensor fills and a navigator reads.

/// A set of channels of [`Readings`](super::Readings).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Channels {
    /// Whether there is odour: `detected`.
    pub detection: bool,
    /// How much odour there is, in the plume's unit: `signal`.
    pub concentration: bool,
    /// The concentration at two antennae: `left` and `right`.
    pub sides: bool,
    /// The slope of the concentration in world axes: `slope_x_per_m` and `slope_y_per_m`.
    pub slope: bool,
    /// The wind as the agent feels it. Where no sensor fills it agents know the true wind.
    pub wind: bool,
}

impl Channels {
    /// No channel.
    pub const NONE: Self = Self {
        detection: false,
        concentration: false,
        sides: false,
        slope: false,
        wind: false,
    };
    /// Whether there is odour.
    pub const DETECTION: Self = Self {
        detection: true,
        ..Self::NONE
    };
    /// How much odour there is.
    pub const CONCENTRATION: Self = Self {
        concentration: true,
        ..Self::NONE
    };
    /// The concentration at two antennae.
    pub const SIDES: Self = Self {
        sides: true,
        ..Self::NONE
    };
    /// The slope of the concentration.
    pub const SLOPE: Self = Self {
        slope: true,
        ..Self::NONE
    };
    /// The wind as the agent feels it.
    pub const WIND: Self = Self {
        wind: true,
        ..Self::NONE
    };

    /// The channels that either set has.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self {
            detection: self.detection | other.detection,
            concentration: self.concentration | other.concentration,
            sides: self.sides | other.sides,
            slope: self.slope | other.slope,
            wind: self.wind | other.wind,
        }
    }

    /// The channels of this set that `other` lacks.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self {
            detection: self.detection & !other.detection,
            concentration: self.concentration & !other.concentration,
            sides: self.sides & !other.sides,
            slope: self.slope & !other.slope,
            wind: self.wind & !other.wind,
        }
    }

    /// What they tell, in words.
    #[must_use]
    pub fn describe(self) -> String {
        let words = [
            (self.detection, "whether there is odour"),
            (self.concentration, "how much odour there is"),
            (self.sides, "the odour at two antennae"),
            (self.slope, "the slope of the odour"),
            (self.wind, "the wind"),
        ];
        let words: Vec<&str> = words.iter().filter(|(told, _)| *told).map(|(_, word)| *word).collect();
        if words.is_empty() {
            "nothing".to_owned()
        } else {
            words.join(" and ")
        }
    }

    /// Whether all channels of `other` are among these.
    #[must_use]
    pub fn contain(self, other: Self) -> bool {
        other.without(self) == Self::NONE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_of_channels_combine() {
        let odour = Channels::DETECTION.and(Channels::CONCENTRATION);
        assert!(odour.contain(Channels::DETECTION) && odour.contain(Channels::NONE) && odour.contain(odour));
        assert!(!odour.contain(Channels::SIDES) && !Channels::NONE.contain(Channels::WIND));
        assert_eq!(odour.without(Channels::DETECTION), Channels::CONCENTRATION);
        assert_eq!(Channels::SLOPE.without(odour), Channels::SLOPE);
        assert_eq!(
            Channels::WIND.and(Channels::SIDES).without(Channels::WIND),
            Channels::SIDES
        );
    }
}
