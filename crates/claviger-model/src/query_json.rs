//! Query-protocol answers in JSON, which AWS sends to a client that asks for `application/json`.
//!
//! The form was recorded from STS, SQS, SNS, CloudFormation and Elastic Beanstalk by their users, and the API references do not
//! describe it. Members stand in the order of their names, a member without a value is `null`, and a moment is a number of
//! seconds since 1970. The authenticator of EKS reads this form of `GetCallerIdentity`.

use zeroize::Zeroizing;

use crate::shape::{Kind, Shape};
use crate::tree::{Name, Tree};

/// The answer of an operation. Without a shape, or without a body, it has no result member.
pub fn response(
    operation: &str,
    shape: Option<&'static Shape>,
    body: Option<&Tree>,
    request_id: &str,
) -> Zeroizing<Vec<u8>> {
    let result = shape.zip(body).map(|(shape, body)| (format!("{operation}Result").into(), complete(shape, body)));
    let metadata = ("ResponseMetadata".into(), structure([("RequestId", Tree::text(request_id))]));
    let answer = Tree::Map(result.into_iter().chain([metadata]).collect());
    Tree::Map(vec![(format!("{operation}Response").into(), answer)]).to_json()
}

/// The body of an error. `sender`: the caller is at fault.
pub fn error(code: &str, message: Option<&str>, sender: bool, request_id: &str) -> Zeroizing<Vec<u8>> {
    let error = structure([
        ("Code", Tree::text(code)),
        ("Message", message.map_or(Tree::Null, Tree::text)),
        ("Type", Tree::text(if sender { "Sender" } else { "Receiver" })),
    ]);
    structure([("Error", error), ("RequestId", Tree::text(request_id))]).to_json()
}

fn structure<const N: usize>(members: [(&'static str, Tree); N]) -> Tree {
    Tree::Map(members.into_iter().map(|(name, value)| (name.into(), value)).collect())
}

/// The same value with every member of every structure in it, by name.
fn complete(shape: &'static Shape, tree: &Tree) -> Tree {
    match (shape.kind, tree) {
        (Kind::Structure(members), Tree::Map(_)) => {
            let value = |name: &str, shape| tree.member(name).map_or(Tree::Null, |value| complete(shape, value));
            let mut members: Vec<(Name, Tree)> =
                members.iter().map(|member| (member.name.into(), value(member.name, member.shape))).collect();
            members.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
            Tree::Map(members)
        }
        (Kind::List(member), Tree::List(items)) => {
            Tree::List(items.iter().map(|item| complete(member, item)).collect())
        }
        (Kind::Map(_, value), Tree::Map(entries)) => {
            Tree::Map(entries.iter().map(|(key, item)| (key.clone(), complete(value, item))).collect())
        }
        (_, other) => other.clone(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use claviger_types::{Sensitive, Timestamp};

    use super::*;
    use crate::iam::{AttachedPolicy, ListAttachedRolePoliciesResponse};
    use crate::structure::Output;
    use crate::sts::{AssumeRoleResponse, Credentials, GetCallerIdentityResponse};

    fn check<T: Output>(operation: &str, output: &T, expected: &str) {
        let json = response(operation, T::shape(), output.to_tree().as_ref(), "id-1");
        assert_eq!(String::from_utf8(json.to_vec()).unwrap(), expected);
    }

    #[test]
    fn caller_identity() {
        let output = GetCallerIdentityResponse {
            user_id: Some("AIDAEXAMPLE".to_owned()),
            account: Some("111122223333".to_owned()),
            arn: Some("arn:aws:iam::111122223333:user/a".to_owned()),
        };
        check(
            "GetCallerIdentity",
            &output,
            r#"{"GetCallerIdentityResponse":{"GetCallerIdentityResult":{"Account":"111122223333","Arn":"arn:aws:iam::111122223333:user/a","UserId":"AIDAEXAMPLE"},"ResponseMetadata":{"RequestId":"id-1"}}}"#,
        );
    }

    #[test]
    fn moments_are_numbers_and_absent_members_null() {
        let output = AssumeRoleResponse {
            credentials: Some(Credentials {
                access_key_id: "ASIAEXAMPLE".to_owned(),
                secret_access_key: Sensitive::new("secret".to_owned()),
                session_token: "token".to_owned(),
                expiration: Timestamp(1_460_355_675_000),
            }),
            ..Default::default()
        };
        check(
            "AssumeRole",
            &output,
            r#"{"AssumeRoleResponse":{"AssumeRoleResult":{"AssumedRoleUser":null,"Credentials":{"AccessKeyId":"ASIAEXAMPLE","Expiration":1460355675,"SecretAccessKey":"secret","SessionToken":"token"},"PackedPolicySize":null,"SourceIdentity":null},"ResponseMetadata":{"RequestId":"id-1"}}}"#,
        );
    }

    #[test]
    fn structures_in_lists_and_operations_without_a_result() {
        let policy = AttachedPolicy { policy_name: Some("A".to_owned()), policy_arn: None };
        let output = ListAttachedRolePoliciesResponse {
            attached_policies: Some(vec![policy]),
            is_truncated: Some(false),
            marker: None,
        };
        check(
            "ListAttachedRolePolicies",
            &output,
            r#"{"ListAttachedRolePoliciesResponse":{"ListAttachedRolePoliciesResult":{"AttachedPolicies":[{"PolicyArn":null,"PolicyName":"A"}],"IsTruncated":false,"Marker":null},"ResponseMetadata":{"RequestId":"id-1"}}}"#,
        );
        check("DeleteUser", &(), r#"{"DeleteUserResponse":{"ResponseMetadata":{"RequestId":"id-1"}}}"#);
    }

    #[test]
    fn errors() {
        let text = |json: Zeroizing<Vec<u8>>| String::from_utf8(json.to_vec()).unwrap();
        assert_eq!(
            text(error("Throttling", Some("Rate exceeded"), true, "id-1")),
            r#"{"Error":{"Code":"Throttling","Message":"Rate exceeded","Type":"Sender"},"RequestId":"id-1"}"#
        );
        assert_eq!(
            text(error("ServiceFailure", None, false, "id-1")),
            r#"{"Error":{"Code":"ServiceFailure","Message":null,"Type":"Receiver"},"RequestId":"id-1"}"#
        );
    }
}
