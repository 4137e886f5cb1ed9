//! Profiles through the program: checked, tried on a batch, and written as files.

use serde_json::{Value, json};

use super::{bundle, rate_all};
use crate::home::Home;

/// A sealed batch whose first two candidates have applications in an ATS, the first of them two.
pub(super) fn delivered_home() -> Home {
    delivered_home_with(|_| {})
}

/// The same with something changed in its document.
pub(super) fn delivered_home_with(change: impl FnOnce(&mut Value)) -> Home {
    let home = unsealed_home_with(change);
    rate_all(&home);
    home.run(&["seal", "small batch", "--all", "--acknowledge-unheard", "--json"]).json(0);
    home
}

/// The same before anything was rated.
pub(super) fn delivered_home_unsealed() -> Home {
    unsealed_home_with(|_| {})
}

fn unsealed_home_with(change: impl FnOnce(&mut Value)) -> Home {
    let home = Home::new();
    home.run(&["identity", "--label", "Mara", "--pseudonym", "R7"]);
    let folder = bundle::write(home.path());
    let path = folder.join("batch.json");
    let mut document: Value = serde_json::from_slice(&std::fs::read(&path).expect("written")).expect("JSON");
    document["requisition"] = json!({ "id": "R-17", "title": "Support engineer" });
    document["submissions"][0]["applications"] = json!([{ "id": "0012", "ids": { "candidate_id": "77" } }, { "id": "13" }]);
    document["submissions"][1]["applications"] = json!([{ "id": "14", "ids": { "candidate_id": "78" } }]);
    change(&mut document);
    std::fs::write(&path, document.to_string()).expect("written");
    home.run(&["import", "bundle", "--json"]).json(0);
    home.run(&["rubric", "attach", "small batch", "small.toml", "--yes", "--json"]).json(0);
    home
}

#[test]
fn a_profile_is_checked_with_every_mistake_and_its_line() {
    let home = Home::new();
    let shown = home.run(&["profile", "show", "generic-csv"]);
    assert_eq!(shown.code, Some(0), "{shown:#?}");
    let wrong = shown.out.replace("from = \"rank\"", "from = \"rnak\"").replace("range = [0, 100]\n", "");
    std::fs::write(home.path().join("wrong.toml"), wrong).expect("written");
    let checked = home.run(&["profile", "check", "generic-csv", "wrong.toml", "--json"]).json(1);
    assert_eq!((&checked[0]["ok"], &checked[1]["ok"]), (&true.into(), &false.into()), "{checked}");
    let problems = checked[1]["problems"].as_array().expect("problems");
    assert_eq!(problems.len(), 4, "{checked}");
    assert!(problems.iter().all(|one| one["line"].as_u64().is_some() && one["remedy"] != ""), "{checked}");
    let missing = home.run(&["profile", "check", "nowhere.toml"]);
    assert!(missing.code == Some(1) && missing.err.contains("spreadsheet"), "{missing:#?}");
}

#[test]
fn what_is_wrong_at_the_top_hides_no_mistake_further_down() {
    let home = Home::new();
    let wrong = "schema = 1\nid = \"no id\"\ntitle = \"T\"\nkind = \"fil\"\n[match]\nkey = \"nope\"\non_missing = \"guess\"\n\
                 [[column]]\nname = \"score\"\nfrom = \"total\"\ntype = \"decimal\"\n[[column]]\nname = \"score\"\nfrom = \"totall\"\n\
                 [deliver]\nto = \"ftp://drop.example/in/\"\nauth = \"x\"\n[retri]\nattempts = 3\n";
    std::fs::write(home.path().join("wrong.toml"), wrong).expect("written");
    let checked = home.run(&["profile", "check", "wrong.toml", "--json"]).json(1);
    let problems = checked[0]["problems"].as_array().expect("problems");
    for (line, part) in [
        (2, "id"),
        (4, "kind"),
        (6, "nope"),
        (7, "on_missing"),
        (8, "what scale the target has"),
        (12, "same name"),
        (14, "totall"),
        (16, "ftp:// is not spoken"),
        (17, "auth"),
        (18, "retri"),
    ] {
        let is_it = |one: &&Value| one["line"] == line && one["reason"].as_str().is_some_and(|why| why.contains(part));
        assert!(problems.iter().any(|one| is_it(&one)), "line {line}: {part}: {checked:#}");
    }
}

#[test]
fn a_profile_is_tried_on_a_batch_without_leaving_a_trace() {
    let home = delivered_home();
    let tried = home.run(&["profile", "test", "generic-csv", "small batch", "--json"]).json(4);
    let begins = tried["files"][0]["begins"].as_str().expect("a file");
    assert!(begins.starts_with("application_id,requisition_id,candidate_id,score,"), "{begins}");
    assert!(begins.contains("\n0012,R-17,c-1,") && begins.contains("outage.diagnosis"), "{begins}");
    assert_eq!(tried["quarantined"][0]["reason"], "application_id is not known", "{tried}");
    assert_eq!(tried["selected"], 4);
}

#[test]
fn an_export_by_a_profile_has_one_row_per_application_and_names_who_has_none() {
    let home = delivered_home();
    std::fs::create_dir(home.path().join("out")).expect("a folder");
    let args = ["export", "small batch", "--profile", "generic-csv", "--out", "out", "--json"];
    let report = home.run(&args).json(4);
    let path = home.path().join(report["files"][0]["path"].as_str().expect("a path"));
    let text = std::fs::read_to_string(&path).expect("written");
    let ids: Vec<&str> = text.lines().skip(1).filter_map(|line| line.split(',').next()).collect();
    assert_eq!(ids, ["0012", "13", "14"], "{text}");
    assert_eq!(report["quarantined"][0]["candidate"], "c-3", "{report}");
    assert_eq!(home.run(&args).json(4)["files"], report["files"], "the same library gives the same bytes");
    assert!(bundle::NAMES.iter().all(|name| !text.contains(name)), "{text}");

    let sheet = home.run(&["export", "small batch", "--profile", "spreadsheet", "--out", "sheet.csv", "--json"]).json(0);
    assert_eq!(sheet["files"][0]["rows"], 4, "{sheet}");
    let bytes = std::fs::read(home.path().join("sheet.csv")).expect("written");
    assert!(bytes.starts_with("\u{feff}candidate,application_system,".as_bytes()));
}

#[test]
fn a_map_with_a_word_that_no_decision_is_is_told() {
    let home = Home::new();
    let shown = home.run(&["profile", "show", "workday"]).out;
    std::fs::write(home.path().join("wrong.toml"), shown.replace("decline = ", "declne = ")).expect("written");
    let told = home.run(&["profile", "check", "wrong.toml", "workday", "--json"]);
    let told: Value = serde_json::from_str(&told.out).expect("JSON");
    assert!(told[0].to_string().contains("declne") && told[0].to_string().contains("did you mean"), "{told}");
    let text = std::fs::read_to_string(home.path().join("wrong.toml")).expect("written");
    let line = text.lines().position(|line| line.contains("declne")).map(|at| at + 1);
    assert_eq!(told[0]["problems"][0]["line"], json!(line), "{told}");
    let said = home.run(&["profile", "check", "wrong.toml"]);
    assert!(said.code == Some(0) && said.out.contains("workday is right, with 1 warning: "), "{said:#?}");
    assert_eq!(home.run(&["profile", "check", "wrong.toml", "--strict"]).code, Some(1));
    assert!(!told[1].to_string().contains("never says"), "{told}");
}

#[test]
fn an_id_that_is_no_int64_stays_behind() {
    let home = delivered_home_with(|document| document["submissions"][1]["applications"][0]["id"] = json!("9999999999999999999"));
    let tried = home.run(&["profile", "test", "successfactors", "small batch", "--json"]).json(5);
    assert!(tried["quarantined"].to_string().contains("the largest Int64"), "{tried}");
}

#[test]
fn an_id_with_a_zero_before_it_stays_behind_where_ids_are_numbers() {
    for id in ["007", "0"] {
        let home = delivered_home_with(|document| document["submissions"][1]["applications"][0]["id"] = json!(id));
        for profile in ["successfactors", "successfactors-odata", "greenhouse-v3", "icims"] {
            // SuccessFactors wants a number for the requisition too, so that nobody's row is left.
            let code = if profile.starts_with("successfactors") { 5 } else { 4 };
            let tried = home.run(&["profile", "test", profile, "small batch", "--json"]).json(code);
            let told = tried["quarantined"].as_array().expect("rows").iter().find(|one| one["key"] == id).expect("it is named");
            let says = |name: &str, part: &str| told[name].as_str().is_some_and(|text| text.contains(part));
            assert!(says("reason", "begins with a zero") && says("remedy", "id_form"), "{profile}: {tried}");
        }
        let tried = home.run(&["profile", "test", "generic-csv", "small batch", "--json"]).json(4);
        assert!(tried["files"][0]["begins"].as_str().is_some_and(|text| text.contains(&format!("\n{id},"))), "{tried}");
    }
}

#[test]
fn a_file_whose_name_promises_another_format_is_not_written() {
    let home = delivered_home();
    let ran = home.run(&["export", "small batch", "--out", "table.parquet"]);
    assert!(ran.code == Some(2) && ran.err.contains(".parquet") && !home.path().join("table.parquet").exists(), "{ran:#?}");
    home.run(&["export", "small batch", "--out", "table.parquet", "--format", "csv"]);
    assert!(home.path().join("table.parquet").exists(), "whoever says the format has said it");
}
