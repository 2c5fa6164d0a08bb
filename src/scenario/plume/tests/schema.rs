//! The JSON Schema has the shape that the configuration's validator walks.

use crate::scenario::ErasedScenario;
use crate::scenario::plume::PlumeNavigation;
use crate::scenario::schema_shape::walk;

#[test]
fn the_schema_is_plain() {
    let schema = PlumeNavigation::default().schema();
    walk(&schema, "plume");
    for table in ["agents", "episode"] {
        assert!(schema["properties"][table]["properties"].is_object(), "{table}");
    }
    for component in ["plume", "wind", "sensor", "navigator", "boundary", "collision"] {
        assert!(
            schema["properties"][component]["oneOf"].is_array(),
            "{component}: {schema:#}"
        );
    }
}
