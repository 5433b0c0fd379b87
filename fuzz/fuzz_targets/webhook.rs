#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| truto_core::testing::webhook(data));
