//! The smallest policy that a principal's successful calls justify.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::record::{AuditRecord, entity_name};

/// The version of the policy language.
const VERSION: &str = "2012-10-17";

/// Calls that need no permission.
const FREE: [&str; 4] =
    ["sts:GetCallerIdentity", "sts:GetSessionToken", "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity"];

/// Collects the calls of one user or role from the records of a trail.
#[derive(Debug)]
pub struct LeastPrivilege {
    /// An ARN or a name.
    principal: String,
    /// The permissions of each principal that the text names, by its ARN.
    found: BTreeMap<String, Permissions>,
}

/// The resources that an action was done to, by the service that did it in the principal's name.
type Permissions = BTreeMap<(Option<String>, String), BTreeSet<String>>;

/// The principals that a text names, if it is not one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principals(pub Vec<String>);

/// Why there is no document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoDocument {
    /// No successful call of such a user or role.
    #[error("the files have no successful call of such a user or role")]
    NoCalls,
    /// Such calls as need no permission.
    #[error("the calls of this user or role need no permission")]
    NothingNeeded,
    /// A name of several.
    #[error("several principals have this name: {}", .0.0.join(", "))]
    Several(Principals),
}

impl LeastPrivilege {
    /// For a user or role, by its ARN or name, or a session, by its ARN.
    pub fn of(principal: &str) -> LeastPrivilege {
        LeastPrivilege { principal: principal.to_owned(), found: BTreeMap::new() }
    }

    /// Adds the permissions of a record, if it is of a successful call of the principal.
    pub fn add(&mut self, record: &AuditRecord) {
        let Some(arn) = self.principal_of(record).filter(|_| record.error().is_none()) else { return };
        let permissions = self.found.entry(arn.to_owned()).or_default();
        let via = record.invoked_by().map(|service| via_service(service, record.region()));
        for (action, resources) in actions(record, via.is_some()) {
            if !FREE.contains(&action.as_str()) {
                permissions.entry((via.clone(), action)).or_default().extend(resources);
            }
        }
    }

    /// The document: a statement for each set of resources, with all actions on it.
    ///
    /// # Errors
    ///
    /// If the text names no principal that called, or several, or if no permission is needed.
    pub fn document(&self) -> Result<Value, NoDocument> {
        let mut found = self.found.iter();
        let (Some((_, permissions)), others) = (found.next(), found.len()) else { return Err(NoDocument::NoCalls) };
        if others > 0 {
            return Err(NoDocument::Several(Principals(self.found.keys().cloned().collect())));
        }
        if permissions.is_empty() {
            return Err(NoDocument::NothingNeeded);
        }
        let mut statements: BTreeMap<(&Option<String>, BTreeSet<&str>), Vec<&str>> = BTreeMap::new();
        for ((via, action), resources) in permissions {
            let mut resources = narrow(resources);
            // A permission without a condition also covers the calls of a service.
            let direct = via.as_ref().and_then(|_| permissions.get(&(None, action.clone()))).map(narrow);
            resources.retain(|arn| direct.as_ref().is_none_or(|direct| !direct.contains("*") && !direct.contains(arn)));
            if !resources.is_empty() {
                statements.entry((via, resources)).or_default().push(action);
            }
        }
        let statements = statements.into_iter().map(|((via, resources), actions)| {
            let mut statement = json!({"Effect": "Allow", "Action": actions, "Resource": resources});
            if let (Some(via), Some(members)) = (via, statement.as_object_mut()) {
                members.insert("Condition".to_owned(), json!({"StringEquals": {"kms:ViaService": via}}));
            }
            statement
        });
        Ok(json!({"Version": VERSION, "Statement": statements.collect::<Vec<_>>()}))
    }

    /// The ARN of the user or role that made a call, if it is the one that is asked for.
    fn principal_of<'r>(&self, record: &'r AuditRecord) -> Option<&'r str> {
        let caller = record.caller_arn()?;
        let arn = match record.caller_kind()? {
            "IAMUser" => caller,
            "AssumedRole" => record.issuer_arn()?,
            // The user has to have what its federated users do. The root does not.
            "FederatedUser" => record.issuer_arn().filter(|arn| !arn.ends_with(":root"))?,
            // The root user's permissions are no policy's.
            _ => return None,
        };
        let is_named = match self.principal.starts_with("arn:") {
            true => arn == self.principal || caller == self.principal,
            false => entity_name(arn) == self.principal,
        };
        is_named.then_some(arn)
    }
}

/// The value of `kms:ViaService`.
fn via_service(service: &str, region: &str) -> String {
    match service.split_once('.') {
        Some((name, domain)) => format!("{name}.{region}.{domain}"),
        None => service.to_owned(),
    }
}

/// The actions that a call needs, each with its resources.
fn actions(record: &AuditRecord, is_via_service: bool) -> Vec<(String, Vec<String>)> {
    let (service, event) = (record.service(), record.event());
    let action = |name: &str| format!("{service}:{name}");
    let recorded: Vec<String> = record.resources().map(literal).collect();
    let own = if recorded.is_empty() { every_resource() } else { recorded.clone() };
    let has_tags = record.parameter("tags").is_some();
    let mut needed = vec![(action(event), own.clone())];
    match (service, event) {
        ("kms", "ReEncrypt") => {
            // The key of the old ciphertext is recorded first. With one key for both, it is recorded once.
            let to = recorded.last().cloned().map_or_else(every_resource, |to| vec![to]);
            let from = recorded.into_iter().next().map_or_else(every_resource, |from| vec![from]);
            needed = vec![(action("ReEncryptFrom"), from), (action("ReEncryptTo"), to)];
        }
        // Secrets Manager requires both to store a value.
        ("kms", "GenerateDataKey") if is_via_service => needed.push((action("Decrypt"), own)),
        ("kms", "CreateKey") if has_tags => needed.push((action("TagResource"), every_resource())),
        ("kms", "ReplicateKey") => {
            needed.push((action("CreateKey"), every_resource()));
            if has_tags {
                needed.push((action("TagResource"), every_resource()));
            }
        }
        ("secretsmanager", "CreateSecret") => {
            // The six characters after the name are not known before the secret is made.
            let new: Vec<String> = own.iter().map(|arn| any_suffix(arn)).collect();
            needed = vec![(action(event), new.clone())];
            if has_tags {
                needed.push((action("TagResource"), new.clone()));
            }
            if record.parameter("addReplicaRegions").is_some() {
                needed.push((action("ReplicateSecretToRegions"), new));
            }
        }
        ("secretsmanager", "ValidateResourcePolicy") => needed.push((action("PutResourcePolicy"), own)),
        ("secretsmanager", "BatchGetSecretValue") if record.parameter("filters").is_some() => {
            needed.push((action("ListSecrets"), every_resource()));
        }
        ("secretsmanager", "RotateSecret") => {
            let function = record.parameter("rotationLambdaARN").and_then(Value::as_str);
            needed.extend(function.map(|arn| ("lambda:InvokeFunction".to_owned(), vec![literal(arn)])));
        }
        ("sts", "AssumeRole") => {
            if has_tags {
                needed.push((action("TagSession"), own.clone()));
            }
            if record.parameter("sourceIdentity").is_some() {
                needed.push((action("SetSourceIdentity"), own));
            }
        }
        ("iam", "AddRoleToInstanceProfile") => needed.push((action("PassRole"), every_resource())),
        ("iam", _) if has_tags => {
            let made = event.strip_prefix("Create");
            needed.extend(made.map(|made| (format!("iam:Tag{made}"), every_resource())));
        }
        _ => {}
    }
    needed
}

/// Every resource covers each single one.
fn narrow(resources: &BTreeSet<String>) -> BTreeSet<&str> {
    match resources.contains("*") {
        true => BTreeSet::from(["*"]),
        false => resources.iter().map(String::as_str).collect(),
    }
}

fn every_resource() -> Vec<String> {
    vec!["*".to_owned()]
}

/// The ARN as policies match it literally: the characters with a meaning become the policy variables that stand for them.
fn literal(arn: &str) -> String {
    arn.chars().fold(String::with_capacity(arn.len()), |mut out, character| {
        match character {
            '*' | '?' | '$' => out.extend(['$', '{', character, '}']),
            other => out.push(other),
        }
        out
    })
}

/// The ARN of a secret of the same name with any six characters.
fn any_suffix(arn: &str) -> String {
    match arn.rsplit_once('-') {
        Some((name, suffix)) if suffix.len() == 6 => format!("{name}-??????"),
        _ => arn.to_owned(),
    }
}

#[cfg(test)]
#[path = "least_privilege_tests.rs"]
mod tests;
