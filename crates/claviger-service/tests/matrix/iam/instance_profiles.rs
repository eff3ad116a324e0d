//! IAM: instance profiles.

use crate::case::{Answer, Case, member, on, reads, refused, required, violates, writes};
use crate::fixture::iam;

pub(crate) const CASES: &[Case] = &[
    Case {
        operation: "AddRoleToInstanceProfile",
        fixture: iam::profile_and_role,
        input: r#"{"InstanceProfileName": "web", "RoleName": "ops"}"#,
        answer: Answer::Nothing,
        invalid: violates(
            r#"{"RoleName": "a b"}"#,
            "'a b' at 'roleName'",
            r#"Member must satisfy regular expression pattern: [\w+=,.@-]+"#,
        ),
        permissions: required(&[on("iam:AddRoleToInstanceProfile", "<profile-arn>"), on("iam:PassRole", "<role-arn>")]),
        audit: writes(&[]),
    },
    Case {
        operation: "CreateInstanceProfile",
        fixture: iam::no_entity,
        input: r#"{"InstanceProfileName": "web", "Tags": [{"Key": "color", "Value": "red"}]}"#,
        answer: member("InstanceProfile"),
        invalid: violates(
            r#"{"InstanceProfileName": "a b"}"#,
            "'a b' at 'instanceProfileName'",
            r#"Member must satisfy regular expression pattern: [\w+=,.@-]+"#,
        ),
        permissions: required(&[
            on("iam:CreateInstanceProfile", "<profile-arn>"),
            on("iam:TagInstanceProfile", "<profile-arn>"),
        ]),
        audit: writes(&[]),
    },
    Case {
        operation: "DeleteInstanceProfile",
        fixture: iam::profile,
        input: r#"{"InstanceProfileName": "web"}"#,
        answer: Answer::Nothing,
        invalid: violates(
            r#"{"InstanceProfileName": "a b"}"#,
            "'a b' at 'instanceProfileName'",
            r#"Member must satisfy regular expression pattern: [\w+=,.@-]+"#,
        ),
        permissions: required(&[on("iam:DeleteInstanceProfile", "<profile-arn>")]),
        audit: writes(&[]),
    },
    Case {
        operation: "GetInstanceProfile",
        fixture: iam::profile_of_role,
        input: r#"{"InstanceProfileName": "web"}"#,
        answer: member("InstanceProfile"),
        invalid: violates(
            r#"{"InstanceProfileName": "a b"}"#,
            "'a b' at 'instanceProfileName'",
            r#"Member must satisfy regular expression pattern: [\w+=,.@-]+"#,
        ),
        permissions: required(&[on("iam:GetInstanceProfile", "<profile-arn>")]),
        audit: reads(&[]),
    },
    Case {
        operation: "ListInstanceProfileTags",
        fixture: iam::profile,
        input: r#"{"InstanceProfileName": "web"}"#,
        answer: member("Tags"),
        invalid: refused(r#"{"Marker": "not a marker"}"#, "ValidationError", "Invalid Marker."),
        permissions: required(&[on("iam:ListInstanceProfileTags", "<profile-arn>")]),
        audit: reads(&[]),
    },
    Case {
        operation: "ListInstanceProfiles",
        fixture: iam::profile,
        input: "{}",
        answer: member("InstanceProfiles"),
        invalid: refused(r#"{"Marker": "not a marker"}"#, "ValidationError", "Invalid Marker."),
        permissions: required(&[on("iam:ListInstanceProfiles", "arn:aws:iam::000000000000:instance-profile/")]),
        audit: reads(&[]),
    },
    Case {
        operation: "ListInstanceProfilesForRole",
        fixture: iam::profile_of_role,
        input: r#"{"RoleName": "ops"}"#,
        answer: member("InstanceProfiles"),
        invalid: refused(r#"{"Marker": "not a marker"}"#, "ValidationError", "Invalid Marker."),
        permissions: required(&[on("iam:ListInstanceProfilesForRole", "<role-arn>")]),
        audit: reads(&[]),
    },
    Case {
        operation: "RemoveRoleFromInstanceProfile",
        fixture: iam::profile_of_role,
        input: r#"{"InstanceProfileName": "web", "RoleName": "ops"}"#,
        answer: Answer::Nothing,
        invalid: violates(
            r#"{"InstanceProfileName": "a b"}"#,
            "'a b' at 'instanceProfileName'",
            r#"Member must satisfy regular expression pattern: [\w+=,.@-]+"#,
        ),
        permissions: required(&[on("iam:RemoveRoleFromInstanceProfile", "<profile-arn>")]),
        audit: writes(&[]),
    },
    Case {
        operation: "TagInstanceProfile",
        fixture: iam::profile,
        input: r#"{"InstanceProfileName": "web", "Tags": [{"Key": "color", "Value": "red"}]}"#,
        answer: Answer::Nothing,
        invalid: refused(
            r#"{"Tags": [{"Key": "aws:color", "Value": "red"}]}"#,
            "InvalidInput",
            "Tag keys that begin with aws: are reserved.",
        ),
        permissions: required(&[on("iam:TagInstanceProfile", "<profile-arn>")]),
        audit: writes(&[]),
    },
    Case {
        operation: "UntagInstanceProfile",
        fixture: iam::profile,
        input: r#"{"InstanceProfileName": "web", "TagKeys": ["team"]}"#,
        answer: Answer::Nothing,
        invalid: violates(
            r#"{"TagKeys": [""]}"#,
            "'[]' at 'tagKeys'",
            r#"Member must satisfy constraint: [Member must have length less than or equal to 128, Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: [\p{L}\p{Z}\p{N}_.:/=+\-@]+]"#,
        ),
        permissions: required(&[on("iam:UntagInstanceProfile", "<profile-arn>")]),
        audit: writes(&[]),
    },
];
