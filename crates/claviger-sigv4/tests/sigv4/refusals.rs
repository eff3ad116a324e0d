//! The exact text and kind of every refusal, in the order in which the checks are made.

use claviger_sigv4::{Claim, Credentials, Expect, Reason, Refusal, check, claim, presign, sign};
use claviger_types::Timestamp;

use crate::{Request, accept, time};

const SECRET: &str = "example-secret";
const AUTHORIZATION: &str = "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261124/eu-west-1/kms/aws4_request, \
                             SignedHeaders=host;x-amz-date, Signature=00";
const PRESIGNED: &str = "X-Amz-Algorithm=AWS4-HMAC-SHA256\
                         &X-Amz-Credential=AKIDEXAMPLE%2F20261124%2Feu-west-1%2Fsts%2Faws4_request\
                         &X-Amz-Date=20261124T150405Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host&X-Amz-Signature=00";

fn now() -> Timestamp {
    time("20261124T150405Z")
}

/// A request with a header signature that is complete but wrong.
fn header_form() -> Request {
    Request::new("POST", "/", "", &[("host", "h"), ("x-amz-date", "20261124T150405Z")], b"{}")
        .with("authorization", AUTHORIZATION)
}

/// The same with an `Authorization` header of the test's own.
fn authorized(value: &str) -> Request {
    header_form().set("authorization", value)
}

fn query_form(query: &str) -> Request {
    Request::new("GET", "/", query, &[("host", "h")], b"")
}

fn read(request: &Request) -> Result<Claim, Refusal> {
    claim(&request.parts())
}

/// `message` is `""` for a refusal without a text.
#[track_caller]
fn refused(request: &Request, reason: Reason, message: &str) {
    let expected = Refusal { reason, message: (!message.is_empty()).then(|| message.to_owned()) };
    assert_eq!(read(request), Err(expected));
}

#[test]
fn both_forms_are_read() {
    let claim = read(&header_form()).unwrap();
    assert_eq!((claim.service.as_str(), claim.session_token.as_deref()), ("kms", None));
    assert_eq!(read(&query_form(PRESIGNED)).unwrap().service, "sts");
    let shown = format!("{:?}", read(&query_form(&format!("{PRESIGNED}&X-Amz-Security-Token=hush"))).unwrap());
    assert!(shown.contains("AKIDEXAMPLE") && !shown.contains("hush"), "{shown}");
}

#[test]
fn row_1_path_and_query() {
    for path in ["*", "http://h/", "/%", "/%zz"] {
        refused(&Request { path: path.to_owned(), ..header_form() }, Reason::MalformedPath, "");
    }
    for (query, message) in [
        ("a=%", "Incomplete trailing escape % sequence"),
        ("a=%4", "Incomplete trailing escape % sequence"),
        ("a=%g1", "Illegal hex character in escape % pattern: %g1"),
    ] {
        refused(&query_form(query), Reason::MalformedQuery, message);
    }
}

#[test]
fn rows_2_and_3_where_the_credentials_are() {
    let both = Request { query: PRESIGNED.to_owned(), ..header_form() };
    refused(&both, Reason::SignatureMismatch, "");
    let mixed = "The credentials of a request must all be in its headers or all in its query string.";
    for query in ["X-Amz-Security-Token=t", "X-Amz-Signature=00", "a=1&X-Amz-Date=20261124T150405Z"] {
        refused(&Request { query: query.to_owned(), ..header_form() }, Reason::SignatureMismatch, mixed);
    }
    refused(&query_form(PRESIGNED).with("x-amz-security-token", "t"), Reason::SignatureMismatch, mixed);
    refused(
        &header_form().with("authorization", AUTHORIZATION),
        Reason::SignatureMismatch,
        "The request has more than one 'Authorization' header.",
    );
    let missing = "Request is missing Authentication Token";
    refused(&header_form().without("authorization"), Reason::MissingToken, missing);
    refused(&query_form("X-Amz-Signature=00&Action=GetCallerIdentity"), Reason::MissingToken, missing);
}

#[test]
fn row_4_algorithm() {
    for (scheme, shown) in [
        ("AWS4-ECDSA-P256-SHA256 Credential=a", "AWS4-ECDSA-P256-SHA256"),
        ("Bearer abc", "Bearer"),
        ("aws4-hmac-sha256 Credential=a", "aws4-hmac-sha256"),
        ("", ""),
    ] {
        refused(&authorized(scheme), Reason::Incomplete, &format!("Unsupported AWS 'algorithm': '{shown}'."));
    }
    let other = PRESIGNED.replace("AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256");
    refused(&query_form(&other), Reason::MissingToken, "Request is missing Authentication Token");
}

#[test]
fn rows_5_and_6_parts_of_the_header() {
    refused(
        &authorized("AWS4-HMAC-SHA256 Credential=a, Signature"),
        Reason::Incomplete,
        "'Signature' not a valid key=value pair (missing equal-sign) in Authorization header: \
         'AWS4-HMAC-SHA256 Credential=a, Signature'",
    );
    refused(
        &authorized("AWS4-HMAC-SHA256").without("x-amz-date"),
        Reason::Incomplete,
        "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. \
         Authorization header requires 'SignedHeaders' parameter. Authorization header requires existence of either \
         a 'X-Amz-Date' or a 'Date' header. Authorization=AWS4-HMAC-SHA256",
    );
    refused(
        &authorized("AWS4-HMAC-SHA256 Credential=a,SignedHeaders=host"),
        Reason::Incomplete,
        "Authorization header requires 'Signature' parameter. \
         Authorization=AWS4-HMAC-SHA256 Credential=a,SignedHeaders=host",
    );
    let last = authorized(&AUTHORIZATION.replace("Credential=", "Credential=x, Other=y, Credential="));
    assert_eq!(read(&last).unwrap().access_key_id, "AKIDEXAMPLE");
}

#[test]
fn row_6_parameters_of_the_query() {
    refused(
        &query_form("X-Amz-Algorithm=AWS4-HMAC-SHA256"),
        Reason::Incomplete,
        "AWS query-string parameters must include 'X-Amz-Credential'. AWS query-string parameters must include \
         'X-Amz-Signature'. AWS query-string parameters must include 'X-Amz-SignedHeaders'. AWS query-string \
         parameters must include 'X-Amz-Date'. Re-examine the query-string parameters.",
    );
    refused(
        &query_form(&PRESIGNED.replace("X-Amz-Date", "x-amz-date")),
        Reason::Incomplete,
        "AWS query-string parameters must include 'X-Amz-Date'. Re-examine the query-string parameters.",
    );
    for name in ["X-Amz-Algorithm", "X-Amz-Date", "X-Amz-Signature"] {
        let twice = format!("{PRESIGNED}&{name}=AWS4-HMAC-SHA256");
        refused(&query_form(&twice), Reason::MalformedQuery, &format!("'{name}' must be given only once."));
    }
    for secs in ["0", "604801", "-1", "+60", "", "1e3", "99999999999999999999"] {
        let query = PRESIGNED.replace("Expires=60", &format!("Expires={}", secs.replace('+', "%2B")));
        let message = format!("X-Amz-Expires must be a number of seconds from 1 to 604800, got '{secs}'");
        refused(&query_form(&query), Reason::Incomplete, &message);
    }
}

#[test]
fn row_7_signed_headers() {
    let signing = |names: &str| authorized(&AUTHORIZATION.replace("host;x-amz-date", names));
    let host = "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.";
    for names in ["", "x-amz-date", "Host;x-amz-date", "hostx"] {
        refused(&signing(names), Reason::SignatureMismatch, host);
    }
    refused(&query_form(&PRESIGNED.replace("=host", "=")), Reason::SignatureMismatch, host);
    let form = "'SignedHeaders' must be lower-case, sorted and without repetition.";
    for names in ["x-amz-date;host", "host;host;x-amz-date", "host;X-Amz-Date", "host;x-amz-date;"] {
        refused(&signing(names), Reason::SignatureMismatch, form);
    }
    let absent = "'x-gone' is a 'SignedHeader' but is not in the request.";
    refused(&signing("host;x-amz-date;x-gone"), Reason::SignatureMismatch, absent);
    for name in ["x-amz-target", "x-amz-security-token", "x-amz-anything"] {
        let message = format!("'{name}' must be a 'SignedHeader' in the AWS Authorization.");
        refused(&header_form().with(name, "v"), Reason::SignatureMismatch, &message);
        if name != "x-amz-security-token" {
            refused(&query_form(PRESIGNED).with(name, "v"), Reason::SignatureMismatch, &message);
        }
    }
    let unsigned_date = "'x-amz-date' must be a 'SignedHeader' in the AWS Authorization.";
    refused(&signing("host"), Reason::SignatureMismatch, unsigned_date);
    let plain = signing("host").without("x-amz-date").with("date", &now().http_date());
    refused(&plain, Reason::SignatureMismatch, "'date' must be a 'SignedHeader' in the AWS Authorization.");
    assert!(read(&header_form().with("amz-sdk-request", "attempt=1").with("user-agent", "x")).is_ok());
}

#[test]
fn host_and_authority() {
    assert!(read(&header_form().with(":authority", "h")).is_ok());
    assert!(read(&header_form().without("host").with(":authority", "h")).is_ok());
    let differ = "'Host' and ':authority' differ.";
    // A carriage return around the authority is not a blank.
    for other in ["other", "\rh", "h\n"] {
        refused(&header_form().with(":authority", other), Reason::SignatureMismatch, differ);
    }
}

#[test]
fn headers_that_two_readers_may_read_differently() {
    let twice = "must be given only once.";
    let incomplete = |request: Request, message: &str| refused(&request, Reason::Incomplete, message);
    incomplete(header_form().with("x-amz-date", "20261124T150405Z"), &format!("'x-amz-date' {twice}"));
    incomplete(header_form().with("host", "h"), &format!("'host' {twice}"));
    let names = "host;x-amz-date;x-amz-security-token;x-amz-target";
    let full = authorized(&AUTHORIZATION.replace("host;x-amz-date", names))
        .with("x-amz-security-token", "t")
        .with("x-amz-target", "TrentService.Encrypt");
    assert_eq!(read(&full).unwrap().session_token.as_deref(), Some("t"));
    incomplete(full.clone().with("x-amz-security-token", "t"), &format!("'x-amz-security-token' {twice}"));
    incomplete(full.clone().with("x-amz-target", "t"), &format!("'x-amz-target' {twice}"));
    for value in ["a\nb", "a\r\n b", "a\0", "\x7f"] {
        incomplete(full.clone().set("x-amz-target", value), "'x-amz-target' must not hold control characters.");
    }
}

#[test]
fn row_8_date() {
    let unreadable = |shown: &str| {
        format!("Date must be in ISO-8601 'basic format'. Got '{shown}'. See http://en.wikipedia.org/wiki/ISO_8601")
    };
    for text in ["yesterday", "20261124T150405", "20261124T150405Z, 20261124T150405Z", "20261124T150460Z", ""] {
        refused(&header_form().set("x-amz-date", text), Reason::Incomplete, &unreadable(text));
    }
    let extended = "2026-11-24T15:04:05Z";
    assert_eq!(read(&header_form().set("x-amz-date", extended)).unwrap().time(), now());
    let query = PRESIGNED.replace("20261124T150405Z", "2026-11-24T15%3A04%3A05Z");
    refused(&query_form(&query), Reason::Incomplete, &unreadable(extended));
}

#[test]
fn rows_9_and_10_clock() {
    let check = |request: &Request, service: &str, secs: i64, window_secs: i64, expected: Option<&str>| {
        let expect = Expect { service, now: now().plus_secs(secs), window_secs, presigned_secs: None, region: None };
        let expected = expected.map_or(Ok(()), |text| Err(Refusal::new(Reason::SignatureMismatch, text)));
        assert_eq!(check(&read(request).unwrap(), &expect), expected);
    };
    let (header, query) = (header_form(), query_form(PRESIGNED));
    check(&header, "kms", 300, 300, None);
    let late = "Signature expired: 20261124T150405Z is now earlier than 20261124T150406Z (20261124T150906Z - 5 min.)";
    check(&header, "kms", 301, 300, Some(late));
    let late = "Signature expired: 20261124T150405Z is now earlier than 20261124T150406Z (20261124T151906Z - 15 min.)";
    check(&header, "kms", 901, 900, Some(late));
    check(&header, "kms", -900, 900, None);
    let early =
        "Signature not yet current: 20261124T150405Z is still later than 20261124T150404Z (20261124T144904Z + 15 min.)";
    check(&header, "kms", -901, 900, Some(early));
    check(&query, "sts", 60, 900, None);
    let late = "Signature expired: 20261124T150405Z is now earlier than 20261124T150406Z (20261124T150506Z - 1 min.)";
    check(&query, "sts", 61, 900, Some(late));
    check(&query, "sts", -901, 900, Some(early));
    let brief = query_form(&PRESIGNED.replace("Expires=60", "Expires=45"));
    let late = "Signature expired: 20261124T150405Z is now earlier than 20261124T150406Z (20261124T150451Z - 45 sec.)";
    check(&brief, "sts", 46, 900, Some(late));
    let open = query_form(&PRESIGNED.replace("&X-Amz-Expires=60", ""));
    check(&open, "sts", 900, 900, None);
    let late = "Signature expired: 20261124T150405Z is now earlier than 20261124T150406Z (20261124T151906Z - 15 min.)";
    check(&open, "sts", 901, 900, Some(late));
}

/// A service with a fixed lifetime of presigned requests ignores `X-Amz-Expires`, shorter or longer.
#[test]
fn a_fixed_life_of_presigned_requests() {
    let accepts = |expires_secs: i64, age_secs: i64| {
        let request = query_form(&PRESIGNED.replace("Expires=60", &format!("Expires={expires_secs}")));
        let now = now().plus_secs(age_secs);
        let expect = Expect { service: "sts", now, window_secs: 900, presigned_secs: Some(900), region: None };
        check(&read(&request).unwrap(), &expect).is_ok()
    };
    assert!(accepts(60, 61) && accepts(60, 900) && accepts(3600, 900));
    assert!(!accepts(60, 901) && !accepts(3600, 901));
}

#[test]
fn rows_11_and_12_credential_and_scope() {
    let scoped =
        |scope: &str| authorized(&AUTHORIZATION.replace("AKIDEXAMPLE/20261124/eu-west-1/kms/aws4_request", scope));
    for scope in ["", "AKID", "AKID/20261124/eu-west-1/kms", "AKID/20261124/eu-west-1/kms/aws4_request/x"] {
        let message = format!(
            "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '{scope}'"
        );
        refused(&scoped(scope), Reason::Incomplete, &message);
    }
    let region = "Credential should be scoped to a valid region, not 'moon'.";
    let service = "Credential should be scoped to correct service: 'kms'.";
    let terminator = "Credential should be scoped with a valid terminator: 'aws4_request', not 'aws4'.";
    let date = "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: \
                '20261123' != '20261124', from '20261124T150405Z'.";
    let faults = |scope: &str, expected_region, texts: &[&str]| {
        let expect =
            Expect { service: "kms", now: now(), window_secs: 300, presigned_secs: None, region: expected_region };
        let expected =
            if texts.is_empty() { Ok(()) } else { Err(Refusal::new(Reason::SignatureMismatch, texts.join(" "))) };
        assert_eq!(check(&read(&scoped(scope)).unwrap(), &expect), expected, "{scope}");
    };
    for expected_region in [None, Some("eu-west-1")] {
        faults("AKID/20261124/eu-west-1/kms/aws4_request", expected_region, &[]);
        faults("AKID/20261124/moon/kms/aws4_request", expected_region, &[region]);
        faults("AKID/20261124/eu-west-1/sts/aws4_request", expected_region, &[service]);
        faults("AKID/20261124/eu-west-1/kms/aws4", expected_region, &[terminator]);
        faults("AKID/20261123/eu-west-1/kms/aws4_request", expected_region, &[date]);
        faults("AKID/20261123/moon/sts/aws4", expected_region, &[region, service, terminator, date]);
    }
    faults("AKID/20261124/us-east-1/kms/aws4_request", None, &[]);
    let elsewhere = "Credential should be scoped to a valid region, not 'us-east-1'.";
    faults("AKID/20261124/us-east-1/kms/aws4_request", Some("eu-west-1"), &[elsewhere]);
}

#[test]
fn rows_13_to_15_texts() {
    let check = |refusal: Refusal, reason, text: &str| {
        assert_eq!(refusal.to_string(), text);
        assert_eq!(refusal, Refusal::new(reason, text));
    };
    check(Refusal::unknown_key(), Reason::UnknownKey, "The security token included in the request is invalid.");
    check(Refusal::expired_token(), Reason::ExpiredToken, "The security token included in the request is expired");
    let expect =
        Expect { service: "kms", now: now(), window_secs: 300, presigned_secs: None, region: Some("eu-west-1") };
    check(
        accept(&header_form(), SECRET, &expect).unwrap_err(),
        Reason::SignatureMismatch,
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access \
         Key and signing method. Consult the service documentation for details.",
    );
}

#[test]
fn bodies_said_not_to_be_signed() {
    let credentials = Credentials { access_key_id: "AKID", secret_access_key: SECRET, session_token: None };
    let expect =
        Expect { service: "kms", now: now(), window_secs: 300, presigned_secs: None, region: Some("eu-west-1") };
    let verdict = |value: &str| {
        let mut request = Request::new("POST", "/", "", &[("host", "h"), ("x-amz-content-sha256", value)], b"{}");
        for (name, value) in sign(&request.parts(), &credentials, "eu-west-1", "kms", now()) {
            request = request.with(&name, &value);
        }
        accept(&request, SECRET, &expect).map(drop)
    };
    let digest = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";
    assert_eq!(verdict(digest), Ok(()));
    assert_eq!(verdict(&digest.to_uppercase()), Ok(()));
    let unsupported = "'x-amz-content-sha256' must be the SHA-256 digest of the body in hexadecimal.";
    let streaming = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD";
    for value in ["UNSIGNED-PAYLOAD", streaming, "STREAMING-UNSIGNED-PAYLOAD-TRAILER", "", &digest[1..]] {
        assert_eq!(verdict(value), Err(Refusal::new(Reason::UnsupportedPayload, unsupported)), "{value}");
    }
    let differs = "The provided 'x-amz-content-sha256' does not match what was computed.";
    let of_nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    assert_eq!(verdict(of_nothing), Err(Refusal::new(Reason::SignatureMismatch, differs)));

    let request = query_form("X-Amz-Content-Sha256=UNSIGNED-PAYLOAD");
    let query = presign(&request.parts(), &credentials, "eu-west-1", "kms", now(), 60);
    refused(&query_form(&query), Reason::UnsupportedPayload, unsupported);
}
