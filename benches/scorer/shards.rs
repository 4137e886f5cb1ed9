//! Two processes on two shards beside one with `--jobs 1`, through the real program; only a quiet machine with two cores can judge it.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use serde_json::json;

use crate::figures::Limits;

/// Answers of the batch, each of three minutes.
const ANSWERS: usize = 40;
/// As much faster two processes have to be.
const FASTER: f64 = 1.8;
/// What was measured at the import is forgotten, so that scoring measures it.
const FORGET: &str =
    "import sqlite3, sys; base = sqlite3.connect(sys.argv[1]); base.execute('delete from prepared'); base.commit()";

pub(crate) fn shards(limits: &mut Limits) {
    let home = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("scorer-shards");
    let _ = std::fs::remove_dir_all(&home);
    if !batch(&home) {
        println!("shards: ffmpeg or the import failed; nothing is measured");
        return;
    }
    let forgets = Command::new("python3").args(["-c", FORGET]).arg(home.join(".local/share/earmark/library/library.db")).status();
    if !forgets.is_ok_and(|status| status.success()) {
        println!("shards: python3 is not here to make the library forget; nothing is measured");
        return;
    }
    let (mut one, mut two) = (f64::MAX, f64::MAX);
    for round in 0..3 {
        one = one.min(took(&home, &["1/1"], round));
        two = two.min(took(&home, &["1/2", "2/2"], round));
    }
    let times = one / two;
    println!("{ANSWERS} answers: one process with --jobs 1 {one:.1} s, two shards {two:.1} s: {times:.2} times as fast");
    limits.at_most("two shards: 1.8 over how many times as fast", FASTER / times, 1.0);
}

/// A batch of long answers, imported.
fn batch(home: &Path) -> bool {
    let folder = home.join("bundle");
    std::fs::create_dir_all(&folder).expect("a folder can be made");
    let voice = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/media/voice.webm");
    let submission = |nth: usize| {
        let long = folder.join(format!("{nth}.webm"));
        // Each of another length: recordings that are the same are measured once.
        let length = format!("{}", 180.0 + nth as f64 / 10.0);
        let mut ffmpeg = Command::new("ffmpeg");
        ffmpeg
            .args(["-v", "error", "-nostdin", "-y", "-stream_loop", "-1", "-i"])
            .arg(&voice)
            .args(["-t", &length, "-c", "copy"])
            .arg(&long);
        let made = ffmpeg.status().is_ok_and(|ended| ended.success());
        made.then(|| {
            json!({ "candidate": { "id": format!("c-{nth}"), "name": format!("Testperson {nth}") }, "status": "completed",
                "answers": [{ "question": "q-01", "kind": "audio", "file": format!("{nth}.webm") }] })
        })
    };
    let submissions: Option<Vec<serde_json::Value>> = (0..ANSWERS).map(submission).collect();
    let Some(submissions) = submissions else { return false };
    let document = json!({ "format": 1, "source": "bench", "id": "long", "title": "Long batch",
        "interview": { "questions": [{ "id": "q-01", "prompt": "What did you do?" }] }, "submissions": submissions });
    std::fs::write(folder.join("batch.json"), document.to_string()).expect("it can be written");
    program(home, &["import", "bundle", "--quiet"]).status().is_ok_and(|status| status.success())
}

fn program(home: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_earmark"));
    command.args(args).env_clear().env("HOME", home).env("PATH", "/usr/bin:/bin").current_dir(home);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// Seconds until all shards are written, one process each.
fn took(home: &Path, shards: &[&str], round: usize) -> f64 {
    let start = Instant::now();
    let out = format!("out-{}-{round}", shards.len());
    let begin = |shard: &&str| {
        program(home, &["score", "Long batch", "--only", "recording", "--jobs", "1", "--shard", shard, "--out", &out]).spawn()
    };
    let running: Vec<_> = shards.iter().map(begin).collect();
    for child in running {
        assert!(child.expect("it starts").wait().expect("it ends").success(), "a shard is written");
    }
    start.elapsed().as_secs_f64()
}
