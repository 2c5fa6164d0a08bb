//! The study of a results file, as far as another file of it needs: without its scenario, and without its input files.

use super::subject::inputs_text;
use super::{Reader, StoreError, Subject};
use crate::random::{PointKey, Streams, StudySeed};
use crate::results::Shape;
use crate::study::ResolvedStudy;
use crate::sweep::{Design, Dimension, PointIndex, UnitIndex};
use std::sync::Arc;

/// A study read back from its results.
#[derive(Clone, Debug)]
pub struct KeptStudy {
    resolved: Arc<ResolvedStudy>,
    design: Arc<Design>,
    dimensions: Arc<Vec<Dimension>>,
    shape: Shape,
    hash: [u8; 32],
    toml: String,
    json: String,
}

impl KeptStudy {
    /// The study of an open file.
    ///
    /// # Errors
    /// If it can't be read.
    pub fn of(reader: &Reader) -> Result<Self, StoreError> {
        let resolved = reader.resolved_study()?;
        let design = Design::parse(&resolved.sweep).map_err(|_| reader.damaged_text("the sweep in it"))?;
        let (toml, json) = (reader.configuration_toml()?, reader.configuration_json()?);
        let shape = Shape {
            configuration_bytes: [toml.len() as u64, json.len() as u64],
            inputs_bytes: inputs_text(&resolved).len() as u64,
            ..reader.layout().shape().clone()
        };
        Ok(Self {
            dimensions: Arc::new(reader.dimensions()?),
            design: Arc::new(design),
            shape,
            hash: reader.configuration_hash(),
            resolved: Arc::new(resolved),
            toml,
            json,
        })
    }

    /// The study as data.
    #[must_use]
    pub fn resolved(&self) -> &ResolvedStudy {
        &self.resolved
    }
}

impl Subject for KeptStudy {
    fn title(&self) -> String {
        self.resolved.study.name.clone()
    }

    fn scenario(&self) -> String {
        self.resolved.study.scenario.clone()
    }

    fn seed(&self) -> u64 {
        self.resolved.study.seed
    }

    fn shape(&self) -> Shape {
        self.shape.clone()
    }

    fn dimensions(&self) -> Vec<Dimension> {
        self.dimensions.as_ref().clone()
    }

    fn point_key(&self, point: PointIndex) -> PointKey {
        match self.resolved.study.common_random_numbers {
            true => PointKey::COMMON,
            false => self.design.point_key(point),
        }
    }

    fn unit_seed(&self, unit: UnitIndex) -> u64 {
        let (point, replicate) = self.shape.plan().locate(unit);
        let streams = Streams::new(StudySeed(self.seed()), self.point_key(point), replicate);
        streams.seed("unit").0
    }

    fn hash(&self) -> [u8; 32] {
        self.hash
    }

    fn toml(&self) -> String {
        self.toml.clone()
    }

    fn json(&self) -> String {
        self.json.clone()
    }

    fn inputs(&self) -> String {
        inputs_text(&self.resolved)
    }
}
