//! The data that a request gathers for its audit record: the resources that it accessed, and the calls that services made for
//! it.

use std::cell::{OnceCell, RefCell};

use claviger_crypto::EncryptionContext;
use claviger_store::Shared;
use claviger_store::tables::key_table::KeyRecord;
use claviger_types::{AccountId, Arn, KeySpec, MaterialId, Random};

use crate::error::Error;

use super::ServiceEvent;

/// The audit data of one run of a request. A run that is repeated after a conflict begins a new one.
#[derive(Debug)]
pub struct AuditContext {
    /// False in a region that keeps no records. Then the context stays empty.
    kept: bool,
    steps: RefCell<Steps>,
}

#[derive(Debug, Default)]
struct Steps {
    own: ResourceAccess,
    calls: Vec<RecordedCall>,
    events: Vec<ServiceEvent>,
}

/// The resources and key material of one call.
#[derive(Debug, Default)]
pub(crate) struct ResourceAccess {
    /// In the order of access.
    pub(crate) resources: Vec<Resource>,
    /// The material that opened a ciphertext.
    pub(crate) opened: Option<MaterialId>,
    /// The material that sealed one.
    pub(crate) sealed: Option<MaterialId>,
    /// The id of the grant that was made or retired.
    pub(crate) grant: Option<String>,
    /// Members of the verified attestation document, by the names of CloudTrail.
    pub(crate) recipient: Option<Box<[(&'static str, String)]>>,
    /// The keys that were used.
    used: Vec<UsedKey>,
    /// The spec of the key that a cryptographic operation asked for.
    spec: Option<KeySpec>,
    event_id: OnceCell<String>,
}

impl ResourceAccess {
    /// The id of the call's audit record.
    pub(crate) fn event_id(&self, random: &dyn Random) -> &str {
        self.event_id.get_or_init(|| random.event_id())
    }
}

/// A key that a cryptographic operation used.
#[derive(Debug)]
pub(crate) struct UsedKey {
    /// The key.
    pub(crate) record: Shared<KeyRecord>,
    /// The operation of KMS.
    pub(crate) operation: &'static str,
}

/// A resource that a call accessed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Resource {
    pub(crate) arn: String,
    /// The CloudFormation type. Records leave a resource without one out.
    pub(crate) kind: Option<&'static str>,
    pub(crate) owner: AccountId,
    /// Whether the resource exists and the caller may know of it. If not, a failed call's record leaves it out.
    pub(crate) certain: bool,
}

/// A call that has a record of its own beside the request's.
#[derive(Debug)]
pub(crate) struct RecordedCall {
    pub(crate) asked: Asked,
    pub(crate) access: ResourceAccess,
    pub(crate) refusal: Option<Refusal>,
}

/// What a call beside the request's own asked for.
#[derive(Debug)]
pub(crate) enum Asked {
    /// A service made it in the caller's name.
    ByService(ServiceCall),
    /// It is a part of the request, which the caller could have sent by itself.
    Part(PartialCall),
}

/// A read that is a part of a request for several: the value of one secret of BatchGetSecretValue.
#[derive(Debug, Clone)]
pub struct PartialCall {
    /// The service's name in credential scopes.
    pub service: &'static str,
    /// `GetSecretValue`
    pub operation: &'static str,
    /// The name and value of the parameter.
    pub parameter: (&'static str, String),
}

/// A call that a service makes to another service in the caller's name: to KMS, with a key.
#[derive(Debug, Clone)]
pub struct ServiceCall {
    /// The service that makes the call: `secretsmanager.amazonaws.com`.
    pub invoked_by: &'static str,
    /// The service that is called: `kms.amazonaws.com`.
    pub event_source: &'static str,
    /// `Decrypt`
    pub operation: &'static str,
    /// The key, as the call names it.
    pub key: String,
    /// The encryption context that the service gave.
    pub context: EncryptionContext,
    /// The name and value of the request's other parameter: `keySpec`, `encryptionAlgorithm`.
    pub parameter: (&'static str, &'static str),
}

/// How a call failed: its code, and its text if there is one.
#[derive(Debug, Clone)]
pub(crate) struct Refusal {
    pub(crate) code: &'static str,
    pub(crate) text: Option<String>,
}

impl AuditContext {
    /// An empty context. `kept` is whether the region keeps records.
    pub(crate) fn new(kept: bool) -> AuditContext {
        AuditContext { kept, steps: RefCell::default() }
    }

    /// Notes a resource that the request accesses. A text that is not the ARN of a single resource is left out.
    pub fn record_resource(&self, arn: &(impl ToString + ?Sized), owner: &AccountId, certain: bool) {
        if !self.kept {
            return;
        }
        let arn = arn.to_string();
        let resources = &mut self.steps.borrow_mut().own.resources;
        if let Some(known) = resources.iter_mut().find(|resource| resource.arn == arn) {
            known.certain |= certain;
            return;
        }
        let kind = kind(&arn);
        if kind.is_some() {
            resources.push(Resource { arn, kind, owner: owner.clone(), certain });
        }
    }

    /// Notes that an operation of KMS has used a key, for GetKeyLastUsage.
    pub fn used_key(&self, record: &Shared<KeyRecord>, operation: &'static str) {
        self.steps.borrow_mut().own.used.push(UsedKey { record: record.clone(), operation });
    }

    /// The keys that were used, each with the call that used it.
    pub(crate) fn each_used_key(&self, mut note: impl FnMut(&UsedKey, &ResourceAccess)) {
        let steps = self.steps.borrow();
        let calls = steps.calls.iter().map(|call| &call.access);
        for access in calls.chain([&steps.own]) {
            access.used.iter().for_each(|used| note(used, access));
        }
    }

    /// Notes the spec of the key that the request asks for, whether or not it can be used. Request quotas depend on it.
    pub fn asked_for_spec(&self, spec: KeySpec) {
        self.steps.borrow_mut().own.spec.get_or_insert(spec);
    }

    /// Notes the spec of the key pair that the request makes. It counts in place of that of the key which encrypts the pair.
    pub fn makes_pair_of(&self, spec: KeySpec) {
        self.steps.borrow_mut().own.spec = Some(spec);
    }

    /// The spec of the key that the request itself asks for.
    pub(crate) fn spec_asked_for(&self) -> Option<KeySpec> {
        self.steps.borrow().own.spec
    }

    /// Notes the material that opened a ciphertext.
    pub fn opened(&self, material: MaterialId) {
        self.steps.borrow_mut().own.opened = Some(material);
    }

    /// Notes the material that encrypted a plaintext.
    pub fn sealed(&self, material: MaterialId) {
        self.steps.borrow_mut().own.sealed = Some(material);
    }

    /// Notes the grant that the request makes or retires: its id is not among the parameters.
    pub fn grant(&self, id: &str) {
        self.steps.borrow_mut().own.grant = Some(id.to_owned());
    }

    /// Notes members of the verified attestation document of a request's recipient, by the names of CloudTrail.
    pub fn recipient(&self, members: impl FnOnce() -> Vec<(&'static str, String)>) {
        if self.kept {
            self.steps.borrow_mut().own.recipient = Some(members().into());
        }
    }

    /// Makes a call for the caller. Resources that it accesses are recorded for this call and not for the request. `asked` describes
    /// the call, and is used only if records are kept.
    pub fn call<T>(
        &self,
        asked: impl FnOnce() -> ServiceCall,
        work: impl FnOnce() -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.beside(|| Asked::ByService(asked()), work)
    }

    /// Does a part of the request, which has a record of its own with the resources that it accesses.
    pub fn part<T>(
        &self,
        asked: impl FnOnce() -> PartialCall,
        work: impl FnOnce() -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.beside(|| Asked::Part(asked()), work)
    }

    fn beside<T>(&self, asked: impl FnOnce() -> Asked, work: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
        if !self.kept {
            return work();
        }
        let (access, outcome) = self.apart(work);
        let (asked, refusal) = (asked(), outcome.as_ref().err().map(Refusal::of));
        self.steps.borrow_mut().calls.push(RecordedCall { asked, access, refusal });
        outcome
    }

    /// Notes an event that the request's change brings about. It is recorded if the request succeeds.
    pub fn event(&self, event: ServiceEvent) {
        if self.kept {
            self.steps.borrow_mut().events.push(event);
        }
    }

    pub(crate) fn each_event(&self, note: impl FnMut(&ServiceEvent)) {
        self.steps.borrow().events.iter().for_each(note);
    }

    /// Notes a call that failed before it was made, for example because its key was not found.
    pub(crate) fn record_failure(&self, asked: ServiceCall, refusal: Refusal) {
        if !self.kept {
            return;
        }
        let (access, refusal) = (ResourceAccess::default(), Some(refusal));
        let asked = Asked::ByService(asked);
        self.steps.borrow_mut().calls.push(RecordedCall { asked, access, refusal });
    }

    /// Notes a call that a service was to make and that the caller has no permission for.
    pub(crate) fn denied(&self, asked: ServiceCall, owner: &AccountId, text: String) {
        if !self.kept {
            return;
        }
        let kind = kind(&asked.key);
        let resource = Resource { arn: asked.key.clone(), kind, owner: owner.clone(), certain: true };
        let access = ResourceAccess { resources: vec![resource], ..ResourceAccess::default() };
        let refusal = Some(Refusal::of(&Error::Denied(text)));
        let asked = Asked::ByService(asked);
        self.steps.borrow_mut().calls.push(RecordedCall { asked, access, refusal });
    }

    fn apart<T>(&self, work: impl FnOnce() -> T) -> (ResourceAccess, T) {
        let own = std::mem::take(&mut self.steps.borrow_mut().own);
        let outcome = work();
        let access = std::mem::replace(&mut self.steps.borrow_mut().own, own);
        (access, outcome)
    }

    /// Reads the request's own accesses, and the calls that were made for it.
    pub(crate) fn read<T>(&self, read: impl FnOnce(&ResourceAccess, &[RecordedCall]) -> T) -> T {
        let Steps { own, calls, .. } = &*self.steps.borrow();
        read(own, calls)
    }
}

impl Refusal {
    /// The error's code and text, as CloudTrail shows them.
    pub(crate) fn of(error: &Error) -> Refusal {
        let (code, text) = match error {
            Error::Service { info, message } => (info.code, message.clone()),
            Error::Denied(text) => ("AccessDenied", Some(text.clone())),
            Error::Validation(text) => ("ValidationException", Some(text.clone())),
            Error::Serialization(text) => ("SerializationException", text.clone()),
            Error::UnknownOperation(text) => ("UnknownOperationException", text.clone()),
            Error::Signature(_) => ("InvalidSignatureException", None),
            Error::Throttled | Error::RateExceeded => ("ThrottlingException", None),
            _ if error.is_conflict() => ("ThrottlingException", None),
            Error::Store(_) | Error::Internal(_) | Error::Panicked { .. } => ("InternalFailure", None),
        };
        Refusal { code, text }
    }
}

/// The CloudFormation type of an ARN's resource. None if the ARN is not of a single resource, or if records do not show its
/// type.
fn kind(arn: &str) -> Option<&'static str> {
    let arn = Arn::parse(arn).ok().filter(|arn| !arn.resource.contains('*'))?;
    let is = |prefix: &str| arn.resource.strip_prefix(prefix).is_some_and(|name| !name.is_empty());
    match arn.service {
        "kms" if is("key/") => Some("AWS::KMS::Key"),
        "kms" if is("alias/") => Some("AWS::KMS::Alias"),
        "secretsmanager" if is("secret:") => Some("AWS::SecretsManager::Secret"),
        "iam" if is("role/") => Some("AWS::IAM::Role"),
        _ => None,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use claviger_model::kms::error;

    const KEY: &str = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    const SECRET: &str = "arn:aws:secretsmanager:us-east-1:111122223333:secret:s-a1B2c3";

    fn owner() -> AccountId {
        AccountId::parse("111122223333").unwrap()
    }

    fn asked(operation: &'static str) -> ServiceCall {
        ServiceCall {
            invoked_by: "secretsmanager.amazonaws.com",
            event_source: "kms.amazonaws.com",
            operation,
            key: KEY.to_owned(),
            context: EncryptionContext::new(),
            parameter: ("encryptionAlgorithm", "SYMMETRIC_DEFAULT"),
        }
    }

    #[test]
    fn what_a_call_touches_is_its_own() {
        let audit = AuditContext::new(true);
        audit.record_resource(SECRET, &owner(), true);
        let outcome = audit.call(
            || asked("Decrypt"),
            || {
                audit.record_resource(KEY, &owner(), true);
                audit.opened(MaterialId([7; 32]));
                Ok(())
            },
        );
        assert!(outcome.is_ok());
        let Steps { own, calls, .. } = audit.steps.into_inner();
        assert_eq!(own.resources.iter().map(|r| r.arn.as_str()).collect::<Vec<_>>(), [SECRET]);
        assert_eq!((own.opened, calls.len()), (None, 1));
        assert_eq!(calls[0].access.resources[0].arn, KEY);
        assert_eq!(calls[0].access.opened, Some(MaterialId([7; 32])));
        assert!(calls[0].refusal.is_none());
    }

    #[test]
    fn a_call_that_fails_before_it_is_made_is_noted() {
        let audit = AuditContext::new(true);
        audit.record_failure(asked("Decrypt"), Refusal::of(&Error::new(error::NOT_FOUND_EXCEPTION, "gone")));
        let Steps { calls, .. } = audit.steps.into_inner();
        let refusal = calls[0].refusal.clone().unwrap();
        assert_eq!((refusal.code, refusal.text.as_deref()), ("NotFoundException", Some("gone")));
    }

    #[test]
    fn a_thing_is_noted_once() {
        let audit = AuditContext::new(true);
        for certain in [false, true, false] {
            audit.record_resource(KEY, &owner(), certain);
        }
        let Steps { own, .. } = audit.steps.into_inner();
        assert_eq!(
            own.resources,
            [Resource { arn: KEY.to_owned(), kind: Some("AWS::KMS::Key"), owner: owner(), certain: true }]
        );
    }

    #[test]
    fn nothing_is_gathered_where_no_records_are_kept() {
        let audit = AuditContext::new(false);
        audit.record_resource(SECRET, &owner(), true);
        assert!(audit.call(|| asked("Decrypt"), || Ok(())).is_ok());
        audit.record_failure(asked("Decrypt"), Refusal::of(&Error::Denied("no".to_owned())));
        audit.denied(asked("Decrypt"), &owner(), "no".to_owned());
        let Steps { own, calls, .. } = audit.steps.into_inner();
        assert!(own.resources.is_empty() && calls.is_empty());
    }

    #[test]
    fn kinds() {
        assert_eq!(kind(KEY), Some("AWS::KMS::Key"));
        assert_eq!(kind(SECRET), Some("AWS::SecretsManager::Secret"));
        assert_eq!(kind("arn:aws:kms:us-east-1:111122223333:alias/a"), Some("AWS::KMS::Alias"));
        assert_eq!(kind("arn:aws:iam::111122223333:role/team/ops"), Some("AWS::IAM::Role"));
        for other in ["*", "s", "arn:aws:iam::111122223333:role/", "arn:aws:kms:us-east-1:111122223333:key/*"] {
            assert_eq!(kind(other), None, "{other}");
        }
    }
}
