//! CreateCustomKeyStore: an external key store, whose proxy must answer.

use claviger_model::kms::{
    CreateCustomKeyStoreRequest, CreateCustomKeyStoreResponse, XksProxyAuthenticationCredentialType, error,
};
use claviger_store::Shared;
use claviger_store::tables::key_store_table::{self, Connection, KEY_STORES_PER_ACCOUNT, KeyStoreRecord};

use claviger_core::authorize::Authorized;
use claviger_core::context::{Cx, RunCx};
use claviger_core::error::Error;
use claviger_core::operation::{Operation, Resolved};

use super::key_stores;
use super::xks::{Proxy, ProxyFailure};

pub(crate) struct CreateCustomKeyStore;

/// The key store that the request describes.
pub(crate) struct Plan {
    endpoint: String,
    path: String,
    credential: XksProxyAuthenticationCredentialType,
}

impl Operation for CreateCustomKeyStore {
    const ACTION: &'static str = "kms:CreateCustomKeyStore";
    const READ_ONLY: bool = false;
    type Input = CreateCustomKeyStoreRequest;
    type Output = CreateCustomKeyStoreResponse;
    type Target = Plan;

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<Resolved<Plan>, Error> {
        let permission = key_stores::permission(Self::ACTION, cx);
        Ok(Resolved::new(vec![permission], plan(input).map_err(Into::into)))
    }

    fn run(input: Self::Input, plan: Authorized<Plan>, cx: &mut RunCx<'_, '_>) -> Result<Self::Output, Error> {
        let Plan { endpoint, path, credential } = plan.into_inner();
        let all = key_stores::all(cx)?;
        if all.len() >= KEY_STORES_PER_ACCOUNT {
            let text = format!("An account can have at most {KEY_STORES_PER_ACCOUNT} custom key stores in a Region.");
            return Err(Error::new(error::LIMIT_EXCEEDED_EXCEPTION, text));
        }
        let mut record = KeyStoreRecord {
            id: new_id(cx),
            account: cx.account().clone(),
            name: input.custom_key_store_name,
            created: cx.now,
            endpoint,
            path,
            access_key_id: String::new(),
            secret: Vec::new(),
            connection: Connection::Disconnected,
        };
        key_stores::set_credential(cx, &mut record, &credential);
        key_stores::require_unique(&record, &all)?;
        let record = Shared::new(record);
        Proxy::of(cx, &record).health(Self::NAME)?.map_err(ProxyFailure::of_key_store)?;
        key_store_table::save_new_key_store(cx.tx, &record)?;
        Ok(CreateCustomKeyStoreResponse { custom_key_store_id: Some(record.id.clone()) })
    }
}

/// `cks-` and 17 hexadecimal digits.
fn new_id(cx: &Cx<'_, '_>) -> String {
    format!("cks-{}", cx.random.text(17, b"0123456789abcdef"))
}

fn plan(input: &CreateCustomKeyStoreRequest) -> Result<Plan, Error> {
    let kind = input.custom_key_store_type.as_deref().unwrap_or("AWS_CLOUDHSM");
    if kind != "EXTERNAL_KEY_STORE" {
        return Err(key_stores::no_cluster(input.cloud_hsm_cluster_id.as_deref()));
    }
    let foreign = [
        ("CloudHsmClusterId", input.cloud_hsm_cluster_id.is_some()),
        ("TrustAnchorCertificate", input.trust_anchor_certificate.is_some()),
        ("KeyStorePassword", input.key_store_password.is_some()),
    ];
    if let Some((member, _)) = foreign.into_iter().find(|(_, given)| *given) {
        return Err(key_stores::not_for(member, "a CustomKeyStoreType of EXTERNAL_KEY_STORE"));
    }
    let connectivity = required("XksProxyConnectivity", &input.xks_proxy_connectivity)?;
    let endpoint = required("XksProxyUriEndpoint", &input.xks_proxy_uri_endpoint)?;
    let path = required("XksProxyUriPath", &input.xks_proxy_uri_path)?;
    let credential = required("XksProxyAuthenticationCredential", &input.xks_proxy_authentication_credential)?;
    key_stores::require_public(&connectivity, input.xks_proxy_vpc_endpoint_service_name.as_deref())?;
    key_stores::require_version(&path)?;
    Ok(Plan { endpoint, path, credential })
}

fn required<T: Clone>(member: &str, value: &Option<T>) -> Result<T, Error> {
    value.clone().ok_or_else(|| Error::Validation(format!("{member} is required for an EXTERNAL_KEY_STORE.")))
}
