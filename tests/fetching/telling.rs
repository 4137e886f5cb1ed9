//! What a fetch says while it works, beforehand, and when somebody ends it.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::host::{Fault, Host};
use super::platform::export;
use super::{DESCRIPTION, done, fetch, home_of_platform, lines, slow_host, wav};
use crate::home::Home;

const LENGTH: usize = 6 << 20;

/// A host that takes a few seconds, on its own address: nothing lists how long its files are.
fn slow() -> Host {
    slow_host(LENGTH, (64 << 10, Duration::from_millis(40)))
}

/// A host of three recordings of so many bytes at its own address.
fn host_of(bytes: usize, decide: impl FnMut(&str, usize) -> Fault + Send + 'static) -> Host {
    let exported = export(["/m/1.wav", "/m/2.wav", "/m/3.wav"], None);
    let files = (1..=3).map(|nth| (format!("/m/{nth}.wav"), wav(nth, bytes)));
    Host::start(files.chain([("/export.json".to_owned(), exported.to_string().into_bytes())]), decide)
}

/// A fetch under way, and its lines as they come.
pub(super) fn begun(home: &Home, more: &[&str]) -> (Child, std::io::Lines<BufReader<ChildStdout>>) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_earmark"));
    command.args(["fetch", "platform", "--json"]).args(more);
    command.env_clear().env("HOME", home.path()).env("PLATFORM_TOKEN", "kanarie");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().expect("it starts");
    let lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    (child, lines)
}

pub(super) fn next(lines: &mut impl Iterator<Item = std::io::Result<String>>, what: &str, is: impl Fn(&Value) -> bool) -> Value {
    let read = |line: std::io::Result<String>| serde_json::from_str::<Value>(&line.expect("text")).expect("JSON");
    lines.map(read).find(|line| is(line)).unwrap_or_else(|| panic!("it ended without {what}"))
}

fn progress(line: &Value) -> bool {
    line["event"] == "progress" && line["bytes"].as_u64() > Some(0)
}

#[test]
fn programs_are_told_how_far_it_is_and_what_really_came() {
    let host = slow();
    let home = home_of_platform(&host.address);
    let ran = fetch(&home, &[]);
    let all = lines(&ran);
    let told: Vec<&Value> = all.iter().filter(|line| progress(line)).collect();
    assert!(told.len() >= 2, "about one a second: {ran:#?}");
    let last = told[told.len() - 1];
    let whole = (LENGTH + 2000) as u64;
    assert_eq!((&last["bytes_in_all"], &last["files"], &last["answers_in_all"]), (&json!(whole), &json!(3), &json!(3)), "{last}");
    assert!(last["bytes_per_second"].as_u64() > Some(0) && last["seconds_left"].is_u64(), "{last}");
    let first = all.iter().find(|line| line["event"] == "planned").expect("a plan");
    assert_eq!((&first["unknown"], &first["bytes"]), (&json!(3), &json!(0)), "{first}");
    let end = done(&ran, 0);
    assert_eq!(end["bytes"], json!(whole), "what came, and not what the listing said: {end}");
}

#[test]
fn who_ends_it_is_told_in_a_last_line_what_came() {
    let host = slow();
    for signal in [rustix::process::Signal::INT, rustix::process::Signal::TERM] {
        let home = home_of_platform(&host.address);
        let (mut child, mut lines) = begun(&home, &[]);
        next(&mut lines, "progress", progress);
        rustix::process::kill_process(rustix::process::Pid::from_child(&child), signal).expect("it is told");
        let stopped = next(&mut lines, "a closing line", |line| line["event"] == "stopped");
        assert!(stopped["bytes"].as_u64() > Some(0) && stopped["files"] == 3, "{signal:?}: {stopped}");
        assert!(lines.next().is_none(), "it is the last line");
        assert_eq!(child.wait().expect("it ends").code(), Some(130), "{signal:?}");
    }
}

#[test]
fn a_pause_through_a_pipe_holds_until_the_pipe_ends() {
    let host = slow();
    let home = home_of_platform(&host.address);
    let (mut child, mut lines) = begun(&home, &["--keys"]);
    next(&mut lines, "progress", progress);
    child.stdin.as_mut().expect("a pipe").write_all(b"p").expect("pressed");
    let rests = next(&mut lines, "a pause", |line| line["paused"] == true);
    assert!(rests["bytes_per_second"].is_null() && rests["seconds_left"].is_null(), "{rests}");
    // What was on its way may come still; then nothing does.
    let one = next(&mut lines, "another line", |line| line["paused"] == true);
    let other = next(&mut lines, "another line", |line| line["paused"] == true);
    assert_eq!(one["bytes"], other["bytes"]);
    drop(child.stdin.take());
    let end = next(&mut lines, "its end", |line| line["event"] == "done");
    assert_eq!((&end["arrived"], child.wait().expect("it ends").code()), (&json!(3), Some(0)), "{end}");
}

#[test]
fn the_setting_bounds_how_fast_it_comes_and_the_option_goes_before_it() {
    let host = host_of(40_000, |_, _| Fault::None);
    let home = home_of_platform(&host.address);
    let settings = std::fs::read_to_string(home.path().join(".config/earmark/settings.toml")).expect("it is there");
    home.settings(&format!("network.limit_rate = \"64k\"\n{settings}"));
    assert_eq!(home.run(&["config", "show", "--json"]).json(0)["network.limit_rate"], json!(64 << 10));
    let begun = Instant::now();
    assert_eq!(done(&fetch(&home, &[]), 0)["arrived"], json!(3));
    assert!(begun.elapsed() > Duration::from_secs(1), "120 kB at 64 KiB a second: {:?}", begun.elapsed());
    let other = home_of_platform(&host.address);
    let settings_of_other = std::fs::read_to_string(other.path().join(".config/earmark/settings.toml")).expect("it is there");
    other.settings(&format!("network.limit_rate = \"1k\"\n{settings_of_other}"));
    let begun = Instant::now();
    assert_eq!(done(&fetch(&other, &["--limit-rate", "10M"]), 0)["arrived"], json!(3));
    assert!(begun.elapsed() < Duration::from_secs(60), "by the setting it would take two minutes: {:?}", begun.elapsed());
    home.settings(&format!("network.limit_rate = 64\n{settings}"));
    let refused = home.run(&["config", "show"]);
    assert!(refused.code == Some(2) && refused.err.contains("a rate in quotes such as \"2M\""), "{refused:#?}");
}

#[test]
fn a_dry_run_asks_how_long_files_are_and_says_what_nobody_knows_and_leaves_nothing_behind() {
    let host = host_of(40_000, |path, _| if path.starts_with("/m/2") { Fault::Status(500, "") } else { Fault::None });
    let home = home_of_platform(&host.address);
    let ran = home.run_with(&[("PLATFORM_TOKEN", "kanarie")], &["fetch", "platform", "--dry-run"]);
    assert_eq!(ran.code, Some(0), "{ran:#?}");
    assert!(ran.out.contains("would come: 3 files, 78.") && ran.out.contains("and 1 of unknown length"), "{ran:#?}");
    let media: Vec<_> = host.asked().into_iter().filter(|asked| asked.path.starts_with("/m/")).collect();
    assert!(media.len() == 3 && media.iter().all(|asked| asked.headers.contains("range: bytes=0-0")), "{media:?}");
    let silent = host_of(40_000, |path, _| if path.starts_with("/m/") { Fault::Nothing } else { Fault::None });
    let other = home_of_platform(&silent.address);
    let ran = other.run_with(&[("PLATFORM_TOKEN", "kanarie")], &["fetch", "platform", "--dry-run"]);
    assert!(ran.out.contains("would come: 3 files of unknown length") && !ran.out.contains("0 B"), "{ran:#?}");
    assert!(!home.path().join(".local/share/earmark").exists(), "a dry run makes no library");
    assert!(!home.path().join(".config/earmark/library.key").exists(), "and no key");
}

#[test]
fn a_bound_that_cannot_be_kept_is_foretold_and_ends_with_4_and_says_what_holds_the_room() {
    let host = host_of(40_000, |_, _| Fault::None);
    let home = home_of_platform(&host.address);
    home.run(&["identity", "--label", "Mara", "--pseudonym", "R7"]);
    let settings = std::fs::read_to_string(home.path().join(".config/earmark/settings.toml")).expect("it is there");
    home.settings(&format!("vault.most = \"1k\"\n{settings}"));
    let run = |more: &[&str]| home.run_with(&[("PLATFORM_TOKEN", "kanarie")], &[&["fetch", "platform"], more].concat());
    home.run(&["batches"]);
    let dry = run(&["--dry-run"]);
    assert!(dry.err.contains("vault.most lets it have 1.00 KiB"), "{dry:#?}");
    let ran = run(&[]);
    assert_eq!(ran.code, Some(4), "{ran:#?}");
    assert!(
        ran.out.contains("It holds 3 recordings that are still to be heard.") && !ran.out.contains("fetched again"),
        "{ran:#?}"
    );
    let ran = run(&["--json"]);
    let vault = lines(&ran).pop().expect("lines");
    assert_eq!((&vault["event"], &vault["needed"], &vault["bound"]), (&json!("vault"), &json!(3), &json!(1024)), "{vault}");
}

#[test]
fn recordings_under_the_sources_own_address_get_its_token_where_the_description_says_so_and_nobody_else_does() {
    let other = host_of(40_000, |_, _| Fault::None);
    let to = format!("{}/m/1.wav", other.address);
    let host = host_of(40_000, move |path, _| if path.starts_with("/m/1") { Fault::Redirect(to.clone()) } else { Fault::None });
    let home = home_of_platform(&host.address);
    std::fs::write(home.path().join(".config/earmark/platform.toml"), format!("{DESCRIPTION}\n[media]\nauthorize = true\n"))
        .expect("written");
    assert_eq!(done(&fetch(&home, &[]), 0)["arrived"], json!(3));
    assert!(host.asked().iter().all(|asked| asked.headers.contains("authorization: bearer kanarie")), "{:?}", host.asked());
    assert!(other.asked().len() == 1 && !other.asked()[0].headers.contains("kanarie"), "{:?}", other.asked());
}

#[test]
fn what_wants_a_token_and_gets_none_is_told_once_for_all_and_the_source_is_asked_once_for_each_try() {
    let person = |nth: u32| {
        let file = format!("/m/{nth}.wav");
        json!({"id": format!("p{nth}"), "answers": [{"question": "q-01", "file": file, "mime": "audio/wav"}]})
    };
    let people: Vec<Value> = (0..12).map(person).collect();
    let exported = json!({"batch": {"id": "b", "job": "Many", "questions": [{"id": "q-01", "text": "So?"}]}, "candidates": people});
    let host = Host::start([("/export.json".to_owned(), exported.to_string().into_bytes())], |path, _| {
        if path.starts_with("/m/") { Fault::Status(401, "") } else { Fault::None }
    });
    let home = home_of_platform(&host.address);
    let ran = home.run_with(&[("PLATFORM_TOKEN", "kanarie")], &["fetch", "platform"]);
    assert_eq!(ran.code, Some(4), "{ran:#?}");
    assert!(ran.err.contains("12 files: candidate p") && ran.err.contains("… 9 more: it answered 401"), "{ran:#?}");
    assert_eq!(ran.err.matches("earmark sends no token to recordings").count(), 1, "{ran:#?}");
    assert!(ran.err.contains("authorize = true"), "{ran:#?}");
    let asked = host.asked().iter().filter(|asked| asked.path == "/export.json").count();
    assert_eq!(asked, 2, "once, and once more, which changed nothing");
}

#[test]
fn a_description_that_is_missing_or_leads_nowhere_is_told_with_its_file_and_the_path_that_was_asked() {
    let host = host_of(1000, |_, _| Fault::None);
    let home = home_of_platform(&host.address);
    let file = home.path().join(".config/earmark/platform.toml");
    std::fs::write(&file, DESCRIPTION.replace("/export.json", "/nowhere.json")).expect("written");
    let gone = fetch(&home, &[]);
    assert!(gone.code == Some(1) && gone.err.contains("answered 404 to /nowhere.json: nothing is there"), "{gone:#?}");
    std::fs::write(&file, DESCRIPTION.replace("/export.json", "/{batch}/export.json")).expect("written");
    let which = home.run(&["doctor"]);
    let says = format!("{}{}", which.out, which.err);
    assert!(says.contains("platform.toml: batch.request asks for a batch, and nothing says which"), "{which:#?}");
    std::fs::remove_file(&file).expect("it was there");
    for args in [&["doctor"] as &[_], &["fetch", "platform"]] {
        let missing = home.run_with(&[("PLATFORM_TOKEN", "kanarie")], args);
        let says = format!("{}{}", missing.out, missing.err);
        assert!(says.contains("the description ~/.config/earmark/platform.toml cannot be read: No such file"), "{missing:#?}");
    }
}
