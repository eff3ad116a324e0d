//! The common parts of users, groups, roles and instance profiles.

use claviger_store::tables::Tag;
use claviger_store::tables::group_table::{self, GroupRecord};
use claviger_store::tables::iam_table::{self, Identity, RoleRecord, UserRecord};
use claviger_store::tables::instance_profile_table::{self, InstanceProfileRecord};
use claviger_store::{Error as StoreError, Tx};
use claviger_types::{AccountId, CallerKind, IamArn, IamKind};

use claviger_core::context::Cx;
use claviger_core::error::Error;
use claviger_core::permission::{RequiredPermission, ResourcePolicy};
use claviger_model::iam::error;

use super::on_resource::{Found, IamResource};
use super::{announce, boundaries, ids, service_linked_role, tags};

use claviger_model::iam::Tag as WireTag;

/// A user, a group, a role or an instance profile.
pub(crate) trait Entity: Sized + 'static {
    /// The type in its ARN.
    const KIND: IamKind;
    /// `user`, the word for it in texts.
    const NOUN: &'static str = Self::KIND.as_str();
    /// `User`, as it begins a text or ends a quota's name.
    const TITLE: &'static str;
    /// The beginning of its unique id.
    const ID: &'static str;
    /// The most characters that its inline policies have together, white space apart.
    const INLINE_MAX: usize;

    /// Reads the record of that name.
    fn read(tx: &Tx<'_>, account: &AccountId, name: &str) -> Result<Option<Self>, StoreError>;

    /// The part of the record that users, groups and roles share.
    fn identity(&self) -> &Identity;

    /// The same, to be changed.
    fn identity_mut(&mut self) -> &mut Identity;

    /// Stores it and announces it to the other regions.
    fn save(&self, cx: &mut Cx<'_, '_>) -> Result<(), Error>;

    /// Deletes it and announces that to the other regions.
    fn remove(&self, cx: &mut Cx<'_, '_>) -> Result<(), Error>;

    /// Whether the account may change it. A service-linked role is its service's.
    fn require_modifiable(&self) -> Result<(), Error> {
        Ok(())
    }

    /// The text of the error that no entity has the name.
    fn missing_text(name: &str) -> String {
        format!("The {} with name {name} cannot be found.", Self::NOUN)
    }

    /// The text of the error that an entity has the name already.
    fn taken_text(name: &str) -> String {
        format!("{} with name {name} already exists.", Self::TITLE)
    }
}

impl Entity for UserRecord {
    const KIND: IamKind = IamKind::User;
    const TITLE: &'static str = "User";
    const ID: &'static str = ids::USER;
    const INLINE_MAX: usize = 2048;

    fn read(tx: &Tx<'_>, account: &AccountId, name: &str) -> Result<Option<UserRecord>, StoreError> {
        iam_table::user(tx, account, name)
    }

    fn identity(&self) -> &Identity {
        &self.identity
    }

    fn identity_mut(&mut self) -> &mut Identity {
        &mut self.identity
    }

    fn save(&self, cx: &mut Cx<'_, '_>) -> Result<(), Error> {
        iam_table::save_user(cx.tx, self)?;
        announce::user(cx, &self.identity.name)
    }

    fn remove(&self, cx: &mut Cx<'_, '_>) -> Result<(), Error> {
        iam_table::delete_user(cx.tx, self)?;
        announce::user(cx, &self.identity.name)
    }
}

impl Entity for GroupRecord {
    const KIND: IamKind = IamKind::Group;
    const TITLE: &'static str = "Group";
    const ID: &'static str = ids::GROUP;
    const INLINE_MAX: usize = 5120;

    fn read(tx: &Tx<'_>, account: &AccountId, name: &str) -> Result<Option<GroupRecord>, StoreError> {
        group_table::group_named(tx, account, name)
    }

    fn identity(&self) -> &Identity {
        &self.identity
    }

    fn identity_mut(&mut self) -> &mut Identity {
        &mut self.identity
    }

    fn save(&self, cx: &mut Cx<'_, '_>) -> Result<(), Error> {
        group_table::save_group(cx.tx, self)?;
        announce::row(cx, self)
    }

    fn remove(&self, cx: &mut Cx<'_, '_>) -> Result<(), Error> {
        group_table::delete_group(cx.tx, self)?;
        announce::row(cx, self)
    }
}

impl Entity for InstanceProfileRecord {
    const KIND: IamKind = IamKind::InstanceProfile;
    const TITLE: &'static str = "InstanceProfile";
    const ID: &'static str = ids::INSTANCE_PROFILE;
    const INLINE_MAX: usize = 0;

    fn read(tx: &Tx<'_>, account: &AccountId, name: &str) -> Result<Option<InstanceProfileRecord>, StoreError> {
        instance_profile_table::instance_profile(tx, account, name)
    }

    fn identity(&self) -> &Identity {
        &self.identity
    }

    fn identity_mut(&mut self) -> &mut Identity {
        &mut self.identity
    }

    fn save(&self, cx: &mut Cx<'_, '_>) -> Result<(), Error> {
        instance_profile_table::save_instance_profile(cx.tx, self)?;
        announce::row(cx, self)
    }

    fn remove(&self, cx: &mut Cx<'_, '_>) -> Result<(), Error> {
        instance_profile_table::delete_instance_profile(cx.tx, self)?;
        announce::row(cx, self)
    }

    fn missing_text(name: &str) -> String {
        format!("Instance Profile {name} cannot be found.")
    }

    fn taken_text(name: &str) -> String {
        format!("Instance Profile {name} already exists.")
    }
}

impl Entity for RoleRecord {
    const KIND: IamKind = IamKind::Role;
    const TITLE: &'static str = "Role";
    const ID: &'static str = ids::ROLE;
    const INLINE_MAX: usize = 10_240;

    fn read(tx: &Tx<'_>, account: &AccountId, name: &str) -> Result<Option<RoleRecord>, StoreError> {
        iam_table::role(tx, account, name)
    }

    fn identity(&self) -> &Identity {
        &self.identity
    }

    fn identity_mut(&mut self) -> &mut Identity {
        &mut self.identity
    }

    fn save(&self, cx: &mut Cx<'_, '_>) -> Result<(), Error> {
        iam_table::save_role(cx.tx, self)?;
        announce::role(cx, &self.identity.name)
    }

    fn remove(&self, cx: &mut Cx<'_, '_>) -> Result<(), Error> {
        iam_table::delete_role(cx.tx, self)?;
        announce::role(cx, &self.identity.name)
    }

    fn require_modifiable(&self) -> Result<(), Error> {
        if service_linked_role::is(self) { Err(service_linked_role::protected(self)) } else { Ok(()) }
    }
}

impl<E: Entity> IamResource for E {
    fn find(cx: &Cx<'_, '_>, named: &str) -> Result<Found<E>, Error> {
        Ok(match E::read(cx.tx, cx.account(), named)? {
            Some(record) => Found { arn: arn(cx, &record), resource: Ok(record) },
            None => Found { arn: arn_of::<E>(cx, "/", named), resource: Err(missing::<E>(named)) },
        })
    }

    fn unique_id(&self) -> &str {
        &self.identity().id
    }

    fn tags(&self) -> &[Tag] {
        &self.identity().tags
    }

    fn boundary(&self) -> Option<&str> {
        self.identity().boundary.as_deref()
    }
}

/// The entity's ARN.
pub(crate) fn arn<E: Entity>(cx: &Cx<'_, '_>, entity: &E) -> String {
    let Identity { account, path, name, .. } = entity.identity();
    IamArn::new(cx.partition(), account, E::KIND, path, name).to_string()
}

/// The ARN that an entity of the caller's account has or would have.
pub(crate) fn arn_of<E: Entity>(cx: &Cx<'_, '_>, path: &str, name: &str) -> String {
    IamArn::new(cx.partition(), cx.account(), E::KIND, path, name).to_string()
}

/// Requires the permission to list the entities of a path.
pub(crate) fn list_permission<E: Entity>(
    cx: &Cx<'_, '_>,
    action: &'static str,
    prefix: Option<&str>,
) -> RequiredPermission {
    RequiredPermission::new(action, arn_of::<E>(cx, prefix.unwrap_or("/"), ""), cx.account(), ResourcePolicy::Identity)
}

/// Whether an entity's path begins with the prefix of a list.
pub(crate) fn has_prefix<E: Entity>(entity: &E, prefix: Option<&str>) -> bool {
    prefix.is_none_or(|prefix| entity.identity().path.starts_with(prefix))
}

/// The error that no entity has that name.
pub(crate) fn missing<E: Entity>(name: &str) -> Error {
    Error::new(error::NO_SUCH_ENTITY_EXCEPTION, E::missing_text(name))
}

/// The entity that a request names besides its resource. It must exist.
pub(crate) fn existing<E: Entity>(cx: &Cx<'_, '_>, name: &str) -> Result<E, Error> {
    E::read(cx.tx, cx.account(), name)?.ok_or_else(|| missing::<E>(name))
}

/// The permission that a caller who gives an entity another ARN needs besides: on the new ARN. Policies distinguish entities by
/// name and path, so a caller could otherwise move one out of the reach of a Deny.
pub(crate) fn permission_to_move<E: Entity>(
    action: &'static str,
    named: &str,
    new_path: Option<&str>,
    new_name: Option<&str>,
    found: &Found<E>,
    cx: &Cx<'_, '_>,
) -> Vec<RequiredPermission> {
    let (old_path, old_name) = match &found.resource {
        Ok(entity) => (entity.identity().path.as_str(), entity.identity().name.as_str()),
        Err(_) => ("/", named),
    };
    let arn = arn_of::<E>(cx, new_path.unwrap_or(old_path), new_name.unwrap_or(old_name));
    if arn == found.arn { Vec::new() } else { vec![found.permission_at(action, &arn, cx)] }
}

/// Names are unique in an account, without regard to case and path.
pub(crate) fn require_free<E: Entity>(cx: &Cx<'_, '_>, name: &str) -> Result<(), Error> {
    match E::read(cx.tx, cx.account(), name)? {
        Some(_) => Err(Error::new(error::ENTITY_ALREADY_EXISTS_EXCEPTION, E::taken_text(name))),
        None => Ok(()),
    }
}

/// An entity can be deleted if it has no policy of either kind.
pub(crate) fn require_bare<E: Entity>(entity: &E) -> Result<(), Error> {
    let Identity { attached, inline, .. } = entity.identity();
    if !attached.is_empty() {
        return Err(conflict("Cannot delete entity, must detach all policies first."));
    }
    if !inline.is_empty() {
        return Err(conflict("Cannot delete entity, must delete policies first."));
    }
    Ok(())
}

/// A role that is in an instance profile cannot be deleted, and neither can an instance profile that has a role. The text of both is AWS's.
pub(crate) const STILL_IN_PROFILE: &str = "Cannot delete entity, must remove roles from instance profile first.";

/// Neither a group that has members nor a user that is a member can be deleted. The text of both is AWS's.
pub(crate) const STILL_MEMBERS: &str = "Cannot delete entity, must remove users from group first.";

/// The error for a deletion that other records prevent.
pub(crate) fn conflict(text: &'static str) -> Error {
    Error::new(error::DELETE_CONFLICT_EXCEPTION, text)
}

/// The user of a request: the named user, or the caller itself.
pub(crate) fn user_or_self<'a>(named: Option<&'a str>, cx: &'a Cx<'_, '_>) -> Result<&'a str, Error> {
    match (named, &cx.caller.kind) {
        (Some(name), _) => Ok(name),
        (None, CallerKind::User { name, .. }) => Ok(name),
        (None, _) => Err(Error::Validation("Must specify userName when calling with non-User credentials".to_owned())),
    }
}

/// The members that CreateUser, CreateGroup, CreateRole and CreateInstanceProfile share.
pub(crate) struct Creation<'a> {
    pub(crate) name: &'a str,
    pub(crate) path: Option<&'a str>,
    pub(crate) tags: &'a [WireTag],
    pub(crate) boundary: Option<&'a str>,
}

impl Creation<'_> {
    fn path(&self) -> &str {
        self.path.unwrap_or("/")
    }

    /// The permissions to create it, and to tag it if there are tags.
    pub(crate) fn permissions<E: Entity>(
        &self,
        cx: &Cx<'_, '_>,
        create: &'static str,
        tag: &'static str,
    ) -> Vec<RequiredPermission> {
        let arn = arn_of::<E>(cx, self.path(), self.name);
        let ask = |action| {
            let permission = RequiredPermission::new(action, arn.as_str(), cx.account(), ResourcePolicy::Identity)
                .with_opt("iam:PermissionsBoundary", self.boundary);
            tags::with_request_tags(permission, self.tags)
        };
        if self.tags.is_empty() { vec![ask(create)] } else { vec![ask(create), ask(tag)] }
    }

    /// The new identity, after all that every kind checks.
    pub(crate) fn identity<E: Entity>(&self, cx: &Cx<'_, '_>) -> Result<Identity, Error> {
        let tags = tags::parse(self.tags)?;
        require_free::<E>(cx, self.name)?;
        if let Some(arn) = self.boundary {
            boundaries::require(cx, arn)?;
        }
        Ok(Identity {
            account: cx.account().clone(),
            name: self.name.to_owned(),
            path: self.path().to_owned(),
            id: ids::unique_id(cx.random, E::ID),
            created: cx.now,
            tags,
            attached: Vec::new(),
            inline: Vec::new(),
            boundary: self.boundary.map(str::to_owned),
        })
    }
}
