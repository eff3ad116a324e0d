//! Reads dotenv files: `KEY=value` lines with quotes, escapes, comments and `export`. Variables in values are not expanded.

use claviger_types::Sensitive;

use crate::wiping::WipingBuffer;

/// A line of the file that cannot be read. It does not show the line, which may hold a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {fault}")]
pub struct DotenvError {
    /// The number of the line, from 1.
    pub line: usize,
    /// What is wrong there.
    pub fault: &'static str,
}

/// A variable.
pub type Variable = (String, Sensitive<String>);

/// Reads a file. The variables are in the order of the file.
///
/// # Errors
///
/// A line has another form, a quotation does not end, or a key occurs twice.
pub fn parse(text: &str) -> Result<Vec<Variable>, DotenvError> {
    let mut reader = Reader { rest: text.strip_prefix('\u{feff}').unwrap_or(text), line: 1 };
    let mut variables: Vec<Variable> = Vec::new();
    while reader.skip_to_key() {
        let line = reader.line;
        let variable = reader.variable()?;
        if variables.iter().any(|(key, _)| *key == variable.0) {
            return Err(DotenvError { line, fault: "the key occurs twice" });
        }
        variables.push(variable);
    }
    Ok(variables)
}

struct Reader<'a> {
    rest: &'a str,
    line: usize,
}

impl<'a> Reader<'a> {
    /// Skips blank lines and comments. False at the end of the file.
    fn skip_to_key(&mut self) -> bool {
        loop {
            self.take_while(|c| c.is_whitespace());
            if !self.rest.starts_with('#') {
                return !self.rest.is_empty();
            }
            self.take_while(|c| c != '\n');
        }
    }

    fn variable(&mut self) -> Result<Variable, DotenvError> {
        let mut key = self.key();
        if key == "export" && self.rest.starts_with([' ', '\t']) {
            self.take_while(is_blank);
            key = self.key();
        }
        if !key.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') {
            return Err(self.fault("a key begins with a letter or _ and has letters, digits, _, . and -"));
        }
        self.take_while(is_blank);
        if !self.take("=") {
            return Err(self.fault("an = is expected after the key"));
        }
        self.take_while(is_blank);
        let value = match self.rest.chars().next() {
            Some('\'') => self.single_quoted()?,
            Some('"') => self.double_quoted()?,
            _ => self.bare(),
        };
        Ok((key.to_owned(), value))
    }

    fn key(&mut self) -> &'a str {
        self.take_while(|c| c.is_ascii_alphanumeric() || "_.-".contains(c))
    }

    /// A value without quotes: to the end of the line, or to a # after a blank.
    fn bare(&mut self) -> Sensitive<String> {
        let line = self.take_while(|c| c != '\n');
        let comment = line.char_indices().find(|(at, c)| {
            *c == '#' && line.get(..*at).is_none_or(|before| before.is_empty() || before.ends_with(is_blank))
        });
        let value = comment.and_then(|(at, _)| line.get(..at)).unwrap_or(line);
        Sensitive::new(value.trim().to_owned())
    }

    /// Everything up to the next quote, as it is.
    fn single_quoted(&mut self) -> Result<Sensitive<String>, DotenvError> {
        let opened = self.line;
        self.take("'");
        let value = self.take_while(|c| c != '\'');
        if !self.take("'") {
            return Err(DotenvError { line: opened, fault: "the quotation does not end" });
        }
        let value = Sensitive::new(value.to_owned());
        self.end_of_line().map(|()| value)
    }

    /// Up to the next quote without a backslash. `\n`, `\r`, `\t`, `\"`, `\\` and `\$` are escapes; another backslash stays.
    fn double_quoted(&mut self) -> Result<Sensitive<String>, DotenvError> {
        let unended = DotenvError { line: self.line, fault: "the quotation does not end" };
        self.take("\"");
        let mut value = WipingBuffer::new();
        loop {
            value.push(self.take_while(|c| c != '"' && c != '\\').as_bytes());
            if self.take("\"") {
                break;
            }
            let escapes: [(&str, &[u8]); 6] =
                [("\\n", b"\n"), ("\\r", b"\r"), ("\\t", b"\t"), ("\\\"", b"\""), ("\\\\", b"\\"), ("\\$", b"$")];
            match escapes.into_iter().find(|(escape, _)| self.take(escape)) {
                Some((_, meant)) => value.push(meant),
                None if self.take("\\") => value.push(b"\\"),
                None => return Err(unended),
            }
        }
        let value = value.into_text().ok_or(unended)?;
        self.end_of_line().map(|()| value)
    }

    fn end_of_line(&mut self) -> Result<(), DotenvError> {
        self.take_while(|c| is_blank(c) || c == '\r');
        if self.rest.is_empty() || self.rest.starts_with(['\n', '#']) {
            Ok(())
        } else {
            Err(self.fault("only a comment may follow a quotation"))
        }
    }

    fn take(&mut self, text: &str) -> bool {
        let rest = self.rest.strip_prefix(text);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn take_while(&mut self, belongs: impl Fn(char) -> bool) -> &'a str {
        let end = self.rest.find(|c| !belongs(c)).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at_checked(end).unwrap_or((self.rest, ""));
        self.line += taken.bytes().filter(|byte| *byte == b'\n').count();
        self.rest = rest;
        taken
    }

    fn fault(&self, fault: &'static str) -> DotenvError {
        DotenvError { line: self.line, fault }
    }
}

fn is_blank(c: char) -> bool {
    c == ' ' || c == '\t'
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Result<Vec<(String, String)>, DotenvError> {
        Ok(parse(text)?.into_iter().map(|(key, value)| (key, value.into_exposed())).collect())
    }

    #[track_caller]
    fn check(text: &str, expected: &[(&str, &str)]) {
        let expected: Vec<_> = expected.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        assert_eq!(read(text).unwrap(), expected);
    }

    #[test]
    fn forms_of_values() {
        check(
            "A=1\n\n# comment\n  B = two words # comment\r\nexport C=x#y\nD=\n",
            &[("A", "1"), ("B", "two words"), ("C", "x#y"), ("D", "")],
        );
        check(
            "A='$x \"y\" \\n' # z\nB=\"a\\n\\\"b\\\" \\\\ \\$c \\q\"\r\nC=\"one\ntwo\"",
            &[("A", "$x \"y\" \\n"), ("B", "a\n\"b\" \\ $c \\q"), ("C", "one\ntwo")],
        );
        check("\u{feff}export=1\na.b-c=it's\nX= # nothing", &[("export", "1"), ("a.b-c", "it's"), ("X", "")]);
        check("K='-----BEGIN\nline\n-----END'\nL=2", &[("K", "-----BEGIN\nline\n-----END"), ("L", "2")]);
        check("", &[]);
    }

    #[test]
    fn faults_name_their_line_and_no_value() {
        for (text, line) in [
            ("A=1\nsecret words", 2),
            ("A=\"x\ny", 1),
            ("\nA='x", 2),
            ("A=1\nB=2\nA=3", 3),
            ("1A=x", 1),
            ("=x", 1),
            ("A='one\ntwo' three", 2),
        ] {
            let error = read(text).unwrap_err();
            assert_eq!(error.line, line, "{text:?}");
            assert!(!error.to_string().contains("secret words"));
        }
    }

    /// A value as this crate's users would quote it.
    fn quoted(value: &str) -> String {
        let escaped = value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n").replace('\r', "\\r");
        format!("\"{escaped}\"")
    }

    proptest! {
        #[test]
        fn quoted_values_come_back(values in prop::collection::vec(any::<String>(), 0..6)) {
            let text: String = values.iter().enumerate().map(|(i, v)| format!("K{i}={} # {i}\n", quoted(v))).collect();
            let read = read(&text).unwrap();
            prop_assert_eq!(read.into_iter().map(|(_, value)| value).collect::<Vec<_>>(), values);
        }

        #[test]
        fn single_quoted_values_come_back_unchanged(value in "[^']*") {
            let text = format!("export K='{value}'\nL=1");
            prop_assert_eq!(read(&text).unwrap(), vec![("K".to_owned(), value), ("L".to_owned(), "1".to_owned())]);
        }

        #[test]
        fn no_text_panics(text in any::<String>()) {
            let _ = parse(&text);
        }
    }
}
