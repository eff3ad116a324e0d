//! Users, groups, roles, policies and access keys.

use claviger_types::Timestamp;

use super::*;
use crate::tables::access_report_table::{
    AccessReportRecord, EntityUse, ReportedEntitiesRecord, ReportedEntity, ReportedService, ReportedUse,
};
use crate::tables::account_alias_table::{AccountAliasRecord, AliasedAccount};
use crate::tables::group_table::{GroupIdRecord, GroupMemberRecord, GroupRecord};
use crate::tables::iam_table::{
    AccessKeyName, AccessKeyRecord, EntityKind, Identity, InlinePolicy, PolicyRecord, PolicyUseRecord, RoleRecord,
    UserName, UserRecord,
};
use crate::tables::identity_provider_table::{OidcProviderRecord, SamlProviderRecord};
use crate::tables::instance_profile_table::{InstanceProfileName, InstanceProfileRecord};
use crate::tables::last_use_table::{LastUseRecord, ServiceUse, UsedPrincipal};
use crate::tables::policy_version_table::PolicyVersionRecord;

pub(super) const CHECKS: &[Check] = &[
    || check(&[UserRecord { identity: identity(), groups: vec!["AGPAEXAMPLE".to_owned(), "AGPAOTHER".to_owned()] }]),
    || check(&[GroupRecord { identity: identity() }]),
    || check(&[GroupIdRecord { id: "AGPAEXAMPLE".to_owned() }]),
    || check(&[GroupMemberRecord { user: "Ana".to_owned() }]),
    || check(&[role()]),
    || {
        check(&[
            InstanceProfileRecord { identity: identity(), role: Some("ops".to_owned()) },
            InstanceProfileRecord { identity: identity(), role: None },
        ])
    },
    || check(&[InstanceProfileName { name: "web".to_owned() }]),
    || check(&[oidc_provider()]),
    || check(&[saml_provider()]),
    || check(&[AccountAliasRecord { account: account(), alias: "example-team".to_owned() }]),
    || check(&[AliasedAccount { account: account() }]),
    || check(&[policy()]),
    || check(&[version()]),
    || check(&[access_key()]),
    || check(&[AccessKeyName { id: "AKIAEXAMPLE".to_owned() }]),
    || check(&[UserName { name: "ana".to_owned() }]),
    || {
        check(&[
            policy_use(EntityKind::User, false),
            policy_use(EntityKind::Role, true),
            policy_use(EntityKind::Group, false),
        ])
    },
    || {
        check(&[
            last_use(used_role(), Vec::new()),
            last_use(UsedPrincipal::AccessKey { id: "AKIAEXAMPLE".to_owned() }, vec![other_use()]),
            last_use(used_user(), vec![other_use()]),
        ])
    },
    || check(&[access_report()]),
    || check(&[reported_entities()]),
];

fn identity() -> Identity {
    Identity {
        account: account(),
        name: "Ana".to_owned(),
        path: "/team/".to_owned(),
        id: "AIDAEXAMPLE".to_owned(),
        created: Timestamp(1_795_532_645_123),
        tags: tags(),
        attached: vec!["arn:aws:iam::aws:policy/ReadOnlyAccess".to_owned()],
        inline: vec![InlinePolicy { name: "own".to_owned(), document: document() }],
        boundary: Some("arn:aws:iam::111122223333:policy/edge".to_owned()),
    }
}

fn role() -> RoleRecord {
    RoleRecord {
        identity: identity(),
        trust: r#"{"Version":"2012-10-17","Statement":[]}"#.into(),
        description: Some("on call".to_owned()),
        max_session_secs: 43_200,
        bound: bound(),
    }
}

fn oidc_provider() -> OidcProviderRecord {
    OidcProviderRecord {
        account: account(),
        url: "issuer.example/path".to_owned(),
        client_ids: vec!["sts.amazonaws.com".to_owned()],
        thumbprints: vec!["ab".repeat(20)],
        created: Timestamp(1_795_532_645_123),
        tags: tags(),
    }
}

fn saml_provider() -> SamlProviderRecord {
    SamlProviderRecord {
        account: account(),
        name: "corp".to_owned(),
        id: "SAMLEXAMPLE".to_owned(),
        metadata: "<EntityDescriptor/>".to_owned(),
        created: Timestamp(1_795_532_645_123),
        valid_until: Timestamp(1_795_532_646_123),
        tags: tags(),
    }
}

fn policy() -> PolicyRecord {
    PolicyRecord {
        account: account(),
        name: "reader".to_owned(),
        path: "/team/".to_owned(),
        id: "ANPAEXAMPLE".to_owned(),
        created: Timestamp(1_795_532_645_123),
        updated: Timestamp(1_795_532_646_123),
        description: Some("may read".to_owned()),
        tags: tags(),
        default_version: 3,
        document: document(),
        next_version: 300,
    }
}

fn version() -> PolicyVersionRecord {
    PolicyVersionRecord {
        account: account(),
        policy_id: "ANPAEXAMPLE".to_owned(),
        number: 299,
        document: document().text().to_owned(),
        created: Timestamp(1_795_532_645_123),
    }
}

fn access_key() -> AccessKeyRecord {
    AccessKeyRecord {
        id: "AKIAEXAMPLE".to_owned(),
        account: account(),
        user: "Ana".to_owned(),
        user_id: "AIDAEXAMPLE".to_owned(),
        created: Timestamp(1_795_532_645_123),
        active: true,
        secret: vec![1, 2, 3],
    }
}

fn policy_use(kind: EntityKind, boundary: bool) -> PolicyUseRecord {
    PolicyUseRecord { kind, name: "Ana".to_owned(), id: "AIDAEXAMPLE".to_owned(), boundary }
}

fn used_role() -> UsedPrincipal {
    UsedPrincipal::Role { account: account(), name: "ops".to_owned(), id: "AROAEXAMPLE".to_owned() }
}

fn used_user() -> UsedPrincipal {
    UsedPrincipal::User { account: account(), name: "Ana".to_owned(), id: "AIDAEXAMPLE".to_owned() }
}

fn last_use(principal: UsedPrincipal, others: Vec<ServiceUse>) -> LastUseRecord {
    LastUseRecord { principal, at: Timestamp(1_795_532_645_123), region: there(), service: "kms".to_owned(), others }
}

fn other_use() -> ServiceUse {
    ServiceUse { at: Timestamp(1_795_532_640_123), region: there(), service: "sts".to_owned() }
}

fn access_report() -> AccessReportRecord {
    let used = ReportedUse {
        at: Timestamp(1_795_532_645_123),
        region: there(),
        entity: "arn:aws:iam::111122223333:user/Ana".to_owned(),
    };
    AccessReportRecord {
        job: "6f8a1c2e-0000-4000-8000-000000000000".to_owned(),
        maker: "AIDAOTHER".to_owned(),
        by_action: true,
        created: Timestamp(1_795_532_646_123),
        services: vec![
            ReportedService { namespace: "kms".to_owned(), latest: Some(used), entities: 2 },
            ReportedService { namespace: "sts".to_owned(), latest: None, entities: 0 },
        ],
    }
}

fn reported_entities() -> ReportedEntitiesRecord {
    let entity =
        |kind, name: &str, id: &str, uses| ReportedEntity { kind, name: name.to_owned(), id: id.to_owned(), uses };
    let used = EntityUse { service: "kms".to_owned(), at: Timestamp(1_795_532_645_123) };
    ReportedEntitiesRecord {
        entities: vec![
            entity(EntityKind::User, "Ana", "AIDAEXAMPLE", vec![used]),
            entity(EntityKind::Role, "ops", "AROAEXAMPLE", Vec::new()),
        ],
    }
}
