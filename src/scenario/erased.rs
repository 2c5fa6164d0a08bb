//! Scenarios behind one object-safe face, so that the engine can hold any of them.

use super::{
    Chosen, Counter, FieldSampler, FinishedStudy, GroupKey, GroupMember, GroupResults, InputFile, MemberAxis,
    MetricColumn, PointMember, Problem, Product, Scenario, Unit, UnitFailure, UnitFeatures, UnitOutput,
};
use serde_json::Value;
use std::any::Any;
use std::path::Path;
use std::sync::Arc;

/// [`Scenario`] with its configuration type erased to JSON. Implemented for every scenario; not to be implemented by
/// hand.
pub trait ErasedScenario: Send + Sync {
    /// See [`Scenario::name`].
    fn name(&self) -> &'static str;
    /// See [`Scenario::summary`].
    fn summary(&self) -> &'static str;
    /// See [`Scenario::for_folder`]; a scenario that reads no files stays the same.
    fn for_folder(self: Arc<Self>, folder: &Path) -> Arc<dyn ErasedScenario>;
    /// See [`Scenario::input_files`].
    ///
    /// # Errors
    /// If `config` does not fit the schema.
    fn input_files(&self, config: &Value) -> Result<Vec<InputFile>, serde_json::Error>;
    /// See [`Scenario::file_keys`].
    fn file_keys(&self) -> &'static [&'static str];
    /// See [`Scenario::keys_without_effect`].
    fn keys_without_effect(&self) -> &'static [&'static str];
    /// See [`Scenario::shares_randomness`].
    ///
    /// # Errors
    /// If `config` does not fit the schema.
    fn shares_randomness(&self, config: &Value) -> Result<bool, serde_json::Error>;
    /// See [`Scenario::randomness_keys`].
    fn randomness_keys(&self) -> &'static [&'static str];
    /// See [`Scenario::memory_bytes_per_rank`].
    ///
    /// # Errors
    /// If `config` does not fit the schema.
    fn memory_bytes_per_rank(&self, config: &Value) -> Result<u64, serde_json::Error>;
    /// See [`Scenario::memory_bytes_per_member`].
    ///
    /// # Errors
    /// If `config` does not fit the schema.
    fn memory_bytes_per_member(&self, config: &Value) -> Result<u64, serde_json::Error>;
    /// See [`Scenario::memory_keys`].
    fn memory_keys(&self) -> &'static [&'static str];
    /// See [`Scenario::max_kept_bytes`].
    fn max_kept_bytes(&self) -> u64;
    /// See [`Scenario::chosen`].
    ///
    /// # Errors
    /// If `config` does not fit the schema.
    fn chosen(&self, config: &Value) -> Result<Vec<Chosen>, serde_json::Error>;
    /// See [`Scenario::chosen_keys`].
    fn chosen_keys(&self) -> &'static [&'static str];
    /// See [`Scenario::counters`].
    fn counters(&self) -> Vec<Counter>;
    /// JSON Schema of the scenario's tables.
    fn schema(&self) -> Value;
    /// The tables with all defaults.
    fn defaults(&self) -> Value;
    /// See [`Scenario::common_columns`].
    fn common_columns(&self) -> &'static [(&'static str, &'static str)];
    /// See [`Scenario::shape_keys`].
    fn shape_keys(&self) -> &'static [&'static str];
    /// The tables with every default filled in.
    ///
    /// # Errors
    /// If `config` does not fit the schema.
    fn complete(&self, config: &Value) -> Result<Value, serde_json::Error>;
    /// See [`Scenario::check`].
    ///
    /// # Errors
    /// If `config` does not fit the schema.
    fn check(&self, config: &Value) -> Result<Vec<Problem>, serde_json::Error>;
    /// See [`Scenario::member_axis`], [`Scenario::metrics`] and [`Scenario::features`].
    ///
    /// # Errors
    /// If `config` does not fit the schema.
    fn shape(&self, config: &Value) -> Result<UnitShape, serde_json::Error>;
    /// See [`Scenario::max_rows`].
    ///
    /// # Errors
    /// If `config` does not fit the schema.
    fn max_rows(&self, config: &Value, units: (u64, u32)) -> Result<(Vec<Option<u64>>, u64), serde_json::Error>;
    /// See [`Scenario::trace_keys`].
    ///
    /// # Errors
    /// If `config` does not fit the schema.
    fn trace_keys(&self, config: &Value) -> Result<Vec<(&'static str, String)>, serde_json::Error>;
    /// See [`Scenario::group_keys`].
    fn group_keys(&self) -> &'static [&'static str];
    /// See [`Scenario::make_product`].
    ///
    /// # Errors
    /// See [`Scenario::make_product`].
    fn make_product(
        &self,
        product: &Product,
        study: &dyn FinishedStudy,
        file: &mut dyn std::io::Write,
    ) -> Result<(), String>;
    /// Parses the configuration of one design point, once for all its replicates.
    ///
    /// # Errors
    /// If `config` does not fit the schema.
    fn prepare(self: Arc<Self>, config: &Value) -> Result<Box<dyn PreparedPoint>, serde_json::Error>;
}

/// All that a scenario declares about the results of its units.
#[derive(Clone, Debug, PartialEq)]
pub struct UnitShape {
    /// See [`Scenario::member_axis`].
    pub member_axis: MemberAxis,
    /// See [`Scenario::metrics`].
    pub metrics: Vec<MetricColumn>,
    /// See [`Scenario::features`].
    pub features: UnitFeatures,
}

/// One design point, ready to simulate any of its replicates.
pub trait PreparedPoint: Send + Sync {
    /// Members of this design point: at most the length of the file's member axis.
    fn members(&self) -> usize;

    /// See [`Scenario::simulate`].
    ///
    /// # Errors
    /// See [`Scenario::simulate`].
    fn simulate(&self, unit: &Unit, output: &mut UnitOutput<'_>) -> Result<(), UnitFailure>;

    /// See [`Scenario::group_key`].
    fn group_key(&self, _unit: &Unit) -> Option<GroupKey> {
        None
    }

    /// See [`Scenario::max_group_units`].
    fn max_group_units(&self) -> usize {
        1
    }

    /// Simulates units of one group, of which one is of this point. See [`Scenario::simulate_group`].
    fn simulate_group(&self, group: &mut [PointMember<'_, '_>]) -> GroupResults {
        (group.iter_mut())
            .map(|member| member.point.simulate(member.unit, member.output))
            .collect()
    }

    /// This point as what it is, for [`Self::simulate_group`].
    fn as_any(&self) -> Option<&dyn Any> {
        None
    }

    /// See [`Scenario::fields`].
    ///
    /// # Errors
    /// See [`Scenario::fields`].
    fn fields(&self, _unit: &Unit) -> Result<Option<Box<dyn FieldSampler>>, UnitFailure> {
        Ok(None)
    }
}

struct Prepared<S: Scenario> {
    scenario: Arc<S>,
    config: S::Config,
}

impl<S: Scenario> PreparedPoint for Prepared<S> {
    fn members(&self) -> usize {
        self.scenario.member_axis(&self.config).count as usize
    }

    fn simulate(&self, unit: &Unit, output: &mut UnitOutput<'_>) -> Result<(), UnitFailure> {
        self.scenario.simulate(&self.config, unit, output)
    }

    fn group_key(&self, unit: &Unit) -> Option<GroupKey> {
        self.scenario.group_key(&self.config, unit)
    }

    fn max_group_units(&self) -> usize {
        self.scenario.max_group_units(&self.config)
    }

    fn simulate_group(&self, group: &mut [PointMember<'_, '_>]) -> GroupResults {
        let mut members = Vec::with_capacity(group.len());
        for member in group {
            let point = member.point.as_any().and_then(<dyn Any>::downcast_ref::<Self>);
            members.push(GroupMember {
                unit: member.unit,
                config: &point.expect("all points of a study are of one scenario").config,
                output: &mut *member.output,
            });
        }
        self.scenario.simulate_group(&mut members)
    }

    fn as_any(&self) -> Option<&dyn Any> {
        Some(self)
    }

    fn fields(&self, unit: &Unit) -> Result<Option<Box<dyn FieldSampler>>, UnitFailure> {
        self.scenario.fields(&self.config, unit)
    }
}

impl<S: Scenario> ErasedScenario for S {
    fn name(&self) -> &'static str {
        Scenario::name(self)
    }

    fn summary(&self) -> &'static str {
        Scenario::summary(self)
    }

    fn for_folder(self: Arc<Self>, folder: &Path) -> Arc<dyn ErasedScenario> {
        match Scenario::for_folder(&*self, folder) {
            Some(scenario) => Arc::new(scenario),
            None => self,
        }
    }

    fn input_files(&self, config: &Value) -> Result<Vec<InputFile>, serde_json::Error> {
        Ok(Scenario::input_files(self, &parse(self, config)?))
    }

    fn file_keys(&self) -> &'static [&'static str] {
        Scenario::file_keys(self)
    }

    fn keys_without_effect(&self) -> &'static [&'static str] {
        Scenario::keys_without_effect(self)
    }

    fn shares_randomness(&self, config: &Value) -> Result<bool, serde_json::Error> {
        Ok(Scenario::shares_randomness(self, &parse(self, config)?))
    }

    fn randomness_keys(&self) -> &'static [&'static str] {
        Scenario::randomness_keys(self)
    }

    fn memory_bytes_per_rank(&self, config: &Value) -> Result<u64, serde_json::Error> {
        Ok(Scenario::memory_bytes_per_rank(self, &parse(self, config)?))
    }

    fn memory_bytes_per_member(&self, config: &Value) -> Result<u64, serde_json::Error> {
        Ok(Scenario::memory_bytes_per_member(self, &parse(self, config)?))
    }

    fn memory_keys(&self) -> &'static [&'static str] {
        Scenario::memory_keys(self)
    }

    fn max_kept_bytes(&self) -> u64 {
        Scenario::max_kept_bytes(self)
    }

    fn chosen(&self, config: &Value) -> Result<Vec<Chosen>, serde_json::Error> {
        Ok(Scenario::chosen(self, &parse(self, config)?))
    }

    fn chosen_keys(&self) -> &'static [&'static str] {
        Scenario::chosen_keys(self)
    }

    fn counters(&self) -> Vec<Counter> {
        Scenario::counters(self)
    }

    fn schema(&self) -> Value {
        self.in_scope(|| schemars::schema_for!(S::Config).to_value())
    }

    fn defaults(&self) -> Value {
        self.in_scope(|| serde_json::to_value(S::Config::default()))
            .expect("a configuration type serialises to JSON")
    }

    fn common_columns(&self) -> &'static [(&'static str, &'static str)] {
        Scenario::common_columns(self)
    }

    fn shape_keys(&self) -> &'static [&'static str] {
        Scenario::shape_keys(self)
    }

    fn complete(&self, config: &Value) -> Result<Value, serde_json::Error> {
        serde_json::to_value(parse(self, config)?)
    }

    fn check(&self, config: &Value) -> Result<Vec<Problem>, serde_json::Error> {
        Ok(Scenario::check(self, &parse(self, config)?))
    }

    fn shape(&self, config: &Value) -> Result<UnitShape, serde_json::Error> {
        let config = parse(self, config)?;
        Ok(UnitShape {
            member_axis: self.member_axis(&config),
            metrics: self.metrics(&config),
            features: self.features(&config),
        })
    }

    fn max_rows(&self, config: &Value, units: (u64, u32)) -> Result<(Vec<Option<u64>>, u64), serde_json::Error> {
        Ok(Scenario::max_rows(self, &parse(self, config)?, units))
    }

    fn trace_keys(&self, config: &Value) -> Result<Vec<(&'static str, String)>, serde_json::Error> {
        Ok(Scenario::trace_keys(self, &parse(self, config)?))
    }

    fn group_keys(&self) -> &'static [&'static str] {
        Scenario::group_keys(self)
    }

    fn make_product(
        &self,
        product: &Product,
        study: &dyn FinishedStudy,
        file: &mut dyn std::io::Write,
    ) -> Result<(), String> {
        Scenario::make_product(self, product, study, file)
    }

    fn prepare(self: Arc<Self>, config: &Value) -> Result<Box<dyn PreparedPoint>, serde_json::Error> {
        let config = parse(&*self, config)?;
        Ok(Box::new(Prepared { scenario: self, config }))
    }
}

fn parse<S: Scenario>(scenario: &S, config: &Value) -> Result<S::Config, serde_json::Error> {
    scenario.in_scope(|| serde::Deserialize::deserialize(config))
}
