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

/// The kinds of principals that can sign a request.
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
}

impl Caller {
    /// An account's root, who acts without an access key: for work that an operator or the server itself begins.
    pub fn root_of(account: &AccountId) -> Caller {
        Caller { account: account.clone(), kind: CallerKind::Root, access_key_id: String::new(), session: None }
    }

    /// The ARN in GetCallerIdentity's answer and in error texts. That of a role session has no path.
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
        }
    }

    /// `aws:PrincipalArn`: for a role session the role's ARN with its path.
    pub fn principal_arn(&self, partition: Partition) -> String {
        match &self.kind {
            CallerKind::RoleSession { path, role, .. } => {
                IamArn::new(partition, &self.account, IamKind::Role, path, role).to_string()
            }
            CallerKind::Root | CallerKind::User { .. } => self.arn(partition),
        }
    }

    /// `aws:userid` and GetCallerIdentity's `UserId`.
    pub fn user_id(&self) -> String {
        match &self.kind {
            CallerKind::Root => self.account.to_string(),
            CallerKind::User { id, .. } => id.clone(),
            CallerKind::RoleSession { role_id, session, .. } => format!("{role_id}:{session}"),
        }
    }

    /// Whether this is the account's root.
    pub fn is_root(&self) -> bool {
        self.kind == CallerKind::Root
    }
}
