//! Settings as people write them.

use super::*;

fn layered(text: &str, variables: &[(&str, &str)], flags: &[Flag]) -> Result<Settings, Vec<Problem>> {
    let variable = |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
    Settings::layered("settings.toml", text, variable, flags)
}

fn mistakes(text: &str) -> Vec<String> {
    let problems = layered(text, &[], &[]).expect_err("it has mistakes");
    problems.iter().map(|p| format!("{}: {}; {}", p.place, p.reason, p.remedy)).collect()
}

#[test]
fn each_layer_wins_over_the_one_before_it_and_says_so() {
    let text = "speed = 1.5\nplain = false\ncolor = \"on\"\n[reviewer]\nlabel = \"Mara\"\n";
    let flags = [Flag { flag: "--plain", name: "plain", value: Raw::Truth(true) }];
    let settings = layered(text, &[("EARMARK_SPEED", "2"), ("EARMARK_REVIEWER_LABEL", "")], &flags).expect("they are right");
    assert_eq!((settings.speed.value.factor(), settings.speed.origin.to_string()), (2.0, "$EARMARK_SPEED".into()));
    assert_eq!((settings.plain.value, settings.plain.origin.to_string()), (true, "--plain".into()));
    assert_eq!((settings.color.value, settings.color.origin.to_string()), (Color::On, "settings.toml:3".into()));
    assert_eq!(settings.reviewer_label.value.as_deref(), Some("Mara"));
    assert_eq!(settings.reviewer_label.origin.to_string(), "settings.toml:5");
    assert_eq!((settings.mouse.value, settings.mouse.origin.to_string()), (true, "default".into()));
}

#[test]
fn every_mistake_is_reported_at_once_with_its_line() {
    assert_eq!(
        mistakes("theem = \"dusk\"\n\nspeed = \"fast\"\nplain = 1\n[reviewer]\nlable = \"x\"\n[sauce]\nurl = 1"),
        [
            "line 1: there is no setting `theem`; did you mean `theme`?".to_owned(),
            "line 3: `speed` is \"fast\", not a number from 0.5 to 3; write a number from 0.5 to 3".to_owned(),
            "line 4: `plain` is 1, not true or false; write true or false".to_owned(),
            "line 6: there is no setting `reviewer.lable`; did you mean `reviewer.label`?".to_owned(),
            format!("line 7: there is no setting `sauce`; remove it; the settings are {}", Settings::NAMES.join(", ")),
        ]
    );
}

#[test]
fn a_line_that_is_no_toml_does_not_hide_the_other_mistakes() {
    let found = mistakes("color = \nspeed = 9\ntheme = [1]\n");
    assert_eq!(found.len(), 3, "{found:#?}");
    assert!(found[0].starts_with("line 1: "), "{found:#?}");
    assert!(found[1].starts_with("line 2: `speed` is 9"), "{found:#?}");
    assert!(found[2].starts_with("line 3: `theme` is a list"), "{found:#?}");
}

#[test]
fn a_wrong_variable_is_named() {
    let problems = layered("", &[("EARMARK_COLOR", "blue"), ("EARMARK_MOUSE", "off")], &[]).expect_err("blue is no answer");
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0].place.as_str(), "EARMARK_COLOR");
    assert_eq!(problems[0].reason.as_str(), "it is \"blue\", not \"auto\", \"on\" or \"off\"");
}

#[test]
fn a_variable_may_be_a_name_that_looks_like_a_number() {
    let settings = layered("", &[("EARMARK_REVIEWER_PSEUDONYM", "7")], &[]).expect("a name");
    assert_eq!(settings.reviewer_pseudonym.value.as_deref(), Some("7"));
}

#[test]
fn every_row_is_named_like_its_setting_and_explained() {
    let settings = Settings::default();
    let rows = settings.rows();
    assert_eq!(rows.iter().map(|row| row.name).collect::<Vec<_>>(), Settings::NAMES);
    assert!(rows.iter().all(|row| row.help.ends_with('.')), "{rows:#?}");
}

#[test]
fn a_keys_file_is_found_from_the_settings_folder() {
    let paths = Paths {
        home: "/home/m".into(),
        config: "/etc/m".into(),
        settings: "/etc/m/settings.toml".into(),
        settings_chosen: false,
        library_chosen: false,
        library: PathBuf::new(),
        demo: PathBuf::new(),
        state: PathBuf::new(),
        cache: PathBuf::new(),
    };
    let file = |text| layered(text, &[], &[]).expect("right").keys_file(&paths);
    assert_eq!(file("keys = \"mine.toml\""), Path::new("/etc/m/mine.toml"));
    assert_eq!(file("keys = \"~/k.toml\""), Path::new("/home/m/k.toml"));
    assert_eq!(file("keys = \"/k.toml\""), Path::new("/k.toml"));
    assert_eq!(file(""), Path::new("/etc/m/keys.toml"));
}
