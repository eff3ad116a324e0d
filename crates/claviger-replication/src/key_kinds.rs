//! Multi-Region keys as kinds of the registry. The rules are in [`key_replication`], [`key_apply`] and [`handover`].

use claviger_store::tables::key_table::{DeletedKeyRecord, all_deleted_keys, all_keys};
use claviger_store::tables::lineage_table;
use claviger_store::{Error as StoreError, Tx};

use crate::change::Envelope;
use crate::context::{Error, PeerContext, Verdict};
use crate::key_messages::{KeyName, KeyReport, MemberReport, OfferDeclined, ReplicaDeleted, SharedKey};
use crate::kind::{Contents, Coverage, Page, Replicated, SealedParts, Walk};
use crate::{handover, key_apply, key_replication};

impl Replicated for SharedKey {
    fn outgoing(cx: &mut PeerContext<'_, '_>, name: KeyName) -> Result<Option<SharedKey>, Error> {
        key_replication::outgoing(cx, &name)
    }

    fn apply(self, cx: &mut PeerContext<'_, '_>) -> Result<Verdict, Error> {
        key_apply::apply(cx, self)
    }

    /// Announces keys whose primary is here, and reports the material of replicas that are here.
    fn walk(tx: &Tx<'_>, walk: &Walk<'_>) -> Result<Page<Envelope>, StoreError> {
        Ok(Page::of(all_keys(tx, walk.after, walk.limit)?, walk.limit, |record| {
            let shared = record.multi_region.as_ref()?;
            let name = key_replication::name(&record);
            if shared.primary == *walk.here && shared.replicas.contains(walk.peer) {
                return Some(Envelope::naming::<SharedKey>(&name));
            }
            (shared.primary == *walk.peer).then(|| Envelope::naming::<KeyReport>(&name))
        }))
    }

    fn coverage(_: &Tx<'_>, _: &KeyName) -> Result<Coverage, StoreError> {
        Ok(Coverage::Announced)
    }

    fn on_unreadable(self, cx: &mut PeerContext<'_, '_>) -> Result<(), Error> {
        handover::decline_unread(cx, self)
    }
}

impl SealedParts for SharedKey {
    fn open(
        cx: &mut PeerContext<'_, '_>,
        name: &KeyName,
        held: &dyn Fn(&[u8]) -> bool,
    ) -> Result<Contents<SharedKey>, Error> {
        let Some((record, shared)) = key_replication::shared_with_member(cx, name)? else {
            return Ok(Contents::of(Vec::new()));
        };
        let parts = key_replication::open_materials(cx, &record, held)?;
        Ok(Contents { state: Some(shared), parts, refused: None })
    }

    fn receive(cx: &mut PeerContext<'_, '_>, name: KeyName, contents: Contents<SharedKey>) -> Result<Verdict, Error> {
        match contents.state {
            Some(shared) if shared.name == name => key_apply::receive(cx, shared, contents.parts),
            Some(_) => Ok(Verdict::Forbidden),
            None => Ok(Verdict::Stale),
        }
    }
}

impl Replicated for KeyReport {
    fn outgoing(cx: &mut PeerContext<'_, '_>, name: KeyName) -> Result<Option<KeyReport>, Error> {
        key_replication::report(cx, name)
    }

    fn apply(self, cx: &mut PeerContext<'_, '_>) -> Result<Verdict, Error> {
        key_apply::on_report(cx, self)
    }

    fn coverage(_: &Tx<'_>, _: &KeyName) -> Result<Coverage, StoreError> {
        Ok(Coverage::Announced)
    }
}

impl Replicated for ReplicaDeleted {
    fn outgoing(cx: &mut PeerContext<'_, '_>, deleted: ReplicaDeleted) -> Result<Option<ReplicaDeleted>, Error> {
        let lineage = lineage_table::lineage(cx.tx, deleted.name.led())?;
        Ok(Some(ReplicaDeleted { lineage, ..deleted }))
    }

    fn apply(self, cx: &mut PeerContext<'_, '_>) -> Result<Verdict, Error> {
        key_apply::on_deleted(cx, self)
    }

    /// Ends of replicas whose primary was in the peer's region.
    fn copies(tx: &Tx<'_>, walk: &Walk<'_>) -> Result<Page<Envelope>, StoreError> {
        let rows = all_deleted_keys(tx, walk.after, walk.limit)?;
        Ok(Page::of(rows, walk.limit, |DeletedKeyRecord { generation, epoch, account, id }| {
            let (name, until_epoch) = (KeyName { account, id }, epoch.clone());
            let ended = ReplicaDeleted { name, epoch, until_epoch, until_revision: generation, lineage: Vec::new() };
            (ended.epoch.region == *walk.peer).then(|| Envelope::naming::<ReplicaDeleted>(&ended))
        }))
    }
}

impl Replicated for MemberReport {
    fn outgoing(_: &mut PeerContext<'_, '_>, report: MemberReport) -> Result<Option<MemberReport>, Error> {
        Ok(Some(report))
    }

    fn apply(self, cx: &mut PeerContext<'_, '_>) -> Result<Verdict, Error> {
        handover::on_members(cx, self)
    }
}

impl Replicated for OfferDeclined {
    fn outgoing(_: &mut PeerContext<'_, '_>, declined: OfferDeclined) -> Result<Option<OfferDeclined>, Error> {
        Ok(Some(declined))
    }

    fn apply(self, cx: &mut PeerContext<'_, '_>) -> Result<Verdict, Error> {
        handover::on_declined(cx, self)
    }
}
