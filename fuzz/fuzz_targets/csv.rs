#![no_main]

use induce_core::read::Format;
use libfuzzer_sys::fuzz_target;

// The first byte is the chunk size: cutting a file elsewhere may change neither a table nor an error.
fuzz_target!(|bytes: &[u8]| {
    let Some((&chunk, text)) = bytes.split_first() else { return };
    let whole = induce_fuzz::read(text, Some(Format::Csv), 1 << 19, 1);
    let cut = induce_fuzz::read(text, Some(Format::Csv), usize::from(chunk), 1);
    match (whole, cut) {
        (Ok((a, of_a)), Ok((b, of_b))) => {
            assert_eq!(of_a, of_b);
            for (a, b) in a.columns().iter().zip(b.columns()) {
                assert!((0..a.len()).all(|row| a.text(row) == b.text(row)));
            }
        }
        (Err(a), Err(b)) => assert_eq!(a.to_string(), b.to_string()),
        (a, b) => panic!("{:?} {:?}", a.map(|a| a.1), b.map(|b| b.1)),
    }
});
