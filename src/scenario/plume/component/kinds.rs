//! The kinds that a program added, and how configurations find them.

use super::super::boundary::BoundaryModel;
use super::super::field::PlumeModel;
use super::super::navigator::NavigatorModel;
use super::super::sensor::SensorModel;
use super::super::wind::WindModel;
use super::family::{Family, Kind};
use super::metrics::MetricModel;
use std::cell::RefCell;
use std::sync::Arc;

/// All kinds that a program added.
#[derive(Clone, Default)]
pub struct Kinds {
    pub(in super::super) plumes: Vec<Kind<dyn PlumeModel>>,
    pub(in super::super) winds: Vec<Kind<dyn WindModel>>,
    pub(in super::super) sensors: Vec<Kind<dyn SensorModel>>,
    pub(in super::super) navigators: Vec<Kind<dyn NavigatorModel>>,
    pub(in super::super) boundaries: Vec<Kind<dyn BoundaryModel>>,
    pub(in super::super) metrics: Vec<Kind<dyn MetricModel>>,
}

impl std::fmt::Debug for Kinds {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        fn names<P: ?Sized>(kinds: &[Kind<P>]) -> Vec<&'static str> {
            kinds.iter().map(|kind| kind.name).collect()
        }
        f.debug_struct("Kinds")
            .field("plumes", &names(&self.plumes))
            .field("winds", &names(&self.winds))
            .field("sensors", &names(&self.sensors))
            .field("navigators", &names(&self.navigators))
            .field("boundaries", &names(&self.boundaries))
            .field("metrics", &names(&self.metrics))
            .finish()
    }
}

thread_local! {
    static CURRENT: RefCell<Arc<Kinds>> = RefCell::default();
}

impl Kinds {
    /// Runs `work` with these kinds in scope: serde and schemars have no way to hand them down to the types that need
    /// them, so they lie with the thread while a configuration is read, written or described.
    pub(in super::super) fn scope<R>(self: &Arc<Self>, work: impl FnOnce() -> R) -> R {
        /// Puts the former kinds back, even after a panic.
        struct Restore(Arc<Kinds>);
        impl Drop for Restore {
            fn drop(&mut self) {
                CURRENT.set(Arc::clone(&self.0));
            }
        }
        let _restore = Restore(CURRENT.replace(Arc::clone(self)));
        work()
    }

    /// The kinds in scope; none outside of [`Kinds::scope`].
    pub(super) fn current<R>(look: impl FnOnce(&Kinds) -> R) -> R {
        let kinds = CURRENT.with_borrow(Arc::clone);
        look(&kinds)
    }

    /// Adds a kind to its family.
    ///
    /// # Panics
    /// If the name is taken.
    pub(in super::super) fn add<P: ?Sized + Family>(&mut self, kind: Kind<P>) {
        let list = P::of_program_mut(self);
        let mut known = P::built_in().iter().chain(list.iter());
        let is_known = known.any(|known| known.name == kind.name);
        assert!(!is_known, "the kind {:?} is registered twice", kind.name);
        list.push(kind);
    }
}
