//! The target side of a binding: what runs when the function is invoked.

use std::net::{IpAddr, SocketAddr};

use crate::words::{WordsError, split_words};

/// What a function's ARN stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A program and its arguments.
    Command(Vec<String>),
    /// A Python file with a Lambda handler.
    Python {
        /// The file, whose name ends in `.py`.
        path: String,
        /// The function in it.
        handler: String,
    },
    /// A server that speaks Lambda's Invoke.
    Http(HttpTarget),
    /// Part of this crate.
    BuiltIn(BuiltIn),
}

/// The URL of a server that speaks Lambda's Invoke.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpTarget {
    /// `host` or `host:port`.
    pub authority: String,
    /// None if the URL has no path; else begins with `/`.
    pub path: Option<String>,
    /// The address of a server of this machine, which is called without TLS.
    pub loopback: Option<SocketAddr>,
}

/// A rotation function that needs no program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BuiltIn {
    /// A new password, which is set nowhere.
    RandomPassword,
    /// A PostgreSQL role changes its own password.
    PostgresSingleUser,
    /// Two PostgreSQL roles take turns.
    PostgresAlternatingUsers,
    /// A user of MySQL or MariaDB changes its own password.
    MySqlSingleUser,
    /// Two users of MySQL or MariaDB take turns.
    MySqlAlternatingUsers,
}

/// The handler of a Python file that names none.
const HANDLER: &str = "lambda_handler";

/// Why a target cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BindingTargetError {
    /// No target begins so.
    #[error(
        "`{0}` is not a target: use command:PROGRAM ARG..., python:FILE.py[:HANDLER], http://127.0.0.1:PORT/..., https://..., \
         random-password, postgres-single-user, postgres-alternating-users, mysql-single-user or mysql-alternating-users"
    )]
    Unknown(String),
    /// The text after `command:` cannot be split.
    #[error("the command cannot be read: {0}")]
    Command(#[from] WordsError),
    /// The text after `python:` does not name a file.
    #[error("`{0}` is not the name of a Python file: use FILE.py or FILE.py:HANDLER")]
    Python(String),
    /// The URL has another form.
    #[error(
        "`{0}` is not a URL of a rotation function: use scheme://host:port/path, without a user, a query and a fragment"
    )]
    Url(String),
    /// Without TLS, the credentials would leave the machine.
    #[error("`{0}` is not an address of this machine itself, so it needs https")]
    NotLoopback(String),
}

impl Target {
    /// Reads the text form.
    ///
    /// # Errors
    ///
    /// See [`BindingTargetError`].
    pub fn parse(text: &str) -> Result<Target, BindingTargetError> {
        if let Some(command) = text.strip_prefix("command:") {
            return Ok(Target::Command(split_words(command)?));
        }
        if let Some(file) = text.strip_prefix("python:") {
            return python(file).ok_or_else(|| BindingTargetError::Python(file.to_owned()));
        }
        if text.starts_with("http://") || text.starts_with("https://") {
            return http(text).map(Target::Http);
        }
        BuiltIn::parse(text).map(Target::BuiltIn).ok_or_else(|| BindingTargetError::Unknown(text.to_owned()))
    }
}

impl BuiltIn {
    fn parse(name: &str) -> Option<BuiltIn> {
        Some(match name {
            "random-password" => BuiltIn::RandomPassword,
            "postgres-single-user" => BuiltIn::PostgresSingleUser,
            "postgres-alternating-users" => BuiltIn::PostgresAlternatingUsers,
            "mysql-single-user" => BuiltIn::MySqlSingleUser,
            "mysql-alternating-users" => BuiltIn::MySqlAlternatingUsers,
            _ => return None,
        })
    }
}

fn python(text: &str) -> Option<Target> {
    let (path, handler) = match text.rsplit_once(':') {
        Some((path, handler)) if path.ends_with(".py") => (path, handler),
        _ => (text, HANDLER),
    };
    let identifier = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let named = handler.chars().all(identifier) && handler.starts_with(|c: char| !c.is_ascii_digit());
    let file = path.len() > ".py".len() && path.ends_with(".py") && !path.contains('\0');
    (named && file).then(|| Target::Python { path: path.to_owned(), handler: handler.to_owned() })
}

pub(crate) fn http(url: &str) -> Result<HttpTarget, BindingTargetError> {
    let wrong = || BindingTargetError::Url(url.to_owned());
    let (scheme, rest) = url.split_once("://").ok_or_else(wrong)?;
    let (authority, path) = match rest.find('/') {
        Some(at) => rest.split_at(at),
        None => (rest, ""),
    };
    let plain = url.bytes().all(|b| b.is_ascii_graphic() && !b"?#\\\"<>^`{|}".contains(&b));
    if !plain || !is_authority(authority) {
        return Err(wrong());
    }
    let path = Some(path.to_owned()).filter(|path| !path.is_empty() && path != "/");
    let loopback = if scheme == "http" {
        Some(loopback(authority).ok_or_else(|| BindingTargetError::NotLoopback(authority.to_owned()))?)
    } else {
        None
    };
    // Clients leave the scheme's own port out of the host header, which is signed.
    let authority = authority.strip_suffix(":443").filter(|_| loopback.is_none()).unwrap_or(authority);
    Ok(HttpTarget { authority: authority.to_owned(), path, loopback })
}

/// Whether it is a host or a host with a port, and nothing else.
fn is_authority(text: &str) -> bool {
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, port.parse().ok()),
        _ => (text, Some(443u16)),
    };
    let host = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'))
        .map_or(host, |v6| if v6.parse::<std::net::Ipv6Addr>().is_ok() { "v6" } else { "" });
    let name = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'.';
    !host.is_empty() && host.bytes().all(name) && port.is_some_and(|port| port != 0)
}

/// The socket of an address of this machine. A missing port is 80. Names are not looked up, except `localhost`.
pub(crate) fn loopback(authority: &str) -> Option<SocketAddr> {
    let text = authority.replace("localhost", "127.0.0.1");
    let socket = text.parse::<SocketAddr>().ok();
    let socket = socket.or_else(|| {
        let host = text.trim_start_matches('[').trim_end_matches(']');
        host.parse::<IpAddr>().ok().map(|ip| SocketAddr::new(ip, 80))
    })?;
    socket.ip().is_loopback().then_some(socket)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> HttpTarget {
        match Target::parse(text).unwrap() {
            Target::Http(target) => target,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn targets() {
        let words = |words: &[&str]| Target::Command(words.iter().map(|word| (*word).to_owned()).collect());
        assert_eq!(Target::parse("command:/bin/a 'b c'").unwrap(), words(&["/bin/a", "b c"]));
        let python = |path: &str, handler: &str| Target::Python { path: path.to_owned(), handler: handler.to_owned() };
        assert_eq!(Target::parse("python:/a/b.py").unwrap(), python("/a/b.py", "lambda_handler"));
        assert_eq!(Target::parse("python:b:c.py:run").unwrap(), python("b:c.py", "run"));
        assert_eq!(Target::parse("random-password").unwrap(), Target::BuiltIn(BuiltIn::RandomPassword));
        let local = url("http://127.0.0.1:9000");
        assert_eq!((local.path, local.loopback), (None, Some(([127, 0, 0, 1], 9000).into())));
        assert_eq!(url("http://localhost:9000/").loopback, Some(([127, 0, 0, 1], 9000).into()));
        assert_eq!(url("http://[::1]:9000/2015/x").path.as_deref(), Some("/2015/x"));
        let remote = url("https://lambda.example.test:8443/a");
        assert_eq!((remote.authority.as_str(), remote.loopback), ("lambda.example.test:8443", None));
    }

    #[test]
    fn refusals() {
        for text in ["", "command", "sh:x", "Random-Password", "ftp://x/", "postgres"] {
            assert_eq!(Target::parse(text), Err(BindingTargetError::Unknown(text.to_owned())), "{text}");
        }
        for text in ["python:", "python:.py", "python:a.txt", "python:a.py:", "python:a.py:1x", "python:a.py:b.c"] {
            assert!(matches!(Target::parse(text), Err(BindingTargetError::Python(_))), "{text}");
        }
        for text in
            ["http://10.0.0.1:1/", "http://example.test/", "http://localhost.example.test/", "http://0.0.0.0:1/"]
        {
            assert!(matches!(Target::parse(text), Err(BindingTargetError::NotLoopback(_))), "{text}");
        }
        for text in
            ["https://", "https:///x", "https://a@b/", "https://a:0/", "https://a:x/", "https://a/?q", "https://a/b c"]
        {
            assert!(matches!(Target::parse(text), Err(BindingTargetError::Url(_))), "{text}");
        }
        assert!(matches!(Target::parse("command:"), Err(BindingTargetError::Command(WordsError::Empty))));
    }
}
