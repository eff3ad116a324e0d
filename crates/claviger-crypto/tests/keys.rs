//! Types that hold a key have neither `Clone` nor `Display`, and their `Debug` shows the type only.

use std::fmt::Display;

use claviger_crypto::{
    DataKey, Identity, Keyring, Material, MaterialKind, NameKey, ReceiveKey, RootKey, SealKey, SymmetricKey,
};
use claviger_types::Random;

/// Every type has the first of these; one that also is `Clone` or `Display` has two, and then the calls below are
/// ambiguous and do not compile.
trait Neither<Which> {
    fn holds() -> bool {
        true
    }
}
struct IsClone;
struct IsDisplay;
impl<T> Neither<()> for T {}
impl<T: Clone> Neither<IsClone> for T {}
impl<T: Display> Neither<IsDisplay> for T {}

struct Zeros;

impl Random for Zeros {
    fn fill(&self, out: &mut [u8]) {
        out.fill(0);
    }
}

#[test]
fn keys_are_neither_cloned_nor_shown() {
    assert!(<RootKey as Neither<_>>::holds());
    assert!(<SealKey as Neither<_>>::holds());
    assert!(<NameKey as Neither<_>>::holds());
    assert!(<Keyring as Neither<_>>::holds());
    assert!(<Material as Neither<_>>::holds());
    assert!(<SymmetricKey as Neither<_>>::holds());
    assert!(<DataKey as Neither<_>>::holds());
    assert!(<Identity as Neither<_>>::holds());
    assert!(<ReceiveKey as Neither<_>>::holds());
}

#[test]
fn debug_shows_the_type_only() {
    let root = RootKey::generate(&Zeros);
    assert_eq!(format!("{root:?}"), "RootKey(..)");
    assert_eq!(format!("{:?}", root.seal_key("rows")), "SealKey(..)");
    assert_eq!(format!("{:?}", root.name_key("rows")), "NameKey(..)");
    assert_eq!(format!("{:?}", Keyring::create(&root, &Zeros).0), "Keyring(..)");
    assert_eq!(format!("{:?}", Material::generate(MaterialKind::Symmetric, &Zeros)), "Material(..)");
    assert_eq!(format!("{:?}", DataKey::generate(&Zeros)), "DataKey(..)");
    assert_eq!(format!("{:?}", Identity::generate(&Zeros)), "Identity(..)");
    assert_eq!(format!("{:?}", ReceiveKey::generate(&Zeros)), "ReceiveKey(..)");
}

#[test]
fn keys_may_be_shared_between_threads() {
    let root = RootKey::generate(&Zeros);
    let (ring, _) = Keyring::create(&root, &Zeros);
    let (material, identity) = (Material::generate(MaterialKind::Symmetric, &Zeros), Identity::generate(&Zeros));
    let all: &(dyn std::any::Any + Send + Sync) = &(root, ring, material, identity);
    assert!(all.is::<(RootKey, Keyring, Material, Identity)>());
}
