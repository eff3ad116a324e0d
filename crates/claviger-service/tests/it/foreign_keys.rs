//! Keys of another account: a key whose policy does not allow the caller gets the same answer as a key that does not exist.

use serde_json::{Value, json};

use crate::kit::{HOME, Keys, World};

const STRANGER: &str = "111122223333";
const ABSENT: &str = "arn:aws:kms:eu-central-1:000000000000:key/00000000-0000-4000-8000-000000000000";
const ABSENT_ALIAS: &str = "arn:aws:kms:eu-central-1:000000000000:alias/absent";
const UNSEEN: &str = "because the resource does not exist in this Region, no resource-based policies allow access, or a \
                      resource-based policy explicitly denies access";
const CIPHERTEXT: &str = "the resource associated with this ciphertext";

/// A key policy for the account that owns the key, with one statement more.
fn policy(more: &str) -> String {
    format!(
        r#"{{"Version":"2012-10-17","Statement":[
        {{"Effect":"Allow","Principal":{{"AWS":"000000000000"}},"Action":"kms:*","Resource":"*"}}{more}]}}"#
    )
}

/// Three key policies that do not allow the stranger: no statement, a denial, and an allowance whose condition fails.
fn policies() -> [String; 3] {
    let statement = |effect: &str, condition: &str| {
        format!(
            r#",{{"Effect":"{effect}","Principal":{{"AWS":"{STRANGER}"}},"Action":"kms:*","Resource":"*"{condition}}}"#
        )
    };
    let never = r#","Condition":{"Bool":{"aws:SecureTransport":"true"}}"#;
    [policy(""), policy(&statement("Deny", "")), policy(&statement("Allow", never))]
}

/// The root of the other account, and users there: one may do everything, one is denied all of KMS, one is denied keys whose
/// spec is known.
fn strangers(world: &World) -> Vec<Keys> {
    let root = Keys::root_of(STRANGER);
    let mut all = vec![root.clone()];
    let deny_all = r#"{"Effect":"Deny","Action":"kms:*","Resource":"*"}"#;
    // If this statement applied to existing keys only, its denial would show that the key exists.
    let deny_kind = r#"{"Effect":"Deny","Action":"kms:*","Resource":"*","Condition":{"Null":{"kms:KeySpec":"false"}}}"#;
    let allow = r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#;
    for (name, statements) in
        [("a", allow.to_owned()), ("b", format!("{allow},{deny_all}")), ("c", format!("{allow},{deny_kind}"))]
    {
        let call =
            |action: &str, parameters: &[(&str, &str)]| world.query(&root, HOME, "iam", action, parameters).unwrap();
        let document = format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#);
        call("CreateUser", &[("UserName", name)]);
        call("PutUserPolicy", &[("UserName", name), ("PolicyName", "p"), ("PolicyDocument", &document)]);
        all.push(Keys::in_answer(&call("CreateAccessKey", &[("UserName", name)])));
    }
    all
}

/// The text of a refusal, without the name from the request.
fn refused(world: &World, who: &Keys, operation: &str, body: &Value, named: &str) -> String {
    let answer = world.call_as(who, HOME, &format!("TrentService.{operation}"), body).unwrap_err();
    assert_eq!(answer["__type"], "AccessDeniedException", "{operation} {body}: {answer}");
    let text = answer["message"].as_str().unwrap();
    let place = format!("resource: {named} ");
    assert!(text.ends_with(UNSEEN) && (text.contains(&place) || text.contains(CIPHERTEXT)), "{operation}: {text}");
    text.replace(named, "*")
}

struct Scene {
    world: World,
    key: String,
    alias: &'static str,
    blob: Value,
    strangers: Vec<Keys>,
}

impl Scene {
    fn new() -> Scene {
        let world = World::new();
        let key = world.kms(HOME, "CreateKey", &json!({})).unwrap()["KeyMetadata"]["Arn"].as_str().unwrap().to_owned();
        world.kms(HOME, "CreateAlias", &json!({"AliasName": "alias/present", "TargetKeyId": key})).unwrap();
        let blob = world.kms(HOME, "Encrypt", &json!({"KeyId": key, "Plaintext": "AAAA"})).unwrap();
        let alias = "arn:aws:kms:eu-central-1:000000000000:alias/present";
        let strangers = strangers(&world);
        Scene { blob: blob["CiphertextBlob"].clone(), world, key, alias, strangers }
    }

    /// For every policy that does not allow the strangers, and for each of them.
    fn each(&self, check: impl Fn(&Keys)) {
        for policy in policies() {
            let body = json!({"KeyId": self.key, "Policy": policy});
            self.world.kms(HOME, "PutKeyPolicy", &body).unwrap();
            self.strangers.iter().for_each(&check);
        }
    }

    /// The existing key and the absent one are refused with the same text.
    fn check(&self, who: &Keys, operation: &str, present: &str, absent: &str, body: impl Fn(&str) -> Value) {
        assert_eq!(
            refused(&self.world, who, operation, &body(present), present),
            refused(&self.world, who, operation, &body(absent), absent),
            "{operation}"
        );
    }
}

#[test]
fn by_arn_and_by_alias() {
    let scene = Scene::new();
    scene.each(|who| {
        for (present, absent) in [(scene.key.as_str(), ABSENT), (scene.alias, ABSENT_ALIAS)] {
            let check =
                |operation: &str, body: &dyn Fn(&str) -> Value| scene.check(who, operation, present, absent, body);
            check("DescribeKey", &|key| json!({"KeyId": key}));
            check("Encrypt", &|key| json!({"KeyId": key, "Plaintext": "AAAA"}));
            check("GenerateDataKey", &|key| json!({"KeyId": key, "KeySpec": "AES_256"}));
            check("GenerateDataKeyWithoutPlaintext", &|key| json!({"KeyId": key, "KeySpec": "AES_256"}));
            check("Decrypt", &|key| json!({"KeyId": key, "CiphertextBlob": scene.blob}));
            // A ciphertext of another key, or an invalid one, makes no difference.
            check("Decrypt", &|key| json!({"KeyId": key, "CiphertextBlob": "AAAA"}));
            let dry = |key: &str| json!({"KeyId": key, "DryRun": true, "DryRunModifiers": ["IGNORE_CIPHERTEXT"]});
            check("Decrypt", &dry);
        }
        scene.check(who, "GetKeyRotationStatus", &scene.key, ABSENT, |key| json!({"KeyId": key}));
    });
    // A fault of the request itself gets the same answer for both.
    for key in [&scene.key, ABSENT] {
        let body = json!({"KeyId": key, "Plaintext": "AAAA", "EncryptionContext": {"k": "x".repeat(9000)}});
        let answer = scene.world.call_as(&scene.strangers[0], HOME, "TrentService.Encrypt", &body).unwrap_err();
        assert_eq!(answer["__type"], "ValidationException");
    }
    // Operations on the caller's own keys find neither key in another account.
    for key in [&scene.key, ABSENT] {
        let body = json!({"KeyId": key, "PolicyName": "default"});
        let answer = scene.world.call_as(&scene.strangers[0], HOME, "TrentService.GetKeyPolicy", &body).unwrap_err();
        assert_eq!(answer, json!({"__type": "NotFoundException", "message": format!("Key '{key}' does not exist")}));
    }
}

#[test]
fn by_ciphertext_alone() {
    let scene = Scene::new();
    // A ciphertext whose key is not in this world: it was made in another one.
    let world = World::new();
    world.kms(HOME, "CreateKey", &json!({})).unwrap();
    let other = world.kms(HOME, "CreateKey", &json!({"Description": "elsewhere"})).unwrap();
    let body = json!({"KeyId": other["KeyMetadata"]["KeyId"], "Plaintext": "AAAA"});
    let gone = world.kms(HOME, "Encrypt", &body).unwrap()["CiphertextBlob"].clone();
    assert_eq!(
        scene.world.kms(HOME, "Decrypt", &json!({"CiphertextBlob": gone})).unwrap_err()["__type"],
        "AccessDeniedException"
    );
    let own = scene.world.call_as(&scene.strangers[0], HOME, "TrentService.CreateKey", &json!({})).unwrap();
    let own = &own["KeyMetadata"]["Arn"];
    scene.each(|who| {
        let decrypt = |blob: &Value| refused(&scene.world, who, "Decrypt", &json!({"CiphertextBlob": blob}), "-");
        let text = decrypt(&scene.blob);
        assert_eq!(text, decrypt(&gone));
        assert!(text.contains(&format!("kms:Decrypt on {CIPHERTEXT}")), "{text}");
        let re_encrypt = |blob: &Value| {
            refused(&scene.world, who, "ReEncrypt", &json!({"CiphertextBlob": blob, "DestinationKeyId": own}), "-")
        };
        let text = re_encrypt(&scene.blob);
        assert_eq!(text, re_encrypt(&gone));
        assert!(text.contains(&format!("kms:ReEncryptFrom on {CIPHERTEXT}")), "{text}");
    });
}

#[test]
fn one_key_of_two_does_not_tell_of_the_other() {
    let scene = Scene::new();
    scene.each(|who| {
        let re_encrypt = |source: Option<&str>, destination: &str| {
            let mut body = json!({"CiphertextBlob": scene.blob, "DestinationKeyId": destination});
            if let Some(source) = source {
                body["SourceKeyId"] = source.into();
            }
            scene.world.call_as(who, HOME, "TrentService.ReEncrypt", &body).unwrap_err()
        };
        for source in [None, Some(scene.key.as_str()), Some(ABSENT), Some(scene.alias)] {
            assert_eq!(re_encrypt(source, &scene.key), re_encrypt(source, ABSENT), "{source:?}");
        }
        let nowhere = "00000000-0000-4000-8000-000000000001";
        assert_eq!(re_encrypt(Some(&scene.key), nowhere), re_encrypt(Some(ABSENT), nowhere));
    });
}

#[test]
fn those_who_are_let_in_are_told_what_they_lack() {
    let scene = Scene::new();
    let more = format!(r#",{{"Effect":"Allow","Principal":{{"AWS":"{STRANGER}"}},"Action":"kms:*","Resource":"*"}}"#);
    scene.world.kms(HOME, "PutKeyPolicy", &json!({"KeyId": scene.key, "Policy": policy(&more)})).unwrap();
    let decrypt = |who: &Keys, body: &Value| scene.world.call_as(who, HOME, "TrentService.Decrypt", body);
    let [root, able, denied, _] = &scene.strangers[..] else { panic!("{}", scene.strangers.len()) };
    for who in [root, able] {
        decrypt(who, &json!({"CiphertextBlob": scene.blob})).unwrap();
        let mixed = scene.world.call_as(who, HOME, "TrentService.CreateKey", &json!({})).unwrap();
        let body = json!({"CiphertextBlob": scene.blob, "KeyId": mixed["KeyMetadata"]["KeyId"]});
        assert_eq!(decrypt(who, &body).unwrap_err()["__type"], "IncorrectKeyException");
    }
    let text = decrypt(denied, &json!({"CiphertextBlob": scene.blob})).unwrap_err()["message"].clone();
    assert!(text.as_str().unwrap().ends_with("with an explicit deny in an identity-based policy"), "{text}");
}
