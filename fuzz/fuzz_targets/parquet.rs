#![no_main]

use induce_core::read::Format;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = induce_fuzz::read(bytes, Some(Format::Parquet), 1 << 19, 1);
});
