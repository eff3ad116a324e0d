//! Writing a version's value, for PutSecretValue and UpdateSecret. The version is new, or waits for its value from a rotation,
//! or was written by an earlier copy of the request.

use claviger_store::tables::secret_table::SecretRecord;

use claviger_core::authorize::Authorized;
use claviger_core::context::{Cx, RunCx};
use claviger_core::error::Error;
use claviger_core::operation::{Resolved, TargetError};

use super::value::Value;
use super::value_key::{self, ValueKey};
use super::vault;
use super::versions::{self, Token};

/// A value to be written under a token.
#[derive(Debug)]
pub(crate) struct Write {
    token: String,
    key: ValueKey,
    kind: Kind,
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    /// The value is stored under the secret's key.
    Store,
    /// The token was used: the value is compared with the stored one.
    Compare,
}

impl Write {
    /// Checks the token and finds the key for the value. `key_name` is the secret's key, present or new.
    pub(crate) fn plan(
        cx: &Cx<'_, '_>,
        record: &SecretRecord,
        key_name: Option<&str>,
        token: &str,
    ) -> Result<Resolved<Write>, TargetError> {
        let (key, kind) = match (versions::token(record, token), record.version(token)) {
            (Token::Used, Some(version)) => (value_key::of_version(cx, &record.arn, version)?, Kind::Compare),
            _ => (value_key::for_writing(cx, &record.arn, key_name, &[(value_key::STORE, token)])?, Kind::Store),
        };
        let token = token.to_owned();
        Ok(key.map(|key| Write { token, key, kind }))
    }

    /// Stores the value and adds it to the record, which the caller saves. Returns whether the record changed.
    pub(crate) fn perform(
        write: Authorized<Write>,
        cx: &mut RunCx<'_, '_>,
        record: &mut SecretRecord,
        value: &Value,
        labels: &[String],
    ) -> Result<bool, Error> {
        let token = write.token.clone();
        match write.kind {
            Kind::Store => {
                let key = ValueKey::ready(write.map(|write| write.key), cx)?;
                key.store(cx, &record.arn, &token, value)?;
                versions::store(cx, record, &token, labels, key.customer_arn())?;
                Ok(true)
            }
            Kind::Compare => {
                let key = write.as_ref().map(|write| &write.key.key);
                let stored = vault::open(cx, key, &record.arn, &token)?;
                if value.is(&stored) { Ok(false) } else { Err(versions::token_in_use(record, &token)) }
            }
        }
    }
}
