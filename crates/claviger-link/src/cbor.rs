//! CBOR, written into memory that is wiped.

use minicbor::Encode;
use zeroize::Zeroizing;

/// The encoding of a value. With enough room for it the vector does not grow, and so leaves no copy of a secret behind.
#[expect(
    clippy::expect_used,
    reason = "writing into a vector does not fail, and no type of this crate refuses its own value"
)]
pub(crate) fn encode<T: Encode<()>>(value: &T, room: usize) -> Zeroizing<Vec<u8>> {
    let mut out = Zeroizing::new(Vec::with_capacity(room));
    minicbor::encode(value, &mut *out).expect("a vector takes all bytes");
    out
}
