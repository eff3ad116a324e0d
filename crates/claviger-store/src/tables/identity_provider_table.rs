//! Identity providers: issuers of OpenID Connect tokens and of SAML assertions that an account trusts.

use claviger_types::{AccountId, Timestamp};
use minicbor::{Decode, Encode};

use super::iam_table::{entity_name, fold};
use super::{IndexRow, Indexed, Named, Record, RowName, Table, Tag, account_part, delete, find, group, list, save};
use crate::{Error, Key, Tx};

/// An OpenID Connect provider.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct OidcProviderRecord {
    /// The owner.
    #[n(0)]
    pub account: AccountId,
    /// The issuer's URL without `https://`, as the ARN has it. Unique in the account.
    #[n(1)]
    pub url: String,
    /// The audiences whose tokens are accepted, in the order in which they were added; at most 100.
    #[n(2)]
    pub client_ids: Vec<String>,
    /// Digests of certificates of the issuer's server, 40 characters each as they were given; at most five. They decide nothing.
    #[n(3)]
    pub thumbprints: Vec<String>,
    /// When it was made.
    #[n(4)]
    pub created: Timestamp,
    /// At most 50.
    #[n(5)]
    pub tags: Vec<Tag>,
}

impl Record for OidcProviderRecord {
    const TABLE: Table = Table::OidcProvider;
}

impl Named for OidcProviderRecord {
    fn row_name(&self) -> RowName {
        oidc_name(&self.account, &self.url)
    }
}

impl Indexed for OidcProviderRecord {
    fn row(&self, tx: &Tx<'_>) -> Key {
        self.row_name().row::<OidcProviderRecord>(tx)
    }

    fn index(&self, _: &Tx<'_>) -> Result<Vec<IndexRow>, Error> {
        Ok(Vec::new())
    }
}

/// A SAML provider.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct SamlProviderRecord {
    /// The owner.
    #[n(0)]
    pub account: AccountId,
    /// Unique in the account whatever its case.
    #[n(1)]
    pub name: String,
    /// Never used for another provider.
    #[n(2)]
    pub id: String,
    /// The metadata document as it was given.
    #[n(3)]
    pub metadata: String,
    /// When it was made.
    #[n(4)]
    pub created: Timestamp,
    /// Until when it is valid.
    #[n(5)]
    pub valid_until: Timestamp,
    /// At most 50.
    #[n(6)]
    pub tags: Vec<Tag>,
}

impl Record for SamlProviderRecord {
    const TABLE: Table = Table::SamlProvider;
}

impl Named for SamlProviderRecord {
    fn row_name(&self) -> RowName {
        entity_name(&self.account, &self.name)
    }
}

impl Indexed for SamlProviderRecord {
    fn row(&self, tx: &Tx<'_>) -> Key {
        self.row_name().row::<SamlProviderRecord>(tx)
    }

    fn index(&self, _: &Tx<'_>) -> Result<Vec<IndexRow>, Error> {
        Ok(Vec::new())
    }
}

/// Host names are equal whatever their case. Paths are not, and two providers whose URLs differ by the case of a path are rare enough that
/// one name for both does no harm.
fn oidc_name(account: &AccountId, url: &str) -> RowName {
    RowName::new(&[account_part(account)], &[fold(url).as_bytes()])
}

/// Reads the OpenID Connect provider of a URL without `https://`.
pub fn oidc_provider(tx: &Tx<'_>, account: &AccountId, url: &str) -> Result<Option<OidcProviderRecord>, Error> {
    find(tx, &oidc_name(account, url))
}

/// Writes an OpenID Connect provider.
pub fn save_oidc_provider(tx: &mut Tx<'_>, record: &OidcProviderRecord) -> Result<(), Error> {
    save(tx, record)
}

/// Deletes an OpenID Connect provider.
pub fn delete_oidc_provider(tx: &mut Tx<'_>, record: &OidcProviderRecord) -> Result<(), Error> {
    delete(tx, record)
}

/// An account's OpenID Connect providers, at most `limit`.
pub fn oidc_providers(tx: &Tx<'_>, account: &AccountId, limit: usize) -> Result<Vec<OidcProviderRecord>, Error> {
    let rows = list(tx, &group(tx, Table::OidcProvider, &[account_part(account)]), None, limit)?;
    Ok(rows.into_iter().map(|(_, record)| record).collect())
}

/// Reads a SAML provider.
pub fn saml_provider(tx: &Tx<'_>, account: &AccountId, name: &str) -> Result<Option<SamlProviderRecord>, Error> {
    find(tx, &entity_name(account, name))
}

/// Writes a SAML provider.
pub fn save_saml_provider(tx: &mut Tx<'_>, record: &SamlProviderRecord) -> Result<(), Error> {
    save(tx, record)
}

/// Deletes a SAML provider.
pub fn delete_saml_provider(tx: &mut Tx<'_>, record: &SamlProviderRecord) -> Result<(), Error> {
    delete(tx, record)
}

/// An account's SAML providers, at most `limit`.
pub fn saml_providers(tx: &Tx<'_>, account: &AccountId, limit: usize) -> Result<Vec<SamlProviderRecord>, Error> {
    let rows = list(tx, &group(tx, Table::SamlProvider, &[account_part(account)]), None, limit)?;
    Ok(rows.into_iter().map(|(_, record)| record).collect())
}
