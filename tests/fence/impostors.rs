//! Programs that are no decoder: the parent ends them, believes nothing, and goes on.

use std::os::unix::fs::PermissionsExt as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use earmark::fence::Fence;
use earmark::interview::Moment;
use earmark::sound::{DecodeError, Prepared, Truncation, prepare, wav};

/// What a parent says of a child that runs this shell script.
fn child(script: &str) -> (DecodeError, Duration) {
    let folder = tempfile::tempdir().expect("a folder");
    let start = Instant::now();
    let fence = Fence::around(impostor(&folder, script)).with_patience(Duration::from_millis(500));
    // Larger than a pipe holds, so that a child that does not read is noticed.
    let outcome = fence.measure(vec![7; 1 << 20].into(), None);
    (outcome.expect_err("no impostor decodes"), start.elapsed())
}

fn impostor(folder: &tempfile::TempDir, script: &str) -> std::path::PathBuf {
    let program = folder.path().join("impostor");
    std::fs::write(&program, format!("#!/bin/sh\n{script}\n")).expect("written");
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o700)).expect("allowed");
    program
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
    // Samples where none are asked for, and a piece of 4 GB.
    assert!(is_workshop(&child(r"printf 'S\002\000\000\000ab'").0));
    assert!(is_workshop(&child(r"printf 'H\377\377\377\377'").0));
}

#[test]
fn one_that_dies_is_a_fault_and_one_that_cannot_start_is_named() {
    assert_eq!(child("kill -SEGV $$").0, DecodeError::Fault);
    assert_eq!(child("echo 'memory allocation of 9 bytes failed' >&2; kill -ABRT $$").0, DecodeError::Memory);
    assert_eq!(child("kill -KILL $$").0, DecodeError::Memory, "as a system does that has none left");
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

/// A script that tells `told` as what it measured.
fn that_measured(told: &str) -> String {
    let length = (told.len() as u32).to_le_bytes().map(|byte| format!(r"\{byte:03o}")).concat();
    format!("cat > /dev/null; printf 'M{length}'; cat <<'END' | tr -d '\\n'\n{told}\nEND\nprintf 'W\\000\\000\\000\\000'")
}

#[test]
fn what_one_says_that_it_measured_is_believed_only_where_a_recording_can_be_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let of = |told: &str| Fence::around(impostor(&folder, &that_measured(told))).measure(vec![7; 10].into(), None);
    let (_, known) = prepare(wav::bytes(&[0.1; 48_000]).into(), None).expect("it decodes");
    let told = |change: &dyn Fn(&mut Prepared)| {
        let mut prepared = known.clone();
        change(&mut prepared);
        serde_json::to_string(&prepared).expect("JSON")
    };
    assert_eq!(of(&told(&|_| {})), Ok(known.clone()), "what is so is taken");
    let span = |start, end| earmark::interview::Span { start: Moment(start), end: Moment(end) };
    type Lie<'a> = (&'a str, &'a dyn Fn(&mut Prepared));
    let lies: [Lie<'_>; 9] = [
        ("of another version", &|known| known.step += 1),
        ("of centuries", &|known| known.samples = u64::MAX),
        ("a length of its own", &|known| known.length_ms += 1),
        ("a gain that harms ears", &|known| known.gain_db = 90.0),
        ("too few peaks", &|known| known.peaks.truncate(3)),
        ("too many peaks", &|known| known.peaks.push(0)),
        ("speech after the end", &|known| known.speech.add(span(900, 1_500))),
        ("a pause after the end", &|known| known.silences.add(span(2_000, 3_000))),
        ("clipped for longer than it is", &|known| known.quality.clipped_ms = 1_001),
    ];
    for (what, lie) in lies {
        assert!(of(&told(lie)).is_err_and(|error| is_workshop(&error)), "{what}");
    }
    assert!(of("{}").is_err_and(|error| is_workshop(&error)));
    assert!(is_workshop(&child(r"cat > /dev/null; printf 'W\000\000\000\000'").0), "nothing at all");
    assert!(is_workshop(&child(r"cat > /dev/null; printf 'G\002\000\000\000ab'").0), "half a count");
}

/// What a child of ours writes before any sound, and then so many seconds of silence, as words of a shell.
fn opening_and(seconds: u32) -> String {
    let walls = r#"{"limits":true,"no_new_rights":true,"no_files":true,"few_calls":true}"#;
    let opening = format!(r#"{{"walls":{walls},"head":{{"container":"wave","codec":"pcm","rate":48000,"channels":1}}}}"#);
    let second = r"printf 'S\200\273\000\000'; head -c 48000 /dev/zero; ".repeat(2);
    format!(r"printf 'H\{:03o}\000\000\000{opening}'; {}", opening.len(), second.repeat(seconds as usize))
}

/// What a child of ours writes that has measured so many seconds, as words of a shell.
fn going(seconds: u32) -> String {
    let count = (u64::from(seconds) * 48_000).to_le_bytes().map(|byte| format!(r"\{byte:03o}")).concat();
    format!(r"printf 'G\010\000\000\000{count}';")
}

#[test]
fn one_that_loops_after_it_has_sent_sound_is_stopped_and_its_sound_is_heard() {
    let folder = tempfile::tempdir().expect("a folder");
    let script = format!("cat > /dev/null; {} while :; do :; done", opening_and(3));
    let fence = Fence::around(impostor(&folder, &script)).with_patience(Duration::from_millis(500));
    let (start, mut coming) = (Instant::now(), fence.open(vec![7; 10].into(), None, None).expect("it starts"));
    let pcm = coming.pcm();
    let error = loop {
        match coming.step() {
            Ok(None) => {}
            Ok(Some(loaded)) => panic!("it never ends: {loaded:?}"),
            Err(error) => break error,
        }
    };
    assert_eq!(error, DecodeError::Endless { seconds: 3 });
    assert!(error.to_string().contains("after 3 s of sound") && error.remedy().contains("ffmpeg"));
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
    assert_eq!((pcm.available(), pcm.is_finished()), (3 * 48_000, true));
    assert_eq!(coming.step(), Err(error), "it stays stopped");
}

#[test]
fn one_that_dies_after_it_has_sent_sound_leaves_a_recording_that_breaks_off() {
    let folder = tempfile::tempdir().expect("a folder");
    for (seconds, heard) in [(3, true), (0, false)] {
        // It dies while it measures, and again when it is asked for the samples.
        let counts = going(seconds);
        let script = format!("cat > /dev/null; if [ $2 = measure ]; then {counts} else {} fi; kill -SEGV $$", opening_and(seconds));
        let outcome = Fence::around(impostor(&folder, &script)).measure(vec![7; 10].into(), None);
        match heard {
            true => {
                let prepared = outcome.expect("as far as it goes");
                assert_eq!((prepared.length_ms, prepared.truncated), (3_000, Some(Truncation::Broken { at_ms: 3_000 })));
            }
            false => assert_eq!(outcome, Err(DecodeError::Fault)),
        }
    }
}

#[test]
fn one_that_sends_a_little_now_and_then_for_ever_is_stopped_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let samples = format!(r"{} while :; do printf 'S\002\000\000\000ab'; sleep 0.03; done", opening_and(1));
    let script = format!("cat > /dev/null; if [ $2 = measure ]; then while :; do {} sleep 0.03; done; fi; {samples}", going(1));
    let fence = Fence::around(impostor(&folder, &script)).with_patience(Duration::from_millis(100));
    let start = Instant::now();
    let measured = fence.measure(vec![7; 10].into(), None);
    assert!(matches!(measured, Err(DecodeError::Endless { .. })), "{measured:?}");
    let decoded = fence.prepare(vec![7; 10].into(), None).map(|(_, known)| known);
    assert!(matches!(decoded, Err(DecodeError::Endless { .. })), "{decoded:?}");
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
}

#[test]
fn one_that_nobody_wants_any_more_is_ended_while_it_is_waited_for() {
    let folder = tempfile::tempdir().expect("a folder");
    let fence = Fence::around(impostor(&folder, "cat > /dev/null; sleep 60"));
    let mut coming = fence.open(vec![7; 10].into(), None, None).expect("it starts");
    let stop = Arc::new(AtomicBool::new(false));
    coming.end_on(&stop);
    let start = Instant::now();
    let waits = std::thread::spawn(move || coming.step());
    stop.store(true, Ordering::Relaxed);
    assert!(waits.join().expect("no panic").is_err());
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}: its patience is twenty", start.elapsed());
}
