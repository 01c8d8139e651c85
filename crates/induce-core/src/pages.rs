//! Memory in large pages.

/// Least memory that is worth a hint: that of two large pages.
const LEAST: usize = 4 << 20;

/// Ask the system to give `buffer` large pages where it has none yet.
///
/// Memory that is touched for the first time costs an interruption per page, and tens of megabytes in pages of 4 KiB
/// cost more than what is then written there. Only a hint: contents stay, and small or used memory stays as it is.
pub fn prefer_large<T>(buffer: &[T]) {
    #[cfg(target_os = "linux")]
    if size_of_val(buffer) >= LEAST {
        linux::advise(buffer.as_ptr().addr(), size_of_val(buffer));
    }
    #[cfg(not(target_os = "linux"))]
    let _ = (buffer, LEAST);
}

#[cfg(target_os = "linux")]
mod linux {
    use std::ffi::{c_int, c_void};

    /// `MADV_HUGEPAGE` of every architecture but Alpha and PA-RISC, which Rust does not compile for.
    const LARGE: c_int = 14;

    /// Pages of any size begin at multiples of this one on all machines of 4 KiB pages; elsewhere the call refuses.
    const PAGE: usize = 4096;

    #[expect(unsafe_code, reason = "part of the C library that the standard library links")]
    unsafe extern "C" {
        fn madvise(start: *mut c_void, length: usize, advice: c_int) -> c_int;
    }

    /// The whole pages from `start` on.
    pub(super) fn advise(start: usize, length: usize) {
        let first = start.next_multiple_of(PAGE);
        let end = (start + length) / PAGE * PAGE;
        #[expect(unsafe_code, reason = "a hint of the operating system")]
        // SAFETY: the pages are part of memory that the caller has borrowed, and this advice changes no contents. A
        // refusal means that pages stay small.
        unsafe {
            madvise(
                std::ptr::without_provenance_mut(first),
                end.saturating_sub(first),
                LARGE,
            );
        }
    }
}

/// Bytes of memory that this machine has, where it says so.
pub fn physical_memory() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kilobytes.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    #[test]
    fn contents_stay() {
        let mut buffer = vec![7_u8; 9 << 20];
        super::prefer_large(&buffer);
        assert!(buffer.iter().all(|b| *b == 7));
        buffer.fill(8);
        super::prefer_large(&buffer[..10]);
        super::prefer_large::<u8>(&[]);
        assert!(buffer.iter().all(|b| *b == 8));
    }
}
