//! From the model's names to Rust's.

/// `KeyId` to `key_id`, `RotationLambdaARN` to `rotation_lambda_arn`, `AWSAccountId` to `aws_account_id`.
pub(crate) fn snake(name: &str) -> String {
    let chars: Vec<char> = name.chars().collect();
    let mut out = String::new();
    for (index, &char) in chars.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|at| chars.get(at));
        let after = chars.get(index + 1);
        let starts_word = char.is_ascii_uppercase()
            && before.is_some_and(|before| {
                before.is_ascii_lowercase()
                    || before.is_ascii_digit()
                    || (before.is_ascii_uppercase() && after.is_some_and(char::is_ascii_lowercase))
            });
        if starts_word {
            out.push('_');
        }
        out.push(if char.is_ascii_alphanumeric() { char.to_ascii_lowercase() } else { '_' });
    }
    out
}

/// As [`snake`], as the name of a field or module.
pub(crate) fn identifier(name: &str) -> String {
    match snake(name).as_str() {
        word @ ("type" | "match" | "ref" | "use" | "mod" | "static" | "in" | "as" | "move") => format!("r#{word}"),
        word => word.to_owned(),
    }
}

/// `KeyIdType` to `KEY_ID_TYPE`; `RSA_2048` stays.
pub(crate) fn constant(name: &str) -> String {
    let is_constant = name.chars().all(|char| char.is_ascii_uppercase() || char.is_ascii_digit() || char == '_');
    let mut out = if is_constant { name.to_owned() } else { snake(name).to_ascii_uppercase() };
    if out.starts_with(|first: char| first.is_ascii_digit()) {
        out.insert(0, '_');
    }
    out
}

/// The values of an enumeration in the order in which Java's `HashSet` prints them, which is the order of AWS's texts:
/// seen against AWS for `MacAlgorithmSpec`, `[HMAC_SHA_384, HMAC_SHA_256, HMAC_SHA_224, HMAC_SHA_512]`.
pub(crate) fn hash_order(values: &[String]) -> Vec<&str> {
    // A table of a power of two, at least 16 and at most three quarters full; the bucket is taken from the low bits of
    // the text's hash with its high half folded in, and equal buckets keep the order of insertion.
    let mut table = 16_u32;
    while values.len() * 4 > table as usize * 3 {
        table *= 2;
    }
    let mut ordered: Vec<&str> = values.iter().map(String::as_str).collect();
    ordered.sort_by_key(|value| {
        let hash = value.encode_utf16().fold(0_u32, |hash, unit| hash.wrapping_mul(31).wrapping_add(u32::from(unit)));
        (hash ^ (hash >> 16)) & (table - 1)
    });
    ordered
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words() {
        for (name, expected) in [
            ("KeyId", "key_id"),
            ("ARN", "arn"),
            ("RotationLambdaARN", "rotation_lambda_arn"),
            ("AWSAccountId", "aws_account_id"),
            ("existingUserNameType", "existing_user_name_type"),
            ("tag-key", "tag_key"),
        ] {
            assert_eq!(snake(name), expected);
        }
        assert_eq!(identifier("Type"), "r#type");
        assert_eq!(constant("RSA_2048"), "RSA_2048");
        assert_eq!(constant("ReEncryptFrom"), "RE_ENCRYPT_FROM");
    }

    #[test]
    fn enumerations_print_as_recorded() {
        let model: Vec<String> =
            ["HMAC_SHA_224", "HMAC_SHA_256", "HMAC_SHA_384", "HMAC_SHA_512"].map(str::to_owned).into();
        assert_eq!(hash_order(&model), ["HMAC_SHA_384", "HMAC_SHA_256", "HMAC_SHA_224", "HMAC_SHA_512"]);
    }
}
