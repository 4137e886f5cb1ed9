//! `earmark search`: what it finds, and what it does not.

use serde_json::Value;

use super::imported;
use crate::home::Home;

/// The small batch, in which two candidates say something; the first says her name.
fn speaking() -> Home {
    let home = imported();
    let vtt = |first: &str, second: &str| {
        format!("WEBVTT\n\n00:00:01.000 --> 00:00:03.000\n{first}\n\n00:00:03.500 --> 00:00:04.500\n{second}\n")
    };
    let folder = home.path().join("bundle");
    std::fs::write(folder.join("a.vtt"), vtt("I am Amalie and I guessed.", "My guess was: the disk!")).expect("written");
    std::fs::write(folder.join("b.vtt"), vtt("Nobody guesses twice.", "So we deployed it.")).expect("written");
    let file = folder.join("batch.json");
    let mut batch: Value = serde_json::from_slice(&std::fs::read(&file).expect("written")).expect("JSON");
    batch["submissions"][0]["answers"][0]["transcript"] = "a.vtt".into();
    batch["submissions"][1]["answers"][1]["transcript"] = "b.vtt".into();
    std::fs::write(&file, batch.to_string()).expect("written");
    home.run(&["import", "bundle", "--json"]).json(0);
    home
}

fn hits(home: &Home, args: &[&str]) -> Vec<Value> {
    let code = |ran: &crate::home::Ran| ran.code.unwrap_or(-1);
    let ran = home.run(&[&["search", "small batch", "--json"], args].concat());
    assert!(matches!(code(&ran), 0 | 5), "{ran:#?}");
    let found = ran.json(code(&ran));
    found["hits"].as_array().cloned().expect("hits")
}

#[test]
fn every_form_of_a_phrase_is_found_question_by_question_with_its_moment_and_quote() {
    let home = speaking();
    let found = hits(&home, &["guess"]);
    let at: Vec<_> = found.iter().map(|hit| (hit["question"].as_str(), hit["at_ms"].as_u64(), hit["said"].as_str())).collect();
    let expected = [
        (Some("q-01"), Some(1_000), Some("guessed.")),
        (Some("q-01"), Some(3_500), Some("guess")),
        (Some("q-02"), Some(1_000), Some("guesses")),
    ];
    assert_eq!(at, expected);
    assert_eq!(found[1]["before"], "I am [name] and I guessed. My");
    assert_eq!(found[1]["after"], "was: the disk!");
    assert_eq!(found[0]["candidate"], "c-1");
    assert_eq!(hits(&home, &["guess", "--question", "2"]).len(), 1);
    assert_eq!(hits(&home, &["\"guess\""]).len(), 1);
    let said = home.run(&["search", "small batch", "my guess"]);
    assert!(said.out.contains("1 q-01 · 1 place") && said.out.contains("0:03") && said.out.contains("[My guess]"), "{said:#?}");
}

#[test]
fn a_hidden_name_is_not_found_and_a_phrase_that_nobody_said_is_an_exit_code() {
    let home = speaking();
    for probe in ["Amalie", "am and", "name", "[name]x"] {
        assert_eq!(hits(&home, &[probe]), Vec::<Value>::new(), "{probe}");
    }
    assert_eq!(home.run(&["search", "small batch", "zeppelin"]).code, Some(5));
    assert_eq!(home.run(&["search", "small batch", " ?! "]).code, Some(2));
    let revealed = home.run(&["reveal", "small batch", "c-1", "--reason", "finished"]);
    assert_eq!(revealed.code, Some(0), "{revealed:#?}");
    assert_eq!(hits(&home, &["Amalie"]).len(), 1);
}
