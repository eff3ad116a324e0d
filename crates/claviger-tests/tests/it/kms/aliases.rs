//! Aliases: their owners, and their targets at the moment of use.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use aws_sdk_kms::primitives::Blob;
use claviger_tests::{ACCOUNT, CENTRAL, Regions, check_refused, key_arn, refused};

use crate::support::single;

#[tokio::test(flavor = "multi_thread")]
async fn life() {
    let regions = Regions::start().await;
    let kms = regions.kms(CENTRAL);
    let (one, two) = (single(&regions, CENTRAL).await, single(&regions, CENTRAL).await);
    kms.create_alias().alias_name("alias/a").target_key_id(&one).send().await.unwrap();
    let taken = format!("An alias with the name arn:aws:kms:{CENTRAL}:{ACCOUNT}:alias/a already exists");
    let again = kms.create_alias().alias_name("alias/a").target_key_id(&two).send().await;
    check_refused(&again, "AlreadyExistsException", Some(&taken));
    regions.advance_secs(10);
    kms.update_alias().alias_name("alias/a").target_key_id(&two).send().await.unwrap();
    assert!(kms.list_aliases().key_id(&one).send().await.unwrap().aliases().is_empty());
    let entry = kms.list_aliases().key_id(&two).send().await.unwrap().aliases()[0].clone();
    assert_eq!(entry.target_key_id(), Some(two.as_str()));
    let (created, updated) = (entry.creation_date().unwrap().secs(), entry.last_updated_date().unwrap().secs());
    assert_eq!(updated - created, 10);
    kms.delete_alias().alias_name("alias/a").send().await.unwrap();
    let gone = format!("Alias arn:aws:kms:{CENTRAL}:{ACCOUNT}:alias/a is not found.");
    check_refused(&kms.delete_alias().alias_name("alias/a").send().await, "NotFoundException", Some(&gone));
    refused(
        kms.create_alias().alias_name("alias/b").target_key_id("alias/a").send().await,
        "ValidationException",
        "Aliases must refer to keys. Not aliases",
    );
    refused(
        kms.create_alias().alias_name("alias/aws/b").target_key_id(&one).send().await,
        "NotAuthorizedException",
        None,
    );
    regions.stop().await;
}

/// An alias that is moved to and fro while it is used always answers with one of its targets, and a ciphertext is made under
/// the key that the answer names.
#[tokio::test(flavor = "multi_thread")]
async fn moved_while_used() {
    let regions = Arc::new(Regions::start().await);
    let keys = [single(&regions, CENTRAL).await, single(&regions, CENTRAL).await];
    let kms = regions.kms(CENTRAL);
    kms.create_alias().alias_name("alias/moving").target_key_id(&keys[0]).send().await.unwrap();
    let stop = Arc::new(AtomicBool::new(false));
    let users: Vec<_> = (0..4)
        .map(|_| {
            let (kms, stop, keys) = (kms.clone(), stop.clone(), keys.clone());
            tokio::spawn(async move {
                let arns = keys.map(|key| key_arn(CENTRAL, &key));
                let mut count = 0;
                while !stop.load(Ordering::Relaxed) {
                    let sealed = kms.encrypt().key_id("alias/moving").plaintext(Blob::new("x")).send().await.unwrap();
                    assert!(arns.contains(&sealed.key_id.clone().unwrap()));
                    let opened = kms.decrypt().ciphertext_blob(sealed.ciphertext_blob.unwrap()).send().await.unwrap();
                    assert_eq!(opened.key_id, sealed.key_id);
                    count += 1;
                }
                count
            })
        })
        .collect();
    for round in 0..200 {
        kms.update_alias().alias_name("alias/moving").target_key_id(&keys[(round + 1) % 2]).send().await.unwrap();
    }
    stop.store(true, Ordering::Relaxed);
    for user in users {
        assert!(user.await.unwrap() > 0);
    }
}
