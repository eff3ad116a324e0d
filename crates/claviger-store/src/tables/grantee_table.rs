//! The question that authorization asks: whether a principal has a grant on a key that allows an operation.
//!
//! A principal can have 50,000 grants on one key, and the answer must not depend on their number. The grants of a grantee are
//! therefore counted by their form: the operations, and the names that the constraint has (not the values). Grants that a program makes
//! have few forms. A request reads the one row of forms. A form without a constraint answers at once. For a form with one, the
//! request's own encryption context determines the values that the constraint must have, so one look in the index by grantee shows
//! whether such a grant exists. A request costs at most one look for each form, and [`FORMS_PER_GRANTEE`] bounds the forms.

use std::cell::OnceCell;

use claviger_crypto::EncryptionContext;
use claviger_types::GrantOperations;
use minicbor::bytes::ByteArray;
use minicbor::{Decode, Encode};

use super::grant_constraint::{FoldedPairs, GrantConstraint};
use super::{Record, Table, fetch, fetch_shared, group, put, row, successor};
use crate::{Error, Key, Tx};

/// The most forms of grants that one grantee can have on one key.
pub const FORMS_PER_GRANTEE: usize = 128;

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

/// The group of the index rows of one form and these values.
fn values_group(tx: &Tx<'_>, grantee: &Key, form: &GrantForm, pairs: &FoldedPairs) -> Key {
    let operations = form.operations.bits().to_be_bytes();
    let kind: &[u8] = match form.constraint {
        ConstraintForm::None => b"none",
        ConstraintForm::Equals => b"equals",
        ConstraintForm::Subset(_) => b"subset",
    };
    let parts: Vec<&[u8]> = [&operations[..], kind].into_iter().chain(pairs.parts()).collect();
    [grantee.as_slice(), &tx.name(&parts)].concat()
}

/// The group of a grant's index row: the grantee, the form, and the values of the constraint.
pub(super) fn form_group(
    tx: &Tx<'_>,
    set: &GrantSetId,
    grantee: &str,
    operations: GrantOperations,
    constraint: Option<&GrantConstraint>,
) -> Key {
    let form = GrantForm::of(tx, operations, constraint);
    values_group(tx, &grantee_group(tx, set, grantee), &form, &folded(constraint))
}

/// The pairs of a constraint.
fn folded(constraint: Option<&GrantConstraint>) -> FoldedPairs {
    constraint.map(|constraint| FoldedPairs::of(constraint.pairs())).unwrap_or_default()
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
    pairs: OnceCell<FoldedPairs>,
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

impl<'a> GrantQuery<'a> {
    /// For a request whose operation has no encryption context. Constraints do not apply to it.
    pub fn without_context(operations: GrantOperations) -> GrantQuery<'a> {
        GrantQuery { operations, constrained: Constrained::Nothing, pairs: OnceCell::new() }
    }

    /// For a request with an encryption context.
    pub fn with_context(operations: GrantOperations, context: &'a EncryptionContext) -> GrantQuery<'a> {
        GrantQuery { operations, constrained: Constrained::Context(context), pairs: OnceCell::new() }
    }

    /// For a request that makes a grant. The grant that allows it must have all of the operations, and a constraint that
    /// is not stricter.
    pub fn for_child(operations: GrantOperations, child: Option<&'a GrantConstraint>) -> GrantQuery<'a> {
        GrantQuery { operations, constrained: Constrained::Child(child), pairs: OnceCell::new() }
    }

    /// Whether a grant of the set to this grantee allows the request.
    pub fn is_allowed(&self, tx: &Tx<'_>, set: &GrantSetId, grantee: &str) -> Result<bool, Error> {
        let Some(record) = fetch_shared::<GranteeRecord>(tx, grantee_row(tx, set, grantee))? else { return Ok(false) };
        let fitting: Vec<&GrantForm> = record
            .forms
            .iter()
            .map(|known| &known.form)
            .filter(|form| form.operations.has_all(self.operations))
            .collect();
        if fitting.iter().any(|form| self.needs_no_look(form)) {
            return Ok(true);
        }
        let group = grantee_group(tx, set, grantee);
        for form in fitting {
            if self.has_grant(tx, &group, form)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn needs_no_look(&self, form: &GrantForm) -> bool {
        matches!(self.constrained, Constrained::Nothing) || form.constraint == ConstraintForm::None
    }

    /// Whether a grant of this form has a constraint that the request satisfies.
    fn has_grant(&self, tx: &Tx<'_>, grantee: &Key, form: &GrantForm) -> Result<bool, Error> {
        let values = match (&form.constraint, &self.constrained) {
            (ConstraintForm::None, _) | (_, Constrained::Nothing | Constrained::Child(None)) => return Ok(false),
            (ConstraintForm::Equals, Constrained::Child(Some(GrantConstraint::Subset(_)))) => return Ok(false),
            (ConstraintForm::Equals, _) => self.pairs().clone(),
            (ConstraintForm::Subset(tags), _) => {
                let values = self.pairs().with_names(|name| tags.contains(&name_tag(tx, name)));
                if values.names().len() != tags.len() {
                    return Ok(false);
                }
                values
            }
        };
        let start = values_group(tx, grantee, form, &values);
        Ok(!tx.scan(&start, &successor(&start), 1)?.is_empty())
    }

    fn pairs(&self) -> &FoldedPairs {
        self.pairs.get_or_init(|| match &self.constrained {
            Constrained::Context(context) => FoldedPairs::of(context),
            Constrained::Child(child) => folded(*child),
            Constrained::Nothing => FoldedPairs::default(),
        })
    }
}
