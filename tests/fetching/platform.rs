//! A platform that a file describes.

use std::path::Path;

use serde_json::{Value, json};

use super::host::{Fault, Host};
use super::{done, fetch, home_of_platform, lines, wav};
use crate::home::Home;

/// An export of two people and two questions, with recordings at these addresses.
pub(super) fn export(files: [&str; 3], region: Option<&str>) -> Value {
    let answer = |question: &str, file: &str| json!({"question": question, "file": file, "mime": "audio/wav"});
    json!({
        "batch": { "id": "b-1", "job": "Night shift", "region": region, "questions": [
            { "id": "q-01", "text": "What did you do?", "max_seconds": 60 },
            { "id": "q-02", "text": "What then?" },
        ] },
        "candidates": [
            { "id": 71, "name": "Amalie Testperson", "submitted_at": 1_790_000_000, "answers": [answer("q-01", files[0]), answer("q-02", files[1])] },
            { "id": "72", "name": "Bertrand Testperson", "answers": [
                answer("q-01", files[2]),
                { "question": "q-02", "file": null, "status": "NOT_ANSWERED" },
            ] },
        ],
    })
}

#[test]
fn a_described_platforms_batch_comes_in_and_what_its_description_does_not_settle_is_said() {
    let mut exported = export(["/m/1.wav?sig=a", "/m/2.wav?sig=b", "/m/3.wav?sig=c"], None);
    exported["candidates"][0]["answers"][1]["status"] = json!("Flagged");
    let files = (1..=3).map(|nth| (format!("/m/{nth}.wav"), wav(nth, 40_000)));
    let host = Host::start(files.chain([("/export.json".to_owned(), exported.to_string().into_bytes())]), |_, _| Fault::None);
    let home = home_of_platform(&host.address);
    let dry = done(&fetch(&home, &["--dry-run"]), 0);
    assert_eq!((&dry["files"], &dry["dry_run"]), (&json!(3), &json!(true)), "{dry}");
    let heads = |asked: &super::host::Asked| asked.path == "/export.json" || asked.headers.contains("range: bytes=0-0");
    assert!(host.asked().iter().all(heads), "a dry run asks for no recording, only how long each is");
    let ran = fetch(&home, &[]);
    let end = done(&ran, 0);
    assert_eq!((&end["arrived"], &end["answers"]), (&json!(3), &json!(3)), "{end}");
    assert!(ran.out.contains("Flagged"), "a word that is not described is said: {}", ran.out);
    let batches = home.run(&["batches", "--json"]).json(0);
    assert!(batches.to_string().contains("Night shift"), "{batches}");
    let again = done(&fetch(&home, &[]), 0);
    assert_eq!((&again["files"], &again["summary"]), (&json!(0), &json!("nothing new")), "{again}");
    let asked = host.asked();
    let media: Vec<_> = asked.iter().filter(|asked| asked.path.starts_with("/m/")).collect();
    let whole = media.iter().filter(|asked| !heads(asked)).count();
    assert_eq!(whole, 3, "each recording was asked for once: {media:?}");
    assert!(media.iter().all(|asked| !asked.headers.contains("authorization") && !asked.headers.contains("kanarie")));
    assert!(asked.iter().any(|asked| asked.headers.contains("authorization: bearer kanarie")));
}

#[test]
fn a_video_without_a_picture_comes_in_as_the_sound_that_it_is_and_is_no_news_the_next_time() {
    let mut exported = export(["/m/1.webm", "/m/2.webm", "/m/3.webm"], None);
    for (person, answer) in [(0, 0), (0, 1), (1, 0)] {
        exported["candidates"][person]["answers"][answer]["mime"] = json!("video/webm");
    }
    let media =
        |name: &str| std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/media").join(name)).expect("it is there");
    let files = [("/m/1.webm", media("video.webm")), ("/m/2.webm", media("voice.webm")), ("/m/3.webm", media("live.webm"))];
    let files = files.map(|(path, bytes)| (path.to_owned(), bytes));
    let host =
        Host::start(files.into_iter().chain([("/export.json".to_owned(), exported.to_string().into_bytes())]), |_, _| Fault::None);
    let home = home_of_platform(&host.address);
    assert_eq!(done(&fetch(&home, &[]), 0)["arrived"], json!(3));
    home.run(&["identity", "--label", "Mara", "--pseudonym", "R7"]);
    let shown = |question: &str| home.run_with(&[("PATH", "/nowhere")], &["original", "Night shift", "71", question]).err;
    assert!(shown("1").contains("no player was found"), "{}", shown("1"));
    assert!(shown("2").contains("no picture"), "{}", shown("2"));
    assert_eq!(done(&fetch(&home, &[]), 0)["summary"], json!("nothing new"));
}

#[test]
fn data_of_a_region_that_may_not_be_held_is_refused_before_the_first_byte_of_a_recording() {
    let exported = export(["/m/1.wav", "/m/2.wav", "/m/3.wav"], Some("US"));
    let host = Host::start([("/export.json".to_owned(), exported.to_string().into_bytes())], |_, _| Fault::None);
    let home = home_of_platform(&host.address);
    let settings = std::fs::read_to_string(home.path().join(".config/earmark/settings.toml")).expect("it is there");
    home.settings(&format!("regions = \"eu, uk\"\n{settings}"));
    let ran = fetch(&home, &[]);
    assert_eq!(ran.code, Some(4), "{ran:#?}");
    assert!(lines(&ran).iter().any(|line| line["problem"]["code"] == "region"), "{ran:#?}");
    assert!(host.asked().iter().all(|asked| asked.path == "/export.json"));
    assert_eq!(home.run(&["batches", "--json"]).json(0), json!([]));
}

#[test]
fn the_corpus_platforms_export_comes_in_as_its_list_of_files_says() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus/batch");
    let Ok(exported) = std::fs::read(corpus.join("platform-export.json")) else {
        eprintln!("skipped: there is no ../shared/corpus here");
        return;
    };
    let mut files = vec![("/export.json".to_owned(), exported)];
    for folder in std::fs::read_dir(corpus.join("answers")).expect("it is there").flatten() {
        for file in std::fs::read_dir(folder.path()).into_iter().flatten().flatten() {
            let path = format!("/answers/{}/{}", folder.file_name().display(), file.file_name().display());
            files.push((path, std::fs::read(file.path()).expect("it is read")));
        }
    }
    let host = Host::start(files, |_, _| Fault::None);
    let home = home_of_platform(&host.address);
    let ran = fetch(&home, &[]);
    // One recording is cut short, and that is named.
    let end = done(&ran, 4);
    assert_eq!((&end["answers"], &end["missing"]), (&json!(22), &json!(0)), "{ran:#?}");
    let imported = Home::new();
    let report = imported.run(&["import", &corpus.display().to_string(), "--json"]).json(4);
    assert_eq!(report["answers"], end["answers"], "the same as from the folder");
}

#[test]
fn a_source_cannot_change_what_came_from_elsewhere_whatever_ids_it_names() {
    let exported = export(["/m/1.wav", "/m/2.wav", "/m/3.wav"], None);
    let files: Vec<_> = (1..=3).map(|nth| (format!("/m/{nth}.wav"), wav(nth, 20_000))).collect();
    let serve = |export: &Value| {
        let export = ("/export.json".to_owned(), export.to_string().into_bytes());
        Host::start(files.iter().cloned().chain([export]), |_, _| Fault::None)
    };
    let (honest, mut evil) = (serve(&exported), exported.clone());
    evil["batch"]["job"] = json!("Taken over");
    evil["candidates"][0]["answers"] = json!([]);
    let evil = serve(&evil);
    let home = home_of_platform(&honest.address);
    let settings = std::fs::read_to_string(home.path().join(".config/earmark/settings.toml")).expect("it is there");
    let second = settings.replace("source.platform", "source.evil").replace(&honest.address, &evil.address);
    home.settings(&format!("{settings}{second}"));
    done(&fetch(&home, &[]), 0);
    let batches = || home.run(&["batches", "--json"]).json(0);
    let before = batches();
    let ask = |more: &[&str]| home.run_with(&[("PLATFORM_TOKEN", "kanarie")], &[&["fetch", "evil", "--json"], more].concat());
    let refused = ask(&[]);
    assert_eq!(refused.code, Some(4), "{refused:#?}");
    assert!(lines(&refused).iter().any(|line| line["problem"]["code"] == "foreign"), "{refused:#?}");
    assert_eq!(batches(), before, "nothing was changed");
    // Whoever knows that both are the same says so.
    assert_eq!(ask(&["--adopt", "Night shift"]).code, Some(0));
    assert!(batches().to_string().contains("Taken over"));
    let back = fetch(&home, &[]);
    assert!(back.code == Some(4) && back.out.contains("foreign"), "now it is the other's: {back:#?}");
}

#[test]
fn what_can_be_fetched_again_goes_first_when_there_is_no_room_and_what_is_to_be_heard_never_does() {
    let exported = export(["/m/1.wav?sig=a", "/m/2.wav?sig=b", "/m/3.wav?sig=c"], None);
    let files = (1..=3).map(|nth| (format!("/m/{nth}.wav"), wav(nth, 40_000)));
    let host = Host::start(files.chain([("/export.json".to_owned(), exported.to_string().into_bytes())]), |_, _| Fault::None);
    let home = home_of_platform(&host.address);
    home.run(&["identity", "--label", "Mara", "--json"]).json(0);
    done(&fetch(&home, &[]), 0);
    let shrink = |more: &[&str]| home.run(&[&["vault", "shrink", "--to", "1k", "--json"], more].concat());
    let needed = shrink(&[]).json(4);
    assert_eq!((&needed["put_away"], &needed["needed"]), (&json!(0), &json!(3)), "all are still to be heard: {needed}");
    home.run(&["recuse", "Night shift", "71", "--json"]).json(0);
    assert_eq!(shrink(&["--dry-run"]).json(4)["put_away"], 2);
    assert_eq!(home.run(&["vault", "verify", "--json"]).json(0)["files"], 3);
    let shrunk = shrink(&[]).json(4);
    assert_eq!((&shrunk["put_away"], &shrunk["needed"]), (&json!(2), &json!(1)), "{shrunk}");
    let verified = home.run(&["vault", "verify", "--json"]).json(0);
    assert_eq!((&verified["files"], &verified["put_away"]), (&json!(1), &json!(2)), "not there on purpose: {verified}");
    let before = host.asked().len();
    assert_eq!(done(&fetch(&home, &[]), 0)["arrived"], 0, "they do not come back by themselves");
    assert!(host.asked()[before..].iter().all(|asked| !asked.path.starts_with("/m/")));
    assert_eq!(done(&fetch(&home, &["--again", "Night shift"]), 0)["arrived"], 2);
    let verified = home.run(&["vault", "verify", "--json"]).json(0);
    assert_eq!((&verified["files"], &verified["put_away"]), (&json!(3), &json!(0)), "{verified}");
    // The setting does the same after each fetch.
    let settings = std::fs::read_to_string(home.path().join(".config/earmark/settings.toml")).expect("it is there");
    home.settings(&format!("vault.most = \"100k\"\n{settings}"));
    let ran = home.run_with(&[("PLATFORM_TOKEN", "kanarie")], &["fetch", "platform"]);
    assert!(ran.code == Some(0) && ran.out.contains("Put away 1 recording"), "{ran:#?}");
    assert_eq!(home.run(&["vault", "shrink"]).code, Some(0), "the setting's bound holds");
}

#[test]
fn what_is_lost_or_damaged_comes_back_from_the_source_that_still_has_it() {
    let exported = export(["/m/1.wav?sig=a", "/m/2.wav?sig=b", "/m/3.wav?sig=c"], None);
    let files = (1..=3).map(|nth| (format!("/m/{nth}.wav"), wav(nth, 40_000)));
    let host = Host::start(files.chain([("/export.json".to_owned(), exported.to_string().into_bytes())]), |_, _| Fault::None);
    let home = home_of_platform(&host.address);
    done(&fetch(&home, &[]), 0);
    let vault = home.path().join(".local/share/earmark/library");
    let verify = || home.run(&["vault", "verify", "--json"]);
    std::fs::remove_file(&vault_files(&vault)[0]).expect("it was there");
    verify().json(4);
    let lost = done(&fetch(&home, &[]), 0);
    assert_eq!(lost["arrived"], 1, "what is gone is seen without being asked for");
    assert_eq!((&lost["brought_back"], &lost["summary"]), (&json!(1), &json!("1 recording was brought back")), "{lost}");
    verify().json(0);
    let path = vault_files(&vault)[1].clone();
    let mut bytes = std::fs::read(&path).expect("it is read");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 16;
    std::fs::write(&path, bytes).expect("written");
    verify().json(4);
    let again = done(&fetch(&home, &["--again", "Night shift"]), 0);
    assert_eq!((&again["arrived"], &again["new_recordings"]), (&json!(1), &json!(0)), "{again}");
    verify().json(0);
    assert_eq!(done(&fetch(&home, &[]), 0)["arrived"], 0);
}

/// The vault's files.
fn vault_files(library: &Path) -> Vec<std::path::PathBuf> {
    let mut folders = vec![library.join("vault")];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
            let list = if entry.path().is_dir() { &mut folders } else { &mut files };
            list.push(entry.path());
        }
    }
    files.sort();
    files
}

#[test]
fn a_file_of_another_length_than_the_source_says_is_not_taken() {
    let mut exported = export(["/m/1.wav", "/m/2.wav", "/m/3.wav"], None);
    exported["candidates"][0]["answers"][0]["length"] = json!(99);
    exported["candidates"][0]["answers"][1]["length"] = json!(wav(2, 40_000).len());
    let files = (1..=3).map(|nth| (format!("/m/{nth}.wav"), wav(nth, 40_000)));
    let host = Host::start(files.chain([("/export.json".to_owned(), exported.to_string().into_bytes())]), |_, _| Fault::None);
    let home = home_of_platform(&host.address);
    let description = home.path().join(".config/earmark/platform.toml");
    let text = std::fs::read_to_string(&description).expect("written");
    std::fs::write(&description, text.replace("mime = \"/mime\",", "mime = \"/mime\", bytes = \"/length\",")).expect("written");
    let ran = fetch(&home, &[]);
    assert_eq!(done(&ran, 4)["missing"], 1, "{ran:#?}");
    assert!(ran.out.contains("the source says 99"), "{ran:#?}");
}

#[test]
fn a_fetch_ends_when_it_is_told_to_while_the_source_still_lists() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let home = home_of_platform(&format!("http://{}", listener.local_addr().expect("bound")));
    let mut command = home.command(&["fetch", "platform", "--json"]);
    let mut child = command.env("PLATFORM_TOKEN", "kanarie").spawn().expect("it starts");
    let (_asking, _) = listener.accept().expect("it asks, and is not answered");
    let pid = rustix::process::Pid::from_raw(child.id() as i32).expect("it runs");
    let told = std::time::Instant::now();
    rustix::process::kill_process(pid, rustix::process::Signal::TERM).expect("it is told");
    assert_eq!(child.wait().expect("it ends").code(), Some(130));
    assert!(told.elapsed() < std::time::Duration::from_secs(10), "{:?}", told.elapsed());
}

#[test]
fn the_doctor_asks_each_source_once_and_only_when_told_to() {
    let exported = export(["/m/1.wav", "/m/2.wav", "/m/3.wav"], None);
    let host = Host::start([("/export.json".to_owned(), exported.to_string().into_bytes())], |_, nth| match nth {
        0 => Fault::None,
        _ => Fault::Status(401, ""),
    });
    let home = home_of_platform(&host.address);
    let ask = |more: &[&str]| home.run_with(&[("PLATFORM_TOKEN", "kanarie")], &[&["doctor", "--json"], more].concat());
    ask(&[]);
    assert!(host.asked().is_empty(), "it asks nobody by itself");
    let check = |ran: crate::home::Ran| {
        let report: Value = serde_json::from_str(&ran.out).expect("JSON");
        let found = report["checks"].as_array().expect("a list").iter().find(|check| check["name"] == "source").cloned();
        found.unwrap_or_else(|| panic!("no source was asked: {report}"))
    };
    let good = check(ask(&["--ask"]));
    assert_eq!((&good["status"], host.asked().len()), (&json!("good"), 1), "{good}");
    let refused = check(ask(&["--ask"]));
    assert_eq!((&refused["status"], host.asked().len()), (&json!("failed"), 2), "{refused}");
    assert!(refused["detail"].as_str().is_some_and(|says| says.contains("401") && !says.contains("kanarie")), "{refused}");
    assert_eq!(home.run(&["batches", "--json"]).json(0), json!([]), "nothing of it is kept");

    home.settings(&format!(
        "[source.gone]\nkind = \"folder\"\npath = \"/nowhere/at/all\"\n\
         [source.here]\nkind = \"folder\"\npath = \"{}\"\n\
         [source.team]\nkind = \"earmark\"\nurl = \"{}\"\nauth = \"env:PLATFORM_TOKEN\"\n",
        home.path().display(),
        host.address
    ));
    let report: Value = serde_json::from_str(&ask(&["--ask"]).out).expect("JSON");
    let checks = report["checks"].as_array().expect("a list").iter().filter(|check| check["name"] == "source");
    let said: Vec<String> = checks.map(|check| format!("{} {}", check["status"], check["detail"])).collect();
    for (said, begins, has) in [
        (&said[0], "\"failed\" \"gone: ", "/nowhere/at/all"),
        (&said[1], "\"good\" \"here: ", "0 batch"),
        (&said[2], "\"failed\" \"team: ", "404"),
    ] {
        assert!(said.starts_with(begins) && said.contains(has), "{said}");
    }
}
