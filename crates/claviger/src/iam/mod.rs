//! `claviger iam`: asks a running server why a request was denied, what a principal may do, and who may do something. The policy that a
//! principal needs is written from the files of the audit trail.
//!
//! `permission_answers.rs` is the server's side.

mod least_privilege;
mod options;
mod text;

use serde_json::{Value, json};

use crate::failure::Failure;
use crate::server::admin;
use crate::{config_command, drill, output};

pub(crate) use options::IamOptions;
use options::{IamCommand, Output};

pub(crate) async fn run(options: IamOptions) -> Result<(), Failure> {
    let (command, argument, text): (_, _, fn(&Value) -> String) = match &options.command {
        IamCommand::WhyDenied { request_id } => ("iam/why-denied", json!({ "request_id": request_id }), text::denied),
        IamCommand::Denials { limit } => ("iam/denials", json!({ "limit": limit }), text::denials),
        IamCommand::Simulate { principal, action, resource, context, region } => {
            let context: Vec<Value> = context.iter().map(|(key, value)| json!([key, value])).collect();
            let argument = json!({
                "principal": principal, "action": action, "resource": resource, "context": context,
                "region": region.as_ref().map(ToString::to_string),
            });
            ("iam/simulate", argument, text::simulated)
        }
        IamCommand::WhoCan { action, resource, region } => {
            let region = region.as_ref().map(ToString::to_string);
            ("iam/who-can", json!({ "action": action, "resource": resource, "region": region }), text::who_can)
        }
        IamCommand::LeastPrivilege(options) => return least_privilege::run(options),
    };
    let answer = match &options.config {
        Some(file) => admin::call(&config_command::load(file)?.settings.data, command, &argument).await?,
        None => drill::call(&options.endpoint, command, argument).await?,
    };
    output::line(match options.output {
        Output::Json => answer.to_string(),
        Output::Text => text(&answer),
    })
}
