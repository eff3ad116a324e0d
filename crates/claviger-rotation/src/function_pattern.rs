//! The function side of a binding: the ARN of one function, or a pattern for several.

/// The longest `RotationLambdaARN` of AWS's model.
const LENGTH_MAX: usize = 2048;

/// An ARN of a Lambda function, or a pattern in which `*` stands for any characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionPattern(String);

impl FunctionPattern {
    /// Reads one. None if it is neither a pattern nor `arn:PARTITION:lambda:REGION:ACCOUNT:function:NAME`, with or without a qualifier.
    pub fn parse(text: &str) -> Option<FunctionPattern> {
        let printable = text.bytes().all(|b| b.is_ascii_graphic());
        if !printable || text.is_empty() || text.len() > LENGTH_MAX {
            return None;
        }
        let acceptable = if text.contains('*') {
            // A pattern that can match no ARN is a mistake.
            let prefix = text.split('*').next().unwrap_or_default();
            "arn:".starts_with(prefix) || prefix.starts_with("arn:")
        } else {
            is_function_arn(text)
        };
        acceptable.then(|| FunctionPattern(text.to_owned()))
    }

    /// Whether it names one function only.
    pub fn is_exact(&self) -> bool {
        !self.0.contains('*')
    }

    /// The text that was read.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether an ARN matches. Upper and lower case differ.
    pub fn matches(&self, arn: &str) -> bool {
        let mut pieces = self.0.split('*');
        let Some(mut rest) = pieces.next().and_then(|first| arn.strip_prefix(first)) else { return false };
        let Some(last) = pieces.next_back() else { return rest.is_empty() };
        for piece in pieces {
            let Some((_, after)) = rest.split_once(piece) else { return false };
            rest = after;
        }
        rest.ends_with(last)
    }
}

fn is_function_arn(text: &str) -> bool {
    let parts: Vec<&str> = text.split(':').collect();
    let (["arn", partition, "lambda", region, account, "function", name]
    | ["arn", partition, "lambda", region, account, "function", name, _]) = parts.as_slice()
    else {
        return false;
    };
    let named = [partition, region, name].iter().all(|part| !part.is_empty());
    named && account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit()) && !text.ends_with(':')
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARN: &str = "arn:aws:lambda:eu-west-1:111122223333:function:rotate-db";

    #[test]
    fn matches() {
        for (pattern, expected) in [
            (ARN, true),
            ("*", true),
            ("arn:aws:lambda:*:111122223333:function:rotate-*", true),
            ("arn:*:function:rotate-db", true),
            ("arn:*rotate*-db*", true),
            ("*-db", true),
            ("arn:aws:lambda:*:111122223333:function:Rotate-*", false),
            ("arn:aws:lambda:us-*", false),
            ("arn:*rotate-db*db", false),
            ("*-d", false),
        ] {
            assert_eq!(FunctionPattern::parse(pattern).unwrap().matches(ARN), expected, "{pattern}");
        }
        assert!(!FunctionPattern::parse(ARN).unwrap().matches(&format!("{ARN}2")));
        assert!(FunctionPattern::parse(&format!("{ARN}:live")).unwrap().is_exact());
    }

    #[test]
    fn refusals() {
        for text in [
            "",
            "rotate-db",
            "rotate-*",
            "arn:aws:lambda:eu-west-1:111122223333:function:",
            "arn:aws:lambda:eu-west-1:111122223333:function:x:",
            "arn:aws:lambda:eu-west-1:1111:function:x",
            "arn:aws:lambda:eu-west-1:111122223333:layer:x",
            "arn:aws:lambda:eu west:*",
            "arn:aws:sqs:eu-west-1:111122223333:x",
        ] {
            assert_eq!(FunctionPattern::parse(text), None, "{text}");
        }
    }
}
