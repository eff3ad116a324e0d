//! The commands about the regions of the fleet. `claviger region` calls them.

use claviger_host::fleet_commands::{MemberView, PeerView};
use claviger_host::fleet_failover::LagSubject;
use claviger_host::{Authorization, FleetCommandError};
use claviger_types::{AccountId, Region};
use serde_json::{Value, json};

use super::admin::AdminError;
use super::running::Running;
use crate::failure::Failure;
use crate::{failover_answer, lag_answer};

impl Running {
    /// Does a command about regions. None if there is no such command.
    pub(super) async fn region_command(
        &mut self,
        command: &str,
        argument: &Value,
    ) -> Option<Result<Value, AdminError>> {
        Some(match command {
            "region/list" => self.region_list().await,
            "region/lag" => self.region_lag(argument).await,
            "region/invite" => self.region_invite(argument).await,
            "region/join" => self.region_join(argument).await,
            "region/remove" => self.region_remove(argument).await,
            "region/resync" => self.region_resync(argument).await,
            "region/rebuild" => self.region_rebuild(argument).await,
            "region/failover" => self.region_failover(argument).await,
            _ => return None,
        })
    }

    async fn region_list(&self) -> Result<Value, AdminError> {
        let members = self.cluster.members().await.map_err(refused("the regions cannot be listed"))?;
        Ok(json!({ "regions": members.iter().map(shown).collect::<Vec<Value>>() }))
    }

    async fn region_lag(&self, argument: &Value) -> Result<Value, AdminError> {
        let account = argument["account"].as_str().and_then(|id| AccountId::parse(id).ok());
        let subject = match (argument["key"].as_str(), argument["secret"].as_str()) {
            (Some(key), _) => Some(LagSubject::Key(key.to_owned())),
            (None, Some(secret)) => Some(LagSubject::Secret(secret.to_owned(), account)),
            (None, None) => None,
        };
        if let Some(subject) = subject {
            let things = self.cluster.convergence(subject).await;
            return Ok(lag_answer::things(&things.map_err(refused("what the regions have of it cannot be told"))?));
        }
        let members = self.cluster.lag().await.map_err(refused("what the regions lack cannot be counted"))?;
        Ok(json!({ "regions": members.iter().map(shown).collect::<Vec<Value>>() }))
    }

    async fn region_invite(&self, argument: &Value) -> Result<Value, AdminError> {
        let region = region(argument, "region")?;
        let rebuilds = argument["rebuild"].as_bool().unwrap_or(false);
        let invited = self.cluster.invite(region.clone(), rebuilds).await;
        let invited = invited.map_err(refused(format!("{region} was not invited")))?;
        Ok(json!({
            "invitation": invited.text.as_str(),
            "expires": invited.expires.iso8601(),
            "fingerprint": invited.fingerprint,
        }))
    }

    async fn region_join(&self, argument: &Value) -> Result<Value, AdminError> {
        let local = self.local(argument, "region")?;
        let text = argument["invitation"].as_str().unwrap_or_default();
        let fleet = self.cluster.join(&local, text).await.map_err(refused(format!("{local} did not join")))?;
        let members = fleet.members.iter().map(|member| member.region.to_string());
        Ok(json!({
            "region": local.as_str(),
            "iam_home": fleet.home.as_str(),
            "members": members.collect::<Vec<String>>(),
            "rebuilds": fleet.rebuilds,
        }))
    }

    async fn region_remove(&self, argument: &Value) -> Result<Value, AdminError> {
        let region = region(argument, "region")?;
        self.cluster.remove(region.clone()).await.map_err(refused(format!("{region} was not removed")))?;
        Ok(json!({ "removed": region.as_str() }))
    }

    async fn region_resync(&self, argument: &Value) -> Result<Value, AdminError> {
        let region = region(argument, "region")?;
        self.cluster.resync(&region).await.map_err(refused(format!("{region} gets no snapshot")))?;
        Ok(json!({ "resync": region.as_str() }))
    }

    async fn region_rebuild(&mut self, argument: &Value) -> Result<Value, AdminError> {
        let local = self.local(argument, "region")?;
        let without: Vec<Region> = argument["without"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|name| Region::parse(name.as_str()?).ok())
            .collect();
        let sources =
            self.cluster.rebuild(&local, &without).await.map_err(refused(format!("{local} is not rebuilt")))?;
        let sources: Vec<String> = sources.iter().map(ToString::to_string).collect();
        Ok(json!({ "region": local.as_str(), "sources": sources }))
    }

    async fn region_failover(&self, argument: &Value) -> Result<Value, AdminError> {
        let (lost, to) = (region(argument, "lost")?, self.local(argument, "to")?);
        if lost == to && argument["to"].is_null() {
            let failure = Failure::new("the command was not done", format!("{lost} is the region of this process"));
            return Err(AdminError::from(failure.then("name the region that takes its place: --to REGION")));
        }
        let failed = || refused(format!("{to} does not take the place of {lost}"));
        if argument["dry_run"].as_bool().unwrap_or(true) {
            let failed = || refused(format!("what would happen if {to} took the place of {lost} cannot be told"));
            let (plan, check) = self.cluster.plan_failover(lost.clone(), &to).await.map_err(failed())?;
            let mut answer = failover_answer::planned(&lost, &to, &plan, &check);
            let statement = self.cluster.failover_statement(&lost, &to).await.map_err(failed())?;
            if let (Some(answer), Some(statement)) = (answer.as_object_mut(), statement) {
                let required = self.loaded.settings.operators.required();
                answer.extend([
                    ("statement".to_owned(), json!(statement.to_text())),
                    ("signatures".to_owned(), json!(required)),
                ]);
            }
            return Ok(answer);
        }
        let authorizations = authorizations(argument)?;
        let done = self.cluster.fail_over(lost.clone(), &to, authorizations).await.map_err(failed())?;
        tracing::warn!(%lost, %to, keys = done.keys, secrets = done.secrets, iam = done.iam, "a region has taken the place of a lost one");
        Ok(failover_answer::done(&lost, &to, done))
    }

    /// The local region that an argument names, or the only one.
    fn local(&self, argument: &Value, member: &str) -> Result<Region, AdminError> {
        if argument[member].is_string() {
            return region(argument, member);
        }
        let mut regions = self.loaded.settings.regions.keys();
        match (regions.next(), regions.next()) {
            (Some(only), None) => Ok(only.clone()),
            _ => Err(AdminError::from(
                Failure::new("the command was not done", "this process has several regions")
                    .then(format!("name one: --{member} REGION")),
            )),
        }
    }
}

fn authorizations(argument: &Value) -> Result<Vec<Authorization>, AdminError> {
    let texts = argument["authorizations"].as_array().into_iter().flatten();
    let read = |text: &Value| {
        Authorization::parse(text.as_str().unwrap_or_default())
            .map_err(|error| AdminError::from(Failure::new("an authorization cannot be read", error)))
    };
    texts.map(read).collect()
}

fn region(argument: &Value, member: &str) -> Result<Region, AdminError> {
    let named = argument[member].as_str().and_then(|name| Region::parse(name).ok());
    named.ok_or_else(|| AdminError::wrong_argument("the command about a region"))
}

fn refused(what: impl Into<String>) -> impl FnOnce(FleetCommandError) -> AdminError {
    let what = what.into();
    move |error| AdminError::from(Failure::new(what, error))
}

fn shown(view: &MemberView) -> Value {
    json!({
        "region": view.region.as_str(),
        "fingerprint": view.fingerprint,
        "iam_home": view.iam_home.as_str(),
        "rebuilding": view.rebuilding,
        "rebuilt": view.rebuilt.as_ref().map(|result| json!({
            "begun": result.begun.iso8601().to_string(),
            "ended": result.ended.iso8601().to_string(),
            "sources": result.sources.iter().map(ToString::to_string).collect::<Vec<String>>(),
            "keys": result.found.keys,
            "keys_with_borrowed_settings": result.found.keys_with_borrowed_settings,
            "secrets": result.found.secrets,
            "secrets_under_default_key": result.found.secrets_under_default_key,
            "secrets_refused": result.found.secrets_refused,
            "iam": result.found.iam,
        })),
        "peers": view.peers.iter().map(shown_peer).collect::<Vec<Value>>(),
    })
}

fn shown_peer(peer: &PeerView) -> Value {
    let millis = |duration: std::time::Duration| u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
    json!({
        "region": peer.region.as_str(),
        "fingerprint": peer.fingerprint,
        "addresses": peer.addresses,
        "local": peer.local,
        "heard": peer.heard.map(|at| at.iso8601().to_string()),
        "answers": !peer.silent,
        "away": peer.away,
        "waiting": peer.waiting,
        "oldest_seconds": peer.lag_ms.map(|ms| ms as f64 / 1000.0),
        "applied_position": peer.backlog.map(|backlog| backlog.acknowledged()),
        "position": peer.backlog.and_then(|backlog| backlog.point).map(|point| point.position),
        "claims_refused": peer.claims.refused.iter().map(ToString::to_string).collect::<Vec<String>>(),
        "roles_disputed": peer.claims.disputed.iter().map(ToString::to_string).collect::<Vec<String>>(),
        "lag": peer.lag.as_ref().map(|lag| json!({
            "keys": lag.keys.behind,
            "keys_differ": lag.keys.differ,
            "secrets_in_progress": lag.secrets.behind,
            "secrets_failed": lag.secrets.failed,
            "secrets_differ": lag.secrets.differ,
        })),
        "link": peer.link.as_ref().map(|link| json!({
            "connected_seconds": link.connected_for.map(|connected| connected.as_secs()),
            "address": link.address,
            "round_trip_ms": link.round_trip.map(millis),
            "last_error": link.last_error.as_ref().map(|(error, _)| error),
            "frames_in": link.traffic.frames_in,
            "frames_out": link.traffic.frames_out,
            "bytes_in": link.traffic.bytes_in,
            "bytes_out": link.traffic.bytes_out,
        })),
    })
}
