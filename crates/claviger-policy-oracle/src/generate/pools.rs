//! The pools of names and values.

pub(super) const ACCOUNTS: [&str; 2] = ["111122223333", "444455556666"];

/// Principals that belong to no account.
pub(super) const SERVICES: [&str; 4] = [
    "secretsmanager.amazonaws.com",
    "lambda.amazonaws.com",
    "arn:aws:iam::ACCOUNT:oidc-provider/token.example.com",
    "arn:aws:iam::ACCOUNT:saml-provider/corp",
];

/// What the values of a condition key look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    Text,
    Number,
    Date,
    Truth,
    Bytes,
    Address,
    Arn,
}

/// The condition keys, their families, and whether they are multi-valued.
pub(super) const KEYS: [(&str, Family, bool); 15] = [
    ("aws:username", Family::Text, false),
    ("aws:PrincipalTag/team", Family::Text, false),
    ("aws:PrincipalTag/\u{c9}quipe", Family::Text, false),
    ("kms:EncryptionContext:App", Family::Text, false),
    ("aws:TagKeys", Family::Text, true),
    ("kms:EncryptionContextKeys", Family::Text, true),
    ("aws:CalledVia", Family::Text, true),
    ("aws:MultiFactorAuthAge", Family::Number, false),
    ("secretsmanager:RecoveryWindowInDays", Family::Number, false),
    ("aws:CurrentTime", Family::Date, false),
    ("aws:SecureTransport", Family::Truth, false),
    ("kms:RecipientAttestation:PCR0", Family::Bytes, false),
    ("aws:SourceIp", Family::Address, false),
    ("aws:PrincipalArn", Family::Arn, false),
    ("aws:SourceArn", Family::Arn, false),
];

impl Family {
    pub(super) const ALL: [Family; 7] =
        [Family::Text, Family::Number, Family::Date, Family::Truth, Family::Bytes, Family::Address, Family::Arn];

    /// The operators that compare such values.
    pub(super) fn operators(self) -> &'static [&'static str] {
        match self {
            Family::Text => &[
                "StringEquals",
                "StringNotEquals",
                "StringEqualsIgnoreCase",
                "StringNotEqualsIgnoreCase",
                "StringLike",
                "StringNotLike",
            ],
            Family::Number => &[
                "NumericEquals",
                "NumericNotEquals",
                "NumericLessThan",
                "NumericLessThanEquals",
                "NumericGreaterThan",
                "NumericGreaterThanEquals",
            ],
            Family::Date => &[
                "DateEquals",
                "DateNotEquals",
                "DateLessThan",
                "DateLessThanEquals",
                "DateGreaterThan",
                "DateGreaterThanEquals",
            ],
            Family::Truth => &["Bool"],
            Family::Bytes => &["BinaryEquals"],
            Family::Address => &["IpAddress", "NotIpAddress"],
            Family::Arn => &["ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike"],
        }
    }

    /// The values of requests. The last one is not of the form.
    pub(super) fn requested(self) -> &'static [&'static str] {
        match self {
            Family::Text => {
                &["blue", "Blue", "red", "ana", "", "b*e", "b?ue", "*", "${*}", "\u{e9}t\u{e9}", "\u{c9}T\u{c9}"]
            }
            Family::Number => &["1", "2", "10", "1.0", "-1", "0", "9007199254740993", "many"],
            Family::Date => {
                &["2026-01-01T00:00:00Z", "2026-06-30T12:00:00Z", "1767225600", "2025-12-31T23:59:59.5Z", "soon"]
            }
            Family::Truth => &["true", "false", "TRUE", "yes"],
            Family::Bytes => &["AQID", "AQIDBA==", "", "!"],
            Family::Address => &["10.0.0.1", "10.1.2.3", "192.0.2.7", "2001:db8::1", "::ffff:10.0.0.1", "here"],
            Family::Arn => &[
                "arn:aws:iam::111122223333:user/ana",
                "arn:aws:iam::111122223333:role/admin",
                "arn:aws:secretsmanager:eu-west-1:444455556666:secret:app:x",
                "arn:aws:iam",
            ],
        }
    }

    /// The values of policies.
    pub(super) fn named(self) -> &'static [&'static str] {
        match self {
            Family::Text => &[
                "blue",
                "BLUE",
                "red",
                "ana",
                "",
                "b*",
                "?lue",
                "*",
                "${aws:username}",
                "${aws:PrincipalTag/Team}",
                "${aws:PrincipalTag/team, 'blue'}",
                "b${*}e",
                "b${?}ue",
                "${$}",
                "${aws:TagKeys}",
                "${aws:CalledVia, 'red'}",
                "${aws:username}*",
                "\u{e9}T\u{c9}",
            ],
            Family::Number => &["1", "2", "1.00", "01", "10", "-1", "-0", "0", "9007199254740992"],
            Family::Date => &[
                "2026-01-01T00:00:00Z",
                "2026-01-01",
                "2026-01-01t00:00:00z",
                "2026-06",
                "2026-01-01T01:00:00+01:00",
                "2026-01-01T00:00Z",
                "1767225600",
                "2025-12-31T23:59:59.50Z",
                "2025-12-31T23:59:59Z",
                "2026-06-30T12:00",
                "2026-01-01T00:00:00",
                "2026-01-01T00:00+00:00",
                "2025-12-31T23:59:59.5-00:00",
                "0",
            ],
            Family::Truth => &["true", "false", "True", "${aws:SecureTransport}", "${aws:PrincipalTag/team}"],
            Family::Bytes => &["AQID", "AQIDBA==", ""],
            Family::Address => &[
                "10.0.0.0/8",
                "10.0.0.1",
                "10.0.0.1/32",
                "10.0.0.9/30",
                "0.0.0.0/0",
                "192.0.2.0/24",
                "2001:db8::/32",
                "::/0",
            ],
            Family::Arn => &[
                "arn:aws:iam::111122223333:user/ana",
                "arn:aws:iam::111122223333:user/*",
                "arn:aws:iam::*:role/a?min",
                "arn:*:iam::111122223333:*",
                "arn:aws:*",
                "arn:aws:iam:*:user/ana",
                "arn:aws:iam::${aws:PrincipalTag/team, '111122223333'}:user/${aws:username}",
                "arn:aws:secretsmanager:*:*:secret:app*",
                "${aws:SourceArn}",
                "*",
            ],
        }
    }

    /// A value that is not of the form.
    pub(super) fn unreadable(self) -> &'static [&'static str] {
        match self {
            Family::Text => &["${aws:username"],
            Family::Number => &["many", "", "1e3", " 1", "+1", "1.", ".5", "${aws:MultiFactorAuthAge}"],
            Family::Date => &[
                "2026-02-30",
                "soon",
                "${aws:CurrentTime}",
                "2026-06-30T12",
                "2026-06-30T12Z",
                "2026-01-01T",
                "2026-01-01TZ",
                "2026-01-01t00:00:00z",
                "2026-01-01T24:00:00Z",
                "2026-01-01T23:59:60Z",
                "2026",
                "1970-1",
                "2026-13",
                "1767225600.5",
                "2026-01-01T00:00:00+0100",
                "2026-01-01Z",
                "20260101",
                "-0001-01-01",
                "2026-1-1",
            ],
            Family::Truth => &["yes", "", "1"],
            Family::Bytes => &["!", "AQIDBA", "AQIDBB=="],
            Family::Address => &["10.0.0.0/33", "10.0.0", "everywhere", "10.0.0.0/"],
            Family::Arn => &["arn:aws:iam", "ana", ""],
        }
    }
}
