//! Where reviewers are far apart: found after the reveal, agreed on as a third value, and laid side by side over all questions.

use serde_json::Value;

use super::{bundle, rate, sealed};
use crate::home::Home;

/// Two people who have sealed the small batch in one folder's exchange, a point apart but for one value that is three apart.
fn two() -> (tempfile::TempDir, Home, Home) {
    let folder = tempfile::tempdir().expect("a folder");
    let mara = sealed();
    let ivo = Home::new();
    ivo.run(&["identity", "--label", "Ivo", "--json"]).json(0);
    bundle::write(ivo.path());
    ivo.run(&["import", "bundle", "--json"]).json(0);
    let path = folder.path().to_string_lossy().into_owned();
    let print = |home: &Home| home.run(&["identity", "--json"]).json(0)["fingerprint"].as_str().expect("one").to_owned();
    let (hers, his) = (format!("Mara={}", print(&mara)), format!("Ivo={}", print(&ivo)));
    mara.run(&["exchange", &path]);
    ivo.run(&["exchange", &path, "--trust", &hers]);
    mara.run(&["exchange", &path, "--trust", &his, "--json"]).json(0);
    ivo.run(&["exchange", &path, "--json"]).json(0);
    super::rate_all(&ivo);
    assert_eq!(rate(&ivo, "c-1", "1", "diagnosis", "2").code, Some(0));
    ivo.run(&["seal", "small batch", "--all", "--acknowledge-unheard", "--json"]).json(0);
    (0..3).for_each(|_| [&ivo, &mara].iter().for_each(|home| drop(home.run(&["exchange", &path, "--json"]).json(0))));
    (folder, mara, ivo)
}

fn list(home: &Home) -> Value {
    home.run(&["reconcile", "small batch", "--json"]).json(0)
}

#[test]
fn a_disagreement_of_two_points_is_listed_agreed_on_and_both_values_stay() {
    let (folder, mara, ivo) = two();
    let found = list(&mara);
    assert_eq!((&found["open"], &found["agreed"]), (&1.into(), &0.into()), "{found}");
    let one = &found["disagreements"][0];
    assert_eq!((&one["candidate"], &one["criterion"], &one["spread"]), (&"c-1".into(), &"diagnosis".into(), &2.0.into()), "{one}");
    let before = mara.run(&["panel", "small batch", "--json"]).json(0);

    let agree =
        ["reconcile", "small batch", "--agree", "c-1", "1", "diagnosis", "3", "--why", "the <b>log</b> was read late", "--json"];
    assert_eq!(mara.run(&agree[..7]).code, Some(2), "never without a reason");
    let done = mara.run(&agree).json(0);
    assert_eq!(done["agreed"]["value"], "3", "{done}");
    let found = list(&mara);
    assert_eq!((&found["open"], &found["agreed"]), (&0.into(), &1.into()), "{found}");
    let values = found["disagreements"][0]["values"].as_array().expect("both").len();
    assert_eq!(values, 2, "both values stay: {found}");
    let after = mara.run(&["panel", "small batch", "--json"]).json(0);
    assert_eq!(before["ranking"], after["ranking"], "no number changes");
    // It is the last act, and taken back as such.
    let undone = mara.run(&["undo", "small batch", "--json"]).json(0);
    assert_eq!((&undone["kind"], &undone["candidate"]), (&"reconciled".into(), &"c-1".into()), "{undone}");
    assert_eq!(list(&mara)["open"], 1);
    mara.run(&["redo", "small batch", "--json"]).json(0);
    assert_eq!(list(&mara)["agreed"], 1);
    let brief = mara.run(&["brief", "small batch", "c-1"]).out;
    assert!(brief.contains("2 points apart") && brief.contains("agreed on 3 afterwards, written down by "), "{brief}");
    let card = mara.run(&["scorecard", "small batch", "c-1", "--out", "cards", "--json"]).json(0);
    let file = mara.path().join(card["scorecards"][0]["path"].as_str().expect("a path"));
    if let Some(text) = super::reporting::by("pdftotext", &["-raw"], &file) {
        assert!(text.contains("agreed on 3 afterwards"), "{text}");
    }
    // The other one sees it too, and the table shows it beside both.
    let path = folder.path().to_string_lossy().into_owned();
    (0..2).for_each(|_| [&mara, &ivo].iter().for_each(|home| drop(home.run(&["exchange", &path, "--json"]).json(0))));
    assert_eq!(list(&ivo)["agreed"], 1);
    let table = ivo.run(&["compare", "small batch", "--all"]).out;
    assert!(table.contains("-> 3"), "{table}");

    // Tables have it beside the values that were given, and the report with who and why.
    let long = mara.run(&["export", "small batch", "--shape", "long", "--format", "jsonl", "--rows", "sealed"]).out;
    let of: Vec<&str> = long.lines().filter(|line| line.contains("c-1") && line.contains("diagnosis")).collect();
    assert_eq!(of.len(), 2, "{long}");
    assert!(of.iter().all(|line| line.contains("\"agreed_value\":3") && line.contains("the <b>log</b> was read late")), "{of:?}");
    assert!(of.iter().any(|line| line.contains("\"value\":2,")) && of.iter().any(|line| line.contains("\"value\":4,")), "{of:?}");
    assert_eq!(long.matches("\"agreed_value\":3").count(), 2, "nothing else was agreed on");
    let wide = mara.run(&["export", "small batch", "--format", "jsonl", "--rows", "sealed"]).out;
    assert!(wide.contains("\"outage.diagnosis.agreed\":3"), "{wide}");
    mara.run(&["report", "small batch", "--out", "r.html", "--excerpts", "none", "--json"]).json(0);
    let page = std::fs::read_to_string(mara.path().join("r.html")).expect("written");
    assert!(
        page.contains("Agreed afterwards: 3, written down by ") && page.contains("the &lt;b&gt;log&lt;/b&gt; was read late"),
        "{page}"
    );

    // Whoever agrees otherwise later: the later stands, and both are said, as where two decided differently.
    let otherwise = ["reconcile", "small batch", "--agree", "c-1", "1", "diagnosis", "2", "--why", "it was not read", "--json"];
    ivo.run(&otherwise).json(0);
    (0..2).for_each(|_| [&ivo, &mara].iter().for_each(|home| drop(home.run(&["exchange", &path, "--json"]).json(0))));
    for command in [&["reconcile", "small batch"][..], &["compare", "small batch", "--all"]] {
        let told = mara.run(command).out;
        assert!(told.contains("agreed differently: you 3, ") && told.contains(" 2; the last stands"), "{command:?}: {told}");
    }
    assert_eq!(list(&mara)["disagreements"][0]["agreed"]["otherwise"][0]["value"], "3");
    let long = mara.run(&["export", "small batch", "--shape", "long", "--rows", "sealed", "--json"]).json(0);
    let row = long["rows"]
        .as_array()
        .expect("rows")
        .iter()
        .find(|row| row["agreed_value"].as_f64() == Some(2.0))
        .expect("agreed on")
        .clone();
    let text = |column: &str| row[column].as_str().expect("a word").to_owned();
    assert!(text("agreed_otherwise").ends_with(" 3") && text("agreed_otherwise").starts_with(&text("agreed_with")), "{row}");
    assert!(text("agreed_by") != text("agreed_with") && !text("agreed_by").contains(','), "who wrote it, and nobody else: {row}");

    let off = mara.run(&["reconcile", "small batch", "--agree", "c-1", "1", "diagnosis", "9", "--why", "x"]);
    assert_eq!(off.code, Some(2), "{off:#?}");
}

#[test]
fn all_questions_stand_side_by_side_with_the_farthest_apart_first_and_nothing_before_the_seal() {
    let (_folder, mara, _ivo) = two();
    let all = mara.run(&["compare", "small batch", "--all", "--json"]).json(0);
    assert_eq!((&all["rows"][0]["criterion"], &all["rows"][0]["spread"]), (&"diagnosis".into(), &2.0.into()), "{all}");
    let in_order = mara.run(&["compare", "small batch", "--all", "--in-order", "--candidates", "c-3", "--json"]).json(0);
    assert_eq!(in_order["candidates"].as_array().map(Vec::len), Some(1), "{in_order}");
    mara.run(&["shortlist", "small batch", "c-2", "--json"]).json(0);
    let listed = mara.run(&["compare", "small batch", "--all", "--json"]).json(0);
    assert_eq!(listed["candidates"][0]["candidate"], "c-2", "the shortlist is what is compared: {listed}");

    let lone = super::attached();
    rate(&lone, "c-1", "1", "diagnosis", "4");
    let hidden = lone.run(&["compare", "small batch", "--all"]).out;
    assert!(hidden.contains("when all of your own are sealed"), "{hidden}");
    assert_eq!(list(&lone)["disagreements"].as_array().map(Vec::len), Some(0));
}
