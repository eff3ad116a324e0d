#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| claviger_kms::fuzz::import_token(data));
