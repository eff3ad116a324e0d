//! Access keys: finding one of a user's.

use claviger_store::tables::iam_table::{self, AccessKeyRecord, UserRecord};

use claviger_core::context::Cx;
use claviger_core::error::Error;
use claviger_model::iam::error;

use super::announce;

/// Access keys that a user can have.
pub(crate) const PER_USER: usize = 2;

/// The user's key with an id. A key of another user is an error.
pub(crate) fn of_user(cx: &Cx<'_, '_>, user: &UserRecord, id: &str) -> Result<AccessKeyRecord, Error> {
    let identity = &user.identity;
    let key = iam_table::access_key(cx.tx, id)?.filter(|k| k.account == identity.account && k.user_id == identity.id);
    key.ok_or_else(|| not_found(id))
}

/// All keys of a user, oldest first.
pub(crate) fn all(cx: &Cx<'_, '_>, user: &UserRecord) -> Result<Vec<AccessKeyRecord>, Error> {
    Ok(iam_table::access_keys(cx.tx, &user.identity.account, &user.identity.id)?)
}

/// Stores a key and announces it to the other regions.
pub(crate) fn save(cx: &mut Cx<'_, '_>, key: &AccessKeyRecord) -> Result<(), Error> {
    iam_table::save_access_key(cx.tx, key)?;
    announce::access_key(cx, &key.id)
}

/// There is no such key.
pub(crate) fn not_found(id: &str) -> Error {
    Error::new(error::NO_SUCH_ENTITY_EXCEPTION, format!("The Access Key with id {id} cannot be found."))
}

/// `Active` or `Inactive`.
pub(crate) fn status(key: &AccessKeyRecord) -> String {
    if key.active { "Active" } else { "Inactive" }.to_owned()
}
