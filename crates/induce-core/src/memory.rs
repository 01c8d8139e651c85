//! How much memory is left, for readers of files that claim much.

use std::fs::read_to_string;
use std::path::Path;

/// The most bytes that data may take where nobody gave a limit.
const MOST: u64 = 8 << 30;

/// Bytes that data may take where nobody gave a limit: half of what is left, so that it can be copied once, but no more
/// than 8 GiB.
pub(crate) fn share() -> u64 {
    let left = [machine(), group(), own()].into_iter().flatten().min();
    left.map_or(MOST, |left| (left / 2).min(MOST))
}

/// What the machine has left.
fn machine() -> Option<u64> {
    kibibytes(&read_to_string("/proc/meminfo").ok()?, "MemAvailable")
}

/// What a container has left: files that are only cached give way.
fn group() -> Option<u64> {
    let of = |name: &str| read_to_string(Path::new("/sys/fs/cgroup").join(name)).ok();
    let [most, used] = ["memory.max", "memory.current"].map(|name| of(name)?.trim().parse::<u64>().ok());
    let cached = of("memory.stat").and_then(|stat| word_after(&stat, "inactive_file")?.parse().ok());
    Some(most?.saturating_sub(used?.saturating_sub(cached.unwrap_or(0))))
}

/// What the process may still ask for under `ulimit -v`.
fn own() -> Option<u64> {
    let most = word_after(&read_to_string("/proc/self/limits").ok()?, "Max address space")?
        .parse::<u64>()
        .ok()?;
    let used = kibibytes(&read_to_string("/proc/self/status").ok()?, "VmSize")?;
    Some(most.saturating_sub(used))
}

/// The bytes of a line `name:  123 kB`.
fn kibibytes(lines: &str, name: &str) -> Option<u64> {
    let number = word_after(lines, name)?.parse::<u64>().ok()?;
    number.checked_mul(1024)
}

/// The first word behind `name`, with which a line begins.
fn word_after<'l>(lines: &'l str, name: &str) -> Option<&'l str> {
    let rest = lines.lines().find_map(|line| line.strip_prefix(name))?;
    rest.trim_start_matches(':').split_whitespace().next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_kernel_prints_is_understood() {
        let lines = "MemTotal:  24 kB\nMemAvailable:   12 kB\n";
        assert_eq!(kibibytes(lines, "MemAvailable"), Some(12 << 10));
        assert_eq!(kibibytes(lines, "VmSize"), None);
        let lines =
            "Limit  Soft  Hard\nMax address space         unlimited            unlimited            bytes\n";
        assert_eq!(word_after(lines, "Max address space"), Some("unlimited"));
    }

    #[test]
    fn there_is_some_but_never_more_than_the_most() {
        assert!((1..=MOST).contains(&share()));
    }
}
