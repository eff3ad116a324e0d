//! Rotation functions behind Lambda's Invoke.
//!
//! Source: <https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html>.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use claviger_outbound::HeaderMap;
use claviger_sigv4::Credentials;
use claviger_types::{OutboundAnswer, OutboundRequest, RotationCall, RotationFailure, Sensitive, Timestamp};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use crate::binding::BindingOptions;
use crate::event::event;
use crate::failure_text::{Reported, Said};
use crate::signed_request::{Unsigned, client, signed};
use crate::target::HttpTarget;

/// What a path keeps.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// Invokes the function for one step.
pub(crate) async fn invoke(
    to: &HttpTarget,
    options: &BindingOptions,
    endpoint: &str,
    now: Timestamp,
    call: &RotationCall,
) -> Result<(), Reported> {
    let client = client(to, options.roots.as_deref(), options.time).map_err(RotationFailure::Unreachable)?;
    let answered = tokio::select! {
        answered = client.send_for_headers(request(to, options, endpoint, now, call)) => answered,
        () = call.stop.asked() => return Err(RotationFailure::Unreachable("it was stopped".to_owned()).into()),
    };
    match answered {
        Ok((answer, headers)) => judge(&answer, &headers),
        Err(why) => Err(RotationFailure::Unreachable(why.to_string()).into()),
    }
}

fn request(
    to: &HttpTarget,
    options: &BindingOptions,
    endpoint: &str,
    now: Timestamp,
    call: &RotationCall,
) -> OutboundRequest {
    let path = match &to.path {
        Some(path) => path.clone(),
        None => {
            let function = utf8_percent_encode(&call.function_arn, ENCODED);
            format!("/2015-03-31/functions/{function}/invocations")
        }
    };
    let plain = |text: &str| Sensitive::new(text.to_owned());
    let unsigned = Unsigned {
        to,
        path: &path,
        headers: vec![
            ("content-type", plain("application/json")),
            ("x-amz-invocation-type", plain("RequestResponse")),
            ("x-amz-client-context", client_context(endpoint, call)),
        ],
        body: event(call),
        service: "lambda",
        region: call.region.as_str(),
        now,
    };
    let session = &call.credentials;
    let credentials = match &options.sign_with {
        Some(pair) => Credentials {
            access_key_id: &pair.access_key_id,
            secret_access_key: pair.secret_access_key.expose(),
            session_token: None,
        },
        None => Credentials {
            access_key_id: &session.access_key_id,
            secret_access_key: session.secret_access_key.expose(),
            session_token: Some(session.session_token.expose()),
        },
    };
    signed(unsigned, &credentials)
}

/// How the function calls back. A handler finds it as `context.client_context.custom`.
fn client_context(endpoint: &str, call: &RotationCall) -> Sensitive<String> {
    let session = &call.credentials;
    let context = json!({"custom": {
        "accessKeyId": session.access_key_id,
        "secretAccessKey": session.secret_access_key.expose(),
        "sessionToken": session.session_token.expose(),
        "endpoint": endpoint,
        "region": call.region.as_str(),
    }});
    let text = Sensitive::new(context.to_string());
    Sensitive::new(STANDARD.encode(text.expose()))
}

/// Whether the answer is that of a function that did its step.
fn judge(answer: &OutboundAnswer, headers: &HeaderMap) -> Result<(), Reported> {
    let body: Option<Value> = serde_json::from_slice(answer.body.expose()).ok();
    let member = |names: &[&str]| {
        let body = body.as_ref()?;
        names.iter().find_map(|name| body.get(name)?.as_str())
    };
    if answer.status != 200 {
        // An answer of Lambda itself: the function has not run.
        let kind = format!("HTTP status {}", answer.status);
        let said = member(&["Message", "message", "errorMessage"]);
        let text = said.map(|said| format!("{kind} {said}")).unwrap_or_default();
        return Err(Reported::Unreachable(Said { kind, text }));
    }
    let function_error = headers.get("x-amz-function-error").map(|value| value.to_str().unwrap_or("Unhandled"));
    let message = member(&["errorMessage"]);
    if function_error.is_none() && message.is_none() {
        return Ok(());
    }
    let kind = function_error.unwrap_or("Unhandled").to_owned();
    let error_type = member(&["errorType"]).unwrap_or(&kind);
    let text = message.map_or_else(|| error_type.to_owned(), |message| format!("{error_type}: {message}"));
    Err(Reported::Failed(Said { kind, text }))
}
