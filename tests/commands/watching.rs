//! What is seen of a delivery while it goes on: how far it is, and that somebody delivers.

use std::process::Command;
use std::sync::{Arc, Mutex};

use super::ats::{Ats, Reply};
use super::requests::{Ashby, VARIABLES, ashby, own_profile, plan};

#[test]
fn how_far_a_delivery_is_stands_on_the_terminal_and_nowhere_else() {
    let (home, server, _state) = ashby();
    plan(&home, &server.address, &VARIABLES).json(4);
    let variables = [&VARIABLES[..], &[("TERM", "xterm")]].concat();
    let (screen, code) = home.run_at_terminal_with(&variables, "", &["deliver", "apply", "plan.json"]);
    assert!(code == 4 && screen.contains("Sending [") && screen.contains("/6 rows"), "{screen}");
    assert!(screen.trim_end().ends_with("0 unknown"), "the bar is gone when all is said: {screen}");
    for quiet in ["--plain", "--quiet"] {
        let (screen, _) = home.run_at_terminal_with(&variables, "", &["deliver", "apply", "plan.json", quiet]);
        assert!(!screen.contains("Looking at what is there"), "{quiet}: {screen}");
    }
}

#[test]
fn what_is_being_delivered_by_another_process_is_called_that() {
    let home = super::profiles::delivered_home();
    own_profile(&home, "ashby");
    let state = Arc::new(Mutex::new(Ashby::default()));
    let looks: Vec<Command> = vec![
        home.command(&["deliver", "status", "small batch"]),
        home.command(&["deliver", "retry", "small batch", "--profile", "spreadsheet", "--to", "x.csv"]),
    ];
    let (looks, seen) = (Mutex::new(looks), Arc::new(Mutex::new(Vec::new())));
    let told = Arc::clone(&seen);
    let server = Ats::start(move |got| {
        if got.path == "/customField.setValues" {
            for mut look in looks.lock().expect("no panic").drain(..) {
                let output = look.output().expect("it starts");
                told.lock().expect("no panic").push((output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned()));
            }
        }
        let reply: Reply = state.lock().expect("no panic").serve(got);
        reply
    });
    plan(&home, &server.address, &VARIABLES).json(4);
    home.run_with(&VARIABLES, &["deliver", "apply", "plan.json", "--json"]).json(4);
    let seen = seen.lock().expect("no panic");
    assert!(seen[0].0 == Some(4) && seen[0].1.contains("being delivered now"), "{seen:#?}");
    assert!(seen[1].0 == Some(75) && seen[1].1.contains("another earmark is delivering"), "{seen:#?}");
    let after = home.run(&["deliver", "status", "small batch"]);
    assert!(after.code == Some(0) && !after.err.contains("being delivered now"), "{after:#?}");
}
