//! Calls of any of the services, and their answers in one form.

use serde_json::Value;

use crate::case::Answer;
use crate::kit::{self, Keys, World};
use crate::template;

/// The outcome of a call.
pub(crate) enum Outcome {
    /// The body of a success.
    Success(Body),
    /// The code and the text of a refusal.
    Refused { code: String, text: String },
}

/// A body in its protocol's form.
pub(crate) enum Body {
    /// The null value stands for a body without a byte.
    Json(Value),
    Xml(String),
}

/// Signs and sends a request of any service.
pub(crate) fn call(world: &World, who: &Keys, region: &str, service: &str, operation: &str, input: &Value) -> Outcome {
    let prefix = match service {
        "kms" => "TrentService",
        "secretsmanager" => "secretsmanager",
        _ => return query(world, who, region, service, operation, input),
    };
    match world.call_as(who, region, &format!("{prefix}.{operation}"), input) {
        Ok(body) => Outcome::Success(Body::Json(body)),
        Err(error) => {
            let text = |name: &str| error[name].as_str().map(str::to_owned);
            let code = text("__type").unwrap_or_default();
            Outcome::Refused { code, text: text("message").or_else(|| text("Message")).unwrap_or_default() }
        }
    }
}

fn query(world: &World, who: &Keys, region: &str, service: &str, operation: &str, input: &Value) -> Outcome {
    let form = template::form(input);
    let pairs: Vec<(&str, &str)> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    match world.query(who, region, service, operation, &pairs) {
        Ok(xml) => Outcome::Success(Body::Xml(xml)),
        Err((_, xml)) => Outcome::Refused { code: element(&xml, "Code"), text: element(&xml, "Message") },
    }
}

/// The text of the first element of a name; empty where there is none.
pub(crate) fn element(xml: &str, name: &str) -> String {
    let escapes = [("&quot;", "\""), ("&apos;", "'"), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")];
    let text = kit::element(xml, name).unwrap_or_default().to_owned();
    escapes.into_iter().fold(text, |text, (escape, plain)| text.replace(escape, plain))
}

impl Body {
    /// Whether it is the answer that an entry expects.
    pub(crate) fn is(&self, answer: &Answer) -> bool {
        match (self, answer) {
            (_, Answer::Refused { .. }) => false,
            (Body::Json(body), Answer::Member(name)) => body.get(name).is_some(),
            (Body::Json(body), Answer::Nothing) => {
                body.is_null() || body.as_object().is_some_and(|members| members.is_empty())
            }
            (Body::Xml(body), Answer::Member(name)) => {
                body.contains(&format!("<{name}>")) || body.contains(&format!("<{name}/>"))
            }
            (Body::Xml(body), Answer::Nothing) => !body.contains("Result>") && !body.contains("Result/>"),
        }
    }

    /// The ARN of the resource that a JSON service made.
    pub(crate) fn arn(&self) -> Option<String> {
        match self {
            Body::Json(body) => body["ARN"].as_str().map(str::to_owned),
            Body::Xml(_) => None,
        }
    }

    /// The body as text, for the message of a failed test.
    pub(crate) fn shown(&self) -> String {
        match self {
            Body::Json(body) => body.to_string(),
            Body::Xml(body) => body.clone(),
        }
    }
}
