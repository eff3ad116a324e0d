//! DecodeAuthorizationMessage: what the encoded message in a denial says.

use claviger_model::sts::{DecodeAuthorizationMessageRequest, DecodeAuthorizationMessageResponse, error};

use claviger_core::authorization_message;
use claviger_core::authorize::Authorized;
use claviger_core::context::{Cx, RunCx};
use claviger_core::error::Error;
use claviger_core::operation::{Operation, Resolved};
use claviger_core::permission::RequiredPermission;

use crate::own_session;

pub(crate) struct DecodeAuthorizationMessage;

impl Operation for DecodeAuthorizationMessage {
    const ACTION: &'static str = "sts:DecodeAuthorizationMessage";
    const READ_ONLY: bool = true;
    type Input = DecodeAuthorizationMessageRequest;
    type Output = DecodeAuthorizationMessageResponse;
    type Target = ();

    fn resolve(_: &Self::Input, cx: &Cx<'_, '_>) -> Result<Resolved<()>, Error> {
        own_session::refuse(cx, Self::NAME)?;
        Ok(Resolved::found(RequiredPermission::on_anything(Self::ACTION, cx), ()))
    }

    fn run(input: Self::Input, _target: Authorized<()>, cx: &mut RunCx<'_, '_>) -> Result<Self::Output, Error> {
        let decoded = authorization_message::decode(cx, cx.account(), &input.encoded_message)?;
        let decoded_message = decoded
            .ok_or_else(|| Error::new(error::INVALID_AUTHORIZATION_MESSAGE_EXCEPTION, "Message is not valid"))?;
        Ok(DecodeAuthorizationMessageResponse { decoded_message: Some(decoded_message) })
    }
}
