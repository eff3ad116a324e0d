//! The region's own record, session-token keys, and the positions of replication.

use claviger_crypto::{FailoverStatement, InvitationId, OperatorKey, PublicIdentity};
use claviger_types::{SeededRandom, Timestamp};

use super::*;
use crate::tables::audit_anchor_table::AuditAnchorRecord;
use crate::tables::claim_table::{DisputedRoleRecord, RefusedClaimRecord};
use crate::tables::ended_replica_table::EndedReplicaRecord;
use crate::tables::fleet_table::{
    AwaitedSnapshot, DepartureRecord, FormerMemberRecord, IamStage, InvitationRecord, MemberRecord, Raising,
    RebuildCounts, RebuildPass, RebuildRecord, RebuildSource, RebuiltRecord, SetsCursor,
};
use crate::tables::lineage_table::{FormerIdentitiesRecord, LedName, LineageRecord, LineageStep, Proof};
use crate::tables::log::{AckedRecord, AppliedPoint, InboxRecord, ReceiveRecord, UnappliedChanges};
use crate::tables::region_table::{RegionRecord, TokenKeyRecord};
use crate::tables::run_table::{HeldRecord, RunRecord, SignedPoint, StorePoint};

pub(super) const CHECKS: &[Check] = &[
    || check(&[region_record(), RegionRecord { home_counter: Some(3), ..region_record() }]),
    || check(&[token_key()]),
    || {
        let point = StorePoint { boots: 3, position: 70_000, run: 5 };
        let seen = Some(SignedPoint { point, signature: [8; 64] });
        let inbox = |seen| InboxRecord {
            session: 2,
            applied: 70_000,
            seen,
            lost: None,
            copied: None,
            iam_copied: None,
            whole: None,
            unapplied: None,
        };
        let lost = Some(inbox(seen).applied_point());
        let at = Timestamp(1_795_532_645_123);
        let unapplied = Some(UnappliedChanges { count: 2, at, last: (2, 69_000) });
        check(&[
            inbox(None),
            inbox(seen),
            InboxRecord { lost, copied: Some(1), iam_copied: Some(70_000), whole: Some(point), ..inbox(None) },
            InboxRecord { unapplied, ..inbox(None) },
        ])
    },
    || check(&[RunRecord { run: 5, position: 70_000 }]),
    || check(&[HeldRecord { noticed: Timestamp(1_795_532_645_123), by: there() }]),
    || {
        let request =
            |subject| ReceiveRecord { sealed: vec![1, 2], public: vec![3, 4], session: 5, held: vec![6], subject };
        check(&[request(None), request(Some(vec![7].into()))])
    },
    || check(&[member()]),
    || check(&[FormerMemberRecord { region: there() }]),
    || check(&[DepartureRecord { regions: vec![there()], at: SetsCursor::Keys(None) }]),
    || {
        let raising = |raising| RebuildRecord { raising: Some(raising), ..rebuild() };
        let deleting = RebuildRecord { iam: Some(IamStage::Deleting), iam_request: Some(70_000), ..rebuild() };
        check(&[rebuild(), raising(Raising::Keys(None)), raising(Raising::Secrets(Some(vec![1, 2].into()))), deleting])
    },
    || check(&[invitation()]),
    || check(&[rebuilt()]),
    || check(&[lineage()]),
    || check(&[ended_replica()]),
    || check(&[AckedRecord { session: 70_000, applied: 7 }]),
    || check(&[AuditAnchorRecord { seq: 70_000, hash: [8; 32], file_first: 69_000 }]),
    || check(&[FormerIdentitiesRecord { identities: vec![PublicIdentity([9; 32])] }]),
    || {
        let noticed = Timestamp(1_795_532_645_123);
        let claim = |of, raised| RefusedClaimRecord { by: there(), of, epoch: epoch(), noticed, raised };
        check(&[claim(LedName::Key(account(), key_id()), None), claim(LedName::Iam, Some(noticed))])
    },
    || {
        let noticed = Timestamp(1_795_532_645_123);
        check(&[DisputedRoleRecord { by: there(), of: LedName::Iam, epoch: epoch(), noticed }])
    },
];

fn lineage() -> LineageRecord {
    let key = OperatorKey::generate(&SeededRandom::new(1));
    let at = Timestamp(1_795_532_645_123);
    let statement = FailoverStatement {
        lost: there(),
        to: here(),
        identity: PublicIdentity([9; 32]),
        number: [5; 16],
        issued: at,
        expires: at.plus_days(1),
    };
    let forced = Proof::Forced(key.sign(&statement));
    let next = Epoch { counter: 4, region: there() };
    let handed = Proof::HandOver { date: at, signature: [8; 64] };
    let steps = vec![
        LineageStep { from: epoch(), to: next.clone(), proof: handed },
        LineageStep { from: next, to: Epoch { counter: 5, region: here() }, proof: forced },
    ];
    LineageRecord { steps }
}

fn ended_replica() -> EndedReplicaRecord {
    let (account, id, lineage) = (account(), key_id(), lineage().steps);
    EndedReplicaRecord { account, id, region: there(), epoch: epoch(), until_revision: 7, lineage }
}

fn region_record() -> RegionRecord {
    RegionRecord {
        region: here(),
        keyring: vec![1, 2, 3],
        identity: vec![4, 5, 6],
        public_identity: PublicIdentity([7; 32]),
        boots: 12,
        created: Timestamp(1_795_532_645_123),
        token_key: "0123456789abcdef".to_owned(),
        iam_home: there(),
        home_counter: None,
    }
}

fn token_key() -> TokenKeyRecord {
    TokenKeyRecord {
        id: "0123456789abcdef".to_owned(),
        region: there(),
        created: Timestamp(1_795_532_645_123),
        sealed: vec![1, 2, 3],
    }
}

fn member() -> MemberRecord {
    let addresses = vec!["eu.example.com:4598".to_owned(), "192.0.2.7:4598".to_owned()];
    MemberRecord { region: there(), identity: PublicIdentity([9; 32]), addresses }
}

fn invitation() -> InvitationRecord {
    let at = Timestamp(1_795_532_645_123);
    let (id, secret) = (InvitationId([5; 16]), vec![1, 2, 3]);
    InvitationRecord { id, secret, region: there(), rebuilds: true, expires: at, used: Some(at) }
}

fn found() -> RebuildCounts {
    RebuildCounts {
        keys: 1,
        keys_with_borrowed_settings: 2,
        secrets: 3,
        iam: 4,
        secrets_under_default_key: 5,
        secrets_refused: 6,
    }
}

fn rebuild() -> RebuildRecord {
    let source = |region, applied, pass| RebuildSource {
        region,
        applied,
        complete: false,
        sends_iam: true,
        pass,
        request: 70_000,
        follows: true,
    };
    let point = StorePoint { boots: 3, position: 70_000, run: 5 };
    let sources = vec![
        source(here(), None, RebuildPass::First),
        source(there(), Some(AppliedPoint { whole: Some(point), session: 7, applied: 8 }), RebuildPass::FirstOfTwo),
        source(there(), Some(AppliedPoint { whole: None, session: 0, applied: 70_000 }), RebuildPass::Second),
    ];
    RebuildRecord {
        begun: Timestamp(1_795_532_645_123),
        sources,
        found: found(),
        raising: None,
        iam: None,
        iam_request: None,
    }
}

fn rebuilt() -> RebuiltRecord {
    let at = Timestamp(1_795_532_645_123);
    let awaited = vec![AwaitedSnapshot { region: there(), request: 7 }];
    RebuiltRecord { begun: at, ended: at, sources: vec![there()], found: found(), awaited }
}
