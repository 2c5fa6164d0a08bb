//! The scenarios that a program knows.

use super::{ErasedScenario, Scenario};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The scenarios that can be named in `study.scenario`.
///
/// ```
/// use plume_nav_sim::scenario::{Registry, plume::PlumeNavigation, source_tracking::SourceTracking};
///
/// let registry = Registry::empty()
///     .with(PlumeNavigation::default())
///     .with(SourceTracking::default());
/// let names: Vec<&str> = registry.iter().map(|scenario| scenario.name()).collect();
/// assert_eq!(names, ["plume", "source_tracking"]);
/// ```
#[derive(Clone, Default)]
pub struct Registry {
    scenarios: BTreeMap<&'static str, Arc<dyn ErasedScenario>>,
}

impl Registry {
    /// No scenario.
    #[must_use]
    pub fn empty() -> Self {
        Self::default()
    }

    /// The scenarios that come with this crate.
    #[must_use]
    pub fn builtin() -> Self {
        Self::empty()
            .with(super::plume::PlumeNavigation::default())
            .with(super::source_tracking::SourceTracking::default())
    }

    /// Adds a scenario.
    ///
    /// # Panics
    /// If a scenario with the same name is there already.
    #[must_use]
    pub fn with<S: Scenario>(mut self, scenario: S) -> Self {
        let name = Scenario::name(&scenario);
        let before = self.scenarios.insert(name, Arc::new(scenario));
        assert!(before.is_none(), "scenario {name:?} is registered twice");
        self
    }

    /// The scenario called `name`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Arc<dyn ErasedScenario>> {
        self.scenarios.get(name).cloned()
    }

    /// All scenarios, by name.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<dyn ErasedScenario>> {
        self.scenarios.values()
    }
}

impl std::fmt::Debug for Registry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.scenarios.keys()).finish()
    }
}
