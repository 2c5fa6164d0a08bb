//! Units from the suffixes of keys: `speed_m_s` is in m/s.

/// Suffix and unit; a longer suffix comes before one that it ends with.
const UNITS: &[(&str, &str)] = &[
    ("_kg_m3", "kg/m³"),
    ("_kg_m2", "kg/m²"),
    ("_kg_s", "kg/s"),
    ("_kg", "kg"),
    ("_rad2_s", "rad²/s"),
    ("_rad_s", "rad/s"),
    ("_deg_s", "°/s"),
    ("_rad", "rad"),
    ("_deg", "°"),
    ("_m_s2", "m/s²"),
    ("_m2_s3", "m²/s³"),
    ("_m2_s", "m²/s"),
    ("_m3_s", "m³/s"),
    ("_m_s", "m/s"),
    ("_per_s", "1/s"),
    ("_per_m", "1/m"),
    ("_hz", "Hz"),
    ("_m3", "m³"),
    ("_m2", "m²"),
    ("_m", "m"),
    ("_s", "s"),
    ("_ms", "ms"),
    ("_k", "K"),
    ("_pa", "Pa"),
    ("_bytes", "B"),
];

/// The unit that the end of a dotted key names.
pub(super) fn of_key(key: &str) -> Option<&'static str> {
    let name = key.rsplit('.').next().unwrap_or(key);
    let name = name.split('[').next().unwrap_or(name);
    UNITS
        .iter()
        .find(|(suffix, _)| name.ends_with(suffix))
        .map(|(_, unit)| *unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_suffix_wins() {
        assert_eq!(of_key("wind.speed_m_s"), Some("m/s"));
        assert_eq!(of_key("plume.source_rate_kg_s"), Some("kg/s"));
        assert_eq!(of_key("plume.position_m[1]"), Some("m"));
        assert_eq!(of_key("navigator.rotational_diffusivity_rad2_s"), Some("rad²/s"));
        assert_eq!(of_key("agents.count"), None);
    }

    #[test]
    fn no_suffix_hides_another() {
        for (i, (suffix, _)) in UNITS.iter().enumerate() {
            assert!(
                UNITS[..i].iter().all(|(earlier, _)| !suffix.ends_with(earlier)),
                "{suffix} can't be reached"
            );
        }
    }
}
