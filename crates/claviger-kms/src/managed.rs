//! Keys that belong to a service: one for each account and region, made on first use (AWS KMS Developer Guide, "AWS managed
//! keys").

use claviger_store::tables::key_table::{self, AliasRecord, Rotation};
use claviger_types::{AccountId, KeyId};

use claviger_core::context::Cx;
use claviger_core::error::Error;

use super::key_lookup::{FoundKey, alias_arn};
use super::materials::add_first_material;
use super::new_key::new_record;
use super::rotation::PERIOD_DAYS_DEFAULT;

/// The service whose key this release makes.
pub const SECRETS: &str = "secretsmanager";

/// The alias of its key.
pub const SECRETS_ALIAS: &str = "alias/aws/secretsmanager";

/// Secrets Manager's key of an account; absent until it is first used.
pub fn find(cx: &Cx<'_, '_>, account: &AccountId) -> Result<Option<FoundKey>, Error> {
    let Some(alias) = key_table::alias_shared(cx.tx, account, SECRETS_ALIAS)? else { return Ok(None) };
    let record = key_table::key_shared(cx.tx, account, &alias.target)?;
    let arn = alias.target.arn(cx.region(), account);
    Ok(record.map(|record| FoundKey { alias: Some(alias.name.clone()), ..FoundKey::new(record, arn) }))
}

/// Whether a name is that of Secrets Manager's key of the caller's account.
pub fn is_named(cx: &Cx<'_, '_>, name: &str) -> bool {
    name == SECRETS_ALIAS || name == alias_arn(cx, cx.account(), SECRETS_ALIAS)
}

/// Makes Secrets Manager's key of an account.
pub fn create(cx: &mut Cx<'_, '_>, account: &AccountId) -> Result<FoundKey, Error> {
    let key = draft(cx, account);
    save(cx, key)
}

/// Secrets Manager's key of an account as it would be made now, without material; nothing is written.
pub fn draft(cx: &Cx<'_, '_>, account: &AccountId) -> FoundKey {
    let id = KeyId::generate(cx.random, false);
    let mut record = new_record(cx, id.clone(), policy(cx, account));
    record.account = account.clone();
    record.description = "Default key that protects my Secrets Manager data when no other key is defined".to_owned();
    record.managed_by = Some(SECRETS.to_owned());
    // About once a year. No caller can change that.
    let next = cx.now.plus_days(PERIOD_DAYS_DEFAULT);
    record.rotation = Rotation { enabled: true, period_days: Some(PERIOD_DAYS_DEFAULT), next: Some(next) };
    FoundKey { alias: Some(SECRETS_ALIAS.to_owned()), ..FoundKey::new(record, id.arn(cx.region(), account)) }
}

/// Makes a key that was drafted.
pub fn save(cx: &mut Cx<'_, '_>, mut key: FoundKey) -> Result<FoundKey, Error> {
    let record = &mut key.record;
    add_first_material(cx, record)?;
    key_table::save_new_key(cx.tx, record)?;
    let (name, target) = (SECRETS_ALIAS.to_owned(), record.id.clone());
    let alias = AliasRecord { account: record.account.clone(), name, target, created: cx.now, updated: cx.now };
    key_table::save_alias(cx.tx, &alias)?;
    Ok(key)
}

/// The key's policy: a principal that may use the service in this account may use the key through it, and in no other way.
fn policy(cx: &Cx<'_, '_>, account: &AccountId) -> String {
    let service = format!("{SECRETS}.{}.amazonaws.com", cx.region());
    let root = account.root_arn(cx.partition());
    format!(
        r#"{{
  "Version" : "2012-10-17",
  "Id" : "auto-secretsmanager-2",
  "Statement" : [ {{
    "Sid" : "Allow access through AWS Secrets Manager for all principals in the account that are authorized to use AWS Secrets Manager",
    "Effect" : "Allow",
    "Principal" : {{
      "AWS" : "*"
    }},
    "Action" : [ "kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:CreateGrant", "kms:DescribeKey" ],
    "Resource" : "*",
    "Condition" : {{
      "StringEquals" : {{
        "kms:CallerAccount" : "{account}",
        "kms:ViaService" : "{service}"
      }}
    }}
  }}, {{
    "Sid" : "Allow access through AWS Secrets Manager for all principals in the account that are authorized to use AWS Secrets Manager",
    "Effect" : "Allow",
    "Principal" : {{
      "AWS" : "*"
    }},
    "Action" : "kms:GenerateDataKey*",
    "Resource" : "*",
    "Condition" : {{
      "StringEquals" : {{
        "kms:CallerAccount" : "{account}"
      }},
      "StringLike" : {{
        "kms:ViaService" : "{service}"
      }}
    }}
  }}, {{
    "Sid" : "Allow direct access to key metadata to the account",
    "Effect" : "Allow",
    "Principal" : {{
      "AWS" : "{root}"
    }},
    "Action" : [ "kms:Describe*", "kms:Get*", "kms:List*", "kms:RevokeGrant" ],
    "Resource" : "*"
  }} ]
}}"#
    )
}
