//! DeleteUserPermissionsBoundary: takes a user's permissions boundary away.

use claviger_model::iam::DeleteUserPermissionsBoundaryRequest;
use claviger_store::tables::iam::UserRecord;

use claviger_core::context::Cx;
use claviger_core::error::Error;

use super::access::Access;
use super::act::Act;
use super::boundaries;

pub(crate) struct DeleteUserPermissionsBoundary;

impl Act for DeleteUserPermissionsBoundary {
    const NAME: &'static str = "DeleteUserPermissionsBoundary";
    const ACTION: &'static str = "iam:DeleteUserPermissionsBoundary";
    const ACCESS: Access = Access::Write;
    type Subject = UserRecord;
    type Input = DeleteUserPermissionsBoundaryRequest;
    type Output = ();

    fn named<'a>(input: &'a Self::Input, _cx: &'a Cx<'_, '_>) -> Result<&'a str, Error> {
        Ok(&input.user_name)
    }

    fn act(_input: Self::Input, user: UserRecord, cx: &mut Cx<'_, '_>) -> Result<(), Error> {
        boundaries::delete(cx, user)
    }
}
