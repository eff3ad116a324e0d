//! Values that the tests of this crate share, also those in `tests/`.

use claviger_types::{Region, RotationCall, RotationStep, RotationStop, Sensitive, SessionCredentials};

pub(crate) const FUNCTION: &str = "arn:aws:lambda:eu-west-1:111122223333:function:rotate-db";
pub(crate) const SECRET: &str = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-AbCdEf";
pub(crate) const TOKEN: &str = "11111111-2222-4333-8444-555555555555";

/// A call of the function.
pub(crate) fn call(step: RotationStep) -> RotationCall {
    let secret = |text: &str| Sensitive::new(text.to_owned());
    RotationCall {
        function_arn: FUNCTION.to_owned(),
        step,
        secret_arn: SECRET.to_owned(),
        client_request_token: TOKEN.to_owned(),
        rotation_token: secret("aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"),
        region: Region::parse("eu-west-1").unwrap(),
        credentials: SessionCredentials {
            access_key_id: "ASIAEXAMPLE".to_owned(),
            secret_access_key: secret("session-secret-key"),
            session_token: secret("session-token-text"),
        },
        stop: RotationStop::default(),
    }
}
