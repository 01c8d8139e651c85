//! Which file a model is: its name, when it was written, and a sum that says whether another one is the same.

use std::path::Path;
use std::time::UNIX_EPOCH;

use induce::core::table::civil_from_days;
use sha2::{Digest, Sha256};

/// Larger files are not summed: that would take longer than the page.
const LARGEST: u64 = 256 << 20;

/// Name, time and SHA-256 of a file, as far as they are known: a pipe has none of them.
pub fn of(path: &Path) -> Vec<(String, String)> {
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
    let mut all = vec![("Model file".to_owned(), name.into_owned())];
    let Ok(known) = std::fs::metadata(path) else {
        return all;
    };
    if !known.is_file() {
        return all;
    }
    let seconds = known
        .modified()
        .ok()
        .and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    all.extend(seconds.map(|own| ("Written (UTC)".to_owned(), moment(own.as_secs()))));
    let bytes = (known.len() <= LARGEST)
        .then(|| std::fs::read(path).ok())
        .flatten();
    all.extend(bytes.map(|own| ("SHA-256 of the model file".to_owned(), sha256(&own))));
    all
}

/// The sum as `sha256sum` writes it.
fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// Seconds since 1970 as a person writes them.
fn moment(seconds: u64) -> String {
    let (year, month, day) = civil_from_days((seconds / 86_400) as i64);
    let of_day = seconds % 86_400;
    format!(
        "{year}-{month:02}-{day:02} {:02}:{:02}",
        of_day / 3600,
        of_day / 60 % 60
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_those_of_the_standard() {
        assert_eq!(
            sha256(b"abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }

    #[test]
    fn moments_are_dates() {
        assert_eq!(moment(0), "1970-01-01 00:00");
        assert_eq!(moment(951_782_400 + 3_660), "2000-02-29 01:01");
    }
}
