//! `claviger config`: checks and explains configuration files.

use std::path::Path;

use serde_json::Value;

use crate::cli::ConfigCommand;
use crate::config;
use crate::failure::Failure;
use crate::output;
use crate::server::admin;

pub(crate) async fn run(command: ConfigCommand) -> Result<(), Failure> {
    match &command {
        ConfigCommand::Reload { config } => {
            let loaded = load(config)?;
            admin::call(&loaded.settings.data, "config/reload", &Value::Null).await?;
            output::line("the server has taken the configuration")
        }
        ConfigCommand::Validate { file } => {
            load(file)?;
            output::line(format!("{} is a valid configuration", file.display()))
        }
        ConfigCommand::Explain { key, config: file } => {
            let text = file.as_deref().map(text).transpose()?;
            let given = file.as_deref().zip(text.as_deref());
            let explained = config::explain::explain(key, given).map_err(invalid)?;
            if explained.is_empty() {
                let why = "no member's name begins so";
                return Err(
                    Failure::usage(format!("nothing to explain for {key}"), why).then("claviger config explain")
                );
            }
            output::line(explained)
        }
    }
}

/// Reads and checks a file.
pub(crate) fn load(file: &Path) -> Result<config::Loaded, Failure> {
    config::load(file, &text(file)?).map_err(invalid)
}

fn text(file: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(file).map_err(|error| {
        Failure::new(format!("cannot read the configuration {}", file.display()), error)
            .then("claviger init --region NAME writes one; --config FILE names another")
    })
}

fn invalid(faults: impl std::fmt::Display) -> Failure {
    Failure::new("the configuration cannot be used", faults)
        .then("claviger config explain, or docs/reference/configuration.md")
}
