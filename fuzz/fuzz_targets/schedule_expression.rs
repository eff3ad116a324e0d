#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| claviger_schedule::fuzz::schedule_expression(data));
