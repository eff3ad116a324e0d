//! The question that authorization asks: whether a principal has a grant on a key that allows an operation.
//!
//! A principal can have 50,000 grants on one key, and the answer must not depend on their number. The grants of a grantee are
//! therefore counted by their form: the operations, and the names that the constraint has (not the values). Grants that a program makes
//! have few forms. A request reads the one row of forms. For a form with a constraint, the request's own encryption context
//! determines the values that the constraint must have, so one look in the index by grantee shows whether such a grant exists. A
//! request costs at most one look for each form, and [`FORMS_PER_GRANTEE`] bounds the forms.
//!
//! The forms and the index only lead to a grant. The grant itself is read and decides, so that no mistake in them allows a request.

use std::cell::OnceCell;

use claviger_crypto::EncryptionContext;
use claviger_types::GrantOperations;
use minicbor::bytes::ByteArray;
use minicbor::{Decode, Encode};

use super::grant_constraint::{FoldedPairs, GrantConstraint};
use super::grant_table::{self, GrantByGranteeRecord};
use super::{Record, Table, fetch, fetch_shared, group, list, list_shared, put, row};
use crate::{Error, Key, Tx};

/// The most forms of grants that one grantee can have on one key.
pub const FORMS_PER_GRANTEE: usize = 128;

/// The forms of a grantee up to which a caller whose permission comes from a grant can add one. Otherwise such a caller could fill
/// another principal's forms, and those who manage the key could make no further grant to it.
pub const FORMS_THROUGH_GRANTS: usize = 32;

/// The id of a key's set of grants.
pub type GrantSetId = ByteArray<16>;

/// The forms of a grantee's grants on one key.
#[derive(Debug, Clone, PartialEq, Eq, Default, Encode, Decode)]
pub struct GranteeRecord {
    /// At most [`FORMS_PER_GRANTEE`].
    #[n(0)]
    pub forms: Vec<FormCount>,
}

impl Record for GranteeRecord {
    const TABLE: Table = Table::Grantee;
}

/// A form, and the number of grants that have it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct FormCount {
    /// The form.
    #[n(0)]
    pub form: GrantForm,
    /// At least 1.
    #[n(1)]
    pub count: u32,
}

/// The properties that grants with different values in their constraints can share.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct GrantForm {
    /// The operations.
    #[n(0)]
    pub operations: GrantOperations,
    /// The kind of constraint.
    #[n(1)]
    pub constraint: ConstraintForm,
}

/// A constraint without its values.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum ConstraintForm {
    /// No constraint.
    #[n(0)]
    None,
    /// The whole encryption context is given, so that its names are not needed.
    #[n(1)]
    Equals,
    /// The tags of the names, in the order of the names.
    #[n(2)]
    Subset(#[n(0)] Vec<NameTag>),
}

/// A keyed hash of a name, which bounds the length of the row.
pub type NameTag = ByteArray<16>;

impl GrantForm {
    /// The form of a grant.
    pub(super) fn of(tx: &Tx<'_>, operations: GrantOperations, constraint: Option<&GrantConstraint>) -> GrantForm {
        let constraint = match constraint {
            None => ConstraintForm::None,
            Some(GrantConstraint::Equals(_)) => ConstraintForm::Equals,
            Some(GrantConstraint::Subset(pairs)) => {
                let pairs = FoldedPairs::of(pairs);
                ConstraintForm::Subset(pairs.names().into_iter().map(|name| name_tag(tx, name)).collect())
            }
        };
        GrantForm { operations, constraint }
    }
}

fn name_tag(tx: &Tx<'_>, name: &str) -> NameTag {
    NameTag::from(tx.name(&[b"grant constraint", name.as_bytes()]))
}

pub(super) fn grantee_row(tx: &Tx<'_>, set: &GrantSetId, grantee: &str) -> Key {
    row(tx, Table::Grantee, &[set.as_slice()], &[grantee.as_bytes()])
}

/// The group of all index rows of a grantee.
pub(super) fn grantee_group(tx: &Tx<'_>, set: &GrantSetId, grantee: &str) -> Key {
    group(tx, Table::GrantByGrantee, &[set.as_slice(), grantee.as_bytes()])
}

/// The group of the index rows of one form: the operations, the kind of constraint, and the names.
fn form_group(tx: &Tx<'_>, grantee: &Key, form: &GrantForm) -> Key {
    let operations = form.operations.bits().to_be_bytes();
    let (kind, tags): (&[u8], &[NameTag]) = match &form.constraint {
        ConstraintForm::None => (b"none", &[]),
        ConstraintForm::Equals => (b"equals", &[]),
        ConstraintForm::Subset(tags) => (b"subset", tags),
    };
    let parts: Vec<&[u8]> = [&operations[..], kind].into_iter().chain(tags.iter().map(|tag| tag.as_slice())).collect();
    [grantee.as_slice(), &tx.name(&parts)].concat()
}

/// A keyed hash of the pairs of a constraint.
fn values_tag(tx: &Tx<'_>, pairs: &FoldedPairs) -> NameTag {
    let parts: Vec<&[u8]> = [&b"grant values"[..]].into_iter().chain(pairs.parts()).collect();
    NameTag::from(tx.name(&parts))
}

/// The group of a grant's index row: the grantee, the form, and the values of the constraint.
pub(super) fn values_group(
    tx: &Tx<'_>,
    set: &GrantSetId,
    grantee: &str,
    operations: GrantOperations,
    constraint: Option<&GrantConstraint>,
) -> Key {
    let form = GrantForm::of(tx, operations, constraint);
    let group = form_group(tx, &grantee_group(tx, set, grantee), &form);
    [group.as_slice(), values_tag(tx, &folded(constraint)).as_slice()].concat()
}

/// The pairs of a constraint.
fn folded(constraint: Option<&GrantConstraint>) -> FoldedPairs {
    constraint.map(|constraint| FoldedPairs::of(constraint.pairs())).unwrap_or_default()
}

/// The number of forms that a grantee has, if this form would be a further one.
pub(super) fn forms_without(
    tx: &Tx<'_>,
    set: &GrantSetId,
    grantee: &str,
    form: &GrantForm,
) -> Result<Option<usize>, Error> {
    let record = fetch::<GranteeRecord>(tx, &grantee_row(tx, set, grantee))?.unwrap_or_default();
    let is_known = record.forms.iter().any(|known| &known.form == form);
    Ok((!is_known).then_some(record.forms.len()))
}

/// Counts a further grant of a form. Returns false, and changes nothing, if the grantee has too many forms.
pub(super) fn count_form(tx: &mut Tx<'_>, set: &GrantSetId, grantee: &str, form: GrantForm) -> Result<bool, Error> {
    let row = grantee_row(tx, set, grantee);
    let mut record = fetch::<GranteeRecord>(tx, &row)?.unwrap_or_default();
    let is_full = record.forms.len() >= FORMS_PER_GRANTEE;
    match record.forms.iter_mut().find(|known| known.form == form) {
        Some(known) => known.count = known.count.saturating_add(1),
        None if is_full => return Ok(false),
        None => record.forms.push(FormCount { form, count: 1 }),
    }
    put(tx, row, &record)?;
    Ok(true)
}

/// Takes a deleted grant off the count of its form.
pub(super) fn uncount_form(tx: &mut Tx<'_>, set: &GrantSetId, grantee: &str, form: &GrantForm) -> Result<(), Error> {
    let row = grantee_row(tx, set, grantee);
    let Some(mut record) = fetch::<GranteeRecord>(tx, &row)? else { return Ok(()) };
    for known in record.forms.iter_mut().filter(|known| &known.form == form) {
        known.count = known.count.saturating_sub(1);
    }
    record.forms.retain(|known| known.count > 0);
    if record.forms.is_empty() { tx.delete(row) } else { put(tx, row, &record) }
}

/// The grants that would allow a request.
pub struct GrantQuery<'a> {
    operations: GrantOperations,
    constrained: Constrained<'a>,
    given: OnceCell<Given>,
}

/// The data that the constraint of a grant is compared with.
enum Constrained<'a> {
    /// None: the operation has no encryption context.
    Nothing,
    /// The encryption context of the request.
    Context(&'a EncryptionContext),
    /// The constraint of the grant that the request makes.
    Child(Option<&'a GrantConstraint>),
}

/// The pairs of a request, with the hashes that rows have in their place. They are made once for all forms and identities.
struct Given {
    pairs: FoldedPairs,
    /// The tag of each name.
    names: Vec<(String, NameTag)>,
    /// The tag of all pairs.
    whole: NameTag,
}

impl Given {
    fn of(tx: &Tx<'_>, pairs: FoldedPairs) -> Given {
        let names = pairs.names().into_iter().map(|name| (name.to_owned(), name_tag(tx, name))).collect();
        let whole = values_tag(tx, &pairs);
        Given { pairs, names, whole }
    }

    /// The tag of the pairs with these names, if the request has all of the names.
    fn values(&self, tx: &Tx<'_>, tags: &[NameTag]) -> Option<NameTag> {
        let found = self.names.iter().filter(|(_, tag)| tags.contains(tag));
        let found: Vec<&str> = found.map(|(name, _)| name.as_str()).collect();
        (found.len() == tags.len()).then(|| values_tag(tx, &self.pairs.with_names(|name| found.contains(&name))))
    }
}

impl<'a> GrantQuery<'a> {
    /// For a request whose operation has no encryption context. Constraints do not apply to it.
    pub fn without_context(operations: GrantOperations) -> GrantQuery<'a> {
        GrantQuery { operations, constrained: Constrained::Nothing, given: OnceCell::new() }
    }

    /// For a request with an encryption context.
    pub fn with_context(operations: GrantOperations, context: &'a EncryptionContext) -> GrantQuery<'a> {
        GrantQuery { operations, constrained: Constrained::Context(context), given: OnceCell::new() }
    }

    /// For a request that makes a grant. The grant that allows it must have all of the operations, and a constraint that
    /// is not stricter.
    pub fn for_child(operations: GrantOperations, child: Option<&'a GrantConstraint>) -> GrantQuery<'a> {
        GrantQuery { operations, constrained: Constrained::Child(child), given: OnceCell::new() }
    }

    /// Whether a grant of the set to this grantee allows the request.
    pub fn is_allowed(&self, tx: &Tx<'_>, set: &GrantSetId, grantee: &str) -> Result<bool, Error> {
        let Some(record) = fetch_shared::<GranteeRecord>(tx, grantee_row(tx, set, grantee))? else { return Ok(false) };
        let group = grantee_group(tx, set, grantee);
        let fitting =
            record.forms.iter().map(|known| &known.form).filter(|form| form.operations.has_all(self.operations));
        let (free, bound): (Vec<_>, Vec<_>) = fitting.partition(|form| self.takes_any_values(form));
        for form in free {
            let entries = list_shared::<GrantByGranteeRecord>(tx, &form_group(tx, &group, form), None, 1)?;
            if let Some((_, entry)) = entries.first()
                && self.is_allowed_by(tx, set, grantee, &entry.id)?
            {
                return Ok(true);
            }
        }
        for form in bound {
            let Some(values) = self.values(tx, form) else { continue };
            let rows = [form_group(tx, &group, form).as_slice(), values.as_slice()].concat();
            // Not shared: requests have ever new contexts, and would displace the rows that others use.
            let entries = list::<GrantByGranteeRecord>(tx, &rows, None, 1)?;
            if let Some((_, entry)) = entries.first()
                && self.is_allowed_by(tx, set, grantee, &entry.id)?
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether any grant of the form would do.
    fn takes_any_values(&self, form: &GrantForm) -> bool {
        matches!(self.constrained, Constrained::Nothing) || form.constraint == ConstraintForm::None
    }

    /// The tag of the values that the constraint of a grant of this form must have. None if the request satisfies no such
    /// constraint.
    fn values(&self, tx: &Tx<'_>, form: &GrantForm) -> Option<NameTag> {
        match (&form.constraint, &self.constrained) {
            (ConstraintForm::None, _) | (_, Constrained::Nothing | Constrained::Child(None)) => None,
            (ConstraintForm::Equals, Constrained::Child(Some(GrantConstraint::Subset(_)))) => None,
            (ConstraintForm::Equals, _) => Some(self.given(tx).whole),
            (ConstraintForm::Subset(tags), _) => self.given(tx).values(tx, tags),
        }
    }

    fn given(&self, tx: &Tx<'_>) -> &Given {
        self.given.get_or_init(|| {
            let pairs = match &self.constrained {
                Constrained::Context(context) => FoldedPairs::of(context),
                Constrained::Child(child) => folded(*child),
                Constrained::Nothing => FoldedPairs::default(),
            };
            Given::of(tx, pairs)
        })
    }

    /// Whether the grant that an index row names allows the request.
    fn is_allowed_by(&self, tx: &Tx<'_>, set: &GrantSetId, grantee: &str, id: &str) -> Result<bool, Error> {
        let Some(grant) = grant_table::grant_shared(tx, set, id)? else { return Ok(false) };
        let admits = match (&grant.constraint, &self.constrained) {
            (None, _) | (_, Constrained::Nothing) => true,
            (Some(own), Constrained::Context(context)) => own.admits(context),
            (Some(own), Constrained::Child(child)) => own.admits_child(*child),
        };
        Ok(admits && grant.grantee.id == grantee && grant.operation_set().has_all(self.operations))
    }
}
