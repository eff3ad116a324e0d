//! Replicated secrets as kinds of the registry. The rules are in [`secret_replication`] and [`secret_apply`].

use claviger_store::tables::secret_table::{ReplicaStatus, SecretRecord, all_secrets};
use claviger_store::{Error as StoreError, Tx};
use claviger_types::{Region, SecretArn};

use crate::change::Envelope;
use crate::context::{Error, PeerContext, Verdict};
use crate::kind::{Contents, Coverage, Page, Replicated, SealedParts, Walk};
use crate::secret_messages::{SecretDetached, SecretRemoved, SecretReport, SharedSecret};
use crate::{secret_apply, secret_replication};

impl Replicated for SharedSecret {
    fn outgoing(cx: &mut PeerContext<'_, '_>, arn: SecretArn) -> Result<Option<SharedSecret>, Error> {
        Ok(secret_replication::shared(cx, &arn)?.map(|(_, shared)| shared))
    }

    fn apply(self, cx: &mut PeerContext<'_, '_>) -> Result<Verdict, Error> {
        secret_apply::apply(cx, self)
    }

    /// Announces secrets whose primary is here, and reports the status of replicas that are here.
    fn walk(tx: &Tx<'_>, walk: &Walk<'_>) -> Result<Page<Envelope>, StoreError> {
        let rows = all_secrets(tx, walk.after, walk.limit)?;
        Ok(Page::of(rows, walk.limit, |record| announcement(walk.peer, &record)))
    }

    fn coverage(_: &Tx<'_>, _: &SecretArn) -> Result<Coverage, StoreError> {
        Ok(Coverage::Announced)
    }

    fn on_unreadable(self, cx: &mut PeerContext<'_, '_>) -> Result<(), Error> {
        secret_apply::fail_unread(cx, &self)
    }
}

fn announcement(peer: &Region, record: &SecretRecord) -> Option<Envelope> {
    let shared = record.replication.as_ref()?;
    if record.is_replica() {
        let report = secret_replication::success(record).filter(|(primary, _)| primary == peer);
        return report.map(|(_, report)| Envelope::naming::<SecretReport>(&report));
    }
    let replicates = shared.replicas.iter().any(|replica| replica.region == *peer);
    replicates.then(|| Envelope::naming::<SharedSecret>(&record.arn))
}

impl SealedParts for SharedSecret {
    fn open(
        cx: &mut PeerContext<'_, '_>,
        arn: &SecretArn,
        held: &dyn Fn(&[u8]) -> bool,
    ) -> Result<Contents<SharedSecret>, Error> {
        let Some((record, shared)) = secret_replication::shared(cx, arn)? else {
            return Ok(Contents::of(Vec::new()));
        };
        let (parts, refused) = match secret_replication::open_values(cx, &record, &shared, held) {
            Ok(parts) => (parts, None),
            Err(reason) => (Vec::new(), Some(reason)),
        };
        Ok(Contents { state: Some(shared), parts, refused })
    }

    fn receive(
        cx: &mut PeerContext<'_, '_>,
        arn: SecretArn,
        contents: Contents<SharedSecret>,
    ) -> Result<Verdict, Error> {
        match contents.state {
            Some(shared) if shared.arn.in_region(cx.peer) == arn => {
                secret_apply::receive(cx, shared, contents.parts, contents.refused)
            }
            Some(_) => Ok(Verdict::Forbidden),
            None => Ok(Verdict::Stale),
        }
    }
}

impl Replicated for SecretRemoved {
    fn outgoing(_: &mut PeerContext<'_, '_>, removed: SecretRemoved) -> Result<Option<SecretRemoved>, Error> {
        Ok(Some(removed))
    }

    fn apply(self, cx: &mut PeerContext<'_, '_>) -> Result<Verdict, Error> {
        secret_apply::on_removed(cx, self.0)
    }
}

impl Replicated for SecretDetached {
    fn outgoing(_: &mut PeerContext<'_, '_>, detached: SecretDetached) -> Result<Option<SecretDetached>, Error> {
        Ok(Some(detached))
    }

    fn apply(self, cx: &mut PeerContext<'_, '_>) -> Result<Verdict, Error> {
        secret_replication::on_detached(cx, self.0)
    }
}

impl Replicated for SecretReport {
    fn outgoing(_: &mut PeerContext<'_, '_>, report: SecretReport) -> Result<Option<SecretReport>, Error> {
        Ok(Some(report))
    }

    fn apply(self, cx: &mut PeerContext<'_, '_>) -> Result<Verdict, Error> {
        secret_replication::on_report(cx, self)
    }

    /// A snapshot reports every replica that is in sync, and no failure.
    fn coverage(_: &Tx<'_>, report: &SecretReport) -> Result<Coverage, StoreError> {
        Ok(if report.status == ReplicaStatus::InSync { Coverage::Announced } else { Coverage::Not })
    }
}
