//! GenerateRandom: up to 1024 random bytes. No key is involved.

use claviger_model::kms::{GenerateRandomRequest, GenerateRandomResponse};

use claviger_core::authorize::{Authorized, RequiredPermission};
use claviger_core::context::Cx;
use claviger_core::error::Error;
use claviger_core::operation::Operation;

use super::{crypto, data_keys};

pub(crate) struct GenerateRandom;

impl Operation for GenerateRandom {
    const NAME: &'static str = "GenerateRandom";
    type Input = GenerateRandomRequest;
    type Output = GenerateRandomResponse;
    /// How many bytes.
    type Target = usize;

    fn resolve(input: &Self::Input, _cx: &Cx<'_, '_>) -> Result<usize, Error> {
        crypto::no_recipient(input.recipient.is_some())?;
        if let Some(store) = &input.custom_key_store_id {
            let text = format!("Custom key store {store} does not exist.");
            return Err(Error::new("CustomKeyStoreNotFoundException", text));
        }
        let bytes = input.number_of_bytes.ok_or_else(|| Error::Validation("NumberOfBytes is required.".to_owned()))?;
        Ok(usize::try_from(bytes).unwrap_or_default())
    }

    fn permissions(_input: &Self::Input, _length: &usize, cx: &Cx<'_, '_>) -> Result<Vec<RequiredPermission>, Error> {
        Ok(vec![
            RequiredPermission::on_anything("kms:GenerateRandom", cx).with("kms:CallerAccount", cx.account().as_str()),
        ])
    }

    fn run(_input: Self::Input, length: Authorized<usize>, cx: &mut Cx<'_, '_>) -> Result<Self::Output, Error> {
        let plaintext = data_keys::generate(cx.random, length.into_inner());
        Ok(GenerateRandomResponse { plaintext: Some(plaintext), ..GenerateRandomResponse::default() })
    }
}
