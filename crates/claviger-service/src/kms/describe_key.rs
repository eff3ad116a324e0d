//! DescribeKey: a key's metadata.

use claviger_model::kms::{DescribeKeyRequest, DescribeKeyResponse};

use crate::authorize::{Authorized, Demand};
use crate::error::Error;
use crate::operation::{Cx, Operation};

use super::crypto;
use super::keys::{self, FoundKey};
use super::metadata::metadata;

pub(crate) struct DescribeKey;

impl Operation for DescribeKey {
    const NAME: &'static str = "DescribeKey";
    type Input = DescribeKeyRequest;
    type Output = DescribeKeyResponse;
    type Target = FoundKey;

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<FoundKey, Error> {
        crypto::no_grant_tokens(input.grant_tokens.as_deref())?;
        keys::find(cx, &input.key_id, "kms:DescribeKey")
    }

    fn demands(_input: &Self::Input, key: &FoundKey, cx: &Cx<'_, '_>) -> Result<Vec<Demand>, Error> {
        Ok(vec![keys::demand("kms:DescribeKey", key, cx)?])
    }

    fn run(_input: Self::Input, key: Authorized<FoundKey>, cx: &mut Cx<'_, '_>) -> Result<Self::Output, Error> {
        Ok(DescribeKeyResponse { key_metadata: Some(metadata(&key.record, cx.region())) })
    }
}
