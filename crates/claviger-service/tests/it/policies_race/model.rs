//! A user, a group and a role, the managed policies that they use, and the random changes of these. The model knows the outcome of each
//! caller's requests after every change.

use std::collections::{BTreeMap, BTreeSet};

use claviger_types::SeededRandom;
use serde_json::{Value, json};

use super::{Outcome, decrypt};
use crate::identities::{iam, keys_of, trust};
use crate::kit::{HOME, Keys, World};

const POLICIES: usize = 4;
/// The index of the group, which comes after the user and the role.
const GROUP: usize = 2;
/// The largest number of versions of a managed policy.
const VERSIONS_MAX: usize = 5;

/// The one statement of a policy. The tagged ones apply to principals whose tag `team` is `red`.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Statement {
    Allow,
    AllowTagged,
    Deny,
    DenyTagged,
    AllowOtherService,
}

/// A managed policy.
#[derive(Debug)]
struct Managed {
    /// The numbers and statements of its versions.
    versions: Vec<(u64, Statement)>,
    /// The index of the default version.
    default: usize,
    next_version: u64,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    User,
    Role,
    Group,
}

/// The user, the role or the group, with its policies as they must be after every acknowledged change.
struct Principal {
    kind: Kind,
    inline: Option<Statement>,
    attached: BTreeSet<usize>,
    boundary: Option<usize>,
    /// The value of the tag `team`.
    team: Option<&'static str>,
    /// Two of the user, two of the role, none of the group.
    credentials: Vec<Credential>,
}

struct Credential {
    keys: Keys,
    /// The managed policy that limits this session.
    session_policy: Option<usize>,
}

pub(super) struct Model<'w> {
    world: &'w World,
    blob: &'w Value,
    seed: u64,
    random: SeededRandom,
    /// Of a user that may assume the role.
    assumer: Keys,
    managed: Vec<Managed>,
    principals: Vec<Principal>,
    /// Whether the user is in the group.
    is_member: bool,
    /// Whether the group has its second name.
    is_renamed: bool,
    /// The credentials of the principal that was deleted last.
    retired: Vec<Keys>,
    /// How often each kind of change was made.
    pub(super) made: BTreeMap<&'static str, u64>,
}

/// Makes a change and returns true, or returns false if what it drew is not possible now.
pub(super) type Change = fn(&mut Model<'_>) -> bool;

pub(super) const CHANGES: [(&str, Change); 13] = [
    ("inline policy put", |model| model.put_inline()),
    ("inline policy deleted", |model| model.delete_inline()),
    ("policy attached or detached", |model| model.turn_attachment()),
    ("member added or removed", |model| model.turn_membership()),
    ("group renamed", |model| model.rename_group()),
    ("boundary put or deleted", |model| model.change_boundary()),
    ("tags", |model| model.change_tags()),
    ("version created", |model| model.create_version()),
    ("default version set", |model| model.set_default_version()),
    ("version deleted", |model| model.delete_version()),
    ("policy recreated", |model| model.recreate_policy()),
    ("principal recreated", |model| model.recreate_principal()),
    ("role assumed with another session policy", |model| model.assume_again()),
];

impl Statement {
    fn document(self) -> String {
        let (effect, action, is_tagged) = match self {
            Statement::Allow => ("Allow", "kms:*", false),
            Statement::AllowTagged => ("Allow", "kms:Decrypt", true),
            Statement::Deny => ("Deny", "KMS:Dec*", false),
            Statement::DenyTagged => ("Deny", "*", true),
            Statement::AllowOtherService => ("Allow", "s3:*", false),
        };
        let condition = if is_tagged { json!({"StringEquals": {"aws:PrincipalTag/team": "red"}}) } else { json!({}) };
        let statement = json!({"Effect": effect, "Action": action, "Resource": "*", "Condition": condition});
        json!({"Version": "2012-10-17", "Statement": [statement]}).to_string()
    }

    fn allows(self, is_red: bool) -> bool {
        self == Statement::Allow || (self == Statement::AllowTagged && is_red)
    }

    fn denies(self, is_red: bool) -> bool {
        self == Statement::Deny || (self == Statement::DenyTagged && is_red)
    }
}

impl Managed {
    fn new(statement: Statement) -> Managed {
        Managed { versions: vec![(1, statement)], default: 0, next_version: 2 }
    }

    fn statement(&self) -> Statement {
        self.versions[self.default].1
    }
}

impl Kind {
    /// The word for it in the names of actions and parameters.
    fn word(self) -> &'static str {
        match self {
            Kind::User => "User",
            Kind::Role => "Role",
            Kind::Group => "Group",
        }
    }
}

fn arn(policy: usize) -> String {
    format!("arn:aws:iam::000000000000:policy/p{policy}")
}

impl<'w> Model<'w> {
    pub(super) fn new(world: &'w World, blob: &'w Value, seed: u64) -> Model<'w> {
        iam(world, "CreateUser", &[("UserName", "bea")]);
        let mut model = Model {
            world,
            blob,
            seed,
            random: SeededRandom::new(seed),
            assumer: keys_of(world, "bea"),
            managed: vec![],
            principals: vec![],
            is_member: false,
            is_renamed: false,
            retired: vec![],
            made: BTreeMap::new(),
        };
        model.managed = (0..POLICIES).map(|policy| model.create_policy(policy)).collect();
        model.principals = [Kind::User, Kind::Role, Kind::Group].map(|kind| model.create_principal(kind)).into();
        (0..3).for_each(|index| model.give_policies(index));
        model
    }

    /// Every credential with the outcome that its requests must have.
    pub(super) fn callers(&self) -> Vec<(Keys, Outcome)> {
        let mut callers = Vec::new();
        for principal in &self.principals {
            for credential in &principal.credentials {
                let outcome = if self.allows(principal, credential) { Outcome::Allowed } else { Outcome::Denied };
                callers.push((credential.keys.clone(), outcome));
            }
        }
        callers.extend(self.retired.iter().map(|keys| (keys.clone(), Outcome::Refused)));
        callers
    }

    fn allows(&self, principal: &Principal, credential: &Credential) -> bool {
        let is_red = principal.team == Some("red");
        let statement = |policy: usize| self.managed[policy].statement();
        let is_member = principal.kind == Kind::User && self.is_member;
        let group = self.principals.iter().filter(|group| is_member && group.kind == Kind::Group);
        let statements = |holder: &Principal| -> Vec<Statement> {
            holder.inline.into_iter().chain(holder.attached.iter().map(|policy| statement(*policy))).collect()
        };
        let identity: Vec<Statement> = [principal].into_iter().chain(group).flat_map(statements).collect();
        let mut limits = [principal.boundary, credential.session_policy].into_iter().flatten().map(statement);
        identity.iter().any(|s| s.allows(is_red))
            && !identity.iter().any(|s| s.denies(is_red))
            && limits.all(|s| s.allows(is_red))
    }

    pub(super) fn change(&mut self) {
        loop {
            let (name, change) = CHANGES[self.below(CHANGES.len())];
            if change(self) {
                *self.made.entry(name).or_default() += 1;
                return;
            }
        }
    }

    fn below(&self, bound: usize) -> usize {
        usize::try_from(self.random.next() % bound as u64).unwrap()
    }

    fn any_statement(&self) -> Statement {
        use Statement::{Allow, AllowOtherService, AllowTagged, Deny, DenyTagged};
        let weighted = [Allow, Allow, Allow, Allow, AllowTagged, AllowTagged, Deny, DenyTagged, AllowOtherService];
        weighted[self.below(weighted.len())]
    }

    fn any_principal(&mut self) -> usize {
        self.below(self.principals.len())
    }

    fn put_inline(&mut self) -> bool {
        let (index, statement) = (self.any_principal(), self.any_statement());
        self.put_inline_of(index, statement);
        true
    }

    fn put_inline_of(&mut self, index: usize, statement: Statement) {
        self.act(index, "Put*Policy", &[("PolicyName", "p"), ("PolicyDocument", &statement.document())]);
        self.principals[index].inline = Some(statement);
    }

    fn delete_inline(&mut self) -> bool {
        let index = self.any_principal();
        self.delete_inline_of(index)
    }

    fn delete_inline_of(&mut self, index: usize) -> bool {
        let is_there = self.principals[index].inline.take().is_some();
        if is_there {
            self.act(index, "Delete*Policy", &[("PolicyName", "p")]);
        }
        is_there
    }

    fn turn_attachment(&mut self) -> bool {
        let (index, policy) = (self.any_principal(), self.below(POLICIES));
        let is_attached = self.principals[index].attached.contains(&policy);
        self.attach(index, policy, !is_attached);
        true
    }

    fn attach(&mut self, index: usize, policy: usize, attach: bool) {
        let action = if attach { "Attach*Policy" } else { "Detach*Policy" };
        self.act(index, action, &[("PolicyArn", &arn(policy))]);
        let attached = &mut self.principals[index].attached;
        assert!(if attach { attached.insert(policy) } else { attached.remove(&policy) });
    }

    fn turn_membership(&mut self) -> bool {
        let action = if self.is_member { "RemoveUserFromGroup" } else { "AddUserToGroup" };
        iam(self.world, action, &[("GroupName", self.name(Kind::Group)), ("UserName", self.name(Kind::User))]);
        self.is_member = !self.is_member;
        true
    }

    fn rename_group(&mut self) -> bool {
        let old = self.name(Kind::Group);
        self.is_renamed = !self.is_renamed;
        iam(self.world, "UpdateGroup", &[("GroupName", old), ("NewGroupName", self.name(Kind::Group))]);
        true
    }

    fn name(&self, kind: Kind) -> &'static str {
        match kind {
            Kind::User => "ana",
            Kind::Role => "ops",
            Kind::Group if self.is_renamed => "team",
            Kind::Group => "crew",
        }
    }

    /// Puts a boundary, in place of another one or not, or deletes the present one.
    fn change_boundary(&mut self) -> bool {
        let (index, policy) = (self.any_principal(), self.below(POLICIES));
        if self.principals[index].kind == Kind::Group {
            return false;
        }
        let has_one = self.principals[index].boundary.is_some();
        let boundary = (!has_one || self.below(3) == 0).then_some(policy);
        match boundary {
            Some(policy) => self.act(index, "Put*PermissionsBoundary", &[("PermissionsBoundary", &arn(policy))]),
            None => self.act(index, "Delete*PermissionsBoundary", &[]),
        }
        self.principals[index].boundary = boundary;
        true
    }

    fn change_tags(&mut self) -> bool {
        let index = self.any_principal();
        let team = [None, Some("red"), Some("red"), Some("blue")][self.below(4)];
        if team == self.principals[index].team || self.principals[index].kind == Kind::Group {
            return false;
        }
        match team {
            Some(team) => self.act(index, "Tag*", &[("Tags.member.1.Key", "team"), ("Tags.member.1.Value", team)]),
            None => self.act(index, "Untag*", &[("TagKeys.member.1", "team")]),
        }
        self.principals[index].team = team;
        true
    }

    /// Creates a version of a managed policy, as the default one or not.
    fn create_version(&mut self) -> bool {
        let (policy, statement, is_default) = (self.below(POLICIES), self.any_statement(), self.below(2) == 0);
        let Managed { versions, default, next_version } = &mut self.managed[policy];
        if versions.len() == VERSIONS_MAX {
            return false;
        }
        let (arn, document) = (arn(policy), statement.document());
        let set_as_default = if is_default { "true" } else { "false" };
        let parameters = [("PolicyArn", arn.as_str()), ("PolicyDocument", &document), ("SetAsDefault", set_as_default)];
        iam(self.world, "CreatePolicyVersion", &parameters);
        versions.push((*next_version, statement));
        *next_version += 1;
        if is_default {
            *default = versions.len() - 1;
        }
        true
    }

    fn set_default_version(&mut self) -> bool {
        let policy = self.below(POLICIES);
        let Some(index) = self.any_other_version(policy) else { return false };
        self.act_on_version("SetDefaultPolicyVersion", policy, index);
        self.managed[policy].default = index;
        true
    }

    fn delete_version(&mut self) -> bool {
        let policy = self.below(POLICIES);
        let Some(index) = self.any_other_version(policy) else { return false };
        self.act_on_version("DeletePolicyVersion", policy, index);
        let Managed { versions, default, .. } = &mut self.managed[policy];
        versions.remove(index);
        *default -= usize::from(index < *default);
        true
    }

    /// The index of a version of a policy that is not the default one.
    fn any_other_version(&self, policy: usize) -> Option<usize> {
        let Managed { versions, default, .. } = &self.managed[policy];
        let others = versions.len() - 1;
        (others > 0).then(|| (default + 1 + self.below(others)) % versions.len())
    }

    /// Deletes a policy that neither the user nor the role has, and creates another one of its name. It may be the policy of a
    /// session. The group's attachment ends before.
    fn recreate_policy(&mut self) -> bool {
        let policy = self.below(POLICIES);
        let is_held = |p: &Principal| p.attached.contains(&policy) || p.boundary == Some(policy);
        if self.principals[..GROUP].iter().any(is_held) {
            return false;
        }
        if is_held(&self.principals[GROUP]) {
            self.attach(GROUP, policy, false);
        }
        let others = (0..self.managed[policy].versions.len()).filter(|index| *index != self.managed[policy].default);
        others.for_each(|index| self.act_on_version("DeletePolicyVersion", policy, index));
        iam(self.world, "DeletePolicy", &[("PolicyArn", &arn(policy))]);
        self.managed[policy] = self.create_policy(policy);
        true
    }

    fn create_policy(&self, policy: usize) -> Managed {
        let statement = self.any_statement();
        let name = format!("p{policy}");
        iam(self.world, "CreatePolicy", &[("PolicyName", &name), ("PolicyDocument", &statement.document())]);
        Managed::new(statement)
    }

    /// Deletes the user, the role or the group with its policies, and creates another one of its name. The very next request with the old
    /// credentials must be refused, and the new ones must have the new policies only.
    fn recreate_principal(&mut self) -> bool {
        // This takes many requests.
        if self.below(3) > 0 {
            return false;
        }
        let index = self.any_principal();
        self.delete_inline_of(index);
        for policy in self.principals[index].attached.clone() {
            self.attach(index, policy, false);
        }
        let kind = self.principals[index].kind;
        if self.is_member && kind != Kind::Role {
            self.turn_membership();
        }
        let retired: Vec<Keys> = self.principals[index].credentials.iter().map(|c| c.keys.clone()).collect();
        if kind == Kind::User {
            self.act(index, "DeleteAccessKey", &[("AccessKeyId", &retired[0].id)]);
        }
        self.act(index, "Delete*", &[]);
        self.require(&retired, Outcome::Refused);
        self.principals[index] = self.create_principal(kind);
        self.require(&retired, Outcome::Refused);
        let created = self.principals[index].credentials.iter().map(|c| c.keys.clone()).collect::<Vec<_>>();
        self.require(&created, Outcome::Denied);
        self.give_policies(index);
        self.require(&retired, Outcome::Refused);
        if !retired.is_empty() {
            self.retired = retired;
        }
        true
    }

    /// Puts an inline policy that allows, and attaches some of the managed policies.
    fn give_policies(&mut self, index: usize) {
        self.put_inline_of(index, Statement::Allow);
        for policy in 0..POLICIES {
            if self.below(2) == 0 {
                self.attach(index, policy, true);
            }
        }
    }

    fn require(&self, credentials: &[Keys], outcome: Outcome) {
        for keys in credentials {
            assert_eq!(decrypt(self.world, keys, self.blob), outcome, "seed {}, {}", self.seed, keys.id);
        }
    }

    /// Creates the user, the role or the group, without policies, and two credentials of the user or the role.
    fn create_principal(&self, kind: Kind) -> Principal {
        let credentials = match kind {
            Kind::User => {
                iam(self.world, "CreateUser", &[("UserName", self.name(kind))]);
                let keys = keys_of(self.world, "ana");
                let session = self.world.query(&keys, HOME, "sts", "GetSessionToken", &[]).unwrap();
                [keys, Keys::in_answer(&session)].map(|keys| Credential { keys, session_policy: None }).into()
            }
            Kind::Role => {
                let trust = trust("arn:aws:iam::000000000000:user/bea", "");
                iam(self.world, "CreateRole", &[("RoleName", self.name(kind)), ("AssumeRolePolicyDocument", &trust)]);
                vec![self.assume(None), self.assume(Some(self.below(POLICIES)))]
            }
            Kind::Group => {
                iam(self.world, "CreateGroup", &[("GroupName", self.name(kind))]);
                vec![]
            }
        };
        Principal { kind, inline: None, attached: BTreeSet::new(), boundary: None, team: None, credentials }
    }

    fn assume(&self, session_policy: Option<usize>) -> Credential {
        let arn = session_policy.map(arn);
        let mut parameters = vec![("RoleArn", "arn:aws:iam::000000000000:role/ops"), ("RoleSessionName", "s1")];
        parameters.extend(arn.iter().map(|arn| ("PolicyArns.member.1.arn", arn.as_str())));
        let answer = self.world.query(&self.assumer, HOME, "sts", "AssumeRole", &parameters).unwrap();
        Credential { keys: Keys::in_answer(&answer), session_policy }
    }

    fn assume_again(&mut self) -> bool {
        let session = self.assume(Some(self.below(POLICIES)));
        let role = self.principals.iter_mut().find(|principal| principal.kind == Kind::Role).unwrap();
        role.credentials[1] = session;
        true
    }

    /// Calls an action on the user, the role or the group. Its name has `*` in the place of the word.
    fn act(&self, index: usize, action: &str, more: &[(&str, &str)]) {
        let kind = self.principals[index].kind;
        let named = format!("{}Name", kind.word());
        let parameters = [&[(named.as_str(), self.name(kind))], more].concat();
        iam(self.world, &action.replace('*', kind.word()), &parameters);
    }

    fn act_on_version(&self, action: &str, policy: usize, index: usize) {
        let version = format!("v{}", self.managed[policy].versions[index].0);
        iam(self.world, action, &[("PolicyArn", &arn(policy)), ("VersionId", &version)]);
    }
}
