//! AddUserToGroup: makes a user a member of a group. A member stays one.

use claviger_model::iam::AddUserToGroupRequest;
use claviger_store::tables::group_table::GroupRecord;
use claviger_store::tables::iam_table::UserRecord;

use claviger_core::context::Cx;
use claviger_core::error::Error;

use super::documents;
use super::entities::{self, Entity};
use super::on_resource::ResourceOperation;

/// Groups that a user can be in.
pub(crate) const GROUPS_MAX: usize = 10;

pub(crate) struct AddUserToGroup;

impl ResourceOperation for AddUserToGroup {
    const ACTION: &'static str = "iam:AddUserToGroup";
    const READ_ONLY: bool = false;
    type Resource = GroupRecord;
    type Input = AddUserToGroupRequest;
    type Output = ();

    fn resource_name<'a>(input: &'a Self::Input, _cx: &'a Cx<'_, '_>) -> Result<&'a str, Error> {
        Ok(&input.group_name)
    }

    fn run(input: Self::Input, group: GroupRecord, cx: &mut Cx<'_, '_>) -> Result<(), Error> {
        let mut user: UserRecord = entities::existing(cx, &input.user_name)?;
        if add(&mut user.groups, group.identity.id)? { user.save(cx) } else { Ok(()) }
    }
}

/// Adds a group to those of a user. Returns whether it was not among them.
fn add(groups: &mut Vec<String>, id: String) -> Result<bool, Error> {
    if groups.contains(&id) {
        return Ok(false);
    }
    if groups.len() >= GROUPS_MAX {
        return Err(documents::quota("GroupsPerUser", GROUPS_MAX));
    }
    groups.push(id);
    Ok(true)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use claviger_model::iam::error;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_user_is_in_each_of_at_most_ten_groups_once(ids in prop::collection::vec("[A-Z]", 0..40)) {
            let mut groups = Vec::new();
            for id in ids {
                let before = groups.clone();
                match add(&mut groups, id.clone()) {
                    Ok(true) => {
                        prop_assert!(!before.contains(&id) && before.len() < GROUPS_MAX);
                        prop_assert_eq!(&groups, &[before, vec![id]].concat(), "the last to be added is the last");
                    }
                    Ok(false) => prop_assert!(before.contains(&id) && groups == before),
                    Err(_) => prop_assert!(!before.contains(&id) && before.len() == GROUPS_MAX && groups == before),
                }
            }
        }
    }

    #[test]
    fn the_eleventh_group_is_refused_and_a_present_one_is_not() {
        let mut groups: Vec<String> = (0..GROUPS_MAX).map(|n| format!("AGPA{n}")).collect();
        assert!(!add(&mut groups, "AGPA3".to_owned()).unwrap());
        match add(&mut groups, "AGPA10".to_owned()) {
            Err(Error::Service { info: error::LIMIT_EXCEEDED_EXCEPTION, message }) => {
                assert_eq!(message.as_deref(), Some("Cannot exceed quota for GroupsPerUser: 10"));
            }
            other => panic!("{other:?}"),
        }
    }
}
