//! Units of swept keys.

/// Endings of keys and what they say, longest first where one ends with another.
const ENDINGS: &[(&str, &str)] = &[
    ("_kg_m3", "kg m-3"),
    ("_kg_s", "kg s-1"),
    ("_m2_s", "m2 s-1"),
    ("_m_s2", "m s-2"),
    ("_m_s", "m s-1"),
    ("_rad_s", "rad s-1"),
    ("_per_s", "s-1"),
    ("_per_m", "m-1"),
    ("_m2", "m2"),
    ("_m3", "m3"),
    ("_kg", "kg"),
    ("_rad", "rad"),
    ("_hz", "Hz"),
    ("_pa", "Pa"),
    ("_k", "K"),
    ("_j", "J"),
    ("_w", "W"),
    ("_m", "m"),
    ("_s", "s"),
];

/// The UDUNITS string that the ending of a key stands for (`wind.speed_m_s` → `m s-1`); empty where it has none.
pub(super) fn of_key(key: &str) -> &'static str {
    (ENDINGS.iter().find(|(ending, _)| key.ends_with(ending))).map_or("", |(_, unit)| unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endings_are_units() {
        assert_eq!(of_key("wind.speed_m_s"), "m s-1");
        assert_eq!(of_key("plume.source_rate_kg_s"), "kg s-1");
        assert_eq!(of_key("plume.source_x_m"), "m");
        assert_eq!(of_key("navigator.cast_s"), "s");
        assert_eq!(of_key("plume.diffusivity_m2_s"), "m2 s-1");
        assert_eq!(of_key("navigator"), "");
        assert_eq!(of_key("agents.count"), "");
    }

    #[test]
    fn no_ending_hides_a_longer_one() {
        for (i, (shorter, _)) in ENDINGS.iter().enumerate() {
            for (longer, _) in &ENDINGS[i + 1..] {
                assert!(!longer.ends_with(shorter), "{shorter} hides {longer}");
            }
        }
    }
}
