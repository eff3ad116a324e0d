//! GetRandomPassword: a random password. No secret is involved.

use claviger_model::secretsmanager::{GetRandomPasswordRequest, GetRandomPasswordResponse, error};

use claviger_core::authorize::Authorized;
use claviger_core::context::{Cx, RunCx};
use claviger_core::error::Error;
use claviger_core::operation::{Operation, Resolved};
use claviger_core::permission::RequiredPermission;

use super::password::{Alphabet, PasswordError};

pub(crate) struct GetRandomPassword;

/// AWS's default.
const LENGTH: i64 = 32;

impl Operation for GetRandomPassword {
    const ACTION: &'static str = "secretsmanager:GetRandomPassword";
    const READ_ONLY: bool = true;
    type Input = GetRandomPasswordRequest;
    type Output = GetRandomPasswordResponse;
    type Target = ();

    fn resolve(_input: &Self::Input, cx: &Cx<'_, '_>) -> Result<Resolved<()>, Error> {
        Ok(Resolved::found(RequiredPermission::on_anything(Self::ACTION, cx), ()))
    }

    fn run(input: Self::Input, _target: Authorized<()>, cx: &mut RunCx<'_, '_>) -> Result<Self::Output, Error> {
        // The model admits lengths from 1 to 4096 only.
        let length = usize::try_from(input.password_length.unwrap_or(LENGTH)).unwrap_or_default();
        let password = alphabet(&input).password(length, cx.random).map_err(refused)?;
        Ok(GetRandomPasswordResponse { random_password: Some(password) })
    }
}

fn alphabet(input: &GetRandomPasswordRequest) -> Alphabet {
    let included = |excluded: Option<bool>| excluded != Some(true);
    let types = [
        included(input.exclude_lowercase),
        included(input.exclude_uppercase),
        included(input.exclude_numbers),
        included(input.exclude_punctuation),
        input.include_space == Some(true),
    ];
    let excluded = input.exclude_characters.as_deref().unwrap_or_default();
    Alphabet::new(types, excluded, input.require_each_included_type.unwrap_or(true))
}

fn refused(reason: PasswordError) -> Error {
    let text = match reason {
        PasswordError::TooShort => "Password length is too short based on the required types.",
        PasswordError::NoCharactersOfAType => "All characters of the desired type have been excluded.",
        PasswordError::NoCharacters => "All characters have been excluded from selection.",
    };
    Error::new(error::INVALID_PARAMETER_EXCEPTION, text)
}
