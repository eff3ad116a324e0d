//! Key policies: their stored text, their refusals, and their decisions.

use aws_sdk_kms::primitives::Blob;
use claviger_tests::{ACCOUNT, CENTRAL, Regions, check_refused, key_arn, refused, root_arn};

use crate::support::{all_but, single};

const LOCKED_OUT: &str = "The new key policy will not allow you to update the key policy in the future.";

#[tokio::test(flavor = "multi_thread")]
async fn storing() {
    let regions = Regions::start().await;
    let kms = regions.kms(CENTRAL);
    let key = single(&regions, CENTRAL).await;
    let default = kms.get_key_policy().key_id(&key).send().await.unwrap();
    assert_eq!(default.policy_name(), Some("default"));
    assert!(default.policy().unwrap().contains(&root_arn(ACCOUNT)));
    assert_eq!(kms.list_key_policies().key_id(&key).send().await.unwrap().policy_names(), ["default"]);
    let text = all_but(ACCOUNT, "kms:Encrypt");
    kms.put_key_policy().key_id(&key).policy(&text).send().await.unwrap();
    assert_eq!(kms.get_key_policy().key_id(&key).send().await.unwrap().policy(), Some(text.as_str()));
    let other = kms.get_key_policy().key_id(&key).policy_name("other").send().await;
    refused(other, "NotFoundException", "No such policy exists");
    regions.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_denial_binds_the_root_too() {
    let regions = Regions::start().await;
    let kms = regions.kms(CENTRAL);
    let key = single(&regions, CENTRAL).await;
    kms.put_key_policy().key_id(&key).policy(all_but(ACCOUNT, "kms:Encrypt")).send().await.unwrap();
    let text = format!(
        "User: {} is not authorized to perform: kms:Encrypt on resource: {} with an explicit deny in a resource-based policy",
        root_arn(ACCOUNT),
        key_arn(CENTRAL, &key)
    );
    let answer = kms.encrypt().key_id(&key).plaintext(Blob::new("x")).send().await;
    check_refused(&answer, "AccessDeniedException", Some(&text));
    kms.generate_data_key().key_id(&key).number_of_bytes(1).send().await.unwrap();
    regions.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_locks_himself_out_by_mistake() {
    let regions = Regions::start().await;
    let kms = regions.kms(CENTRAL);
    let locking = all_but(ACCOUNT, "kms:PutKeyPolicy");
    refused(kms.create_key().policy(&locking).send().await, "MalformedPolicyDocumentException", LOCKED_OUT);
    let key = single(&regions, CENTRAL).await;
    let answer = kms.put_key_policy().key_id(&key).policy(&locking).send().await;
    refused(answer, "MalformedPolicyDocumentException", LOCKED_OUT);
    let meant = kms.put_key_policy().key_id(&key).policy(&locking).bypass_policy_lockout_safety_check(true);
    meant.send().await.unwrap();
    let stuck = kms.put_key_policy().key_id(&key).policy(all_but(ACCOUNT, "kms:Sign")).send().await;
    assert_eq!(claviger_tests::code_of(&stuck).0, "AccessDeniedException");
    regions.stop().await;
}
