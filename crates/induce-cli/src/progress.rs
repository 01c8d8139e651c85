//! The progress bar: a monitor on standard error.

use std::io::{IsTerminal, Write};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use induce::core::Monitor;

use crate::output::number;
use crate::prose;

/// Shows steps done, time left and the latest metrics; nothing where nobody looks.
pub struct Bar {
    bar: ProgressBar,
    shown: bool,
    quiet: bool,
}

impl Bar {
    /// A bar on a terminal, unless `hidden`; notes are said unless it is `quiet`.
    pub fn new(hidden: bool, quiet: bool) -> Self {
        Self {
            bar: ProgressBar::hidden(),
            shown: !hidden && !quiet && std::io::stderr().is_terminal(),
            quiet,
        }
    }
}

/// What fits: a line that is longer than the terminal would be drawn anew below itself. The metrics come last and are cut.
fn template(columns: usize) -> &'static str {
    match columns {
        0..60 => "{prefix} {pos}/{len} {elapsed} {wide_msg}",
        60..80 => "{prefix} {bar:10} {pos}/{len} {elapsed} (eta {eta}) {wide_msg}",
        _ => "{prefix} {bar:20} {pos}/{len} {elapsed} (eta {eta})  {wide_msg}",
    }
}

impl Monitor for Bar {
    fn begin(&mut self, what: &str, steps: u64) {
        if !self.shown {
            return;
        }
        let template = template(prose::columns_aside().unwrap_or(80));
        let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
        self.bar = ProgressBar::with_draw_target(Some(steps), ProgressDrawTarget::stderr_with_hz(10));
        self.bar.set_style(style.progress_chars("━╸─"));
        self.bar.set_prefix(what.to_string());
        self.bar.enable_steady_tick(Duration::from_millis(200));
    }

    fn step(&mut self, step: u64, metrics: &[(String, f64)]) {
        if self.shown {
            self.bar.set_position(step);
            let text: Vec<String> = metrics
                .iter()
                .map(|(name, value)| format!("{name} {}", number(*value)))
                .collect();
            self.bar.set_message(text.join("  "));
        }
    }

    fn note(&mut self, text: &str) {
        if !self.quiet {
            let say = || drop(writeln!(std::io::stderr(), "{}", prose::aside(text)));
            self.bar.suspend(say);
        }
    }

    fn end(&mut self) {
        self.bar.finish_and_clear();
    }
}
