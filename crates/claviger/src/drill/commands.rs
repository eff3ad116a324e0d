//! The process's side of a drill: the commands of dev mode's admin endpoint, done one at a time by the owner of the regions.

use std::fmt::Display;
use std::time::Duration;

use claviger_host::fleet_commands::MemberView;
use claviger_host::link::Faults;
use claviger_host::{Cluster, LocalAdminCall};
use claviger_types::Region;
use serde_json::{Map, Value, json};

use crate::{failover_answer, permission_answers};

/// The longest delay of a link.
const DELAY_MS_MAX: u64 = 60_000;

/// Why a command was not done.
struct Refused {
    status: u16,
    why: String,
}

impl Refused {
    fn wrong(why: impl Into<String>) -> Refused {
        Refused { status: 400, why: why.into() }
    }

    fn failed(error: impl Display) -> Refused {
        Refused { status: 409, why: error.to_string() }
    }
}

/// Does a command, and answers it.
pub(crate) async fn answer(cluster: &mut Cluster, call: LocalAdminCall) {
    if let Some(outcome) = explain(cluster, &call).await {
        let what = format!("{} has no answer", call.command);
        return match outcome {
            Ok(answer) => call.answer(200, answer.to_string()),
            Err(why) => call.answer(409, json!({ "what": what, "why": why }).to_string()),
        };
    }
    let outcome = run(cluster, &call).await;
    let what = format!("{} was not done", call.command);
    let (status, answer) = match outcome {
        Ok(value) => (200, value),
        Err(Refused { status, why }) => (status, json!({ "what": what, "why": why })),
    };
    call.answer(status, answer.to_string());
}

/// The answer to a question about permissions.
async fn explain(cluster: &Cluster, call: &LocalAdminCall) -> Option<Result<Value, String>> {
    let argument = serde_json::from_slice(&call.body).unwrap_or_default();
    permission_answers::answer(cluster, &call.command, &argument).await
}

async fn run(cluster: &mut Cluster, call: &LocalAdminCall) -> Result<Value, Refused> {
    if call.method == "GET" {
        return match call.command.as_str() {
            "regions" => state(cluster).await,
            _ => Err(Refused { status: 404, why: "GET answers regions only".to_owned() }),
        };
    }
    match call.command.as_str() {
        "region/down" => {
            let region = Argument::read(&call.body, &["region"])?.region(cluster, "region")?;
            cluster.stop_region(&region).await;
        }
        "region/up" => {
            let region = Argument::read(&call.body, &["region"])?.region(cluster, "region")?;
            cluster.start_region(&region).await.map_err(Refused::failed)?;
        }
        "link/cut" => cut(cluster, &Argument::read(&call.body, &["from", "to", "both"])?)?,
        "link/delay" => delay(cluster, &Argument::read(&call.body, &["from", "to", "ms"])?)?,
        "link/heal" => {
            Argument::read(&call.body, &[])?;
            cluster.network().heal();
        }
        "failover" => return failover(cluster, &Argument::read(&call.body, &["lost", "to", "dry_run"])?).await,
        _ => return Err(Refused { status: 404, why: "there is no such command".to_owned() }),
    }
    tracing::warn!(command = call.command, argument = %String::from_utf8_lossy(&call.body), "a drill");
    state(cluster).await
}

fn cut(cluster: &Cluster, argument: &Argument) -> Result<(), Refused> {
    let (from, to) = argument.link(cluster)?;
    let cut = |faults: &mut Faults| faults.cut = true;
    cluster.network().drill(&from, &to, cut);
    if argument.flag("both")?.unwrap_or(false) {
        cluster.network().drill(&to, &from, cut);
    }
    Ok(())
}

fn delay(cluster: &Cluster, argument: &Argument) -> Result<(), Refused> {
    let (from, to) = argument.link(cluster)?;
    let ms = argument.0.get("ms").and_then(Value::as_u64).filter(|ms| *ms <= DELAY_MS_MAX);
    let ms = ms.ok_or_else(|| Refused::wrong(format!("ms is a number up to {DELAY_MS_MAX}")))?;
    cluster.network().drill(&from, &to, |faults| faults.delay = Duration::from_millis(ms));
    Ok(())
}

async fn failover(cluster: &Cluster, argument: &Argument) -> Result<Value, Refused> {
    let (lost, to) = (argument.region(cluster, "lost")?, argument.region(cluster, "to")?);
    if argument.flag("dry_run")?.unwrap_or(true) {
        let (plan, check) = cluster.plan_failover(lost.clone(), &to).await.map_err(Refused::failed)?;
        return Ok(failover_answer::planned(&lost, &to, &plan, &check));
    }
    let done = cluster.fail_over(lost.clone(), &to, Vec::new()).await.map_err(Refused::failed)?;
    tracing::warn!(%lost, %to, keys = done.keys, secrets = done.secrets, iam = done.iam, "a region has taken the place of another one");
    Ok(failover_answer::done(&lost, &to, done))
}

/// The regions, and the links between them with their faults and what waits.
async fn state(cluster: &Cluster) -> Result<Value, Refused> {
    let views = cluster.members().await.map_err(Refused::failed)?;
    let regions: Vec<Region> = cluster.region_table().regions().into_iter().map(|(region, _)| region).collect();
    let home = cluster.iam_home();
    let links = regions.iter().flat_map(|from| {
        let others = regions.iter().filter(move |to| *to != from);
        others.map(|to| link(cluster, &views, from, to))
    });
    Ok(json!({
        "regions": regions.iter().map(|region| json!({
            "region": region.as_str(),
            "running": cluster.node(region).is_some(),
            "iam_home": *region == home,
        })).collect::<Vec<Value>>(),
        "links": links.collect::<Vec<Value>>(),
    }))
}

/// One direction. `waiting`, `answers` and `heard` are null while its sender is down.
fn link(cluster: &Cluster, views: &[MemberView], from: &Region, to: &Region) -> Value {
    let Faults { cut, delay, .. } = cluster.network().faults(from, to);
    let view = views.iter().find(|view| view.region == *from);
    let peer = view.and_then(|view| view.peers.iter().find(|peer| peer.region == *to));
    json!({
        "from": from.as_str(),
        "to": to.as_str(),
        "cut": cut,
        "delay_ms": u64::try_from(delay.as_millis()).unwrap_or(u64::MAX),
        "waiting": peer.map(|peer| peer.waiting),
        "answers": peer.map(|peer| !peer.silent),
        "heard": peer.and_then(|peer| peer.heard).map(|at| at.iso8601().to_string()),
    })
}

/// The members of a command's argument.
struct Argument(Map<String, Value>);

impl Argument {
    /// Reads an object that has no other members than these. No body is an empty object.
    fn read(body: &[u8], members: &[&str]) -> Result<Argument, Refused> {
        let text = if body.is_empty() { b"{}" } else { body };
        let Ok(Value::Object(object)) = serde_json::from_slice(text) else {
            return Err(Refused::wrong("its argument is not an object of JSON"));
        };
        match object.keys().find(|name| !members.contains(&name.as_str())) {
            Some(_) => Err(Refused::wrong(format!("it takes no other members than {}", members.join(", ")))),
            None => Ok(Argument(object)),
        }
    }

    /// A region of this process.
    fn region(&self, cluster: &Cluster, member: &str) -> Result<Region, Refused> {
        let named = self.0.get(member).and_then(Value::as_str).and_then(|name| Region::parse(name).ok());
        let named = named.ok_or_else(|| Refused::wrong(format!("{member} is not the name of a region")))?;
        let is_here = cluster.region_table().regions().iter().any(|(region, _)| *region == named);
        if is_here {
            Ok(named)
        } else {
            Err(Refused { status: 404, why: format!("{named} is not a region of this process") })
        }
    }

    fn link(&self, cluster: &Cluster) -> Result<(Region, Region), Refused> {
        let (from, to) = (self.region(cluster, "from")?, self.region(cluster, "to")?);
        if from == to { Err(Refused::wrong("a region has no link to itself")) } else { Ok((from, to)) }
    }

    fn flag(&self, member: &str) -> Result<Option<bool>, Refused> {
        match self.0.get(member) {
            None => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(*flag)),
            Some(_) => Err(Refused::wrong(format!("{member} is true or false"))),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[test]
    fn arguments() {
        let read = |text: &str| Argument::read(text.as_bytes(), &["from", "both"]).map_err(|refused| refused.status);
        assert!(read("").is_ok() && read("{}").is_ok() && read("{\"from\":1}").is_ok());
        for wrong in ["[]", "{", "null", "{\"form\":\"x\"}"] {
            assert_eq!(read(wrong).err(), Some(400), "{wrong}");
        }
        let both = |text: &str| read(text).unwrap().flag("both").ok();
        assert_eq!(both("{}"), Some(None));
        assert_eq!(both("{\"both\":true}"), Some(Some(true)));
        assert_eq!(both("{\"both\":1}"), None);
    }
}
