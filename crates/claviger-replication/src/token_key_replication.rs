//! Session-token keys: each region makes one and sends it to all others, so that a token opens everywhere.

use claviger_store::tables::region_table::{self, TokenKeyRecord};
use claviger_store::tables::{Record, list};
use claviger_store::{Error as StoreError, Tx};
use claviger_types::Region;

use crate::change::{self, Announced, Envelope, Kind};
use crate::context::{Error, PeerContext, Verdict};
use crate::kind::{Contents, Coverage, Page, Replicated, SealedParts, Walk};
use crate::rebuild_state;
use crate::secret_transfer::request_secrets;

/// The bytes of a session-token key.
const TOKEN_KEY_BYTES: usize = 32;

/// Announces to `peers` a session-token key that this region has made.
pub fn announce(tx: &mut Tx<'_>, peers: &[Region], id: &str) -> Result<(), StoreError> {
    peers.iter().try_for_each(|peer| change::announce::<TokenKeyRecord>(tx, peer, &id.to_owned()))
}

impl Announced for TokenKeyRecord {
    const KIND: Kind = Kind::of_table(TokenKeyRecord::TABLE);
    type Name = String;
}

impl Replicated for TokenKeyRecord {
    fn outgoing(cx: &mut PeerContext<'_, '_>, id: String) -> Result<Option<TokenKeyRecord>, Error> {
        let record = region_table::token_key(cx.tx, &id)?.filter(|record| may_send(cx, record));
        Ok(record.map(|record| TokenKeyRecord { sealed: Vec::new(), ..record }))
    }

    fn apply(self, cx: &mut PeerContext<'_, '_>) -> Result<Verdict, Error> {
        let before = region_table::token_key(cx.tx, &self.id)?;
        let others = before.as_ref().is_some_and(|before| before.region != self.region);
        if !may_receive(cx, &self.region)? || others {
            return Ok(Verdict::Forbidden);
        }
        if before.is_some_and(|before| !before.sealed.is_empty()) {
            return Ok(Verdict::Stale);
        }
        let id = self.id.clone();
        region_table::save_token_key(cx.tx, &TokenKeyRecord { sealed: Vec::new(), ..self })?;
        request_secrets::<TokenKeyRecord>(cx, &id, Vec::new())?;
        Ok(Verdict::Applied)
    }

    fn walk(tx: &Tx<'_>, walk: &Walk<'_>) -> Result<Page<Envelope>, StoreError> {
        let rows = list::<TokenKeyRecord>(tx, &[TokenKeyRecord::TABLE as u8], walk.after, walk.limit)?;
        let own = |record: TokenKeyRecord| (record.region == *walk.here).then_some(record.id);
        Ok(Page::of(rows, walk.limit, |record| own(record).map(|id| Envelope::naming::<TokenKeyRecord>(&id))))
    }

    /// Gives a region back the keys that it had made. Sessions that it had issued are valid there again.
    fn copies(tx: &Tx<'_>, walk: &Walk<'_>) -> Result<Page<Envelope>, StoreError> {
        let rows = list::<TokenKeyRecord>(tx, &[TokenKeyRecord::TABLE as u8], walk.after, walk.limit)?;
        let own = |record: TokenKeyRecord| (record.region == *walk.peer).then_some(record.id);
        Ok(Page::of(rows, walk.limit, |record| own(record).map(|id| Envelope::naming::<TokenKeyRecord>(&id))))
    }

    /// A snapshot announces the keys that this region has made, and not those that it gives back.
    fn coverage(tx: &Tx<'_>, id: &String) -> Result<Coverage, StoreError> {
        let (record, own) = (region_table::token_key(tx, id)?, region_table::region(tx)?);
        let given_back = record.zip(own).is_some_and(|(record, own)| record.region != own.region);
        Ok(if given_back { Coverage::Once } else { Coverage::Announced })
    }
}

impl SealedParts for TokenKeyRecord {
    fn open(cx: &mut PeerContext<'_, '_>, id: &String, _: &dyn Fn(&[u8]) -> bool) -> Result<Contents<Self>, Error> {
        let record = region_table::token_key(cx.tx, id)?.filter(|record| may_send(cx, record));
        let context: [&[u8]; 2] = [b"token-key", id.as_bytes()];
        let opened = record.and_then(|r| cx.env.keyring.open_sealed(&context, &r.sealed).ok());
        Ok(Contents::of(opened.into_iter().map(|key| (id.as_bytes().to_vec(), key)).collect()))
    }

    fn receive(cx: &mut PeerContext<'_, '_>, id: String, contents: Contents<Self>) -> Result<Verdict, Error> {
        let Some(mut record) = region_table::token_key(cx.tx, &id)? else { return Ok(Verdict::Stale) };
        if !may_receive(cx, &record.region)? {
            return Ok(Verdict::Forbidden);
        }
        let mut parts = contents.parts.into_iter();
        let key = parts.find(|(name, key)| name == id.as_bytes() && key.len() == TOKEN_KEY_BYTES);
        let Some((_, key)) = key else { return Ok(Verdict::Stale) };
        record.sealed = cx.env.keyring.seal(cx.env.random, &[b"token-key", id.as_bytes()], &key);
        region_table::save_token_key(cx.tx, &record)?;
        Ok(Verdict::Applied)
    }
}

/// A region sends its own keys, and to the peer those that the peer has made.
fn may_send(cx: &PeerContext<'_, '_>, record: &TokenKeyRecord) -> bool {
    record.region == *cx.here || record.region == *cx.peer
}

/// A region takes the peer's keys, and its own if it has lost them with its store.
fn may_receive(cx: &PeerContext<'_, '_>, maker: &Region) -> Result<bool, Error> {
    Ok(maker == cx.peer || (maker == cx.here && rebuild_state::from_source(cx)?.is_some()))
}
