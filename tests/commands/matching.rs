//! Submissions tied to applications of the ATS, through the program.

use super::profiles::{delivered_home, delivered_home_with};

#[test]
fn ids_tie_at_once_addresses_wait_for_a_person_and_nothing_goes_by_name() {
    let home = delivered_home();
    let list = "application_id,candidate_id,email\n20,c-3,\n21,,nobody@example.org\n14,c-2,\n";
    std::fs::write(home.path().join("list.csv"), list).expect("written");
    let before = home.run(&["match", "small batch", "--json"]).json(0);
    assert_eq!(before["without"][0], "c-3", "{before}");
    let report = home.run(&["match", "small batch", "--applications", "list.csv", "--json"]).json(0);
    assert_eq!((&report["tied"][0]["application"], &report["tied"][0]["by"]), (&"20".into(), &"ids".into()), "{report}");
    assert_eq!((report["tied"].as_array().map(Vec::len), &report["without"]), (Some(1), &serde_json::json!([])), "{report}");
    let again = home.run(&["match", "small batch", "--applications", "list.csv", "--json"]).json(0);
    assert_eq!(again["tied"], serde_json::json!([]), "what is tied is tied once: {again}");

    // Two requisitions that share an interview: one submission, delivered for each of its applications.
    std::fs::write(home.path().join("own.csv"), "candidate,application,confirm\nc-3,22,yes\nc-3,23,no\n").expect("written");
    home.run(&["match", "small batch", "--confirm", "own.csv", "--json"]).json(0);
    std::fs::create_dir(home.path().join("drop")).expect("a folder");
    let args = ["deliver", "plan", "small batch", "--profile", "generic-csv", "--to", "drop", "--json"];
    let planned = home.run(&args).json(0);
    let mut ids: Vec<&str> = planned["rows"].as_array().expect("rows").iter().filter_map(|row| row["object"].as_str()).collect();
    ids.sort_unstable();
    assert_eq!(ids, ["0012", "13", "14", "20", "22"], "{planned}");

    std::fs::write(home.path().join("wrong.csv"), "candidate,application,confirm\nc-9,30,yes\n").expect("written");
    let wrong = home.run(&["match", "small batch", "--confirm", "wrong.csv"]);
    assert!(wrong.code == Some(2) && wrong.err.contains("line 2"), "{wrong:#?}");
}

#[test]
fn an_application_is_delivered_for_its_own_requisition_and_a_person_sees_what_is_confirmed() {
    let home = delivered_home_with(|document| document["submissions"][2]["candidate"]["email"] = "cosima@example.org".into());
    let list = "application_id,candidate_id,email,requisition\n20,c-3,,999\n21,,cosima@example.org,888\n22,c-2,,\n";
    std::fs::write(home.path().join("list.csv"), list).expect("written");
    let args = ["match", "small batch", "--applications", "list.csv", "--out", "proposed.csv", "--json"];
    let report = home.run(&args).json(4);
    assert_eq!(report["tied"][0]["requisition"], "999", "{report}");
    let proposed = std::fs::read_to_string(home.path().join("proposed.csv")).expect("written");
    assert_eq!(
        proposed.lines().collect::<Vec<_>>(),
        ["candidate,application,confirm,requisition,email,by", "c-3,21,,888,cosima@example.org,e-mail"]
    );
    std::fs::write(home.path().join("proposed.csv"), proposed.replace("c-3,21,,", "c-3,21,yes,")).expect("written");
    home.run(&["match", "small batch", "--confirm", "proposed.csv", "--json"]).json(0);
    std::fs::create_dir(home.path().join("drop")).expect("a folder");
    let args = ["deliver", "plan", "small batch", "--profile", "generic-csv", "--to", "drop", "--json"];
    let planned = home.run(&args).json(0);
    for (id, requisition) in [("20", "999"), ("21", "888"), ("22", "R-17"), ("13", "R-17")] {
        let row = planned["rows"].as_array().expect("rows").iter().find(|row| row["object"] == id).expect("a row");
        assert_eq!(row["values"]["requisition_id"]["new"], requisition, "{id}: {row}");
    }
}

#[test]
fn a_list_without_any_application_is_no_success() {
    let home = delivered_home();
    std::fs::write(home.path().join("list.csv"), "application_id,candidate_id\n").expect("written");
    let ran = home.run(&["match", "small batch", "--applications", "list.csv"]);
    assert!(ran.code == Some(5) && ran.err.contains("no application at all"), "{ran:#?}");
}

#[test]
fn a_list_that_ties_nothing_is_no_success_and_who_is_left_without_an_application_is_named() {
    let home = delivered_home();
    let list =
        |text: &str| std::fs::write(home.path().join("list.csv"), format!("application_id,candidate_id\n{text}")).expect("written");
    let ties = || home.run(&["match", "small batch", "--applications", "list.csv"]);
    list("90,nobody\n91,nobody-else\n");
    let none = ties();
    assert!(none.code == Some(5) && none.err.contains("None of the list belongs to this batch"), "{none:#?}");
    list("14,c-2\n90,nobody\n");
    let some = ties();
    assert!(some.code == Some(4) && some.err.contains("Without an application, and not delivered: c-3."), "{some:#?}");
    list("14,c-2\n20,c-3\n");
    assert_eq!(ties().code, Some(0));
    assert_eq!(ties().code, Some(0), "what is tied already belongs to it");
    std::fs::write(home.path().join("own.csv"), "candidate,application,confirm\nc-3,22,\n").expect("written");
    let unsaid = home.run(&["match", "small batch", "--confirm", "own.csv"]);
    assert!(unsaid.code == Some(5) && unsaid.err.contains("confirms nothing"), "{unsaid:#?}");
}
