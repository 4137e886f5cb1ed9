//! What a machine may say of a person, and what it needs for that: the person's own limit, consent, sound that holds what was written down.

use serde_json::{Value, json};

use super::engine::{Engine, Reply, completion};
use super::scoring::{answer, seal, speaking};
use super::{change, events};
use crate::home::Home;

fn scored(home: &Home, more: &[&str]) -> Value {
    home.run(&[&["score", "small batch", "--json"], more].concat()).json(0)
}

fn is_at_limit(answer: &Value) -> bool {
    let warnings = answer["recording"]["warnings"].as_array().expect("warnings");
    warnings.iter().any(|one| one["warning"] == "at_limit")
}

#[test]
fn who_had_a_limit_of_their_own_is_measured_by_it() {
    let home = speaking();
    change(&home, |batch| {
        batch["interview"]["questions"][0]["answer_seconds"] = 6.into();
        batch["submissions"][0]["answers"][0]["answer_seconds"] = 12.into();
        batch["submissions"][0]["accommodations"] = json!([{ "what": "more time", "extra_time_percent": 100 }]);
        batch["submissions"][2]["accommodations"] = json!([{ "what": "more time", "extra_time_percent": 100 }]);
    });
    let report = scored(&home, &["--only", "recording"]);
    let of = |candidate: &str| {
        let answer = answer(&report, candidate, "q-01");
        (answer["recording"]["of_limit"].as_f64().map(|share| (share * 10.0).round() / 10.0), is_at_limit(answer))
    };
    assert_eq!(of("c-1"), (Some(0.5), false), "the answer's own limit: {report}");
    assert_eq!(of("c-2"), (Some(1.0), true), "the interview's");
    assert_eq!(of("c-3"), (Some(0.5), false), "the interview's with the extra time");
    seal(&home);
    let figures = home.run(&["panel", "small batch", "--json"]).json(0);
    assert_eq!(figures["questions"][0]["at_limit"]["n"], 3, "{figures}");
    let share = figures["questions"][0]["at_limit"]["value"].as_f64().map(|share| (share * 3.0).round());
    assert_eq!(share, Some(1.0), "c-2 alone ran into a limit: {figures}");
    let out = home.path().join("analytics.csv");
    home.run(&["export", "small batch", "--table", "analytics", "--out", out.to_str().expect("UTF-8"), "--json"]).json(0);
    let table = std::fs::read_to_string(&out).expect("it is written");
    let at_limit = table.lines().find(|line| line.starts_with("questions,q-01,at_limit,")).expect("a row");
    assert!(at_limit.starts_with("questions,q-01,at_limit,0.333"), "{at_limit}");
}

/// A model that answers everything that it is asked, and settings that allow it everything.
fn model(home: &Home) -> Engine {
    let engine = Engine::start(|_, _| completion("{\"ratings\": []}"));
    endpoints(home, &engine);
    engine
}

/// Settings by which one engine reads and writes down, whatever the region.
fn endpoints(home: &Home, engine: &Engine) {
    home.settings(&format!(
        "[reader]\nurl = \"{0}\"\nmodel = \"reader-7b\"\nkey = \"none\"\nregions = \"all\"\n\
         [transcribe]\nurl = \"{0}\"\nmodel = \"whisper-1\"\nkey = \"none\"\nregions = \"all\"\n",
        engine.address
    ));
}

#[test]
fn nothing_of_who_gave_no_consent_leaves_the_machine_neither_text_nor_voice() {
    let home = speaking();
    let engine = model(&home);
    change(&home, |batch| {
        for nth in 0..3 {
            batch["submissions"][nth]["consent"] = json!({ "given": false });
        }
    });
    let report = scored(&home, &["--reader", "model"]);
    assert_eq!((&report["outcomes"]["not allowed"], engine.asked().len()), (&json!(2), 0), "{report}");
    let told = home.run(&["score", "small batch"]).out;
    assert!(told.contains("2 not read by the second reader: the candidate did not give consent"), "{told}");
    let report = home.run(&["transcribe", "small batch", "--json"]).json(0);
    assert_eq!(report["outcomes"], json!({ "had a transcript": 2, "not allowed": 3 }), "{report}");
    assert_eq!(engine.asked().len(), 0);
    assert!(!events(&home).iter().any(|(kind, _)| kind == "assisted"));
}

#[test]
fn no_machine_says_anything_of_who_did_not_agree_to_its_help() {
    let home = speaking();
    let script = "My guess was the disk, so I checked forty logs that night and wrote down what each of them said about the hour \
                  before the fault, and then I called the customer in Port Ellis and told them when to expect more from me.";
    let vtt = format!("WEBVTT\n\n00:00:00.500 --> 00:00:05.900\n{script}\n");
    std::fs::write(home.path().join("bundle/a.vtt"), &vtt).expect("written");
    std::fs::write(home.path().join("bundle/b.vtt"), &vtt).expect("written");
    change(&home, |_| ());
    seal(&home);
    let before = scored(&home, &[]);
    assert_eq!(before["alike"].as_array().map(Vec::len), Some(1), "{before}");
    change(&home, |batch| batch["submissions"][1]["consent"] = json!({ "given": true, "machine_assistance": false }));
    let report = scored(&home, &[]);
    assert_eq!(report["alike"], json!([]), "{report}");
    let second = answer(&report, "c-2", "q-01");
    assert_eq!(second["second_reader"]["outcome"], "not_allowed", "{second}");
    for judged in ["parts", "numbers", "names", "actions", "statement"] {
        assert!(second["words"].get(judged).is_none(), "{judged}: {second}");
    }
    assert!(second["words"]["hits"].as_array().is_some_and(|hits| !hits.is_empty()), "literal hits are no machine's judgement");
    let skimmed = home.run(&["skim", "small batch", "c-2", "q-01", "--criterion", "diagnosis"]);
    assert!(skimmed.err.contains("did not agree") && !skimmed.out.contains("A machine chose"), "{skimmed:#?}");
}

/// A WAV of so many seconds in which nothing sounds.
fn silence(seconds: u32) -> Vec<u8> {
    let bytes = seconds * 16_000 * 2;
    let mut wav = b"RIFF".to_vec();
    wav.extend((36 + bytes).to_le_bytes());
    wav.extend(b"WAVEfmt ");
    for number in [16_u32, 1 | 1 << 16, 16_000, 32_000, 2 | 16 << 16] {
        wav.extend(number.to_le_bytes());
    }
    wav.extend(b"data");
    wav.extend(bytes.to_le_bytes());
    wav.resize(44 + bytes as usize, 0);
    wav
}

#[test]
fn silence_goes_to_no_engine_and_what_one_hears_beyond_what_can_be_said_is_not_kept() {
    let home = speaking();
    let words = "Thank you. ".repeat(300);
    let engine = Engine::start(move |_, _| Reply::Text(200, "", json!({ "text": words }).to_string()));
    endpoints(&home, &engine);
    std::fs::write(home.path().join("bundle/voice.m4a"), silence(8)).expect("written");
    change(&home, |batch| batch["submissions"][2]["consent"] = Value::Null);
    let report = home.run(&["transcribe", "small batch", "--json"]).json(4);
    assert_eq!(
        report["outcomes"],
        json!({ "had a transcript": 2, "more words than can be said": 2, "nobody speaks": 1 }),
        "{report}"
    );
    assert_eq!(engine.asked().len(), 2, "the silence was not sent");
    let found = home.run(&["search", "small batch", "thank", "--json"]);
    assert_eq!(found.code, Some(5), "{found:#?}");
    let score = scored(&home, &[]);
    assert_eq!(answer(&score, "c-3", "q-01")["words"]["words"], 0, "{score}");
}

#[test]
fn a_transcript_with_more_words_than_the_recording_holds_is_sent_to_no_model_and_is_said_to_be_one() {
    let home = speaking();
    let engine = model(&home);
    let vtt = format!("WEBVTT\n\n00:00:00.500 --> 00:00:05.900\n{}\n", "My guess was the disk. ".repeat(200));
    std::fs::write(home.path().join("bundle/a.vtt"), vtt).expect("written");
    std::fs::write(home.path().join("bundle/voice.ogg"), silence(8)).expect("written");
    change(&home, |_| ());
    let report = scored(&home, &["--reader", "model"]);
    assert_eq!((&report["outcomes"]["more words than can be said"], engine.asked().len()), (&json!(2), 0), "{report}");
    let told = home.run(&["score", "small batch"]).out;
    for said in
        ["2 not read by the second reader: more words than can be said", "its transcript has 1000 words, more than can be said"]
    {
        assert!(told.contains(said), "{said}: {told}");
    }
    assert_eq!(answer(&report, "c-1", "q-01")["recording"]["words_a_minute"], Value::Null);
}

/// Waits until one process has come for the second time to what another has claimed: who has a claim opens it once.
#[cfg(target_os = "linux")]
fn somebody_waits(library: &std::path::Path) {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use rustix::fs::inotify;
    let watch = inotify::init(inotify::CreateFlags::CLOEXEC).expect("the system watches folders");
    inotify::add_watch(&watch, library, inotify::WatchFlags::OPEN).expect("a library");
    let mut room = [std::mem::MaybeUninit::uninit(); 4096];
    let mut opened = std::collections::BTreeSet::new();
    let mut events = inotify::Reader::new(&watch, &mut room);
    // Where nobody ever comes, the answers are sent twice, and the test says so.
    let patience = Timespec { tv_sec: 30, tv_nsec: 0 };
    while !events.is_buffer_empty() || poll(&mut [PollFd::new(&watch, PollFlags::IN)], Some(&patience)) == Ok(1) {
        let event = events.next().expect("an event");
        let name = event.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if name.starts_with("claim-") && !opened.insert(name) {
            return;
        }
    }
}

#[test]
#[cfg(target_os = "linux")]
fn two_runs_at_once_send_no_answer_twice() {
    let home = speaking();
    let library = home.path().join(".local/share/earmark/library");
    // A model takes its time, in which the other run comes to the same answers.
    let engine = Engine::start(move |_, nth| {
        if nth == 0 {
            somebody_waits(&library);
        }
        completion("{\"ratings\": []}")
    });
    endpoints(&home, &engine);
    let run = || home.run(&["score", "small batch", "--reader", "model", "--json"]).json(0);
    let reports = std::thread::scope(|scope| [scope.spawn(run), scope.spawn(run)].map(|one| one.join().expect("it runs")));
    assert_eq!(engine.asked().len(), 2, "each answer once");
    for report in &reports {
        assert_eq!(report["outcomes"]["read"], 2, "{report}");
    }
    let left = std::fs::read_dir(home.path().join(".local/share/earmark/library")).expect("it is there").flatten();
    let left: Vec<_> = left.map(|entry| entry.file_name()).filter(|name| name.to_string_lossy().starts_with("claim-")).collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn what_is_written_without_a_word_is_not_read() {
    let home = speaking();
    std::fs::write(home.path().join("bundle/a.vtt"), "WEBVTT\n\n00:00:00.500 --> 00:00:05.900\n...\n").expect("written");
    change(&home, |_| ());
    let report = scored(&home, &[]);
    assert_eq!((&report["steps"]["words"]["done"], &report["steps"]["words"]["nothing"]), (&json!(1), &json!(4)), "{report}");
    assert_eq!(report["outcomes"], json!({ "no transcript": 4, "read": 1 }), "{report}");
}

#[test]
fn a_missing_setting_points_to_the_page_that_tells_of_it() {
    let home = speaking();
    assert!(home.run(&["transcribe", "small batch"]).err.contains("docs/transcribing.md"));
    assert!(home.run(&["score", "small batch", "--reader", "model"]).err.contains("docs/scoring.md"));
}

#[test]
fn what_is_alike_is_told_of_each_person_in_the_journal_the_table_and_the_report() {
    let home = speaking();
    let script = "My guess was the disk, so I checked forty logs that night and wrote down what each of them said about the hour \
                  before the fault, and then I called the customer in Port Ellis at noon and told them when to expect more.";
    let vtt = |text: &str| format!("WEBVTT\n\n00:00:00.500 --> 00:00:05.900\n{text}\n");
    std::fs::write(home.path().join("bundle/a.vtt"), vtt(script)).expect("written");
    std::fs::write(home.path().join("bundle/b.vtt"), vtt(&script.replace("noon", "one"))).expect("written");
    change(&home, |_| ());
    seal(&home);
    let told = home.run(&["score", "small batch"]).out;
    // Which of the two comes first is the reviewer's own order.
    let differ = told.lines().find(|line| line.contains("they differ in: 0:0")).expect("a difference and its moment");
    assert!(differ.contains("“noon”") && differ.contains("“one”") && differ.matches("0:0").count() == 2, "{differ}");
    for said in ["1 finding, 1 pair", "0:00 “My guess was the disk"] {
        assert!(told.contains(said), "{said}: {told}");
    }
    let report = scored(&home, &[]);
    assert_eq!(report["alike_groups"][0]["answers"].as_array().map(Vec::len), Some(2), "{report}");
    let shown: Vec<Value> = events(&home).into_iter().filter(|(kind, _)| kind == "shown").map(|(_, body)| body).collect();
    assert_eq!(shown.iter().filter(|body| body.to_string().contains("likeness")).count(), 2, "of each answer: {shown:?}");
    let table = home.run(&["export", "small batch", "--shape", "wide"]).out;
    assert_eq!(table.lines().filter(|line| line.contains("likeness 1 (")).count(), 2, "{table}");
    let ran = home.run(&["report", "small batch", "--out", "report.html"]);
    assert_eq!(ran.code, Some(0), "{ran:#?}");
    let page = std::fs::read_to_string(home.path().join("report.html")).expect("written");
    assert!(page.contains("Likeness of answers, version 1") && page.contains("Coverage, version"), "{}", page.len());
}

#[test]
fn who_stops_it_is_told_how_much_is_kept() {
    use rustix::process::{Pid, Signal, kill_process};
    let home = speaking();
    let (told, hear) = std::sync::mpsc::channel();
    let engine = Engine::start(move |_, nth| {
        let _ = told.send(nth);
        Reply::Never
    });
    endpoints(&home, &engine);
    let mut command = home.command(&["score", "small batch", "--reader", "model"]);
    let child = command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::piped()).spawn().expect("it starts");
    hear.recv_timeout(std::time::Duration::from_secs(60)).expect("a model is asked");
    kill_process(Pid::from_child(&child), Signal::INT).expect("it is signalled");
    let ended = child.wait_with_output().expect("it ends");
    let said = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert_eq!(ended.status.code(), Some(130), "{said}");
    assert!(said.contains("of 5 answers are done, and what came of them is kept"), "{said}");
}
