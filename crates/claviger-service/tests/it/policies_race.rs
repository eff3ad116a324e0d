//! Random changes of a user's policies, while threads act as that user. The policies of a user are kept in memory as one value that
//! depends on many rows, and no request may use one that is older than an acknowledged change of any of them.

use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use claviger_types::SeededRandom;
use serde_json::{Value, json};

use crate::identities::{iam, keys_of};
use crate::kit::{HOME, Keys, World};

const USER: (&str, &str) = ("UserName", "ana");

/// Set in the state while a change is under way.
const CHANGING: u64 = 1 << 63;

/// What a policy says about a Decrypt.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Says {
    Allow,
    Deny,
    Nothing,
}

/// A managed policy.
#[derive(Debug)]
struct Managed {
    says: Says,
    version: u64,
    attached: bool,
}

/// The user's policies as they must be after every acknowledged change.
struct Model<'w> {
    world: &'w World,
    random: SeededRandom,
    inline: Option<Says>,
    managed: Vec<Managed>,
    boundary: Option<usize>,
}

impl Says {
    fn any(random: &SeededRandom) -> Says {
        [Says::Allow, Says::Allow, Says::Deny, Says::Nothing][below(random, 4)]
    }

    fn document(self) -> String {
        let (effect, action) = match self {
            Says::Allow => ("Allow", "kms:*"),
            Says::Deny => ("Deny", "KMS:Dec*"),
            Says::Nothing => ("Allow", "s3:*"),
        };
        json!({"Version": "2012-10-17", "Statement": [{"Effect": effect, "Action": action, "Resource": "*"}]})
            .to_string()
    }
}

fn below(random: &SeededRandom, bound: usize) -> usize {
    usize::try_from(random.next() % bound as u64).unwrap()
}

fn arn(policy: usize) -> String {
    format!("arn:aws:iam::000000000000:policy/p{policy}")
}

impl Model<'_> {
    fn new(world: &World, seed: u64) -> Model<'_> {
        iam(world, "CreateUser", &[USER]);
        let mut model = Model { world, random: SeededRandom::new(seed), inline: None, managed: vec![], boundary: None };
        for policy in 0..4 {
            let says = model.create(policy);
            model.managed.push(Managed { says, version: 1, attached: false });
        }
        model
    }

    fn allows(&self) -> bool {
        let boundary = self.boundary.map(|policy| self.managed[policy].says);
        let attached = self.managed.iter().filter(|policy| policy.attached).map(|policy| policy.says);
        let identity: Vec<Says> = self.inline.into_iter().chain(attached).collect();
        let denied = identity.contains(&Says::Deny) || boundary == Some(Says::Deny);
        !denied && identity.contains(&Says::Allow) && boundary.is_none_or(|says| says == Says::Allow)
    }

    /// Makes a random change, or none if the one that was drawn is not possible now.
    fn change(&mut self) {
        let policy = below(&self.random, self.managed.len());
        match below(&self.random, 8) {
            0 => self.put_inline(),
            1 => self.delete_inline(),
            2 | 3 => self.turn_attachment(policy),
            4 | 5 => self.put_in_force(policy),
            6 => self.turn_boundary(policy),
            _ => self.make_again(policy),
        }
    }

    fn put_inline(&mut self) {
        let says = Says::any(&self.random);
        iam(self.world, "PutUserPolicy", &[USER, ("PolicyName", "p"), ("PolicyDocument", &says.document())]);
        self.inline = Some(says);
    }

    fn delete_inline(&mut self) {
        if self.inline.take().is_some() {
            iam(self.world, "DeleteUserPolicy", &[USER, ("PolicyName", "p")]);
        }
    }

    fn turn_attachment(&mut self, policy: usize) {
        let attached = &mut self.managed[policy].attached;
        let action = if *attached { "DetachUserPolicy" } else { "AttachUserPolicy" };
        iam(self.world, action, &[USER, ("PolicyArn", &arn(policy))]);
        *attached = !*attached;
    }

    /// Puts a new version of a managed policy in force, and deletes the earlier one.
    fn put_in_force(&mut self, policy: usize) {
        let (says, arn) = (Says::any(&self.random), arn(policy));
        let document = says.document();
        let parameters = [("PolicyArn", arn.as_str()), ("PolicyDocument", &document), ("SetAsDefault", "true")];
        iam(self.world, "CreatePolicyVersion", &parameters);
        let Managed { says: said, version, .. } = &mut self.managed[policy];
        iam(self.world, "DeletePolicyVersion", &[("PolicyArn", &arn), ("VersionId", &format!("v{version}"))]);
        (*said, *version) = (says, *version + 1);
    }

    fn turn_boundary(&mut self, policy: usize) {
        if self.boundary.take().is_some() {
            iam(self.world, "DeleteUserPermissionsBoundary", &[USER]);
        } else {
            iam(self.world, "PutUserPermissionsBoundary", &[USER, ("PermissionsBoundary", &arn(policy))]);
            self.boundary = Some(policy);
        }
    }

    /// Deletes a policy that is not in use, and makes another one of its name.
    fn make_again(&mut self, policy: usize) {
        if self.managed[policy].attached || self.boundary == Some(policy) {
            return;
        }
        iam(self.world, "DeletePolicy", &[("PolicyArn", &arn(policy))]);
        let says = self.create(policy);
        self.managed[policy] = Managed { says, version: 1, attached: false };
    }

    fn create(&self, policy: usize) -> Says {
        let says = Says::any(&self.random);
        let name = format!("p{policy}");
        iam(self.world, "CreatePolicy", &[("PolicyName", &name), ("PolicyDocument", &says.document())]);
        says
    }
}

fn is_allowed(world: &World, who: &Keys, blob: &Value) -> bool {
    let answer = world.call_as(who, HOME, "TrentService.Decrypt", &json!({"CiphertextBlob": blob}));
    answer.err().map(|error| assert_eq!(error["__type"], "AccessDeniedException")).is_none()
}

/// Readers act as the user while the policies change. An answer that began and ended in one known state is that state's, and the
/// first answer after a change already is. Returns how often the user was allowed and denied.
fn race(seed: u64, changes: u64) -> [u64; 2] {
    let world = World::new();
    let key = world.kms(HOME, "CreateKey", &json!({})).unwrap()["KeyMetadata"]["KeyId"].clone();
    let blob =
        world.kms(HOME, "Encrypt", &json!({"KeyId": key, "Plaintext": "eA=="})).unwrap()["CiphertextBlob"].clone();
    let mut model = Model::new(&world, seed);
    let ana = keys_of(&world, "ana");
    // The number of the change, and in the lowest bit whether the user is allowed.
    let (state, mut counts) = (AtomicU64::new(0), [0, 0]);
    let read = || {
        loop {
            let before = state.load(Ordering::SeqCst);
            let allowed = is_allowed(&world, &ana, &blob);
            if state.load(Ordering::SeqCst) == before && before & CHANGING == 0 {
                assert_eq!(allowed, before & 1 == 1, "seed {seed}, change {}", before >> 1);
            }
            if before >> 1 == changes {
                return;
            }
        }
    };
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(read);
        }
        for change in 1..=changes {
            state.store(change << 1 | CHANGING, Ordering::SeqCst);
            model.change();
            let allowed = model.allows();
            state.store(change << 1 | u64::from(allowed), Ordering::SeqCst);
            for _ in 0..2 {
                assert_eq!(is_allowed(&world, &ana, &blob), allowed, "seed {seed}, change {change}");
            }
            counts[usize::from(allowed)] += 1;
        }
    });
    counts
}

#[test]
fn no_request_uses_policies_that_are_older_than_an_acknowledged_change() {
    let mut counts = [0, 0];
    for seed in 0..6 {
        let [denied, allowed] = race(seed, 60);
        counts = [counts[0] + denied, counts[1] + allowed];
    }
    assert!(counts.iter().all(|count| *count > 50), "both decisions are common: {counts:?}");
}
