//! The requests of AWS's published SigV4 test suite, with the signatures published for them.
//!
//! Source: <https://docs.aws.amazon.com/general/latest/gr/signature-v4-test-suite.html> (archived by AWS).

use claviger_sigv4::Expect;

use crate::{Request, accept, time};

const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

fn verdict(
    method: &str,
    path: &str,
    query: &str,
    extra: &[(&str, &str)],
    body: &str,
    signature: &str,
) -> Result<(), claviger_sigv4::Refusal> {
    let mut headers = vec![("host", "example.amazonaws.com"), ("x-amz-date", "20150830T123600Z")];
    headers.extend(extra);
    let mut names: Vec<&str> = headers.iter().map(|(name, _)| *name).collect();
    names.sort_unstable();
    names.dedup();
    let authorization = format!(
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders={}, \
         Signature={signature}",
        names.join(";")
    );
    let request = Request::new(method, path, query, &headers, body.as_bytes()).with("authorization", &authorization);
    let now = time("20150830T123600Z");
    let expect = Expect { service: "service", now, window_secs: 900, presigned_secs: None, region: Some("us-east-1") };
    accept(&request, SECRET, &expect).map(drop)
}

#[test]
fn published_signatures() {
    let vanilla = "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31";
    let spaced = "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741";
    let ordered = "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500";
    let unreserved = "/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let form = ("content-type", "application/x-www-form-urlencoded");
    let check = |method, path, query, extra: &[(&str, &str)], body, signature| {
        assert_eq!(verdict(method, path, query, extra, body, signature), Ok(()), "{method} {path}?{query}");
    };
    check("GET", "/", "", &[], "", vanilla);
    check("GET", "", "", &[], "", vanilla);
    check("GET", "//", "", &[], "", vanilla);
    check("GET", "/./", "", &[], "", vanilla);
    check("GET", "/example/..", "", &[], "", vanilla);
    check("GET", "/example1/example2/../..", "", &[], "", vanilla);
    check("GET", "/example space/", "", &[], "", spaced);
    check("GET", "//example space//", "", &[], "", spaced);
    check("GET", unreserved, "", &[], "", "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f");
    check("GET", "/ሴ", "", &[], "", "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85");
    check("GET", "/", "Param1=value1&Param2=value2", &[], "", ordered);
    check("GET", "/", "Param2=value2&Param1=value1", &[], "", ordered);
    check("GET", "/", "ሴ=bar", &[], "", "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04");
    check("GET", "/", "%e1%88%b4=b%61r", &[], "", "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04");
    check(
        "GET",
        "/",
        "",
        &[("my-header1", " value1"), ("my-header2", " \"a   b   c\"")],
        "",
        "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736",
    );
    check(
        "GET",
        "/",
        "",
        &[("my-header1", "value2"), ("my-header1", "value2"), ("my-header1", "value1")],
        "",
        "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea",
    );
    check("POST", "/", "", &[], "", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b");
    check(
        "POST",
        "/",
        "",
        &[form],
        "Param1=value1",
        "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
    );
}

#[test]
fn a_published_signature_fits_nothing_else() {
    let vanilla = "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31";
    let refused = |method, path, query, body| {
        let refusal = verdict(method, path, query, &[], body, vanilla).expect_err("refused");
        assert_eq!(refusal.reason, claviger_sigv4::Reason::SignatureMismatch);
    };
    refused("POST", "/", "", "");
    refused("get", "/", "", "");
    refused("GET", "/x", "", "");
    refused("GET", "/%2e%2e", "", "");
    refused("GET", "/", "a", "");
    refused("GET", "/", "", " ");
}
