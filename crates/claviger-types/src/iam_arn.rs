//! ARNs of IAM: users, roles, policies and the like.

use std::fmt;

use crate::{AccountId, Arn, ParseError, Partition};

/// `arn:<partition>:iam::<owner>:<kind><path><name>`. IAM is global, so the region is empty.
///
/// The root user's ARN (`arn:aws:iam::<account>:root`) has neither path nor name and is no `IamArn`; see
/// [`AccountId::root_arn`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IamArn {
    /// `aws`, `aws-cn` or `aws-us-gov`.
    pub partition: Partition,
    /// The account, or AWS for the policies that AWS keeps.
    pub owner: Owner,
    /// The type of resource.
    pub kind: IamKind,
    /// Begins and ends with `/`.
    pub path: String,
    /// Not empty in an ARN that names a resource. It is empty in the ARN of a path, on which lists are authorized.
    pub name: String,
}

/// The owner of an IAM resource.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Owner {
    /// AWS itself, written `aws`.
    Aws,
    /// An account.
    Account(AccountId),
}

/// The type of an IAM resource (reference: Service Authorization Reference, "Resource types defined by IAM").
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum IamKind {
    /// `user`
    User,
    /// `group`
    Group,
    /// `role`
    Role,
    /// `policy`: a managed policy.
    Policy,
    /// `instance-profile`
    InstanceProfile,
    /// `mfa`: a virtual MFA device.
    MfaDevice,
    /// `server-certificate`
    ServerCertificate,
    /// `oidc-provider`. It has no path: its name is the issuer's URL without the scheme, slashes included.
    OidcProvider,
    /// `saml-provider`. It has no path.
    SamlProvider,
}

impl IamKind {
    /// All types.
    pub const ALL: [IamKind; 9] = [
        IamKind::User,
        IamKind::Group,
        IamKind::Role,
        IamKind::Policy,
        IamKind::InstanceProfile,
        IamKind::MfaDevice,
        IamKind::ServerCertificate,
        IamKind::OidcProvider,
        IamKind::SamlProvider,
    ];

    /// The word before the path.
    pub const fn as_str(self) -> &'static str {
        match self {
            IamKind::User => "user",
            IamKind::Group => "group",
            IamKind::Role => "role",
            IamKind::Policy => "policy",
            IamKind::InstanceProfile => "instance-profile",
            IamKind::MfaDevice => "mfa",
            IamKind::ServerCertificate => "server-certificate",
            IamKind::OidcProvider => "oidc-provider",
            IamKind::SamlProvider => "saml-provider",
        }
    }

    fn has_path(self) -> bool {
        !matches!(self, IamKind::OidcProvider | IamKind::SamlProvider)
    }
}

impl IamArn {
    /// The ARN of a resource of an account.
    pub fn new(partition: Partition, account: &AccountId, kind: IamKind, path: &str, name: &str) -> IamArn {
        let owner = Owner::Account(account.clone());
        IamArn { partition, owner, kind, path: path.to_owned(), name: name.to_owned() }
    }

    /// The ARN of a managed policy that AWS keeps; these have the path `/`.
    pub fn of_aws_policy(partition: Partition, name: &str) -> IamArn {
        IamArn { partition, owner: Owner::Aws, kind: IamKind::Policy, path: "/".to_owned(), name: name.to_owned() }
    }

    /// Reads the ARN of a resource: one with a known partition and type, an owner, and a name. Which characters path and name
    /// may have is not checked. Writing the result gives `text` again.
    pub fn parse(text: &str) -> Result<IamArn, ParseError> {
        let bad = || ParseError::new("IAM ARN", text);
        let arn = Arn::parse(text)?;
        if arn.service != "iam" || !arn.region.is_empty() {
            return Err(bad());
        }
        let partition = Partition::parse(arn.partition)?;
        let owner = match arn.account {
            "aws" => Owner::Aws,
            account => Owner::Account(AccountId::parse(account)?),
        };
        let (kind, rest) = arn.resource.split_once('/').ok_or_else(bad)?;
        let kind = IamKind::ALL.into_iter().find(|known| known.as_str() == kind).ok_or_else(bad)?;
        let (path, name) = match rest.rsplit_once('/').filter(|_| kind.has_path()) {
            Some((path, name)) => (format!("/{path}/"), name),
            None => ("/".to_owned(), rest),
        };
        if name.is_empty() {
            return Err(bad());
        }
        Ok(IamArn { partition, owner, kind, path, name: name.to_owned() })
    }

    /// The account that owns the resource; none for the policies that AWS keeps.
    pub fn account(&self) -> Option<&AccountId> {
        match &self.owner {
            Owner::Aws => None,
            Owner::Account(account) => Some(account),
        }
    }
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Owner::Aws => f.write_str("aws"),
            Owner::Account(account) => account.fmt(f),
        }
    }
}

impl fmt::Display for IamArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let IamArn { partition, owner, kind, path, name } = self;
        write!(f, "arn:{partition}:iam::{owner}:{}{path}{name}", kind.as_str())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn parts() {
        let check = |text: &str, kind: IamKind, path: &str, name: &str| {
            let arn = IamArn::parse(text).unwrap();
            assert_eq!((arn.kind, arn.path.as_str(), arn.name.as_str()), (kind, path, name), "{text}");
            assert_eq!(arn.to_string(), text);
        };
        check("arn:aws:iam::111122223333:user/ana", IamKind::User, "/", "ana");
        check("arn:aws-cn:iam::111122223333:role/a/b/ops", IamKind::Role, "/a/b/", "ops");
        check("arn:aws:iam::111122223333:role//ops", IamKind::Role, "//", "ops");
        check("arn:aws-us-gov:iam::aws:policy/ReadOnlyAccess", IamKind::Policy, "/", "ReadOnlyAccess");
        check("arn:aws:iam::aws:policy/service-role/X", IamKind::Policy, "/service-role/", "X");
        check("arn:aws:iam::111122223333:mfa/phone", IamKind::MfaDevice, "/", "phone");
        check(
            "arn:aws:iam::111122223333:oidc-provider/oidc.example/id/7",
            IamKind::OidcProvider,
            "/",
            "oidc.example/id/7",
        );
        check("arn:aws:iam::111122223333:saml-provider/idp", IamKind::SamlProvider, "/", "idp");
    }

    #[test]
    fn owners() {
        let owner = |text: &str| IamArn::parse(text).unwrap().owner;
        assert_eq!(owner("arn:aws:iam::aws:policy/p"), Owner::Aws);
        let account = AccountId::parse("111122223333").unwrap();
        assert_eq!(owner("arn:aws:iam::111122223333:policy/p"), Owner::Account(account));
    }

    #[test]
    fn refused() {
        for text in [
            "",
            "ReadOnlyAccess",
            "arn:aws:iam::111122223333:root",
            "arn:aws:iam::111122223333:user",
            "arn:aws:iam::111122223333:user/",
            "arn:aws:iam::111122223333:user/team/",
            "arn:aws:iam::111122223333:users/ana",
            "arn:aws:iam::111122223333:userana",
            "arn:aws:iam::1111:user/ana",
            "arn:aws:iam:::user/ana",
            "arn:aws:iam::AWS:policy/p",
            "arn:aws:iam:eu-west-1:111122223333:user/ana",
            "arn:aws:sts::111122223333:assumed-role/ops/ana",
            "arn:aws-x:iam::111122223333:user/ana",
            "arn:aws:iam::111122223333:oidc-provider/",
        ] {
            assert!(IamArn::parse(text).is_err(), "{text}");
        }
    }

    fn arns() -> impl Strategy<Value = IamArn> {
        let partitions = prop::sample::select(vec![Partition::Aws, Partition::AwsCn, Partition::AwsUsGov]);
        let owners = prop_oneof![
            Just(Owner::Aws),
            "[0-9]{12}".prop_map(|digits| Owner::Account(AccountId::parse(&digits).unwrap())),
        ];
        let kinds = prop::sample::select(IamKind::ALL.to_vec());
        (partitions, owners, kinds, "/([!-~]{1,12}/){0,3}", "[A-Za-z0-9+=,.@_:-]{1,20}").prop_map(
            |(partition, owner, kind, path, name)| {
                let path = if kind.has_path() { path } else { "/".to_owned() };
                IamArn { partition, owner, kind, path, name }
            },
        )
    }

    proptest! {
        #[test]
        fn an_arn_is_read_as_it_was_written(arn in arns()) {
            prop_assert_eq!(IamArn::parse(&arn.to_string()), Ok(arn));
        }

        #[test]
        fn an_arn_is_written_as_it_was_read(
            text in "arn:(aws|aws-cn|aws-us-gov|x):iam:(eu)?:(aws|[0-9]{11,12}):(user|role|policy|mfa|oidc-provider)[a/:]{0,8}",
        ) {
            if let Ok(arn) = IamArn::parse(&text) {
                prop_assert_eq!(arn.to_string(), text);
            }
        }
    }
}
