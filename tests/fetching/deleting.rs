//! What a source says that it has deleted: erased here, and nothing else is.

use serde_json::{Value, json};

use super::host::{Fault, Host};
use super::hub::{Served, fetch as fetch_team, home_of_hub, shared, token};
use super::{DESCRIPTION, done, fetch, lines, wav};
use crate::commands::bundle;
use crate::home::{Home, Ran};

/// The platform of [`DESCRIPTION`], which also says whom it has deleted.
fn description() -> String {
    DESCRIPTION.replace(
        "[submissions]\n",
        "[submissions]\ndeleted = \"/deleted_at\"\nstatus = \"/status\"\nstatuses = { gone = \"deleted\", done = \"completed\" }\n",
    )
}

/// An export of so many people, with one recording each.
fn export(people: u32) -> Value {
    let person = |nth: u32| {
        json!({"id": format!("p-{nth}"), "name": format!("Testperson {nth}"), "answers": [
            {"question": "q-01", "file": format!("/m/{nth}.wav"), "mime": "audio/wav"}
        ]})
    };
    json!({
        "batch": { "id": "b-1", "job": "Night shift", "questions": [{ "id": "q-01", "text": "What did you do?" }] },
        "candidates": (1..=people).map(person).collect::<Vec<_>>(),
    })
}

/// A home with somebody in it, whose platform is not asked yet.
fn home() -> Home {
    let home = Home::new();
    home.run(&["identity", "--label", "Mara", "--pseudonym", "R7"]);
    home
}

/// Lets the home's platform say this from now on.
fn says(home: &Home, exported: &Value) -> Host {
    let files = (1..=20).map(|nth| (format!("/m/{nth}.wav"), wav(nth, 20_000)));
    let host = Host::start(files.chain([("/export.json".to_owned(), exported.to_string().into_bytes())]), |_, _| Fault::None);
    home.settings(&format!(
        "[source.platform]\nkind = \"rest\"\nurl = \"{}\"\ndescription = \"platform.toml\"\nauth = \"env:PLATFORM_TOKEN\"\n\
         media_hosts = [\"127.0.0.1\"]\n",
        host.address
    ));
    std::fs::write(home.path().join(".config/earmark/platform.toml"), description()).expect("written");
    host
}

/// Files in the vault.
fn kept(home: &Home) -> usize {
    let shelves = std::fs::read_dir(home.path().join(".local/share/earmark/library/vault")).into_iter().flatten().flatten();
    shelves.flat_map(|shelf| std::fs::read_dir(shelf.path()).into_iter().flatten()).count()
}

fn problem<'l>(lines: &'l [Value], code: &str) -> &'l Value {
    let found = lines.iter().find(|line| line["event"] == "problem" && line["problem"]["code"] == code);
    &found.unwrap_or_else(|| panic!("no problem {code}: {lines:#?}"))["problem"]
}

fn erased(ran: &Ran) -> usize {
    lines(ran).iter().filter(|line| line["event"] == "erased").count()
}

#[test]
fn whom_a_platform_only_leaves_out_stays_and_whom_it_has_deleted_goes_for_good() {
    let home = home();
    let mut exported = export(4);
    let _host = says(&home, &exported);
    assert_eq!(done(&fetch(&home, &[]), 0)["arrived"], 4);
    exported["candidates"].as_array_mut().expect("a list").remove(3);
    let _host = says(&home, &exported);
    let left_out = done(&fetch(&home, &[]), 0);
    assert_eq!((&left_out["erased"], kept(&home)), (&json!(0), 4), "{left_out}");

    exported["candidates"][0]["deleted_at"] = json!("2026-11-02T10:00:00Z");
    exported["candidates"][1]["status"] = json!("Gone");
    exported["candidates"][2]["deleted_at"] = json!("perhaps");
    let _host = says(&home, &exported);
    let dry = done(&fetch(&home, &["--dry-run"]), 0);
    assert_eq!((&dry["erased"], kept(&home)), (&json!(2), 4), "a dry run erases nobody: {dry}");
    let ran = fetch(&home, &["--receipt", "gone.json"]);
    let end = done(&ran, 0);
    assert_eq!((&end["erased"], erased(&ran), kept(&home)), (&json!(2), 2, 2), "{ran:#?}");
    assert!(ran.out.contains("neither a time nor true"), "what is not plain is said: {}", ran.out);
    let receipt = std::fs::read(home.path().join("gone.json")).expect("written");
    let receipt: Value = serde_json::from_slice(&receipt).expect("JSON");
    assert_eq!((&receipt["erased"], receipt["people"].as_array().map(Vec::len)), (&json!(true), Some(2)), "{receipt}");
    assert_eq!(receipt["reason"], "platform has deleted this person", "it names the source");
    let acts = home.run(&["audit", "show", "Night shift", "--kind", "erased"]).out;
    assert!(acts.lines().count() >= 2, "{acts}");
    home.run(&["audit", "verify", "--json"]).json(0);

    assert_eq!(done(&fetch(&home, &[]), 0)["erased"], 0, "once is enough");
    // A listing that has one of them again brings nobody back.
    let _host = says(&home, &export(4));
    let again = done(&fetch(&home, &[]), 0);
    assert!(again["summary"].as_str().is_some_and(|says| says.contains("2 erased here before")) && kept(&home) == 2, "{again}");
}

#[test]
fn a_hold_keeps_whom_the_source_has_deleted_until_it_is_lifted() {
    let home = home();
    let _host = says(&home, &export(2));
    done(&fetch(&home, &[]), 0);
    home.run(&["subject", "hold", "p-1", "--reason", "a claim", "--json"]).json(0);
    let mut exported = export(2);
    exported["candidates"][0]["deleted_at"] = json!(true);
    let _host = says(&home, &exported);
    let ran = fetch(&home, &[]);
    assert_eq!((&done(&ran, 0)["erased"], kept(&home)), (&json!(0), 2));
    let held = problem(&lines(&ran), "held").to_string();
    assert!(held.contains("a claim") && held.contains("subject release"), "{held}");
    home.run(&["subject", "release", "p-1", "--reason", "settled", "--json"]).json(0);
    assert_eq!((&done(&fetch(&home, &[]), 0)["erased"], kept(&home)), (&json!(1), 1));
}

#[test]
fn many_at_once_are_not_believed_until_somebody_says_that_it_is_right() {
    let home = home();
    let _host = says(&home, &export(8));
    done(&fetch(&home, &[]), 0);
    let mut exported = export(8);
    exported["candidates"].as_array_mut().expect("a list").iter_mut().for_each(|person| person["deleted_at"] = json!(true));
    let _host = says(&home, &exported);
    for more in [&[][..], &["--max-deleted", "7"]] {
        let ran = fetch(&home, more);
        assert_eq!((&done(&ran, 4)["erased"], kept(&home)), (&json!(0), 8), "{ran:#?}");
        let braked = problem(&lines(&ran), "deletions").to_string();
        assert!(braked.contains("8 of 8 people") && braked.contains("--max-deleted 8"), "{braked}");
    }
    // Whoever is shown again before anybody said so was not deleted after all.
    let mut some = exported.clone();
    some["candidates"].as_array_mut().expect("a list").truncate(7);
    some["candidates"][0]["deleted_at"] = Value::Null;
    let _host = says(&home, &some);
    assert_eq!(done(&fetch(&home, &["--max-deleted", "8"]), 0)["erased"], 7, "six of the listing, and one it said before");
    assert_eq!(kept(&home), 1);
}

#[test]
fn recordings_alone_go_where_retention_says_so() {
    let home = home();
    let _host = says(&home, &export(2));
    done(&fetch(&home, &[]), 0);
    let mut exported = export(2);
    exported["candidates"][0]["deleted_at"] = json!(true);
    let host = says(&home, &exported);
    let settings = home.path().join(".config/earmark/settings.toml");
    let text = std::fs::read_to_string(&settings).expect("it is there");
    home.settings(&format!("retention.deleted = \"recordings\"\n{text}"));
    assert_eq!((&done(&fetch(&home, &[]), 0)["erased"], kept(&home)), (&json!(1), 1));
    let known = home.run(&["subject", "erase", "p-1", "--dry-run", "--json"]).json(0);
    assert!(known["candidate"].is_string(), "the person is still known: {known}");
    assert_eq!((&done(&fetch(&home, &[]), 0)["erased"], kept(&home)), (&json!(0), 1));
    assert!(host.asked().iter().all(|asked| !asked.path.starts_with("/m/")), "nothing of it is asked for again");
}

#[test]
fn who_is_erased_at_the_hub_is_erased_where_it_was_fetched_to() {
    let team = shared();
    team.run(&["identity", "--label", "Ann", "--pseudonym", "R1"]);
    let (served, token) = (Served::of(&team, &[]), token(&team, "berlin", &["--names"]));
    let mine = home_of_hub(&served.address);
    done(&fetch_team(&mine, &token), 0);
    let before = kept(&mine);
    team.run(&["subject", "erase", "c-1", "--yes", "--json"]).json(0);
    let nobody = fetch_team(&mine, &token);
    assert_eq!((&done(&nobody, 4)["erased"], kept(&mine)), (&json!(0), before), "the journal has to keep who erases");
    assert!(problem(&lines(&nobody), "deletions").to_string().contains("earmark identity"));
    mine.run(&["identity", "--label", "Mara", "--pseudonym", "R7"]);
    // The hub has nothing new by now; what it said is not forgotten.
    assert_eq!(done(&fetch_team(&mine, &token), 0)["erased"], 1);
    assert!(kept(&mine) < before);
    team.run(&["subject", "erase", "c-2", "--yes", "--json"]).json(0);
    team.run(&["subject", "erase", "c-3", "--yes", "--json"]).json(0);
    let all_gone = fetch_team(&mine, &token);
    assert_eq!(done(&all_gone, 0)["erased"], 2, "a batch of which nobody is left can be read too: {}", all_gone.out);
    assert_eq!(done(&fetch_team(&mine, &token), 0)["summary"], "nothing new");
}

#[test]
fn a_bundle_says_whom_its_source_has_deleted_and_a_person_of_another_batch_stays() {
    let home = home();
    bundle::write(home.path());
    let path = home.path().join("bundle/batch.json");
    let mut document: Value = serde_json::from_slice(&std::fs::read(&path).expect("it is there")).expect("JSON");
    let write = |document: &Value| std::fs::write(&path, document.to_string()).expect("written");
    document["source"] = json!("somewhere");
    document["id"] = json!("first");
    write(&document);
    home.run(&["import", "bundle", "--json"]).json(0);
    document["id"] = json!("second");
    write(&document);
    home.run(&["import", "bundle", "--json"]).json(0);
    document["deleted"] = json!([{"id": "c-1"}, {"id": "c-nobody"}]);
    write(&document);
    let stays = home.run(&["import", "bundle", "--json"]).json(0);
    assert_eq!(stays["erased"], json!([]), "{stays}");
    assert!(
        stays["problems"].to_string().contains("in batch") && stays["problems"].to_string().contains("subject erase"),
        "{stays}"
    );
    document["id"] = json!("first");
    write(&document);
    let gone = home.run(&["import", "bundle", "--json"]).json(0);
    assert_eq!(
        (gone["erased"].as_array().map(Vec::len), &gone["erased"][0]["removed"]["submissions"]),
        (Some(1), &json!(2)),
        "{gone}"
    );
    // Without an id of its own a batch is known by its people: then nobody can tell who was deleted of which.
    document.as_object_mut().expect("a record").remove("id");
    write(&document);
    let unclear = home.run(&["import", "bundle", "--json"]).json(4);
    assert!(unclear["problems"].to_string().contains("of which batch"), "{unclear}");
}
