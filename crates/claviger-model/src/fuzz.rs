//! The fuzz targets of this crate: bodies of requests in both protocols.

use crate::{
    Input, Invalid, Number, Protocol, Service, Shape, Tree, iam, kms, parse_form, read_json, read_query,
    secretsmanager, services, sts, validate, xml,
};

/// Reads a form as the operation that its `Action` names.
///
/// # Panics
///
/// If a request that was read cannot be written and read again.
pub fn query_body(data: &[u8]) {
    let Ok(pairs) = parse_form(data) else { return };
    let Some((_, action)) = pairs.iter().find(|(name, _)| name == "Action") else { return };
    for service in services().iter().filter(|service| matches!(service.protocol, Protocol::Query { .. })) {
        let Some(shape) = input(service, action) else { continue };
        if let Ok(tree) = read_query(&pairs, shape) {
            check(action, shape, &tree);
        }
    }
}

/// Reads a JSON body. The input is a line with an operation's name, and the body.
///
/// # Panics
///
/// If a request that was read cannot be written and read again.
pub fn json_body(data: &[u8]) {
    let mut parts = data.splitn(2, |byte| *byte == b'\n');
    let (name, body) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let Ok(tree) = read_json(body) else { return };
    let name = String::from_utf8_lossy(name);
    for service in services().iter().filter(|service| matches!(service.protocol, Protocol::Json { .. })) {
        if let Some(shape) = input(service, &name) {
            check(&name, shape, &tree);
        }
    }
}

fn input(service: &Service, operation: &str) -> Option<&'static Shape> {
    service.operation(operation)?.input
}

fn check(operation: &str, shape: &'static Shape, tree: &Tree) {
    let json = tree.to_json();
    let again = read_json(&json).map(|tree| tree.to_json());
    // The lexer sometimes rounds a fraction to a neighbour of the nearest float, so bodies with fractions are left out.
    let same = again.is_ok_and(|again| *again == *json || has_float(tree));
    assert!(same, "what was read of {operation} is written and read otherwise");
    let valid = validate(shape, tree);
    if let Err(Invalid::Constraints(text)) = &valid {
        assert!(text.contains(" validation error"), "a refusal of {operation} without a text");
    }
    if let Some(decoded) = decode(operation, tree) {
        assert!(valid.is_ok() || decoded.is_err(), "{operation} is decoded although it breaks a constraint");
    }
    // A response of the same form can be written with any texts.
    xml::response(operation, "https://example.test/", Some(shape), Some(tree), "id");
}

fn has_float(tree: &Tree) -> bool {
    match tree {
        Tree::Number(Number::Float(_)) => true,
        Tree::List(items) => items.iter().any(has_float),
        Tree::Map(members) => members.iter().any(|(_, value)| has_float(value)),
        Tree::Null | Tree::Bool(_) | Tree::Number(Number::Integer(_)) | Tree::Text(_) => false,
    }
}

/// Decodes the requests of some operations, which together have every kind of shape.
fn decode(operation: &str, tree: &Tree) -> Option<Result<(), Invalid>> {
    fn read<T: Input>(tree: &Tree) -> Option<Result<(), Invalid>> {
        Some(T::decode(tree).map(drop))
    }
    match operation {
        "AssumeRole" => read::<sts::AssumeRoleRequest>(tree),
        "CreateRole" => read::<iam::CreateRoleRequest>(tree),
        "ListPolicies" => read::<iam::ListPoliciesRequest>(tree),
        "UntagRole" => read::<iam::UntagRoleRequest>(tree),
        "CreateKey" => read::<kms::CreateKeyRequest>(tree),
        "Decrypt" => read::<kms::DecryptRequest>(tree),
        "Encrypt" => read::<kms::EncryptRequest>(tree),
        "CreateSecret" => read::<secretsmanager::CreateSecretRequest>(tree),
        "ListSecrets" => read::<secretsmanager::ListSecretsRequest>(tree),
        _ => None,
    }
}

#[cfg(test)]
#[path = "../../../fuzz/seeds.rs"]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod seeds;

#[cfg(test)]
mod tests {
    #[test]
    fn query_bodies() {
        super::seeds::check("query_body", Vec::new(), 2000, super::query_body);
    }

    #[test]
    fn json_bodies() {
        super::seeds::check("json_body", Vec::new(), 2000, super::json_body);
    }
}
