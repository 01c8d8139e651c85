#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = induce_fuzz::read(bytes, None, 1 << 19, 1);
});
