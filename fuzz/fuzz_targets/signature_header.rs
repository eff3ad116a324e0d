#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| claviger_sigv4::fuzz::signature_header(data));
