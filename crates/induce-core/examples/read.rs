//! Time the reading of files: `cargo run --release --example read -- THREADS FILE...`

use std::path::Path;
use std::time::Instant;

use induce_core::{Run, read};

#[expect(clippy::print_stdout, reason = "an example prints")]
fn main() -> induce_core::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let threads = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(2);
    let run = Run::new(0).with_threads(threads);
    for file in arguments {
        let mut times = Vec::new();
        for _ in 0..15 {
            let start = Instant::now();
            read::read(Path::new(&file), &Default::default(), &run)?;
            times.push(start.elapsed().as_secs_f64() * 1e3);
        }
        times.sort_by(f64::total_cmp);
        let (table, sniffed) = read::read(Path::new(&file), &Default::default(), &run)?;
        println!(
            "{file}: median {:.1} ms, best {:.1} ms; {} rows, {} bytes; {}",
            times[7],
            times[0],
            table.rows(),
            table.bytes(),
            sniffed.flags().join(" ")
        );
    }
    Ok(())
}
