//! The original of a video answer, in a player that is none, and in mpv where it is installed.
#![allow(clippy::print_stderr)] // a test that is skipped says so

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use serde_json::json;

use crate::home::{Home, Ran};

fn recording() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/media/video.webm")
}

/// A home with one video answer, one that is only heard, and one that is called a video and has no picture.
fn home() -> Home {
    let home = Home::new();
    home.run(&["identity", "--label", "Mara", "--pseudonym", "R7"]);
    let folder = home.path().join("bundle");
    fs::create_dir_all(&folder).expect("a folder can be made");
    fs::copy(recording(), folder.join("one.webm")).expect("a file that the repository holds");
    for (from, to) in [("voice.ogg", "two.ogg"), ("voice.webm", "three.webm")] {
        fs::copy(recording().with_file_name(from), folder.join(to)).expect("a file that the repository holds");
    }
    let document = json!({
        "format": 1, "source": "test", "id": "seen", "title": "Seen batch",
        "interview": { "questions": [
            { "id": "q-01", "prompt": "What did you do?" }, { "id": "q-02", "prompt": "And then?" }, { "id": "q-03", "prompt": "Why?" },
        ] },
        "submissions": [{
            "candidate": { "id": "c-1", "name": "Amalie Testperson" }, "status": "completed",
            "answers": [
                { "question": "q-01", "kind": "video", "file": "one.webm" },
                { "question": "q-02", "kind": "audio", "file": "two.ogg" },
                { "question": "q-03", "kind": "video", "file": "three.webm" },
            ],
        }],
    });
    fs::write(folder.join("batch.json"), document.to_string()).expect("a file can be written");
    home.run(&["import", "bundle", "--json"]).json(0);
    home
}

/// Installs a program of this name, with this script.
fn install(home: &Home, name: &str, script: &str) {
    let folder = home.path().join("bin");
    fs::create_dir_all(&folder).expect("a folder can be made");
    fs::write(folder.join(name), format!("#!/bin/sh\n{script}\n")).expect("a file can be written");
    fs::set_permissions(folder.join(name), fs::Permissions::from_mode(0o700)).expect("it can be run");
}

fn show(home: &Home, question: &str, more: &[&str]) -> Ran {
    let path = format!("{}:/usr/bin:/bin", home.path().join("bin").display());
    let variables = [("PATH", path.as_str()), ("SECRET_TOKEN", "hush")];
    home.run_with(&variables, &[&["original", "seen", "c-1", question], more].concat())
}

#[test]
fn a_player_gets_every_byte_at_the_moment_and_without_a_name() {
    let home = home();
    let to = home.path().display().to_string();
    install(
        &home,
        "mpv",
        &format!("for last; do :; done; cat \"$last\" > {to}/seen; printf '%s\\n' \"$@\" > {to}/told; env > {to}/env"),
    );
    let result = show(&home, "1", &["--at", "0:02.5", "--speed", "1.5", "--json"]).json(0);
    assert_eq!((&result["player"], &result["through"], &result["at"]), (&"mpv".into(), &"memory".into(), &2.5.into()), "{result}");
    assert_eq!(result["events"].as_array().map(Vec::len), Some(1), "it is in the journal: {result}");
    assert!(fs::read(home.path().join("seen")).ok() == fs::read(recording()).ok(), "the original, byte for byte");
    let told = fs::read_to_string(home.path().join("told")).expect("it was told");
    assert!(told.contains("--start=2.500\n--speed=1.50\n") && !told.contains("Amalie"), "{told}");
    assert!(!fs::read_to_string(home.path().join("env")).expect("it has one").contains("hush"));
}

#[test]
fn an_original_is_not_shown_against_the_rules_or_without_a_player() {
    let home = home();
    let nothing = home.run_with(&[("PATH", "/nowhere")], &["original", "seen", "c-1", "1"]);
    assert_eq!(nothing.code, Some(1), "{nothing:#?}");
    assert!(nothing.err.contains("no player was found") && nothing.err.contains("install mpv"), "{nothing:#?}");
    install(&home, "mpv", "exit 0");
    for question in ["2", "3"] {
        assert!(show(&home, question, &[]).err.contains("no picture"), "question {question}");
    }
    let rules = home.run(&["protocol", "seen", "--set", "video=after-seal", "--json"]).json(0);
    assert_eq!((&rules["changed"], &rules["own"]), (&json!(["video"]), &true.into()), "{rules}");
    let refused = show(&home, "1", &[]);
    assert_eq!(refused.code, Some(1), "{refused:#?}");
    assert!(refused.err.contains("once your ratings of it are sealed"), "{refused:#?}");
}

#[test]
fn a_player_that_fails_is_told_with_what_is_missing() {
    let home = home();
    install(&home, "mpv", "exit 2");
    let failed = show(&home, "1", &[]);
    assert_eq!(failed.code, Some(1), "{failed:#?}");
    assert!(failed.err.contains("mpv ended with exit status: 2"), "{failed:#?}");
}

#[test]
fn the_desktops_opener_gets_nothing_where_nobody_can_say_that_it_was_seen() {
    let home = home();
    install(&home, "xdg-open", "exit 0");
    home.settings("player = \"xdg-open\"\nplayer_files = true\n");
    let refused = show(&home, "1", &[]);
    assert_eq!(refused.code, Some(1), "{refused:#?}");
    assert!(refused.err.contains("takes only files"), "{refused:#?}");
}

#[test]
fn mpv_itself_plays_it_from_memory() {
    if !Path::new("/usr/bin/mpv").exists() {
        eprintln!("skipped: mpv is not installed");
        return;
    }
    let home = home();
    let log = home.path().join("log").display().to_string();
    install(&home, "mpv", &format!("exec /usr/bin/mpv --no-config --vo=null --ao=null --length=0.3 --log-file={log} \"$@\""));
    let result = show(&home, "1", &["--at", "2", "--json"]).json(0);
    assert_eq!(result["through"], "memory", "{result}");
    let log = fs::read_to_string(log).expect("mpv writes one");
    assert!(log.contains("Opus") || log.contains("opus"), "it found the sound: {log}");
    assert!(!log.contains("Amalie"), "{log}");
}

#[test]
fn vlc_itself_plays_it_from_memory() {
    if !Path::new("/usr/bin/vlc").exists() {
        eprintln!("skipped: VLC is not installed");
        return;
    }
    let home = home();
    let log = home.path().join("log").display().to_string();
    // It refuses to run for root, which tests in a container are.
    let other = r#"[ "$(/usr/bin/id -u)" = 0 ] && as="/usr/sbin/runuser -u nobody --""#;
    let quick = "/usr/bin/vlc -I dummy -vv --aout=dummy --vout=dummy --run-time=1";
    install(&home, "vlc", &format!("as=; {other}; exec $as /usr/bin/env HOME=/nowhere {quick} \"$@\" 2> {log}"));
    home.settings("player = \"vlc\"\n");
    let result = show(&home, "1", &["--at", "2", "--speed", "1.5", "--json"]).json(0);
    assert_eq!((&result["player"], &result["through"]), (&"vlc".into(), &"memory".into()), "{result}");
    let log = String::from_utf8_lossy(&fs::read(log).expect("VLC writes one")).into_owned();
    assert!(log.contains("/proc/self/fd/0' successfully opened") && log.contains("starting at time: 2s"), "{log}");
    assert!(!log.contains("Amalie"), "{log}");
}
