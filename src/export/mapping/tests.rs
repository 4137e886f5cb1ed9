//! Profiles applied to tables.

use serde_json::json;

use super::*;
use crate::scorecard::sample::Sample;

const PROFILE: &str = r#"
schema = 1
id = "small"
title = "A small profile"
kind = "file"
[match]
id_form = "digits"
id_longest = 9
[format]
formula_guard = "quarantine"
cell_newline = "refuse"
[[column]]
name = "id"
from = "application_id"
type = "id"
required = true
[[column]]
name = "score"
from = "mean_points"
type = "decimal"
scale = { from = [1, 5], to = [0, 100], round = 1 }
[[column]]
name = "choice"
from = "decision"
type = "enum"
map = { advance = "101", decline = "103" }
[[column]]
name = "ask"
from = "follow_ups"
max_len = 12
"#;

fn profile(text: &str) -> Profile {
    Profile::read("small.toml", text).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

/// A wide table of candidate, application, points, decision and follow-up.
fn table(rows: &[(&str, &str, f64, &str, &str)]) -> (Table, Vec<Beside>) {
    let columns = ["candidate", "application_id", "mean_points", "decision", "follow_ups", "requisition"].map(String::from);
    let word = |text: &str| if text.is_empty() { Cell::Empty } else { Cell::Word(text.into()) };
    let cells = rows.iter().map(|(candidate, id, points, decision, ask)| {
        let id = if id.is_empty() { Cell::Empty } else { Cell::Id((*id).into()) };
        let ask = Cell::Text((*ask).into());
        vec![Cell::Id((*candidate).into()), id, Cell::Number(*points), word(decision), ask, Cell::Id("R1".into())]
    });
    let table = Table { name: "wide".into(), columns: columns.into(), rows: cells.collect() };
    let decision = |word: &str| match word {
        "advance" => Some(Decision::Advance),
        "decline" => Some(Decision::Decline),
        "hold" => Some(Decision::Hold),
        _ => None,
    };
    let beside = rows.iter().map(|row| Beside { ready: true, decision: decision(row.3), ..Beside::default() }).collect();
    (table, beside)
}

fn mapped(profile: &Profile, rows: &[(&str, &str, f64, &str, &str)]) -> Result<Mapped, Vec<Problem>> {
    let rubric = Sample::new(1, 1).rubric;
    let (table, beside) = table(rows);
    map(profile, &Source { table: &table, beside: &beside, rubric: &rubric })
}

/// The quarantined rows as `candidate: column: reason`.
fn quarantined(mapped: &Mapped) -> Vec<String> {
    mapped.quarantined.iter().map(|one| format!("{}: {}: {}", one.candidate, one.column, one.reason)).collect()
}

#[test]
fn a_row_is_scaled_mapped_and_written_as_the_profile_says() {
    let profile = profile(&PROFILE.replace("digits", "text"));
    let mapped = mapped(&profile, &[("c1", "0012", 4.25, "advance", "Scale?"), ("c2", "7", 1.0, "", "")]).expect("it maps");
    assert_eq!(mapped.columns, ["id", "score", "choice", "ask"]);
    let files = files(&profile, &mapped, &[0, 1], "batch 1").expect("it fits");
    assert_eq!(String::from_utf8_lossy(&files[0].bytes), "id,score,choice,ask\r\n0012,81.3,101,Scale?\r\n7,0.0,,\r\n");
    assert!(files[0].name.starts_with("earmark-small-batch_1-") && files[0].name.ends_with(".csv"), "{}", files[0].name);
    assert_eq!(mapped.values(&mapped.rows[0])["score"], json!(81.3));
}

#[test]
fn what_is_wrong_keeps_its_row_out_with_column_and_reason_and_the_rest_goes() {
    let rows = [
        ("c1", "12", 4.0, "hold", ""),
        ("c2", "", 4.0, "", ""),
        ("c3", "x7", 4.0, "", ""),
        ("c4", "1234567890", 4.0, "", ""),
        ("c5", "5", 4.0, "", "thirteen long"),
        ("c6", "6", 4.0, "", "=1+1"),
        ("c7", "8", 4.0, "", "a\nb"),
        ("c8", "9", 5.5, "", ""),
        ("c9", "10", 4.0, "advance", "nul\0"),
        ("c10", "077", 4.0, "advance", ""),
        ("fine", "11", 4.0, "advance", ""),
    ];
    let mapped = mapped(&profile(PROFILE), &rows).expect("it maps");
    assert_eq!(
        quarantined(&mapped),
        [
            "c1: choice: \"hold\" is not in the map",
            "c2: application_id: application_id is not known",
            "c3: application_id: the id \"x7\" is not digits alone",
            "c4: application_id: the id \"1234567890\" has more than 9 characters",
            "c5: ask: it has 13 characters, and at most 12 characters are taken",
            "c6: ask: a spreadsheet could take it for a formula",
            "c7: ask: it holds a line break",
            "c8: score: 5.5 is not on the scale of 1 to 5",
            "c9: ask: it holds a NUL character",
            "c10: application_id: the id \"077\" begins with a zero, and is to be a number",
        ]
    );
    assert_eq!(mapped.rows.len(), 1);
    assert!(mapped.quarantined.iter().all(|one| !one.remedy.is_empty()));
}

#[test]
fn two_rows_of_one_application_are_both_kept_back_also_where_leading_zeros_part_them() {
    let rows = [("c1", "7", 4.0, "", ""), ("c2", "7", 3.0, "", ""), ("c3", "08", 3.0, "", ""), ("c4", "8", 3.0, "", "")];
    let mapped = mapped(&profile(PROFILE), &rows).expect("it maps");
    assert_eq!(
        quarantined(&mapped),
        [
            "c1: application_id: 2 rows have the id \"7\"",
            "c2: application_id: 2 rows have the id \"7\"",
            "c3: application_id: the ids \"08\" and \"8\" differ by leading zeros alone",
            "c4: application_id: the ids \"08\" and \"8\" differ by leading zeros alone",
        ]
    );
    assert!(mapped.rows.is_empty());
}

#[test]
fn an_id_or_a_name_that_lost_a_character_keeps_its_row_back() {
    let text = super::super::profile::shipped_profile("spreadsheet").expect("it is shipped").text;
    let profile = profile(&text.replace("[format]", "[privacy]\nnames = true\n[format]"));
    let (mut table, mut beside) =
        table(&[("c\u{fffd}1", "1", 4.0, "", ""), ("c2", "2", 4.0, "", "a \u{fffd} said"), ("c3", "3", 4.0, "", "")]);
    table.columns.push("name".into());
    for (row, name) in table.rows.iter_mut().zip(["Ann", "Bob", "Z\u{fffd}ra"]) {
        row.push(Cell::Text(name.into()));
    }
    beside.iter_mut().for_each(|one| one.ready = true);
    let rubric = Sample::new(1, 1).rubric;
    let mapped = map(&profile, &Source { table: &table, beside: &beside, rubric: &rubric }).expect("it maps");
    let reason = "a character of it could not be read (U+FFFD)";
    assert_eq!(quarantined(&mapped), [format!("c\u{fffd}1: candidate: {reason}"), format!("c3: name: {reason}")]);
    assert_eq!(mapped.rows.len(), 1);
}

#[test]
fn a_huge_note_is_refused_or_cut_as_the_profile_says() {
    let huge = "n".repeat(10 << 20);
    let unbounded = profile(&PROFILE.replace("max_len = 12", ""));
    let kept_back = mapped(&unbounded, &[("c1", "1", 4.0, "", &huge)]).expect("it maps");
    assert_eq!(quarantined(&kept_back), ["c1: ask: it has 10485760 characters, and at most 1048576 bytes are taken"]);
    let cutting = profile(&PROFILE.replace("max_len = 12", "max_len = 12\non_overflow = \"cut\""));
    let cut = mapped(&cutting, &[("c1", "1", 4.0, "", &huge)]).expect("it maps");
    assert_eq!(cut.rows[0].cells[3].text, "nnnnnnnnnnn…");
    assert_eq!(cut.cut, [("c1".into(), "ask".to_owned())]);
}

#[test]
fn a_profile_of_another_scale_than_the_rubrics_delivers_nothing() {
    for (scale, says) in [
        (
            "scale = { from = [1, 7], to = [0, 100], round = 1 }",
            "the profile scales from 1 to 7, and \"mean_points\" goes from 1 to 5",
        ),
        ("range = [0, 100]", "no scale leads there"),
    ] {
        let profile = profile(&PROFILE.replace("scale = { from = [1, 5], to = [0, 100], round = 1 }", scale));
        let problems = mapped(&profile, &[("c1", "1", 4.0, "", "")]).expect_err("the scales differ");
        assert!(problems[0].reason.as_str().contains(says), "{problems:?}");
        assert_eq!(problems[0].place.as_str(), "column \"score\"");
    }
}

#[test]
fn a_filter_leaves_out_what_is_not_ready_or_decided_and_counts_it() {
    let profile = profile(&PROFILE.replace("[format]", "[rows]\nfilter = [\"ready\", \"decided\"]\n[format]"));
    let (table, mut beside) = table(&[("c1", "1", 4.0, "advance", ""), ("c2", "2", 4.0, "", ""), ("c3", "3", 4.0, "decline", "")]);
    beside[2].ready = false;
    let rubric = Sample::new(1, 1).rubric;
    let mapped = map(&profile, &Source { table: &table, beside: &beside, rubric: &rubric }).expect("it maps");
    let keys: Vec<&str> = mapped.rows.iter().map(|row| row.key.as_str()).collect();
    assert_eq!((keys, mapped.filtered), (vec!["1"], 2));
}

#[test]
fn the_digest_of_a_row_changes_with_what_is_delivered_and_with_nothing_else() {
    let of = |row: (&str, &str, f64, &str, &str)| {
        mapped(&profile(&PROFILE.replace("digits", "text")), &[row]).expect("it maps").rows[0].digest
    };
    let digest = of(("c1", "1", 4.0, "advance", ""));
    assert_eq!(of(("other", "1", 4.0, "advance", "")), digest, "the candidate's id is in no column");
    assert_ne!(of(("c1", "1", 4.0, "decline", "")), digest);
    assert_ne!(of(("c1", "01", 4.0, "advance", "")), digest);
}

#[test]
fn more_than_one_file_holds_is_split_where_the_profile_says_so_and_refused_elsewhere() {
    let rows: Vec<String> = (1..=5).map(|n| n.to_string()).collect();
    let rows: Vec<_> = rows.iter().map(|id| ("c", id.as_str(), 4.0, "advance", "")).collect();
    let all: Vec<usize> = (0..5).collect();
    let split = PROFILE.replace("[format]", "[format]\nfilename = \"x-{part}.csv\"\nsplit = \"rows\"\nmax_rows = 2");
    let profile_of = |text: &str| profile(text);
    let mapped_rows = mapped(&profile_of(&split), &rows).expect("it maps");
    let made = files(&profile_of(&split), &mapped_rows, &all, "b").expect("it is split");
    let shape: Vec<(&str, usize)> = made.iter().map(|file| (file.name.as_str(), file.rows.len())).collect();
    assert_eq!(shape, [("x-1.csv", 2), ("x-2.csv", 2), ("x-3.csv", 1)]);

    let bytes = split.replace("max_rows = 2", "max_bytes = 100");
    let made = files(&profile_of(&bytes), &mapped_rows, &all, "b").expect("it is split");
    assert!(made.len() == 1 && made.iter().all(|file| file.bytes.len() <= 100), "{made:?}");

    let whole = split.replace("split = \"rows\"\n", "").replace("x-{part}.csv", "x.csv");
    let refused = files(&profile_of(&whole), &mapped_rows, &all, "b").expect_err("it is too much");
    assert!(refused.to_string().contains("5 rows in") && refused.to_string().contains("at most 2 rows"), "{refused}");
}

#[test]
fn the_spreadsheet_profile_takes_every_column_but_those_that_tell_names() {
    let text = super::super::profile::shipped_profile("spreadsheet").expect("it is shipped").text;
    let profile = profile(text);
    let mapped = mapped(&profile, &[("c1", "007", -4.5, "advance", "-x")]).expect("it maps");
    assert_eq!(mapped.columns.len(), 6);
    let files = files(&profile, &mapped, &[0], "b").expect("it fits");
    let text = String::from_utf8(files[0].bytes.clone()).expect("UTF-8");
    assert_eq!(text.lines().last(), Some("c1,007,-4.5,advance,'-x,R1"));
    assert_eq!(files[0].guarded.len(), 1);
}

const HTTP: &str = r#"
schema = 1
id = "web"
title = "Requests"
kind = "http"
[http]
base = "https://ats.example"
auth = { method = "bearer", token = "env:TOKEN" }
[http.values]
field = "cf-1"
[[column]]
name = "score"
from = "total"
type = "decimal"
range = [0, 100]
round = 1
[[push]]
name = "score"
path = "/applications/{application_id}/fields"
body = { fields = [ { "?" = "score", id = "{value.field}", value = "@score" }, { "?" = "decision", id = "d", value = "@decision" } ] }
safe = "idempotent"
[[push]]
name = "note"
only_if = "decision"
path = "/notes"
body = { text = "{digest8}: {decision}" }
safe = "once"
"#;

#[test]
fn requests_are_made_from_columns_fields_and_the_customers_own_values() {
    let profile = profile(HTTP);
    let rubric = Sample::new(1, 1).rubric;
    let (mut table, beside) = table(&[("c1", "a/7", 4.0, "", ""), ("c2", "8", 4.0, "advance", "")]);
    table.columns.push("total".into());
    table.rows.iter_mut().for_each(|row| row.push(Cell::Number(66.666)));
    let source = Source { table: &table, beside: &beside, rubric: &rubric };
    let mapped = map(&profile, &source).expect("it maps");
    let values = IndexMap::from([("field".to_owned(), "cf-1".to_owned())]);
    let of = |row: usize| {
        let row = &mapped.rows[row];
        let requester = Requester { profile: &profile, source: &source, mapped: &mapped, row, values: &values };
        requester.all().expect("every field has a value")
    };
    let (first, second) = (of(0), of(1));
    let sent = first[0].as_ref().expect("a score");
    assert_eq!((sent.verb.as_str(), sent.path.as_str()), ("POST", "/applications/a%2F7/fields"));
    assert_eq!(sent.body, json!({ "fields": [{ "id": "cf-1", "value": 66.7 }] }));
    assert_eq!(first[1], None, "nothing was decided");
    let note = second[1].as_ref().expect("a note");
    assert_eq!(note.body["text"], format!("{}: advance", &mapped.rows[1].digest.to_string()[..8]));
    assert_ne!(sent.digest, second[0].as_ref().expect("a score").digest);
}
