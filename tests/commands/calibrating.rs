//! Anchor clips by commands: taken in with the rubric, heard, rated, and the experts' reasons afterwards.

use super::bundle::{RUBRIC, media};
use super::{imported, rate};
use crate::home::Home;

const CLIP: &str = r#"
[[anchor_clip]]
id = "clip-a"
question = "outage"
media = "anchors/clip-a.ogg"
key = { diagnosis = 2, news = 4 }
rationale = "Lists fixes tried; no idea stated."
"#;

/// The small batch, and a rubric with a clip that lies beside it.
fn with_clip(preset: &str) -> Home {
    let home = imported();
    std::fs::write(home.path().join("clips.toml"), format!("{RUBRIC}\n{CLIP}\n{preset}")).expect("a file can be written");
    std::fs::create_dir(home.path().join("anchors")).expect("a folder can be made");
    std::fs::copy(media("voice.ogg"), home.path().join("anchors/clip-a.ogg")).expect("a file that the repository holds");
    home
}

fn attach(home: &Home) -> crate::home::Ran {
    home.run(&["rubric", "attach", "small batch", "clips.toml", "--yes"])
}

#[test]
fn clips_are_taken_in_with_the_rubric_and_rated_before_what_the_experts_gave_shows() {
    let home = with_clip("");
    assert_eq!(attach(&home).code, Some(0));
    std::fs::remove_dir_all(home.path().join("anchors")).expect("it is kept in the library");
    let before = home.run(&["calibrate", "small batch", "--json"]).json(0);
    assert_eq!((&before["due"][0], &before["mean_abs_error"]), (&"clip-a".into(), &serde_json::Value::Null));
    assert_eq!(before["clips"][0]["here"], true);
    assert!(!before.to_string().contains("Lists fixes"), "{before}");

    let written = home.run(&["calibrate", "small batch", "clip-a", "--out", "heard.ogg"]);
    assert_eq!(written.code, Some(0), "{written:#?}");
    let bytes = |path: std::path::PathBuf| std::fs::read(path).expect("a file");
    assert_eq!(bytes(home.path().join("heard.ogg")), bytes(media("voice.ogg")));

    let half = home.run(&["calibrate", "small batch", "clip-a", "diagnosis=3"]);
    assert_eq!(half.code, Some(2), "{half:#?}");
    assert!(half.err.contains("still to rate: news"), "{half:#?}");
    let no = home.run(&["calibrate", "small batch", "clip-a", "diagnosis=3", "news=NO"]);
    assert!(no.code == Some(2) && no.err.contains("news takes a point") && !no.err.contains("Lists fixes"), "{no:#?}");
    let rated = home.run(&["calibrate", "small batch", "clip-a", "diagnosis=3", "news=4", "--json"]).json(0);
    assert_eq!((&rated["mean_abs_error"], &rated["passes"]), (&0.5.into(), &true.into()), "{rated}");
    assert_eq!(rated["experts"][0], serde_json::json!({ "criterion": "diagnosis", "value": 3, "expert": 2.0 }));
    assert_eq!((&rated["due"], &rated["answers_left"]), (&serde_json::json!([]), &25.into()));
    let said = home.run(&["calibrate", "small batch"]);
    assert!(said.out.contains("0.50 points from the experts") && said.out.contains("of 2 values, within the 0.75"), "{said:#?}");
    let source = home.run(&["rubric", "show", "--batch", "small batch", "--source"]);
    let attached = std::fs::read_to_string(home.path().join("clips.toml")).expect("a file");
    assert!(source.code == Some(0) && source.out == attached, "{source:#?}");
    assert_eq!(home.run(&["rubric", "show", "small batch", "--source", "--json"]).json(0)["source"], attached);
    assert_eq!(home.run(&["doctor", "--json"]).code, Some(0), "a clip is no damage");
}

#[test]
fn a_clip_that_is_not_there_or_cannot_be_played_is_named_and_nothing_is_attached() {
    let home = with_clip("");
    std::fs::write(home.path().join("anchors/clip-a.ogg"), b"no recording").expect("a file can be written");
    let refused = attach(&home);
    assert_eq!(refused.code, Some(1), "{refused:#?}");
    assert!(refused.err.contains("clip-a"), "{refused:#?}");
    std::fs::remove_file(home.path().join("anchors/clip-a.ogg")).expect("it was there");
    let refused = attach(&home);
    assert!(refused.err.contains("not there") && refused.err.contains("calibration"), "{refused:#?}");
    assert_eq!(home.run(&["batches", "--json"]).json(0)[0]["has_rubric"], false);
}

#[test]
fn a_clip_that_is_due_comes_before_the_first_rating_on_the_command_line_too_and_can_be_put_off() {
    let home = with_clip("");
    assert_eq!(attach(&home).code, Some(0));
    let refused = rate(&home, "c-1", "1", "diagnosis", "4");
    assert_eq!(refused.code, Some(1), "{refused:#?}");
    assert!(refused.err.contains("clip-a") && refused.err.contains("--put-off-clip"), "{refused:#?}");
    let put_off = home.run(&["rate", "small batch", "c-1", "1", "diagnosis", "4", "--put-off-clip"]);
    assert_eq!(put_off.code, Some(0), "{put_off:#?}");
}

#[test]
fn a_clip_rated_again_with_its_key_on_screen_does_not_count() {
    let home = with_clip("");
    assert_eq!(attach(&home).code, Some(0));
    let failed = home.run(&["calibrate", "small batch", "clip-a", "diagnosis=5", "news=1", "--json"]).json(0);
    assert_eq!((&failed["passes"], &failed["counts"]), (&false.into(), &true.into()), "{failed}");
    let again = home.run(&["calibrate", "small batch", "clip-a", "diagnosis=2", "news=4", "--json"]).json(0);
    assert_eq!((&again["passes"], &again["counts"]), (&false.into(), &false.into()), "{again}");
}

#[test]
fn where_the_protocol_requires_it_no_rating_is_taken_before_the_clip() {
    let home = with_clip("[protocol]\npreset = \"audit\"\n");
    let attached = attach(&home);
    assert_eq!(attached.code, Some(0), "{attached:#?}");
    let refused = rate(&home, "c-1", "1", "diagnosis", "4");
    assert_eq!(refused.code, Some(1), "{refused:#?}");
    assert!(refused.err.contains("clip-a") && refused.err.contains("earmark calibrate"), "{refused:#?}");
    home.run(&["calibrate", "small batch", "clip-a", "diagnosis=2", "news=4", "--json"]).json(0);
    assert_eq!(rate(&home, "c-1", "1", "diagnosis", "4").code, Some(0));
}

#[test]
fn a_clip_that_comes_due_half_way_through_an_answer_waits_for_the_next_one() {
    let home =
        with_clip("[protocol]\npreset = \"audit\"\ncalibration = { clips = 1, max_mean_abs_error = 0.75, repeat_every = 1 }\n");
    let attached = attach(&home);
    assert_eq!(attached.code, Some(0), "{attached:#?}");
    home.run(&["calibrate", "small batch", "clip-a", "diagnosis=2", "news=4", "--json"]).json(0);
    assert_eq!(rate(&home, "c-1", "1", "diagnosis", "4").code, Some(0));
    let said = home.run(&["calibrate", "small batch"]);
    assert!(said.out.contains("clip-a; no answer is begun before that"), "{said:#?}");
    let second = rate(&home, "c-1", "1", "news", "4");
    assert_eq!(second.code, Some(0), "{second:#?}");
    let next = rate(&home, "c-2", "1", "diagnosis", "4");
    assert!(next.code == Some(1) && next.err.contains("clip-a"), "{next:#?}");
}
