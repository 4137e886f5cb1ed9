//! What the profile for Ashby sends, against Ashby's own OpenAPI document: Prism takes what keeps to it and refuses what does not.

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use super::profiles::delivered_home;
use super::requests::{apply, own_profile, plan};
use crate::home::Home;

struct Prism {
    child: Child,
    address: String,
}

impl Drop for Prism {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn program() -> Option<PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let on_path = std::env::var_os("PATH").into_iter().flat_map(|path| std::env::split_paths(&path).collect::<Vec<_>>());
    let folders = std::iter::once(here.join("target/prism/node_modules/.bin")).chain(on_path);
    folders.map(|folder| folder.join("prism")).find(|path| path.exists())
}

impl Prism {
    /// Serves Ashby's document on loopback; none, and a line that says so, where a part is not there.
    fn start() -> Option<Self> {
        let document = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/contracts/ashby-openapi.yml");
        if !document.exists() {
            eprintln!("skipped: {} is not there", document.display());
            return None;
        }
        let Some(program) = program() else {
            crate::parts::absent("there is no Prism under target/prism");
            return None;
        };
        let port = TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a port").port();
        let mut command = Command::new(program);
        command.args(["mock", "-h", "127.0.0.1", "-p", &port.to_string()]).arg(document);
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("Prism starts");
        let mut said = BufReader::new(child.stdout.take().expect("a pipe"));
        let (mut line, mut all) = (String::new(), String::new());
        while !line.contains("Prism is listening") {
            line.clear();
            assert!(said.read_line(&mut line).expect("UTF-8") > 0, "Prism ended: {all}");
            all.push_str(&line);
        }
        std::thread::spawn(move || std::io::copy(&mut said, &mut std::io::sink()));
        Some(Prism { child, address: format!("http://127.0.0.1:{port}") })
    }
}

/// Ids that the document allows.
const ID: &str = "3fa85f64-5717-4562-b3fc-2c963f66afa6";
const VARIABLES: [(&str, &str); 5] = [
    ("ASHBY_API_KEY", "key"),
    ("ASHBY_SCORE_FIELD", ID),
    ("ASHBY_DECISION_FIELD", ID),
    ("ASHBY_FEEDBACK_FORM", ID),
    ("ASHBY_FEEDBACK_USER", ID),
];

/// The small batch with UUIDs for the ATS's ids, and the profile with one push alone.
fn home(push: &str, change: (&str, &str)) -> Home {
    let home = delivered_home();
    own_profile(&home, "ashby");
    let path = home.path().join("own.toml");
    let text = std::fs::read_to_string(&path).expect("there");
    let (head, pushes) = text.split_once("[[push]]").expect("pushes");
    let (pushes, tail) = pushes.split_once("[retry]").expect("a tail");
    let one = pushes.split("[[push]]").find(|one| one.contains(&format!("name = \"{push}\""))).expect("the push");
    // The ids of the small batch are no UUIDs: one stands for all.
    let one = one.replace("{application_id}", ID).replace(change.0, change.1);
    // Whose record the document's example is, is its own.
    let one: String = one.lines().filter(|line| !line.contains("/results/id")).map(|line| format!("{line}\n")).collect();
    std::fs::write(path, format!("{head}[[push]]{one}[retry]{tail}")).expect("written");
    home
}

/// The same profile, which does not look at what is there.
fn without_look(home: &Home) {
    let path = home.path().join("own.toml");
    let text = std::fs::read_to_string(&path).expect("there");
    let (before, after) = text.split_once("[push.look]").expect("a look");
    let (_, tail) = after.split_once("[retry]").expect("a tail");
    std::fs::write(path, format!("{}[retry]{tail}", before.replace("\"readback\"", "\"once\""))).expect("written");
}

#[test]
fn every_request_for_ashby_keeps_to_its_document_and_a_broken_one_is_refused() {
    let Some(prism) = Prism::start() else { return };
    for (push, broken) in [
        ("fields", ("objectType = \"Application\"", "objectType = \"Applicant\"")),
        ("feedback", ("formDefinitionId = \"{value.form}\", ", "")),
    ] {
        for (change, is_right) in [(("", ""), true), (broken, false)] {
            let home = home(push, change);
            let mut planned = plan(&home, &prism.address, &VARIABLES);
            if planned.err.contains("lists pages without end") {
                // The document's example has a next page without end: the question was taken, and is left out from here on.
                without_look(&home);
                planned = plan(&home, &prism.address, &VARIABLES);
            }
            assert_eq!(planned.code, Some(4), "{push}: what is there can be asked for: {planned:#?}");
            let rows = planned.json(4)["rows"].as_array().expect("rows").clone();
            assert!(
                rows.iter().all(|row| !row["reason"].as_str().unwrap_or_default().contains("was not read")),
                "{push}: {rows:#?}"
            );
            let ran = apply(&home, &VARIABLES);
            // Times and digests may hold these digits, too: the rows' reasons say what was answered.
            let told: serde_json::Value = serde_json::from_str(&ran.out).expect("JSON");
            let reasons = told["rows"].as_array().expect("rows").iter().filter_map(|row| row["reason"].as_str());
            let refused = reasons.filter(|reason| reason.contains("422")).count();
            assert_eq!(refused == 0, is_right, "{push}: {ran:#?}");
            if is_right {
                // The document's example never holds what was sent: taken, and not found when it is looked for.
                let sent = told["rows"].as_array().expect("rows").iter().filter(|row| row["push"] == push);
                let taken = sent.filter(|row| row["outcome"] == "delivered" || row["outcome"] == "unknown").count();
                assert_eq!(taken, 3, "{push}: {ran:#?}");
            }
        }
    }
}

#[test]
fn the_question_for_applications_keeps_to_the_document_and_a_broken_one_is_refused() {
    let Some(prism) = Prism::start() else { return };
    for (limit, is_right) in [("100", true), ("\"all\"", false)] {
        let home = delivered_home();
        own_profile(&home, "ashby");
        let path = home.path().join("own.toml");
        let text = std::fs::read_to_string(&path).expect("there");
        let own = text.replace("limit = 100, jobId = \"@requisition|omit\"", &format!("limit = {limit}, jobId = \"{ID}\""));
        assert_ne!(own, text, "the question is there");
        std::fs::write(path, own).expect("written");
        let ran = home.run_with(&VARIABLES, &["match", "small batch", "--pull", "own.toml", "--to", &prism.address]);
        // The document's example has a next page without end: that it is asked for says that the first was taken.
        assert_eq!(ran.err.contains("pages without end"), is_right, "{ran:#?}");
        assert_eq!(ran.err.contains("422"), !is_right, "{ran:#?}");
    }
}
