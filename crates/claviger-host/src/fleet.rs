//! The agreement of the regions of a process about each other's identities.
//!
//! Each region's store pins the identity of every other region when it first meets it. A region whose store was lost comes back with
//! another identity. Nobody may take it for the region that it replaces before somebody has said that it is to be rebuilt: an empty
//! store would deny every key, and its peers would never send again what it had acknowledged.

use std::collections::{BTreeMap, BTreeSet};

use claviger_crypto::PublicIdentity;
use claviger_replication::rebuild;
use claviger_service::{Node, OperationError, pin_members};
use claviger_store::tables::fleet_table::{self, MemberRecord};
use claviger_store::tables::key_table::all_keys;
use claviger_store::tables::log;
use claviger_store::tables::run_table;
use claviger_store::tables::secret_table::all_secrets;
use claviger_types::Region;

use crate::error::ClusterError;
use crate::region_slot::OpenRegion;

/// The identities that some regions of the process have.
type Identities = BTreeMap<Region, PublicIdentity>;

/// Pins the identities of the regions that meet for the first time, and begins the rebuilding of those that are to be rebuilt. If `holds`,
/// a region whose store is older than another one remembers is held in place of refusing the start.
///
/// # Errors
///
/// [`ClusterError::Replaced`] if a region is not the one that others know and is not to be rebuilt, or cannot be.
pub(crate) fn settle(
    opened: &[(Region, OpenRegion)],
    rebuilt: &BTreeSet<Region>,
    holds: bool,
) -> Result<(), ClusterError> {
    let identities: Identities = opened.iter().map(|(region, open)| (region.clone(), open.identity)).collect();
    let mut strange: BTreeMap<Region, Vec<Region>> = BTreeMap::new();
    for (region, open) in opened {
        for stranger in strangers(&open.node, &identities)? {
            strange.entry(stranger).or_default().push(region.clone());
        }
    }
    for (region, known_by) in &strange {
        let Some((_, open)) = opened.iter().find(|(name, _)| name == region) else { continue };
        check(&open.node, known_by, rebuilt.contains(region))?;
    }
    for (region, open) in opened {
        let Some(by) = remembered_by(&open.node, opened, &strange)? else { continue };
        if holds {
            // The process starts, so that the operator can have the region rebuilt. It serves nothing until then.
            open.node.set_held_by(Some(by));
            continue;
        }
        if !rebuilt.contains(region) {
            return Err(held(region, &by));
        }
        restore(&open.node, &identities)?;
    }
    let is_lost = |region: &Region| strange.contains_key(region) || is_rebuilding(opened, region);
    if let Some(region) = rebuilt.iter().find(|region| !is_lost(region)) {
        return Err(ClusterError::Replaced(format!(
            "region {region} is not to be rebuilt: its store is the one that the other regions know"
        )));
    }
    strange.iter().try_for_each(|(region, known_by)| replace(opened, region, known_by, &identities))?;
    opened.iter().try_for_each(|(_, open)| pin(&open.node, &identities))
}

/// Takes out the regions whose stores are not the ones that the other regions know, unless their rebuilding is under way. Returns them with the
/// reasons.
pub(crate) fn take_out_strange(opened: &mut Vec<(Region, OpenRegion)>) -> Result<Vec<(Region, String)>, ClusterError> {
    let identities: Identities = opened.iter().map(|(region, open)| (region.clone(), open.identity)).collect();
    let mut strange: BTreeMap<Region, Vec<String>> = BTreeMap::new();
    for (region, open) in opened.iter() {
        for stranger in strangers(&open.node, &identities)? {
            strange.entry(stranger).or_default().push(region.to_string());
        }
    }
    let mut taken = Vec::new();
    for (region, known_by) in strange {
        let Some(at) = opened.iter().position(|(name, open)| *name == region && !open.node.is_rebuilding()) else {
            continue;
        };
        let (_, open) = opened.remove(at);
        open.close();
        taken.push((region, format!("its store is not the one that {} know", known_by.join(", "))));
    }
    Ok(taken)
}

/// The refusal to rebuild a region in a store that holds something.
pub(crate) fn not_empty(region: &Region) -> ClusterError {
    ClusterError::Replaced(format!(
        "the store of region {region} is not the one that the other regions know, and it is not empty; put the right one back and start \
         again, or move it away and have the region rebuilt"
    ))
}

/// The regions that this one knows with other identities.
fn strangers(node: &Node, identities: &Identities) -> Result<Vec<Region>, ClusterError> {
    let known = node.in_transaction(|tx| Ok(fleet_table::members(tx)?)).map_err(|error| failed(node, error))?;
    let is_strange = |member: &MemberRecord| identities.get(&member.region).is_some_and(|id| *id != member.identity);
    Ok(known.into_iter().filter(is_strange).map(|member| member.region).collect())
}

/// Pins the identities of regions that this one meets for the first time.
fn pin(node: &Node, identities: &Identities) -> Result<(), ClusterError> {
    let identities: Vec<(Region, PublicIdentity)> = identities.clone().into_iter().collect();
    pin_members(node, &identities).map_err(|error| failed(node, error))
}

/// Whether the store of a region holds nothing: it knows no other region, and has no key and no secret.
pub(crate) fn is_new(node: &Node) -> Result<bool, ClusterError> {
    let empty = node.in_transaction(|tx| {
        let holds = !all_keys(tx, None, 1)?.is_empty() || !all_secrets(tx, None, 1)?.is_empty();
        Ok(!holds && fleet_table::members(tx)?.is_empty())
    });
    empty.map_err(|error| failed(node, error))
}

/// Whether a region may be replaced by this one.
fn check(node: &Node, known_by: &[Region], wanted: bool) -> Result<(), ClusterError> {
    let region = node.region();
    let names: Vec<String> = known_by.iter().map(Region::to_string).collect();
    let names = names.join(", ");
    if !node.is_rebuilding() && !is_new(node)? {
        return Err(ClusterError::Replaced(format!(
            "the store of region {region} is not the one that {names} know, and it is not empty; put the right one back, or move it away \
             and have the region rebuilt"
        )));
    }
    if !wanted && !node.is_rebuilding() {
        return Err(ClusterError::Replaced(format!(
            "the store of region {region} is lost: {names} know it with another identity; put it back from a backup, or have the region rebuilt \
             from what they know of it"
        )));
    }
    Ok(())
}

fn is_rebuilding(opened: &[(Region, OpenRegion)], region: &Region) -> bool {
    opened.iter().any(|(name, open)| name == region && open.node.is_rebuilding())
}

/// Begins the rebuilding of a region, first in its own store. After a crash in between, the next start goes on.
fn replace(
    opened: &[(Region, OpenRegion)],
    region: &Region,
    known_by: &[Region],
    identities: &Identities,
) -> Result<(), ClusterError> {
    let node = |name: &Region| opened.iter().find(|(other, _)| other == name).map(|(_, open)| &open.node);
    let (Some(lost), Some(identity)) = (node(region), identities.get(region)) else { return Ok(()) };
    let sources: Vec<Region> = identities.keys().filter(|other| *other != region).cloned().collect();
    let now = lost.clock().now();
    let begun = lost.in_transaction(|tx| match fleet_table::rebuild(tx)? {
        Some(_) => Ok(()),
        None => Ok(rebuild::begin(tx, &sources, now)?),
    });
    begun.map_err(|error| failed(lost, error))?;
    lost.set_rebuilding(true);
    let member = MemberRecord { region: region.clone(), identity: *identity, addresses: Vec::new() };
    for other in known_by.iter().filter_map(node) {
        let replaced = other.in_transaction(|tx| Ok(rebuild::replace_member(tx, &member)?));
        replaced.map_err(|error| failed(other, error))?;
    }
    Ok(())
}

/// The region that remembers a later state of this region's store than it has. Regions that are strange to each other remember nothing.
fn remembered_by(
    node: &Node,
    opened: &[(Region, OpenRegion)],
    strange: &BTreeMap<Region, Vec<Region>>,
) -> Result<Option<Region>, ClusterError> {
    if node.is_rebuilding() || strange.contains_key(node.region()) {
        return Ok(None);
    }
    let others = opened.iter().filter(|(region, _)| region != node.region() && !strange.contains_key(region));
    for (region, other) in others {
        let seen = other.node.in_transaction(|tx| Ok(log::inbox(tx, node.region())?.seen));
        let own = node.public_identity();
        let seen = seen.map_err(|error| failed(&other.node, error))?;
        let Some(seen) = seen.filter(|seen| seen.is_of(&own)) else { continue };
        let known = node.in_transaction(|tx| Ok(run_table::has_been_at(tx, node.boots(), &seen.point)?));
        if !known.map_err(|error| failed(node, error))? {
            return Ok(Some(region.clone()));
        }
    }
    Ok(node.held_by())
}

/// Begins the rebuilding of a region whose store was restored from an older copy.
fn restore(node: &Node, identities: &Identities) -> Result<(), ClusterError> {
    let sources: Vec<Region> = identities.keys().filter(|other| *other != node.region()).cloned().collect();
    if sources.is_empty() {
        let text = format!("region {} cannot be rebuilt alone: run the other regions too", node.region());
        return Err(ClusterError::Replaced(text));
    }
    claviger_service::fleet::rebuild_restored(node, &sources)
        .map_err(|error| ClusterError::Fleet { region: node.region().clone(), reason: error.to_string() })
}

/// The refusal to start with a region whose store was restored from an older copy.
fn held(region: &Region, by: &Region) -> ClusterError {
    ClusterError::Replaced(format!(
        "the store of region {region} is older than {by} remembers: it was restored from an older copy; put the latest one back, or have the \
         region rebuilt, which takes what is later from the other regions"
    ))
}

fn failed(node: &Node, error: OperationError) -> ClusterError {
    ClusterError::Fleet { region: node.region().clone(), reason: error.to_string() }
}
