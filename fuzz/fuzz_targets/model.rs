#![no_main]

use induce::open_bytes;
use libfuzzer_sys::fuzz_target;

// Model files of every kind: our own, XGBoost's JSON and UBJSON, LightGBM's text.
fuzz_target!(|bytes: &[u8]| {
    let _ = open_bytes("fuzz", bytes);
});
