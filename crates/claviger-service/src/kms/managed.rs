//! Keys that belong to a service: one for each account and region, made on first use (AWS KMS Developer Guide, "AWS managed
//! keys").

use claviger_store::tables::keys::{self as records, AliasRecord};
use claviger_types::{AccountId, KeyId};

use crate::error::Error;
use crate::operation::Cx;

use super::create_key::{add_first_material, new_record};
use super::keys::FoundKey;

/// The service whose key this release makes.
pub(crate) const SECRETS: &str = "secretsmanager";

/// The alias of its key.
pub(crate) const SECRETS_ALIAS: &str = "alias/aws/secretsmanager";

/// Secrets Manager's key of an account; absent until it is first used.
pub(crate) fn find(cx: &Cx<'_, '_>, account: &AccountId) -> Result<Option<FoundKey>, Error> {
    let Some(alias) = records::alias(cx.tx, account, SECRETS_ALIAS)? else { return Ok(None) };
    let record = records::key(cx.tx, account, &alias.target)?;
    let arn = alias.target.arn(cx.region(), account);
    Ok(record.map(|record| FoundKey { record, arn, alias: Some(alias.name) }))
}

/// Makes Secrets Manager's key of an account.
pub(crate) fn create(cx: &mut Cx<'_, '_>, account: &AccountId) -> Result<FoundKey, Error> {
    let id = KeyId::generate(cx.random, false);
    let mut record = new_record(cx, id.clone(), policy(cx, account));
    record.account = account.clone();
    record.description = "Default key that protects my Secrets Manager data when no other key is defined".to_owned();
    record.managed_by = Some(SECRETS.to_owned());
    add_first_material(cx, &mut record)?;
    records::save_key(cx.tx, &record)?;
    let alias = AliasRecord { name: SECRETS_ALIAS.to_owned(), target: id.clone(), created: cx.now, updated: cx.now };
    records::save_alias(cx.tx, account, &alias, None)?;
    Ok(FoundKey { record, arn: id.arn(cx.region(), account), alias: Some(alias.name) })
}

/// Whoever may use the service in this account may use the key through it, and in no other way.
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
