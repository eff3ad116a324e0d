//! DeleteAccessKey: deletes an access key.

use claviger_model::iam::DeleteAccessKeyRequest;
use claviger_store::tables::iam_table::{self, UserRecord};
use claviger_store::tables::last_use_table;

use claviger_core::context::Cx;
use claviger_core::error::Error;

use super::on_resource::ResourceOperation;
use super::{access_keys, announce, entities};

pub(crate) struct DeleteAccessKey;

impl ResourceOperation for DeleteAccessKey {
    const ACTION: &'static str = "iam:DeleteAccessKey";
    const READ_ONLY: bool = false;
    type Resource = UserRecord;
    type Input = DeleteAccessKeyRequest;
    type Output = ();

    fn resource_name<'a>(input: &'a Self::Input, cx: &'a Cx<'_, '_>) -> Result<&'a str, Error> {
        entities::user_or_self(input.user_name.as_deref(), cx)
    }

    fn run(input: Self::Input, user: UserRecord, cx: &mut Cx<'_, '_>) -> Result<(), Error> {
        let key = access_keys::of_user(cx, &user, &input.access_key_id)?;
        last_use_table::keep_uses_of_key(cx.tx, &key)?;
        iam_table::delete_access_key(cx.tx, &key)?;
        announce::access_key(cx, &key.id)
    }
}
