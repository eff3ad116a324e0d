//! Principals: of a request, and as policies name them.

use claviger_types::Arn;

use crate::forms::Forms;
use crate::malformed::Fault;
use crate::syntax::RawPrincipals;
use crate::verdict::AllowedAs;

/// The principal of a request, in all forms in which a policy can name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// The account it belongs to, twelve digits.
    pub account: String,
    /// The user's ARN, the session's (`arn:aws:sts::...:assumed-role/R/S`) or the root's. A service's name or an identity
    /// provider's ARN for services and federated identities, which belong to no account; `account` is then the resource's.
    pub arn: String,
    /// For a role session: the role's ARN with its path.
    pub role_arn: Option<String>,
    /// Whether this is the account's root user.
    pub is_root: bool,
    /// `AIDA...` of a user, `AROA...` of a role (with or without `:session`), the account's id for root.
    pub unique_id: String,
}

/// A principal as a policy names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PrincipalPattern {
    /// `*`: anyone at all.
    Anyone,
    /// An account, by its twelve digits or its root's ARN. Its identity policies can give the permission to its principals.
    Account(String),
    /// The ARN of an IAM user.
    User(String),
    /// The ARN of an IAM role, which stands for all its sessions.
    Role(String),
    /// The ARN of one role session or federated user.
    Session(String),
    /// The unique id of a user (`AIDA...`) or role (`AROA...`), which a new one of the same name does not have.
    UniqueId(String),
    /// An identity provider: its ARN, or its host name for those that every account knows.
    Federated(String),
    /// An AWS service, such as `secretsmanager.amazonaws.com`.
    Service(String),
}

/// A `Principal` or `NotPrincipal` element.
#[derive(Debug, Clone)]
pub(crate) struct PrincipalClause {
    pub(crate) negated: bool,
    pub(crate) patterns: Vec<PrincipalPattern>,
}

impl Principal {
    /// Whether the principal belongs to an account: it is neither a service nor an identity provider.
    fn is_of_account(&self) -> bool {
        Arn::parse(&self.arn)
            .is_ok_and(|arn| !arn.resource.starts_with("oidc-provider/") && !arn.resource.starts_with("saml-provider/"))
    }
}

impl PrincipalPattern {
    /// Reads a name as the `AWS` member of a `Principal` element takes it.
    pub fn parse_aws(name: &str) -> Option<PrincipalPattern> {
        PrincipalPattern::parse("AWS", name)
    }

    /// Reads a name given under `kind` (`AWS`, `Service`, ...). Wildcards inside a name are not part of the language.
    fn parse(kind: &str, name: &str) -> Option<PrincipalPattern> {
        match kind {
            "AWS" => parse_aws(name),
            "Federated" if is_host(name) => Some(PrincipalPattern::Federated(name.to_owned())),
            "Federated" => {
                let arn = Arn::parse(name).ok().filter(|arn| arn.service == "iam" && !has_wildcard(name))?;
                let is_provider = ["oidc-provider/", "saml-provider/"].iter().any(|p| arn.resource.starts_with(p));
                is_provider.then(|| PrincipalPattern::Federated(name.to_owned()))
            }
            "Service" if is_host(name) => Some(PrincipalPattern::Service(name.to_owned())),
            // Canonical users exist in S3 alone.
            _ => None,
        }
    }

    /// The form in which the pattern names the principal, if it matches.
    fn covers(&self, principal: &Principal) -> Option<AllowedAs> {
        let exact = |name: &str| (principal.arn == *name).then_some(AllowedAs::Exact);
        match self {
            PrincipalPattern::Anyone => Some(AllowedAs::Anyone),
            PrincipalPattern::Account(account) => {
                let named = if principal.is_root { AllowedAs::Exact } else { AllowedAs::Account };
                (principal.account == *account && principal.is_of_account()).then_some(named)
            }
            PrincipalPattern::Role(arn) => (principal.role_arn.as_ref() == Some(arn)).then_some(AllowedAs::Role),
            PrincipalPattern::UniqueId(id) => {
                let own = principal.unique_id.split(':').next();
                let named = if principal.role_arn.is_some() { AllowedAs::Role } else { AllowedAs::Exact };
                (own == Some(id)).then_some(named)
            }
            PrincipalPattern::User(name)
            | PrincipalPattern::Session(name)
            | PrincipalPattern::Federated(name)
            | PrincipalPattern::Service(name) => exact(name),
        }
    }
}

impl PrincipalClause {
    pub(crate) fn compile(negated: bool, raw: &RawPrincipals) -> Result<PrincipalClause, Fault> {
        let RawPrincipals::Typed(typed) = raw else {
            return Ok(PrincipalClause { negated, patterns: vec![PrincipalPattern::Anyone] });
        };
        let mut patterns = Vec::new();
        for (kind, name) in typed.iter().flat_map(|(kind, names)| names.iter().map(move |name| (kind, name))) {
            let pattern = PrincipalPattern::parse(kind, name)
                .ok_or_else(|| Fault::PrincipalInvalid { kind: kind.clone(), name: name.clone() })?;
            patterns.push(pattern);
        }
        Ok(PrincipalClause { negated, patterns })
    }

    /// Every form in which the clause names the principal; none if it does not match.
    pub(crate) fn forms_matching(&self, principal: &Principal) -> Forms {
        if self.negated {
            return if self.exempts(principal) { Forms::default() } else { Forms::one(AllowedAs::Anyone) };
        }
        let mut forms = Forms::default();
        self.patterns.iter().filter_map(|pattern| pattern.covers(principal)).for_each(|form| forms.add(form));
        forms
    }

    /// Whether `NotPrincipal` exempts the principal. AWS tests each form of the principal separately, so all of them have to be
    /// listed: the account and the user, or the account, the role and the session.
    fn exempts(&self, principal: &Principal) -> bool {
        let lists = |wanted: &dyn Fn(&PrincipalPattern) -> bool| self.patterns.iter().any(wanted);
        if lists(&|p| *p == PrincipalPattern::Anyone) {
            return true;
        }
        let by_name = |p: &PrincipalPattern| match p {
            PrincipalPattern::UniqueId(id) => principal.role_arn.is_none() && principal.unique_id == *id,
            PrincipalPattern::User(name) | PrincipalPattern::Session(name) => principal.arn == *name,
            PrincipalPattern::Federated(name) | PrincipalPattern::Service(name) => principal.arn == *name,
            PrincipalPattern::Anyone | PrincipalPattern::Account(_) | PrincipalPattern::Role(_) => false,
        };
        if !principal.is_of_account() {
            return lists(&by_name);
        }
        let account = lists(&|p| *p == PrincipalPattern::Account(principal.account.clone()));
        let role = principal.role_arn.is_none() || lists(&|p| p.covers(principal) == Some(AllowedAs::Role));
        account && role && (principal.is_root || lists(&by_name))
    }
}

fn parse_aws(name: &str) -> Option<PrincipalPattern> {
    if name == "*" {
        return Some(PrincipalPattern::Anyone);
    }
    if is_account(name) {
        return Some(PrincipalPattern::Account(name.to_owned()));
    }
    if is_unique_id(name) {
        return Some(PrincipalPattern::UniqueId(name.to_owned()));
    }
    let arn = Arn::parse(name).ok()?;
    if has_wildcard(name) || !arn.partition.starts_with("aws") || !arn.region.is_empty() || !is_account(arn.account) {
        return None;
    }
    let (kind, rest) = arn.resource.split_once('/').unwrap_or((arn.resource, ""));
    let ends_in_name = !rest.is_empty() && !rest.ends_with('/');
    match (arn.service, kind) {
        ("iam", "root") if arn.resource == "root" => Some(PrincipalPattern::Account(arn.account.to_owned())),
        ("iam", "user") if ends_in_name => Some(PrincipalPattern::User(name.to_owned())),
        ("iam", "role") if ends_in_name => Some(PrincipalPattern::Role(name.to_owned())),
        ("sts", "federated-user") if ends_in_name => Some(PrincipalPattern::Session(name.to_owned())),
        ("sts", "assumed-role") if ends_in_name && rest.matches('/').count() == 1 && !rest.starts_with('/') => {
            Some(PrincipalPattern::Session(name.to_owned()))
        }
        _ => None,
    }
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit())
}

fn is_unique_id(text: &str) -> bool {
    let prefixed = text.starts_with("AIDA") || text.starts_with("AROA");
    prefixed && (16..=128).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
}

fn is_host(text: &str) -> bool {
    text.contains('.') && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.' || b == b'-')
}

fn has_wildcard(text: &str) -> bool {
    text.contains(['*', '?'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        let check = |kind: &str, name: &str, expected: Option<PrincipalPattern>| {
            assert_eq!(PrincipalPattern::parse(kind, name), expected, "{kind} {name}");
        };
        let account = Some(PrincipalPattern::Account("111122223333".into()));
        check("AWS", "*", Some(PrincipalPattern::Anyone));
        check("AWS", "111122223333", account.clone());
        check("AWS", "arn:aws:iam::111122223333:root", account);
        let user = "arn:aws:iam::111122223333:user/team/ana";
        check("AWS", user, Some(PrincipalPattern::User(user.into())));
        let role = "arn:aws-cn:iam::111122223333:role/ops";
        check("AWS", role, Some(PrincipalPattern::Role(role.into())));
        let session = "arn:aws:sts::111122223333:assumed-role/ops/ana";
        check("AWS", session, Some(PrincipalPattern::Session(session.into())));
        let federated = "arn:aws:sts::111122223333:federated-user/ana";
        check("AWS", federated, Some(PrincipalPattern::Session(federated.into())));
        let id = "AROAEXAMPLEEXAMPLE001";
        check("AWS", id, Some(PrincipalPattern::UniqueId(id.into())));
        let service = "secretsmanager.amazonaws.com";
        check("Service", service, Some(PrincipalPattern::Service(service.into())));
        let provider = "arn:aws:iam::111122223333:oidc-provider/issuer.example/x";
        check("Federated", provider, Some(PrincipalPattern::Federated(provider.into())));
        check("Federated", "accounts.google.com", Some(PrincipalPattern::Federated("accounts.google.com".into())));
        for (kind, name) in [
            ("AWS", ""),
            ("AWS", "1111"),
            ("AWS", "ana"),
            ("AWS", "arn:aws:iam::111122223333:user/*"),
            ("AWS", "arn:aws:iam::*:root"),
            ("AWS", "arn:aws:iam::111122223333:group/g"),
            ("AWS", "arn:aws:iam::111122223333:user/"),
            ("AWS", "arn:aws:iam::111122223333:root/x"),
            ("AWS", "arn:aws:iam:eu-west-1:111122223333:user/a"),
            ("AWS", "arn:aws:iam::111122223333:policy/p"),
            ("AWS", "arn:aws:sts::111122223333:assumed-role/ops"),
            ("AWS", "arn:aws:sts::111122223333:assumed-role/ops/a/b"),
            ("AWS", "arn:aws:sts::111122223333:assumed-role/ops/*"),
            ("AWS", "arn:aws:kms:eu-west-1:111122223333:key/x"),
            ("AWS", "AIDA"),
            ("AWS", "secretsmanager.amazonaws.com"),
            ("Service", "*"),
            ("Service", "secretsmanager"),
            ("Federated", "*"),
            ("Federated", "arn:aws:iam::111122223333:user/a"),
            ("CanonicalUser", "0123456789abcdef"),
            ("Aws", "*"),
        ] {
            check(kind, name, None);
        }
    }
}
