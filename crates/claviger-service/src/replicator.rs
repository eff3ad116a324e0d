//! Replication as one region drives it: the engine, its store, and what the region decides for itself.

use claviger_crypto::PublicIdentity;
use claviger_replication::{Engine, Env, Event, Message, Notice, OpenedValue, RegionHooks, drive};
use claviger_store::Tx;
use claviger_store::tables::keys::KeyRecord;
use claviger_store::tables::secrets::{SecretRecord, SecretValueRecord, VersionMeta};
use claviger_types::{Caller, KeyArn, Region};

use crate::Node;
use crate::authorize;
use crate::error::Error;
use crate::kms::keys::{self, FoundKey};
use crate::operation::{Cx, RequestInfo};
use crate::secrets::transfer;
use crate::trail::Trail;

impl Node {
    /// Pins the identities of the other regions and begins to replicate with them.
    pub fn set_peers(&self, peers: Vec<(Region, PublicIdentity)>) {
        let engine = Engine::new(self.region().clone(), self.boots(), self.topology().iam_home.clone(), peers);
        *self.engine() = Some(engine);
    }

    /// Takes one event in and answers what is to be sent. Blocks while it commits; called from the region's own background
    /// thread. What a peer sends never makes it fail, and a store that does is said so in the log: the peers send again.
    pub fn replicate(&self, event: Event) -> Vec<Message> {
        let mut engine = self.engine();
        let Some(engine) = engine.as_mut() else { return Vec::new() };
        let now = self.clock().now();
        let env = Env { now, random: self.random(), keyring: self.keyring(), identity: self.identity() };
        let driven = drive(engine, &event, self.store(), self.barrier(), &NodeHooks(self), &env);
        for notice in engine.take_notices() {
            self.log(&notice);
        }
        match driven {
            Ok(messages) => messages,
            Err(error) => {
                tracing::error!(region = %self.region(), %error, "a replication step failed");
                Vec::new()
            }
        }
    }

    /// Nobody waits for an answer here, so the log is where an operator learns of it.
    fn log(&self, notice: &Notice) {
        let region = self.region();
        match notice {
            Notice::HandoverDeclined { key, by, reason } => {
                tracing::warn!(%region, %key, %by, reason, "a change of a key's primary was declined");
            }
            Notice::Dropped { peer, why } => {
                tracing::warn!(%region, %peer, ?why, "something was left out of replication");
            }
            Notice::Compacted { peer } => {
                tracing::warn!(%region, %peer, "a region is away for long, and will get a snapshot");
            }
        }
    }
}

/// What this region decides with its own policies and keys, for callers of other regions as for its own.
struct NodeHooks<'n>(&'n Node);

impl NodeHooks<'_> {
    fn failed(&self, error: &Error) -> String {
        tracing::error!(region = %self.0.region(), %error, "a decision for replication failed");
        "An internal error occurred in the Region of the replica.".to_owned()
    }
}

impl RegionHooks for NodeHooks<'_> {
    fn may_become_primary(&self, tx: &mut Tx<'_>, key: &KeyRecord, caller: &Caller) -> Result<(), String> {
        let node = self.0;
        let request = RequestInfo { secure: true, ..RequestInfo::default() };
        // Whether somebody may is no call of its own: the one who asked is in the records of the old primary's region.
        let trail = Trail::default();
        let (now, random) = (node.clock().now(), node.random());
        let cx = Cx { tx, node, caller, now, random, request: &request, trail: &trail };
        let found = FoundKey { arn: key.id.arn(node.region(), &key.account), record: key.clone(), alias: None };
        let decide = || {
            let demand = keys::demand("kms:UpdatePrimaryRegion", &found, &cx)?;
            let demand = demand.with("kms:PrimaryRegion", node.region().as_str());
            authorize::authorize(&cx, vec![demand], ())
        };
        match decide() {
            Ok(_) => Ok(()),
            Err(Error::Denied(text)) => Err(text),
            Err(error) => Err(self.failed(&error)),
        }
    }

    fn open_value(
        &self,
        tx: &mut Tx<'_>,
        secret: &SecretRecord,
        version: &VersionMeta,
        caller: &Caller,
    ) -> Result<OpenedValue, String> {
        let opened = transfer::open_value(self.0, tx, secret, version, caller);
        let (binary, bytes) = opened.map_err(|error| self.failed(&error))??;
        Ok(OpenedValue { binary, bytes })
    }

    fn seal_value(
        &self,
        tx: &mut Tx<'_>,
        secret: &SecretRecord,
        version_id: &str,
        value: &OpenedValue,
        caller: &Caller,
    ) -> Result<(SecretValueRecord, Option<KeyArn>), String> {
        let value = (value.binary, value.bytes.clone());
        let sealed = transfer::seal_value(self.0, tx, secret, version_id, &value, caller);
        sealed.map_err(|error| self.failed(&error))?
    }
}
