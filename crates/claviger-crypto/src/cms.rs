//! CMS EnvelopedData for one recipient (RFC 5652, 6), in the encoding that AWS KMS uses.
//!
//! The outer structures are BER with indefinite lengths, and the content is one OCTET STRING within a constructed `[0]`. AWS's own client in C
//! reads only this form: a SEQUENCE of definite length makes it skip the whole content ([009](../../../docs/design/009-recipient.md)).

/// The length of the initialization vector of AES-CBC.
pub(crate) const IV_BYTES: usize = 16;

/// `id-envelopedData` (1.2.840.113549.1.7.3).
const ENVELOPED_DATA: &[u8] = &[0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x03];

/// `id-data` (1.2.840.113549.1.7.1).
const DATA: &[u8] = &[0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01];

/// `id-aes256-CBC` (2.16.840.1.101.3.4.1.42).
const AES_256_CBC: &[u8] = &[0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01, 0x2a];

/// `id-RSAES-OAEP` (1.2.840.113549.1.1.7) with SHA-256 for the label and for MGF1 (RFC 4055).
const OAEP_SHA256: &[u8] = &[
    0x30, 0x3c, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x07, // id-RSAES-OAEP
    0x30, 0x2f, 0xa0, 0x0f, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00,
    0xa1, 0x1c, 0x30, 0x1a, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x08, // id-mgf1
    0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00,
];

/// `INTEGER 2`: the version of EnvelopedData and of a recipient that is named by its key.
const VERSION_2: &[u8] = &[0x02, 0x01, 0x02];

const OCTET_STRING: u8 = 0x04;
const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
/// `[0]`, primitive.
const SUBJECT_KEY_ID: u8 = 0x80;
/// `[0]`, constructed.
const TAGGED_0: u8 = 0xa0;

/// The variable parts of an EnvelopedData.
pub(crate) struct Parts<'a> {
    /// The subject key identifier.
    pub(crate) key_id: &'a [u8],
    /// The content key, encrypted to the recipient.
    pub(crate) encrypted_key: &'a [u8],
    pub(crate) iv: &'a [u8; IV_BYTES],
    pub(crate) ciphertext: &'a [u8],
}

/// A ContentInfo with EnvelopedData.
pub(crate) fn enveloped_data(parts: &Parts<'_>) -> Vec<u8> {
    let recipient = [
        VERSION_2,
        &definite(SUBJECT_KEY_ID, &[parts.key_id]),
        OAEP_SHA256,
        &definite(OCTET_STRING, &[parts.encrypted_key]),
    ];
    let algorithm = definite(SEQUENCE, &[AES_256_CBC, &definite(OCTET_STRING, &[parts.iv])]);
    let content = indefinite(TAGGED_0, &[&definite(OCTET_STRING, &[parts.ciphertext])]);
    let enveloped = indefinite(
        SEQUENCE,
        &[
            VERSION_2,
            &definite(SET, &[&definite(SEQUENCE, &recipient)]),
            &indefinite(SEQUENCE, &[DATA, &algorithm, &content]),
        ],
    );
    indefinite(SEQUENCE, &[ENVELOPED_DATA, &indefinite(TAGGED_0, &[&enveloped])])
}

/// An element whose length stands before its content, in the shortest form for content of less than 64 KiB.
fn definite(tag: u8, content: &[&[u8]]) -> Vec<u8> {
    let length: usize = content.iter().map(|part| part.len()).sum();
    let mut out = vec![tag];
    match length.to_be_bytes() {
        [0, 0, 0, 0, 0, 0, 0, short @ 0..0x80] => out.push(short),
        [0, 0, 0, 0, 0, 0, 0, one] => out.extend_from_slice(&[0x81, one]),
        [0, 0, 0, 0, 0, 0, high, low] => out.extend_from_slice(&[0x82, high, low]),
        all => {
            out.push(0x88);
            out.extend_from_slice(&all);
        }
    }
    content.iter().for_each(|part| out.extend_from_slice(part));
    out
}

/// An element whose end is marked by two zero bytes.
fn indefinite(tag: u8, content: &[&[u8]]) -> Vec<u8> {
    let mut out = vec![tag, 0x80];
    content.iter().for_each(|part| out.extend_from_slice(part));
    out.extend_from_slice(&[0, 0]);
    out
}
