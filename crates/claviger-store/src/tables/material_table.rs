//! The material of KMS keys: for each version of a key's material a row with the sealed bytes and a row with its metadata.
//!
//! Neither is in the key's record, which every use of the key reads: a key keeps all its materials, and the record of a
//! rotated key would grow for ever. Encryption needs the current id, which the record has. Decryption needs the id that the
//! ciphertext names. Only rotation, replication and deletion read the whole set.

use claviger_crypto::SealedMaterial;
use claviger_types::{KeyId, MaterialId, Timestamp};
use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};

use super::key_table::KeyRecord;
use super::{Record, Table, fetch, fetch_shared, group, list, put, put_new, row};
use crate::{Error, Key, Shared, Tx};

/// The metadata of one version of a key's material.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct MaterialMeta {
    /// Derived from the key id and the bytes.
    #[n(0)]
    pub id: MaterialId,
    /// When it was generated.
    #[n(1)]
    pub created: Timestamp,
    /// When it became current through a rotation. Absent for the first material of a key and while a rotation waits for its replicas. A
    /// region that receives material which became current before sets it to `created`, so it is not a list of rotations.
    #[n(2)]
    pub rotated: Option<Timestamp>,
    /// The kind of rotation that made it, or is to make it, current. Absent for the first material of a key and for imported material that
    /// waits for its rotation.
    #[n(3)]
    #[cbor(default)]
    pub rotation: Option<RotationType>,
    /// The text that the caller gave when it imported the material.
    #[n(4)]
    #[cbor(default)]
    pub description: Option<String>,
    /// The public key (SubjectPublicKeyInfo) of an imported private key, which is shown also while the private key is not held.
    #[n(5)]
    #[cbor(default)]
    pub public_key: Option<ByteVec>,
}

impl MaterialMeta {
    /// Material that was made by no rotation.
    pub fn new(id: MaterialId, created: Timestamp) -> MaterialMeta {
        MaterialMeta { id, created, rotated: None, rotation: None, description: None, public_key: None }
    }
}

/// The kinds of rotation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum RotationType {
    /// By the key's schedule.
    #[n(0)]
    Automatic,
    /// By `RotateKeyOnDemand`.
    #[n(1)]
    OnDemand,
}

/// One material of a key with imported material. The region knows the metadata of every material of the key, and holds the bytes of
/// those that were imported here and have not expired.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportedMaterial {
    /// The metadata, which related keys share.
    pub meta: MaterialMeta,
    /// The import; absent while this region does not hold the bytes.
    pub import: Option<Import>,
}

impl ImportedMaterial {
    /// Whether this region holds the bytes, and they have not expired. A job deletes expired bytes soon after.
    pub fn is_held_at(&self, now: Timestamp) -> bool {
        self.import.as_ref().is_some_and(|import| import.valid_to.is_none_or(|at| at > now))
    }
}

/// The settings of an import, which each region has for itself.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Import {
    /// When the region deletes the bytes. Absent if the material does not expire.
    #[n(0)]
    pub valid_to: Option<Timestamp>,
}

/// The row of a material's metadata.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub(super) struct MaterialMetaRecord {
    /// Its place among the key's materials, from 0: the order in which the primary made them.
    #[n(0)]
    pub(super) position: u32,
    #[n(1)]
    pub(super) meta: MaterialMeta,
    /// Used for keys with imported material only.
    #[n(2)]
    #[cbor(default)]
    pub(super) import: Option<Import>,
}

impl Record for MaterialMetaRecord {
    const TABLE: Table = Table::MaterialMeta;
}

/// The row of a material's sealed bytes.
#[derive(Debug, PartialEq, Encode, Decode)]
#[cbor(transparent)]
pub struct MaterialRecord(#[n(0)] pub SealedMaterial);

impl Record for MaterialRecord {
    const TABLE: Table = Table::Material;
}

fn material_row(tx: &Tx<'_>, key: &KeyId, id: &MaterialId) -> Key {
    row(tx, Table::Material, &[key.as_str().as_bytes()], &[&id.0])
}

fn meta_row(tx: &Tx<'_>, key: &KeyId, id: &MaterialId) -> Key {
    row(tx, Table::MaterialMeta, &[key.as_str().as_bytes()], &[&id.0])
}

/// Reads sealed material.
pub fn material(tx: &Tx<'_>, key: &KeyId, id: &MaterialId) -> Result<Option<SealedMaterial>, Error> {
    Ok(fetch::<MaterialRecord>(tx, &material_row(tx, key, id))?.map(|r| r.0))
}

/// Reads sealed material, shared with other requests.
pub fn material_shared(tx: &Tx<'_>, key: &KeyId, id: &MaterialId) -> Result<Option<Shared<MaterialRecord>>, Error> {
    fetch_shared(tx, material_row(tx, key, id))
}

/// Writes sealed material. It is never replaced, because the same id always means the same bytes.
pub fn save_material(tx: &mut Tx<'_>, key: &KeyId, id: &MaterialId, sealed: SealedMaterial) -> Result<(), Error> {
    put(tx, material_row(tx, key, id), &MaterialRecord(sealed))
}

/// Adds new material to a key: its sealed bytes and, after those of all others, its metadata. Raises the record's count. The
/// caller saves the record. The key must not have the material already.
pub fn add_material(
    tx: &mut Tx<'_>,
    record: &mut KeyRecord,
    meta: MaterialMeta,
    sealed: SealedMaterial,
) -> Result<(), Error> {
    save_material(tx, &record.id, &meta.id, sealed)?;
    let position = record.material_count;
    put(tx, meta_row(tx, &record.id, &meta.id), &MaterialMetaRecord { position, meta, import: None })?;
    record.material_count = position.saturating_add(1);
    Ok(())
}

/// [`add_material`] for the first material of a key whose id this transaction has drawn.
pub fn add_first_material(
    tx: &mut Tx<'_>,
    record: &mut KeyRecord,
    meta: MaterialMeta,
    sealed: SealedMaterial,
) -> Result<(), Error> {
    put_new(tx, material_row(tx, &record.id, &meta.id), &MaterialRecord(sealed))?;
    put_new(tx, meta_row(tx, &record.id, &meta.id), &MaterialMetaRecord { position: 0, meta, import: None })?;
    record.material_count = 1;
    Ok(())
}

/// The metadata of every material of a key that this region holds, in the order in which the primary made them. Of a key with
/// imported material it is that of every material that the region knows.
pub fn materials(tx: &Tx<'_>, key: &KeyId) -> Result<Vec<MaterialMeta>, Error> {
    Ok(stored(tx, key)?.into_iter().map(|record| record.meta).collect())
}

fn stored(tx: &Tx<'_>, key: &KeyId) -> Result<Vec<MaterialMetaRecord>, Error> {
    let rows = list(tx, &group(tx, Table::MaterialMeta, &[key.as_str().as_bytes()]), None, usize::MAX)?;
    let mut records: Vec<MaterialMetaRecord> = rows.into_iter().map(|(_, record)| record).collect();
    records.sort_by_key(|record| record.position);
    Ok(records)
}

/// As [`materials`] for a key with imported material, with the imports.
pub fn imported_materials(tx: &Tx<'_>, key: &KeyId) -> Result<Vec<ImportedMaterial>, Error> {
    let known = |MaterialMetaRecord { meta, import, .. }| ImportedMaterial { meta, import };
    Ok(stored(tx, key)?.into_iter().map(known).collect())
}

/// The metadata of every material whose bytes this region holds.
pub fn held_materials(tx: &Tx<'_>, record: &KeyRecord) -> Result<Vec<MaterialMeta>, Error> {
    let held = |known: &MaterialMetaRecord| !record.is_imported() || known.import.is_some();
    Ok(stored(tx, &record.id)?.into_iter().filter(held).map(|known| known.meta).collect())
}

/// Writes the metadata and imports of a key with imported material where they differ from the stored ones, and deletes the bytes of
/// materials without an import and of those that are not named. Sets the record's count; the caller saves the record. The bytes of a
/// new import are written by [`save_material`].
pub fn save_imported_materials(
    tx: &mut Tx<'_>,
    record: &mut KeyRecord,
    materials: &[ImportedMaterial],
) -> Result<(), Error> {
    let before = stored(tx, &record.id)?;
    for old in &before {
        let new = materials.iter().find(|material| material.meta.id == old.meta.id);
        if old.import.is_some() && new.is_none_or(|material| material.import.is_none()) {
            tx.delete(material_row(tx, &record.id, &old.meta.id))?;
        }
        if new.is_none() {
            tx.delete(meta_row(tx, &record.id, &old.meta.id))?;
        }
    }
    for (position, ImportedMaterial { meta, import }) in (0_u32..).zip(materials.iter().cloned()) {
        let row = meta_row(tx, &record.id, &meta.id);
        let new = MaterialMetaRecord { position, meta, import };
        if !before.contains(&new) {
            put(tx, row, &new)?;
        }
    }
    record.material_count = u32::try_from(materials.len()).unwrap_or(u32::MAX);
    Ok(())
}

/// Writes the metadata of a key's materials where it differs from the stored metadata, and sets the record's count. The
/// caller saves the record. `metas` is [`materials`] with changes. Materials are a grow-only set: `metas` names all stored
/// ones.
pub fn save_materials(tx: &mut Tx<'_>, record: &mut KeyRecord, metas: &[MaterialMeta]) -> Result<(), Error> {
    let before = stored(tx, &record.id)?;
    for old in &before {
        if metas.iter().all(|meta| meta.id != old.meta.id) {
            tx.delete(meta_row(tx, &record.id, &old.meta.id))?;
        }
    }
    for (position, meta) in (0_u32..).zip(metas) {
        let import = before.iter().find(|old| old.meta.id == meta.id).and_then(|old| old.import.clone());
        let new = MaterialMetaRecord { position, meta: meta.clone(), import };
        if !before.contains(&new) {
            put(tx, meta_row(tx, &record.id, &meta.id), &new)?;
        }
    }
    record.material_count = u32::try_from(metas.len()).unwrap_or(u32::MAX);
    Ok(())
}

/// Deletes all material of a key.
pub(super) fn delete_materials(tx: &mut Tx<'_>, key: &KeyId) -> Result<(), Error> {
    for meta in materials(tx, key)? {
        tx.delete(meta_row(tx, key, &meta.id))?;
        tx.delete(material_row(tx, key, &meta.id))?;
    }
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use claviger_types::{AccountId, KeyOrigin, KeySpec, KeyUsage, Region};

    use super::*;
    use crate::commit_blocking;
    use crate::conformance::barrier;
    use crate::memory::MemoryStore;
    use crate::tables::encode;
    use crate::tables::key_table::{KeyState, Rotation, delete_key, key, key_row, save_key};
    use claviger_types::SeededRandom;

    fn record() -> KeyRecord {
        KeyRecord {
            id: KeyId::parse("1234abcd-12ab-34cd-56ef-1234567890ab").unwrap(),
            account: AccountId::parse("111122223333").unwrap(),
            created: Timestamp(0),
            description: String::new(),
            state: KeyState::Enabled,
            spec: KeySpec::SymmetricDefault,
            usage: KeyUsage::EncryptDecrypt,
            origin: KeyOrigin::AwsKms,
            managed_by: None,
            policy: String::new().into(),
            tags: Vec::new(),
            rotation: Rotation::default(),
            current: None,
            multi_region: None,
            bound: Vec::new(),
            region: Region::parse("eu-central-1").unwrap(),
            material_count: 0,
            import: None,
        }
    }

    fn meta(number: u8) -> MaterialMeta {
        MaterialMeta::new(MaterialId([number; 32]), Timestamp(number.into()))
    }

    fn add(tx: &mut Tx<'_>, record: &mut KeyRecord, number: u8) {
        add_material(tx, record, meta(number), SealedMaterial(vec![number])).unwrap();
    }

    #[test]
    fn materials_are_in_the_order_in_which_they_were_made() {
        let (store, barrier, random) = (MemoryStore::new(), barrier(1), SeededRandom::new(1));
        let mut tx = Tx::begin(&store, &barrier, &random).unwrap();
        let mut record = record();
        [3, 1, 2].into_iter().for_each(|number| add(&mut tx, &mut record, number));
        assert_eq!(materials(&tx, &record.id).unwrap(), [meta(3), meta(1), meta(2)]);
        assert_eq!(record.material_count, 3);
        assert_eq!(material(&tx, &record.id, &meta(1).id).unwrap(), Some(SealedMaterial(vec![1])));
    }

    #[test]
    fn only_changed_metadata_is_written() {
        let (store, barrier, random) = (MemoryStore::new(), barrier(1), SeededRandom::new(1));
        let mut tx = Tx::begin(&store, &barrier, &random).unwrap();
        let mut record = record();
        [1, 2, 3].into_iter().for_each(|number| add(&mut tx, &mut record, number));
        commit_blocking(&store, tx.into_batch()).unwrap();

        let mut tx = Tx::begin(&store, &barrier, &random).unwrap();
        let mut changed = materials(&tx, &record.id).unwrap();
        changed[2].rotated = Some(Timestamp(9));
        save_materials(&mut tx, &mut record, &changed).unwrap();
        assert_eq!(materials(&tx, &record.id).unwrap(), changed);
        assert_eq!(tx.into_batch().writes.len(), 1);
    }

    #[test]
    fn imported_material_that_is_not_held_has_no_bytes() {
        let (store, barrier, random) = (MemoryStore::new(), barrier(1), SeededRandom::new(1));
        let mut tx = Tx::begin(&store, &barrier, &random).unwrap();
        let mut record = record();
        let imported = |number, held: bool| ImportedMaterial {
            meta: meta(number),
            import: held.then_some(Import { valid_to: Some(Timestamp(9)) }),
        };
        for number in [1, 2, 3] {
            save_material(&mut tx, &record.id, &meta(number).id, SealedMaterial(vec![number])).unwrap();
        }
        let all = [imported(1, true), imported(2, true), imported(3, true)];
        save_imported_materials(&mut tx, &mut record, &all).unwrap();
        assert_eq!(imported_materials(&tx, &record.id).unwrap(), all);
        let fewer = [imported(1, false), imported(2, true)];
        save_imported_materials(&mut tx, &mut record, &fewer).unwrap();
        assert_eq!(imported_materials(&tx, &record.id).unwrap(), fewer);
        assert_eq!(record.material_count, 2);
        let held = |number| material(&tx, &record.id, &meta(number).id).unwrap().is_some();
        assert_eq!([1, 2, 3].map(held), [false, true, false]);
    }

    #[test]
    fn a_deleted_key_leaves_no_material() {
        let (store, barrier, random) = (MemoryStore::new(), barrier(1), SeededRandom::new(1));
        let mut tx = Tx::begin(&store, &barrier, &random).unwrap();
        let mut record = record();
        [1, 2].into_iter().for_each(|number| add(&mut tx, &mut record, number));
        save_key(&mut tx, &record).unwrap();
        delete_key(&mut tx, &record).unwrap();
        assert_eq!(tx.scan(&[], &[], 100).unwrap(), []);
    }

    /// A later release may know more key specs than this one.
    #[test]
    fn an_unknown_key_spec_is_an_error_of_its_row() {
        let (store, barrier, random) = (MemoryStore::new(), barrier(1), SeededRandom::new(1));
        let mut tx = Tx::begin(&store, &barrier, &random).unwrap();
        let record = record();
        let row = key_row(&tx, &record.account, &record.id);
        let mut bytes = encode(&record).unwrap();
        let at = bytes.windows(17).position(|part| part == b"SYMMETRIC_DEFAULT").unwrap();
        bytes[at] = b'X';
        tx.put(row.clone(), &bytes).unwrap();
        assert_eq!(key(&tx, &record.account, &record.id), Err(Error::Corrupt { key: row }));
    }
}
