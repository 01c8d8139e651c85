//! Panics of decoders that others wrote, turned into errors.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};

thread_local! {
    static CAUGHT: Cell<u32> = const { Cell::new(0) };
}

/// `f()`, or the message of its panic.
///
/// ```
/// assert_eq!(induce_core::panics::caught(|| 6 * 7), Ok(42));
/// ```
///
/// # Errors
/// If it panics.
pub fn caught<T>(f: impl FnOnce() -> T) -> Result<T, String> {
    CAUGHT.set(CAUGHT.get() + 1);
    let done = catch_unwind(AssertUnwindSafe(f));
    CAUGHT.set(CAUGHT.get() - 1);
    done.map_err(|payload| {
        let text = payload.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| payload.downcast_ref::<&str>().copied());
        text.unwrap_or("its decoder gave up").to_owned()
    })
}

/// Whether a panic here would be caught and become an error: then a program says nothing of it by itself.
pub fn is_caught() -> bool {
    CAUGHT.get() > 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_a_message_and_who_is_asked_within_knows() {
        assert_eq!(caught(is_caught), Ok(true));
        assert!(!is_caught());
        assert_eq!(caught(|| panic!("row {}", 7)), Err::<(), _>("row 7".to_owned()));
        assert!(!is_caught());
    }
}
