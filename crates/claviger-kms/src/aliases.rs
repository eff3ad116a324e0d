//! Rules that the alias operations share.

use claviger_core::context::Cx;
use claviger_core::error::Error;
use claviger_core::permission::{RequiredPermission, ResourcePolicy};
use claviger_model::common_error;

use super::key_lookup;

/// Checks an alias's name: the prefix, the characters, and that it is not one of AWS's own.
pub(crate) fn check_name(name: &str) -> Result<(), Error> {
    let Some(rest) = name.strip_prefix("alias/") else {
        let guide = "https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html";
        let text = format!("Alias must start with the prefix \"alias/\". Please see {guide}");
        return Err(Error::Validation(text));
    };
    if rest.is_empty() {
        return Err(Error::Validation("Invalid identifier".to_owned()));
    }
    if !rest.bytes().all(|b| b.is_ascii_alphanumeric() || b"/_-".contains(&b)) {
        return Err(Error::Validation(format!("{name} contains invalid characters for an alias")));
    }
    if rest.starts_with("aws/") {
        return Err(Error::silent(common_error::NOT_AUTHORIZED));
    }
    Ok(())
}

/// Requires a permission on the alias itself. Only IAM policies can give it.
pub(crate) fn permission(action: &'static str, name: &str, cx: &Cx<'_, '_>) -> RequiredPermission {
    let arn = key_lookup::alias_arn(cx, cx.account(), name);
    RequiredPermission::new(action, arn, cx.account(), ResourcePolicy::Identity)
        .with("kms:CallerAccount", cx.account().as_str())
}

/// A target is a key, never another alias.
pub(crate) fn check_target(target: &str) -> Result<(), Error> {
    if target.starts_with("alias/") || target.contains(":alias/") {
        return Err(Error::Validation("Aliases must refer to keys. Not aliases".to_owned()));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::check_name;

    #[test]
    fn names() {
        let text = |name: &str| check_name(name).map_err(|e| e.to_string());
        assert_eq!(text("alias/a-b_c/D1"), Ok(()));
        assert!(text("nope").is_err_and(|t| t.contains("Alias must start with the prefix \"alias/\".")));
        assert!(
            text("alias/Service:Test")
                .is_err_and(|t| t.ends_with("alias/Service:Test contains invalid characters for an alias"))
        );
        assert!(text("alias/").is_err());
        assert!(text("alias/aws/kms").is_err_and(|t| t.starts_with("NotAuthorizedException")));
    }
}
