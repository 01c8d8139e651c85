#![no_main]

use induce::core::model_file::unsummed;
use induce::open_bytes;
use libfuzzer_sys::fuzz_target;

// Model files of every kind: our own, XGBoost's JSON and UBJSON, LightGBM's text; without its
// checksum, which whoever makes a bad file makes too.
fuzz_target!(|bytes: &[u8]| {
    let _ = open_bytes("fuzz", &unsummed(bytes.to_vec()));
});
