//! Lists: pages, and markers that are valid for one list only.

use std::collections::BTreeSet;

use aws_sdk_kms::types::Tag;
use claviger_tests::{CENTRAL, Regions, TestCredentials, WEST, refused};

use crate::support::single;

#[tokio::test(flavor = "multi_thread")]
async fn keys_page_by_page() {
    let regions = Regions::start().await;
    let mut made = BTreeSet::new();
    for _ in 0..25 {
        made.insert(single(&regions, CENTRAL).await);
    }
    for limit in [1, 7, 25, 1000] {
        let kms = regions.kms(CENTRAL);
        let (mut seen, mut marker, mut pages) = (Vec::new(), None, 0);
        loop {
            let page = kms.list_keys().limit(limit).set_marker(marker.take()).send().await.unwrap();
            assert!(page.keys().len() <= usize::try_from(limit).unwrap());
            assert_eq!(page.truncated, page.next_marker().is_some());
            seen.extend(page.keys().iter().map(|k| k.key_id().unwrap().to_owned()));
            pages += 1;
            marker = page.next_marker;
            if marker.is_none() {
                break;
            }
        }
        assert_eq!(seen.len(), 25, "pages of {limit}");
        assert_eq!(seen.into_iter().collect::<BTreeSet<_>>(), made);
        assert!(pages >= 25 / limit);
    }
    regions.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_made_between_pages_disturb_nothing() {
    let regions = Regions::start().await;
    let kms = regions.kms(CENTRAL);
    let mut made = BTreeSet::new();
    for _ in 0..10 {
        made.insert(single(&regions, CENTRAL).await);
    }
    let first = kms.list_keys().limit(5).send().await.unwrap();
    for _ in 0..10 {
        single(&regions, CENTRAL).await;
    }
    let rest = kms.list_keys().limit(1000).set_marker(first.next_marker.clone()).send().await.unwrap();
    let seen: Vec<&str> = first.keys().iter().chain(rest.keys()).filter_map(|k| k.key_id()).collect();
    assert_eq!(seen.len(), seen.iter().collect::<BTreeSet<_>>().len(), "a key is listed twice");
    assert!(made.iter().all(|key| seen.contains(&key.as_str())), "a key is missing");
    regions.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn markers_are_for_one_list_of_one_caller() {
    let regions = Regions::start().await;
    let kms = regions.kms(CENTRAL);
    let keys = [single(&regions, CENTRAL).await, single(&regions, CENTRAL).await];
    for key in &keys {
        for name in ["a", "b", "c"] {
            let tag = Tag::builder().tag_key(name).tag_value("").build().unwrap();
            kms.tag_resource().key_id(key).tags(tag).send().await.unwrap();
            let alias = format!("alias/{name}-{key}");
            kms.create_alias().alias_name(alias).target_key_id(key).send().await.unwrap();
        }
    }
    let marker = kms.list_keys().limit(1).send().await.unwrap().next_marker.unwrap();
    let tags = kms.list_resource_tags().key_id(&keys[0]).limit(1).send().await.unwrap().next_marker.unwrap();
    let aliases = kms.list_aliases().key_id(&keys[0]).limit(1).send().await.unwrap().next_marker.unwrap();
    let other = TestCredentials::root("111122223333");
    refused(regions.kms_as(&other, CENTRAL).list_keys().marker(&marker).send().await, "InvalidMarkerException", None);
    refused(regions.kms(WEST).list_keys().marker(&marker).send().await, "InvalidMarkerException", None);
    refused(kms.list_aliases().marker(&marker).send().await, "InvalidMarkerException", None);
    refused(kms.list_resource_tags().key_id(&keys[1]).marker(&tags).send().await, "InvalidMarkerException", None);
    refused(kms.list_aliases().key_id(&keys[1]).marker(&aliases).send().await, "InvalidMarkerException", None);
    refused(kms.list_aliases().marker(&aliases).send().await, "InvalidMarkerException", None);
    for broken in [&marker[..marker.len() - 1], "AAAA", "=", &format!("{marker}{marker}")] {
        refused(kms.list_keys().marker(broken).send().await, "InvalidMarkerException", None);
    }
    assert!(kms.list_resource_tags().key_id(&keys[0]).marker(&tags).send().await.is_ok());
    regions.stop().await;
}
