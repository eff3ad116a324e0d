//! Values, versions, labels and the keys they are under.

use aws_sdk_secretsmanager::primitives::Blob;
use aws_sdk_secretsmanager::types::SecretVersionsListEntry;
use claviger_tests::{CENTRAL, Regions, check_refused, code_of, key_arn, refused};

use crate::support::{single, value};

const NOT_FOUND: &str = "Secrets Manager can't find the specified secret.";
const CURRENT_MISSING: &str = "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT";

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_and_its_versions() {
    let regions = Regions::start().await;
    let sm = regions.secrets(CENTRAL);
    let made = sm.create_secret().name("a").secret_string("one").send().await.unwrap();
    let (arn, first) = (made.arn.unwrap(), made.version_id.unwrap());
    let second = sm.put_secret_value().secret_id("a").secret_string("two").send().await.unwrap().version_id.unwrap();
    let read = sm.get_secret_value().secret_id(&arn).send().await.unwrap();
    assert_eq!((read.secret_string(), read.version_id()), (Some("two"), Some(second.as_str())));
    assert_eq!(read.version_stages(), ["AWSCURRENT"]);
    let previous = sm.get_secret_value().secret_id("a").version_stage("AWSPREVIOUS").send().await.unwrap();
    assert_eq!((previous.secret_string(), previous.version_id()), (Some("one"), Some(first.as_str())));
    let shown = sm.describe_secret().secret_id("a").send().await.unwrap();
    let stages = shown.version_ids_to_stages().unwrap();
    assert_eq!(stages.len(), 2);
    assert_eq!(stages[&second], ["AWSCURRENT"]);
    let wrong = sm.get_secret_value().secret_id("a").version_id(&first).version_stage("AWSCURRENT").send().await;
    refused(
        wrong,
        "InvalidRequestException",
        "You provided a VersionStage that is not associated to the provided VersionId.",
    );
    refused(sm.get_secret_value().secret_id("b").send().await, "ResourceNotFoundException", NOT_FOUND);
    sm.create_secret().name("empty").send().await.unwrap();
    refused(sm.get_secret_value().secret_id("empty").send().await, "ResourceNotFoundException", CURRENT_MISSING);
    regions.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bytes_are_bytes() {
    let regions = Regions::start().await;
    let sm = regions.secrets(CENTRAL);
    let bytes: Vec<u8> = (0..=255).collect();
    sm.create_secret().name("a").secret_binary(Blob::new(bytes.clone())).send().await.unwrap();
    let read = sm.get_secret_value().secret_id("a").send().await.unwrap();
    assert_eq!((read.secret_binary.unwrap().into_inner(), read.secret_string), (bytes, None));
    regions.stop().await;
}

/// Versions are shown oldest first, also those of one millisecond: the tests' clock stands still.
#[tokio::test(flavor = "multi_thread")]
async fn versions_in_order() {
    let regions = Regions::start().await;
    let sm = regions.secrets(CENTRAL);
    let mut made = vec![sm.create_secret().name("a").secret_string("0").send().await.unwrap().version_id.unwrap()];
    for number in 1..10 {
        let put = sm.put_secret_value().secret_id("a").secret_string(number.to_string()).send().await.unwrap();
        made.push(put.version_id.unwrap());
    }
    let listed = sm.list_secret_version_ids().secret_id("a").include_deprecated(true).send().await.unwrap();
    let ids: Vec<&str> = listed.versions().iter().filter_map(SecretVersionsListEntry::version_id).collect();
    assert_eq!(ids, made);
    let labelled = sm.list_secret_version_ids().secret_id("a").send().await.unwrap();
    assert_eq!(labelled.versions().len(), 2);
    // Hidden versions are still read by their ids.
    for (number, id) in made.iter().enumerate() {
        let read = sm.get_secret_value().secret_id("a").version_id(id).send().await.unwrap();
        assert_eq!(read.secret_string, Some(number.to_string()));
    }
    regions.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_has_one_date() {
    let regions = Regions::start().await;
    let sm = regions.secrets(CENTRAL);
    sm.create_secret().name("a").secret_string("x").send().await.unwrap();
    regions.advance_secs(3 * 86_400 + 12_345);
    value(&regions, CENTRAL, "a").await.unwrap();
    let date = sm.describe_secret().secret_id("a").send().await.unwrap().last_accessed_date.unwrap();
    assert_eq!(date.secs(), regions.now().start_of_day().secs());
    regions.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_used_once() {
    let regions = Regions::start().await;
    let sm = regions.secrets(CENTRAL);
    let token = "terraform-20261123184516452100000002";
    let create =
        async |value: &str| sm.create_secret().name("a").client_request_token(token).secret_string(value).send().await;
    let made = create("x").await.unwrap();
    assert_eq!(made.version_id(), Some(token));
    assert_eq!(create("x").await.unwrap().arn, made.arn);
    let text = format!(
        "You can't use ClientRequestToken {token} because that value is already in use for a version of secret {}.",
        made.arn.unwrap()
    );
    check_refused(&create("y").await, "ResourceExistsException", Some(&text));
    regions.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn under_a_key_of_ones_own() {
    let regions = Regions::start().await;
    let (sm, kms) = (regions.secrets(CENTRAL), regions.kms(CENTRAL));
    let (one, two) = (single(&regions, CENTRAL).await, single(&regions, CENTRAL).await);
    sm.create_secret().name("a").kms_key_id(&one).secret_string("x").send().await.unwrap();
    assert_eq!(sm.describe_secret().secret_id("a").send().await.unwrap().kms_key_id(), Some(one.as_str()));
    kms.disable_key().key_id(&one).send().await.unwrap();
    let (code, text) = code_of(&sm.get_secret_value().secret_id("a").send().await);
    assert_eq!(code, "DecryptionFailure");
    let start = format!(
        "Secrets Manager can't decrypt the secret value: {} is disabled. (Service: AWSKMS; Status Code: 400; Error Code: \
         DisabledException; Request ID: ",
        key_arn(CENTRAL, &one)
    );
    assert!(text.starts_with(&start), "{text}");
    kms.enable_key().key_id(&one).send().await.unwrap();
    // Another key: the labelled versions move under it, and the first may go.
    sm.update_secret().secret_id("a").kms_key_id(&two).send().await.unwrap();
    kms.disable_key().key_id(&one).send().await.unwrap();
    assert_eq!(value(&regions, CENTRAL, "a").await.as_deref(), Some("x"));
    regions.stop().await;
}
