//! CreateServiceLinkedRole.

use claviger_core::authorize::Authorized;
use claviger_core::context::{Cx, RunCx};
use claviger_core::error::Error;
use claviger_core::operation::{Operation, Resolved};
use claviger_core::permission::{RequiredPermission, ResourcePolicy};
use claviger_model::iam::{CreateServiceLinkedRoleRequest, CreateServiceLinkedRoleResponse, error};
use claviger_store::tables::iam_table::RoleRecord;

use super::{PATH, names};
use crate::iam::entities::{self, Creation, Entity};
use crate::iam::wire::{self, Detail};
use crate::iam::{access, documents};

/// The longest session in seconds.
const MAX_SESSION: i64 = 3600;

pub(crate) struct CreateServiceLinkedRole;

/// The role's place.
pub(crate) struct Place {
    path: String,
    name: String,
}

impl Operation for CreateServiceLinkedRole {
    const ACTION: &'static str = "iam:CreateServiceLinkedRole";
    const READ_ONLY: bool = false;
    type Input = CreateServiceLinkedRoleRequest;
    type Output = CreateServiceLinkedRoleResponse;
    type Target = Place;

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<Resolved<Place>, Error> {
        access::admit(cx, Self::READ_ONLY)?;
        let place = place(input)?;
        let arn = entities::arn_of::<RoleRecord>(cx, &place.path, &place.name);
        let permission = RequiredPermission::new(Self::ACTION, arn, cx.account(), ResourcePolicy::Identity)
            .with("iam:AWSServiceName", input.aws_service_name.as_str());
        Ok(Resolved::found(permission, place))
    }

    fn run(input: Self::Input, target: Authorized<Place>, cx: &mut RunCx<'_, '_>) -> Result<Self::Output, Error> {
        let Place { path, name } = target.into_inner();
        if RoleRecord::read(cx.tx, cx.account(), &name)?.is_some() {
            return Err(invalid(format!(
                "Service role name {name} has been taken in this account, please try a different suffix."
            )));
        }
        let creation = Creation { name: &name, path: Some(&path), tags: &[], boundary: None };
        let identity = creation.identity::<RoleRecord>(cx)?;
        let trust = format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Action":["sts:AssumeRole"],"Effect":"Allow","Principal":{{"Service":["{}"]}}}}]}}"#,
            input.aws_service_name
        );
        let bound = documents::check_trust(cx, &trust)?;
        let description = input.description.filter(|text| !text.is_empty());
        let role = RoleRecord { identity, trust: trust.into(), description, max_session_secs: MAX_SESSION, bound };
        role.save(cx)?;
        Ok(CreateServiceLinkedRoleResponse { role: Some(wire::role(cx, &role, Detail::Created)?) })
    }
}

fn place(input: &CreateServiceLinkedRoleRequest) -> Result<Place, Error> {
    let principal = input.aws_service_name.as_str();
    let Some(service) = names::service(principal) else {
        return Err(invalid(format!("This service does not know a service-linked role of {principal}.")));
    };
    let suffix = match input.custom_suffix.as_deref().filter(|suffix| !suffix.is_empty()) {
        Some(_) if !service.has_suffix => {
            return Err(invalid(format!("Custom suffix is not allowed for {principal}")));
        }
        Some(suffix) => format!("_{suffix}"),
        None => String::new(),
    };
    Ok(Place { path: format!("{PATH}{principal}/"), name: format!("AWSServiceRoleFor{}{suffix}", service.name) })
}

fn invalid(text: String) -> Error {
    Error::new(error::INVALID_INPUT_EXCEPTION, text)
}
