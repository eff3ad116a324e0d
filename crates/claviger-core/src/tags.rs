//! Rules for tags that hold in every service.

/// Whether two tag keys are the same key for services that do not distinguish case (IAM, STS).
pub fn same_key(one: &str, other: &str) -> bool {
    one == other || one.to_lowercase() == other.to_lowercase()
}
