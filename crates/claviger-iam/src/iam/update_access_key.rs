//! UpdateAccessKey: turns an access key on or off.

use claviger_model::iam::UpdateAccessKeyRequest;
use claviger_store::tables::iam_table::UserRecord;

use claviger_core::context::Cx;
use claviger_core::error::Error;

use super::on_resource::ResourceOperation;
use super::{access_keys, entities};

pub(crate) struct UpdateAccessKey;

impl ResourceOperation for UpdateAccessKey {
    const ACTION: &'static str = "iam:UpdateAccessKey";
    const READ_ONLY: bool = false;
    type Resource = UserRecord;
    type Input = UpdateAccessKeyRequest;
    type Output = ();

    fn resource_name<'a>(input: &'a Self::Input, cx: &'a Cx<'_, '_>) -> Result<&'a str, Error> {
        entities::user_or_self(input.user_name.as_deref(), cx)
    }

    fn run(input: Self::Input, user: UserRecord, cx: &mut Cx<'_, '_>) -> Result<(), Error> {
        let active = match input.status.as_str() {
            "Active" => true,
            "Inactive" => false,
            // The model has a third status, which only AWS itself can set.
            _ => return Err(Error::Validation(STATUS.to_owned())),
        };
        let mut key = access_keys::of_user(cx, &user, &input.access_key_id)?;
        key.active = active;
        access_keys::save(cx, &key)
    }
}

const STATUS: &str = "1 validation error detected: Value at 'status' failed to satisfy constraint: \
                      Member must satisfy enum value set: [Active, Inactive]";
