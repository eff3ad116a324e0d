//! Sessions: every region accepts the sessions of every other, until they end.

use claviger_tests::{
    ACCOUNT, CENTRAL, EAST, Regions, TestCredentials, WEST, check_refused, code_of, key_arn, refused, root_arn,
};

use crate::support::single;

const INVALID: &str = "The security token included in the request is invalid.";
const EXPIRED: &str = "The security token included in the request is expired";

async fn make_role(regions: &Regions, name: &str, policy: &str) -> String {
    let trust = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"AWS":"{}"}},"Action":"sts:AssumeRole"}}]}}"#,
        root_arn(ACCOUNT)
    );
    let (status, body) = regions.iam("CreateRole", &[("RoleName", name), ("AssumeRolePolicyDocument", &trust)]).await;
    assert_eq!(status, 200, "{body}");
    let put = [("RoleName", name), ("PolicyName", "inline"), ("PolicyDocument", policy)];
    let (status, body) = regions.iam("PutRolePolicy", &put).await;
    assert_eq!(status, 200, "{body}");
    format!("arn:aws:iam::{ACCOUNT}:role/{name}")
}

async fn assume(regions: &Regions, region: &str, role: &str) -> TestCredentials {
    let call = async || {
        let call = regions.sts(region).assume_role().role_arn(role).role_session_name("session").duration_seconds(3600);
        call.send().await.ok()
    };
    // A new role takes a moment to reach the other regions.
    let answer = regions.eventually(&format!("{role} is assumed in {region}"), call).await;
    let credentials = answer.credentials.unwrap();
    TestCredentials {
        key: credentials.access_key_id,
        secret: credentials.secret_access_key,
        token: Some(credentials.session_token),
    }
}

fn allow(action: &str) -> String {
    format!(r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"{action}","Resource":"*"}}]}}"#)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_of_one_region_is_one_of_all() {
    let regions = Regions::start().await;
    let role = make_role(&regions, "reader", &allow("kms:DescribeKey")).await;
    for issues in [CENTRAL, WEST, EAST] {
        let session = assume(&regions, issues, &role).await;
        for opens in [CENTRAL, WEST, EAST] {
            let who = regions.sts_as(&session, opens).get_caller_identity().send().await.unwrap();
            assert_eq!(who.arn(), Some(format!("arn:aws:sts::{ACCOUNT}:assumed-role/reader/session").as_str()));
            let key = single(&regions, opens).await;
            let kms = regions.kms_as(&session, opens);
            let described = async || kms.describe_key().key_id(&key).send().await.ok();
            regions.eventually("the role's policy has arrived", described).await;
            let denied = format!(
                "User: arn:aws:sts::{ACCOUNT}:assumed-role/reader/session is not authorized to perform: kms:DisableKey on \
                 resource: {} because no identity-based policy allows the kms:DisableKey action",
                key_arn(opens, &key)
            );
            check_refused(&kms.disable_key().key_id(&key).send().await, "AccessDeniedException", Some(&denied));
        }
    }
    regions.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_ends() {
    let regions = Regions::start().await;
    let role = make_role(&regions, "ends", &allow("kms:*")).await;
    let session = assume(&regions, CENTRAL, &role).await;
    regions.advance_secs(3599);
    regions.kms_as(&session, CENTRAL).list_keys().send().await.unwrap();
    regions.advance_secs(1);
    for region in [CENTRAL, WEST] {
        refused(regions.kms_as(&session, region).list_keys().send().await, "ExpiredTokenException", EXPIRED);
        refused(regions.sts_as(&session, region).get_caller_identity().send().await, "ExpiredToken", EXPIRED);
    }
    regions.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_of_other_regions_is_none_here() {
    let (ours, theirs) = (Regions::start().await, Regions::start().await);
    let role = make_role(&theirs, "foreign", &allow("kms:*")).await;
    make_role(&ours, "foreign", &allow("kms:*")).await;
    let session = assume(&theirs, CENTRAL, &role).await;
    theirs.kms_as(&session, CENTRAL).list_keys().send().await.unwrap();
    refused(ours.kms_as(&session, CENTRAL).list_keys().send().await, "UnrecognizedClientException", INVALID);
    let half =
        TestCredentials { token: session.token.as_ref().map(|t| t[..t.len() / 2].to_owned()), ..session.clone() };
    refused(theirs.kms_as(&half, CENTRAL).list_keys().send().await, "UnrecognizedClientException", INVALID);
    let none = TestCredentials { token: None, ..session };
    refused(theirs.kms_as(&none, CENTRAL).list_keys().send().await, "UnrecognizedClientException", INVALID);
    ours.stop().await;
    theirs.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_one_is() {
    let regions = Regions::start().await;
    for (account, region) in [(ACCOUNT, CENTRAL), (ACCOUNT, WEST), ("111122223333", EAST)] {
        let who = regions.sts_as(&TestCredentials::root(account), region).get_caller_identity().send().await.unwrap();
        assert_eq!((who.account(), who.arn()), (Some(account), Some(root_arn(account).as_str())));
        assert_eq!(who.user_id(), Some(account));
    }
    let wrong = TestCredentials { secret: "wrong".to_owned(), ..TestCredentials::root(ACCOUNT) };
    assert_eq!(code_of(&regions.sts_as(&wrong, CENTRAL).get_caller_identity().send().await).0, "SignatureDoesNotMatch");
    assert_eq!(code_of(&regions.kms_as(&wrong, CENTRAL).list_keys().send().await).0, "InvalidSignatureException");
    regions.stop().await;
}
