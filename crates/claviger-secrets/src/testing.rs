//! Records for the tests of this folder.

use claviger_store::tables::Epoch;
use claviger_store::tables::secret_table::{ReplicaStatus, Replication, SecretRecord, SecretReplica};
use claviger_types::{AccountId, Caller, CallerKind, Region, SecretArn, Timestamp};

/// A secret of us-east-1 without versions.
pub(crate) fn secret(name: &str) -> SecretRecord {
    let arn = format!("arn:aws:secretsmanager:us-east-1:111122223333:secret:{name}-a1B2c3");
    SecretRecord {
        arn: SecretArn::parse(&arn).unwrap(),
        created: Timestamp(1),
        description: None,
        kms_key_id: None,
        tags: None,
        policy: None,
        kind: None,
        last_changed: Timestamp(2),
        last_accessed: None,
        deletion: None,
        versions: Vec::new(),
        replication: None,
        bound: Vec::new(),
        rotation: None,
    }
}

/// A region.
pub(crate) fn region(name: &str) -> Region {
    Region::parse(name).unwrap()
}

/// The part of a primary in `primary` with replicas in `others`.
pub(crate) fn replication(primary: &str, others: &[&str]) -> Replication {
    let replica = |name: &&str| SecretReplica {
        region: region(name),
        kms_key_id: None,
        status: ReplicaStatus::InSync,
        status_message: Some("Replication succeeded".to_owned()),
        last_accessed: None,
        force_overwrite: false,
        caller: root(),
        generation: 1,
        retry: None,
        reported: None,
    };
    Replication {
        primary: region(primary),
        epoch: Epoch { counter: 1, region: region(primary) },
        revision: 1,
        replicas: others.iter().map(replica).collect(),
        generation: 0,
        succession: None,
        first_epoch: None,
        held_since: None,
    }
}

/// The root of the secrets' account.
pub(crate) fn root() -> Caller {
    Caller {
        account: AccountId::parse("111122223333").unwrap(),
        kind: CallerKind::Root,
        access_key_id: "AKIAEXAMPLE".to_owned(),
        session: None,
    }
}
