//! Credentials of users that this release does not have: MFA devices, SSH keys, signing certificates, service-specific credentials and passwords.
//! Clients ask for them before they delete a user, so the lists are answered: they are empty.

use claviger_core::context::Cx;
use claviger_core::error::Error;
use claviger_model::iam::{
    DeleteLoginProfileRequest, GetLoginProfileRequest, GetLoginProfileResponse, ListMFADevicesRequest,
    ListMFADevicesResponse, ListSSHPublicKeysRequest, ListSSHPublicKeysResponse, ListServiceSpecificCredentialsRequest,
    ListServiceSpecificCredentialsResponse, ListSigningCertificatesRequest, ListSigningCertificatesResponse, error,
};
use claviger_model::{Input, Output};
use claviger_store::tables::iam_table::UserRecord;

use super::entities::user_or_self;
use super::on_resource::ResourceOperation;

/// An operation on a kind of credentials that no user has.
pub(crate) struct OfNone<R>(std::marker::PhantomData<R>);

/// A request for such credentials.
pub(crate) trait CredentialsRequest: Input + 'static {
    const ACTION: &'static str;
    const READ_ONLY: bool = true;
    type Response: Output;

    /// The user; none: the caller.
    fn user(&self) -> Option<&str>;

    /// The answer: an empty list, or that the user has none.
    fn answer(user: &UserRecord) -> Result<Self::Response, Error>;
}

impl<R: CredentialsRequest> ResourceOperation for OfNone<R> {
    const ACTION: &'static str = R::ACTION;
    const READ_ONLY: bool = R::READ_ONLY;
    type Resource = UserRecord;
    type Input = R;
    type Output = R::Response;

    fn resource_name<'a>(input: &'a R, cx: &'a Cx<'_, '_>) -> Result<&'a str, Error> {
        user_or_self(input.user(), cx)
    }

    fn run(_: R, user: UserRecord, _: &mut Cx<'_, '_>) -> Result<R::Response, Error> {
        R::answer(&user)
    }
}

impl CredentialsRequest for ListMFADevicesRequest {
    const ACTION: &'static str = "iam:ListMFADevices";
    type Response = ListMFADevicesResponse;

    fn user(&self) -> Option<&str> {
        self.user_name.as_deref()
    }

    fn answer(_: &UserRecord) -> Result<ListMFADevicesResponse, Error> {
        Ok(ListMFADevicesResponse { is_truncated: Some(false), ..ListMFADevicesResponse::default() })
    }
}

impl CredentialsRequest for ListSSHPublicKeysRequest {
    const ACTION: &'static str = "iam:ListSSHPublicKeys";
    type Response = ListSSHPublicKeysResponse;

    fn user(&self) -> Option<&str> {
        self.user_name.as_deref()
    }

    fn answer(_: &UserRecord) -> Result<ListSSHPublicKeysResponse, Error> {
        let none = Some(Vec::new());
        Ok(ListSSHPublicKeysResponse { ssh_public_keys: none, is_truncated: Some(false), marker: None })
    }
}

impl CredentialsRequest for ListSigningCertificatesRequest {
    const ACTION: &'static str = "iam:ListSigningCertificates";
    type Response = ListSigningCertificatesResponse;

    fn user(&self) -> Option<&str> {
        self.user_name.as_deref()
    }

    fn answer(_: &UserRecord) -> Result<ListSigningCertificatesResponse, Error> {
        Ok(ListSigningCertificatesResponse { is_truncated: Some(false), ..ListSigningCertificatesResponse::default() })
    }
}

impl CredentialsRequest for ListServiceSpecificCredentialsRequest {
    const ACTION: &'static str = "iam:ListServiceSpecificCredentials";
    type Response = ListServiceSpecificCredentialsResponse;

    fn user(&self) -> Option<&str> {
        self.user_name.as_deref()
    }

    fn answer(_: &UserRecord) -> Result<ListServiceSpecificCredentialsResponse, Error> {
        let none = Some(Vec::new());
        Ok(ListServiceSpecificCredentialsResponse {
            service_specific_credentials: none,
            is_truncated: Some(false),
            ..ListServiceSpecificCredentialsResponse::default()
        })
    }
}

impl CredentialsRequest for GetLoginProfileRequest {
    const ACTION: &'static str = "iam:GetLoginProfile";
    type Response = GetLoginProfileResponse;

    fn user(&self) -> Option<&str> {
        self.user_name.as_deref()
    }

    fn answer(user: &UserRecord) -> Result<GetLoginProfileResponse, Error> {
        Err(no_password(user))
    }
}

impl CredentialsRequest for DeleteLoginProfileRequest {
    const ACTION: &'static str = "iam:DeleteLoginProfile";
    const READ_ONLY: bool = false;
    type Response = ();

    fn user(&self) -> Option<&str> {
        self.user_name.as_deref()
    }

    fn answer(user: &UserRecord) -> Result<(), Error> {
        Err(no_password(user))
    }
}

fn no_password(user: &UserRecord) -> Error {
    let text = format!("Login Profile for User {} cannot be found.", user.identity.name);
    Error::new(error::NO_SUCH_ENTITY_EXCEPTION, text)
}
