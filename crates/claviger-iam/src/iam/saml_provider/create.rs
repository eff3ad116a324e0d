//! CreateSAMLProvider.

use claviger_core::authorize::Authorized;
use claviger_core::context::{Cx, RunCx};
use claviger_core::error::Error;
use claviger_core::operation::{Operation, Resolved};
use claviger_core::permission::{RequiredPermission, ResourcePolicy};
use claviger_model::iam::{CreateSAMLProviderRequest, CreateSAMLProviderResponse, Tag as WireTag, error};
use claviger_store::tables::identity_provider_table::{SamlProviderRecord, saml_provider, saml_providers};

use super::{PROVIDERS_MAX, arn_of, metadata, no_encryption, save};
use crate::iam::{access, documents, ids, tags};

pub(crate) struct CreateSAMLProvider;

impl Operation for CreateSAMLProvider {
    const ACTION: &'static str = "iam:CreateSAMLProvider";
    const READ_ONLY: bool = false;
    type Input = CreateSAMLProviderRequest;
    type Output = CreateSAMLProviderResponse;
    type Target = ();

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<Resolved<()>, Error> {
        access::admit(cx, Self::READ_ONLY)?;
        let (arn, given) = (arn_of(cx, &input.name), given_tags(input));
        let ask = |action| {
            let permission = RequiredPermission::new(action, arn.as_str(), cx.account(), ResourcePolicy::Identity);
            tags::with_request_tags(permission, given)
        };
        let mut permissions = vec![ask(Self::ACTION)];
        permissions.extend((!given.is_empty()).then(|| ask("iam:TagSAMLProvider")));
        Ok(Resolved::new(permissions, Ok(())))
    }

    fn run(input: Self::Input, _target: Authorized<()>, cx: &mut RunCx<'_, '_>) -> Result<Self::Output, Error> {
        let tags = tags::parse(given_tags(&input))?;
        if input.add_private_key.is_some() || input.assertion_encryption_mode.is_some() {
            return Err(no_encryption());
        }
        let valid_until = metadata::check(&input.saml_metadata_document, cx.now)?;
        if saml_provider(cx.tx, cx.account(), &input.name)?.is_some() {
            let text = format!("SAMLProvider with name {} already exists.", input.name);
            return Err(Error::new(error::ENTITY_ALREADY_EXISTS_EXCEPTION, text));
        }
        if saml_providers(cx.tx, cx.account(), PROVIDERS_MAX)?.len() >= PROVIDERS_MAX {
            return Err(documents::quota("SAMLProvidersPerAccount", PROVIDERS_MAX));
        }
        let provider = SamlProviderRecord {
            account: cx.account().clone(),
            id: ids::unique_id(cx.random, ids::SAML_PROVIDER),
            name: input.name,
            metadata: input.saml_metadata_document,
            created: cx.now,
            valid_until,
            tags,
        };
        save(cx, &provider)?;
        let saml_provider_arn = Some(arn_of(cx, &provider.name));
        Ok(CreateSAMLProviderResponse { saml_provider_arn, tags: tags::shown(&provider.tags) })
    }
}

fn given_tags(input: &CreateSAMLProviderRequest) -> &[WireTag] {
    input.tags.as_deref().unwrap_or_default()
}
