//! External key stores, with a proxy behind a real socket.

mod failures;

use aws_sdk_kms::Client;
use aws_sdk_kms::operation::create_key::builders::CreateKeyFluentBuilder;
use aws_sdk_kms::primitives::Blob;
use aws_sdk_kms::types::{
    ConnectionStateType, CustomKeyStoreType, CustomKeyStoresListEntry, DataKeyPairSpec, DataKeySpec, KeyState,
    OriginType, XksProxyAuthenticationCredentialType, XksProxyConnectivityType,
};
use claviger_tests::{CENTRAL, Regions, XKS_HOST, XKS_KEY_ID, XKS_SECRET, XksProxy, check_refused, code_of, key_arn};
use std::net::{Ipv4Addr, SocketAddr};

use crate::support::{describe, single};

/// The name of a proxy that is not there.
const DOWN: &str = "down.test";

/// Regions, and a proxy that they reach.
pub(super) struct Setting {
    pub(super) regions: Regions,
    proxy: XksProxy,
}

impl Setting {
    pub(super) async fn new() -> Setting {
        let proxy = XksProxy::start().await;
        // A port that was free a moment ago.
        let closed = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap();
        let names: [(&str, SocketAddr); 2] = [(XKS_HOST, proxy.address()), (DOWN, closed)];
        Setting { regions: Regions::start_with_proxies(&names).await, proxy }
    }

    fn kms(&self) -> Client {
        self.regions.kms(CENTRAL)
    }

    async fn store(&self, name: &str) -> String {
        let made = create(&self.kms(), name, XKS_HOST, XKS_SECRET).send().await;
        made.unwrap().custom_key_store_id.unwrap()
    }

    pub(super) async fn connected(&self, name: &str) -> String {
        let store = self.store(name).await;
        self.kms().connect_custom_key_store().custom_key_store_id(&store).send().await.unwrap();
        store
    }

    pub(super) async fn key(&self, store: &str, xks_key_id: &str) -> String {
        new_key(&self.kms(), store, xks_key_id).send().await.unwrap().key_metadata.unwrap().key_id
    }

    async fn described(&self, store: &str) -> CustomKeyStoresListEntry {
        let answer = self.kms().describe_custom_key_stores().custom_key_store_id(store).send().await.unwrap();
        answer.custom_key_stores.unwrap().remove(0)
    }

    pub(super) async fn disconnect(&self, store: &str) {
        self.kms().disconnect_custom_key_store().custom_key_store_id(store).send().await.unwrap();
    }

    async fn connect(&self, store: &str) -> ConnectionStateType {
        self.kms().connect_custom_key_store().custom_key_store_id(store).send().await.unwrap();
        self.described(store).await.connection_state.unwrap()
    }
}

type CreateStore = aws_sdk_kms::operation::create_custom_key_store::builders::CreateCustomKeyStoreFluentBuilder;

fn credential(secret: &str) -> XksProxyAuthenticationCredentialType {
    let credential = XksProxyAuthenticationCredentialType::builder();
    credential.access_key_id(XKS_KEY_ID).raw_secret_access_key(secret).build().unwrap()
}

/// A request for a key store with a path of its own.
fn create(kms: &Client, name: &str, host: &str, secret: &str) -> CreateStore {
    kms.create_custom_key_store()
        .custom_key_store_name(name)
        .custom_key_store_type(CustomKeyStoreType::ExternalKeyStore)
        .xks_proxy_connectivity(XksProxyConnectivityType::PublicEndpoint)
        .xks_proxy_uri_endpoint(format!("https://{host}"))
        .xks_proxy_uri_path(format!("/{name}/kms/xks/v1"))
        .xks_proxy_authentication_credential(credential(secret))
}

fn new_key(kms: &Client, store: &str, xks_key_id: &str) -> CreateKeyFluentBuilder {
    kms.create_key().origin(OriginType::ExternalKeyStore).custom_key_store_id(store).xks_key_id(xks_key_id)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_store_and_its_keys_from_the_first_day_to_the_last() {
    let setting = Setting::new().await;
    let kms = setting.kms();
    let store = setting.store("vault").await;
    assert!(store.starts_with("cks-") && store.len() == 21, "{store}");
    let described = setting.described(&store).await;
    assert_eq!(described.connection_state, Some(ConnectionStateType::Disconnected));
    assert_eq!(described.custom_key_store_type, Some(CustomKeyStoreType::ExternalKeyStore));
    let configuration = described.xks_proxy_configuration.unwrap();
    assert_eq!(configuration.access_key_id.as_deref(), Some(XKS_KEY_ID));
    assert_eq!(configuration.uri_path.as_deref(), Some("/vault/kms/xks/v1"));

    let text = format!("Custom key store {store} is DISCONNECTED, which is not valid for CreateKey.");
    let early = new_key(&kms, &store, "key-1").send().await;
    check_refused(&early, "CustomKeyStoreInvalidStateException", Some(&text));
    assert_eq!(setting.connect(&store).await, ConnectionStateType::Connected);
    assert_eq!(setting.connect(&store).await, ConnectionStateType::Connected, "connecting again changes nothing");

    let metadata = new_key(&kms, &store, "key-1").send().await.unwrap().key_metadata.unwrap();
    let key = metadata.key_id.clone();
    assert_eq!(metadata, describe(&setting.regions, CENTRAL, &key).await.unwrap());
    assert_eq!(metadata.custom_key_store_id.as_deref(), Some(store.as_str()));
    assert_eq!(metadata.xks_key_configuration.as_ref().and_then(|c| c.id.as_deref()), Some("key-1"));
    assert_eq!((metadata.origin, metadata.multi_region), (Some(OriginType::ExternalKeyStore), Some(false)));
    assert_eq!((metadata.key_state, metadata.current_key_material_id), (Some(KeyState::Enabled), None));
    let text = format!("External key key-1 is already associated with a KMS key in {store}.");
    let again = new_key(&kms, &store, "key-1").send().await;
    check_refused(&again, "XksKeyAlreadyInUseException", Some(&text));

    let sealed =
        kms.encrypt().key_id(&key).encryption_context("a", "b").plaintext(Blob::new("hello")).send().await.unwrap();
    let blob = sealed.ciphertext_blob.unwrap();
    let opened = kms.decrypt().ciphertext_blob(blob.clone()).encryption_context("a", "b").send().await.unwrap();
    assert_eq!(opened.plaintext.unwrap().into_inner(), b"hello");
    assert_eq!((opened.key_id, opened.key_material_id), (Some(key_arn(CENTRAL, &key)), None));

    setting.disconnect(&store).await;
    assert_eq!(describe(&setting.regions, CENTRAL, &key).await.unwrap().key_state, Some(KeyState::Unavailable));
    let text = format!("{} is unavailable.", key_arn(CENTRAL, &key));
    let away = kms.decrypt().ciphertext_blob(blob.clone()).encryption_context("a", "b").send().await;
    check_refused(&away, "KMSInvalidStateException", Some(&text));
    let deleted = kms.delete_custom_key_store().custom_key_store_id(&store).send().await;
    let text = format!("Custom key store {store} contains KMS keys.");
    check_refused(&deleted, "CustomKeyStoreHasCMKsException", Some(&text));
    setting.connect(&store).await;
    kms.decrypt().ciphertext_blob(blob).encryption_context("a", "b").send().await.unwrap();

    kms.schedule_key_deletion().key_id(&key).pending_window_in_days(7).send().await.unwrap();
    setting.disconnect(&store).await;
    assert_eq!(describe(&setting.regions, CENTRAL, &key).await.unwrap().key_state, Some(KeyState::PendingDeletion));
    setting.regions.advance_days(7);
    let gone = async || describe(&setting.regions, CENTRAL, &key).await.is_none().then_some(());
    setting.regions.eventually("the key is deleted", gone).await;
    kms.delete_custom_key_store().custom_key_store_id(&store).send().await.unwrap();
    let text = format!("Custom key store {store} does not exist.");
    let described = kms.describe_custom_key_stores().custom_key_store_id(&store).send().await;
    check_refused(&described, "CustomKeyStoreNotFoundException", Some(&text));
    assert_eq!(setting.proxy.refused(), 0);
    setting.regions.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_proxy_gets_what_the_protocol_says_and_no_plaintext() {
    let setting = Setting::new().await;
    let kms = setting.kms();
    let store = setting.connected("vault").await;
    let key = setting.key(&store, "key-1").await;
    let seen = setting.proxy.take_seen();
    let operations: Vec<(&str, &str)> = seen
        .iter()
        .map(|(path, body)| (path.as_str(), body["requestMetadata"]["kmsOperation"].as_str().unwrap()))
        .collect();
    assert_eq!(
        operations,
        [
            ("/vault/kms/xks/v1/health", "CreateCustomKeyStore"),
            ("/vault/kms/xks/v1/health", "ConnectCustomKeyStore"),
            ("/vault/kms/xks/v1/keys/key-1/metadata", "CreateKey"),
        ]
    );
    let data_key = kms.generate_data_key().key_id(&key).key_spec(DataKeySpec::Aes256).send().await.unwrap();
    let plaintext = data_key.plaintext.unwrap().into_inner();
    let opened = kms.decrypt().ciphertext_blob(data_key.ciphertext_blob.clone().unwrap()).send().await.unwrap();
    assert_eq!(opened.plaintext.unwrap().into_inner(), plaintext);
    let seen = setting.proxy.take_seen();
    assert_eq!(seen.len(), 2, "{seen:?}");
    let (path, sent) = &seen[0];
    assert_eq!(path, "/vault/kms/xks/v1/keys/key-1/encrypt");
    assert_eq!(sent["requestMetadata"]["kmsOperation"], "GenerateDataKey");
    assert_eq!(sent["requestMetadata"]["kmsKeyArn"], key_arn(CENTRAL, &key));
    assert_eq!(sent["requestMetadata"]["awsPrincipalArn"], "arn:aws:iam::000000000000:root");
    assert_eq!(sent["requestMetadata"]["kmsRequestId"].as_str().unwrap().len(), 36);
    assert_eq!(
        (&sent["encryptionAlgorithm"], seen[1].1["requestMetadata"]["kmsOperation"].as_str()),
        (&"AES_GCM".into(), Some("Decrypt"))
    );
    // What the proxy gets to encrypt is a ciphertext, from which the data key cannot be told without the key's material here.
    use base64::Engine;
    let inner = base64::engine::general_purpose::STANDARD.decode(sent["plaintext"].as_str().unwrap()).unwrap();
    assert!(!inner.windows(plaintext.len()).any(|window| window == plaintext));
    // Whoever has seen it cannot have it opened without the proxy.
    let direct = kms.decrypt().ciphertext_blob(Blob::new(inner)).send().await;
    check_refused(&direct, "InvalidCiphertextException", None);
    assert!(setting.proxy.take_seen().is_empty());
    setting.regions.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_way_to_use_a_key() {
    let setting = Setting::new().await;
    let kms = setting.kms();
    let store = setting.connected("vault").await;
    let (one, two) = (setting.key(&store, "key-1").await, setting.key(&store, "key-2").await);
    let inside = single(&setting.regions, CENTRAL).await;
    let opened =
        async |blob: &Blob| kms.decrypt().ciphertext_blob(blob.clone()).send().await.unwrap().plaintext.unwrap();

    let longest = vec![7; 4096];
    let sealed = kms.encrypt().key_id(&one).plaintext(Blob::new(longest.clone())).send().await.unwrap();
    let mut blob = sealed.ciphertext_blob.unwrap();
    assert_eq!(opened(&blob).await.into_inner(), longest);
    for to in [&two, &inside, &one] {
        let moved = kms.re_encrypt().ciphertext_blob(blob).destination_key_id(to).send().await.unwrap();
        assert_eq!(moved.destination_key_material_id.is_some(), to == &inside);
        blob = moved.ciphertext_blob.unwrap();
        assert_eq!(opened(&blob).await.into_inner(), longest);
    }
    let hidden = kms.generate_data_key_without_plaintext().key_id(&one).number_of_bytes(24).send().await.unwrap();
    assert_eq!(opened(&hidden.ciphertext_blob.unwrap()).await.into_inner().len(), 24);
    let dry = kms.encrypt().key_id(&one).plaintext(Blob::new("x")).dry_run(true).send().await;
    assert_eq!(code_of(&dry).0, "DryRunOperationException");

    let wrong_context = kms.decrypt().ciphertext_blob(blob.clone()).encryption_context("a", "b").send().await;
    let text = "The external key store proxy rejected the request because the specified ciphertext or encryption context is corrupted, missing, or otherwise invalid.";
    check_refused(&wrong_context, "KMSInvalidStateException", Some(text));
    let other_key = kms.decrypt().ciphertext_blob(blob.clone()).key_id(&two).send().await;
    assert_eq!(code_of(&other_key).0, "IncorrectKeyException");
    for position in [60, 100] {
        let mut damaged = blob.clone().into_inner();
        damaged[position] ^= 1;
        let refused = kms.decrypt().ciphertext_blob(Blob::new(damaged)).send().await;
        check_refused(&refused, "KMSInvalidStateException", Some(text));
    }

    for spec in [DataKeyPairSpec::EccNistP256, DataKeyPairSpec::Rsa2048] {
        let pair = kms.generate_data_key_pair().key_id(&one).key_pair_spec(spec).send().await;
        assert_eq!(code_of(&pair).0, "UnsupportedOperationException");
    }
    let rotations = [
        code_of(&kms.enable_key_rotation().key_id(&one).send().await),
        code_of(&kms.rotate_key_on_demand().key_id(&one).send().await),
        code_of(&kms.list_key_rotations().key_id(&one).send().await),
    ];
    assert!(rotations.iter().all(|(code, _)| code == "UnsupportedOperationException"), "{rotations:?}");
    assert_eq!(code_of(&kms.get_key_rotation_status().key_id(&one).send().await).0, "UnsupportedOperationException");
    let random = kms.generate_random().number_of_bytes(8).custom_key_store_id(&store).send().await;
    check_refused(
        &random,
        "UnsupportedOperationException",
        Some("Random bytes are not generated in external key stores."),
    );
    let random = kms.generate_random().number_of_bytes(8).custom_key_store_id("cks-0").send().await;
    assert_eq!(code_of(&random).0, "CustomKeyStoreNotFoundException");
    setting.regions.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn secrets_under_a_key_in_a_key_store() {
    let setting = Setting::new().await;
    let secrets = setting.regions.secrets(CENTRAL);
    let store = setting.connected("vault").await;
    let key = setting.key(&store, "key-1").await;
    setting.proxy.take_seen();
    secrets.create_secret().name("s").kms_key_id(&key).secret_string("first").send().await.unwrap();
    secrets.put_secret_value().secret_id("s").secret_string("second").send().await.unwrap();
    let read = secrets.get_secret_value().secret_id("s").send().await.unwrap();
    assert_eq!(read.secret_string.as_deref(), Some("second"));
    let seen = setting.proxy.take_seen();
    assert!(seen.iter().all(|(_, body)| body["requestMetadata"]["kmsViaService"] == "secretsmanager"), "{seen:?}");
    setting.disconnect(&store).await;
    let read = secrets.get_secret_value().secret_id("s").send().await;
    let (code, text) = code_of(&read);
    assert_eq!(code, "DecryptionFailure");
    assert!(
        text.contains("is unavailable. (Service: AWSKMS; Status Code: 400; Error Code: KMSInvalidStateException"),
        "{text}"
    );
    setting.regions.stop().await;
}

/// A cancelled deletion leaves the key disabled, which shows once the key store is connected.
#[tokio::test(flavor = "multi_thread")]
async fn the_deletion_of_an_unavailable_key_is_cancelled() {
    let setting = Setting::new().await;
    let kms = setting.kms();
    let store = setting.connected("vault").await;
    let key = setting.key(&store, "key-1").await;
    setting.disconnect(&store).await;
    kms.schedule_key_deletion().key_id(&key).send().await.unwrap();
    kms.cancel_key_deletion().key_id(&key).send().await.unwrap();
    assert_eq!(describe(&setting.regions, CENTRAL, &key).await.unwrap().key_state, Some(KeyState::Unavailable));
    setting.connect(&store).await;
    assert_eq!(describe(&setting.regions, CENTRAL, &key).await.unwrap().key_state, Some(KeyState::Disabled));
    setting.regions.stop().await;
}
