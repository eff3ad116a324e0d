//! Home-written rows with one sealed column: access keys.
//!
//! The column is sealed by the keyring of the region that stores the row. So it is empty in a message, and the copy requests
//! its contents. All else is [`HomeRow`].

use claviger_store::tables::iam_table::AccessKeyRecord;
use claviger_store::tables::{Named, find, save};
use claviger_store::{Error as StoreError, Tx};
use minicbor::{Decode, Encode};

use crate::change::{Announced, Envelope, Kind};
use crate::context::{Error, PeerContext, Verdict};
use crate::home_row::{HomeRow, HomeRowName};
use crate::kind::{Contents, Coverage, Page, Replicated, SealedParts, Walk};
use crate::rebuild_state;
use crate::secret_transfer::request_secrets;

/// A record with one column that is sealed with the context `[CONTEXT, id]`.
pub(crate) trait SealedRecord: Named {
    /// The first part of the context.
    const CONTEXT: &'static [u8];

    /// The second part of the context.
    fn id(&self) -> &str;

    /// The column; empty if its contents have not arrived.
    fn sealed(&mut self) -> &mut Vec<u8>;

    /// Whether `before`, the row under the same name, is the same record, so that its stored secret is still valid.
    fn is_same(&self, before: &Self) -> bool;
}

impl SealedRecord for AccessKeyRecord {
    const CONTEXT: &'static [u8] = b"access-key";

    fn id(&self) -> &str {
        &self.id
    }

    fn sealed(&mut self) -> &mut Vec<u8> {
        &mut self.secret
    }

    fn is_same(&self, before: &AccessKeyRecord) -> bool {
        self.user_id == before.user_id
    }
}

/// A [`HomeRow`] whose record has a sealed column.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(transparent)]
pub(crate) struct SealedHomeRow<R>(#[n(0)] HomeRow<R>);

impl<R: SealedRecord> Announced for SealedHomeRow<R> {
    const KIND: Kind = HomeRow::<R>::KIND;
    type Name = HomeRowName;
}

impl<R: SealedRecord> Replicated for SealedHomeRow<R> {
    fn outgoing(cx: &mut PeerContext<'_, '_>, name: HomeRowName) -> Result<Option<SealedHomeRow<R>>, Error> {
        let mut state = HomeRow::<R>::outgoing(cx, name)?;
        if let Some(HomeRow::Row { record: Some(record), .. } | HomeRow::Copy { record }) = &mut state {
            record.sealed().clear();
        }
        Ok(state.map(SealedHomeRow))
    }

    fn apply(self, cx: &mut PeerContext<'_, '_>) -> Result<Verdict, Error> {
        let (name, mut record) = match self.0 {
            HomeRow::Row { name, record: Some(record) } => (name, record),
            HomeRow::Copy { record } => {
                let name = HomeRowName::Copy(record.row_name());
                let verdict = HomeRow::Copy { record }.apply(cx)?;
                if verdict == Verdict::Applied {
                    request_secrets::<SealedHomeRow<R>>(cx, &name, Vec::new())?;
                }
                return Ok(verdict);
            }
            other => return other.apply(cx),
        };
        let before = find::<R>(cx.tx, &name)?.filter(|before| record.is_same(before));
        *record.sealed() = before.map(|mut before| std::mem::take(before.sealed())).unwrap_or_default();
        let lacks = record.sealed().is_empty();
        let verdict = HomeRow::Row { name: name.clone(), record: Some(record) }.apply(cx)?;
        if lacks && verdict == Verdict::Applied {
            request_secrets::<SealedHomeRow<R>>(cx, &HomeRowName::Row(name), Vec::new())?;
        }
        Ok(verdict)
    }

    fn walk(tx: &Tx<'_>, walk: &Walk<'_>) -> Result<Page<Envelope>, StoreError> {
        HomeRow::<R>::walk(tx, walk)
    }

    fn iam_copies(tx: &Tx<'_>, walk: &Walk<'_>) -> Result<Page<Envelope>, StoreError> {
        HomeRow::<R>::iam_copies(tx, walk)
    }

    fn coverage(tx: &Tx<'_>, name: &HomeRowName) -> Result<Coverage, StoreError> {
        HomeRow::<R>::coverage(tx, name)
    }
}

impl<R: SealedRecord> SealedParts for SealedHomeRow<R> {
    fn open(
        cx: &mut PeerContext<'_, '_>,
        name: &HomeRowName,
        _: &dyn Fn(&[u8]) -> bool,
    ) -> Result<Contents<Self>, Error> {
        // The home may have the secrets of its own rows back.
        let (from_home, to_home) = (cx.here == cx.iam_home, cx.peer == cx.iam_home);
        let found = match name {
            HomeRowName::Row(name) if from_home => find::<R>(cx.tx, name)?,
            HomeRowName::Copy(name) if to_home => find::<R>(cx.tx, name)?,
            _ => None,
        };
        let Some(mut record) = found else { return Ok(Contents::of(Vec::new())) };
        let sealed = std::mem::take(record.sealed());
        let id = record.id().as_bytes();
        let opened = cx.env.keyring.open_sealed(&[R::CONTEXT, id], &sealed).ok().filter(|_| !sealed.is_empty());
        Ok(Contents::of(opened.into_iter().map(|secret| (id.to_vec(), secret)).collect()))
    }

    fn receive(cx: &mut PeerContext<'_, '_>, name: HomeRowName, contents: Contents<Self>) -> Result<Verdict, Error> {
        let name = match name {
            HomeRowName::Row(name) if cx.peer == cx.iam_home => name,
            HomeRowName::Copy(name) if rebuild_state::from_source(cx)?.is_some() => name,
            _ => return Ok(Verdict::Forbidden),
        };
        let Some(mut record) = find::<R>(cx.tx, &name)? else { return Ok(Verdict::Stale) };
        let mut parts = contents.parts.into_iter();
        let Some((_, secret)) = parts.find(|(id, _)| id == record.id().as_bytes()) else { return Ok(Verdict::Stale) };
        let sealed = cx.env.keyring.seal(cx.env.random, &[R::CONTEXT, record.id().as_bytes()], &secret);
        *record.sealed() = sealed;
        save(cx.tx, &record)?;
        Ok(Verdict::Applied)
    }
}
