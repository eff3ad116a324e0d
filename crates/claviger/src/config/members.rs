//! The table of all members of the configuration file.

/// A member.
#[derive(Debug)]
pub(crate) struct Member {
    /// Its name with those of its tables, joined by dots. `*` stands for a name that the file chooses.
    pub(crate) key: &'static str,
    pub(crate) kind: Kind,
    pub(crate) fallback: Fallback,
    pub(crate) unit: &'static str,
    pub(crate) meaning: &'static str,
    pub(crate) applies: Applies,
}

/// The values that a member can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    /// One of these words.
    Word(&'static [&'static str]),
    /// A file or folder. A relative one is taken from the folder of the configuration file.
    Path,
    /// An IP address and a port.
    Address,
    Addresses,
    Texts,
    Paths,
    Boolean,
    /// A whole number between two bounds, which are allowed.
    Integer(i64, i64),
}

/// What holds if the file does not have the member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fallback {
    /// The file must have it.
    Required,
    /// This value, as it would stand in the file.
    Value(&'static str),
    /// No value; the text says what that means.
    Absent(&'static str),
}

/// When a changed value takes effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Applies {
    /// At the next start.
    Start,
    /// At a reload, for connections and requests that begin after it.
    Reload,
}

const fn member(
    key: &'static str,
    kind: Kind,
    fallback: Fallback,
    unit: &'static str,
    applies: Applies,
    meaning: &'static str,
) -> Member {
    Member { key, kind, fallback, unit, meaning, applies }
}

use Applies::{Reload, Start};
use Fallback::{Absent, Required, Value};
use Kind::{Address, Addresses, Boolean, Integer, Path, Paths, Text, Texts, Word};

/// The words that choose a seal.
pub(crate) const SEALS: &[&str] = &["file", "passphrase"];

/// Every member, in the order of the reference page.
pub(crate) const MEMBERS: &[Member] = &[
    member(
        "data",
        Path,
        Required,
        "",
        Start,
        "The folder of the regions' stores, keys and audit files. Only its owner may be able to use it.",
    ),
    member(
        "iam_home",
        Text,
        Required,
        "",
        Start,
        "The region where users, groups, roles, policies and access keys are written. It is chosen when the first region is made.",
    ),
    member(
        "regions.*.seal",
        Word(SEALS),
        Value("\"file\""),
        "",
        Start,
        "How the region's root key is kept. `file`: in the clear in `root.key` in the region's folder, for its owner alone. `passphrase`: in `root.sealed`, which the passphrase opens.",
    ),
    member(
        "regions.*.passphrase_file",
        Path,
        Absent("the variable, or a line that is asked for at the start"),
        "",
        Start,
        "The file that holds the passphrase: for its owner alone, or a credential of systemd. One line end at its end is not part of it.",
    ),
    member(
        "regions.*.passphrase_variable",
        Text,
        Absent("the file, or a line that is asked for at the start"),
        "",
        Start,
        "The variable of the environment that holds the passphrase.",
    ),
    member(
        "api.listen",
        Addresses,
        Value("[\"127.0.0.1:4599\"]"),
        "",
        Start,
        "Where the AWS API is served. Without TLS, addresses of this machine only.",
    ),
    member(
        "api.allow_origins",
        Texts,
        Value("[]"),
        "",
        Start,
        "Origins whose web pages may call the API, such as `https://console.example`.",
    ),
    member(
        "api.encoded_denials",
        Boolean,
        Value("false"),
        "",
        Start,
        "Add to the text of each denial an encoded message that says why it is one, for `sts:DecodeAuthorizationMessage`. AWS adds none in these services.",
    ),
    member(
        "tls.generated",
        Boolean,
        Value("false"),
        "",
        Start,
        "Whether the server makes its own certificate authority in the folder `tls` of the data folder, and signs its certificate with it. Clients trust `tls/ca.pem`.",
    ),
    member(
        "tls.names",
        Texts,
        Value("[\"localhost\", \"127.0.0.1\", \"::1\"]"),
        "",
        Reload,
        "The host names and addresses in the generated certificate.",
    ),
    member(
        "tls.certificate",
        Path,
        Absent("plain HTTP, unless `tls.generated` is true"),
        "",
        Reload,
        "The server's certificate, followed by those of its issuers, as PEM.",
    ),
    member(
        "tls.key",
        Path,
        Absent("none"),
        "",
        Reload,
        "The private key of the certificate, as PEM. Only its owner may be able to read the file.",
    ),
    member(
        "link.listen",
        Address,
        Absent("no link: regions of other processes do not reach these"),
        "",
        Start,
        "Where other processes of the fleet connect to.",
    ),
    member(
        "link.advertise",
        Texts,
        Value("[]"),
        "",
        Start,
        "The names or addresses with ports by which other processes reach `link.listen`, such as `kms-a.example:4610`.",
    ),
    member(
        "health.listen",
        Address,
        Absent("no health and metrics"),
        "",
        Start,
        "Where `/healthz`, `/readyz` and `/metrics` are answered, without signature and without TLS. The API never answers them.",
    ),
    member(
        "limits.connections",
        Integer(16, 1_000_000),
        Absent(
            "three quarters of the descriptors that the process may have, which it raises to the hard limit; at most 65536",
        ),
        "connections",
        Reload,
        "Connections of the API at a time. When there are as many, the one that has been longest without a complete head is closed for a new one, then the one that has been idle longest.",
    ),
    member(
        "limits.connections_per_peer",
        Integer(1, 1_000_000),
        Absent("half of `limits.connections`"),
        "connections",
        Reload,
        "Connections of one IPv4 address or one /64 network of IPv6 at a time. Set it to `limits.connections` if all clients come through one proxy.",
    ),
    member(
        "limits.requests_in_flight_per_account",
        Integer(1, 1_000_000),
        Value("1000"),
        "requests",
        Reload,
        "Requests of one account under way at a time, in each region. One more is answered ThrottlingException.",
    ),
    member(
        "limits.body_kib",
        Integer(64, 16_384),
        Value("256"),
        "KiB",
        Start,
        "The longest body of a request to KMS, IAM and STS.",
    ),
    member(
        "limits.secrets_body_kib",
        Integer(64, 16_384),
        Value("512"),
        "KiB",
        Start,
        "The longest body of a request to Secrets Manager.",
    ),
    member(
        "limits.head_seconds",
        Integer(1, 300),
        Value("10"),
        "seconds",
        Reload,
        "The time for the head of a request, from its first byte.",
    ),
    member(
        "limits.body_seconds",
        Integer(1, 3600),
        Value("30"),
        "seconds",
        Reload,
        "The time for the body of a request, from the end of its head.",
    ),
    member(
        "limits.handshake_seconds",
        Integer(1, 300),
        Value("10"),
        "seconds",
        Reload,
        "The time for a TLS handshake.",
    ),
    member(
        "limits.idle_seconds",
        Integer(1, 3600),
        Value("60"),
        "seconds",
        Reload,
        "How long a connection without a request stays open.",
    ),
    member(
        "limits.answer_seconds",
        Integer(1, 3600),
        Value("60"),
        "seconds",
        Reload,
        "The time for an operation, and for the client to read its answer.",
    ),
    member(
        "limits.stop_seconds",
        Integer(0, 300),
        Value("5"),
        "seconds",
        Reload,
        "How long requests under way may go on when the server stops.",
    ),
    member(
        "audit.file_mib",
        Integer(1, 1 << 20),
        Value("64"),
        "MiB",
        Start,
        "The size from which a region's audit file is closed and a new one begun.",
    ),
    member("audit.file_hours", Integer(1, 24 * 366), Value("24"), "hours", Start, "The age from which it is."),
    member(
        "audit.files",
        Integer(1, 10_000),
        Value("16"),
        "files",
        Start,
        "How many closed audit files of a region stay. The oldest are deleted.",
    ),
    member(
        "kms.aws_request_quotas",
        Boolean,
        Value("false"),
        "",
        Start,
        "Whether AWS's default request quotas of KMS are in force. Requests above a quota are answered ThrottlingException.",
    ),
    member(
        "kms.request_quotas.*",
        Integer(1, 1_000_000),
        Absent("AWS's default if `kms.aws_request_quotas` is true, else no quota"),
        "requests per second and account",
        Start,
        "A request quota of KMS, named as AWS names it.",
    ),
    member(
        "rotation.functions",
        Texts,
        Value("[]"),
        "",
        Start,
        "What a RotationLambdaARN stands for, as `ARN-OR-PATTERN=TARGET`. Functions call back at a free port of 127.0.0.1 without TLS, which is open only if there are functions.",
    ),
    member("rotation.file", Path, Absent("none"), "", Start, "A JSON file with such bindings and their options."),
    member(
        "rotation.require_replicas",
        Integer(0, 63),
        Absent("all whose regions are reachable, and at least one"),
        "replicas",
        Start,
        "How many replicas of a multi-Region key must hold new material before the primary encrypts with it, or all, if the key has fewer. With 0 a rotation waits for nobody, and new ciphertexts may be lost with the primary's region.",
    ),
    member(
        "fleet.operators",
        Texts,
        Value("[]"),
        "",
        Reload,
        "The public keys of the operators, as `claviger operator create` prints them. A region that takes the place of a lost one is followed only if enough of them have signed that. Every server of the fleet has the same; with none, every member is believed. A reload cannot remove the last one.",
    ),
    member(
        "fleet.operators_required",
        Integer(1, 16),
        Value("1"),
        "operators",
        Reload,
        "How many of the operators must sign. Not more than there are.",
    ),
    member(
        "key_stores.ca",
        Path,
        Absent("the public authorities"),
        "",
        Start,
        "The authorities that may certify the proxies of external key stores, as PEM.",
    ),
    member(
        "key_stores.proxies.*",
        Address,
        Absent("none"),
        "",
        Start,
        "Reach the proxy `https://NAME` without TLS, at a port of this machine.",
    ),
    member(
        "identity_providers.ca",
        Path,
        Absent("the public authorities alone"),
        "",
        Start,
        "Authorities that may certify the servers of OpenID Connect providers beside the public ones, as PEM.",
    ),
    member(
        "identity_providers.private_hosts",
        Texts,
        Value("[]"),
        "",
        Start,
        "The host names of OpenID Connect providers that have private addresses, such as that of a Kubernetes API server. The keys of all others are fetched from public addresses only.",
    ),
    member(
        "recipients.attestation_roots",
        Paths,
        Value("[]"),
        "",
        Start,
        "Files of root certificates, as PEM, that verify the attestation documents of a Recipient. Without one, requests with a Recipient are refused.",
    ),
];

/// The member of a path of names, if there is one.
pub(crate) fn find(path: &[String]) -> Option<&'static Member> {
    MEMBERS.iter().find(|member| fits(member.key, path))
}

fn fits(key: &str, path: &[String]) -> bool {
    let mut parts = key.split('.');
    let all = path.iter().all(|name| parts.next().is_some_and(|part| part == "*" || part == name));
    all && parts.next().is_none()
}

/// Whether a path of names leads to a table.
pub(crate) fn is_table(path: &[String]) -> bool {
    MEMBERS.iter().any(|member| {
        let parts: Vec<&str> = member.key.split('.').collect();
        parts.len() > path.len() && parts.iter().zip(path).all(|(part, name)| *part == "*" || part == name)
    })
}

/// The known names that are nearest to the last one of a path.
pub(crate) fn nearest(path: &[String]) -> Option<String> {
    let wanted = path.join(".");
    let known = MEMBERS.iter().map(|member| match member.key.split_once(".*") {
        // The file has chosen the name already, if the table is the right one.
        Some((table, rest)) => match wanted.strip_prefix(table).and_then(|below| below.strip_prefix('.')) {
            Some(below) => format!("{table}.{}{rest}", below.split('.').next().unwrap_or_default()),
            None => member.key.replace('*', "NAME"),
        },
        None => member.key.to_owned(),
    });
    let last = |key: &str| key.rsplit('.').next().unwrap_or_default().to_owned();
    // A right name in a wrong table is near too.
    let distance = |key: &String| edits(key, &wanted).min(1 + edits(&last(key), &last(&wanted)));
    let near = known.map(|key| (distance(&key), key)).min()?;
    (near.0 <= 1 + wanted.len() / 4).then_some(near.1)
}

/// The least number of characters to insert, delete or replace (Levenshtein).
fn edits(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        if let Some(first) = row.first_mut() {
            *first = left;
        }
        for (cell, to) in row.iter_mut().skip(1).zip(&b) {
            let replaced = diagonal + usize::from(from != *to);
            diagonal = *cell;
            left = replaced.min(left + 1).min(diagonal + 1);
            *cell = left;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn path(text: &str) -> Vec<String> {
        text.split('.').map(str::to_owned).collect()
    }

    #[test]
    fn no_member_is_listed_twice() {
        let keys: BTreeSet<&str> = MEMBERS.iter().map(|member| member.key).collect();
        assert_eq!(keys.len(), MEMBERS.len());
    }

    #[test]
    fn edits_are_counted() {
        for (a, b, count) in [("", "", 0), ("a", "", 1), ("kitten", "sitting", 3), ("flaw", "lawn", 2), ("ab", "ab", 0)]
        {
            assert_eq!((edits(a, b), edits(b, a)), (count, count), "{a} {b}");
        }
    }

    #[test]
    fn the_nearest_name() {
        let near = |text: &str| nearest(&path(text));
        assert_eq!(near("api.listn").as_deref(), Some("api.listen"));
        assert_eq!(near("limits.head_second").as_deref(), Some("limits.head_seconds"));
        assert_eq!(near("regions.eu-west-1.seel").as_deref(), Some("regions.eu-west-1.seal"));
        assert_eq!(near("api.certificate").as_deref(), Some("tls.certificate"));
        assert_eq!(near("zzz"), None);
    }

    #[test]
    fn tables_and_members() {
        assert!(is_table(&path("regions")) && is_table(&path("regions.eu-west-1")) && is_table(&path("api")));
        assert!(!is_table(&path("api.listen")) && !is_table(&path("nothing")));
        assert!(find(&path("regions.eu-west-1.seal")).is_some() && find(&path("regions.eu-west-1")).is_none());
    }
}
