//! UpdateCustomKeyStore: another name, address or credentials. With another address or other credentials the proxy must answer.

use claviger_model::kms::{UpdateCustomKeyStoreRequest, UpdateCustomKeyStoreResponse};
use claviger_store::Shared;
use claviger_store::tables::key_store_table::{self, Connection, KeyStoreRecord};

use claviger_core::context::{Cx, RunCx};
use claviger_core::error::Error;

use super::key_stores;
use super::on_key_store::KeyStoreOperation;
use super::xks::{Proxy, ProxyFailure};

pub(crate) struct UpdateCustomKeyStore;

impl KeyStoreOperation for UpdateCustomKeyStore {
    const ACTION: &'static str = "kms:UpdateCustomKeyStore";
    type Input = UpdateCustomKeyStoreRequest;
    type Output = UpdateCustomKeyStoreResponse;

    fn id(input: &Self::Input) -> &str {
        &input.custom_key_store_id
    }

    fn run(
        input: Self::Input,
        key_store: Shared<KeyStoreRecord>,
        cx: &mut RunCx<'_, '_>,
    ) -> Result<Self::Output, Error> {
        require_external(&input)?;
        require_movable(&input, &key_store)?;
        let changed = Shared::new(changed(cx, &input, key_store.into_owned()));
        key_stores::require_unique(&changed, &key_stores::all(cx)?)?;
        if needs_proxy(&input) {
            Proxy::of(cx, &changed).health("UpdateCustomKeyStore")?.map_err(ProxyFailure::of_key_store)?;
        }
        key_store_table::save_key_store(cx.tx, &changed)?;
        Ok(UpdateCustomKeyStoreResponse {})
    }
}

/// Members that only key stores of another kind have.
fn require_external(input: &UpdateCustomKeyStoreRequest) -> Result<(), Error> {
    let foreign = [
        ("CloudHsmClusterId", input.cloud_hsm_cluster_id.is_some()),
        ("KeyStorePassword", input.key_store_password.is_some()),
    ];
    if let Some((member, _)) = foreign.into_iter().find(|(_, given)| *given) {
        return Err(key_stores::not_for(member, "a CustomKeyStoreType of EXTERNAL_KEY_STORE"));
    }
    let connectivity = input.xks_proxy_connectivity.as_deref().unwrap_or("PUBLIC_ENDPOINT");
    key_stores::require_public(connectivity, input.xks_proxy_vpc_endpoint_service_name.as_deref())?;
    input.xks_proxy_uri_path.as_deref().map_or(Ok(()), key_stores::require_version)
}

/// The endpoint is changed while the key store is disconnected; the path and the credentials at any time.
fn require_movable(input: &UpdateCustomKeyStoreRequest, record: &KeyStoreRecord) -> Result<(), Error> {
    let moves = input.xks_proxy_uri_endpoint.is_some() || input.xks_proxy_connectivity.is_some();
    if moves && record.connection != Connection::Disconnected {
        return Err(key_stores::wrong_state(record, "UpdateCustomKeyStore"));
    }
    Ok(())
}

fn changed(cx: &Cx<'_, '_>, input: &UpdateCustomKeyStoreRequest, mut record: KeyStoreRecord) -> KeyStoreRecord {
    let set = |to: &mut String, value: &Option<String>| {
        if let Some(value) = value {
            to.clone_from(value);
        }
    };
    set(&mut record.name, &input.new_custom_key_store_name);
    set(&mut record.endpoint, &input.xks_proxy_uri_endpoint);
    set(&mut record.path, &input.xks_proxy_uri_path);
    if let Some(credential) = &input.xks_proxy_authentication_credential {
        key_stores::set_credential(cx, &mut record, credential);
    }
    record
}

fn needs_proxy(input: &UpdateCustomKeyStoreRequest) -> bool {
    input.xks_proxy_uri_endpoint.is_some()
        || input.xks_proxy_uri_path.is_some()
        || input.xks_proxy_authentication_credential.is_some()
}
