//! DescribeKey: a key's metadata.

use claviger_model::kms::{DescribeKeyRequest, DescribeKeyResponse};

use claviger_core::authorize::{Authorized, RequiredPermission};
use claviger_core::context::Cx;
use claviger_core::error::Error;
use claviger_core::operation::Operation;

use super::crypto;
use super::keys::{self, FoundKey};
use super::managed;
use super::metadata::metadata;

pub(crate) struct DescribeKey;

/// A key, or a service's key as it will be.
pub(crate) struct Described {
    key: FoundKey,
    is_made: bool,
}

impl Operation for DescribeKey {
    const NAME: &'static str = "DescribeKey";
    type Input = DescribeKeyRequest;
    type Output = DescribeKeyResponse;
    type Target = Described;

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<Described, Error> {
        crypto::no_grant_tokens(input.grant_tokens.as_deref())?;
        if managed::is_named(cx, &input.key_id) && managed::find(cx, cx.account())?.is_none() {
            return Ok(Described { key: managed::draft(cx, cx.account()), is_made: false });
        }
        let key = keys::find(cx, &input.key_id, "kms:DescribeKey")?;
        Ok(Described { key, is_made: true })
    }

    fn permissions(
        _input: &Self::Input,
        described: &Described,
        cx: &Cx<'_, '_>,
    ) -> Result<Vec<RequiredPermission>, Error> {
        Ok(vec![keys::permission("kms:DescribeKey", &described.key, cx)?])
    }

    fn run(_input: Self::Input, described: Authorized<Described>, cx: &mut Cx<'_, '_>) -> Result<Self::Output, Error> {
        let Described { key, is_made } = described.into_inner();
        // Whoever looks at a service's key before it was ever used has it made (API reference, DescribeKey).
        let key = if is_made { key } else { managed::save(cx, key)? };
        Ok(DescribeKeyResponse { key_metadata: Some(metadata(&key.record, cx.region())) })
    }
}
