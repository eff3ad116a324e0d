//! The callers.

use serde_json::{Value, json};

use super::needs::{Named, Need, OWNER, STRANGER};
use super::stage::Stage;
use crate::fixture::root_of;
use crate::kit::Keys;

/// A caller.
pub(crate) struct Who {
    pub(crate) keys: Keys,
    pub(crate) arn: String,
    pub(crate) is_stranger: bool,
    name: &'static str,
}

impl Who {
    /// A user without a permission, of the account that owns the resources.
    pub(crate) fn user(stage: &Stage, name: &'static str) -> Who {
        Who::user_of(stage, OWNER, name)
    }

    /// The same, of the other account.
    pub(crate) fn stranger(stage: &Stage, name: &'static str) -> Who {
        Who::user_of(stage, STRANGER, name)
    }

    fn user_of(stage: &Stage, account: &str, name: &'static str) -> Who {
        iam(stage, account, "CreateUser", &json!({"UserName": name}));
        let made = iam(stage, account, "CreateAccessKey", &json!({"UserName": name}));
        stage.arrive();
        let arn = format!("arn:aws:iam::{account}:user/{name}");
        Who { keys: Keys::in_answer(&made), arn, is_stranger: account == STRANGER, name }
    }

    /// A caller that does not sign.
    pub(crate) fn nobody() -> Who {
        let keys = Keys { id: String::new(), secret: String::new(), token: String::new() };
        Who { keys, arn: "*".to_owned(), is_stranger: false, name: "" }
    }

    /// A session of a role that may do everything, with a session policy that allows these permissions.
    pub(crate) fn session(stage: &Stage, needs: &[Need]) -> Who {
        let session_policy = document(needs.iter().map(|need| need.statement("Allow")));
        let input = json!({"RoleArn": format!("arn:aws:iam::{OWNER}:role/worker"), "RoleSessionName": "s1", "Policy": session_policy});
        let made = root_of(&stage.world, OWNER, "sts", "AssumeRole", &input);
        let arn = format!("arn:aws:sts::{OWNER}:assumed-role/worker/s1");
        Who { keys: Keys::in_answer(&made), arn, is_stranger: false, name: "worker" }
    }

    /// The caller as refusals name it.
    pub(crate) fn named(&self) -> Named<'_> {
        Named { arn: &self.arn, is_stranger: self.is_stranger }
    }

    /// Gives the user a policy of these statements, and no other.
    pub(crate) fn may(&self, stage: &Stage, statements: impl Iterator<Item = Value>) {
        let account = if self.is_stranger { STRANGER } else { OWNER };
        let input = json!({"UserName": self.name, "PolicyName": "p", "PolicyDocument": document(statements)});
        iam(stage, account, "PutUserPolicy", &input);
        stage.arrive();
    }

    /// Allows the user these permissions, and no others.
    pub(crate) fn allow<'a>(&self, stage: &Stage, needs: impl IntoIterator<Item = &'a Need>) {
        self.may(stage, needs.into_iter().map(|need| need.statement("Allow")));
    }

    /// Limits the user to these permissions, by a managed policy of this name.
    pub(crate) fn bound(&self, stage: &Stage, policy_name: &str, needs: &[Need]) {
        let limits = document(needs.iter().map(|need| need.statement("Allow")));
        iam(stage, OWNER, "CreatePolicy", &json!({"PolicyName": policy_name, "PolicyDocument": limits}));
        let arn = format!("arn:aws:iam::{OWNER}:policy/{policy_name}");
        let input = json!({"UserName": self.name, "PermissionsBoundary": arn});
        iam(stage, OWNER, "PutUserPermissionsBoundary", &input);
        stage.arrive();
    }
}

/// Makes the role of [`Who::session`], which may do everything.
pub(crate) fn make_role(stage: &Stage) {
    let trust = json!({"Version": "2012-10-17", "Statement": {
        "Effect": "Allow", "Principal": {"AWS": format!("arn:aws:iam::{OWNER}:root")}, "Action": "sts:AssumeRole"
    }});
    let input = json!({"RoleName": "worker", "AssumeRolePolicyDocument": trust.to_string()});
    iam(stage, OWNER, "CreateRole", &input);
    let input =
        json!({"RoleName": "worker", "PolicyName": "p", "PolicyDocument": document([everything()].into_iter())});
    iam(stage, OWNER, "PutRolePolicy", &input);
    stage.arrive();
}

/// A statement that allows everything.
pub(crate) fn everything() -> Value {
    json!({"Effect": "Allow", "Action": "*", "Resource": "*"})
}

/// A policy of these statements. A policy has at least one, so there is one more, which is about no request of the matrix.
fn document(statements: impl Iterator<Item = Value>) -> String {
    let about_none = json!({"Effect": "Allow", "Action": "sts:GetCallerIdentity", "Resource": "*"});
    let statements: Vec<Value> = statements.chain([about_none]).collect();
    json!({"Version": "2012-10-17", "Statement": statements}).to_string()
}

fn iam(stage: &Stage, account: &str, operation: &str, input: &Value) -> String {
    root_of(&stage.world, account, "iam", operation, input)
}
