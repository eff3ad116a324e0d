//! The commands of the admin socket. Each is one line of the table below and a method.

use serde_json::{Value, json};

use super::admin::{AdminCall, AdminError};
use super::running::Running;
use crate::failure::Failure;
use crate::permission_answers;

impl Running {
    /// Does a command that was called, and answers it.
    pub(super) async fn command(&mut self, call: AdminCall) {
        if let Some(outcome) = self.region_command(&call.command, &call.argument).await {
            return call.answer(outcome);
        }
        if let Some(outcome) = self.account_command(&call.command, &call.argument).await {
            return call.answer(outcome);
        }
        if let Some(answer) = permission_answers::answer(&self.cluster, &call.command, &call.argument).await {
            let what = format!("{} has no answer", call.command);
            return call.answer(answer.map_err(|why| AdminError::from(Failure::new(what, why))));
        }
        let outcome = match call.command.as_str() {
            // None of these takes an argument.
            _ if !call.argument.is_null() => Err(AdminError::wrong_argument(&call.command)),
            "status" => Ok(self.status().await),
            "config/reload" => self.reload().await.map(|()| json!({ "taken": true })).map_err(AdminError::from),
            other => Err(AdminError::unknown(other)),
        };
        call.answer(outcome);
    }

    async fn status(&self) -> Value {
        let failures = self.cluster.region_table().failures().await;
        let home = self.cluster.iam_home();
        let settings = &self.loaded.settings;
        let regions = settings.regions.iter().map(|(region, seal)| {
            let failure = failures.get(region);
            json!({
                "region": region.as_str(),
                "iam_home": *region == home,
                "seal": seal.word(),
                "serving": failure.is_none(),
                "check": failure.map(|(check, _)| check),
                "reason": failure.map(|(_, reason)| reason),
            })
        });
        let limits = self.listener.limits.get();
        json!({
            "version": env!("CARGO_PKG_VERSION"),
            "uptime_seconds": self.started.elapsed().as_secs(),
            "config": self.file.display().to_string(),
            "data": settings.data.display().to_string(),
            "regions": regions.collect::<Vec<Value>>(),
            "listeners": {
                "api": self.cluster.addresses().iter().map(ToString::to_string).collect::<Vec<String>>(),
                "tls": self.listener.tls.is_some(),
                "health": self.health.as_ref().map(|server| server.address().to_string()),
                "link": settings.link.listen.map(|address| address.to_string()),
            },
            "connections": {
                "open": self.listener.metrics.open(),
                "limit": limits.connections,
                "limit_per_peer": limits.connections_per_peer,
                "evicted": self.listener.metrics.connections_evicted(),
                "refused": self.listener.metrics.connections_refused(),
            },
        })
    }
}
