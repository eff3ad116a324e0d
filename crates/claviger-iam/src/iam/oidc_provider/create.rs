//! CreateOpenIDConnectProvider.
//!
//! Thumbprints are stored and shown. They decide nothing: the certificate of the issuer's server is verified against the roots that the process
//! trusts, as AWS does for the issuers whose certificates a public authority signs.

use claviger_core::authorize::Authorized;
use claviger_core::context::{Cx, RunCx};
use claviger_core::error::Error;
use claviger_core::operation::{Operation, Resolved};
use claviger_core::permission::{RequiredPermission, ResourcePolicy};
use claviger_model::iam::{
    CreateOpenIDConnectProviderRequest, CreateOpenIDConnectProviderResponse, Tag as WireTag, error,
};
use claviger_store::tables::identity_provider_table::{OidcProviderRecord, oidc_provider, oidc_providers};

use super::{CLIENT_IDS_MAX, PROVIDERS_MAX, arn_of, save, thumbprints};
use crate::iam::{access, documents, tags};

pub(crate) struct CreateOpenIDConnectProvider;

impl Operation for CreateOpenIDConnectProvider {
    const ACTION: &'static str = "iam:CreateOpenIDConnectProvider";
    const READ_ONLY: bool = false;
    type Input = CreateOpenIDConnectProviderRequest;
    type Output = CreateOpenIDConnectProviderResponse;
    /// The URL without its scheme.
    type Target = String;

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<Resolved<String>, Error> {
        access::admit(cx, Self::READ_ONLY)?;
        let url = without_scheme(&input.url).ok_or_else(invalid_url)?.to_owned();
        let (arn, given) = (arn_of(cx, &url), given_tags(input));
        let ask = |action| {
            let permission = RequiredPermission::new(action, arn.as_str(), cx.account(), ResourcePolicy::Identity);
            tags::with_request_tags(permission, given)
        };
        let mut permissions = vec![ask(Self::ACTION)];
        permissions.extend((!given.is_empty()).then(|| ask("iam:TagOpenIDConnectProvider")));
        Ok(Resolved::new(permissions, Ok(url)))
    }

    fn run(input: Self::Input, target: Authorized<String>, cx: &mut RunCx<'_, '_>) -> Result<Self::Output, Error> {
        let (url, stored_tags) = (target.into_inner(), tags::parse(given_tags(&input))?);
        if oidc_provider(cx.tx, cx.account(), &url)?.is_some() {
            let text = format!("Provider with url https://{url} already exists.");
            return Err(Error::new(error::ENTITY_ALREADY_EXISTS_EXCEPTION, text));
        }
        if oidc_providers(cx.tx, cx.account(), PROVIDERS_MAX)?.len() >= PROVIDERS_MAX {
            return Err(documents::quota("OpenIdConnectProvidersPerAccount", PROVIDERS_MAX));
        }
        let mut client_ids = input.client_id_list.unwrap_or_default();
        let mut seen = std::collections::BTreeSet::new();
        client_ids.retain(|id| seen.insert(id.clone()));
        if client_ids.len() > CLIENT_IDS_MAX {
            return Err(documents::quota("ClientIdsPerOpenIdConnectProvider", CLIENT_IDS_MAX));
        }
        let thumbprints = input.thumbprint_list.unwrap_or_default();
        thumbprints::check(&thumbprints)?;
        let (account, arn) = (cx.account().clone(), arn_of(cx, &url));
        let created = cx.now;
        let provider = OidcProviderRecord { account, url, client_ids, thumbprints, created, tags: stored_tags };
        save(cx, &provider)?;
        let tags = tags::shown(&provider.tags);
        Ok(CreateOpenIDConnectProviderResponse { open_id_connect_provider_arn: Some(arn), tags })
    }
}

fn given_tags(input: &CreateOpenIDConnectProviderRequest) -> &[WireTag] {
    input.tags.as_deref().unwrap_or_default()
}

fn invalid_url() -> Error {
    Error::Validation("Invalid Open ID Connect Provider URL".to_owned())
}

/// The part of an issuer's URL that names the provider. AWS takes `https` URLs without port, query, fragment and user. A port is taken here:
/// issuers of a developer or of a cluster have one.
fn without_scheme(url: &str) -> Option<&str> {
    let scheme = url.get(..8).filter(|scheme| scheme.eq_ignore_ascii_case("https://"))?;
    let rest = url.get(scheme.len()..)?;
    let host = rest.split('/').next()?;
    let (name, port) = host.split_once(':').unwrap_or((host, "443"));
    let is_name = !name.is_empty()
        && name.split('.').all(|label| {
            !label.is_empty()
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
        });
    let is_path = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~!$&'()*+,;=:@%".contains(&byte);
    let is_port = port.parse::<u16>().is_ok_and(|port| port != 0) && port.bytes().all(|byte| byte.is_ascii_digit());
    (is_name && is_port && rest.bytes().all(is_path)).then_some(rest)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[test]
    fn urls_name_a_host_and_a_path() {
        for (url, name) in [
            ("https://accounts.example.com", "accounts.example.com"),
            ("HTTPS://oidc.example.com/id/ABC", "oidc.example.com/id/ABC"),
            ("https://localhost:8443/realms/a", "localhost:8443/realms/a"),
            ("https://a.example/path/", "a.example/path/"),
        ] {
            assert_eq!(without_scheme(url), Some(name), "{url}");
        }
        for url in [
            "",
            "https://",
            "http://a.example",
            "https:///path",
            "https://a..example",
            "https://-a.example",
            "https://a.example?x=1",
            "https://a.example/#f",
            "https://ana@a.example",
            "https://a.example:0",
            "https://a.example:65536",
            "https://a.example:+1",
            "https://a.example/a b",
            "https://é.example",
            "a.example",
        ] {
            assert_eq!(without_scheme(url), None, "{url}");
        }
    }
}
