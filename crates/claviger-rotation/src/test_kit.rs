//! Values that the tests share.

use claviger_types::{Region, RotationCall, RotationStep, RotationStop, Sensitive, SessionCredentials};

/// A call of a function.
pub(crate) fn call(function_arn: &str, step: RotationStep) -> RotationCall {
    let secret = |text: &str| Sensitive::new(text.to_owned());
    RotationCall {
        function_arn: function_arn.to_owned(),
        step,
        secret_arn: "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-AbCdEf".to_owned(),
        client_request_token: "11111111-2222-4333-8444-555555555555".to_owned(),
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
