//! GetUser: a user; without a name, the caller itself.

use claviger_model::iam::{GetUserRequest, GetUserResponse, User};
use claviger_model::{Output, Shape, Tree};
use claviger_store::tables::iam_table::UserRecord;
use claviger_store::tables::region_table;

use claviger_core::authorize::Authorized;
use claviger_core::context::{Cx, RunCx};
use claviger_core::error::Error;
use claviger_core::operation::{Operation, Resolved};
use claviger_core::permission::{RequiredPermission, ResourcePolicy};

use super::access;
use super::entities;
use super::on_resource::IamResource;
use super::wire::{self, Detail};

pub(crate) struct GetUser;

impl Operation for GetUser {
    const ACTION: &'static str = "iam:GetUser";
    const READ_ONLY: bool = true;
    type Input = GetUserRequest;
    type Output = Shown;
    /// None stands for the account's root, which is no user but is shown as one to itself.
    type Target = Option<UserRecord>;

    fn resolve(input: &Self::Input, cx: &Cx<'_, '_>) -> Result<Resolved<Self::Target>, Error> {
        access::admit(cx, Self::READ_ONLY)?;
        if input.user_name.is_none() && cx.caller.is_root() {
            let arn = cx.account().root_arn(cx.partition());
            let permission = RequiredPermission::new(Self::ACTION, arn, cx.account(), ResourcePolicy::Identity);
            return Ok(Resolved::found(permission, None));
        }
        let user = UserRecord::find(cx, entities::user_or_self(input.user_name.as_deref(), cx)?)?;
        let permission = user.permission(Self::ACTION, cx);
        Ok(Resolved::new(vec![permission], user.resource.map(Some).map_err(Into::into)))
    }

    fn run(_input: Self::Input, asked: Authorized<Self::Target>, cx: &mut RunCx<'_, '_>) -> Result<Shown, Error> {
        Ok(Shown(match asked.into_inner() {
            Some(user) => GetUserResponse { user: wire::user(cx, &user, Detail::Full) },
            None => GetUserResponse { user: root(cx)? },
        }))
    }
}

/// The account's root. Its creation date is that of the region's store, since accounts are not created.
fn root(cx: &Cx<'_, '_>) -> Result<User, Error> {
    let region = region_table::region(cx.tx)?.ok_or_else(|| Error::Internal("the region has no record".to_owned()))?;
    Ok(User {
        user_id: cx.account().to_string(),
        arn: cx.account().root_arn(cx.partition()),
        create_date: region.created,
        ..User::default()
    })
}

/// The answer. The model requires a name and a path of every user. The root has neither, and AWS leaves them out.
pub(crate) struct Shown(GetUserResponse);

impl Output for Shown {
    fn shape() -> Option<&'static Shape> {
        GetUserResponse::shape()
    }

    fn to_tree(&self) -> Option<Tree> {
        let mut tree = self.0.to_tree()?;
        if self.0.user.user_name.is_empty()
            && let Tree::Map(members) = &mut tree
        {
            for (_, user) in members {
                if let Tree::Map(members) = user {
                    members.retain(|(name, _)| name != "UserName" && name != "Path");
                }
            }
        }
        Some(tree)
    }
}
