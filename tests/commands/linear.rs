//! Delivering by the application itself, line by line: the screen's own acts, through the same code as the commands.

use std::io::Write as _;
use std::process::Stdio;

use super::delivering::{dropped, with_drop};
use crate::home::Home;

/// Types these lines at the batch; what was told.
fn typed(home: &Home, lines: &str) -> String {
    typed_with(home, &[], lines)
}

/// The same with these variables.
pub(super) fn typed_with(home: &Home, variables: &[(&str, &str)], lines: &str) -> String {
    let mut command = home.command(&["review", "small batch", "--plain"]);
    command.envs(variables.iter().copied());
    command.env("EARMARK_AUDIO", "null").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("it starts");
    child.stdin.take().expect("a pipe").write_all(lines.as_bytes()).expect("it listens");
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(0), "{output:#?}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn a_plan_is_made_applied_and_told_and_the_next_time_profile_and_place_are_known() {
    let home = with_drop();
    let first = typed(&home, "deliver\nplan\ngeneric\ndrop\napply\n1\nquit\n");
    for told in [
        "4 selected: 3 create, 0 update, 0 unchanged, 0 moved, 1 quarantined",
        "application_id is not known",
        "4 selected = 3 delivered + 0 unchanged + 0 moved + 1 quarantined + 0 failed + 0 unknown",
    ] {
        assert!(first.contains(told), "{told}\n{first}");
    }
    assert_eq!(dropped(&home.path().join("drop")).keys().collect::<Vec<_>>(), ["0012", "13", "14"]);
    let second = typed(&home, "deliver\nplan\napply\nretry\nquit\n");
    for told in ["By the profile generic-csv, to /", "3 sent, and all of it arrived", "3 unchanged", "nothing is to be sent"] {
        assert!(second.contains(told), "{told}\n{second}");
    }
    let status = home.run(&["deliver", "status", "small batch", "--json"]).json(0);
    assert_eq!(status[0]["open"], 0, "{status}");
}

#[test]
fn a_file_that_lies_in_the_way_is_written_over_once_that_is_said() {
    let home = with_drop();
    let sheet = home.path().join("sheet.csv");
    std::fs::write(&sheet, "someone's own").expect("written");
    let first = typed(&home, "deliver\nplan\nspreadsheet\nsheet.csv\napply\n1\n1\n1\nquit\n");
    assert!(first.contains("Write over the file that lies there?"), "{first}");
    assert_eq!(std::fs::read(&sheet).expect("there"), b"someone's own", "the first choice leaves it");
    let told = typed(&home, "deliver\nretry\n1\n2\nquit\n");
    assert!(told.contains("4 selected = 4 delivered"), "{told}");
    assert!(std::fs::read_to_string(&sheet).expect("there").contains("c-2"));
}

#[test]
fn what_an_address_proposes_is_confirmed_line_by_line() {
    let home = super::profiles::delivered_home_with(|document| {
        document["submissions"][2]["candidate"]["email"] = "cosima@example.org".into();
    });
    std::fs::write(home.path().join("list.csv"), "application_id,candidate_id,email\n20,,Cosima@example.org\n21,c-2,\n")
        .expect("written");
    let told = typed(&home, "deliver\nmatch\n1\nlist.csv\n1\n2\nquit\n");
    assert!(told.contains("1 tied by their ids; 1 proposed by an e-mail address"), "{told}");
    let without = home.run(&["match", "small batch", "--json"]).json(0);
    assert_eq!(without["without"], serde_json::json!([]), "{told}");
}
