//! What is kept of people, through the real program: proved, handed over, removed, and kept from being removed.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::{attached, bundle, rate_all, sealed};
use crate::home::{Home, Ran};

pub(super) fn library_of(home: &Home) -> PathBuf {
    home.path().join(".local/share/earmark/library")
}

/// Runs SQL on the closed library's database, as someone with the file would.
fn meddle(home: &Home, sql: &'static str) {
    let path = library_of(home).join("library.db");
    tokio::runtime::Runtime::new().expect("a runtime").block_on(async {
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path);
        let mut db = sqlx::ConnectOptions::connect(&options).await.expect("it opens");
        sqlx::raw_sql(sql).execute(&mut db).await.expect("it runs");
        sqlx::Connection::close(db).await.expect("it closes");
    });
}

/// The database's files, to be put back.
fn database(home: &Home) -> BTreeMap<PathBuf, Vec<u8>> {
    let files = fs::read_dir(library_of(home)).expect("a folder").flatten().map(|entry| entry.path());
    let files = files.filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("library.db")));
    files.map(|path| (path.clone(), fs::read(&path).expect("it is read"))).collect()
}

fn put_back(home: &Home, files: &BTreeMap<PathBuf, Vec<u8>>) {
    database(home).keys().for_each(|path| fs::remove_file(path).expect("it was there"));
    files.iter().for_each(|(path, bytes)| fs::write(path, bytes).expect("it is written"));
}

fn verify(home: &Home, more: &[&str]) -> Ran {
    home.run(&[&["audit", "verify", "small batch", "--json"], more].concat())
}

fn breaks(report: &Value) -> Vec<(u64, String)> {
    let streams = report["streams"].as_array().expect("streams");
    let all = streams.iter().flat_map(|stream| stream["breaks"].as_array().cloned().unwrap_or_default());
    all.map(|one| (one["seq"].as_u64().expect("a number"), one["reason"].as_str().expect("a reason").to_owned())).collect()
}

#[test]
fn the_journal_is_proved_and_every_way_of_changing_it_is_found_at_its_place() {
    let home = sealed();
    let whole = verify(&home, &[]).json(0);
    assert_eq!((&whole["whole"], &whole["streams"][0]["own"], &whole["cut"]), (&true.into(), &true.into(), &0.into()), "{whole}");
    let events = whole["streams"][0]["events"].as_u64().expect("a number");
    assert!(events > 10 && whole["streams"][0]["of_batch"] == events, "{whole}");
    home.run(&["audit", "head", "--out", "head.json", "--json"]).json(0);
    assert_eq!(verify(&home, &["--head", "head.json"]).json(0)["heads"][0]["known"], true);
    assert_eq!(home.run(&["audit", "head", "--out", "head.json"]).code, Some(1), "it is not written over");

    let files = database(&home);
    for (sql, seq, says) in [
        ("update event set body = zeroblob(length(body)) where seq = 3", 3, "not what was written"),
        (
            "update event set header = cast(replace(cast(header as text), '\"seq\":4,', '\"seq\":9,') as blob) where seq = 4",
            4,
            "changed",
        ),
        ("update event set hash = zeroblob(32) where seq = 5", 5, "changed"),
        ("delete from event where seq = 6", 7, "missing"),
        (
            "update event set seq = 777 where seq = 7; update event set seq = 7 where seq = 8; update event set seq = 8 where seq = 777",
            7,
            "stands in its place",
        ),
        ("update event set batch = randomblob(16) where seq = 9", 9, "another id, person or batch"),
        ("update event set subject = null where seq = 4", 4, "another id, person or batch"),
    ] {
        meddle(&home, sql);
        let ran = verify(&home, &[]);
        let report = ran.json(4);
        let found = breaks(&report);
        assert!(found.iter().any(|(at, why)| *at == seq && why.contains(says)), "{sql}: {found:?}");
        assert_eq!(report["whole"], false, "{sql}");
        put_back(&home, &files);
    }
    meddle(&home, "delete from event where place = (select max(place) from event)");
    let cut = verify(&home, &[]).json(4);
    assert_eq!((&cut["cut"], breaks(&cut).len()), (&1.into(), 0), "{cut}");
    // With care the counter goes too: only a head that lies elsewhere tells.
    meddle(&home, "update sqlite_sequence set seq = (select max(place) from event) where name = 'event'");
    assert_eq!(verify(&home, &[]).json(0)["whole"], true);
    let told = verify(&home, &["--head", "head.json"]).json(4);
    assert!(told["heads"][0]["reasons"][0].as_str().is_some_and(|why| why.contains("not here")), "{told}");
    put_back(&home, &files);
    let plain = home.run(&["audit", "verify"]);
    assert!(plain.code == Some(0) && plain.out.contains("The chain holds"), "{plain:#?}");

    let forged = fs::read_to_string(home.path().join("head.json")).expect("written").replacen("\"last\": ", "\"last\": 1", 1);
    fs::write(home.path().join("forged.json"), forged).expect("written");
    let refused = verify(&home, &["--head", "forged.json"]);
    assert!(refused.code == Some(4) && refused.err.contains("not what its author signed"), "{refused:#?}");
    assert_eq!(home.run(&["audit", "verify", "no such batch"]).code, Some(5));
}

#[test]
fn the_audit_shows_what_others_did_only_once_ones_own_is_sealed_and_before_that_not_even_that_they_did() {
    let home = attached();
    let acts = |home: &Home, more: &[&str]| home.run(&[&["audit", "show", "small batch", "--json"], more].concat());
    let before = acts(&home, &[]).json(0);
    let first = fs::read(home.identity()).expect("it is there");
    fs::remove_file(home.identity()).expect("it is there");
    home.run(&["identity", "--new", "--label", "Lea", "--json"]).json(0);
    rate_all(&home);
    home.run(&["note", "small batch", "c-1", "1", "canary of another", "--json"]).json(0);
    home.run(&["seal", "small batch", "--all", "--acknowledge-unheard", "--json"]).json(0);
    home.run(&["decide", "small batch", "c-1", "hold", "--reason", "canary too", "--override", "so", "--json"]).json(0);
    let hers = acts(&home, &["--kind", "noted"]).json(0);
    assert!(hers["acts"][0]["what"].as_str().is_some_and(|what| what.contains("canary")), "{hers}");
    assert_eq!(hers["acts"][0]["mine"], true);

    fs::write(home.identity(), first).expect("written");
    let after = acts(&home, &[]);
    assert_eq!(after.json(0), before, "nothing shows, not even how much there is");
    assert_eq!(acts(&home, &["--kind", "rated"]).code, Some(5));
    let plain = home.run(&["audit", "show", "small batch"]);
    assert!(!plain.out.contains("canary") && plain.out.contains("attaching a rubric"), "{plain:#?}");
    assert!(bundle::NAMES.iter().all(|name| !plain.out.contains(name)), "{plain:#?}");

    rate_all(&home);
    home.run(&["seal", "small batch", "--all", "--acknowledge-unheard", "--json"]).json(0);
    let open = acts(&home, &["--kind", "noted"]).json(0);
    assert_eq!((&open["others"], &open["acts"][0]["mine"]), (&"shown".into(), &false.into()), "{open}");
    let about = acts(&home, &["--candidate", "c-1"]).json(0);
    assert!(about["acts"].as_array().is_some_and(|all| all.iter().all(|act| act["candidate"] == "c-1")), "{about}");
}

pub(super) fn files_under(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        match entry.path() {
            path if path.is_dir() => files.extend(files_under(&path)),
            path => files.push(path),
        }
    }
    files.sort();
    files
}

#[test]
fn a_flipped_bit_in_any_file_of_the_vault_is_found_named_and_told_what_it_means() {
    let home = sealed();
    let whole = home.run(&["vault", "verify", "--json"]).json(0);
    assert_eq!((&whole["whole"], &whole["files"]), (&true.into(), &5.into()), "{whole}");
    let files = files_under(&library_of(&home).join("vault"));
    assert_eq!(files.len(), 5);
    for path in &files {
        let bytes = fs::read(path).expect("it is read");
        let mut flipped = bytes.clone();
        let at = bytes.len() / 2;
        flipped[at] ^= 16;
        fs::write(path, flipped).expect("it is written");
        let found = home.run(&["vault", "verify", "--json"]).json(4);
        let one = &found["findings"][0];
        assert_eq!((found["findings"].as_array().map(Vec::len), &one["fault"]), (Some(1), &"damaged".into()), "{found}");
        assert!(one["what"].as_str().is_some_and(|what| what.contains("the recording of answer q-0")), "{found}");
        assert!(
            one["answer"].is_string() && one["affects"].as_str().is_some_and(|told| told.contains("cannot be played")),
            "{found}"
        );
        assert!(path.ends_with(one["path"].as_str().expect("a path")), "{found}");
        fs::write(path, bytes).expect("it is put back");
    }
    fs::remove_file(&files[0]).expect("it was there");
    let missing = home.run(&["vault", "verify"]);
    assert!(missing.code == Some(4) && missing.out.contains("is missing") && missing.out.contains("1 is wrong"), "{missing:#?}");
    assert!(bundle::NAMES.iter().all(|name| !missing.out.contains(name)), "{missing:#?}");
    // Importing it again mends it.
    home.run(&["import", "bundle", "--json"]).json(0);
    home.run(&["vault", "verify", "--json"]).json(0);
}

#[test]
fn what_lies_in_the_database_is_looked_at_too() {
    let home = sealed();
    meddle(&home, "update submission set sealed = zeroblob(length(sealed)) where place = 0");
    let found = home.run(&["vault", "verify", "--json"]).json(4);
    let told: Vec<&str> = found["findings"].as_array().expect("findings").iter().filter_map(|one| one["what"].as_str()).collect();
    assert!(told.iter().any(|what| what.contains("the description of submission")), "{told:?}");
}

/// The small batch with a résumé and personal texts, rated and sealed.
fn with_documents() -> Home {
    let home = Home::new();
    home.run(&["identity", "--label", "Mara", "--pseudonym", "R7"]);
    let folder = bundle::write(home.path());
    fs::write(folder.join("cv.pdf"), b"%PDF-1.4 canary of a career").expect("written");
    fs::write(folder.join("words.vtt"), "WEBVTT\n\n00:00.000 --> 00:01.000\ncanary spoken\n").expect("written");
    let path = folder.join("batch.json");
    let mut document: Value = serde_json::from_str(&fs::read_to_string(&path).expect("written")).expect("JSON");
    document["submissions"][0]["documents"] =
        json!([{ "kind": "resume", "file": "cv.pdf" }, { "kind": "letter", "name": "letter.txt" }]);
    document["submissions"][0]["candidate"]["email"] = json!("Amalie@Example.org");
    document["submissions"][0]["answers"][0]["transcript"] = json!("words.vtt");
    fs::write(&path, document.to_string()).expect("written");
    home.run(&["import", "bundle", "--json"]).json(0);
    home.run(&["rubric", "attach", "small batch", "small.toml", "--yes", "--json"]).json(0);
    rate_all(&home);
    home.run(&["note", "small batch", "c-1", "1", "<b>a note</b> about c-1", "--json"]).json(0);
    home
}

pub(super) fn unzipped(path: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut zip = zip::ZipArchive::new(fs::File::open(path).expect("it is there")).expect("a .zip");
    (0..zip.len())
        .map(|nth| {
            let (mut file, mut bytes) = (zip.by_index(nth).expect("a file"), Vec::new());
            file.read_to_end(&mut bytes).expect("it is whole");
            (file.name().expect("its name is UTF-8").into_owned(), bytes)
        })
        .collect()
}

#[test]
fn a_person_gets_everything_that_is_kept_and_no_rating_before_it_is_sealed() {
    let home = with_documents();
    let handed = home.run(&["subject", "export", "c-1", "--out", "all.zip", "--json"]).json(4);
    assert_eq!(
        (&handed["recordings"], &handed["transcripts"], &handed["documents"]),
        (&2.into(), &1.into(), &1.into()),
        "{handed}"
    );
    assert!(handed["absent"][0].as_str().is_some_and(|why| why.contains("document 2")), "what did not come is named: {handed}");
    let files = unzipped(&home.path().join("all.zip"));
    let told: Value = serde_json::from_slice(&files["person.json"]).expect("JSON");
    assert_eq!((&told["person"]["name"], &told["person"]["email"]), (&bundle::NAMES[0].into(), &"Amalie@Example.org".into()));
    assert_eq!(
        (told["submissions"][0]["reviews"].as_array().map(Vec::len), &told["submissions"][0]["own_reviews_not_sealed"]),
        (Some(0), &true.into())
    );
    assert_eq!(files["1/answers/q-01.webm"], fs::read(bundle::media("voice.webm")).expect("there"));
    assert!(files["1/transcripts/q-01.vtt"].ends_with(b"canary spoken\n") && files["1/documents/1.pdf"].starts_with(b"%PDF"));
    use std::os::unix::fs::PermissionsExt as _;
    assert_eq!(fs::metadata(home.path().join("all.zip")).expect("there").permissions().mode() & 0o777, 0o600);
    assert_eq!(home.run(&["subject", "export", "c-1", "--out", "all.zip"]).code, Some(1), "nothing is written over");

    home.run(&["seal", "small batch", "--all", "--acknowledge-unheard", "--json"]).json(0);
    home.run(&["subject", "export", "c-1", "--out", "sealed.zip", "--json"]).json(4);
    let files = unzipped(&home.path().join("sealed.zip"));
    let told: Value = serde_json::from_slice(&files["person.json"]).expect("JSON");
    let said = &told["submissions"][0]["reviews"][0];
    assert!(said["reviewer"].is_string() && said["said"]["ratings"].as_array().map(Vec::len) == Some(3), "{told}");
    assert!(!String::from_utf8_lossy(&files["person.json"]).contains(bundle::NAMES[1]), "nothing of anyone else");
    let page = String::from_utf8_lossy(&files["index.html"]).into_owned();
    assert!(
        page.contains("&lt;b&gt;a note&lt;/b&gt;") && !page.contains("<b>a note") && page.contains("1/answers/q-01.webm"),
        "{page}"
    );
    // That it was handed over, and that the name is known since, is in the journal.
    let acts = home.run(&["audit", "show", "small batch", "--kind", "exported", "--kind", "revealed", "--json"]).json(0);
    assert!(acts["acts"].as_array().is_some_and(|all| all.len() >= 3), "{acts}");
    let nobody = home.run(&["subject", "export", "Nobody", "--out", "none.zip"]);
    assert!(nobody.code == Some(5) && !home.path().join("none.zip").exists(), "{nobody:#?}");
}

#[test]
fn who_is_found_by_a_hidden_address_is_known_from_then_on_and_that_is_kept() {
    let home = with_documents();
    let hidden = home.run(&["audit", "show", "small batch", "--kind", "revealed"]);
    assert_eq!(hidden.code, Some(5), "{hidden:#?}");
    home.run(&["subject", "erase", "amalie@example.org", "--dry-run", "--json"]).json(0);
    let acts = home.run(&["audit", "show", "small batch", "--kind", "revealed", "--json"]).json(0);
    assert_eq!(acts["acts"][0]["candidate"], "c-1", "{acts}");
}

fn holds_anywhere(home: &Home, canary: &[u8]) -> Vec<PathBuf> {
    let has = |path: &PathBuf| fs::read(path).is_ok_and(|bytes| bytes.windows(canary.len()).any(|window| window == canary));
    files_under(&library_of(home)).into_iter().filter(has).collect()
}

#[test]
fn a_person_is_erased_for_good_and_the_chain_the_batch_and_everyone_else_stay_whole() {
    let home = with_documents();
    home.run(&["seal", "small batch", "--all", "--acknowledge-unheard", "--json"]).json(0);
    let asked = home.run(&["subject", "erase", "c-1"]);
    assert!(asked.code == Some(2) && asked.err.contains("--yes"), "{asked:#?}");
    let dry = home.run(&["subject", "erase", "c-1", "--dry-run", "--json"]).json(0);
    assert_eq!((&dry["erased"], &dry["kept"]["recordings"]), (&false.into(), &2.into()), "{dry}");
    let before = files_under(&library_of(&home).join("vault")).len();

    home.run(&["subject", "hold", "c-1", "--reason", "a claim", "--json"]).json(0);
    let held = home.run(&["subject", "erase", "c-1", "--yes"]);
    assert!(held.code == Some(1) && held.err.contains("a claim"), "{held:#?}");
    home.run(&["subject", "release", "c-1", "--reason", "settled", "--json"]).json(0);
    assert_eq!(home.run(&["subject", "release", "c-1", "--reason", "again"]).code, Some(5));

    let receipt = home.run(&["subject", "erase", "c-1", "--yes", "--receipt", "gone.json", "--json"]).json(0);
    assert_eq!((&receipt["erased"], &receipt["kept"]["documents"]), (&true.into(), &1.into()), "{receipt}");
    assert!(receipt["signature"].is_string() && receipt["unreachable"]["also"].as_array().is_some_and(|all| !all.is_empty()));
    let written: Value = serde_json::from_slice(&fs::read(home.path().join("gone.json")).expect("written")).expect("JSON");
    assert_eq!(written, receipt);
    // Two recordings and a document are gone, and nothing readable of her is anywhere.
    assert_eq!(files_under(&library_of(&home).join("vault")).len(), before - 3);
    assert_eq!(holds_anywhere(&home, b"Amalie"), Vec::<PathBuf>::new());
    assert_eq!(verify(&home, &[]).json(0)["whole"], true);
    home.run(&["vault", "verify", "--json"]).json(0);
    let acts = home.run(&["audit", "show", "small batch", "--kind", "erased", "--json"]).json(0);
    assert_eq!(acts["acts"].as_array().map(Vec::len), Some(1), "{acts}");
    let status = home.run(&["status", "small batch", "--json"]);
    assert_eq!(status.code, Some(0), "{status:#?}");
    // The same batch again does not bring her back, and there is nothing left to hand over.
    home.run(&["import", "bundle", "--json"]);
    assert_eq!(holds_anywhere(&home, b"Amalie"), Vec::<PathBuf>::new());
    let id = receipt["candidate"].as_str().expect("an id");
    assert_eq!(home.run(&["subject", "export", id, "--out", "late.zip"]).code, Some(5));
    let others = home.run(&["compare", "small batch", "--json"]).json(0);
    assert!(others.to_string().contains("c-2"), "{others}");
}

/// Two batches' worth of dates: recordings of all are past theirs, and so is the second person as a whole.
fn dated() -> Home {
    let home = Home::new();
    home.run(&["identity", "--label", "Mara", "--pseudonym", "R7"]);
    let path = bundle::write(home.path()).join("batch.json");
    let mut document: Value = serde_json::from_str(&fs::read_to_string(&path).expect("written")).expect("JSON");
    home.run(&["import", "bundle", "--json"]).json(0);
    // What is past its date when it comes is not taken: the dates are said later.
    document["retain_until"] = json!("2020-01-31");
    document["submissions"][1]["retain_until"] = json!("2020-06-30");
    document["submissions"][2]["retain_until"] = json!("2999-12-31");
    fs::write(&path, document.to_string()).expect("written");
    home.run(&["import", "bundle", "--json"]).json(0);
    home.run(&["rubric", "attach", "small batch", "small.toml", "--yes", "--json"]).json(0);
    rate_all(&home);
    home
}

#[test]
fn what_is_past_its_date_goes_recordings_and_persons_apart_and_what_is_held_stays() {
    let home = dated();
    home.run(&["subject", "hold", "c-3", "--reason", "an audit", "--json"]).json(0);
    let vault = || files_under(&library_of(&home).join("vault")).len();
    assert_eq!(vault(), 5);
    let dry = home.run(&["retention", "run", "--dry-run", "--json"]).json(0);
    assert_eq!((dry["would_remove"].as_array().map(Vec::len), dry["stays"].as_array().map(Vec::len)), (Some(2), Some(1)), "{dry}");
    assert_eq!(vault(), 5, "nothing went");

    let run = home.run(&["retention", "run", "--receipt", "receipt.json", "--json"]).json(0);
    let removed = run["removed"].as_array().expect("a list");
    let of = |what: &str| removed.iter().find(|one| one["what"] == what).unwrap_or_else(|| panic!("no {what}: {run}"));
    assert_eq!(
        (&of("recordings")["removed"]["recordings"], &of("person")["removed"]["recordings"]),
        (&2.into(), &2.into()),
        "{run}"
    );
    assert_eq!((&of("recordings")["until"], &of("person")["until"]), (&"2020-01-31".into(), &"2020-06-30".into()));
    assert_eq!(run["stays"][0]["holds"][0]["reason"], "an audit", "{run}");
    assert_eq!(vault(), 1, "the held one's recording");
    assert!(home.path().join("receipt.json").exists());

    // What was judged stays: it can be sealed, and the journal is whole; what is gone on purpose is no damage.
    home.run(&["seal", "small batch", "--all", "--acknowledge-unheard", "--json"]).json(0);
    assert_eq!(verify(&home, &[]).json(0)["whole"], true);
    assert_eq!(home.run(&["vault", "verify", "--json"]).json(0)["put_away"], 2);
    let acts = home.run(&["audit", "show", "small batch", "--kind", "removed", "--kind", "erased", "--json"]).json(0);
    assert_eq!(acts["acts"].as_array().map(Vec::len), Some(2), "{acts}");
    let again = home.run(&["retention", "run", "--json"]).json(0);
    assert_eq!(again["removed"].as_array().map(Vec::len), Some(0), "{again}");

    home.run(&["subject", "release", "c-3", "--reason", "it is over", "--json"]).json(0);
    let last = home.run(&["retention", "run"]);
    assert!(last.code == Some(0) && last.out.contains("removed 1 recording of candidate"), "{last:#?}");
    assert_eq!(vault(), 0);
}

#[test]
fn without_a_date_of_the_source_the_settings_count_days_from_the_decision() {
    let home = sealed();
    home.settings("[retention]\nrecordings_days = 30\n");
    home.run(&["decide", "small batch", "c-1", "decline", "--reason", "clear", "--json"]).json(0);
    let now = home.run(&["retention", "run", "--json"]).json(0);
    assert_eq!(now["removed"].as_array().map(Vec::len), Some(0), "the days are not over: {now}");
    let wrong = home.run_with(&[("EARMARK_RETENTION_PERSON_DAYS", "0")], &["retention", "run"]);
    assert_eq!(wrong.code, Some(2), "{wrong:#?}");
}
