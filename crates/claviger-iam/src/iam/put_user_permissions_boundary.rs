//! PutUserPermissionsBoundary: bounds what a user may do by a managed policy.

use claviger_model::iam::PutUserPermissionsBoundaryRequest;
use claviger_store::tables::iam::UserRecord;

use claviger_core::authorize::RequiredPermission;
use claviger_core::context::Cx;
use claviger_core::error::Error;

use super::access::Access;
use super::act::Act;
use super::boundaries;

pub(crate) struct PutUserPermissionsBoundary;

impl Act for PutUserPermissionsBoundary {
    const NAME: &'static str = "PutUserPermissionsBoundary";
    const ACTION: &'static str = "iam:PutUserPermissionsBoundary";
    const ACCESS: Access = Access::Write;
    type Subject = UserRecord;
    type Input = PutUserPermissionsBoundaryRequest;
    type Output = ();

    fn named<'a>(input: &'a Self::Input, _cx: &'a Cx<'_, '_>) -> Result<&'a str, Error> {
        Ok(&input.user_name)
    }

    fn condition(input: &Self::Input, permission: RequiredPermission) -> RequiredPermission {
        permission.with("iam:PermissionsBoundary", input.permissions_boundary.as_str())
    }

    fn act(input: Self::Input, user: UserRecord, cx: &mut Cx<'_, '_>) -> Result<(), Error> {
        boundaries::put(cx, user, input.permissions_boundary)
    }
}
