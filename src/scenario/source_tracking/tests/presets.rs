//! Every file in `conf/` that belongs to the scenario fits it.

use super::super::SourceTrackingConfig;
use super::super::tracking::SourceTracking;
use crate::scenario::Scenario;
use std::path::Path;

fn tables(path: &Path) -> toml::Table {
    let text = std::fs::read_to_string(path).unwrap();
    text.parse()
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn every_preset_loads_and_goes_with_the_defaults() {
    let conf = Path::new(env!("CARGO_MANIFEST_DIR")).join("conf");
    let mut count = 0;
    for group in ["medium", "grid", "policy", "search"] {
        for entry in std::fs::read_dir(conf.join(group)).unwrap() {
            let path = entry.unwrap().path();
            let mut tables = tables(&path);
            assert_eq!(tables.keys().collect::<Vec<_>>(), [group], "{}", path.display());
            if path.ends_with("grid/windy_81x41.toml") {
                tables.extend(self::tables(&conf.join("medium/windy.toml")));
            }
            if group == "medium" && path.file_name().unwrap().to_string_lossy().starts_with("windy") {
                tables.extend(self::tables(&conf.join("grid/windy_81x41.toml")));
            }
            let config: SourceTrackingConfig = tables.try_into().unwrap_or_else(|e| panic!("{}: {e}", path.display()));
            let found = SourceTracking::default().check(&config);
            if path.ends_with("policy/tabular.toml") {
                // It needs a file, which only the user has.
                assert!(matches!(&found[..], [one] if one.key == "policy.file"), "{found:?}");
            } else {
                assert_eq!(found, [], "{}", path.display());
            }
            count += 1;
        }
    }
    assert!(count >= 17, "{count}");
}
