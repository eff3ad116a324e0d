//! The cost of a request with a key that has many grants, beside one that has none or one.

use std::path::Path;
use std::sync::Arc;

use serde_json::{Value, json};

use crate::call::{AccessKey, Call};
use crate::compare::{Contender, Slices, compare};
use crate::error::{Error, unexpected};
use crate::fill;
use crate::load::Requests;
use crate::subject::Subject;
use crate::table::{self, Out};
use crate::time;
use crate::workload::{PLAINTEXT, REGION, new_access_key};

const CONNECTIONS: usize = 16;
/// AWS's quota of grants for a key.
const MANY: u64 = 50_000;
const USER: &str = "grantee";

/// Writes the table.
///
/// # Errors
///
/// A call or a load fails.
pub fn run(binary: &Path, slices: Slices, out: Out<'_>) -> Result<(), Error> {
    let mut subject = Subject::in_memory(binary)?;
    subject.client.call(&Call::iam("CreateUser", &[("UserName", USER)]))?;
    let user = new_access_key(&mut subject.client, USER)?;
    let (none, one, many) = (new_key(&mut subject)?, new_key(&mut subject)?, new_key(&mut subject)?);
    subject.client.call(&grant(&one, 0))?;
    let begun = time::instant();
    let granted = many.clone();
    fill::run(&subject, MANY, move |n| grant(&granted, n), None)?;
    out(&format!(
        "\n`Decrypt` over {CONNECTIONS} connections, in memory. Making {MANY} grants on one key took {}. All of them are to one user, each for a \
         value of its own of the encryption context.",
        table::time(begun.elapsed())
    ))?;
    let rows = [
        ("root, a key without grants", &none, AccessKey::root()),
        ("root, a key with 50,000 grants", &many, AccessKey::root()),
        ("the grantee, a key with one grant", &one, user.clone()),
        ("the grantee, a key with 50,000 grants", &many, user),
    ];
    let requests = rows.iter().map(|(_, key, caller)| decrypt(&mut subject, key, caller));
    let requests = requests.collect::<Result<Vec<Requests>, Error>>()?;
    let contenders: Vec<Contender<'_>> = requests
        .into_iter()
        .map(|requests| Contender::new(&subject.address, requests, subject.server.as_ref()))
        .collect();
    let figures = compare(&contenders, CONNECTIONS, slices)?;
    table::head(out, &["Caller and key", "processor time of a request"])?;
    for ((name, _, _), figures) in rows.iter().zip(&figures) {
        table::row(out, &[(*name).to_owned(), table::time(figures.cpu_per_request())])?;
    }
    Ok(())
}

fn new_key(subject: &mut Subject) -> Result<Value, Error> {
    let made = subject.client.call(&Call::kms("CreateKey", &json!({})))?;
    made.pointer("/KeyMetadata/KeyId").cloned().ok_or_else(|| unexpected("a key without an id"))
}

fn grant(key: &Value, n: u64) -> Call {
    let body = json!({
        "KeyId": key,
        "GranteePrincipal": format!("arn:aws:iam::000000000000:user/{USER}"),
        "Operations": ["Decrypt"],
        "Constraints": {"EncryptionContextSubset": tenant(n)},
    });
    Call::kms("CreateGrant", &body)
}

fn tenant(n: u64) -> Value {
    json!({"tenant": n.to_string()})
}

/// Requests to decrypt what the first grant of the key allows.
fn decrypt(subject: &mut Subject, key: &Value, caller: &AccessKey) -> Result<Requests, Error> {
    let encrypt = json!({"KeyId": key, "Plaintext": PLAINTEXT, "EncryptionContext": tenant(0)});
    let sealed = subject.client.call(&Call::kms("Encrypt", &encrypt))?;
    let blob = sealed.get("CiphertextBlob").cloned().unwrap_or_default();
    let call = Call::kms("Decrypt", &json!({"CiphertextBlob": blob, "EncryptionContext": tenant(0)}));
    let (address, caller) = (subject.address.clone(), caller.clone());
    Ok(Arc::new(move |_, _| call.request(&address, REGION, &caller).into()))
}
