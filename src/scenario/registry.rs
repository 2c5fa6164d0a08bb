//! The scenarios that a program knows.

use super::{ErasedScenario, RowBackend, Scenario};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The scenarios that can be named in `study.scenario`, and the program's own backends of rows.
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
    backends: Vec<Arc<dyn RowBackend>>,
}

impl Registry {
    /// Backends that every program has; `none` makes nothing.
    pub const BACKENDS: [&'static str; 2] = ["hdf5", "none"];

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
            .with(super::cell_sorting::CellSorting)
            .with(super::sorting_arrays::SortingArrays)
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

    /// Adds a backend, which `record.backend` can name.
    ///
    /// # Panics
    /// If a backend has the same name.
    #[must_use]
    pub fn with_backend<B: RowBackend>(mut self, backend: B) -> Self {
        let name = backend.name();
        let taken = self.backend_names().any(|known| known == name);
        assert!(!taken, "backend {name:?} is registered twice");
        self.backends.push(Arc::new(backend));
        self
    }

    /// Names of all backends: those that every program has, and the program's own.
    pub fn backend_names(&self) -> impl Iterator<Item = &'static str> {
        let own = self.backends.iter().map(|backend| backend.name());
        Self::BACKENDS.into_iter().chain(own)
    }

    /// A backend of the program's own.
    #[must_use]
    pub fn backend(&self, name: &str) -> Option<Arc<dyn RowBackend>> {
        self.backends.iter().find(|backend| backend.name() == name).cloned()
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
