//! The operations that are measured, and what a server must hold for them.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde_json::{Value, json};

use crate::call::{AccessKey, Call};
use crate::client::Client;
use crate::error::{Error, unexpected};
use crate::time;

/// The measured region: the home of IAM in `claviger dev`.
pub const REGION: &str = "us-east-1";
/// Another region of the same process, for replicas and for load that must not disturb the measured one.
pub const OTHER_REGION: &str = "eu-west-1";

/// 32 bytes in base64.
pub(crate) const PLAINTEXT: &str = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";
/// How many secrets PutSecretValue writes.
pub(crate) const WRITTEN: u64 = 1000;
/// Aliases of the account, so that ListAliases has something to list.
const ALIASES: usize = 10;
/// AWS's quota of managed policies for a user.
const POLICIES: usize = 10;

/// An operation that is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are AWS's")]
pub enum Workload {
    Encrypt,
    Decrypt,
    GenerateDataKey,
    GetSecretValue,
    DescribeKey,
    ListAliases,
    DescribeSecret,
    GetCallerIdentity,
    CreateKey,
    PutSecretValue,
}

impl Workload {
    /// The operations of the tables of reads.
    pub const READS: [Workload; 7] = [
        Workload::Encrypt,
        Workload::Decrypt,
        Workload::GenerateDataKey,
        Workload::GetSecretValue,
        Workload::DescribeKey,
        Workload::ListAliases,
        Workload::DescribeSecret,
    ];
}

/// What a server holds for the operations.
#[derive(Clone)]
pub struct Fixtures {
    /// The name of the secret that is read, and the beginning of the aliases' names.
    name: String,
    key: Value,
    /// The key that the aliases name.
    aliased: Value,
    ciphertext: Value,
    /// An IAM user with ten managed policies, of which the last allows everything. Only after [`Fixtures::with_user`].
    pub user: Option<AccessKey>,
}

impl Fixtures {
    /// Makes a key, a ciphertext, aliases and a secret.
    ///
    /// # Errors
    ///
    /// A call fails.
    pub fn make(client: &mut Client) -> Result<Fixtures, Error> {
        // A server that was there before may have those of an earlier measurement.
        let name = format!("bench-{}", time::now().0);
        let mut new_key = || {
            let made = client.call(&Call::kms("CreateKey", &json!({"Description": name})))?;
            made.pointer("/KeyMetadata/KeyId").cloned().ok_or_else(|| unexpected("a key without an id"))
        };
        // The key that is used has no alias. A policy that names `kms:ResourceAliases` would have them read on each call.
        let (key, aliased) = (new_key()?, new_key()?);
        let encrypt = Call::kms("Encrypt", &json!({"KeyId": key, "Plaintext": PLAINTEXT}));
        let encrypted = client.call(&encrypt)?;
        let ciphertext = encrypted.get("CiphertextBlob").cloned().unwrap_or_default();
        let fixtures = Fixtures { name, key, aliased, ciphertext, user: None };
        for n in 0..ALIASES {
            let body = json!({"AliasName": fixtures.alias(n), "TargetKeyId": fixtures.aliased});
            client.call(&Call::kms("CreateAlias", &body))?;
        }
        client.call(&fixtures.new_secret(&fixtures.name))?;
        Ok(fixtures)
    }

    /// Deletes what [`Fixtures::make`] has made. The server deletes the keys after seven days.
    ///
    /// # Errors
    ///
    /// A call fails.
    pub fn delete(&self, client: &mut Client) -> Result<(), Error> {
        let secret = json!({"SecretId": self.name, "ForceDeleteWithoutRecovery": true});
        client.call(&Call::secrets("DeleteSecret", &secret))?;
        for n in 0..ALIASES {
            client.call(&Call::kms("DeleteAlias", &json!({"AliasName": self.alias(n)})))?;
        }
        for key in [&self.key, &self.aliased] {
            client.call(&Call::kms("ScheduleKeyDeletion", &json!({"KeyId": key, "PendingWindowInDays": 7})))?;
        }
        Ok(())
    }

    fn alias(&self, n: usize) -> String {
        format!("alias/{}-{n}", self.name)
    }

    pub(crate) fn new_secret(&self, name: &str) -> Call {
        let body = json!({"Name": name, "SecretString": "a secret value", "KmsKeyId": self.key, "ClientRequestToken": token()});
        Call::secrets("CreateSecret", &body)
    }

    /// Makes the IAM user.
    ///
    /// # Errors
    ///
    /// A call fails, or the user may not call within ten seconds.
    pub fn with_user(mut self, client: &mut Client) -> Result<Fixtures, Error> {
        let user = ("UserName", "bench");
        client.call(&Call::iam("CreateUser", &[user]))?;
        for n in 1..=POLICIES {
            let name = format!("bench-{n}");
            let document = policy(n).to_string();
            client.call(&Call::iam("CreatePolicy", &[("PolicyName", &name), ("PolicyDocument", &document)]))?;
            let arn = format!("arn:aws:iam::000000000000:policy/{name}");
            client.call(&Call::iam("AttachUserPolicy", &[user, ("PolicyArn", &arn)]))?;
        }
        let key = new_access_key(client, "bench")?;
        let root = std::mem::replace(&mut client.key, key.clone());
        let begun = time::instant();
        while let Err(error) = client.call(&self.call(Workload::Decrypt)) {
            if begun.elapsed() > Duration::from_secs(10) {
                return Err(error);
            }
        }
        client.key = root;
        self.user = Some(key);
        Ok(self)
    }

    /// A call of an operation. PutSecretValue needs the secrets that `fill` makes for it.
    pub fn call(&self, operation: Workload) -> Call {
        let key = &self.key;
        match operation {
            Workload::Encrypt => Call::kms("Encrypt", &json!({"KeyId": key, "Plaintext": PLAINTEXT})),
            Workload::Decrypt => Call::kms("Decrypt", &json!({"CiphertextBlob": self.ciphertext})),
            Workload::GenerateDataKey => Call::kms("GenerateDataKey", &json!({"KeyId": key, "KeySpec": "AES_256"})),
            Workload::GetSecretValue => Call::secrets("GetSecretValue", &json!({"SecretId": self.name})),
            Workload::DescribeKey => Call::kms("DescribeKey", &json!({"KeyId": key})),
            Workload::ListAliases => Call::kms("ListAliases", &json!({})),
            Workload::DescribeSecret => Call::secrets("DescribeSecret", &json!({"SecretId": self.name})),
            Workload::GetCallerIdentity => Call::query("sts", "GetCallerIdentity", "2011-06-15", &[]),
            Workload::CreateKey => Call::kms("CreateKey", &json!({})),
            Workload::PutSecretValue => {
                let (n, token) = numbered_token();
                let body =
                    json!({"SecretId": written(n), "SecretString": "another value", "ClientRequestToken": token});
                Call::secrets("PutSecretValue", &body)
            }
        }
    }
}

/// The name of a secret that PutSecretValue writes. A secret can have 100 versions in a day, and concurrent writes to one secret
/// conflict, so the writes go around many secrets.
pub(crate) fn written(n: u64) -> String {
    format!("written-{}", n % WRITTEN)
}

/// A client request token that this process has not used yet. Claviger and AWS take a repeated token for a retry.
pub(crate) fn token() -> String {
    numbered_token().1
}

fn numbered_token() -> (u64, String) {
    static USED: AtomicU64 = AtomicU64::new(1);
    let n = USED.fetch_add(1, Ordering::Relaxed);
    (n, format!("00000000-0000-4000-8000-{n:012x}"))
}

/// A policy as they are in use: some statements with resources and conditions. The last one allows everything.
fn policy(n: usize) -> Value {
    if n == POLICIES {
        return json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]});
    }
    let bucket = format!("arn:aws:s3:::bench-{n}");
    json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket"], "Resource": [bucket, format!("{bucket}/*")]},
        {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": format!("arn:aws:kms:*:000000000000:alias/bench-{n}"),
         "Condition": {"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}}},
        {"Effect": "Deny", "Action": "iam:*", "Resource": "*", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "false"}}}
    ]})
}

/// Makes an access key of an IAM user.
pub(crate) fn new_access_key(client: &mut Client, user: &str) -> Result<AccessKey, Error> {
    let made = client.call(&Call::iam("CreateAccessKey", &[("UserName", user)]))?;
    let text = made.as_str().unwrap_or_default();
    Ok(AccessKey { id: element(text, "AccessKeyId")?, secret: element(text, "SecretAccessKey")? })
}

fn element(xml: &str, name: &str) -> Result<String, Error> {
    let inner = xml.split_once(&format!("<{name}>")).and_then(|(_, rest)| rest.split_once("</"));
    Ok(inner.ok_or_else(|| unexpected(format!("an answer without {name}")))?.0.to_owned())
}
