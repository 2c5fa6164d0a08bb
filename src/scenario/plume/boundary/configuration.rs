//! `[boundary]`.

use super::super::component::{Choice, Context, Part, family};
use super::super::space::Domain;
use super::edges::ReflectConfig;
use super::{BUILT_IN, Boundary};
use crate::scenario::Problems;

/// A kind of `[boundary]`.
///
/// A boundary policy of a program of its own:
///
/// ```
#[doc = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/custom_components/bounce_back.rs"))]
///
/// use plume_nav_sim::{scenario::Registry, scenario::plume::PlumeNavigation, trial::Trial};
///
/// let boundary = PlumeNavigation::default().with_boundary::<BounceBack>();
/// let trial = Trial::new(&Registry::empty().with(boundary), "boundary.kind = 'bounce_back'\nepisode.duration_s = 2.0")?;
/// assert_eq!(trial.unit(0)?.metric("left_domain")[0], 0.0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait BoundaryModel: Part {
    /// The boundary of one unit.
    fn build(&self, domain: &Domain) -> Box<dyn Boundary>;

    /// Whether agents may be at a place: anywhere in the domain unless it says otherwise. The region has to be convex and
    /// within the domain: of lines and rectangles to start in only the ends and corners are looked at.
    fn contains(&self, domain: &Domain, x_m: f64, y_m: f64) -> bool {
        domain.contains(x_m, y_m)
    }

    /// Combinations of values that each are allowed but don't go together, with keys like `boundary.west`.
    fn problems(&self, _context: Context<'_>) -> Problems {
        Problems::default()
    }
}

/// What happens at the edges of the domain: `[boundary]`.
pub type BoundaryConfig = Choice<dyn BoundaryModel>;

family!(
    BoundaryModel,
    "Boundary",
    "What happens at the edges of the domain.",
    built_in: BUILT_IN,
    program: boundaries,
    usual: ReflectConfig
);
