//! Two people at two machines, and a folder: through the real program.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use earmark::config::key::KeyRing;
use earmark::interview::EventId;
use earmark::library::{Access, Library, system_clock};
use serde_json::Value;

use super::{bundle, rate, rate_all};
use crate::home::{Home, Ran};

/// A home in which this person is known and the small batch is imported.
fn home_of(name: &str) -> Home {
    let home = Home::new();
    home.run(&["identity", "--label", name, "--json"]).json(0);
    bundle::write(home.path());
    home.run(&["import", "bundle", "--json"]).json(0);
    home
}

fn exchange(home: &Home, folder: &Path, more: &[&str]) -> Ran {
    let folder = folder.to_string_lossy();
    home.run(&[&["exchange", &folder][..], more].concat())
}

fn fingerprint(home: &Home) -> String {
    home.run(&["identity", "--json"]).json(0)["fingerprint"].as_str().expect("a fingerprint").to_owned()
}

/// Two people who know each other in a folder; Mara has attached the rubric.
fn two() -> (tempfile::TempDir, Home, Home) {
    let (folder, mara, ivo) = (tempfile::tempdir().expect("a folder"), home_of("Mara"), home_of("Ivo"));
    mara.run(&["rubric", "attach", "small batch", "small.toml", "--yes", "--json"]).json(0);
    exchange(&mara, folder.path(), &["--json"]).json(0);
    let met = exchange(&ivo, folder.path(), &[]);
    assert_eq!(met.code, Some(4), "a stranger is named: {met:#?}");
    assert!(met.err.contains("--trust 'Mara=FINGERPRINT'"), "what to type is said, but not what to believe: {met:#?}");
    assert!(met.err.contains(&fingerprint(&mara)), "{met:#?}");
    exchange(&ivo, folder.path(), &["--trust", &format!("mara={}", fingerprint(&mara)), "--json"]).json(0);
    exchange(&mara, folder.path(), &["--trust", &format!("Ivo={}", fingerprint(&ivo)), "--json"]).json(0);
    (folder, mara, ivo)
}

/// Exchanges in both directions until nothing is left.
fn back_and_forth(folder: &Path, homes: &[&Home]) -> Vec<Value> {
    (0..3).for_each(|_| homes.iter().for_each(|home| drop(exchange(home, folder, &["--json"]).json(0))));
    homes.iter().map(|home| exchange(home, folder, &["--json"]).json(0)).collect()
}

#[test]
fn two_reviewers_score_offline_and_rank_together_once_both_have_sealed() {
    let (folder, mara, ivo) = two();
    exchange(&ivo, folder.path(), &["--json"]).json(0);
    rate_all(&mara);
    rate_all(&ivo);
    rate(&ivo, "c-1", "1", "diagnosis", "2");
    mara.run(&["seal", "small batch", "--all", "--acknowledge-unheard", "--json"]).json(0);
    let reports = back_and_forth(folder.path(), &[&mara, &ivo]);
    let waiting = |report: &Value| report["came"][0]["waiting"].as_u64().expect("a number");
    assert!(waiting(&reports[0]) > 0 && waiting(&reports[1]) > 0, "{reports:#?}");
    let panel = ivo.run(&["export", "small batch", "--shape", "long", "--json"]);
    assert!(!panel.out.contains("Mara"), "{panel:#?}");

    ivo.run(&["seal", "small batch", "--all", "--acknowledge-unheard", "--json"]).json(0);
    let reports = back_and_forth(folder.path(), &[&ivo, &mara]);
    for report in &reports {
        assert_eq!((waiting(report), &report["came"][0]["new"], &report["sent"]), (0, &0.into(), &0.into()), "{report:#?}");
        assert_eq!(report["troubles"].as_array().map(Vec::len), Some(0));
    }
    let plain = exchange(&mara, folder.path(), &[]);
    assert_eq!((plain.code, plain.out.trim()), (Some(0), "Nothing new."), "{plain:#?}");
    // Both make the same table of two reviewers.
    let table = |home: &Home| home.run(&["export", "small batch", "--shape", "long"]).out;
    let values = |home: &Home| {
        let text = table(home);
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let header = reader.headers().expect("a header").clone();
        let column = |name: &str| header.iter().position(|one| one == name).expect("a column");
        let columns = ["candidate", "question", "criterion", "reviewer", "value"].map(column);
        reader.records().map(|row| row.expect("a row")).map(|row| columns.map(|at| row[at].to_owned())).collect::<BTreeSet<_>>()
    };
    let rows = values(&mara);
    assert_eq!(rows, values(&ivo));
    assert_eq!(rows.iter().map(|row| &row[3]).collect::<BTreeSet<_>>().len(), 2, "{rows:?}");
}

#[test]
fn what_cannot_be_done_is_told_with_its_own_exit_code() {
    let (folder, mara, ivo) = two();
    let gone = exchange(&mara, &folder.path().join("unmounted"), &[]);
    assert_eq!(gone.code, Some(75), "{gone:#?}");
    assert!(!folder.path().join("unmounted").exists());
    let nobody = exchange(&mara, folder.path(), &["--trust", "Adam=XXXX"]);
    assert_eq!(nobody.code, Some(5), "{nobody:#?}");
    let kim = home_of("Kim");
    exchange(&kim, folder.path(), &["--json"]).json(4);
    let wrong = exchange(&mara, folder.path(), &["--trust", &format!("Kim={}", fingerprint(&ivo))]);
    assert_eq!(wrong.code, Some(3), "{wrong:#?}");
    assert_eq!(home_of("Lea").run(&["exchange"]).code, Some(2));
    let nowhere = Home::new().run(&["exchange", "/tmp"]);
    assert_eq!(nowhere.code, Some(5), "{nowhere:#?}");
    let early = exchange(&mara, folder.path(), &["--hand-over", "small batch=Ivo", "--reason", "on leave"]);
    assert_eq!(early.code, Some(1), "{early:#?}");
    // The folder of the last time is remembered.
    assert_eq!(ivo.run(&["exchange", "--dry-run", "--json"]).json(4)["dry_run"], true);
}

async fn library(home: &Home) -> Library {
    let key = KeyRing::in_folder(&home.path().join(".config/earmark"));
    let key = key.key(&mut |_| unreachable!("it is not locked")).expect("a key");
    Library::open(&home.path().join(".local/share/earmark/library"), key, Access::ReadWrite, system_clock())
        .await
        .expect("it opens")
}

/// The ids of all events in a library, of which every chain holds.
fn journal(home: &Home) -> BTreeSet<EventId> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let library = library(home).await;
        let streams = library.verify_streams().await.expect("every chain holds");
        let ids = streams.iter().flat_map(|(_, headers)| headers).map(|header| header.id).collect();
        library.close().await;
        ids
    })
}

#[test]
fn killed_at_any_moment_the_next_exchange_goes_on_and_nothing_is_lost() {
    let (folder, mara, ivo) = two();
    exchange(&ivo, folder.path(), &["--json"]).json(0);
    rate_all(&mara);
    rate_all(&ivo);
    let seed = u64::from(std::process::id()) << 8 | 1;
    let mut dice = seed;
    for round in 0..24u64 {
        let (home, other) = if round % 2 == 0 { (&mara, &ivo) } else { (&ivo, &mara) };
        home.run(&["note", "small batch", "c-1", "1", &format!("note {round}")]);
        let begun = std::time::Instant::now();
        let mut child = home.command(&["exchange", "-q"]).stdout(std::process::Stdio::null()).spawn().expect("it starts");
        dice = dice.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        // Somewhere within the time that one takes.
        while begun.elapsed() < Duration::from_micros((dice >> 33) % 150_000) {
            std::hint::spin_loop();
        }
        child.kill().expect("it is ours to kill");
        child.wait().expect("it ends");
        let ran = exchange(other, folder.path(), &["--json"]);
        let report = ran.json(0);
        assert_eq!(report["troubles"].as_array().map(Vec::len), Some(0), "round {round}, seed {seed}: {report:#?}");
    }
    for home in [&mara, &ivo] {
        home.run(&["seal", "small batch", "--all", "--acknowledge-unheard", "--json"]).json(0);
    }
    back_and_forth(folder.path(), &[&mara, &ivo]);
    assert_eq!(journal(&mara), journal(&ivo), "seed {seed}");
}
