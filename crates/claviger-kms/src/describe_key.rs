//! DescribeKey: a key's metadata.

use claviger_model::kms::{DescribeKeyRequest, DescribeKeyResponse};

use claviger_core::authorize::Authorized;
use claviger_core::context::{Cx, RunCx};
use claviger_core::error::Error;
use claviger_core::operation::{Operation, Resolved};

use super::grant_lookup;
use super::key_lookup::{self, FoundKey};
use super::key_permissions;
use super::managed;
use super::metadata;

pub(crate) struct DescribeKey;

/// A key, or a draft of a service's key before its first use.
pub(crate) struct Described {
    key: FoundKey,
    is_made: bool,
}

impl Operation for DescribeKey {
    const ACTION: &'static str = "kms:DescribeKey";
    const READ_ONLY: bool = true;
    type Input = DescribeKeyRequest;
    type Output = DescribeKeyResponse;
    type Target = Described;

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<Resolved<Described>, Error> {
        grant_lookup::check_tokens(cx, input.grant_tokens.as_deref())?;
        if managed::is_named(cx, &input.key_id) && managed::find(cx, cx.account())?.is_none() {
            let key = managed::draft(cx, cx.account());
            let permission = key_permissions::permission(Self::ACTION, &key, cx)?;
            return Ok(Resolved::found(permission, Described { key, is_made: false }));
        }
        let key = key_lookup::find(cx, &input.key_id)?;
        let permission = key.permission(Self::ACTION, cx)?;
        Ok(Resolved::new(vec![permission], key.into_target().map(|key| Described { key, is_made: true })))
    }

    fn run(
        _input: Self::Input,
        described: Authorized<Described>,
        cx: &mut RunCx<'_, '_>,
    ) -> Result<Self::Output, Error> {
        let Described { key, is_made } = described.into_inner();
        // Describing a service's key before its first use makes it (API reference, DescribeKey).
        let key = if is_made { key } else { managed::save(cx, key)? };
        Ok(DescribeKeyResponse { key_metadata: Some(metadata::of_found(&key)) })
    }
}
