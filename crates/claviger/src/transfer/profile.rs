//! Reads profiles of `~/.aws/credentials`.

use claviger_transfer::ApiCredentials;
use claviger_types::Sensitive;

/// The credentials of a profile; none if the file has none of this name with both keys.
pub(crate) fn credentials(text: &str, profile: &str) -> Option<ApiCredentials> {
    let mut is_in = false;
    let (mut id, mut secret, mut token) = (None, None, None);
    for line in text.lines().map(str::trim) {
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            is_in = name.trim() == profile;
        } else if let Some((key, value)) = line.split_once('=').filter(|_| is_in) {
            match key.trim() {
                "aws_access_key_id" => id = Some(value.trim().to_owned()),
                "aws_secret_access_key" => secret = Some(Sensitive::new(value.trim().to_owned())),
                "aws_session_token" => token = Some(Sensitive::new(value.trim().to_owned())),
                _ => {}
            }
        }
    }
    Some(ApiCredentials { id: id?, secret: secret?, token })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_of_several() {
        let text = "[default]\naws_access_key_id = A\naws_secret_access_key=s=1\n\n# x\n[ prod ]\naws_access_key_id=B\n\
                    aws_secret_access_key = t\naws_session_token = u\n[half]\naws_access_key_id=C\n";
        let found = credentials(text, "default").unwrap();
        assert_eq!((found.id.as_str(), found.secret.expose().as_str(), found.token.is_none()), ("A", "s=1", true));
        let found = credentials(text, "prod").unwrap();
        assert_eq!((found.id.as_str(), found.token.unwrap().expose().as_str()), ("B", "u"));
        assert!(credentials(text, "half").is_none() && credentials(text, "none").is_none());
    }
}
