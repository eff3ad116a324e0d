//! Deletion, restoring, lists and names.

use aws_sdk_secretsmanager::types::{Filter, FilterNameStringType, SortByType, SortOrderType};
use claviger_tests::{CENTRAL, Regions, TestCredentials, code_of, refused};

use crate::support::value;

const NOT_FOUND: &str = "Secrets Manager can't find the specified secret.";
const MARKED: &str = "You can't perform this operation on the secret because it was marked for deletion.";
const SCHEDULED: &str =
    "You can't create this secret because a secret with this name is already scheduled for deletion.";

async fn await_gone(regions: &Regions, secret: &str) {
    let look = async || {
        let answer = regions.secrets(CENTRAL).describe_secret().secret_id(secret).send().await;
        (code_of(&answer).0 == "ResourceNotFoundException").then_some(())
    };
    regions.eventually(&format!("{secret} is gone"), look).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_goes_when_its_window_ends() {
    let regions = Regions::start().await;
    let sm = regions.secrets(CENTRAL);
    let arn = sm.create_secret().name("a").secret_string("x").send().await.unwrap().arn.unwrap();
    let answer = sm.delete_secret().secret_id("a").recovery_window_in_days(7).send().await.unwrap();
    assert_eq!(answer.deletion_date.unwrap().secs(), regions.now().plus_days(7).secs());
    refused(sm.get_secret_value().secret_id("a").send().await, "InvalidRequestException", MARKED);
    refused(sm.create_secret().name("a").secret_string("y").send().await, "InvalidRequestException", SCHEDULED);
    regions.advance_days(6);
    let shown = sm.describe_secret().secret_id("a").send().await.unwrap();
    assert_eq!(shown.deleted_date.unwrap().secs(), regions.now().plus_days(-6).secs());
    regions.advance_days(1);
    await_gone(&regions, "a").await;
    refused(sm.restore_secret().secret_id("a").send().await, "ResourceNotFoundException", NOT_FOUND);
    let again = sm.create_secret().name("a").secret_string("y").send().await.unwrap().arn.unwrap();
    assert_ne!(again, arn, "a name that is used again has another suffix");
    refused(sm.get_secret_value().secret_id(&arn).send().await, "ResourceNotFoundException", NOT_FOUND);
    regions.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restored_secret_stays() {
    let regions = Regions::start().await;
    let sm = regions.secrets(CENTRAL);
    for name in ["stays", "goes"] {
        sm.create_secret().name(name).secret_string("x").send().await.unwrap();
        sm.delete_secret().secret_id(name).recovery_window_in_days(7).send().await.unwrap();
    }
    regions.advance_days(6);
    sm.restore_secret().secret_id("stays").send().await.unwrap();
    regions.advance_days(2);
    await_gone(&regions, "goes").await;
    assert_eq!(value(&regions, CENTRAL, "stays").await.as_deref(), Some("x"));
    regions.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn forced_deletion_frees_the_name_at_once() {
    let regions = Regions::start().await;
    let sm = regions.secrets(CENTRAL);
    for round in 0..20 {
        sm.create_secret().name("a").secret_string(round.to_string()).send().await.unwrap();
        sm.delete_secret().secret_id("a").force_delete_without_recovery(true).send().await.unwrap();
    }
    refused(sm.describe_secret().secret_id("a").send().await, "ResourceNotFoundException", NOT_FOUND);
    regions.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lists() {
    let regions = Regions::start().await;
    let sm = regions.secrets(CENTRAL);
    let names: Vec<String> = (0..25).map(|n| format!("app/{n:02}")).collect();
    for name in &names {
        sm.create_secret().name(name).secret_string("x").send().await.unwrap();
        regions.advance_secs(1);
    }
    sm.create_secret().name("other").secret_string("x").send().await.unwrap();
    let filter = Filter::builder().key(FilterNameStringType::Name).values("app/").build();
    for size in [1, 7, 25, 100] {
        for (order, wanted) in [
            (SortOrderType::Asc, names.clone()),
            (SortOrderType::Desc, names.iter().rev().cloned().collect::<Vec<_>>()),
        ] {
            for by in [SortByType::Name, SortByType::CreatedDate] {
                let (mut seen, mut token) = (Vec::new(), None);
                loop {
                    let call = sm.list_secrets().filters(filter.clone()).sort_by(by.clone()).sort_order(order.clone());
                    let page = call.max_results(size).set_next_token(token.take()).send().await.unwrap();
                    seen.extend(page.secret_list().iter().map(|s| s.name().unwrap().to_owned()));
                    token = page.next_token;
                    if token.is_none() {
                        break;
                    }
                }
                assert_eq!(seen, wanted, "pages of {size}, {order} by {by}");
            }
        }
    }
    // Without parameters the newest come first.
    let newest = sm.list_secrets().max_results(1).send().await.unwrap();
    assert_eq!(newest.secret_list()[0].name(), Some("other"));
    let token = newest.next_token.unwrap();
    let other = TestCredentials::root("111122223333");
    let foreign = regions.secrets_as(&other, CENTRAL).list_secrets().next_token(&token).send().await;
    assert_eq!(code_of(&foreign).0, "InvalidNextTokenException");
    regions.stop().await;
}
