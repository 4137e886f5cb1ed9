//! One library's batches through a hub into another.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Stdio};

use serde_json::{Value, json};

use super::{done, lines};
use crate::commands::bundle;
use crate::home::{Home, Ran};

/// A hub that serves a home's library; it ends with the test.
pub(super) struct Served {
    child: Child,
    pub(super) address: String,
}

impl Served {
    pub(super) fn of(home: &Home, more: &[&str]) -> Self {
        let args = [&["hub", "serve", "--listen", "127.0.0.1:0", "--json"], more].concat();
        let mut child = home.command(&args).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("it starts");
        let mut line = String::new();
        let out = child.stdout.take().expect("its output is a pipe");
        BufReader::new(out).read_line(&mut line).expect("it tells where it listens");
        let told: Value = serde_json::from_str(&line).expect("JSON");
        Served { child, address: told["listening"].as_str().expect("an address").to_owned() }
    }

    /// The whole answer to a request without a body.
    fn get(&self, path: &str, token: &str) -> String {
        let host = self.address.trim_start_matches("http://");
        let mut stream = TcpStream::connect(host).expect("it listens");
        let request = format!("GET {path} HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer {token}\r\nconnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).expect("sent");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).expect("read");
        String::from_utf8_lossy(&answer).into_owned()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(super) fn token(home: &Home, name: &str, more: &[&str]) -> String {
    let made = home.run(&[&["hub", "token", "add", name, "--json"], more].concat()).json(0);
    made["token"].as_str().expect("a token").to_owned()
}

pub(super) fn home_of_hub(address: &str) -> Home {
    let home = Home::new();
    home.settings(&format!("[source.team]\nkind = \"earmark\"\nurl = \"{address}\"\nauth = \"env:TEAM_TOKEN\"\n"));
    home
}

pub(super) fn fetch(home: &Home, token: &str) -> Ran {
    home.run_with(&[("TEAM_TOKEN", token)], &["fetch", "team", "--json"])
}

pub(super) fn shared() -> Home {
    let home = Home::new();
    bundle::write(home.path());
    home.run(&["import", "bundle", "--json"]).json(0);
    home
}

/// Every file below a folder, as bytes.
fn all_bytes(folder: &Path) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        match entry.path() {
            path if path.is_dir() => found.extend(all_bytes(&path)),
            path => found.push(std::fs::read(path).expect("it is read")),
        }
    }
    found
}

#[test]
fn a_batch_is_the_same_batch_behind_a_hub_and_changes_come_by_themselves() {
    let team = shared();
    let (served, token) = (Served::of(&team, &[]), token(&team, "berlin", &["--names"]));
    let mine = home_of_hub(&served.address);
    let first = fetch(&mine, &token);
    let end = done(&first, 0);
    assert_eq!((&end["answers"], &end["missing"]), (&json!(5), &json!(0)), "{first:#?}");
    let id = |home: &Home| home.run(&["batches", "--json"]).json(0)[0]["id"].clone();
    assert!(id(&team).is_string() && id(&team) == id(&mine), "{} {}", id(&team), id(&mine));
    let again = done(&fetch(&mine, &token), 0);
    assert_eq!((&again["batches"], &again["summary"]), (&json!(0), &json!("nothing new")), "{again}");
    // A new recording, and one who steps back.
    let document = team.path().join("bundle/batch.json");
    let mut changed: Value = serde_json::from_slice(&std::fs::read(&document).expect("it is there")).expect("JSON");
    changed["submissions"][1]["answers"][0]["file"] = json!("voice.m4a");
    changed["submissions"][2]["status"] = json!("withdrawn");
    std::fs::write(&document, changed.to_string()).expect("written");
    team.run(&["import", "bundle", "--json"]).json(0);
    let third = done(&fetch(&mine, &token), 0);
    assert_eq!((&third["new_recordings"], &third["files"]), (&json!(1), &json!(1)), "{third}");
    let summary = third["summary"].as_str().unwrap_or_default();
    assert!(summary.contains("1 new recording") && summary.contains("1 withdrawn"), "{summary}");
    let recording = std::fs::read(bundle::media("voice.wav")).expect("the repository has it");
    let canary = &recording[recording.len() / 2..][..48];
    let kept = all_bytes(&mine.path().join(".local/share/earmark/library"));
    assert!(kept.iter().all(|bytes| !bytes.windows(48).any(|window| window == canary)), "nothing plain lies on the disk");
}

#[test]
fn names_go_only_to_tokens_that_may_have_them_and_nothing_to_those_that_are_revoked() {
    let team = shared();
    let served = Served::of(&team, &[]);
    let (plain, named) = (token(&team, "plain", &[]), token(&team, "named", &["--names"]));
    let changes = served.get("/v1/batches", &plain);
    let body: Value = serde_json::from_str(changes.split_once("\r\n\r\n").expect("a body").1).expect("JSON");
    let batch = format!("/v1/batches/{}", body["batches"][0]["id"].as_str().expect("an id"));
    let shows = |token: &str| bundle::NAMES.iter().any(|name| served.get(&batch, token).contains(name));
    assert!(!shows(&plain) && shows(&named));
    assert!(served.get(&batch, &plain).contains("c-1"));
    team.run(&["hub", "token", "revoke", "named", "--json"]).json(0);
    for token in [named.as_str(), "", "earmark_hub_guess"] {
        let answer = served.get(&batch, token);
        assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
    }
    let mine = home_of_hub(&served.address);
    assert_eq!(fetch(&mine, &named).code, Some(3));
    assert_eq!(done(&fetch(&mine, &plain), 0)["answers"], json!(5));
    let status = mine.run(&["batches", "--json"]).out;
    assert!(bundle::NAMES.iter().all(|name| !status.contains(name)));
}

#[test]
fn an_address_that_has_run_out_is_asked_for_again() {
    let team = shared();
    let (served, token) = (Served::of(&team, &["--links", "1"]), token(&team, "berlin", &[]));
    let mine = home_of_hub(&served.address);
    // Slower than the addresses last: all five are asked for at once, and used one after the other.
    let args = ["fetch", "team", "--json", "--limit-rate", "60k"];
    let ran = mine.run_with(&[("TEAM_TOKEN", &token)], &args);
    assert_eq!(done(&ran, 0)["arrived"], json!(5), "{ran:#?}");
    assert!(lines(&ran).iter().all(|line| line["event"] != "failed"), "{ran:#?}");
}

#[test]
fn a_hub_that_others_could_listen_to_is_not_begun() {
    let team = shared();
    let ran = team.run(&["hub", "serve", "--listen", "0.0.0.0:0"]);
    assert_eq!(ran.code, Some(2), "{ran:#?}");
    assert!(ran.err.contains("TLS"), "{ran:#?}");
}

#[test]
fn the_openapi_document_in_the_repository_is_the_one_that_the_code_makes() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/hub.openapi.json");
    let made = Home::new().run(&["schema", "hub"]).out;
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(kept.trim() == made.trim(), "`earmark schema hub > docs/hub.openapi.json` brings it up to date");
}

#[test]
fn a_hub_over_tls_is_believed_where_its_ca_is_known_and_told_no_token_where_it_is_not() {
    let team = shared();
    if crate::commands::wires::certificates(team.path()).is_none() {
        return;
    }
    let file = |name: &str| team.path().join(name).display().to_string();
    let served = Served::of(&team, &["--cert", &file("leaf.pem"), "--key", &file("leaf.key")]);
    assert!(served.address.starts_with("https://127.0.0.1:"), "{}", served.address);
    let token = token(&team, "berlin", &["--names"]);
    let mine = home_of_hub(&served.address);
    let stranger = fetch(&mine, &token);
    assert!(!matches!(stranger.code, Some(0 | 4)) && stranger.err.contains("not trusted"), "{stranger:#?}");
    assert_eq!(mine.run(&["batches", "--json"]).json(0), json!([]));
    let settings = std::fs::read_to_string(mine.path().join(".config/earmark/settings.toml")).expect("it is there");
    mine.settings(&format!("network.ca = \"{}\"\n{settings}", file("ca.pem")));
    let end = done(&fetch(&mine, &token), 0);
    assert_eq!((&end["answers"], &end["missing"]), (&json!(5), &json!(0)), "recordings come over TLS too: {end}");
    // Who speaks without it gets nothing.
    let mut stream = TcpStream::connect(served.address.trim_start_matches("https://")).expect("it listens");
    stream.write_all(b"GET /v1/batches HTTP/1.1\r\nhost: x\r\n\r\n").expect("sent");
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    assert!(!answer.starts_with(b"HTTP/"), "{}", String::from_utf8_lossy(&answer));
}
