//! Keys of one account used by another: both sides must allow it, and no answer shows which keys exist.

use aws_sdk_kms::primitives::Blob;
use claviger_tests::{ACCOUNT, CENTRAL, Regions, TestCredentials, code_of, key_arn, root_arn};

use crate::support::single;

const OTHER: &str = "111122223333";

fn shared(actions: &str) -> String {
    let (own, other) = (root_arn(ACCOUNT), root_arn(OTHER));
    format!(
        r#"{{"Version":"2012-10-17","Statement":[
            {{"Effect":"Allow","Principal":{{"AWS":"{own}"}},"Action":"kms:*","Resource":"*"}},
            {{"Effect":"Allow","Principal":{{"AWS":"{other}"}},"Action":{actions},"Resource":"*"}}]}}"#
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_policy_opens_what_it_names() {
    let regions = Regions::start().await;
    let kms = regions.kms(CENTRAL);
    let theirs = regions.kms_as(&TestCredentials::root(OTHER), CENTRAL);
    let key = single(&regions, CENTRAL).await;
    let arn = key_arn(CENTRAL, &key);
    let blob = kms.encrypt().key_id(&key).plaintext(Blob::new("x")).send().await.unwrap().ciphertext_blob.unwrap();
    let denied = "AccessDeniedException";
    assert_eq!(code_of(&theirs.encrypt().key_id(&arn).plaintext(Blob::new("x")).send().await).0, denied);
    assert_eq!(code_of(&theirs.decrypt().ciphertext_blob(blob.clone()).send().await).0, denied);

    let policy = shared(r#"["kms:Decrypt","kms:DescribeKey","kms:DisableKey"]"#);
    kms.put_key_policy().key_id(&key).policy(policy).send().await.unwrap();
    let opened = theirs.decrypt().ciphertext_blob(blob).send().await.unwrap();
    assert_eq!(opened.key_id(), Some(arn.as_str()));
    let shown = theirs.describe_key().key_id(&arn).send().await.unwrap().key_metadata.unwrap();
    assert_eq!(shown.aws_account_id(), Some(ACCOUNT));
    assert_eq!(code_of(&theirs.encrypt().key_id(&arn).plaintext(Blob::new("x")).send().await).0, denied);
    // A bare id or alias is looked for in the caller's own account.
    assert_eq!(code_of(&theirs.describe_key().key_id(&key).send().await).0, "NotFoundException");
    // Operations that are not for other accounts stay closed, without regard to the key policy.
    assert_ne!(code_of(&theirs.disable_key().key_id(&arn).send().await).0, "ok");
    assert!(kms.describe_key().key_id(&key).send().await.unwrap().key_metadata.unwrap().enabled);
    regions.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_there_and_one_that_is_not_look_alike() {
    let regions = Regions::start().await;
    let theirs = regions.kms_as(&TestCredentials::root(OTHER), CENTRAL);
    let key = single(&regions, CENTRAL).await;
    let mut answers = Vec::new();
    for id in [key.as_str(), "00000000-0000-4000-8000-000000000000"] {
        let arn = key_arn(CENTRAL, id);
        let (code, text) = code_of(&theirs.encrypt().key_id(&arn).plaintext(Blob::new("x")).send().await);
        answers.push((code, text.replace(&arn, "ARN")));
    }
    assert_eq!(answers[0], answers[1]);
    assert_eq!(answers[0].0, "AccessDeniedException");
    regions.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_are_ones_own() {
    let regions = Regions::start().await;
    let theirs = regions.kms_as(&TestCredentials::root(OTHER), CENTRAL);
    single(&regions, CENTRAL).await;
    assert!(theirs.list_keys().send().await.unwrap().keys().is_empty());
    let made = theirs.create_key().send().await.unwrap().key_metadata.unwrap();
    assert_eq!(made.aws_account_id(), Some(OTHER));
    assert_eq!(theirs.list_keys().send().await.unwrap().keys().len(), 1);
    assert_eq!(regions.kms(CENTRAL).list_keys().send().await.unwrap().keys().len(), 1);
    regions.stop().await;
}
