//! Replaces principals in a policy's text. The rest stays unchanged: spaces, order, and texts that only look like a principal.

/// The text with the names on the left replaced by those on the right, where they stand as `AWS` principals of a statement.
///
/// The text must be one that `claviger_policy` has read, so it is JSON. Of any other text, the rest that cannot be parsed is
/// returned unchanged.
pub(crate) fn replace(text: &str, names: &[(&str, String)]) -> String {
    if names.is_empty() {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut place = Place::default();
    let mut rest = text;
    while let Some(at) = rest.find(['"', '{', '}', '[', ']', ':', ',']) {
        let (before, from_here) = rest.split_at(at);
        out.push_str(before);
        let Some(token) = token(from_here) else {
            out.push_str(from_here);
            return out;
        };
        let new = place.take(token).and_then(|word| names.iter().find(|(name, _)| *name == word));
        match new {
            Some((_, id)) => out.push_str(&serde_json::Value::from(id.as_str()).to_string()),
            None => out.push_str(token),
        }
        rest = from_here.get(token.len()..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

/// The token at the beginning: a mark, or a string with its quotes. None for a string that does not end.
fn token(text: &str) -> Option<&str> {
    let Some(inside) = text.strip_prefix('"') else { return text.get(..1) };
    let mut escaped = false;
    for (at, byte) in inside.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return text.get(..at + 2),
            _ => {}
        }
    }
    None
}

/// The reader's position in the document.
#[derive(Default)]
struct Place(Vec<Level>);

/// An object or list that is open.
struct Level {
    is_object: bool,
    /// In an object: whether the next string is a name and not a value.
    awaits_name: bool,
    /// In an object: the name whose value the reader is at.
    name: String,
}

impl Place {
    /// Reads a token. Returns a string that names an `AWS` principal.
    fn take(&mut self, token: &str) -> Option<String> {
        match token {
            "{" | "[" => {
                let is_object = token == "{";
                self.0.push(Level { is_object, awaits_name: is_object, name: String::new() });
            }
            "}" | "]" => drop(self.0.pop()),
            "," | ":" => {
                if let Some(level) = self.0.last_mut() {
                    level.awaits_name = level.is_object && token == ",";
                }
            }
            _ => return self.take_string(serde_json::from_str(token).ok()?),
        }
        None
    }

    fn take_string(&mut self, word: String) -> Option<String> {
        match self.0.last_mut() {
            Some(level) if level.awaits_name => {
                level.name = word;
                None
            }
            _ => self.is_aws_principal().then_some(word),
        }
    }

    fn is_aws_principal(&self) -> bool {
        let mut names = self.0.iter().filter(|level| level.is_object).map(|level| level.name.as_str());
        let path = (names.next(), names.next(), names.next(), names.next());
        matches!(path, (Some("Statement"), Some("Principal" | "NotPrincipal"), Some("AWS"), None))
    }
}

#[cfg(test)]
mod tests {
    use super::replace;

    const ANA: &str = "arn:aws:iam::111122223333:user/ana";
    const ID: &str = "AIDAEXAMPLEEXAMPLE001";

    fn check(text: &str, expected: &str) {
        assert_eq!(replace(text, &[(ANA, ID.to_owned())]), expected);
    }

    /// Both in the short form of this test: `@` is the ARN, `#` the id.
    fn check_short(text: &str, expected: &str) {
        let spell = |text: &str| text.replace('@', ANA).replace('#', ID);
        check(&spell(text), &spell(expected));
    }

    #[test]
    fn principals_are_replaced_and_nothing_else() {
        check_short(
            r#"{"Id":"@","Statement":[{"Sid":"@","Principal":{"AWS":"@"},"Resource":"@","Condition":{"ArnLike":{"aws:PrincipalArn":"@"}}}]}"#,
            r##"{"Id":"@","Statement":[{"Sid":"@","Principal":{"AWS":"#"},"Resource":"@","Condition":{"ArnLike":{"aws:PrincipalArn":"@"}}}]}"##,
        );
    }

    #[test]
    fn lists_single_statements_and_exceptions() {
        check_short(
            "{ \"Statement\" : {\n\t\"NotPrincipal\": { \"AWS\" : [ \"x\",\"@\" , \"@\" ], \"Service\": \"@\" } } }",
            "{ \"Statement\" : {\n\t\"NotPrincipal\": { \"AWS\" : [ \"x\",\"#\" , \"#\" ], \"Service\": \"@\" } } }",
        );
    }

    #[test]
    fn names_must_be_whole_and_in_their_place() {
        for text in [
            r#"{"Statement":{"Principal":{"AWS":"@x"}}}"#,
            r#"{"Statement":{"Principal":{"AWS":"x@"}}}"#,
            r#"{"Statement":{"Principal":"@"}}"#,
            r#"{"Statement":{"Condition":{"StringEquals":{"Principal":{"AWS":"@"}}}}}"#,
            r#"{"Principal":{"AWS":"@"}}"#,
            r#"{"Statement":{"Principal":{"AWS":{"x":"@"}}}}"#,
            r#"{"Statement":{"Principal":{"@":"x"}}}"#,
            r#"{"Statement":{"Sid":"\"Principal\":{\"AWS\":\"@\"}"}}"#,
        ] {
            check_short(text, text);
        }
    }

    #[test]
    fn escapes_are_read() {
        check(
            r#"{"Statement":{"Sid":"a\\","Principal":{"AWS":"arn:aws:iam::111122223333:user\/an\u0061"}}}"#,
            r#"{"Statement":{"Sid":"a\\","Principal":{"AWS":"AIDAEXAMPLEEXAMPLE001"}}}"#,
        );
    }

    #[test]
    fn what_is_no_json_stays_as_it_is() {
        for text in ["", "{", "\"", "{\"a\\", "]]}}", "{\"Statement\":{\"Principal\":{\"AWS\":\"x", "é\"é"] {
            check(text, text);
        }
    }
}
