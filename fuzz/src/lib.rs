//! What every target does: read the bytes, and let nothing but a table or an error come of it.

use std::sync::Once;

use induce_core::read::{Format, ReadOptions, Sniffed, read_chunked};
use induce_core::{Result, Run, Table};

static HOOK: Once = Once::new();

/// libFuzzer aborts in a panic hook, before a reader can catch the panic of a
/// decoder. The default hook is put back; a panic that escapes still ends the run.
pub fn hear_panics() {
    HOOK.call_once(|| drop(std::panic::take_hook()));
}

/// Read `bytes` as `format`, or as what they look like, with 64 MiB of memory.
pub fn read(bytes: &[u8], format: Option<Format>, chunk: usize, threads: usize) -> Result<(Table, Sniffed)> {
    hear_panics();
    let run = Run::new(0).with_threads(threads).with_memory(64 << 20);
    let options = ReadOptions {
        format,
        ..ReadOptions::default()
    };
    let result = read_chunked("fuzz", bytes, &options, &run, chunk);
    if let Ok((table, _)) = &result {
        check(table);
    }
    if let Err(error) = &result {
        assert!(error.hint().is_some(), "`{error}` has no hint");
    }
    result
}

/// Every cell can be read in every way, and rows can be taken.
fn check(table: &Table) {
    let rows = table.rows().min(100);
    let (mut numbers, mut codes) = (vec![0.0; rows], vec![0; rows]);
    for column in table.columns().iter().take(100) {
        assert_eq!(column.len(), table.rows());
        column.read_f64(0, &mut numbers);
        column.read_codes(0, &mut codes);
        let names = column.categories();
        assert!(codes.iter().all(|code| *code == u32::MAX || (*code as usize) < names.len()));
        for row in 0..rows {
            let _ = column.text(row);
        }
        assert!(column.missing() <= column.len());
    }
    let every_other: Vec<usize> = (0..rows).step_by(2).collect();
    assert_eq!(table.take(&every_other).rows(), every_other.len());
}
