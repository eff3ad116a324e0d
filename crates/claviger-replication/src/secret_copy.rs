//! Copies of replicated secrets for the region of their primary, which is rebuilt. Replicas in that region need no copy: their primaries
//! announce them in the snapshot.

use claviger_store::tables::lineage_table::{Led, lineage, save_lineage};
use claviger_store::tables::secret_table::{
    self, ReplicaSeat, Replication, SecretRecord, SecretReplica, Succession, VersionMeta, all_secrets,
};
use claviger_store::{Error as StoreError, Tx};
use claviger_types::{Caller, SecretArn};
use minicbor::{Decode, Encode};

use crate::change::{Announced, Envelope, Kind};
use crate::context::{Error, PeerContext, Verdict};
use crate::kind::{Contents, Page, Replicated, SealedParts, SecretParts, Walk};
use crate::lineage::dated;
use crate::rebuild_state;
use crate::secret_apply::{self, VERSIONS_MAX};
use crate::secret_messages::SharedSecret;
use crate::secret_replication::{find, open_values, resume_rotation, state};
use crate::secret_transfer::request_secrets;

/// A secret as one of its replicas knows it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub(crate) struct SecretCopy {
    /// The state, for the primary's region.
    #[n(0)]
    state: SharedSecret,
    /// All replicas that the sender knows, its own included.
    #[n(1)]
    replicas: Vec<ReplicaSeat>,
}

/// The name is the primary's ARN.
impl Announced for SecretCopy {
    const KIND: Kind = Kind::of_notice(9);
    type Name = SecretArn;
}

impl Replicated for SecretCopy {
    fn outgoing(cx: &mut PeerContext<'_, '_>, arn: SecretArn) -> Result<Option<SecretCopy>, Error> {
        Ok(copy(cx, &arn)?.map(|(_, copy)| copy))
    }

    fn apply(self, cx: &mut PeerContext<'_, '_>) -> Result<Verdict, Error> {
        receive(cx, self, SecretParts::new())
    }

    fn copies(tx: &Tx<'_>, walk: &Walk<'_>) -> Result<Page<Envelope>, StoreError> {
        Ok(Page::of(all_secrets(tx, walk.after, walk.limit)?, walk.limit, |record| {
            let shared = record.replication.as_ref()?;
            let is_theirs = record.is_replica() && shared.primary == *walk.peer;
            is_theirs.then(|| Envelope::naming::<SecretCopy>(&record.arn.in_region(walk.peer)))
        }))
    }
}

impl SealedParts for SecretCopy {
    fn open(
        cx: &mut PeerContext<'_, '_>,
        arn: &SecretArn,
        held: &dyn Fn(&[u8]) -> bool,
    ) -> Result<Contents<SecretCopy>, Error> {
        let Some((record, copy)) = copy(cx, arn)? else { return Ok(Contents::of(Vec::new())) };
        let (parts, refused) = match open_values(cx, &record, &copy.state, held) {
            Ok(parts) => (parts, None),
            Err(reason) => (Vec::new(), Some(reason)),
        };
        Ok(Contents { state: Some(copy), parts, refused })
    }

    fn receive(cx: &mut PeerContext<'_, '_>, arn: SecretArn, contents: Contents<SecretCopy>) -> Result<Verdict, Error> {
        match contents.state {
            Some(copy) if copy.state.arn == arn && contents.refused.is_none() => receive(cx, copy, contents.parts),
            Some(_) => {
                rebuild_state::count(cx, |found| found.secrets_refused += 1)?;
                Ok(Verdict::Applied)
            }
            None => Ok(Verdict::Stale),
        }
    }
}

/// The replica of a secret whose primary is in the peer's region, and its copy.
fn copy(cx: &mut PeerContext<'_, '_>, arn: &SecretArn) -> Result<Option<(SecretRecord, SecretCopy)>, Error> {
    let Some(record) = find(cx.tx, &arn.in_region(cx.here))? else { return Ok(None) };
    let Some(shared) = record.replication.clone().filter(|shared| shared.primary == *cx.peer) else { return Ok(None) };
    // The operator who has the region rebuilt acts for the account. IAM may still be on its way.
    let caller = Caller::root_of(&record.arn.account);
    // A release before this one announced no succession.
    let Succession { kms_key_id, mut replicas } =
        shared.succession.clone().unwrap_or(Succession { kms_key_id: None, replicas: Vec::new() });
    if replicas.iter().all(|seat| seat.region != *cx.here) {
        let (region, kms_key_id) = (cx.here.clone(), record.kms_key_id.clone());
        replicas.push(ReplicaSeat { region, kms_key_id, caller: caller.clone(), generation: shared.generation });
    }
    let seat = ReplicaSeat { region: cx.peer.clone(), kms_key_id, caller, generation: 0 };
    let lineage = lineage(cx.tx, Led::Secret(&record.arn))?;
    let state = SharedSecret { lineage, ..state(&record, &shared, cx.peer, seat) };
    Ok(Some((record, SecretCopy { state, replicas })))
}

/// Takes a copy, if it is of a later state than those before, once all its values are here.
fn receive(cx: &mut PeerContext<'_, '_>, copy: SecretCopy, parts: SecretParts) -> Result<Verdict, Error> {
    let SecretCopy { state, replicas } = copy;
    let own = state.arn.region == *cx.here && state.epoch.region == *cx.here;
    if rebuild_state::from_source(cx)?.is_none() || !own || state.versions.len() > VERSIONS_MAX {
        return Ok(Verdict::Forbidden);
    }
    let local = secret_table::secret(cx.tx, &state.arn.account, &state.arn.name)?;
    let Some(local) = local else { return take(cx, state, None, replicas, &parts) };
    if local.arn != state.arn || local.is_replica() {
        return Ok(Verdict::Stale);
    }
    let Some(shared) = &local.replication else {
        // The store is a copy from before the secret was replicated.
        return take(cx, state, Some(local), replicas, &parts);
    };
    if (&state.epoch, state.revision) > (&shared.epoch, shared.revision) {
        return take(cx, state, Some(local), replicas, &parts);
    }
    Ok(Verdict::Stale)
}

fn take(
    cx: &mut PeerContext<'_, '_>,
    state: SharedSecret,
    local: Option<SecretRecord>,
    replicas: Vec<ReplicaSeat>,
    parts: &SecretParts,
) -> Result<Verdict, Error> {
    let held: Vec<VersionMeta> =
        local.iter().flat_map(|local| &local.versions).filter(|v| v.has_value).cloned().collect();
    if secret_apply::lacks(&state, &held, parts) {
        let held = held.iter().map(|version| version.id.as_bytes().to_vec()).collect();
        request_secrets::<SecretCopy>(cx, &state.arn, held)?;
        return Ok(Verdict::Applied);
    }
    let mut record = secret_apply::to_record(cx, &state, local.as_ref());
    record.replication = Some(Replication {
        primary: cx.here.clone(),
        epoch: state.epoch.clone(),
        revision: state.revision,
        replicas: replicas.into_iter().map(ReplicaSeat::replica).collect::<Vec<SecretReplica>>(),
        generation: 0,
        succession: None,
        first_epoch: state.first_epoch.clone(),
        held_since: None,
    });
    let Some(sealed) = seal(cx, &state, &mut record, parts)? else { return Ok(Verdict::Applied) };
    save_lineage(cx.tx, Led::Secret(&record.arn), dated(state.lineage.clone(), cx.env.now))?;
    for version in &mut record.versions {
        let known = held.iter().find(|known| known.id == version.id);
        version.kms_key = match sealed.iter().find(|(id, _, _)| *id == version.id) {
            Some((_, _, key)) => key.clone(),
            None => known.and_then(|known| known.kms_key.clone()),
        };
    }
    for version in local.iter().flat_map(|local| &local.versions).filter(|v| record.version(&v.id).is_none()) {
        secret_table::delete_value(cx.tx, &record.arn, &version.id)?;
    }
    for (id, value, _) in &sealed {
        secret_table::save_value(cx.tx, &record.arn, id, value)?;
    }
    secret_table::save_secret(cx.tx, &record)?;
    resume_rotation(cx.tx, &record, cx.env.now)?;
    if local.is_none() {
        rebuild_state::count(cx, |found| found.secrets += 1)?;
    }
    Ok(Verdict::Applied)
}

/// Encrypts the values under the key that the secret had, or under the default key if that one is lost too.
fn seal(
    cx: &mut PeerContext<'_, '_>,
    state: &SharedSecret,
    record: &mut SecretRecord,
    parts: &SecretParts,
) -> Result<Option<secret_apply::Sealed>, Error> {
    if let Ok(sealed) = secret_apply::seal_values(cx, state, record, parts) {
        return Ok(Some(sealed));
    }
    if !rebuild_state::is_second_pass(cx)? {
        // The material of the key may still be on its way. The copy comes again.
        rebuild_state::ask_again(cx)?;
        return Ok(None);
    }
    let had_key = record.kms_key_id.take().is_some();
    match secret_apply::seal_values(cx, state, record, parts) {
        Ok(sealed) => {
            rebuild_state::count(cx, |found| found.secrets_under_default_key += u64::from(had_key))?;
            Ok(Some(sealed))
        }
        Err(_) => {
            rebuild_state::count(cx, |found| found.secrets_refused += 1)?;
            Ok(None)
        }
    }
}
