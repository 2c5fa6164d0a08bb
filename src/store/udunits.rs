//! Units of swept keys.

/// Endings of keys and what they say, longest first where one ends with another.
const ENDINGS: &[(&str, &str)] = &[
    ("_kg_m3", "kg m-3"),
    ("_kg_s", "kg s-1"),
    ("_m2_s", "m2 s-1"),
    ("_m_s2", "m s-2"),
    ("_m_s", "m s-1"),
    ("_rad2_s", "rad2 s-1"),
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
#[must_use]
pub fn of_key(key: &str) -> &'static str {
    split(key).1
}

/// The key in words, without the ending that is its unit (`wind.speed_m_s` → `wind speed`).
#[must_use]
pub fn words_of_key(key: &str) -> String {
    split(key).0.replace(['.', '_'], " ")
}

/// The key without its ending, and the unit.
fn split(key: &str) -> (&str, &'static str) {
    (ENDINGS.iter())
        .find_map(|(ending, unit)| Some((key.strip_suffix(ending)?, *unit)))
        .unwrap_or((key, ""))
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
        assert_eq!(words_of_key("plume.source_x_m"), "plume source x");
        assert_eq!(words_of_key("agents.count"), "agents count");
    }

    /// Units as descriptions of keys write them, and in UDUNITS.
    const WRITTEN: &[(&str, &str)] = &[
        ("m", "m"),
        ("s", "s"),
        ("rad", "rad"),
        ("1/s", "s-1"),
        ("m/s", "m s-1"),
        ("m/s²", "m s-2"),
        ("m²/s", "m2 s-1"),
        ("rad/s", "rad s-1"),
        ("rad²/s", "rad2 s-1"),
        ("kg/s", "kg s-1"),
        ("kg/m³", "kg m-3"),
    ];

    /// The unit that a description names after a comma (`Wind speed, m/s.`).
    fn described(description: &str) -> &'static str {
        (description.split(", ").skip(1))
            .filter_map(|part| part.split([' ', '.', ';', ':']).next())
            .find_map(|word| WRITTEN.iter().find(|(written, _)| *written == word))
            .map_or("", |(_, unit)| unit)
    }

    /// Compares all properties below a value of a JSON Schema; gives how many of them have a unit.
    fn compare(schema: &serde_json::Value) -> usize {
        match schema {
            serde_json::Value::Array(parts) => parts.iter().map(compare).sum(),
            serde_json::Value::Object(parts) => {
                let mut with_unit = 0;
                if let Some(serde_json::Value::Object(properties)) = parts.get("properties") {
                    for (key, property) in properties {
                        let description = property["description"].as_str().unwrap_or_default();
                        assert_eq!(of_key(key), described(description), "{key}: {description}");
                        with_unit += usize::from(!of_key(key).is_empty());
                    }
                }
                with_unit + parts.values().map(compare).sum::<usize>()
            }
            _ => 0,
        }
    }

    #[test]
    fn endings_say_what_the_descriptions_of_the_keys_say() {
        let plume = crate::scenario::Registry::builtin().get("plume").unwrap();
        assert!(compare(&plume.schema()) > 40);
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
