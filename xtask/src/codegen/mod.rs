//! `cargo xtask codegen`: from botocore's service models to `crates/claviger-model/src/generated/`.
//!
//! The models and their prose are not part of the repository. They are read from the botocore that pip installed, at the
//! pinned version, so that the same source always gives the same bytes.

mod botocore;
mod emit;
mod model;
mod names;
mod services;

use std::error::Error;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use self::botocore::Botocore;
use self::model::Model;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Only compare: fail if the committed files differ from the generated ones
    #[arg(long)]
    check: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let Some(botocore) = Botocore::find() else {
        if arguments.check {
            println!("codegen --check SKIPPED: botocore {} not installed", botocore::VERSION);
            return Ok(());
        }
        return Err(format!("botocore is not installed: pip install botocore=={}", botocore::VERSION).into());
    };
    let mut stale = Vec::new();
    for Module { name, source } in modules(&botocore)? {
        let path = format!("crates/claviger-model/src/generated/{name}.rs");
        let file = crate::workspace().join(&path);
        if std::fs::read(&file).is_ok_and(|committed| committed == source) {
            continue;
        }
        if arguments.check {
            stale.push(path);
        } else {
            std::fs::write(&file, &source)?;
            println!("wrote {path}");
        }
    }
    if !stale.is_empty() {
        return Err(format!("stale, run `cargo xtask codegen`: {}", stale.join(", ")).into());
    }
    println!("the generated models are those of botocore {}", botocore::VERSION);
    Ok(())
}

/// A generated module: its name and its formatted source.
struct Module {
    name: &'static str,
    source: Vec<u8>,
}

/// All modules. The digest of each model stands in its module's head, so a changed model makes the module stale.
fn modules(botocore: &Botocore) -> Result<Vec<Module>, Box<dyn Error>> {
    let (mut modules, mut counts) = (Vec::new(), Vec::new());
    for service in services::SERVICES {
        let file = botocore.model(service.folder)?;
        let model: Model = serde_json::from_slice(&file.json)?;
        counts.push((service.name, model.operations.0.len()));
        let source = rustfmt(&emit::module(service, &model, &file.sha256)?)?;
        modules.push(Module { name: service.name, source });
    }
    modules.push(Module { name: "mod", source: rustfmt(&emit::index(&counts)?)? });
    Ok(modules)
}

/// The source as `cargo fmt` formats it. Otherwise formatting would make it stale.
fn rustfmt(source: &str) -> Result<Vec<u8>, Box<dyn Error>> {
    let workspace = crate::workspace();
    let mut child = Command::new("rustfmt")
        .args([Path::new("--edition"), Path::new("2024"), Path::new("--config-path"), &workspace.join("rustfmt.toml")])
        .current_dir(&workspace)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| format!("rustfmt: {error}"))?;
    // Written from a thread of its own: rustfmt may write its output before it has read all.
    let mut stdin = child.stdin.take().ok_or("rustfmt has no input")?;
    let source = source.to_owned();
    let writer = std::thread::spawn(move || stdin.write_all(source.as_bytes()));
    let output = child.wait_with_output()?;
    writer.join().map_err(|_| "writing to rustfmt failed")??;
    if !output.status.success() {
        return Err("rustfmt refused the generated source".into());
    }
    Ok(output.stdout)
}
