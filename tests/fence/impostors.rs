//! Programs that are no decoder: the parent ends them, believes nothing, and goes on.

use std::os::unix::fs::PermissionsExt as _;
use std::time::{Duration, Instant};

use earmark::fence::Fence;
use earmark::sound::DecodeError;

/// What a parent says of a child that runs this shell script.
fn child(script: &str) -> (DecodeError, Duration) {
    let folder = tempfile::tempdir().expect("a folder");
    let program = folder.path().join("impostor");
    std::fs::write(&program, format!("#!/bin/sh\n{script}\n")).expect("written");
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o700)).expect("allowed");
    let start = Instant::now();
    let fence = Fence::around(program).with_patience(Duration::from_millis(500));
    // Larger than a pipe holds, so that a child that does not read is noticed.
    let outcome = fence.measure(vec![7; 1 << 20].into(), None);
    (outcome.expect_err("no impostor decodes"), start.elapsed())
}

fn is_workshop(error: &DecodeError) -> bool {
    matches!(error, DecodeError::Workshop(_))
}

#[test]
fn one_that_loops_is_stopped() {
    let (error, took) = child("cat > /dev/null; while :; do :; done");
    assert_eq!(error, DecodeError::Endless { seconds: 0 });
    assert!(took < Duration::from_secs(5), "{took:?}");
}

#[test]
fn one_that_neither_reads_nor_writes_is_stopped() {
    assert_eq!(child("sleep 60").0, DecodeError::Endless { seconds: 0 });
}

#[test]
fn one_that_writes_something_else_is_not_believed() {
    assert!(is_workshop(&child("echo hello").0));
    assert!(is_workshop(&child("cat > /dev/null; yes").0));
    // Samples before there was a recording, and a piece of 4 GB.
    assert!(is_workshop(&child(r"printf 'S\002\000\000\000ab'").0));
    assert!(is_workshop(&child(r"printf 'H\377\377\377\377'").0));
}

#[test]
fn one_that_dies_is_a_fault_and_one_that_cannot_start_is_named() {
    assert_eq!(child("kill -SEGV $$").0, DecodeError::Fault);
    assert_eq!(child("echo 'memory allocation of 9 bytes failed' >&2; kill -ABRT $$").0, DecodeError::Memory);
    assert_eq!(child("kill -XCPU $$").0, DecodeError::Endless { seconds: 0 });
    assert!(is_workshop(&child("exit 3").0));
    let missing = Fence::around("/no/such/program".into()).measure(vec![7; 10].into(), None);
    assert!(is_workshop(&missing.expect_err("nothing there")));
}

#[test]
fn one_that_talks_without_end_on_its_other_channel_is_stopped() {
    let (error, _) = child("cat > /dev/null; while :; do echo x >&2; done");
    assert_eq!(error, DecodeError::Endless { seconds: 0 });
}
