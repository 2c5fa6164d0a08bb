//! What the units of a scenario may leave besides their metrics.

use super::{Product, RowTable};
use serde::{Deserialize, Serialize};

/// A reason for which a unit ends before its time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndReason {
    /// One word, lower-case, joined by `_`: `extinct`, `all_found`.
    pub name: String,
    /// One line for people: `no searcher is left`.
    pub long_name: String,
}

impl EndReason {
    /// A reason.
    #[must_use]
    pub fn new(name: &str, long_name: &str) -> Self {
        Self {
            name: name.to_owned(),
            long_name: long_name.to_owned(),
        }
    }
}

/// What a scenario declares besides its metrics. Nothing of it by default, and what isn't declared costs nothing.
///
/// ```
/// use plume_nav_sim::scenario::*;
/// use plume_nav_sim::store::Reader;
/// use plume_nav_sim::sweep::UnitIndex;
/// use plume_nav_sim::trial::Trial;
/// use schemars::JsonSchema;
/// use serde::{Deserialize, Serialize};
///
/// /// No tables.
/// #[derive(Default, Serialize, Deserialize, JsonSchema)]
/// #[serde(deny_unknown_fields)]
/// struct Nothing {}
///
/// /// Cells that divide until there are eight; each division is a row.
/// struct Dividing;
///
/// impl Scenario for Dividing {
///     type Config = Nothing;
///
///     fn name(&self) -> &'static str {
///         "dividing"
///     }
///     fn summary(&self) -> &'static str {
///         "cells that divide"
///     }
///     fn member_axis(&self, _: &Nothing) -> MemberAxis {
///         MemberAxis { name: "cell".to_owned(), count: 10 }
///     }
///     fn metrics(&self, _: &Nothing) -> Vec<MetricColumn> {
///         vec![MetricColumn::new("born", MetricKind::Count, "1", "generation of the cell")]
///     }
///     fn features(&self, _: &Nothing) -> UnitFeatures {
///         let column = |name, text| RowColumn::new(name, CellKind::I32, "1", text);
///         UnitFeatures {
///             ragged_members: true,
///             ends: vec![EndReason::new("crowded", "there are eight cells")],
///             tables: vec![RowTable {
///                 name: "divisions".to_owned(),
///                 long_name: "which cell divided when".to_owned(),
///                 row: RowMeaning::Event,
///                 recorded: false,
///                 columns: vec![column("generation", "generation"), column("cell", "cell that divided")],
///             }],
///             ..UnitFeatures::PLAIN
///         }
///     }
///     fn simulate(&self, _: &Nothing, _: &Unit, output: &mut UnitOutput<'_>) -> Result<(), UnitFailure> {
///         let mut cells = 1;
///         output.set(0, 0, 0.0);
///         for generation in 1.. {
///             let parents: Vec<i32> = (0..cells).collect();
///             let generations = vec![generation; parents.len()];
///             output.append(0, &[Cells::I32(&generations), Cells::I32(&parents)]);
///             for _ in parents {
///                 output.set(0, cells as usize, f64::from(generation));
///                 cells += 1;
///             }
///             if cells == 8 {
///                 output.end(0);
///                 break;
///             }
///         }
///         output.set_members(cells as usize);
///         Ok(())
///     }
/// }
///
/// let folder = tempfile::tempdir()?;
/// let results = folder.path().join("cells.h5");
/// let registry = Registry::empty().with(Dividing);
/// let trial = Trial::new(&registry, "study = { scenario = 'dividing', replicates = 2 }")?;
/// trial.sweep(&results)?;
///
/// let reader = Reader::open(&results)?;
/// assert_eq!(reader.members_taking_part(0..2)?, Some(vec![8, 8]));
/// assert_eq!(reader.end_counts()?.iter().find(|end| end.0 == "crowded").map(|end| end.1), Some(2));
/// let rows = reader.rows(UnitIndex(1), 0)?.expect("the unit is done");
/// assert_eq!(rows.columns[0], CellColumn::I32(vec![1, 2, 2, 3, 3, 3, 3]));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct UnitFeatures {
    /// Whether a unit may have fewer members than its design point declares, known only when it is simulated
    /// ([`UnitOutput::set_members`](crate::scenario::UnitOutput::set_members)).
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub ragged_members: bool,
    /// Why a unit may end early ([`UnitOutput::end`](crate::scenario::UnitOutput::end)); at most [`Self::MAX_ENDS`].
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ends: Vec<EndReason>,
    /// Tables of which a unit may append rows ([`UnitOutput::append`](crate::scenario::UnitOutput::append)). Leave out
    /// those that nobody asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tables: Vec<RowTable>,
    /// Files that are made from the finished results ([`Scenario::make_product`](crate::scenario::Scenario::make_product)).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub products: Vec<Product>,
    /// Whether a unit can save its state and go on from it later ([`UnitOutput::save`](crate::scenario::UnitOutput::save)).
    /// It changes no result, so results don't keep it.
    #[serde(skip)]
    pub saves: bool,
}

impl UnitFeatures {
    /// Nothing but metrics.
    pub const PLAIN: Self = Self {
        ragged_members: false,
        ends: Vec::new(),
        tables: Vec::new(),
        products: Vec::new(),
        saves: false,
    };

    /// Reasons at most: they are kept as numbers of one byte, of which 0 is a unit that went its full course.
    pub const MAX_ENDS: usize = 100;

    /// What the results call a unit that went its full course.
    pub const FULL_COURSE: &'static str = "full_course";

    /// Whether there is nothing but metrics.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        *self == Self::PLAIN
    }

    /// What results keep of it.
    #[must_use]
    pub fn kept(&self) -> Self {
        Self {
            saves: false,
            ..self.clone()
        }
    }

    /// The name of an end as it is kept: 0 for the full course, then the reasons in their order.
    #[must_use]
    pub fn end_name(&self, code: u8) -> Option<&str> {
        match code {
            0 => Some(Self::FULL_COURSE),
            code => self.ends.get(usize::from(code) - 1).map(|reason| reason.name.as_str()),
        }
    }

    /// What is wrong with it, in words, if anything is.
    #[must_use]
    pub fn problem(&self) -> Option<String> {
        if self.ends.len() > Self::MAX_ENDS {
            let (found, most) = (self.ends.len(), Self::MAX_ENDS);
            return Some(format!(
                "declares {found} reasons to end early, but at most {most} are possible"
            ));
        }
        let mut names = vec![Self::FULL_COURSE];
        for reason in &self.ends {
            if !is_name(&reason.name) {
                let name = &reason.name;
                return Some(format!(
                    "calls a reason to end early {name:?}; a name is lower-case letters, digits and `_`"
                ));
            }
            if names.contains(&reason.name.as_str()) {
                return Some(format!("has two reasons to end early called `{}`", reason.name));
            }
            names.push(&reason.name);
        }
        for (index, product) in self.products.iter().enumerate() {
            let name = &product.name;
            if !product.has_good_name() {
                return Some(format!(
                    "calls a product {name:?}; a name is lower-case letters, digits, `_` and `.`"
                ));
            }
            if self.products[..index].iter().any(|other| other.name == *name) {
                return Some(format!("has two products called `{name}`"));
            }
        }
        for (index, table) in self.tables.iter().enumerate() {
            let name = &table.name;
            if !is_name(name) {
                return Some(format!(
                    "calls a table {name:?}; a name is lower-case letters, digits and `_`"
                ));
            }
            if self.tables[..index].iter().any(|other| other.name == *name) {
                return Some(format!("has two tables called `{name}`"));
            }
            if let Some(problem) = table.problem(is_name) {
                return Some(problem);
            }
        }
        None
    }
}

/// Whether a text can stand as a name in the results.
fn is_name(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_lowercase())
        && text.len() <= 60
        && (text.chars()).all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_')
}

#[cfg(test)]
mod tests {
    use super::super::{CellKind, RowColumn, RowMeaning};
    use super::*;

    fn ends(names: &[&str]) -> UnitFeatures {
        UnitFeatures {
            ends: names.iter().map(|name| EndReason::new(name, "for a test")).collect(),
            ..UnitFeatures::PLAIN
        }
    }

    #[test]
    fn ends_have_names_of_their_own() {
        assert_eq!(ends(&["extinct", "all_found"]).problem(), None);
        for (names, told) in [
            (&["extinct", "extinct"][..], "two reasons"),
            (&["full_course"], "two reasons"),
            (&["All found"], "a name is"),
            (&[""], "a name is"),
            (&["a"; 101], "at most 100"),
        ] {
            let problem = ends(names).problem().expect("a problem");
            assert!(problem.contains(told), "{problem}");
        }
    }

    #[test]
    fn tables_and_columns_have_names_of_their_own() {
        let table = |name: &str, columns: &[(&str, CellKind)]| RowTable {
            name: name.to_owned(),
            long_name: "for a test".to_owned(),
            row: RowMeaning::Event,
            recorded: false,
            columns: (columns.iter())
                .map(|(name, kind)| RowColumn::new(name, *kind, "1", "for a test"))
                .collect(),
        };
        let good = table("births", &[("step", CellKind::I32), ("name", CellKind::Text(8))]);
        let of = |tables: Vec<RowTable>| {
            UnitFeatures {
                tables,
                ..UnitFeatures::PLAIN
            }
            .problem()
        };
        assert_eq!(
            of(vec![good.clone(), table("deaths", &[("step", CellKind::I32)])]),
            None
        );
        for (tables, told) in [
            (vec![good.clone(), good.clone()], "two tables"),
            (vec![table("Births", &[("step", CellKind::I32)])], "calls a table"),
            (vec![table("births", &[])], "without columns"),
            (
                vec![table("births", &[("a", CellKind::I32), ("a", CellKind::F32)])],
                "two columns",
            ),
            (vec![table("births", &[("x m", CellKind::I32)])], "calls a column"),
            (vec![table("births", &[("a", CellKind::Text(0))])], "no bytes"),
        ] {
            let problem = of(tables).expect("a problem");
            assert!(problem.contains(told), "{problem}");
        }
    }

    #[test]
    fn products_are_plain_files() {
        let of = |names: &[&str]| {
            UnitFeatures {
                products: names.iter().map(|name| Product::new(name, "for a test")).collect(),
                ..UnitFeatures::PLAIN
            }
            .problem()
        };
        assert_eq!(of(&["ages.csv", "table_2.csv"]), None);
        for (names, told) in [
            (&["a.csv", "a.csv"][..], "two products"),
            (&["../a.csv"], "calls a product"),
            (&["a/b"], "calls a product"),
            (&[".a"], "calls a product"),
        ] {
            let problem = of(names).expect("a problem");
            assert!(problem.contains(told), "{problem}");
        }
    }

    #[test]
    fn an_end_is_known_by_its_number() {
        let features = ends(&["extinct", "all_found"]);
        let names: Vec<_> = (0..4).map(|code| features.end_name(code)).collect();
        assert_eq!(names, [Some("full_course"), Some("extinct"), Some("all_found"), None]);
    }

    #[test]
    fn what_is_plain_leaves_no_trace() {
        assert_eq!(serde_json::to_string(&UnitFeatures::PLAIN).unwrap(), "{}");
        assert!(serde_json::from_str::<UnitFeatures>("{}").unwrap().is_plain());
        assert!(!ends(&["extinct"]).is_plain());
    }
}
