//! Time the default metrics on 100 000 rows: `cargo run --release --example score`

use std::time::Instant;

use induce_core::metrics::{Predictions, Task, scores};
use induce_core::random::Stream;

#[expect(clippy::print_stdout, reason = "an example prints")]
fn main() -> induce_core::Result<()> {
    let (n, stream) = (100_000, Stream::new(1, "score"));
    let draw = |path: u64| {
        (0..n)
            .map(|i| stream.child(path).uniform(i))
            .collect::<Vec<f64>>()
    };
    let (u, noise) = (draw(0), draw(1));
    let truth: Vec<f64> = u.iter().map(|u| f64::from(u8::from(*u < 0.3))).collect();
    let probabilities: Vec<f64> = truth
        .iter()
        .zip(&noise)
        .flat_map(|(t, e)| [1.0 - (t + e) / 2.0, (t + e) / 2.0])
        .collect();
    for (task, predictions) in [
        (
            Task::Classification,
            Predictions::classification(&truth, &probabilities, 2),
        ),
        (Task::Regression, Predictions::regression(&u, &noise)),
    ] {
        let start = Instant::now();
        let scores = scores(task, &predictions)?;
        println!(
            "{task:?}: {} metrics in {:.1} ms",
            scores.len(),
            start.elapsed().as_secs_f64() * 1e3
        );
        for score in scores {
            println!(
                "  {} {:.5} ({:.5?} to {:.5?})",
                score.name, score.value, score.low, score.high
            );
        }
    }
    Ok(())
}
