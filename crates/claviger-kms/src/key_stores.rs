//! Rules that the operations on custom key stores share.

use claviger_model::kms::{XksProxyAuthenticationCredentialType, error};
use claviger_store::Shared;
use claviger_store::tables::key_store_table::{self, Connection, KEY_STORES_PER_ACCOUNT, KeyStoreRecord};

use claviger_core::context::Cx;
use claviger_core::error::Error;
use claviger_core::permission::RequiredPermission;

/// Requires a permission on key stores. Only IAM policies can give it.
pub(crate) fn permission(action: &'static str, cx: &Cx<'_, '_>) -> RequiredPermission {
    RequiredPermission::on_anything(action, cx).with("kms:CallerAccount", cx.account().as_str())
}

/// Finds a key store of the caller's account.
pub(crate) fn find(cx: &Cx<'_, '_>, id: &str) -> Result<Shared<KeyStoreRecord>, Error> {
    key_store_table::key_store_shared(cx.tx, cx.account(), id)?.ok_or_else(|| not_found(id))
}

/// The error that a key store does not exist.
pub(crate) fn not_found(name: &str) -> Error {
    let text = format!("Custom key store {name} does not exist.");
    Error::new(error::CUSTOM_KEY_STORE_NOT_FOUND_EXCEPTION, text)
}

/// The error for an operation that the connection of a key store does not allow.
pub(crate) fn wrong_state(record: &KeyStoreRecord, operation: &str) -> Error {
    let state = state(&record.connection);
    let text = format!("Custom key store {} is {state}, which is not valid for {operation}.", record.id);
    Error::new(error::CUSTOM_KEY_STORE_INVALID_STATE_EXCEPTION, text)
}

/// `ConnectionState`
pub(crate) fn state(connection: &Connection) -> &'static str {
    match connection {
        Connection::Disconnected => "DISCONNECTED",
        Connection::Connected => "CONNECTED",
        Connection::Failed { .. } => "FAILED",
    }
}

/// The key stores of the caller's account.
pub(crate) fn all(cx: &Cx<'_, '_>) -> Result<Vec<Shared<KeyStoreRecord>>, Error> {
    let rows = key_store_table::key_stores(cx.tx, cx.account(), None, KEY_STORES_PER_ACCOUNT + 1)?;
    Ok(rows.into_iter().map(|(_, record)| record).collect())
}

/// Whether the name and the address of a key store are its own.
pub(crate) fn require_unique(record: &KeyStoreRecord, all: &[Shared<KeyStoreRecord>]) -> Result<(), Error> {
    let mut others = all.iter().filter(|other| other.id != record.id);
    if others.clone().any(|other| other.name == record.name) {
        let text = format!("A custom key store with the name {} already exists.", record.name);
        return Err(Error::new(error::CUSTOM_KEY_STORE_NAME_IN_USE_EXCEPTION, text));
    }
    if others.any(|other| other.endpoint == record.endpoint && other.path == record.path) {
        let text = format!("An external key store with the URI {}{} already exists.", record.endpoint, record.path);
        return Err(Error::new(error::XKS_PROXY_URI_IN_USE_EXCEPTION, text));
    }
    Ok(())
}

/// The path of version 1, which is the only one.
pub(crate) fn require_version(path: &str) -> Result<(), Error> {
    if path.ends_with("/v1") {
        return Ok(());
    }
    let text = format!("XksProxyUriPath {path} does not end with /kms/xks/v1.");
    Err(Error::new(error::XKS_PROXY_INVALID_CONFIGURATION_EXCEPTION, text))
}

/// No Amazon VPC is here.
pub(crate) fn require_public(connectivity: &str, service: Option<&str>) -> Result<(), Error> {
    if connectivity == "PUBLIC_ENDPOINT" {
        return match service {
            None => Ok(()),
            Some(_) => Err(not_for("XksProxyVpcEndpointServiceName", "an XksProxyConnectivity of PUBLIC_ENDPOINT")),
        };
    }
    let name = service.unwrap_or_default();
    let text = format!(
        "Claviger is not in an Amazon VPC, so VPC endpoint service {name} does not exist. Use an XksProxyConnectivity of PUBLIC_ENDPOINT."
    );
    Err(Error::new(error::XKS_PROXY_VPC_ENDPOINT_SERVICE_NOT_FOUND_EXCEPTION, text))
}

/// The error for a member that a request of its kind does not have.
pub(crate) fn not_for(member: &str, kind: &str) -> Error {
    Error::Validation(format!("{member} is not valid for {kind}."))
}

/// The error that there is no AWS CloudHSM.
pub(crate) fn no_cluster(id: Option<&str>) -> Error {
    let text = format!(
        "Claviger has no AWS CloudHSM clusters, so cluster {} does not exist. Use a CustomKeyStoreType of EXTERNAL_KEY_STORE.",
        id.unwrap_or("(none)")
    );
    Error::new(error::CLOUD_HSM_CLUSTER_NOT_FOUND_EXCEPTION, text)
}

/// Puts the credentials of a request into a record.
pub(crate) fn set_credential(
    cx: &Cx<'_, '_>,
    record: &mut KeyStoreRecord,
    credential: &XksProxyAuthenticationCredentialType,
) {
    record.access_key_id = credential.access_key_id.expose().clone();
    record.secret = super::xks::seal_secret(cx, &record.id, &credential.raw_secret_access_key);
}
