#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| claviger_crypto::fuzz::attestation_document(data));
