//! Programs that a test needs and a machine may not have. Such a test says so and ends; where `EARMARK_TEST_PARTS=all` is set, as where
//! changes are checked before they land, it fails.
#![allow(clippy::print_stderr)] // a test that is skipped says so

/// Says that a test is skipped for want of `part`, which `scripts/setup.sh --tests` installs.
///
/// # Panics
/// Where every part has to be here.
pub(crate) fn absent(part: &str) {
    assert!(std::env::var_os("EARMARK_TEST_PARTS").is_none_or(|wanted| wanted != "all"), "every part has to be here: {part}");
    eprintln!("skipped: {part} (scripts/setup.sh --tests)");
}
