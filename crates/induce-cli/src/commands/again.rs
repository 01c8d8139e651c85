//! The command line that does the same again, as a shell reads it.

use std::path::Path;

use crate::args::{Columns, Reading, ReportPage, Train};
use crate::session::Session;

/// A line that grows.
struct Line(String);

impl Line {
    fn add(&mut self, word: &str) {
        self.0.push(' ');
        self.0 += &quoted(word);
    }

    fn flag(&mut self, name: &str, value: impl AsRef<str>) {
        self.add(name);
        self.add(value.as_ref());
    }

    fn path(&mut self, name: &str, path: Option<&Path>) {
        path.into_iter()
            .for_each(|path| self.flag(name, path.to_string_lossy()));
    }

    fn maybe(&mut self, name: &str, value: Option<impl ToString>) {
        value
            .into_iter()
            .for_each(|value| self.flag(name, value.to_string()));
    }

    fn reading(&mut self, reading: &Reading) {
        self.maybe("--delimiter", reading.delimiter.as_ref());
        let given = [
            ("--header", reading.header),
            ("--no-header", reading.no_header),
            ("--directed", reading.directed),
        ];
        given.iter().filter(|own| own.1).for_each(|own| self.add(own.0));
        self.maybe("--input", reading.input.as_ref());
        reading.missing.iter().for_each(|own| self.flag("--missing", own));
        reading.types.iter().for_each(|own| self.flag("--type", own));
        reading
            .nodes
            .iter()
            .for_each(|own| self.path("--nodes", Some(own)));
    }

    fn columns(&mut self, columns: &Columns) {
        self.maybe("--target", columns.target.as_ref());
        self.maybe("--labels", columns.labels.as_ref());
        self.maybe("--weight", columns.weight.as_ref());
        self.maybe("--group", columns.group.as_ref());
        columns.drop.iter().for_each(|own| self.flag("--drop", own));
    }
}

/// A word as a shell takes it: in quotes unless it is plain.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "_-./=:,@%+".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.into()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

/// `induce train`, with the place that the model came to.
pub fn train(args: &Train, out: Option<&Path>, session: &Session) -> String {
    let mut line = Line("induce train".into());
    line.add(&args.source.data.to_string_lossy());
    line.flag("-m", &args.model);
    line.reading(&args.source.reading);
    line.columns(&args.columns);
    args.set.iter().for_each(|own| line.flag("--set", own));
    line.maybe("--task", args.task.as_ref());
    line.path("--tokenizer", args.tokenizer.as_deref());
    line.path("--from", args.from.as_deref());
    line.maybe("--holdout", args.holdout);
    line.path("--valid", args.valid.as_deref());
    line.maybe("--cv", args.cv);
    line.maybe("--time", args.time.as_ref());
    line.maybe("--seed", Some(session.global.seed));
    line.path("--out", out);
    line.path("--report", args.report.as_deref());
    line.0
}

/// `induce report`.
pub fn report(args: &ReportPage, session: &Session) -> String {
    let mut line = Line("induce report".into());
    line.add(&args.on.model.to_string_lossy());
    line.add(&args.on.source.data.to_string_lossy());
    line.reading(&args.on.source.reading);
    line.columns(&args.columns);
    line.maybe("--seed", Some(session.global.seed));
    line.path("--out", Some(&args.out));
    line.0
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn words_are_what_a_shell_reads() {
        assert_eq!(quoted("--set"), "--set");
        assert_eq!(quoted("a b"), "'a b'");
        assert_eq!(quoted("it's $HOME"), "'it'\\''s $HOME'");
        assert_eq!(quoted(""), "''");
    }
}
