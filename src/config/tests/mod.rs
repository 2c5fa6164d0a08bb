//! Whole studies through the loader.

mod cases;
mod layers;
mod problems;
mod scenario;
mod shapes;

use super::presets::Presets;
use super::{ConfigError, LayerSources, resolve};
use crate::study::ResolvedStudy;
use scenario::registry;
use std::fs;

/// Presets of the tests.
const PRESETS: &[(&str, &str)] = &[
    (
        "navigator/spiral",
        "# goes round\n[navigator]\nkind = \"spiral\"\nturn_rad = 0.5\n",
    ),
    ("navigator/walk", "[navigator]\nkind = \"walk\"\n"),
    ("navigator/broken", "[navigator]\nkind = \"walk\"\nsteps = -1\n"),
    ("wind/calm", "[wind]\nspeed_m_s = 0.5\n"),
    ("wind/storm", "defaults = [\"wind/calm\"]\n[wind]\ndirection_rad = 3\n"),
    (
        "mix/all",
        "defaults = [\"wind/storm\", \"navigator/walk\"]\n[agents]\ncount = 7\n",
    ),
    ("loop/a", "defaults = [\"loop/b\"]\n"),
    ("loop/b", "defaults = [\"loop/a\"]\n"),
];

fn sources(folder: &tempfile::TempDir, text: &str) -> LayerSources {
    let file = folder.path().join("study.toml");
    fs::write(&file, text).unwrap();
    LayerSources {
        file,
        ..LayerSources::default()
    }
}

fn load_from(sources: &LayerSources) -> Result<ResolvedStudy, ConfigError> {
    let presets = Presets::beside(&sources.file, &sources.environment).with_builtin(PRESETS);
    resolve::load_with(sources, &registry(), &presets).map(|(study, _)| study)
}

fn load(text: &str) -> Result<ResolvedStudy, ConfigError> {
    let folder = tempfile::tempdir().unwrap();
    load_from(&sources(&folder, text))
}

fn load_good(text: &str) -> ResolvedStudy {
    load(text).unwrap_or_else(|error| panic!("{error}"))
}
