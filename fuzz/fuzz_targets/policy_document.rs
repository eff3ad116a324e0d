#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| claviger_policy::fuzz::policy_document(data));
