//! CreateAccessKey: an access key for a user. The secret is shown here and never again.

use claviger_model::iam::{AccessKey, CreateAccessKeyRequest, CreateAccessKeyResponse};
use claviger_store::tables::iam_table::{AccessKeyRecord, Identity, UserRecord};

use claviger_core::context::Cx;
use claviger_core::error::Error;

use super::on_resource::ResourceOperation;
use super::{access_keys, documents, entities, ids};

pub(crate) struct CreateAccessKey;

impl ResourceOperation for CreateAccessKey {
    const ACTION: &'static str = "iam:CreateAccessKey";
    const READ_ONLY: bool = false;
    type Resource = UserRecord;
    type Input = CreateAccessKeyRequest;
    type Output = CreateAccessKeyResponse;

    fn resource_name<'a>(input: &'a Self::Input, cx: &'a Cx<'_, '_>) -> Result<&'a str, Error> {
        entities::user_or_self(input.user_name.as_deref(), cx)
    }

    fn run(_input: Self::Input, user: UserRecord, cx: &mut Cx<'_, '_>) -> Result<CreateAccessKeyResponse, Error> {
        if access_keys::all(cx, &user)?.len() >= access_keys::PER_USER {
            return Err(documents::quota("AccessKeysPerUser", access_keys::PER_USER));
        }
        let Identity { account, name, id: user_id, .. } = user.identity;
        let id = ids::access_key_id(cx.random, ids::LONG_TERM, &account);
        let secret = ids::secret_key(cx.random);
        let context: [&[u8]; 2] = [b"access-key", id.as_bytes()];
        let sealed = cx.keyring.seal(cx.random, &context, secret.expose().as_bytes());
        let key = AccessKeyRecord { id, account, user: name, user_id, created: cx.now, active: true, secret: sealed };
        access_keys::save(cx, &key)?;
        let status = access_keys::status(&key);
        let AccessKeyRecord { id: access_key_id, user: user_name, created, .. } = key;
        let access_key =
            AccessKey { user_name, access_key_id, status, secret_access_key: secret, create_date: Some(created) };
        Ok(CreateAccessKeyResponse { access_key })
    }
}
