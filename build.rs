//! Puts the git revision into the program; a build outside git says `unknown`.

use std::process::Command;

fn git(arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").args(arguments).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    (output.status.success() && !text.trim().is_empty()).then(|| text.trim().to_owned())
}

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=src");
    println!("cargo::rerun-if-env-changed=PLUME_NAV_SIM_GIT_REVISION");
    // A source archive has no history: its packager may name the revision.
    let given = std::env::var("PLUME_NAV_SIM_GIT_REVISION")
        .ok()
        .filter(|text| !text.is_empty());
    let revision = given.or_else(|| {
        for path in ["HEAD", "index"] {
            if let Some(file) = git(&["rev-parse", "--git-path", path]) {
                println!("cargo::rerun-if-changed={file}");
            }
        }
        let revision = git(&["rev-parse", "HEAD"])?;
        let dirty = git(&["status", "--porcelain", "--untracked-files=no"]).is_some();
        Some(if dirty { format!("{revision}-dirty") } else { revision })
    });
    let revision = revision.unwrap_or_else(|| "unknown".to_owned());
    println!("cargo::rustc-env=PLUME_NAV_SIM_GIT_REVISION={revision}");
}
