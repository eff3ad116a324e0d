//! Claims to be the primary of a key or a secret, or the home of IAM, that were refused because they are not proved.
//!
//! A refusal may be temporary: the clock of this region was wrong, or its configuration named other operators. So the region notes the claim
//! and asks for it again. There is one row for each region and thing, and only for things that exist here: another region cannot fill the store
//! with claims.

use claviger_types::{Region, Timestamp};
use minicbor::{Decode, Encode};

use super::lineage_table::{Led, LedName};
use super::{Epoch, Record, Table, fetch, group, list, put, row};
use crate::{Error, Key, Tx};

/// A claim of another region that this one has refused.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct RefusedClaimRecord {
    /// The region that claims.
    #[n(0)]
    pub by: Region,
    /// What it claims to lead.
    #[n(1)]
    pub of: LedName,
    /// The epoch that it claims.
    #[n(2)]
    pub epoch: Epoch,
    /// When this claim was refused first.
    #[n(3)]
    pub noticed: Timestamp,
    /// When this region, the right primary, raised its own epoch above a claim that the other one had given up.
    #[n(4)]
    pub raised: Option<Timestamp>,
}

impl Record for RefusedClaimRecord {
    const TABLE: Table = Table::RefusedClaim;
}

/// Another region has refused to regard this one as the primary or the home.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct DisputedRoleRecord {
    /// The region that refuses.
    #[n(0)]
    pub by: Region,
    /// What this region leads.
    #[n(1)]
    pub of: LedName,
    /// The epoch in which it does. The row has no meaning in another one.
    #[n(2)]
    pub epoch: Epoch,
    /// When this region heard of it first.
    #[n(3)]
    pub noticed: Timestamp,
}

impl Record for DisputedRoleRecord {
    const TABLE: Table = Table::DisputedRole;
}

fn claim_row(tx: &Tx<'_>, table: Table, by: &Region, of: Led<'_>) -> Key {
    row(tx, table, &[by.as_str().as_bytes()], &of.parts())
}

/// The claim of a region that was refused here.
pub fn refused_claim(tx: &Tx<'_>, by: &Region, of: Led<'_>) -> Result<Option<RefusedClaimRecord>, Error> {
    fetch(tx, &claim_row(tx, Table::RefusedClaim, by, of))
}

/// Notes a claim that was refused.
pub fn save_refused_claim(tx: &mut Tx<'_>, record: &RefusedClaimRecord) -> Result<(), Error> {
    put(tx, claim_row(tx, Table::RefusedClaim, &record.by, record.of.as_led()), record)
}

/// Forgets a claim that was refused.
pub fn drop_refused_claim(tx: &mut Tx<'_>, by: &Region, of: Led<'_>) -> Result<(), Error> {
    drop_row(tx, claim_row(tx, Table::RefusedClaim, by, of))
}

/// Claims that were refused, after this row, at most `limit`.
pub fn refused_claims(
    tx: &Tx<'_>,
    after: Option<&[u8]>,
    limit: usize,
) -> Result<Vec<(Key, RefusedClaimRecord)>, Error> {
    list(tx, &[Table::RefusedClaim as u8], after, limit)
}

/// The claims of a region that were refused here, at most `limit`.
pub fn refused_claims_by(tx: &Tx<'_>, by: &Region, limit: usize) -> Result<Vec<RefusedClaimRecord>, Error> {
    let rows = list(tx, &group(tx, Table::RefusedClaim, &[by.as_str().as_bytes()]), None, limit)?;
    Ok(rows.into_iter().map(|(_, record)| record).collect())
}

/// The refusal of a region to regard this one as the primary of a thing.
pub fn disputed_role(tx: &Tx<'_>, by: &Region, of: Led<'_>) -> Result<Option<DisputedRoleRecord>, Error> {
    fetch(tx, &claim_row(tx, Table::DisputedRole, by, of))
}

/// Notes that a region does not regard this one as the primary of a thing.
pub fn save_disputed_role(tx: &mut Tx<'_>, record: &DisputedRoleRecord) -> Result<(), Error> {
    put(tx, claim_row(tx, Table::DisputedRole, &record.by, record.of.as_led()), record)
}

/// Forgets that a region did not regard this one as the primary of a thing.
pub fn drop_disputed_role(tx: &mut Tx<'_>, by: &Region, of: Led<'_>) -> Result<(), Error> {
    drop_row(tx, claim_row(tx, Table::DisputedRole, by, of))
}

/// Roles of this region that others do not accept, after this row, at most `limit`.
pub fn disputed_roles(
    tx: &Tx<'_>,
    after: Option<&[u8]>,
    limit: usize,
) -> Result<Vec<(Key, DisputedRoleRecord)>, Error> {
    list(tx, &[Table::DisputedRole as u8], after, limit)
}

/// The roles of this region that another one does not accept, at most `limit`.
pub fn disputed_roles_by(tx: &Tx<'_>, by: &Region, limit: usize) -> Result<Vec<DisputedRoleRecord>, Error> {
    let rows = list(tx, &group(tx, Table::DisputedRole, &[by.as_str().as_bytes()]), None, limit)?;
    Ok(rows.into_iter().map(|(_, record)| record).collect())
}

/// Forgets the claims and refusals of a region: it is no member any more, or another region under its name is one.
pub fn drop_claims_by(tx: &mut Tx<'_>, by: &Region) -> Result<(), Error> {
    for table in [Table::RefusedClaim, Table::DisputedRole] {
        let prefix = group(tx, table, &[by.as_str().as_bytes()]);
        let rows = tx.scan(&prefix, &super::successor(&prefix), usize::MAX)?;
        rows.into_iter().try_for_each(|(row, _)| tx.delete(row))?;
    }
    Ok(())
}

fn drop_row(tx: &mut Tx<'_>, row: Key) -> Result<(), Error> {
    if tx.get(&row)?.is_some() { tx.delete(row) } else { Ok(()) }
}
