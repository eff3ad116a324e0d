//! The caller of a request.

use crate::{AccountId, IamArn, IamKind, Partition, Timestamp};

/// An authenticated principal. A replicated secret carries the caller that requested the replica, so that the other region can
/// decide whether that caller may use its keys.
#[derive(Debug, Clone, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Caller {
    /// The account the principal belongs to.
    #[n(0)]
    pub account: AccountId,
    /// The kind of principal.
    #[n(1)]
    pub kind: CallerKind,
    /// The access key that signed.
    #[n(2)]
    pub access_key_id: String,
    /// Present with temporary credentials.
    #[n(3)]
    pub session: Option<SessionContext>,
}

/// The kinds of principals that can call.
#[derive(Debug, Clone, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub enum CallerKind {
    /// The account's root.
    #[n(0)]
    Root,
    /// An IAM user.
    #[n(1)]
    User {
        /// Begins and ends with `/`.
        #[n(0)]
        path: String,
        /// The user's name.
        #[n(1)]
        name: String,
        /// `AIDA...`
        #[n(2)]
        id: String,
    },
    /// A session of an IAM role.
    #[n(2)]
    RoleSession {
        /// The role's path; begins and ends with `/`.
        #[n(0)]
        path: String,
        /// The role's name.
        #[n(1)]
        role: String,
        /// `AROA...`
        #[n(2)]
        role_id: String,
        /// The session's name.
        #[n(3)]
        session: String,
    },
    /// A person or a program that an identity provider vouches for. It has no permissions; it can assume a role.
    #[n(3)]
    WebIdentity(#[n(0)] Box<WebIdentity>),
    /// A session of GetFederationToken: of somebody whom a user or the root vouches for.
    #[n(4)]
    FederatedUser {
        /// The session's name.
        #[n(0)]
        name: String,
        /// The user that made the session and whose permissions bound it; none for the root.
        #[n(1)]
        user: Option<FederatingUser>,
    },
}

/// The verified contents of a token of an OpenID Connect provider.
#[derive(Debug, Clone, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct WebIdentity {
    /// The ARN of the provider.
    #[n(0)]
    pub provider: String,
    /// The token's `sub`.
    #[n(1)]
    pub subject: String,
    /// The one of the token's audiences that the provider admits.
    #[n(2)]
    pub audience: String,
    /// The condition keys that the token gives a value, such as `issuer.example:sub`.
    #[n(3)]
    pub keys: Vec<(String, Vec<String>)>,
    /// The session tags in the token.
    #[n(4)]
    pub tags: Vec<(String, String)>,
    /// The keys of those that are handed on when the session assumes another role.
    #[n(5)]
    pub transitive_tags: Vec<String>,
    /// The source identity in the token.
    #[n(6)]
    pub source_identity: Option<String>,
}

/// The user that made a session with GetFederationToken.
#[derive(Debug, Clone, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct FederatingUser {
    /// Begins and ends with `/`.
    #[n(0)]
    pub path: String,
    /// The user's name.
    #[n(1)]
    pub name: String,
    /// `AIDA...`
    #[n(2)]
    pub id: String,
}

/// The identity provider by which a session of a role began.
#[derive(Debug, Clone, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Federation {
    /// The provider's ARN (`aws:FederatedProvider`).
    #[n(0)]
    pub provider: String,
    /// The condition keys of the token that the requests of the session have too.
    #[n(1)]
    pub keys: Vec<(String, Vec<String>)>,
}

/// The contents of a session token besides the principal.
#[derive(Debug, Clone, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct SessionContext {
    /// When the token was issued (`aws:TokenIssueTime`).
    #[n(0)]
    pub issued: Timestamp,
    /// When it ends.
    #[n(1)]
    pub expires: Timestamp,
    /// Session policies, inline (the document) and managed (the ARN). Together they limit the role's permissions.
    #[n(2)]
    pub policies: Vec<String>,
    /// Session tags (`aws:PrincipalTag/...`), over the role's own.
    #[n(3)]
    pub tags: Vec<(String, String)>,
    /// Keys of the tags that the next session gets when this session assumes another role.
    #[n(4)]
    pub transitive_tags: Vec<String>,
    /// `aws:SourceIdentity`.
    #[n(5)]
    pub source_identity: Option<String>,
    /// Present if an identity provider vouched for the role's session.
    #[n(6)]
    pub federation: Option<Federation>,
}

impl SessionContext {
    /// A session without policies and tags.
    pub fn plain(issued: Timestamp, expires: Timestamp) -> SessionContext {
        SessionContext {
            issued,
            expires,
            policies: Vec::new(),
            tags: Vec::new(),
            transitive_tags: Vec::new(),
            source_identity: None,
            federation: None,
        }
    }
}

impl Caller {
    /// An account's root, who acts without an access key: for work that an operator or the server itself begins.
    pub fn root_of(account: &AccountId) -> Caller {
        Caller { account: account.clone(), kind: CallerKind::Root, access_key_id: String::new(), session: None }
    }

    /// The ARN in GetCallerIdentity's answer and in error texts. That of a role session has no path. A web identity has its
    /// provider's.
    pub fn arn(&self, partition: Partition) -> String {
        let account = &self.account;
        match &self.kind {
            CallerKind::Root => account.root_arn(partition),
            CallerKind::User { path, name, .. } => {
                IamArn::new(partition, account, IamKind::User, path, name).to_string()
            }
            CallerKind::RoleSession { role, session, .. } => {
                format!("arn:{partition}:sts::{account}:assumed-role/{role}/{session}")
            }
            CallerKind::WebIdentity(identity) => identity.provider.clone(),
            CallerKind::FederatedUser { name, .. } => format!("arn:{partition}:sts::{account}:federated-user/{name}"),
        }
    }

    /// `aws:PrincipalArn`: for a role session the role's ARN with its path.
    pub fn principal_arn(&self, partition: Partition) -> String {
        match &self.kind {
            CallerKind::RoleSession { path, role, .. } => {
                IamArn::new(partition, &self.account, IamKind::Role, path, role).to_string()
            }
            CallerKind::Root
            | CallerKind::User { .. }
            | CallerKind::WebIdentity(_)
            | CallerKind::FederatedUser { .. } => self.arn(partition),
        }
    }

    /// `aws:userid` and GetCallerIdentity's `UserId`.
    pub fn user_id(&self) -> String {
        match &self.kind {
            CallerKind::Root => self.account.to_string(),
            CallerKind::User { id, .. } => id.clone(),
            CallerKind::RoleSession { role_id, session, .. } => format!("{role_id}:{session}"),
            CallerKind::WebIdentity(identity) => {
                format!("{}:{}:{}", identity.provider, identity.audience, identity.subject)
            }
            CallerKind::FederatedUser { name, .. } => format!("{}:{name}", self.account),
        }
    }

    /// Whether this is the account's root.
    pub fn is_root(&self) -> bool {
        self.kind == CallerKind::Root
    }
}
