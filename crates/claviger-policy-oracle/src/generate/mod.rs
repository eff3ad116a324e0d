//! Makes random policies and requests.
//!
//! Everything comes from small pools, so that what a policy names is often what the request has.

mod conditions;
mod documents;
mod people;
mod pools;

use claviger_policy::{Principal, ResourceModel};
use claviger_types::SeededRandom;
use serde_json::Value as Json;

use crate::case::{Case, GrantTo};
use documents::Maker;
use people::Sort;

/// Makes the case of a seed. Equal seeds give equal cases.
pub fn generate(seed: u64) -> Case {
    let random = SeededRandom::new(seed);
    let model = *pick(
        &random,
        &[
            ResourceModel::IdentityOnly,
            ResourceModel::Ordinary,
            ResourceModel::Ordinary,
            ResourceModel::KeyPolicy,
            ResourceModel::KeyPolicy,
            ResourceModel::KeyPolicy,
            ResourceModel::Trust,
            ResourceModel::OwnTrust,
        ],
    );
    let (sort, principal) = people::caller(&random, model);
    let resource_account = resource_account(&random, model, sort, &principal);
    let (action, resource) = (action(&random, model), resource(&random, model, &principal, &resource_account));
    let context = conditions::context(&random, &principal);
    let maker = Maker { random: &random, principal: &principal, action: &action, resource: &resource, model };
    let has_resource_policy = model != ResourceModel::IdentityOnly && !random.one_in(12);
    let resource_policy = has_resource_policy.then(|| maker.resource_policy());
    let owns_policies = sort != Sort::Stranger && (sort != Sort::Root || random.one_in(4));
    let attached = |count: u64| -> Vec<Json> { (0..count).map(|_| maker.attached_policy()).collect() };
    let identity = attached(if owns_policies { random.below(4) } else { 0 });
    let boundary = (owns_policies && random.one_in(4)).then(|| maker.limiting_policy());
    let has_session = sort == Sort::Session && random.one_in(3) || owns_policies && random.one_in(12);
    let session = has_session.then(|| (0..random.below(3)).map(|_| maker.limiting_policy()).collect());
    let grant = (model == ResourceModel::KeyPolicy && sort != Sort::Stranger && random.one_in(8))
        .then(|| *pick(&random, &[GrantTo::Principal, GrantTo::Account]));
    Case {
        action: people::in_some_case(&random, &action),
        resource: resource.clone(),
        resource_account,
        model,
        context,
        identity,
        boundary,
        session,
        resource_policy,
        grant,
        principal: principal.clone(),
    }
}

fn resource_account(random: &SeededRandom, model: ResourceModel, sort: Sort, principal: &Principal) -> String {
    let same = matches!(model, ResourceModel::IdentityOnly | ResourceModel::OwnTrust) || sort == Sort::Stranger;
    if same || !random.one_in(4) {
        principal.account.clone()
    } else {
        people::other_account(&principal.account).to_owned()
    }
}

fn action(random: &SeededRandom, model: ResourceModel) -> String {
    let actions: &[&str] = match model {
        ResourceModel::IdentityOnly => &["kms:ListKeys", "iam:GetUser", "iam:CreateUser", "secretsmanager:ListSecrets"],
        ResourceModel::Ordinary => &["secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue"],
        ResourceModel::KeyPolicy => &["kms:Decrypt", "kms:Encrypt", "kms:DescribeKey"],
        ResourceModel::Trust | ResourceModel::OwnTrust => &["sts:AssumeRole", "sts:TagSession"],
    };
    (*pick(random, actions)).to_owned()
}

fn resource(random: &SeededRandom, model: ResourceModel, principal: &Principal, account: &str) -> String {
    match model {
        ResourceModel::IdentityOnly if random.one_in(2) => "*".to_owned(),
        ResourceModel::IdentityOnly => {
            format!("arn:aws:iam::{account}:user/{}", pick(random, &["ana", "bea", "team/ana"]))
        }
        ResourceModel::Ordinary => {
            let name = pick(random, &["app/db-AbCdEf", "app/ana-AbCdEf", "App/db-AbCdEf", "blue-AbCdEf"]);
            format!("arn:aws:secretsmanager:eu-west-1:{account}:secret:{name}")
        }
        ResourceModel::KeyPolicy => {
            let id = pick(random, &["1234abcd-12ab-34cd-56ef-1234567890ab", "mrk-1234abcd12ab34cd56ef1234567890ab"]);
            format!("arn:aws:kms:eu-west-1:{account}:key/{id}")
        }
        ResourceModel::Trust => format!("arn:aws:iam::{account}:role/{}", pick(random, &["admin", "service/reader"])),
        ResourceModel::OwnTrust => {
            principal.role_arn.clone().unwrap_or_else(|| format!("arn:aws:iam::{account}:role/admin"))
        }
    }
}

/// One of several.
fn pick<'a, T>(random: &SeededRandom, from: &'a [T]) -> &'a T {
    let place = random.below(from.len() as u64) as usize;
    #[expect(clippy::indexing_slicing, reason = "the place is below the length, and no pool is empty")]
    &from[place]
}

/// Whether an event of so many percent happens.
fn percent(random: &SeededRandom, percent: u64) -> bool {
    random.below(100) < percent
}
