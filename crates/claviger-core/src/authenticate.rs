//! Authentication of a request: from the signature to a [`Caller`].

use claviger_sigv4::{Claim, Expect, Parts, Reason, Refusal};
use claviger_store::Tx;
use claviger_store::tables::iam_table::{self, AccessKeyRecord, Identity};
use claviger_types::{AccountId, Caller, CallerKind, FederatingUser, Sensitive, Timestamp};

use crate::error::Error;
use crate::node::Node;
use crate::service::{ServiceDefinition, Services};
use crate::session_token as token;
use crate::wire::RawRequest;

/// The caller that a credential proves, once its signature fits one of the secrets.
struct Credential {
    caller: Caller,
    /// One secret. A developer's account has two: `test` and the account's digits.
    secrets: Vec<Sensitive<String>>,
}

/// A request whose signature has the right form, date and scope, before its access key is looked up.
pub(crate) struct Claimed {
    claim: Claim,
    pub(crate) service: &'static ServiceDefinition,
}

/// A request, and its claim about its signer or the refusal of a claim that cannot be read. It is read once, for routing, for the form
/// of the answer and for authentication.
pub struct ClaimedRequest {
    pub(crate) request: RawRequest,
    pub(crate) claim: Result<Claim, Refusal>,
}

impl ClaimedRequest {
    /// Reads the claim of a request.
    pub fn read(request: RawRequest) -> ClaimedRequest {
        let claim = claviger_sigv4::claim(&parts(&request));
        ClaimedRequest { request, claim }
    }

    /// The request.
    pub fn request(&self) -> &RawRequest {
        &self.request
    }

    /// The request, to be forwarded as it is.
    pub fn into_request(self) -> RawRequest {
        self.request
    }

    /// The region and service of the credential scope, if the claim can be read.
    pub fn scope(&self) -> Option<(&str, &str)> {
        let claim = self.claim.as_ref().ok()?;
        Some((&claim.region, &claim.service))
    }
}

/// The first half of authentication. It does not read the store. The order of all checks is AWS's: form, clock, scope; then in
/// [`caller`] key, expiry, signature.
pub(crate) fn claim(
    node: &Node,
    request: &RawRequest,
    claim: Result<Claim, Refusal>,
    now: Timestamp,
) -> Result<Claimed, Error> {
    let claim = claim?;
    let service = target_service(node.services(), request, &claim)?;
    let expect = Expect {
        service: service.model.signing_name,
        now,
        window_secs: service.window_secs,
        presigned_secs: service.presigned_secs,
        region: own_region(node, service),
    };
    claviger_sigv4::check(&claim, &expect)?;
    Ok(Claimed { claim, service })
}

/// The second half: looks the access key up and verifies the signature. For an unknown key a signature is computed all the same, so that the time
/// of a refusal differs by the look-up of the key's owner alone; its code tells the two apart, as AWS's does.
pub(crate) fn caller(
    node: &Node,
    tx: &Tx<'_>,
    claimed: &Claimed,
    request: &RawRequest,
    now: Timestamp,
) -> Result<Caller, Error> {
    let (parts, claim) = (parts(request), &claimed.claim);
    let credential = match credential(node, tx, claim, now) {
        Ok(credential) => credential,
        Err(error) => {
            claviger_sigv4::verify_unknown_key(claim, &parts);
            return Err(error);
        }
    };
    verify_any(node, claim, &parts, &credential.secrets)?;
    Ok(credential.caller)
}

fn verify_any(node: &Node, claim: &Claim, parts: &Parts<'_>, secrets: &[Sensitive<String>]) -> Result<(), Error> {
    let mut outcome = Err(unknown_key());
    for secret in secrets {
        let keys = node.signing_keys();
        let key = keys.derive(&claim.access_key_id, secret.expose(), &claim.date, &claim.region, &claim.service);
        outcome = claviger_sigv4::verify(claim, parts, &key).map_err(Error::from);
        if outcome.is_ok() {
            break;
        }
    }
    outcome
}

/// The region and service of a request's credential scope, as far as it can be read.
pub fn scope(request: &RawRequest) -> Option<(String, String)> {
    let claim = claviger_sigv4::claim(&parts(request)).ok()?;
    Some((claim.region, claim.service))
}

pub(crate) fn parts(request: &RawRequest) -> Parts<'_> {
    Parts {
        method: &request.method,
        path: &request.path,
        query: &request.query,
        headers: &request.headers,
        body: &request.body,
    }
}

/// The service that the target header names. Without that header, the service that the credential scope names. The check of the
/// signature includes that they agree.
fn target_service(
    services: Services,
    request: &RawRequest,
    claim: &Claim,
) -> Result<&'static ServiceDefinition, Error> {
    if let Some(target) = request.header("x-amz-target") {
        return services.by_target(target).map(|(service, _)| service).ok_or(Error::UnknownOperation(None));
    }
    services.by_signing_name(&claim.service).ok_or(Error::UnknownOperation(None))
}

/// KMS and Secrets Manager answer only for their own region. IAM and STS are the same everywhere.
fn own_region<'a>(node: &'a Node, service: &ServiceDefinition) -> Option<&'a str> {
    service.is_json().then(|| node.region().as_str())
}

fn credential(node: &Node, tx: &Tx<'_>, claim: &Claim, now: Timestamp) -> Result<Credential, Error> {
    if let Some(token) = &claim.session_token {
        return session(node, tx, claim, token, now);
    }
    if let Some(account) = dev_root(node, &claim.access_key_id) {
        let secrets = ["test", claim.access_key_id.as_str()].map(|s| Sensitive::new(s.to_owned())).into();
        return Ok(Credential { caller: root(account, claim), secrets });
    }
    long_term(node, tx, claim)
}

fn session(node: &Node, tx: &Tx<'_>, claim: &Claim, token: &str, now: Timestamp) -> Result<Credential, Error> {
    let claims = token::open(node.keyring(), tx, token)?.ok_or_else(unknown_key)?;
    if claims.caller.access_key_id != claim.access_key_id {
        return Err(unknown_key());
    }
    if claims.caller.session.as_ref().is_none_or(|s| s.expires <= now) {
        return Err(refused(Reason::ExpiredToken, "The security token included in the request is expired"));
    }
    let caller = present(tx, claims.caller)?.ok_or_else(unknown_key)?;
    Ok(Credential { caller, secrets: vec![claims.secret] })
}

/// The caller of a session, or of earlier work, as it is now: a user under its present name. None if the user or role was deleted,
/// or was made again. Otherwise the caller would keep the permissions that resource policies and grants give to its name, id or
/// account.
pub(crate) fn present(tx: &Tx<'_>, mut caller: Caller) -> Result<Option<Caller>, Error> {
    match &mut caller.kind {
        CallerKind::Root | CallerKind::WebIdentity(_) | CallerKind::FederatedUser { user: None, .. } => {}
        CallerKind::User { path, name, id }
        | CallerKind::FederatedUser { user: Some(FederatingUser { path, name, id }), .. } => {
            let Some(user) = iam_table::user_with_id(tx, &caller.account, id, name)? else { return Ok(None) };
            (*path, *name) = (user.identity.path.clone(), user.identity.name.clone());
        }
        CallerKind::RoleSession { role, role_id, .. } => {
            let found = iam_table::role_shared(tx, &caller.account, role)?;
            if found.is_none_or(|found| found.identity.id != *role_id) {
                return Ok(None);
            }
        }
    }
    Ok(Some(caller))
}

fn long_term(node: &Node, tx: &Tx<'_>, claim: &Claim) -> Result<Credential, Error> {
    let key = iam_table::access_key_shared(tx, &claim.access_key_id)?.filter(|k| k.active && !k.secret.is_empty());
    let key = key.ok_or_else(unknown_key)?;
    if key.is_roots() {
        let secret = key.derived(|key| open_secret(node, key))?;
        let caller = root(key.account.clone(), claim);
        return Ok(Credential { caller, secrets: vec![Sensitive::clone(&secret)] });
    }
    let user = iam_table::user_shared(tx, &key.account, &key.user)?.filter(|u| u.identity.id == key.user_id);
    let user = user.ok_or_else(unknown_key)?;
    let Identity { account, path, name, id, .. } = &user.identity;
    let secret = key.derived(|key| open_secret(node, key))?;
    let kind = CallerKind::User { path: path.clone(), name: name.clone(), id: id.clone() };
    let caller = Caller { account: account.clone(), kind, access_key_id: key.id.clone(), session: None };
    Ok(Credential { caller, secrets: vec![Sensitive::clone(&secret)] })
}

fn open_secret(node: &Node, key: &AccessKeyRecord) -> Result<Sensitive<String>, Error> {
    let secret = node
        .keyring()
        .open_sealed(&[b"access-key", key.id.as_bytes()], &key.secret)
        .map_err(|_| Error::Internal(format!("the secret of access key {} does not open", key.id)))?;
    let secret = String::from_utf8(secret.to_vec())
        .map_err(|_| Error::Internal(format!("the secret of access key {} is not text", key.id)))?;
    Ok(Sensitive::new(secret))
}

/// In dev mode, `test` is the root of the developer's account, and twelve digits are the root of the account they name.
fn dev_root(node: &Node, access_key_id: &str) -> Option<AccountId> {
    if !node.facts().dev {
        return None;
    }
    if access_key_id == "test" { Some(AccountId::dev()) } else { AccountId::parse(access_key_id).ok() }
}

fn root(account: AccountId, claim: &Claim) -> Caller {
    Caller { account, kind: CallerKind::Root, access_key_id: claim.access_key_id.clone(), session: None }
}

fn unknown_key() -> Error {
    refused(Reason::UnknownKey, "The security token included in the request is invalid.")
}

fn refused(reason: Reason, message: &str) -> Error {
    Error::Signature(Refusal { reason, message: Some(message.to_owned()) })
}
