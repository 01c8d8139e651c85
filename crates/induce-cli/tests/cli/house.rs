//! A folder, some tables, and the binary.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// A folder for one test; gone afterwards.
pub struct House(TempDir);

/// What a command left behind.
pub struct Done {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl House {
    /// An empty folder.
    pub fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    /// A folder with `good.csv`: 200 rows, `y = a + 2 b` and a category that does nothing.
    pub fn with_table() -> Self {
        let house = Self::new();
        house.table("good.csv", "a,b,c,y", 200, |i, a, b| {
            format!("{a},{b},{},{}", ["u", "v", "w"][i % 3], a + 2.0 * b)
        });
        house
    }

    /// Write a table of `rows` rows; `row` gets the row's number and two numbers in [0, 1).
    pub fn table(&self, name: &str, header: &str, rows: usize, row: impl Fn(usize, f64, f64) -> String) {
        let mut text = format!("{header}\n");
        let (mut x, mut y) = (0.0_f64, 0.0_f64);
        for i in 0..rows {
            // Two equidistributed sequences (multiples of irrationals) make a table without a generator.
            (x, y) = ((x + 0.618_033_988_75).fract(), (y + 0.754_877_666_25).fract());
            writeln!(text, "{}", row(i, x, y)).unwrap();
        }
        self.write(name, text.as_bytes());
    }

    pub fn write(&self, name: &str, bytes: &[u8]) {
        let path = self.path(name);
        path.parent().map(std::fs::create_dir_all).transpose().unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    pub fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).unwrap()
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// The binary in this folder, unaffected by the environment of whoever runs the tests.
    pub fn command(&self, line: &str) -> Command {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("induce"));
        command
            .args(line.split_whitespace())
            .current_dir(self.0.path())
            .stdin(Stdio::null());
        for own in [
            "INDUCE_SEED",
            "INDUCE_THREADS",
            "INDUCE_FORMAT",
            "INDUCE_NO_PROGRESS",
            "INDUCE_COMPLETE",
        ] {
            command.env_remove(own);
        }
        command
    }

    /// Run `induce LINE`.
    pub fn run(&self, line: &str) -> Done {
        self.command(line).output().unwrap().into()
    }

    /// Run `induce LINE`, which must succeed.
    pub fn ok(&self, line: &str) -> Done {
        let done = self.run(line);
        assert_eq!(done.code, 0, "induce {line}\n{}", done.err);
        done
    }

    /// Run `induce LINE`, which must end in an error; what it says, for a snapshot.
    pub fn fault(&self, line: &str) -> String {
        let done = self.run(line);
        assert_eq!(done.code, 2, "induce {line}\n{}{}", done.out, done.err);
        let at = done.err.find("error").expect("an error is called one");
        done.err[at..].trim_end().into()
    }
}

impl From<Output> for Done {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

/// A file of the repository's `data`.
pub fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../data")
        .join(name)
}
