//! Writing a version's value, for PutSecretValue and UpdateSecret: a new version, one that a rotation waits for, or one that was
//! written before.

use claviger_store::tables::secrets::SecretRecord;

use claviger_core::authorize::RequiredPermission;
use claviger_core::context::Cx;
use claviger_core::error::Error;
use claviger_kms::keys::FoundKey;

use super::value::Value;
use super::vault::{self, VaultKey};
use super::versions::{self, Token};

/// What writing a value under a token comes to.
#[derive(Debug)]
pub(crate) struct Write {
    token: String,
    way: Way,
}

#[derive(Debug)]
enum Way {
    /// The value is stored under the secret's key.
    Store(VaultKey),
    /// The token was used: the value is compared with the one that is stored under this key.
    Compare(FoundKey),
}

impl Write {
    /// Looks at the token and finds the key that it leads to. `key_name` is the secret's key, as it is or as it will be.
    pub(crate) fn plan(
        cx: &Cx<'_, '_>,
        record: &SecretRecord,
        key_name: Option<&str>,
        token: &str,
    ) -> Result<Write, Error> {
        let way = match (versions::token(record, token), record.version(token)) {
            (Token::Used, Some(version)) => Way::Compare(vault::key_of(cx, &record.arn, version)?),
            _ => Way::Store(VaultKey::find(cx, &record.arn.account, key_name)?),
        };
        Ok(Write { token: token.to_owned(), way })
    }

    /// What the caller needs on the key.
    pub(crate) fn permissions(&self, cx: &Cx<'_, '_>, record: &SecretRecord) -> Result<Vec<RequiredPermission>, Error> {
        match &self.way {
            Way::Store(key) => key.permissions(cx, &vault::STORE, &record.arn, &self.token),
            Way::Compare(key) => vault::read_permissions(cx, key, &record.arn, &self.token),
        }
    }

    /// Stores the value and notes it in the record, which the caller saves; says whether there was anything to do.
    pub(crate) fn perform(
        self,
        cx: &mut Cx<'_, '_>,
        record: &mut SecretRecord,
        value: &Value,
        labels: &[String],
    ) -> Result<bool, Error> {
        let Write { token, way } = self;
        match way {
            Way::Store(key) => {
                let key = key.ready(cx, &record.arn.account)?;
                key.store(cx, &record.arn, &token, value)?;
                versions::store(cx, record, &token, labels, key.customer_arn())?;
                Ok(true)
            }
            Way::Compare(key) => {
                let stored = vault::open(cx, &key, &record.arn, &token)?;
                if value.is(&stored) { Ok(false) } else { Err(versions::token_in_use(record, &token)) }
            }
        }
    }
}
