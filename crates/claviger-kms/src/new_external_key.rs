//! The part of CreateKey that is about keys in an external key store.

use claviger_model::kms::{CreateKeyRequest, error};
use claviger_store::tables::key_store_table::{self, Connection, ExternalKeyRecord};
use claviger_types::{KeyOrigin, KeySpec};

use claviger_core::context::{Cx, RunCx};
use claviger_core::error::Error;

use super::key_lookup::{FoundKey, Place};
use super::key_stores;
use super::xks::{Proxy, ProxyFailure};

/// The place of a key that is to be made.
pub(crate) struct NewExternalKey {
    key_store: String,
    xks_key_id: String,
}

/// The place that a request names; none for a key that is to be made here.
pub(crate) fn of_request(input: &CreateKeyRequest, spec: KeySpec) -> Result<Option<NewExternalKey>, Error> {
    let invalid = |text: &str| Err(Error::Validation(text.to_owned()));
    let is_external = input.origin.as_deref() == Some(KeyOrigin::ExternalKeyStore.as_str());
    let is_cloud = input.origin.as_deref() == Some(KeyOrigin::AwsCloudHsm.as_str());
    match (&input.custom_key_store_id, &input.xks_key_id) {
        (Some(key_store), Some(xks_key_id)) if is_external => {
            require_kind(input, spec)?;
            Ok(Some(NewExternalKey { key_store: key_store.clone(), xks_key_id: xks_key_id.clone() }))
        }
        _ if is_external => invalid("CustomKeyStoreId and XksKeyId are required with an Origin of EXTERNAL_KEY_STORE."),
        (_, Some(_)) => invalid("XksKeyId is valid only with an Origin of EXTERNAL_KEY_STORE."),
        (Some(_), None) if is_cloud => Err(Error::new(
            error::UNSUPPORTED_OPERATION_EXCEPTION,
            "Claviger has no AWS CloudHSM key stores. Use an Origin of EXTERNAL_KEY_STORE.",
        )),
        (Some(_), None) => {
            invalid("CustomKeyStoreId is valid only with an Origin of AWS_CLOUDHSM or EXTERNAL_KEY_STORE.")
        }
        (None, None) => Ok(None),
    }
}

/// Keys in a key store are symmetric and of one region.
fn require_kind(input: &CreateKeyRequest, spec: KeySpec) -> Result<(), Error> {
    let unsupported = |text: String| Err(Error::new(error::UNSUPPORTED_OPERATION_EXCEPTION, text));
    if spec != KeySpec::SymmetricDefault {
        return unsupported(format!("KeySpec {spec} is not supported in custom key stores."));
    }
    if input.multi_region == Some(true) {
        return unsupported("Multi-Region keys are not supported in custom key stores.".to_owned());
    }
    Ok(())
}

impl NewExternalKey {
    /// The place, once the proxy has confirmed that the key outside exists and fits.
    pub(crate) fn place(&self, cx: &RunCx<'_, '_>) -> Result<Box<Place>, Error> {
        let NewExternalKey { key_store, xks_key_id } = self;
        let key_store = key_stores::find(cx, key_store)?;
        if key_store.connection != Connection::Connected {
            return Err(key_stores::wrong_state(&key_store, "CreateKey"));
        }
        self.require_free(cx)?;
        Proxy::of(cx, &key_store).check_key("CreateKey", xks_key_id)?.map_err(ProxyFailure::of_new_key)?;
        Ok(Box::new(Place { key_store, xks_key_id: xks_key_id.clone() }))
    }

    fn require_free(&self, cx: &Cx<'_, '_>) -> Result<(), Error> {
        if key_store_table::is_in_use(cx.tx, cx.account(), &self.key_store, &self.xks_key_id)? {
            let text =
                format!("External key {} is already associated with a KMS key in {}.", self.xks_key_id, self.key_store);
            return Err(Error::new(error::XKS_KEY_ALREADY_IN_USE_EXCEPTION, text));
        }
        Ok(())
    }
}

/// Writes the place of a new key, if it has one.
pub(crate) fn save(cx: &mut Cx<'_, '_>, key: &FoundKey) -> Result<(), Error> {
    let Some(place) = &key.place else { return Ok(()) };
    let record = ExternalKeyRecord {
        key: key.record.id.clone(),
        account: key.record.account.clone(),
        key_store: place.key_store.id.clone(),
        xks_key_id: place.xks_key_id.clone(),
    };
    Ok(key_store_table::save_new_external_key(cx.tx, &record)?)
}
