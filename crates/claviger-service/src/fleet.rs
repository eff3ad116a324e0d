//! The membership of a region in a fleet: invitations, admission, joining, and removal.
//!
//! The home of IAM invites and admits. What it answers to a region that joins is a [`FleetDescription`].

use claviger_core::Node;
use claviger_core::error::Error;
use claviger_crypto::{EnrolmentSecret, InvitationId, PublicIdentity};
use claviger_replication::{fleet_replication, rebuild, resync};
use claviger_store::tables::account_alias_table::AccountAliasRecord;
use claviger_store::tables::fleet_table::{self, InvitationRecord, MEMBERS_MAX, MemberRecord};
use claviger_store::tables::group_table::GroupRecord;
use claviger_store::tables::iam_table::{AccessKeyRecord, PolicyRecord, RoleRecord, UserRecord};
use claviger_store::tables::identity_provider_table::{OidcProviderRecord, SamlProviderRecord};
use claviger_store::tables::instance_profile_table::InstanceProfileRecord;
use claviger_store::tables::key_table::all_keys;
use claviger_store::tables::secret_table::all_secrets;
use claviger_store::tables::{Record, list, region_table};
use claviger_store::{Error as StoreError, Tx};
use claviger_types::{Region, Timestamp};
use minicbor::{Decode, Encode};

/// How long an expired or used invitation is remembered, so that a late use gets a clear answer.
const REMEMBERED_SECS: i64 = 7 * 86_400;

/// Why something about the fleet cannot be done. The text is for the operator.
#[derive(Debug, thiserror::Error)]
pub enum FleetError {
    /// Only the home of IAM invites and removes.
    #[error("the members of the fleet are changed in {home}, the home of IAM")]
    NotHome {
        /// The home.
        home: Region,
    },
    /// The name belongs to a member.
    #[error("{0} is a member of the fleet; to rebuild it after its store was lost, invite it with --rebuild")]
    IsMember(Region),
    /// There is no such member.
    #[error("{0} is not a member of the fleet")]
    NoMember(Region),
    /// The region is of another partition.
    #[error("{0} is of another partition than this fleet")]
    Partition(Region),
    /// The fleet has as many regions as it can have.
    #[error("the fleet has {MEMBERS_MAX} regions, the most that it can have")]
    Full,
    /// The region that joins holds something.
    #[error("region {0} holds keys, secrets or users already, which the fleet does not know; join with a new region")]
    NotNew(Region),
    /// The region that joins is a member already.
    #[error("region {0} is a member of a fleet already")]
    Joined(Region),
    /// There is nobody from whom a region could be rebuilt.
    #[error("region {0} cannot be rebuilt: no other region is left")]
    NoSource(Region),
    /// The answer of the inviter cannot be read.
    #[error("the inviter's answer cannot be read; is it of another release?")]
    Description,
    /// The store.
    #[error(transparent)]
    Store(#[from] Error),
}

/// Why a region is not admitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// There is no such invitation.
    Unknown,
    /// It has expired.
    Expired,
    /// It was used.
    Used,
    /// It is for a region of another name.
    OtherRegion,
    /// This region cannot admit another one now.
    Unavailable,
}

/// What a region that joins learns of the fleet.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct FleetDescription {
    /// The home of IAM.
    #[n(0)]
    pub home: Region,
    /// [`RegionRecord::home_counter`](claviger_store::tables::region_table::RegionRecord::home_counter)
    #[n(1)]
    pub home_counter: Option<u64>,
    /// All members, the home among them, without the region that joins.
    #[n(2)]
    pub members: Vec<MemberRecord>,
    /// Whether the region lost its store, and is rebuilt.
    #[n(3)]
    pub rebuilds: bool,
}

impl FleetDescription {
    /// The description as bytes.
    ///
    /// # Errors
    ///
    /// [`FleetError::Description`] if it cannot be encoded.
    pub fn to_bytes(&self) -> Result<Vec<u8>, FleetError> {
        minicbor::to_vec(self).map_err(|_| FleetError::Description)
    }

    /// The description that [`FleetDescription::to_bytes`] wrote.
    ///
    /// # Errors
    ///
    /// [`FleetError::Description`] if the bytes are none.
    pub fn from_bytes(bytes: &[u8]) -> Result<FleetDescription, FleetError> {
        minicbor::decode(bytes).map_err(|_| FleetError::Description)
    }
}

/// Makes an invitation for a region. Returns its secret, which only the operator gets.
///
/// # Errors
///
/// [`FleetError`] if the region cannot be invited here.
pub fn invite(node: &Node, region: &Region, rebuilds: bool, expires: Timestamp) -> Result<EnrolmentSecret, FleetError> {
    require_home(node)?;
    if region.partition() != node.region().partition() {
        return Err(FleetError::Partition(region.clone()));
    }
    let members = node.in_transaction(|tx| Ok(fleet_table::members(tx)?))?;
    if region == node.region() {
        return Err(FleetError::IsMember(region.clone()));
    }
    let is_member = members.iter().any(|member| member.region == *region);
    match (is_member, rebuilds) {
        (true, false) => return Err(FleetError::IsMember(region.clone())),
        (false, true) => return Err(FleetError::NoMember(region.clone())),
        (false, false) if members.len() + 1 >= MEMBERS_MAX => return Err(FleetError::Full),
        _ => {}
    }
    let secret = EnrolmentSecret::generate(node.random());
    let id = secret.id();
    let sealed = node.keyring().seal(node.random(), &[b"invitation", &id.0], secret.expose());
    let record = InvitationRecord { id, secret: sealed, region: region.clone(), rebuilds, expires, used: None };
    node.in_transaction(|tx| {
        fleet_table::drop_invitations(tx, node.clock().now().plus_secs(-REMEMBERED_SECS), 1_000)?;
        Ok(fleet_table::save_invitation(tx, &record)?)
    })?;
    Ok(secret)
}

/// The secret of an invitation that this region made; also if it was used or has expired.
pub fn invitation_secret(node: &Node, id: &InvitationId) -> Option<EnrolmentSecret> {
    let record = node.in_transaction(|tx| Ok(fleet_table::invitation(tx, id)?)).ok()??;
    let opened = node.keyring().open_sealed(&[b"invitation", &id.0], &record.secret).ok()?;
    EnrolmentSecret::from_bytes(&opened)
}

/// Admits a region that proved to know an invitation's secret: notes it as a member and the invitation as used, in one commit. A region that
/// was admitted and lost the answer gets it again for as long as the invitation is valid: it proves the identity of the member that it is.
///
/// # Errors
///
/// [`Refused`]. A failure of the store is logged.
pub fn admit(node: &Node, id: &InvitationId, joiner: &MemberRecord) -> Result<FleetDescription, Refused> {
    let now = node.clock().now();
    let admitted = node.in_transaction(|tx| {
        let Some(mut invitation) = fleet_table::invitation(tx, id)? else { return Ok(Err(Refused::Unknown)) };
        if invitation.region != joiner.region {
            return Ok(Err(Refused::OtherRegion));
        }
        let known = fleet_table::member(tx, &joiner.region)?;
        let is_again =
            invitation.used.is_some() && known.as_ref().is_some_and(|known| known.identity == joiner.identity);
        if invitation.used.is_some() && !is_again {
            return Ok(Err(Refused::Used));
        }
        if invitation.expires <= now {
            return Ok(Err(if is_again { Refused::Used } else { Refused::Expired }));
        }
        let Some(own) = region_table::region(tx)?.filter(|own| own.iam_home == *node.region()) else {
            return Ok(Err(Refused::Unavailable));
        };
        let rebuilds = invitation.rebuilds;
        if !is_again {
            if known.is_some() != rebuilds {
                return Ok(Err(Refused::Unknown));
            }
            invitation.used = Some(now);
            fleet_table::save_invitation(tx, &invitation)?;
            fleet_replication::admit(tx, node.region(), joiner, rebuilds)?;
        } else if known.as_ref() != Some(joiner) {
            // It was started again, at other addresses.
            fleet_replication::admit(tx, node.region(), joiner, false)?;
        }
        let members = fleet_table::members(tx)?.into_iter().filter(|member| member.region != joiner.region);
        let (home, home_counter) = (own.iam_home, own.home_counter);
        Ok(Ok(FleetDescription { home, home_counter, members: members.collect(), rebuilds }))
    });
    let admitted = admitted.unwrap_or_else(|error| {
        tracing::error!(region = %node.region(), %error, "a region could not be admitted");
        Err(Refused::Unavailable)
    })?;
    node.change_fleet();
    Ok(admitted)
}

/// Admits the new identity of a member of this process that lost its store and is to be rebuilt.
///
/// # Errors
///
/// [`FleetError`] if this is not the home, or there is no such member.
pub fn replace_local(node: &Node, lost: &MemberRecord) -> Result<FleetDescription, FleetError> {
    require_home(node)?;
    let own_identity = node.public_identity();
    let described = node.in_transaction(|tx| {
        let known = fleet_table::member(tx, &lost.region)?.is_some();
        let Some(own) = region_table::region(tx)?.filter(|_| known) else { return Ok(None) };
        fleet_replication::admit(tx, node.region(), lost, true)?;
        let mut members = fleet_table::members(tx)?;
        members.retain(|member| member.region != lost.region);
        if members.iter().all(|member| member.region != *node.region()) {
            let addresses = lost.addresses.clone();
            members.push(MemberRecord { region: node.region().clone(), identity: own_identity, addresses });
        }
        Ok(Some(FleetDescription { home: own.iam_home, home_counter: own.home_counter, members, rebuilds: true }))
    })?;
    node.change_fleet();
    described.ok_or_else(|| FleetError::NoMember(lost.region.clone()))
}

/// Requires that a region may join a fleet: it is new, and knows no other regions than those of its own process.
///
/// # Errors
///
/// [`FleetError::NotNew`], [`FleetError::Joined`].
pub fn require_new(node: &Node, locals: &[Region]) -> Result<(), FleetError> {
    let (holds, joined) = node.in_transaction(|tx| {
        let holds = !all_keys(tx, None, 1)?.is_empty() || !all_secrets(tx, None, 1)?.is_empty();
        let joined = fleet_table::members(tx)?.iter().any(|member| !locals.contains(&member.region));
        Ok((holds || has_iam(tx)?, joined))
    })?;
    if joined {
        return Err(FleetError::Joined(node.region().clone()));
    }
    if holds { Err(FleetError::NotNew(node.region().clone())) } else { Ok(()) }
}

/// Whether the region has anything of IAM.
fn has_iam(tx: &Tx<'_>) -> Result<bool, StoreError> {
    fn any<T: Record>(tx: &Tx<'_>) -> Result<bool, StoreError> {
        Ok(!list::<T>(tx, &[T::TABLE as u8], None, 1)?.is_empty())
    }
    Ok(any::<UserRecord>(tx)?
        || any::<AccessKeyRecord>(tx)?
        || any::<GroupRecord>(tx)?
        || any::<RoleRecord>(tx)?
        || any::<PolicyRecord>(tx)?
        || any::<InstanceProfileRecord>(tx)?
        || any::<OidcProviderRecord>(tx)?
        || any::<SamlProviderRecord>(tx)?
        || any::<AccountAliasRecord>(tx)?)
}

/// Takes part in the fleet that has admitted this region.
///
/// # Errors
///
/// Those of the store.
pub fn take_part(node: &Node, fleet: &FleetDescription) -> Result<(), FleetError> {
    let now = node.clock().now();
    // Before the commit, so that no request finds the empty store.
    node.set_rebuilding(fleet.rebuilds);
    let sources: Vec<Region> = fleet.members.iter().map(|member| member.region.clone()).collect();
    node.in_transaction(|tx| {
        let Some(mut own) = region_table::region(tx)? else { return Ok(()) };
        (own.iam_home, own.home_counter) = (fleet.home.clone(), fleet.home_counter);
        region_table::save_region(tx, &own)?;
        fleet.members.iter().try_for_each(|member| fleet_table::save_member(tx, member))?;
        if fleet.rebuilds {
            return Ok(rebuild::begin(tx, &sources, now)?);
        }
        // The others learn this region's session-token key.
        Ok(sources.iter().try_for_each(|region| resync(tx, region))?)
    })?;
    // Again: the replication thread may have found no rebuilding before the commit.
    node.set_rebuilding(fleet.rebuilds);
    node.change_fleet();
    Ok(())
}

/// Begins the rebuilding of a region whose store was restored from an older copy: it takes what is later in the other regions.
///
/// # Errors
///
/// Those of the store.
pub fn rebuild_restored(node: &Node, sources: &[Region]) -> Result<(), FleetError> {
    let now = node.clock().now();
    node.in_transaction(|tx| Ok(rebuild::begin_restored(tx, sources, now)?))?;
    node.clear_caches();
    node.set_rebuilding(true);
    node.set_held_by(None);
    node.change_fleet();
    Ok(())
}

/// Notes where this region and others of its process can be reached, and tells the fleet, if this is the home.
///
/// # Errors
///
/// Those of the store.
pub fn set_addresses(node: &Node, locals: &[(Region, PublicIdentity)], addresses: &[String]) -> Result<(), FleetError> {
    let own = |(region, identity): &(Region, PublicIdentity)| MemberRecord {
        region: region.clone(),
        identity: *identity,
        addresses: addresses.to_vec(),
    };
    let is_home = node.topology().iam_home == *node.region();
    node.in_transaction(|tx| {
        for member in locals.iter().map(own) {
            note(tx, node.region(), &member, is_home)?;
        }
        Ok(())
    })?;
    node.change_fleet();
    Ok(())
}

fn note(tx: &mut Tx<'_>, here: &Region, member: &MemberRecord, is_home: bool) -> Result<(), StoreError> {
    let known = fleet_table::member(tx, &member.region)?;
    if known.as_ref() == Some(member) || (!is_home && member.region == *here) {
        return Ok(());
    }
    if is_home { fleet_replication::admit(tx, here, member, false) } else { fleet_table::save_member(tx, member) }
}

/// Removes a member for good.
///
/// # Errors
///
/// [`FleetError`] if this is not the home, or there is no such member.
pub fn remove(node: &Node, region: &Region) -> Result<(), FleetError> {
    require_home(node)?;
    let known = node.in_transaction(|tx| {
        let known = region != node.region() && fleet_table::member(tx, region)?.is_some();
        if known {
            fleet_replication::remove(tx, node.region(), region)?;
        }
        Ok(known)
    })?;
    node.change_fleet();
    if known { Ok(()) } else { Err(FleetError::NoMember(region.clone())) }
}

/// The other members of the fleet that this region knows.
///
/// # Errors
///
/// Those of the store.
pub fn members(node: &Node) -> Result<Vec<MemberRecord>, FleetError> {
    let members = node.in_transaction(|tx| Ok(fleet_table::members(tx)?))?;
    Ok(members.into_iter().filter(|member| member.region != *node.region()).collect())
}

fn require_home(node: &Node) -> Result<(), FleetError> {
    let home = node.topology().iam_home.clone();
    if home == *node.region() { Ok(()) } else { Err(FleetError::NotHome { home }) }
}
