//! Proxies that fail, and requests that no key store takes.

use std::time::Duration;

use aws_sdk_kms::operation::create_key::builders::CreateKeyFluentBuilder;
use aws_sdk_kms::primitives::Blob;
use aws_sdk_kms::types::{
    ConnectionStateType, CustomKeyStoreType, KeySpec, KeyUsageType, OriginType, XksProxyConnectivityType,
};
use claviger_tests::{CENTRAL, Manner, XKS_HOST, XKS_SECRET, code_of};
use tokio::time::sleep;

use super::{CreateStore, DOWN, Setting, create, credential, new_key};
use crate::support::{encrypt, single};

/// The requests that wait for a slow proxy: more than the runtime has threads.
const SLOW: usize = 40;

/// How a proxy fails, the words that the text holds, and the codes: of the two operations that make and change key stores, of CreateKey, and
/// of a connection. A code is empty where the proxy does not answer so.
const FAILURES: &[(u16, &str, &str, [&str; 3])] = &[
    (
        400,
        "ValidationException",
        "cannot interpret the response",
        ["XksProxyInvalidResponseException", "CustomKeyStoreInvalidStateException", "XKS_PROXY_INVALID_RESPONSE"],
    ),
    (
        400,
        "InvalidStateException",
        "is not enabled in the external key manager",
        ["XksProxyInvalidResponseException", "XksKeyInvalidConfigurationException", "XKS_PROXY_INVALID_RESPONSE"],
    ),
    (
        400,
        "InvalidKeyUsageException",
        "does not support the requested operation",
        ["", "XksKeyInvalidConfigurationException", ""],
    ),
    (
        401,
        "AuthenticationFailedException",
        "could not authenticate AWS KMS",
        [
            "XksProxyIncorrectAuthenticationCredentialException",
            "CustomKeyStoreInvalidStateException",
            "XKS_PROXY_ACCESS_DENIED",
        ],
    ),
    (403, "AccessDeniedException", "denied access to the operation", ["", "KMSInvalidStateException", ""]),
    (404, "KeyNotFoundException", "was not found in its external key manager", ["", "XksKeyNotFoundException", ""]),
    (
        404,
        "InvalidUriPathException",
        "because of an invalid URI path",
        [
            "XksProxyInvalidConfigurationException",
            "CustomKeyStoreInvalidStateException",
            "XKS_PROXY_INVALID_CONFIGURATION",
        ],
    ),
    (
        429,
        "ThrottlingException",
        "due to a very high request rate",
        ["XksProxyUriUnreachableException", "CustomKeyStoreInvalidStateException", "XKS_PROXY_NOT_REACHABLE"],
    ),
    (
        501,
        "UnsupportedOperationException",
        "because it does not support the requested operation",
        ["", "XksKeyInvalidConfigurationException", ""],
    ),
    (
        503,
        "DependencyTimeoutException",
        "did not respond to the request in the time allotted",
        ["XksProxyUriUnreachableException", "CustomKeyStoreInvalidStateException", "XKS_PROXY_TIMED_OUT"],
    ),
    (
        500,
        "InternalException",
        "cannot communicate with the external key manager",
        ["XksProxyInvalidResponseException", "CustomKeyStoreInvalidStateException", "XKS_PROXY_INVALID_RESPONSE"],
    ),
    (
        500,
        "UnheardOfException",
        "cannot interpret the response",
        ["XksProxyInvalidResponseException", "CustomKeyStoreInvalidStateException", "XKS_PROXY_INVALID_RESPONSE"],
    ),
];

#[track_caller]
fn check_failure(what: &str, found: (String, String), code: &str, words: &str) {
    assert!(found.0 == code && found.1.contains(words), "{what}: wanted {code} with {words:?}, found {found:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_failure_of_a_proxy_has_its_error() {
    let setting = Setting::new().await;
    let kms = setting.kms();
    let store = setting.connected("vault").await;
    let key = setting.key(&store, "key-1").await;
    let blob = encrypt(&setting.regions, CENTRAL, &key, "x").await;
    let other = setting.store("other").await;
    for (status, name, words, [of_store, of_key, of_connection]) in FAILURES {
        setting.proxy.answer(Manner::error(*status, name));
        let sealed = code_of(&kms.encrypt().key_id(&key).plaintext(Blob::new("x")).send().await);
        check_failure(name, sealed, "KMSInvalidStateException", words);
        let opened = code_of(&kms.decrypt().ciphertext_blob(blob.clone()).send().await);
        check_failure(name, opened, "KMSInvalidStateException", words);
        check_failure(name, code_of(&new_key(&kms, &store, "key-2").send().await), of_key, words);
        if of_store.is_empty() {
            continue;
        }
        check_failure(name, code_of(&create(&kms, "third", XKS_HOST, XKS_SECRET).send().await), of_store, words);
        let updated = kms.update_custom_key_store().custom_key_store_id(&store);
        let updated = updated.xks_proxy_authentication_credential(credential(XKS_SECRET)).send().await;
        check_failure(name, code_of(&updated), of_store, words);
        assert_eq!(setting.connect(&other).await, ConnectionStateType::Failed);
        let code = setting.described(&other).await.connection_error_code.unwrap();
        assert_eq!(code.as_str(), *of_connection, "{name}");
        let again = kms.connect_custom_key_store().custom_key_store_id(&other).send().await;
        assert_eq!(code_of(&again).0, "CustomKeyStoreInvalidStateException");
        setting.disconnect(&other).await;
    }
    let listed = kms.describe_custom_key_stores().send().await.unwrap().custom_key_stores.unwrap();
    assert_eq!(listed.len(), 2, "a refused request makes no key store");
    setting.proxy.answer(Manner::Well);
    assert_eq!(setting.connect(&other).await, ConnectionStateType::Connected);
    setting.key(&store, "key-2").await;
    setting.regions.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_answers_are_not_believed() {
    let setting = Setting::new().await;
    let kms = setting.kms();
    let store = setting.connected("vault").await;
    let key = setting.key(&store, "key-1").await;
    let blob = encrypt(&setting.regions, CENTRAL, &key, "x").await;
    let words = "cannot interpret the response";
    for body in ["", "{}", "[]", "<html>", r#"{"plaintext": "AAAA"}"#, r#"{"errorName": "InternalException"}"#] {
        setting.proxy.answer(Manner::With(200, body.to_owned()));
        let sealed = code_of(&kms.encrypt().key_id(&key).plaintext(Blob::new("x")).send().await);
        check_failure(body, sealed, "KMSInvalidStateException", words);
        let opened = code_of(&kms.decrypt().ciphertext_blob(blob.clone()).send().await);
        check_failure(body, opened, "KMSInvalidStateException", words);
        let made = code_of(&create(&kms, "other", XKS_HOST, XKS_SECRET).send().await);
        check_failure(body, made, "XksProxyInvalidResponseException", words);
        let key = code_of(&new_key(&kms, &store, "key-2").send().await);
        check_failure(body, key, "CustomKeyStoreInvalidStateException", words);
    }
    setting.proxy.answer(Manner::WithAWrongBit);
    let opened = code_of(&kms.decrypt().ciphertext_blob(blob.clone()).send().await);
    check_failure(
        "bit",
        opened,
        "KMSInvalidStateException",
        "The ciphertext that the external key store proxy submitted",
    );
    let damaged = encrypt(&setting.regions, CENTRAL, &key, "x").await;
    setting.proxy.answer(Manner::Well);
    let opened = code_of(&kms.decrypt().ciphertext_blob(damaged).send().await);
    check_failure(
        "bit",
        opened,
        "KMSInvalidStateException",
        "the specified ciphertext or encryption context is corrupted",
    );
    for (xks_key_id, code) in [
        ("no-such-key", "XksKeyNotFoundException"),
        ("disabled", "XksKeyInvalidConfigurationException"),
        ("aes-128", "XksKeyInvalidConfigurationException"),
    ] {
        assert_eq!(code_of(&new_key(&kms, &store, xks_key_id).send().await).0, code, "{xks_key_id}");
    }
    setting.regions.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn credentials_that_the_proxy_refuses() {
    let setting = Setting::new().await;
    let kms = setting.kms();
    let wrong = XKS_SECRET.replace('2', "3");
    let words = "could not authenticate AWS KMS";
    let made = code_of(&create(&kms, "vault", XKS_HOST, &wrong).send().await);
    check_failure("create", made, "XksProxyIncorrectAuthenticationCredentialException", words);
    assert_eq!(setting.proxy.refused(), 1);
    let store = setting.store("vault").await;
    let update = async |secret: &str| {
        let update = kms.update_custom_key_store().custom_key_store_id(&store);
        code_of(&update.xks_proxy_authentication_credential(credential(secret)).send().await)
    };
    check_failure("update", update(&wrong).await, "XksProxyIncorrectAuthenticationCredentialException", words);
    assert_eq!(setting.connect(&store).await, ConnectionStateType::Connected, "the refused secret is not kept");
    assert_eq!(update(XKS_SECRET).await.0, "ok");
    setting.regions.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_that_is_down() {
    let setting = Setting::new().await;
    let kms = setting.kms();
    let words = "AWS KMS cannot communicate with the external key store proxy";
    let made = code_of(&create(&kms, "vault", DOWN, XKS_SECRET).send().await);
    check_failure("down", made, "XksProxyUriUnreachableException", words);
    let unknown = code_of(&create(&kms, "vault", "no-such-name.invalid", XKS_SECRET).send().await);
    assert_eq!(unknown.0, "XksProxyUriUnreachableException");
    let store = setting.store("vault").await;
    let update = kms.update_custom_key_store().custom_key_store_id(&store);
    let moved = code_of(&update.xks_proxy_uri_endpoint(format!("https://{DOWN}")).send().await);
    check_failure("down", moved, "XksProxyUriUnreachableException", words);
    assert_eq!(setting.connect(&store).await, ConnectionStateType::Connected, "the old endpoint is kept");
    setting.regions.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_proxy_delays_nobody_else() {
    let setting = Setting::new().await;
    let kms = setting.kms();
    let store = setting.connected("vault").await;
    let key = setting.key(&store, "key-1").await;
    let inside = single(&setting.regions, CENTRAL).await;
    setting.proxy.answer(Manner::Slowly(Duration::from_secs(60)));
    let mut slow = tokio::task::JoinSet::new();
    setting.proxy.take_seen();
    for _ in 0..SLOW {
        let sealing = kms.encrypt().key_id(&key).plaintext(Blob::new("x"));
        slow.spawn(async move { code_of(&sealing.send().await) });
    }
    let mut sent = 0;
    let all_sent = async {
        while sent < SLOW {
            sent += setting.proxy.take_seen().len();
            sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), all_sent).await.expect("every slow request reaches the proxy");
    // The requests of others, changes among them, are answered while every one of the slow requests still waits.
    for number in 0..5 {
        encrypt(&setting.regions, CENTRAL, &inside, "x").await;
        kms.update_key_description().key_id(&inside).description(number.to_string()).send().await.unwrap();
    }
    assert!(slow.try_join_next().is_none(), "the others waited for the slow proxy");
    while let Some(outcome) = slow.join_next().await {
        check_failure("slow", outcome.unwrap(), "KMSInvalidStateException", "did not respond in time");
    }
    assert_eq!(code_of(&create(&kms, "other", XKS_HOST, XKS_SECRET).send().await).0, "XksProxyUriUnreachableException");
    setting.disconnect(&store).await;
    assert_eq!(setting.connect(&store).await, ConnectionStateType::Failed);
    let code = setting.described(&store).await.connection_error_code.unwrap();
    assert_eq!(code.as_str(), "XKS_PROXY_TIMED_OUT");
    setting.regions.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_that_no_key_store_takes() {
    let setting = Setting::new().await;
    let kms = setting.kms();
    let store = setting.store("vault").await;
    let check = |what: &str, found: (String, String), code: &str| assert_eq!(found.0, code, "{what}: {}", found.1);
    let made = async |request: CreateStore| code_of(&request.send().await);
    let good = |name: &str| create(&kms, name, XKS_HOST, XKS_SECRET);
    check("name", made(good("vault").xks_proxy_uri_path("/b/kms/xks/v1")).await, "CustomKeyStoreNameInUseException");
    check("uri", made(good("b").xks_proxy_uri_path("/vault/kms/xks/v1")).await, "XksProxyUriInUseException");
    check("version", made(good("b").xks_proxy_uri_path("/kms/xks/v2")).await, "XksProxyInvalidConfigurationException");
    for endpoint in ["http://xks.test", "https://xks.test:443", "https://xks.test/a", "https://"] {
        check(endpoint, made(good("b").xks_proxy_uri_endpoint(endpoint)).await, "ValidationException");
    }
    check("cluster", made(good("b").key_store_password("kmsPswd")).await, "ValidationException");
    let private = good("b").xks_proxy_connectivity(XksProxyConnectivityType::VpcEndpointService);
    check("vpc", made(private).await, "XksProxyVpcEndpointServiceNotFoundException");
    let cloud = kms.create_custom_key_store().custom_key_store_name("b").cloud_hsm_cluster_id("cluster-2a34b5cdefgh");
    let cloud = code_of(&cloud.trust_anchor_certificate("x").key_store_password("kmsPswd").send().await);
    check("cluster", cloud, "CloudHsmClusterNotFoundException");
    let bare = kms.create_custom_key_store().custom_key_store_name("b");
    let bare = bare.custom_key_store_type(CustomKeyStoreType::ExternalKeyStore);
    check("bare", code_of(&bare.send().await), "ValidationException");

    setting.connect(&store).await;
    let keys: [(&str, CreateKeyFluentBuilder, &str); 7] = [
        (
            "spec",
            new_key(&kms, &store, "key-1").key_spec(KeySpec::Rsa2048).key_usage(KeyUsageType::SignVerify),
            "UnsupportedOperationException",
        ),
        ("multi", new_key(&kms, &store, "key-1").multi_region(true), "UnsupportedOperationException"),
        (
            "no key",
            kms.create_key().origin(OriginType::ExternalKeyStore).custom_key_store_id(&store),
            "ValidationException",
        ),
        ("no store", kms.create_key().origin(OriginType::ExternalKeyStore).xks_key_id("key-1"), "ValidationException"),
        ("origin", kms.create_key().custom_key_store_id(&store), "ValidationException"),
        (
            "cloud",
            kms.create_key().origin(OriginType::AwsCloudhsm).custom_key_store_id(&store),
            "UnsupportedOperationException",
        ),
        ("unknown", new_key(&kms, "cks-0", "key-1"), "CustomKeyStoreNotFoundException"),
    ];
    for (what, request, code) in keys {
        check(what, code_of(&request.send().await), code);
    }
    let update = || kms.update_custom_key_store().custom_key_store_id(&store);
    let moved = update().xks_proxy_uri_endpoint("https://other.test").send().await;
    check("connected", code_of(&moved), "CustomKeyStoreInvalidStateException");
    let deleted = kms.delete_custom_key_store().custom_key_store_id(&store).send().await;
    check("connected", code_of(&deleted), "CustomKeyStoreInvalidStateException");
    update().new_custom_key_store_name("safe").send().await.unwrap();
    let named = kms.describe_custom_key_stores().custom_key_store_name("safe").send().await.unwrap();
    assert_eq!(named.custom_key_stores.unwrap().len(), 1);
    setting.disconnect(&store).await;
    let twice = kms.disconnect_custom_key_store().custom_key_store_id(&store).send().await;
    check("twice", code_of(&twice), "CustomKeyStoreInvalidStateException");

    for number in 1..10 {
        setting.store(&format!("store-{number}")).await;
    }
    check("limit", made(good("one-too-many")).await, "LimitExceededException");
    let mut pages = kms.describe_custom_key_stores().limit(4).into_paginator().send();
    let mut listed = Vec::new();
    while let Some(page) = pages.next().await {
        listed.extend(page.unwrap().custom_key_stores.unwrap());
    }
    assert_eq!(listed.len(), 10);
    let foreign = kms.describe_custom_key_stores().marker("AAAA").send().await;
    check("marker", code_of(&foreign), "InvalidMarkerException");
    setting.regions.stop().await;
}
