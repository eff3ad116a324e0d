//! Secrets, their values and notes of due work.

use claviger_types::{KeyArn, SecretArn, Timestamp};

use super::*;
use crate::tables::ReportedState;
use crate::tables::refused_secret_table::RefusedSecretRecord;
use crate::tables::rotation_table::{RotationDueRecord, RotationLease, RotationRecord, RotationRun, SecretRotation};
use crate::tables::secret_table::{
    Deletion, DetachedSecretRecord, EpochCountersRecord, ReplicaRetry, ReplicaSeat, ReplicaStatus, Replication,
    SecretDueRecord, SecretNameRecord, SecretRecord, SecretReplica, SecretValueRecord, Succession, VersionMeta,
};

pub(super) const CHECKS: &[Check] = &[
    || {
        let rotated = SecretRecord { rotation: Some(settings()), ..secret() };
        let with = |replication| SecretRecord { replication: Some(replication), ..secret() };
        check(&[secret(), rotated, with(retried()), with(of_replica())])
    },
    || check(&[rotation(), RotationRecord { run: Some(begun()), ..rotation() }]),
    || check(&[RotationDueRecord { account: account(), name: "app/db".to_owned() }]),
    || check(&[value(true), value(false)]),
    || check(&[DetachedSecretRecord { generation: 7, epoch: epoch(), begun: 4 }]),
    || check(&[EpochCountersRecord { highest: 9, skipped: 7 }]),
    || {
        let (arn, reason) = (SecretArn { region: there(), ..secret().arn }, "why".to_owned());
        check(&[RefusedSecretRecord { primary: here(), arn, reason, at: Timestamp(1_795_532_645_123) }])
    },
    || check(&[SecretNameRecord { name: "app/db".to_owned() }]),
    || check(&[SecretDueRecord { account: account(), name: "app/db".to_owned() }]),
];

fn secret() -> SecretRecord {
    SecretRecord {
        arn: SecretArn { region: here(), account: account(), name: "app/db".to_owned(), suffix: "aB3dE6".to_owned() },
        created: Timestamp(1_795_532_645_123),
        description: Some("the database".to_owned()),
        kms_key_id: Some("alias/app".to_owned()),
        tags: Some(tags()),
        policy: Some(document().text().into()),
        kind: Some("Partner".to_owned()),
        last_changed: Timestamp(1_795_532_646_123),
        last_accessed: Some(Timestamp(1_795_478_400_000)),
        deletion: Some(Deletion { requested: Timestamp(1_795_532_647_123), date: Timestamp(1_798_124_647_123) }),
        versions: vec![VersionMeta {
            id: "EXAMPLE1-90ab-cdef-fedc-ba987SECRET1".to_owned(),
            stages: vec!["AWSCURRENT".to_owned(), "own".to_owned()],
            created: Timestamp(1_795_532_645_123),
            last_accessed: Some(Timestamp(1_795_478_400_000)),
            kms_key: Some(
                KeyArn::parse("arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab")
                    .unwrap(),
            ),
            has_value: true,
        }],
        replication: Some(replication()),
        bound: bound(),
        rotation: None,
    }
}

fn settings() -> SecretRotation {
    SecretRotation {
        enabled: true,
        function_arn: Some("arn:aws:lambda:eu-central-1:111122223333:function:rotate".to_owned()),
        after_days: Some(30),
        schedule: Some("rate(10 days)".to_owned()),
        duration: Some("2h".to_owned()),
        configured: Timestamp(1_795_532_645_123),
        value_set: Some(Timestamp(1_795_532_646_123)),
        last_rotated: Some(Timestamp(1_795_532_647_123)),
        external_metadata: Some(tags()),
        external_role: Some("arn:aws:iam::111122223333:role/ops".to_owned()),
    }
}

fn rotation() -> RotationRecord {
    RotationRecord {
        account: account(),
        name: "app/db".to_owned(),
        due: Some(Timestamp(1_795_532_645_123)),
        run: Some(RotationRun {
            version: "EXAMPLE1-90ab-cdef-fedc-ba987SECRET1".to_owned(),
            test_only: true,
            attempts: 2,
            rotation_token: "EXAMPLE2-90ab-cdef-fedc-ba987SECRET2".to_owned(),
            set_begun: None,
            copied: None,
        }),
        lease: Some(RotationLease { holder: "aB3dE6".to_owned(), until: Timestamp(1_795_532_655_123) }),
    }
}

fn begun() -> RotationRun {
    let run = RotationRun::new("EXAMPLE1-90ab-cdef-fedc-ba987SECRET1".to_owned(), false, "EXAMPLE2".to_owned());
    RotationRun { set_begun: Some(Timestamp(1)), copied: Some(Timestamp(2)), ..run }
}

fn replication() -> Replication {
    let statuses = [ReplicaStatus::InProgress, ReplicaStatus::InSync, ReplicaStatus::Failed];
    let replicas = callers().into_iter().zip(statuses).map(|(caller, status)| SecretReplica {
        region: there(),
        kms_key_id: Some("alias/app".to_owned()),
        status,
        status_message: Some("why".to_owned()),
        last_accessed: Some(Timestamp(1_795_478_400_000)),
        force_overwrite: true,
        caller,
        generation: 6,
        retry: None,
        reported: None,
    });
    Replication {
        primary: here(),
        epoch: epoch(),
        revision: 9,
        replicas: replicas.collect(),
        generation: 5,
        succession: None,
        first_epoch: None,
        held_since: None,
    }
}

fn retried() -> Replication {
    let mut replication = replication();
    replication.replicas[1].reported = Some(ReportedState { revision: 9, digest: Some(StateDigest([6; 32])) });
    replication.replicas[2].retry = Some(ReplicaRetry { failed: 3, at: Some(Timestamp(1_795_478_400_000)) });
    replication.replicas[2].reported = Some(ReportedState { revision: 8, digest: None });
    replication
}

fn of_replica() -> Replication {
    let [caller, ..] = callers();
    let seat = ReplicaSeat { region: there(), kms_key_id: None, caller, generation: 6 };
    let succession = Some(Succession { kms_key_id: Some("alias/app".to_owned()), replicas: vec![seat] });
    let held_since = Some(Timestamp(1_795_478_400_000));
    Replication { replicas: Vec::new(), succession, first_epoch: Some(epoch()), held_since, ..replication() }
}

fn value(binary: bool) -> SecretValueRecord {
    SecretValueRecord { binary, data_key: vec![1, 2, 3], ciphertext: vec![4, 5, 6] }
}
