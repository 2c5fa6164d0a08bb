//! Layers → one tree → a checked study.

use super::check::{Check, Problem as FoundProblem};
use super::components::expand_names;
use super::compose::Composition;
use super::points::PointCheck;
use super::presets::Presets;
use super::read::{parse_document, read_file};
use super::report::Report;
use super::schema::Schema;
use super::source::{FILE_LAYER, Place, Source, SourceKind};
use super::swept::Swept;
use super::tree::{Data, Node};
use super::{ConfigError, Diagnostic, LayerSources, command_line, environment, pin, study_schema};
use crate::scenario::{ErasedScenario, Registry};
use crate::study::{Origin, RecordSettings, ResolvedStudy, StudySettings, replaced_keys};
use crate::sweep::{Design, varied_keys};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

/// Units that a study may have: 10¹², far beyond any cluster's year.
pub(super) const MAX_UNITS: u64 = 1_000_000_000_000;

/// Reads and checks all layers of a study.
///
/// # Errors
/// Every problem that was found, never just the first.
pub fn load(sources: &LayerSources, registry: &Registry) -> Result<ResolvedStudy, ConfigError> {
    load_with_warnings(sources, registry).map(|(study, _)| study)
}

/// [`load`], and what is unlikely to be intended.
///
/// # Errors
/// Every problem that was found, never just the first.
pub fn load_with_warnings(
    sources: &LayerSources,
    registry: &Registry,
) -> Result<(ResolvedStudy, Vec<Diagnostic>), ConfigError> {
    let presets = Presets::beside(&sources.file, &sources.environment);
    load_with(sources, registry, &presets)
}

/// What was found, as an error.
fn refused(report: Report) -> ConfigError {
    report.finish().err().unwrap_or(ConfigError {
        diagnostics: Vec::new(),
    })
}

/// [`load_with_warnings`] with given places of presets.
pub(super) fn load_with(
    sources: &LayerSources,
    registry: &Registry,
    presets: &Presets,
) -> Result<(ResolvedStudy, Vec<Diagnostic>), ConfigError> {
    let mut report = Report::default();
    let Some(layers) = read_layers(sources, presets, &mut report) else {
        return Err(refused(report));
    };
    let scenario = named_scenario(&layers, registry).map(|scenario| scenario.for_folder(&sources.folder()));
    let schema = Schema::new(study_schema::document(registry, scenario.as_deref()));
    let tables = table_names(&schema);
    environment::refuse_mistyped(&sources.environment, &tables, FILE_LAYER + 1, &mut report);
    environment::refuse_unreadable(sources, FILE_LAYER + 1, &mut report);
    let mut tree = Node::from_value(&default_layer(scenario.as_deref()), &Place::default_layer());
    layers.into_iter().for_each(|layer| tree.merge(layer));
    let mut sweep = take(&mut tree, "sweep");
    take(&mut tree, "defaults");
    expand_names(&mut tree, &schema, schema.root(), "", presets, &mut report);
    // What the command line gives a swept key is told once, together with the sweep.
    let swept_keys = sweep
        .as_ref()
        .map_or_else(Vec::new, |sweep| replaced_keys(&sweep.to_value()));
    check_tree(&tree, &schema, scenario.is_some(), &swept_keys, &mut report);
    let Some(scenario) = scenario else {
        return Err(refused(report));
    };
    if let (true, Some(sweep)) = (sources.pins, &mut sweep) {
        pin::pin(&mut tree, sweep, presets, &mut report);
    }
    let mut swept = Swept {
        schema: &schema,
        presets,
        base: &tree,
        slots: Vec::new(),
    };
    if let Some(sweep) = &mut sweep {
        swept.sweep(sweep, &mut report);
    }
    let slots = swept.slots;
    if let (true, Some(sweep)) = (sources.pins, &mut sweep) {
        pin::drop_idle_rules(sweep);
    }
    let place = sweep
        .as_ref()
        .map_or_else(Place::default_layer, |sweep| sweep.place.clone());
    let sweep_value = sweep.as_ref().map_or_else(|| json!({}), Node::to_value);
    super::replaced::refuse_typed(&tree, &sweep_value, &mut report);
    let design = match report.is_full() {
        true => None,
        false => parse_design(&sweep_value, sweep.as_ref(), &place, &mut report),
    };
    let (Some(design), true) = (design, report.is_empty()) else {
        return Err(refused(report));
    };
    let varied = varied_keys(&sweep_value);
    let Some(mut resolved) = complete(&tree, sweep.as_ref(), sweep_value, &*scenario, &mut report) else {
        return Err(refused(report));
    };
    resolved.folder = sources.folder();
    super::expand::agree_on_columns(&mut resolved, &design, &*scenario);
    let base = resolved.scenario.clone();
    check_size(&resolved.study, &design, &tree, &mut report);
    let mut warnings = Report::default();
    PointCheck {
        schema: &schema,
        scenario: &*scenario,
        design: &design,
        base: &base,
        tree: &tree,
        place: &place,
        slots: &slots,
        varied: &varied,
        sweep: sweep.as_ref(),
        files: RefCell::default(),
    }
    .run(&mut report, &mut warnings);
    report.finish()?;
    Ok((resolved, warnings.into_diagnostics()))
}

/// The tables that a study may have.
fn table_names(schema: &Schema) -> Vec<&str> {
    let root = schema.resolve(schema.root());
    root.properties().into_iter().map(|(name, _)| name).collect()
}

/// All typed layers, lowest first; nothing if the study file couldn't be read.
fn read_layers(sources: &LayerSources, presets: &Presets, report: &mut Report) -> Option<Vec<Node>> {
    let source = match &sources.text {
        Some(text) => Some(Source::new(
            SourceKind::File(sources.file.clone()),
            FILE_LAYER,
            text.clone(),
        )),
        None => read_file(&sources.file, FILE_LAYER, report),
    };
    let file = source.and_then(|source| parse_document(&source, report));
    let mut typed: Vec<Node> = Vec::new();
    let file_was_read = file.is_some();
    typed.extend(file);
    typed.extend(environment::read(&sources.environment, FILE_LAYER + 1, report));
    typed.extend(command_line::read(&sources.set, FILE_LAYER + 2, report));
    if !file_was_read {
        return None;
    }
    let mut defaults = None;
    for layer in &mut typed {
        defaults = take(layer, "defaults").or(defaults);
    }
    let mut composition = Composition::new(presets);
    if let Some(defaults) = &defaults {
        composition.add_list(defaults, report);
    }
    let mut layers = composition.trees;
    layers.append(&mut typed);
    Some(layers)
}

fn take(tree: &mut Node, key: &str) -> Option<Node> {
    tree.as_table_mut()?.remove(key).map(|field| field.node)
}

/// The scenario that the topmost layer names, or the default one.
fn named_scenario(layers: &[Node], registry: &Registry) -> Option<Arc<dyn ErasedScenario>> {
    let named = layers.iter().rev().find_map(|layer| layer.at("study.scenario"));
    match named {
        Some(node) => registry.get(node.as_str()?),
        None => registry.get(&StudySettings::default().scenario),
    }
}

/// The built-in defaults as the lowest layer.
fn default_layer(scenario: Option<&dyn ErasedScenario>) -> Value {
    let mut layer = match scenario.map(ErasedScenario::defaults) {
        Some(Value::Object(map)) => map,
        _ => Map::new(),
    };
    layer.insert("study".to_owned(), json!(StudySettings::default()));
    layer.insert(
        "execution".to_owned(),
        json!(crate::study::ExecutionSettings::default()),
    );
    layer.insert("output".to_owned(), json!(crate::study::OutputSettings::default()));
    layer.insert(
        "statistics".to_owned(),
        json!(crate::study::StatisticsSettings::default()),
    );
    let record = layer.entry(RecordSettings::TABLE).or_insert_with(|| json!({}));
    if let (Some(record), Value::Object(ours)) = (record.as_object_mut(), json!(RecordSettings::default())) {
        record.extend(ours);
    }
    Value::Object(layer)
}

/// Checks everything but the sweep. Without a scenario its tables can't be judged.
fn check_tree(tree: &Node, schema: &Schema, has_scenario: bool, swept_keys: &[String], report: &mut Report) {
    let mut check = Check::new(schema);
    if has_scenario {
        check.root(tree);
    } else {
        for (name, property) in schema.resolve(schema.root()).properties() {
            if let Some(node) = tree.get(name) {
                check.value(node, property, name);
            }
        }
    }
    let default_scenario_is_missing =
        !has_scenario && tree.at("study.scenario").is_some_and(|node| node.place.is_default());
    report.add_more(check.more);
    let told_later = |problem: &FoundProblem| problem.place.is_command_line() && swept_keys.contains(&problem.key);
    for problem in check.problems.into_iter().filter(|problem| !told_later(problem)) {
        report.add(&problem.place, &problem.key, &problem.message, &problem.hint);
    }
    if default_scenario_is_missing {
        report.add_bare(
            &tree.place,
            "names no scenario, and the default one isn't in this program",
            "set study.scenario",
        );
    }
}

fn parse_design(value: &Value, sweep: Option<&Node>, place: &Place, report: &mut Report) -> Option<Design> {
    if let Some(node) = sweep.filter(|node| node.as_table().is_none()) {
        if !matches!(node.data, Data::Refused) {
            let message = format!("{}, expected a table", super::check::found(node));
            report.add(&node.place, "sweep", &message, "open it with [sweep]");
        }
        return None;
    }
    match Design::parse(value) {
        Ok(design) => Some(design),
        Err(problems) => {
            // What was refused became null; the sweep's complaint about that would be the second for one problem.
            let told = !report.is_empty();
            for problem in problems {
                let node = sweep.and_then(|sweep| sweep.nearest(&problem.path));
                if told && node.is_some_and(|node| matches!(node.data, Data::Refused)) {
                    continue;
                }
                let place = node.map_or(place, |node| &node.place);
                let key = if problem.path.is_empty() {
                    "sweep".to_owned()
                } else {
                    format!("sweep.{}", problem.path)
                };
                // A key that the study doesn't have is told once, whatever else is wrong with it.
                if key.ends_with(".key") && report.has(&key) {
                    continue;
                }
                report.add(place, &key, &problem.message, problem.hint.as_deref().unwrap_or(""));
            }
            None
        }
    }
}

/// Fills in the defaults.
fn complete(
    tree: &Node,
    sweep: Option<&Node>,
    sweep_value: Value,
    scenario: &dyn ErasedScenario,
    report: &mut Report,
) -> Option<ResolvedStudy> {
    let Value::Object(mut tables) = tree.to_value() else {
        return None;
    };
    let mut engine = |key: &str| tables.remove(key).unwrap_or_else(|| json!({}));
    let (study, execution, output, statistics) = (
        engine("study"),
        engine("execution"),
        engine("output"),
        engine("statistics"),
    );
    let record = take_record(&mut tables, scenario);
    let mut refuse = |error: serde_json::Error| {
        report.add_bare(
            &tree.place,
            &format!("doesn't fit the configuration types: {error}"),
            "check the kinds of the components",
        );
    };
    let keys_without_effect = scenario
        .keys_without_effect()
        .iter()
        .map(|key| (*key).to_owned())
        .collect();
    let scenario = scenario.complete(&Value::Object(tables)).map_err(&mut refuse).ok()?;
    fn typed<T: DeserializeOwned>(value: Value) -> Result<T, serde_json::Error> {
        serde_json::from_value(value)
    }
    let resolved = ResolvedStudy {
        study: typed(study).map_err(&mut refuse).ok()?,
        execution: typed(execution).map_err(&mut refuse).ok()?,
        output: typed(output).map_err(&mut refuse).ok()?,
        statistics: typed(statistics).map_err(&mut refuse).ok()?,
        record: typed(record).map_err(&mut refuse).ok()?,
        sweep: sweep_value,
        scenario,
        origins: origins(tree, sweep),
        keys_without_effect,
        inputs: Vec::new(),
        folder: PathBuf::new(),
    };
    Some(resolved)
}

/// Takes the engine's keys out of `[record]`; the others are the scenario's, if it has that table.
fn take_record(tables: &mut Map<String, Value>, scenario: &dyn ErasedScenario) -> Value {
    let mut ours = Map::new();
    if let Some(Value::Object(record)) = tables.get_mut(RecordSettings::TABLE) {
        let keys = RecordSettings::KEYS.iter();
        ours.extend(keys.filter_map(|key| Some(((*key).to_owned(), record.remove(*key)?))));
    }
    if scenario.defaults().get(RecordSettings::TABLE).is_none() {
        tables.remove(RecordSettings::TABLE);
    }
    Value::Object(ours)
}

/// Where every typed leaf came from. A list of scalars is one leaf.
fn origins(tree: &Node, sweep: Option<&Node>) -> BTreeMap<String, Origin> {
    let mut found = BTreeMap::new();
    collect_origins(tree, String::new(), &mut found);
    if let Some(sweep) = sweep {
        collect_origins(sweep, "sweep".to_owned(), &mut found);
    }
    found
}

fn collect_origins(node: &Node, key: String, found: &mut BTreeMap<String, Origin>) {
    match &node.data {
        Data::Table(table) if !table.is_empty() => {
            for (name, field) in table {
                collect_origins(&field.node, crate::study::join(&key, name), found);
            }
        }
        Data::Array(items) if items.iter().any(|item| item.as_table().is_some()) => {
            for (index, item) in items.iter().enumerate() {
                if !item.place.is_default() {
                    found.insert(format!("{key}[{index}]"), item.place.origin());
                }
            }
        }
        _ if node.place.is_default() || key.is_empty() => {}
        _ => {
            found.insert(key, node.place.origin());
        }
    }
}

fn check_size(study: &StudySettings, design: &Design, tree: &Node, report: &mut Report) {
    let points = design.point_count();
    let units = u128::from(points) * u128::from(study.replicates);
    if units > u128::from(MAX_UNITS) {
        let place = tree.at("study.replicates").map_or(&tree.place, |node| &node.place);
        let message = format!(
            "= {}: {points} design points with as many replicates each are {units} units, more than the largest allowed number, {MAX_UNITS}",
            study.replicates
        );
        report.add(
            place,
            "study.replicates",
            &message,
            "take fewer points or replicates, or split the study",
        );
    }
}
