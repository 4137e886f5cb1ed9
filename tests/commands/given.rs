//! What is given to engines: it is written down before it leaves, and what came of it after; erasing is safe in the midst of it.

use std::process::{Child, Output, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use serde_json::{Value, json};

use super::attached;
use super::engine::{Asked, Engine, Reply};
use super::keeping::unzipped;
use super::reading::{is_first, rates};
use super::scoring::{seal, speaking};
use crate::home::Home;

/// How long a test waits for what never came.
const LONG: Duration = Duration::from_secs(120);

/// Both engines' settings, with time enough to be looked at from outside.
fn settings(home: &Home, address: &str) {
    let engine = |name: &str| {
        format!(
            "[{name}]\nurl = \"{address}\"\nmodel = \"reader-7b\"\nkey = \"none\"\nregions = \"all\"\ntimeout = 100\nat_once = 2\n"
        )
    };
    home.settings(&(engine("reader") + &engine("transcribe")));
}

/// An engine that never answers, and says when it is asked.
fn silent() -> (Engine, Receiver<()>) {
    let (told, asked) = channel();
    let engine = Engine::start(move |_, _| {
        let _ = told.send(());
        Reply::Never
    });
    (engine, asked)
}

fn started(home: &Home, args: &[&str]) -> Child {
    home.command(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts")
}

fn acts(home: &Home, kind: &str) -> Vec<Value> {
    let ran = home.run(&["audit", "show", "small batch", "--kind", kind, "--json"]);
    if ran.code == Some(5) { Vec::new() } else { ran.json(0)["acts"].as_array().expect("acts").clone() }
}

/// Whom an erasure would name, and the person's own copy.
fn accounts(home: &Home) -> (String, Value) {
    let dry = home.run(&["subject", "erase", "c-1", "--dry-run"]);
    home.run(&["subject", "export", "c-1", "--out", "all.zip", "--json"]);
    let told = serde_json::from_slice(&unzipped(&home.path().join("all.zip"))["person.json"]).expect("JSON");
    (dry.out, told)
}

const SCORE: [&str; 5] = ["score", "small batch", "--reader", "model", "--json"];

#[test]
fn a_run_that_is_killed_leaves_on_disk_what_it_was_about_to_send_and_to_whom() {
    let (engine, asked) = silent();
    let home = speaking();
    settings(&home, &engine.address);
    let mut run = started(&home, &SCORE);
    (0..2).for_each(|_| asked.recv_timeout(LONG).expect("it is asked"));
    run.kill().expect("it runs");
    run.wait().expect("it ends");
    let giving = acts(&home, "giving");
    assert_eq!((giving.len(), acts(&home, "assisted").len()), (2, 0), "{giving:?}");
    assert!(giving.iter().all(|one| one["machine"]["may_be_sent"] == true && one["machine"]["sent"].is_null()), "{giving:?}");
    let shown = home.run(&["audit", "show", "small batch", "--kind", "giving"]);
    assert!(shown.out.contains("may have given the text to reader-7b, at http://127.0.0.1"), "{shown:#?}");
    let (dry, told) = accounts(&home);
    assert!(dry.contains("which may have been given the text 1 time, last on"), "{dry}");
    let engines = &told["engines"];
    assert_eq!((&engines[0]["times"], &engines[0]["perhaps"], &engines[1]), (&json!(0), &json!(1), &Value::Null), "{told}");
    // What was sent is kept too.
    seal(&home);
    let exchange = home.run(&["audit", "exchange", "small batch", "c-1", "q-01"]);
    assert!(
        exchange.out.contains("what came of it is not known") && exchange.out.contains("My guess was the disk"),
        "{exchange:#?}"
    );
}

#[test]
fn a_recording_that_a_killed_run_sent_is_told_of_too() {
    let (engine, asked) = silent();
    let home = attached();
    settings(&home, &engine.address);
    let mut run = started(&home, &["transcribe", "small batch"]);
    asked.recv_timeout(LONG).expect("it is asked");
    run.kill().expect("it runs");
    run.wait().expect("it ends");
    let giving = acts(&home, "giving");
    assert!(!giving.is_empty() && giving[0]["machine"]["given"] == "voice", "{giving:?}");
    let candidate = giving[0]["candidate"].as_str().expect("a candidate").to_owned();
    let dry = home.run(&["subject", "erase", &candidate, "--dry-run"]);
    assert!(dry.out.contains("whoever runs reader-7b") && dry.out.contains("may have been given the voice"), "{dry:#?}");
}

#[test]
fn a_run_that_is_stopped_says_that_it_ended_early() {
    let (engine, asked) = silent();
    let home = speaking();
    settings(&home, &engine.address);
    let mut run = started(&home, &SCORE);
    (0..2).for_each(|_| asked.recv_timeout(LONG).expect("it is asked"));
    let pid = rustix::process::Pid::from_child(&run);
    rustix::process::kill_process(pid, rustix::process::Signal::INT).expect("it is told");
    assert_eq!(run.wait().expect("it ends").code(), Some(130));
    let ended = acts(&home, "assisted");
    assert_eq!(ended.len(), 2, "{ended:?}");
    let is_early = |one: &Value| one["machine"]["outcome"] == "ended early" && one["machine"]["may_be_sent"] == true;
    assert!(ended.iter().all(is_early), "{ended:?}");
    let (dry, told) = accounts(&home);
    assert!(dry.contains("which may have been given the text 1 time"), "{dry}");
    assert_eq!((&told["engines"][0]["times"], &told["engines"][0]["perhaps"]), (&json!(0), &json!(1)), "{told}");
}

/// An engine that says when it is asked about the first, waits until it is let go, and then answers as `first` does; others as `other`.
fn waits(
    is_meant: impl Fn(&Asked, usize) -> bool + Send + 'static,
    first: impl Fn() -> Reply + Send + 'static,
    other: impl Fn(&Asked) -> Reply + Send + 'static,
) -> (Engine, Receiver<()>, Sender<()>) {
    let ((told, asked), (go, goes)) = (channel(), channel::<()>());
    let engine = Engine::start(move |asked, nth| {
        if !is_meant(asked, nth) {
            return other(asked);
        }
        let _ = told.send(());
        let _ = goes.recv_timeout(LONG);
        first()
    });
    (engine, asked, go)
}

fn report(output: Output) -> Value {
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

#[test]
fn somebody_who_is_erased_while_a_model_reads_is_one_outcome_and_the_run_goes_on() {
    let busy = || Reply::Text(503, "", "{}".to_owned());
    let (engine, asked, go) = waits(|asked, _| is_first(asked), busy, |asked| rates(asked, json!(2), "nobody had a guess"));
    let home = speaking();
    settings(&home, &engine.address);
    let run = started(&home, &SCORE);
    asked.recv_timeout(LONG).expect("it is asked");
    let erased = home.run(&["subject", "erase", "c-1", "--yes"]);
    assert!(erased.out.contains("to tell: whoever runs reader-7b"), "{erased:#?}");
    assert!(erased.out.contains("which may have been given the text 1 time"), "{erased:#?}");
    go.send(()).expect("it waits");
    let report = report(run.wait_with_output().expect("it ends"));
    assert_eq!((&report["outcomes"]["erased meanwhile"], &report["outcomes"]["read"]), (&json!(2), &json!(1)), "{report}");
    assert_eq!(report["erased"], 2, "both answers of that person: {report}");
    assert!(!report.to_string().contains("My guess"), "{report}");
    assert_eq!(engine.asked().iter().filter(|asked| is_first(asked)).count(), 1, "it is not sent again after the erasure");
}

#[test]
fn somebody_who_is_erased_while_it_is_written_down_is_one_outcome_and_the_run_goes_on() {
    let said = || Reply::Text(200, "", json!({ "text": "I checked the logs." }).to_string());
    let (engine, asked, go) = waits(|_, nth| nth == 0, said, move |_| said());
    let home = attached();
    settings(&home, &engine.address);
    let run = started(&home, &["transcribe", "small batch", "--json"]);
    asked.recv_timeout(LONG).expect("it is asked");
    let candidate = acts(&home, "giving")[0]["candidate"].as_str().expect("a candidate").to_owned();
    let erased = home.run(&["subject", "erase", &candidate, "--yes"]);
    assert!(erased.out.contains("to tell: whoever runs reader-7b") && erased.out.contains("the voice"), "{erased:#?}");
    go.send(()).expect("it waits");
    let report = report(run.wait_with_output().expect("it ends"));
    let [gone, written] = ["erased meanwhile", "written down"].map(|name| report["outcomes"][name].as_u64().unwrap_or_default());
    assert!(gone >= 1 && gone + written == 5 && written >= 3, "{report}");
}

#[test]
fn only_what_was_sent_is_called_given_and_each_time_counts() {
    let engine = Engine::start(|_, _| Reply::Text(500, "", "{}".into()));
    let home = speaking();
    settings(&home, &engine.address);
    let report = home.run(&SCORE).json(4);
    assert_eq!(report["reader"]["by"], "reader-7b", "whatever came back: {report}");
    assert!(report["reader"]["place"].as_str().is_some_and(|place| engine.address.starts_with(place)), "{report}");
    let ended = acts(&home, "assisted");
    let sent: u64 = ended.iter().filter_map(|one| one["machine"]["sent"].as_u64()).sum();
    assert_eq!((ended.len(), sent, engine.asked().len()), (2, 6, 6), "{ended:?}");
    let shown = home.run(&["audit", "show", "small batch", "--kind", "assisted"]);
    assert!(shown.out.contains("gave the text to reader-7b") && shown.out.contains(", 3 times: broken"), "{shown:#?}");
    let (dry, told) = accounts(&home);
    assert!(dry.contains("which was given the text 3 times"), "{dry}");
    assert_eq!((&told["engines"][0]["times"], &told["engines"][0]["perhaps"]), (&json!(3), &json!(0)), "{told}");
    seal(&home);
    home.run(&["report", "small batch", "--out", "report.html", "--excerpts", "none", "--json"]);
    let page = std::fs::read_to_string(home.path().join("report.html")).expect("it is written");
    assert!(page.contains("Given to reader-7b, at http://127.0.0.1"), "{page}");
    assert!(page.contains("Was given the text of 2 answers, names hidden, or may have been; it ended: 2 broken."), "{page}");
}

#[test]
fn what_never_left_is_told_as_given_by_nobody() {
    let address = {
        let nobody = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        format!("http://{}/v1", nobody.local_addr().expect("an address"))
    };
    let home = speaking();
    settings(&home, &address);
    let report = home.run(&SCORE).json(4);
    assert_eq!(report["outcomes"]["not reached"], 2, "{report}");
    let shown = home.run(&["audit", "show", "small batch", "--kind", "assisted"]);
    assert!(shown.out.contains("could not give the text to") && !shown.out.contains("gave the"), "{shown:#?}");
    let (dry, told) = accounts(&home);
    assert!(!dry.contains("whoever runs"), "{dry}");
    assert_eq!(told["engines"], json!([]), "{told}");
}

/// Many answers, none of them rated.
fn many(count: usize) -> Home {
    let home = Home::new();
    home.run(&["identity", "--label", "Mara", "--pseudonym", "R7"]);
    let submission = |nth: usize| {
        json!({ "candidate": { "id": format!("c-{nth:02}"), "name": format!("Testperson {nth}") }, "status": "completed",
            "answers": [{ "question": "q-01", "kind": "text", "text": format!("I had a guess about pump {nth}, and I measured it.") }] })
    };
    let document = json!({ "format": 1, "source": "test", "id": "held", "title": "Held batch",
        "interview": { "language": "en", "questions": [{ "id": "q-01", "prompt": "Tell us about a fault whose cause nobody knew." }] },
        "submissions": (0..count).map(submission).collect::<Vec<_>>() });
    std::fs::create_dir_all(home.path().join("bundle")).expect("a folder can be made");
    std::fs::write(home.path().join("bundle/batch.json"), document.to_string()).expect("written");
    std::fs::write(home.path().join("held.toml"), super::accountable::RUBRIC).expect("written");
    home.run(&["import", "bundle", "--json"]).json(0);
    home.run(&["rubric", "attach", "Held batch", "held.toml", "--yes", "--json"]).json(0);
    home
}

#[test]
fn an_engine_that_is_given_up_is_told_as_given_only_what_it_was_asked() {
    let engine = Engine::start(|_, _| Reply::Text(429, "retry-after: 3000\r\n", "{}".into()));
    let home = many(20);
    settings(&home, &engine.address);
    home.run(&["score", "Held batch", "--reader", "model", "--json"]).json(4);
    let shown = home.run(&["audit", "show", "Held batch", "--kind", "assisted"]);
    let told = shown.out.matches("gave the text").count();
    assert!(told < 20 && told == engine.asked().len(), "{} requests: {shown:#?}", engine.asked().len());
    assert!(!shown.out.contains("not asked any more"), "{shown:#?}");
}

#[test]
fn three_runs_at_once_send_each_answer_once() {
    let engine = Engine::start(|asked, _| rates(asked, json!(3), "had a guess about"));
    let home = many(24);
    settings(&home, &engine.address);
    let score = ["score", "Held batch", "--reader", "model", "--json"];
    let runs: Vec<Child> = (0..3).map(|_| started(&home, &score)).collect();
    for run in runs {
        let report = report(run.wait_with_output().expect("it ends"));
        assert_eq!(report["outcomes"], json!({ "read": 24 }), "{report}");
    }
    assert_eq!(engine.asked().len(), 24);
}
