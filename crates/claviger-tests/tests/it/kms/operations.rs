//! Each operation's success, as the SDK reads it.

use aws_sdk_kms::primitives::Blob;
use aws_sdk_kms::types::{
    DataKeySpec, EncryptionAlgorithmSpec, KeyManagerType, KeySpec, KeyState, KeyUsageType, OriginType, Tag,
};
use claviger_tests::{ACCOUNT, CENTRAL, Regions, WEST, check_refused, key_arn, refused};

use crate::support::{encrypt, related, single};

const INCORRECT_KEY: &str = "The key ID in the request does not identify a CMK that can perform this operation.";
const WOULD: &str = "The request would have succeeded, but the DryRun option is set.";

#[tokio::test(flavor = "multi_thread")]
async fn keys() {
    let regions = Regions::start().await;
    let kms = regions.kms(CENTRAL);
    let tag = Tag::builder().tag_key("a").tag_value("b").build().unwrap();
    let made = kms.create_key().description("d").tags(tag.clone()).send().await.unwrap().key_metadata.unwrap();
    assert_eq!(made.aws_account_id(), Some(ACCOUNT));
    assert_eq!(made.arn(), Some(key_arn(CENTRAL, &made.key_id).as_str()));
    assert_eq!(made.creation_date().unwrap().secs(), regions.now().secs());
    assert_eq!((made.enabled, made.description()), (true, Some("d")));
    assert_eq!((made.key_usage(), made.key_state()), (Some(&KeyUsageType::EncryptDecrypt), Some(&KeyState::Enabled)));
    assert_eq!((made.origin(), made.key_manager()), (Some(&OriginType::AwsKms), Some(&KeyManagerType::Customer)));
    assert_eq!(made.key_spec(), Some(&KeySpec::SymmetricDefault));
    assert_eq!(made.encryption_algorithms(), [EncryptionAlgorithmSpec::SymmetricDefault]);
    assert_eq!(made.multi_region, Some(false));
    let shown = kms.describe_key().key_id(&made.key_id).send().await.unwrap().key_metadata.unwrap();
    assert_eq!(shown, made);
    assert_eq!(kms.list_resource_tags().key_id(&made.key_id).send().await.unwrap().tags(), [tag]);
    kms.update_key_description().key_id(&made.key_id).description("e").send().await.unwrap();
    let shown = kms.describe_key().key_id(&made.key_id).send().await.unwrap().key_metadata.unwrap();
    assert_eq!(shown.description(), Some("e"));
    regions.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn encryption() {
    let regions = Regions::start().await;
    let kms = regions.kms(CENTRAL);
    let key = single(&regions, CENTRAL).await;
    let arn = key_arn(CENTRAL, &key);
    let sealed =
        kms.encrypt().key_id(&key).plaintext(Blob::new("x")).encryption_context("a", "b").send().await.unwrap();
    assert_eq!(sealed.key_id(), Some(arn.as_str()));
    let blob = sealed.ciphertext_blob.unwrap();
    let opened = kms.decrypt().ciphertext_blob(blob.clone()).encryption_context("a", "b").send().await.unwrap();
    assert_eq!((opened.key_id, opened.plaintext.unwrap().into_inner()), (Some(arn.clone()), b"x".to_vec()));
    refused(kms.decrypt().ciphertext_blob(blob.clone()).send().await, "InvalidCiphertextException", None);
    let another = single(&regions, CENTRAL).await;
    let named = kms.decrypt().ciphertext_blob(blob.clone()).encryption_context("a", "b").key_id(&another);
    refused(named.send().await, "IncorrectKeyException", INCORRECT_KEY);
    let moved =
        kms.re_encrypt().ciphertext_blob(blob.clone()).source_encryption_context("a", "b").destination_key_id(&another);
    let moved = moved.send().await.unwrap();
    assert_eq!(moved.source_key_id(), Some(arn.as_str()));
    assert_eq!(moved.key_id(), Some(key_arn(CENTRAL, &another).as_str()));
    let opened = kms.decrypt().ciphertext_blob(moved.ciphertext_blob.unwrap()).send().await.unwrap();
    assert_eq!(opened.plaintext.unwrap().into_inner(), b"x");
    for (dry, real) in [(true, false), (false, true)] {
        let answer = kms.encrypt().key_id(&key).plaintext(Blob::new("x")).dry_run(dry).send().await;
        if real { drop(answer.unwrap()) } else { refused(answer, "DryRunOperationException", WOULD) }
    }
    regions.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn data_keys() {
    let regions = Regions::start().await;
    let kms = regions.kms(CENTRAL);
    let key = single(&regions, CENTRAL).await;
    for (spec, length) in [(DataKeySpec::Aes128, 16), (DataKeySpec::Aes256, 32)] {
        let made = kms.generate_data_key().key_id(&key).key_spec(spec.clone()).send().await.unwrap();
        let plaintext = made.plaintext.unwrap().into_inner();
        assert_eq!(plaintext.len(), length);
        let opened = kms.decrypt().ciphertext_blob(made.ciphertext_blob.unwrap()).send().await.unwrap();
        assert_eq!(opened.plaintext.unwrap().into_inner(), plaintext);
        let hidden = kms.generate_data_key_without_plaintext().key_id(&key).key_spec(spec).send().await.unwrap();
        let opened = kms.decrypt().ciphertext_blob(hidden.ciphertext_blob.unwrap()).send().await.unwrap();
        assert_eq!(opened.plaintext.unwrap().into_inner().len(), length);
    }
    let neither = kms.generate_data_key().key_id(&key).send().await;
    refused(neither, "ValidationException", "Please specify either number of bytes or key spec.");
    regions.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ids_that_name_no_key() {
    let regions = Regions::start().await;
    let kms = regions.kms(CENTRAL);
    let missing = "00000000-0000-4000-8000-000000000000";
    let cases = [
        ("nonsense".to_owned(), "Invalid keyId 'nonsense'".to_owned()),
        (missing.to_owned(), format!("Key '{}' does not exist", key_arn(CENTRAL, missing))),
        (key_arn(CENTRAL, missing), format!("Key '{}' does not exist", key_arn(CENTRAL, missing))),
        (key_arn(WEST, missing), format!("Invalid arn {WEST}")),
        ("alias/none".to_owned(), format!("Alias arn:aws:kms:{CENTRAL}:{ACCOUNT}:alias/none is not found.")),
    ];
    for (name, text) in &cases {
        check_refused(&kms.describe_key().key_id(name).send().await, "NotFoundException", Some(text));
        check_refused(
            &kms.encrypt().key_id(name).plaintext(Blob::new("x")).send().await,
            "NotFoundException",
            Some(text),
        );
        if !name.starts_with("alias/") {
            check_refused(&kms.enable_key().key_id(name).send().await, "NotFoundException", Some(text));
            check_refused(&kms.get_key_policy().key_id(name).send().await, "NotFoundException", Some(text));
            check_refused(&kms.schedule_key_deletion().key_id(name).send().await, "NotFoundException", Some(text));
            check_refused(
                &kms.replicate_key().key_id(name).replica_region(WEST).send().await,
                "NotFoundException",
                Some(text),
            );
            let handed = kms.update_primary_region().key_id(name).primary_region(WEST).send().await;
            check_refused(&handed, "NotFoundException", Some(text));
            check_refused(&kms.list_resource_tags().key_id(name).send().await, "NotFoundException", Some(text));
        }
    }
    regions.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_ciphertext_in_every_region() {
    let regions = Regions::start().await;
    let members = [CENTRAL, WEST, claviger_tests::EAST];
    let key = related(&regions, &members).await;
    for encrypts in members {
        let blob = encrypt(&regions, encrypts, &key, encrypts).await;
        for decrypts in members {
            let answer = regions.kms(decrypts).decrypt().ciphertext_blob(blob.clone()).key_id(key_arn(decrypts, &key));
            let answer = answer.send().await.unwrap();
            assert_eq!(answer.key_id(), Some(key_arn(decrypts, &key).as_str()));
            assert_eq!(answer.plaintext.unwrap().into_inner(), encrypts.as_bytes());
        }
    }
    regions.stop().await;
}
