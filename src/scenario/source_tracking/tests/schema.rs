//! The JSON Schema has the shape that the configuration's validator walks.

use super::super::tracking::SourceTracking;
use crate::scenario::ErasedScenario;
use crate::scenario::schema_shape::walk;

#[test]
fn the_schema_is_plain() {
    let schema = SourceTracking::default().schema();
    walk(&schema, "source_tracking");
    let tables: Vec<&String> = schema["properties"].as_object().unwrap().keys().collect();
    assert_eq!(tables, ["medium", "grid", "policy", "search"]);
    for component in ["grid", "policy"] {
        assert!(
            schema["properties"][component]["oneOf"].is_array(),
            "{component}: {schema:#}"
        );
    }
}
