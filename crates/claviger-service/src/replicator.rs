//! The replication of one region: the engine, its store, and the callbacks into the region.

use std::sync::Arc;

use claviger_crypto::PublicIdentity;
use claviger_replication::{
    Driven, Engine, Env, Event, LocalRegion, Notice, OpenedValue, RegionHooks, drive, rebuild, rebuild_snapshots,
};
use claviger_store::Tx;
use claviger_store::tables::fleet_table::{self, MemberRecord};
use claviger_store::tables::key_table::KeyRecord;
use claviger_store::tables::region_table;
use claviger_store::tables::secret_table::{SecretRecord, SecretValueRecord, VersionMeta};
use claviger_types::{Caller, KeyArn, Region, Timestamp};

use claviger_core::context::Cx;
use claviger_core::error::Error;
use claviger_core::operation::Resolved;
use claviger_core::{Node, Topology};
use claviger_kms::key_lookup::FoundKey;
use claviger_kms::key_permissions;
use claviger_secrets::transfer;

/// One region's side of replication. The thread that replicates owns it.
pub struct ReplicationDriver {
    node: Arc<Node>,
    engine: Engine,
    started: Timestamp,
}

impl ReplicationDriver {
    /// Starts replication with the other regions that the region's store names.
    ///
    /// # Errors
    ///
    /// Those of the store.
    pub fn new(node: Arc<Node>) -> Result<ReplicationDriver, Error> {
        let fleet = Fleet::read(&node)?;
        let engine = Engine::new(node.region().clone(), node.boots(), fleet.iam_home.clone(), fleet.peers());
        let engine = engine.requiring_replicas(node.facts().require_replicas);
        node.set_topology(fleet.topology(&node));
        let started = node.clock().now();
        Ok(ReplicationDriver { node, engine, started })
    }

    /// The same driver, which tells the other regions about once a second what waits for them.
    pub fn telling_peers(self) -> ReplicationDriver {
        ReplicationDriver { engine: self.engine.telling_peers(), ..self }
    }

    /// The region that replicates.
    pub fn node(&self) -> &Arc<Node> {
        &self.node
    }

    /// Handles one event. Returns the messages to send, and whether there is more to do. Blocks while it commits.
    ///
    /// A failure of the store is logged and no message is sent: peers repeat messages that are not acknowledged. A peer's
    /// message never causes such a failure.
    pub fn step(&mut self, event: &Event) -> Driven {
        let ReplicationDriver { node, engine, started } = self;
        if node.take_fleet_change() {
            follow(node, engine);
        }
        engine.set_operators(node.facts().operators.get());
        let now = node.clock().now();
        let env = Env { now, random: node.random(), keyring: node.keyring(), identity: node.identity() };
        let hooks = NodeHooks(node);
        let rows = Some(node.row_cache());
        let local = LocalRegion { store: node.store(), barrier: node.barrier(), rows, hooks: &hooks, env };
        let driven = drive(engine, event, &local);
        for notice in engine.take_notices() {
            if let Notice::Restored { by } = &notice {
                node.set_held_by(Some(by.clone()));
            }
            log(node.region(), &notice);
        }
        if node.is_rebuilding() {
            settle_rebuild(node, engine, *started, now);
        }
        if engine.take_fleet_change() || *engine.iam_home() != node.topology().iam_home {
            // This region has heard of a new member, or of another home of IAM.
            follow(node, engine);
        }
        if matches!(event, Event::Tick) {
            node.set_peers(engine.peer_statuses());
        }
        match driven {
            Ok(driven) => driven,
            Err(error) => {
                tracing::error!(region = %node.region(), %error, "a replication step failed");
                Driven::default()
            }
        }
    }
}

/// The other regions and the home of IAM, as the region's store has them.
struct Fleet {
    members: Vec<MemberRecord>,
    iam_home: Region,
}

impl Fleet {
    fn read(node: &Node) -> Result<Fleet, Error> {
        node.in_transaction(|tx| {
            let home = region_table::region(tx)?.map(|record| record.iam_home);
            let iam_home = home.unwrap_or_else(|| node.topology().iam_home.clone());
            Ok(Fleet { members: fleet_table::members(tx)?, iam_home })
        })
    }

    fn peers(&self) -> Vec<(Region, PublicIdentity)> {
        self.members.iter().map(|member| (member.region.clone(), member.identity)).collect()
    }

    fn topology(&self, node: &Node) -> Topology {
        let others = self.members.iter().map(|member| member.region.clone());
        Topology { regions: others.chain([node.region().clone()]).collect(), iam_home: self.iam_home.clone() }
    }
}

/// Pins the identities of other regions that this one meets for the first time.
///
/// # Errors
///
/// Those of the store.
pub fn pin_members<'i>(
    node: &Node,
    identities: impl IntoIterator<Item = &'i (Region, PublicIdentity)> + Clone,
) -> Result<(), Error> {
    node.in_transaction(|tx| {
        for (region, identity) in identities.clone().into_iter().filter(|(region, _)| region != node.region()) {
            rebuild::pin_member(tx, region, *identity)?;
        }
        Ok(())
    })
}

/// Takes over a change of the fleet in the store.
fn follow(node: &Node, engine: &mut Engine) {
    match Fleet::read(node) {
        Ok(fleet) => {
            engine.set_peers(fleet.peers());
            node.set_topology(fleet.topology(node));
        }
        Err(error) => {
            tracing::error!(region = %node.region(), %error, "the other regions of the fleet cannot be read");
            node.change_fleet();
        }
    }
}

/// Lets the region serve requests when it has been rebuilt, and has the snapshots of the other regions.
fn settle_rebuild(node: &Node, engine: &Engine, started: Timestamp, now: Timestamp) {
    let peers = engine.peer_statuses();
    let heard = |region: &Region| peers.iter().find(|peer| peer.region == *region).and_then(|peer| peer.heard);
    let ended = node.in_transaction(|tx| {
        let (ended, rebuilt) = (fleet_table::rebuild(tx)?.is_none(), fleet_table::rebuilt(tx)?);
        if ended
            && rebuilt.as_ref().is_none_or(|rebuilt| !rebuild_snapshots::awaits_snapshots(rebuilt, started, heard, now))
        {
            rebuild_snapshots::give_up(tx)?;
            return Ok(Some(rebuilt));
        }
        Ok(None)
    });
    match ended {
        Ok(Some(result)) => {
            let lacking: Vec<Region> =
                result.iter().flat_map(|result| &result.awaited).map(|awaited| awaited.region.clone()).collect();
            let found = result.map(|result| result.found).unwrap_or_default();
            if !lacking.is_empty() {
                tracing::warn!(region = %node.region(), ?lacking, "the snapshots of these regions have not come, and the region serves requests without them");
            }
            tracing::warn!(region = %node.region(), ?found, "the region has been rebuilt from other regions");
            node.set_rebuilding(false);
        }
        Ok(None) => {}
        Err(error) => tracing::error!(region = %node.region(), %error, "the state of the rebuilding cannot be read"),
    }
}

/// No request waits for these notices, so an operator learns of them from the log.
fn log(region: &Region, notice: &Notice) {
    match notice {
        Notice::HandoverDeclined { key, by, reason } => {
            tracing::warn!(%region, %key, %by, reason, "a change of a key's primary was declined");
        }
        Notice::Dropped { peer, why } => {
            tracing::warn!(%region, %peer, ?why, "a record or message was left out of replication");
        }
        Notice::UnprovenClaim { by, of } => {
            tracing::error!(%region, %by, of, "another region says that it is the primary now, without a hand-over of the present one and without the signatures of enough operators; it is not followed");
        }
        Notice::RoleDisputed { by, of } => {
            tracing::error!(%region, %by, of, "another region does not accept that this one is the primary now: it knows no hand-over of its primary, and not the signatures of enough operators");
        }
        Notice::Restored { by } => {
            tracing::error!(%region, %by, "another region remembers a later state of this region's store, which was restored from an older copy; the region is held until it is rebuilt");
        }
        Notice::Compacted { peer } => {
            tracing::warn!(%region, %peer, "a region has not been reached for long; it will get a snapshot");
        }
    }
}

/// Callbacks from replication into this region's authorization and keys. Replication calls them when a peer's change needs a
/// local decision.
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
        let found = FoundKey::new(key.clone(), key.id.arn(node.region(), &key.account));
        let resolve = |cx: &Cx<'_, '_>| {
            let permission = key_permissions::permission("kms:UpdatePrimaryRegion", &found, cx)?;
            Ok(Resolved::found(permission.with("kms:PrimaryRegion", node.region().as_str()), ()))
        };
        let decided = node.on_behalf(tx, caller, resolve, |_, _| Ok(()));
        match decided {
            Ok(Ok(())) => Ok(()),
            Ok(Err(Error::Denied(text))) => Err(text),
            Ok(Err(error)) | Err(error) => Err(self.failed(&error)),
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
