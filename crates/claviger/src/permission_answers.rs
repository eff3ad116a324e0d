//! The server's side of `claviger iam`, for dev mode's admin endpoint and for a server's admin socket.

use std::sync::Arc;

use claviger_host::explain::{self, ExplainError, Simulated};
use claviger_host::{Cluster, DeniedPermission, Node};
use claviger_types::Region;
use serde_json::{Value, json};

/// Answers a command; none if there is no such command.
pub(crate) async fn answer(cluster: &Cluster, command: &str, argument: &Value) -> Option<Result<Value, String>> {
    let (nodes, command, argument) = (running(cluster), command.to_owned(), argument.clone());
    // A question about many principals takes a while.
    let answered = tokio::task::spawn_blocking(move || run(&nodes, &command, &argument)).await;
    answered.unwrap_or_else(|_| Some(Err("the question could not be answered".to_owned())))
}

/// The regions that run in the process, the home of IAM first if it is one of them.
fn running(cluster: &Cluster) -> Vec<Arc<Node>> {
    let (home, regions) = (cluster.iam_home(), cluster.region_table().regions());
    let mut nodes: Vec<Arc<Node>> = regions.into_iter().filter_map(|(_, node)| node).collect();
    nodes.sort_by_key(|node| *node.region() != home);
    nodes
}

fn run(nodes: &[Arc<Node>], command: &str, argument: &Value) -> Option<Result<Value, String>> {
    let text = |name: &str| argument[name].as_str().unwrap_or_default().to_owned();
    Some(match command {
        "iam/why-denied" => why_denied(nodes, &text("request_id")),
        "iam/denials" => Ok(denials(nodes, argument["limit"].as_u64().unwrap_or(20))),
        "iam/simulate" => simulate(nodes, argument),
        "iam/who-can" => {
            let resource = text("resource");
            let answer = node_for(nodes, argument, &resource)
                .and_then(|node| explain::who_can(node, &text("action"), &resource).map_err(shown));
            answer.map(|answer| json!(answer))
        }
        _ => return None,
    })
}

fn why_denied(nodes: &[Arc<Node>], request_id: &str) -> Result<Value, String> {
    let denied: Vec<DeniedPermission> = nodes.iter().flat_map(|node| node.denials_of(request_id)).collect();
    if denied.is_empty() {
        return Err(format!(
            "no region of this process remembers a denied permission of request {request_id}. Each remembers its latest since it was started. A request can also be refused by another rule than a policy, which its text then names"
        ));
    }
    Ok(json!({ "request_id": request_id, "denied": denied }))
}

fn denials(nodes: &[Arc<Node>], limit: u64) -> Value {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let mut latest: Vec<DeniedPermission> = nodes.iter().flat_map(|node| node.latest_denials(limit)).collect();
    latest.sort_by(|one, other| other.at.cmp(&one.at));
    latest.truncate(limit);
    json!({ "denied": latest })
}

fn simulate(nodes: &[Arc<Node>], argument: &Value) -> Result<Value, String> {
    let text = |name: &str| argument[name].as_str().unwrap_or_default().to_owned();
    let pairs = argument["context"].as_array().into_iter().flatten();
    let context = pairs.filter_map(|pair| Some((pair[0].as_str()?.to_owned(), pair[1].as_str()?.to_owned())));
    let asked = Simulated {
        principal: text("principal"),
        action: text("action"),
        resource: text("resource"),
        context: context.collect(),
    };
    let node = node_for(nodes, argument, &asked.resource)?;
    let explanation = explain::simulate(node, &asked).map_err(shown)?;
    Ok(json!({ "region": node.region().as_str(), "explanation": explanation }))
}

/// The region that was named, or else that of the resource, or else the first.
fn node_for<'n>(nodes: &'n [Arc<Node>], argument: &Value, resource: &str) -> Result<&'n Node, String> {
    let of_resource = || resource.split(':').nth(3).filter(|region| !region.is_empty());
    let wanted = argument["region"].as_str().or_else(of_resource).and_then(|region| Region::parse(region).ok());
    match wanted {
        Some(region) => {
            let found = nodes.iter().find(|node| *node.region() == region).map(|node| &**node);
            found.ok_or_else(|| format!("region {region} does not run in this process: ask there"))
        }
        None => nodes.first().map(|node| &**node).ok_or_else(|| "no region runs in this process".to_owned()),
    }
}

fn shown(error: ExplainError) -> String {
    error.to_string()
}
