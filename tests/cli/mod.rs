//! The program as scripts and people meet it: messages, results, exit codes.

mod import;
mod packed;
mod packers;

use std::process::Stdio;

use crate::home::Home;

#[test]
fn an_identity_is_made_once_and_stays() {
    let home = Home::new();
    let first = home.run(&["identity", "--label", "Mara", "--json"]).json(0);
    let second = home.run(&["identity", "--json"]).json(0);
    assert_eq!(first, second);
    assert_eq!(second["label"], "Mara");

    let renamed = home.run(&["identity", "--label", "Mara K.", "--json"]).json(0);
    assert_eq!(renamed["label"], "Mara K.");
    assert_eq!(renamed["reviewer"], first["reviewer"]);
    assert_eq!(renamed["signing"], first["signing"]);
}

#[test]
fn many_processes_at_once_agree_on_one_identity() {
    let home = Home::new();
    let start = || home.command(&["identity", "--label", "Mara", "--json"]).stdout(Stdio::piped()).spawn().expect("it starts");
    let running: Vec<_> = (0..8).map(|_| start()).collect();
    let mut seen: Vec<_> = running.into_iter().map(|child| child.wait_with_output().expect("it ends").stdout).collect();
    seen.dedup();
    assert_eq!(seen.len(), 1, "{seen:#?}");
}

#[test]
fn a_script_gives_an_identity_by_settings_or_is_told_how() {
    let home = Home::new();
    let refused = home.run(&["identity"]);
    assert_eq!(refused.code, Some(2), "{refused:#?}");
    insta::assert_snapshot!(refused.err, @"
    Could not tell who you are: there is no identity yet, and no terminal to ask at
    Hint: give one with `earmark identity --label NAME`, or set EARMARK_REVIEWER_LABEL
    ");
    assert!(!home.identity().exists());

    home.settings("[reviewer]\npseudonym = \"R7\"\n");
    let made = home.run_with(&[("EARMARK_REVIEWER_LABEL", "Mara")], &["identity", "--json"]).json(0);
    assert_eq!((&made["label"], &made["pseudonym"]), (&"Mara".into(), &"R7".into()));
}

#[test]
fn a_person_is_asked_at_the_terminal_and_only_once() {
    let home = Home::new();
    let (screen, code) = home.run_at_terminal("\nMara\n", &["identity"]);
    assert_eq!(code, 0, "{screen}");
    assert_eq!(screen.matches("What name should colleagues see").count(), 2, "an empty answer is asked again: {screen}");
    let (screen, code) = home.run_at_terminal("", &["identity"]);
    assert_eq!(code, 0, "{screen}");
    assert!(screen.contains("label       Mara") && !screen.contains("What name"), "{screen}");
}

#[test]
fn the_exported_half_holds_no_private_key() {
    let home = Home::new();
    home.run(&["identity", "--label", "Mara", "--pseudonym", "R7"]);
    let exported = home.run(&["identity", "--export"]);
    let lines: Vec<_> = exported.out.lines().filter_map(|line| line.split_once(" = ")).map(|(name, _)| name).collect();
    assert_eq!(lines, ["reviewer", "label", "pseudonym", "signing", "encryption"]);
    let stored = std::fs::read_to_string(home.identity()).expect("it was made");
    let secrets = stored.lines().filter(|line| line.starts_with("signing") || line.starts_with("encryption"));
    for secret in secrets.filter_map(|line| line.split('"').nth(1)) {
        assert!(!exported.out.contains(secret));
    }
}

#[cfg(unix)]
#[test]
fn an_identity_is_private_and_one_that_others_can_read_is_refused() {
    use std::os::unix::fs::PermissionsExt as _;
    let home = Home::new();
    home.run(&["identity", "--label", "Mara"]);
    let mode = |path: &std::path::Path| std::fs::metadata(path).expect("there").permissions().mode() & 0o777;
    assert_eq!(mode(&home.identity()), 0o600);
    assert_eq!(mode(&home.path().join(".config/earmark")), 0o700);

    std::fs::set_permissions(home.identity(), std::fs::Permissions::from_mode(0o644)).expect("changed");
    let refused = home.run(&["identity"]);
    assert_eq!(refused.code, Some(1));
    insta::assert_snapshot!(refused.err, @"
    Could not use your identity
    Caused by: ~/.config/earmark/identity.toml cannot be read
               other users can open it (mode 0644, it should be 0600)
    Hint: it must be yours alone: chmod 600 ~/.config/earmark/identity.toml
    ");
}

#[test]
fn escapes_in_a_name_reach_neither_screen_nor_json() {
    let home = Home::new();
    let name = "Mara\x1b]0;owned\x07\u{202e}";
    let shown = home.run(&["identity", "--label", name]);
    let json = home.run(&["identity", "--json"]);
    for text in [&shown.out, &json.out] {
        assert!(!text.contains(['\x1b', '\x07', '\u{202e}']), "{text:?}");
    }
    assert_eq!(json.json(0)["label"], "Mara␛]0;owned␇");

    let refused = home.run(&[name]);
    assert_eq!(refused.code, Some(2));
    assert!(refused.err.contains("unrecognized subcommand 'Mara"), "{}", refused.err);
    assert!(!refused.err.contains(['\x1b', '\x07', '\u{202e}']), "{:?}", refused.err);
}

#[test]
fn a_settings_file_with_three_mistakes_reports_all_three_with_their_lines() {
    let home = Home::new();
    home.settings("speed = 9\nplain = \"yes\"\n\ntheem = \"dusk\"\n");
    let refused = home.run(&["config", "show"]);
    assert_eq!(refused.code, Some(2));
    assert_eq!(refused.out, "");
    insta::assert_snapshot!(refused.err, @r#"
    Could not take the settings of ~/.config/earmark/settings.toml
    Caused by: line 1: `speed` is 9, not a number from 0.5 to 3; write a number from 0.5 to 3
               line 2: `plain` is "yes", not true or false; write true or false
               line 4: there is no setting `theem`; did you mean `theme`?
    Hint: mend them all at once; `earmark doctor` looks at everything else
    "#);
}

#[test]
fn a_mistake_in_a_variable_names_the_variable_and_blames_no_file() {
    let home = Home::new();
    let refused = home.run_with(&[("EARMARK_SPEED", "9"), ("EARMARK_PLAIN", "perhaps")], &["config", "show"]);
    assert_eq!(refused.code, Some(2));
    insta::assert_snapshot!(refused.err, @r#"
    Could not take the settings of the environment
    Caused by: EARMARK_PLAIN: it is "perhaps", not true or false; set it to true or false, or unset it
               EARMARK_SPEED: it is "9", not a number from 0.5 to 3; set it to a number from 0.5 to 3, or unset it
    Hint: mend them all at once; `earmark doctor` looks at everything else
    "#);
    home.settings("theem = \"dusk\"\n");
    let both = home.run_with(&[("EARMARK_SPEED", "9")], &["config", "show"]);
    assert!(
        both.err.starts_with("Could not take the settings of ~/.config/earmark/settings.toml and the environment\n"),
        "{both:#?}"
    );
}

#[test]
fn a_theme_that_does_not_exist_is_told_with_the_shipped_names() {
    let home = Home::new();
    home.settings("theme = \"dsuk\"\n");
    let shown = home.run(&["config", "show"]);
    assert_eq!(shown.code, Some(0));
    assert!(shown.err.contains("Could not find the theme dsuk"), "{}", shown.err);
    assert!(shown.err.contains("or one of "), "{}", shown.err);
}

#[test]
fn every_setting_says_who_set_it() {
    let home = Home::new();
    home.settings("speed = 1.5\nautoplay = true\n");
    let shown = home.run_with(&[("EARMARK_AUTOPLAY", "false")], &["config", "show", "--origin", "--no-color", "--json"]).json(0);
    let row = |name: &str| (shown[name]["value"].clone(), shown[name]["origin"].clone());
    assert_eq!(row("speed"), (1.5.into(), "~/.config/earmark/settings.toml:1".into()));
    assert_eq!(row("autoplay"), (false.into(), "$EARMARK_AUTOPLAY".into()));
    assert_eq!(row("color"), ("off".into(), "--no-color".into()));
    assert_eq!(row("theme"), (serde_json::Value::Null, "default".into()));
    assert_eq!(shown["settings_file"]["is_there"], true);
    assert!(home.run(&["config", "show"]).out.contains("The settings file: ~/.config/earmark/settings.toml\n"));
}

#[test]
fn the_keys_in_force_are_listed_by_the_names_that_a_file_of_ones_own_calls_them() {
    let home = Home::new();
    home.settings("");
    std::fs::write(home.path().join(".config/earmark/keys.toml"), "[review]\n\"f14\" = \"play-pause\"\n").expect("written");
    let shown = home.run(&["config", "keys", "--json"]).json(0);
    let keys = |place: &str, action: &str| {
        let rows = shown.as_array().expect("a list");
        let row = rows.iter().find(|row| row["place"] == place && row["action"] == action);
        row.map(|row| row["keys"].as_array().expect("keys").clone()).unwrap_or_default()
    };
    assert_eq!(keys("review", "play-pause"), ["f14", "space"]);
    assert_eq!(keys("review", "rate-value"), ["#"]);
    assert!(keys("batches", "up").contains(&"up".into()), "arrows by their names");
    let defaults = home.run(&["config", "keys", "--defaults"]);
    assert!(
        defaults.out.starts_with("# earmark's keys") && defaults.out.contains("\"space\" = \"play-pause\""),
        "{}",
        defaults.out
    );
}

#[test]
fn a_settings_file_that_was_named_must_be_there() {
    let home = Home::new();
    let refused = home.run(&["config", "show", "--config", "elsewhere.toml"]);
    assert_eq!(refused.code, Some(2), "{refused:#?}");
    assert!(refused.err.contains("elsewhere.toml"), "{}", refused.err);
    std::fs::write(home.path().join("elsewhere.toml"), "speed = 2\n").expect("written");
    let shown = home.run_with(&[("EARMARK_CONFIG", "elsewhere.toml")], &["config", "show", "--json"]).json(0);
    assert_eq!(shown["speed"], 2.0);
}

#[test]
fn the_doctor_reports_all_it_finds_and_fails_where_something_will_not_work() {
    let home = Home::new();
    let healthy = home.run(&["doctor", "--json"]).json(0);
    let names: Vec<_> = healthy["checks"].as_array().expect("a list").iter().map(|check| check["name"].clone()).collect();
    assert!(names.len() > 8, "{names:?}");

    home.settings("speed = 9\nplain = 3\n");
    std::fs::write(home.path().join("file"), "").expect("written");
    let ill = home.run(&["doctor", "--json", "--library", "file/library"]).json(1);
    let failed: Vec<_> = ill["checks"].as_array().expect("a list").iter().filter(|check| check["status"] == "failed").collect();
    assert_eq!(failed.iter().map(|check| &check["name"]).collect::<Vec<_>>(), ["library", "settings"]);
    let detail = failed[1]["detail"].as_str().expect("text");
    assert!(detail.contains("line 1") && detail.contains("line 2"), "{detail}");
}

#[test]
fn the_doctor_names_keys_and_a_theme_with_which_the_screen_does_not_open() {
    let home = Home::new();
    home.settings("theme = \"nope\"\n");
    std::fs::write(home.path().join(".config/earmark/keys.toml"), "[review]\n\"a\" = \"no-such-action\"\n").expect("written");
    let ill = home.run(&["doctor", "--json"]).json(1);
    let failed: Vec<_> = ill["checks"].as_array().expect("a list").iter().filter(|check| check["status"] == "failed").collect();
    assert_eq!(failed.len(), 2, "{failed:#?}");
    assert!(failed[0]["detail"].as_str().is_some_and(|detail| detail.contains("no-such-action")), "{failed:#?}");
    assert!(failed[1]["detail"].as_str().is_some_and(|detail| detail.contains("nope")), "{failed:#?}");
}

#[test]
fn the_doctor_says_what_lies_where_the_library_should_be() {
    let home = Home::new();
    let folder = home.path().join("kept");
    std::fs::create_dir(&folder).expect("a folder");
    let database = |args: &[&str], code| {
        let report = home.run(args).json(code);
        let checks = report["checks"].as_array().expect("a list").clone();
        checks
            .into_iter()
            .filter(|check| check["name"].as_str().is_some_and(|name| name.starts_with("library's d")))
            .collect::<Vec<_>>()
    };
    let look: &[&str] = &["doctor", "--json", "--library", "kept"];
    let mut half = b"SQLite format 3\0".to_vec();
    half.resize(40_000, 0xa7);
    for garbage in [&b"this is no database, whatever it is called"[..], &[0xff; 20_000], &half] {
        std::fs::write(folder.join("library.db"), garbage).expect("written");
        for args in [look, &[look, &["--deep"]].concat()] {
            let found = database(args, 1);
            let detail = found[0]["detail"].as_str().expect("text");
            assert!(found[0]["status"] == "failed" && detail.contains("is not an earmark library"), "{detail}");
        }
        assert_eq!(std::fs::read(folder.join("library.db")).expect("read"), garbage);
    }
}

#[test]
fn a_deep_look_reads_every_recording_and_names_the_one_that_is_damaged() {
    let home = Home::new();
    let bundle = home.path().join("bundle");
    std::fs::create_dir(&bundle).expect("a folder");
    let media = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/media/voice.ogg");
    std::fs::copy(media, bundle.join("voice.ogg")).expect("a file that the repository holds");
    let answer = serde_json::json!({ "question": "why", "kind": "audio", "file": "voice.ogg" });
    let submission = serde_json::json!({ "candidate": { "id": "c-1", "name": "Amalie Testperson" }, "status": "completed", "answers": [answer] });
    let document = serde_json::json!({
        "format": 1, "source": "test", "id": "one", "title": "One voice",
        "interview": { "questions": [{ "id": "why", "prompt": "Why did it fail?" }] },
        "submissions": [submission],
    });
    std::fs::write(bundle.join("batch.json"), document.to_string()).expect("written");
    home.run(&["import", "bundle", "--json"]).json(0);
    home.run(&["doctor", "--deep", "--json"]).json(0);

    let vault = home.path().join(".local/share/earmark/library/vault");
    let shelf = std::fs::read_dir(vault)
        .expect("a folder")
        .map(|entry| entry.expect("readable").path())
        .find(|path| path.is_dir() && !path.ends_with(".parts"));
    let shelf = std::fs::read_dir(shelf.expect("a shelf")).expect("a folder");
    let file = shelf.map(|entry| entry.expect("readable").path()).next().expect("a recording");
    let mut bytes = std::fs::read(&file).expect("read");
    bytes[100] ^= 1;
    std::fs::write(&file, bytes).expect("written");
    let report = home.run(&["doctor", "--deep", "--json"]).json(1).to_string();
    assert!(report.contains("the recording of answer why in submission") && report.contains("is damaged"), "{report}");
    assert!(!report.contains("Amalie"), "{report}");
}

#[test]
fn a_deep_look_counts_what_came_damaged_or_cannot_be_played_and_names_it_with_the_reason() {
    let home = Home::new();
    let bundle = home.path().join("bundle");
    std::fs::create_dir(&bundle).expect("a folder");
    let media = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/media");
    let wav = std::fs::read(media.join("voice.wav")).expect("a file that the repository holds");
    std::fs::write(bundle.join("half.wav"), &wav[..wav.len() / 2]).expect("written");
    std::fs::copy(media.join("page.webm"), bundle.join("page.webm")).expect("a file that the repository holds");
    std::fs::copy(media.join("voice.ogg"), bundle.join("whole.ogg")).expect("a file that the repository holds");
    let answer = |question: &str, file: &str| serde_json::json!({ "question": question, "kind": "audio", "file": file });
    let questions = ["why", "how", "who"].map(|id| serde_json::json!({ "id": id, "prompt": format!("{id}?") }));
    let document = serde_json::json!({
        "format": 1, "source": "test", "id": "three", "title": "Three voices",
        "interview": { "questions": questions },
        "submissions": [{ "candidate": { "id": "c-1", "name": "Amalie Testperson" }, "status": "completed",
            "answers": [answer("why", "half.wav"), answer("how", "page.webm"), answer("who", "whole.ogg")] }],
    });
    std::fs::write(bundle.join("batch.json"), document.to_string()).expect("written");
    home.run(&["import", "bundle"]);
    let report = home.run(&["doctor", "--deep", "--json"]).json(0);
    let told: Vec<&str> = report["checks"]
        .as_array()
        .expect("checks")
        .iter()
        .filter(|check| check["name"] == "recordings")
        .map(|check| check["detail"].as_str().expect("words"))
        .collect();
    assert_eq!(told.len(), 3, "{told:?}");
    assert_eq!(told[0], "1 answer cannot be played, 1 is damaged");
    let named = |start: &str, end: &str| told.iter().any(|told| told.starts_with(start) && told.contains(end));
    assert!(named("answer why in submission ", "is damaged: the file is cut off before its end"), "{told:?}");
    assert!(named("answer how in submission ", "cannot be played: this is a web page"), "{told:?}");
    assert!(!report.to_string().contains("Amalie"), "{report}");
}

#[test]
fn the_doctors_report_names_neither_the_person_nor_the_home_folder() {
    let home = Home::new();
    home.run(&["identity", "--label", "Mara Kovac", "--pseudonym", "R7"]);
    let report = home.run(&["doctor"]);
    assert!(report.out.contains("~/.config/earmark"), "{}", report.out);
    let folder = home.path().to_string_lossy().into_owned();
    for secret in ["Mara", "R7", &folder] {
        assert!(!report.out.contains(secret), "{secret}: {}", report.out);
    }
}

#[test]
fn looking_leaves_nothing_behind() {
    let home = Home::new();
    for args in [&["doctor"] as &[_], &["man"], &["man", "config", "show"], &["completions", "zsh"], &["--help"], &["--version"]] {
        let ran = home.run(args);
        assert_eq!(ran.code, Some(0), "{args:?} {ran:#?}");
        assert!(!ran.out.is_empty() && ran.err.is_empty(), "{args:?} {ran:#?}");
    }
    assert_eq!(std::fs::read_dir(home.path()).expect("there").count(), 0);
}

#[test]
fn every_subcommand_has_a_page_in_the_manual() {
    let home = Home::new();
    home.run(&["man", "--out", "man"]);
    let pages = std::fs::read_dir(home.path().join("man")).expect("made");
    let mut names: Vec<_> = pages.map(|page| page.expect("readable").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    for page in ["earmark.1", "earmark-config-show.1", "earmark-doctor.1", "earmark-identity.1"] {
        assert!(names.iter().any(|name| name == page), "{page} in {names:?}");
    }
    let unknown = home.run(&["man", "nonsense"]);
    assert_eq!(unknown.code, Some(2));
    assert!(unknown.err.starts_with("Could not find a manual page for `nonsense`"), "{}", unknown.err);
}

#[test]
fn the_schema_of_a_batch_is_printed_as_json() {
    let schema = Home::new().run(&["schema", "batch"]).json(0);
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    assert!(schema["properties"]["questions"].is_object() || schema["properties"]["interview"].is_object(), "{schema:#}");
}

#[test]
fn a_reader_who_leaves_ends_the_command_quietly() {
    let home = Home::new();
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let ended = home.command(&["completions", "bash"]).stdout(writer).stderr(Stdio::piped()).output().expect("it starts");
    assert_eq!(ended.status.code(), Some(130));
    assert_eq!(String::from_utf8_lossy(&ended.stderr), "");
}

#[test]
fn a_full_disk_under_the_result_is_a_failure() {
    let Ok(full) = std::fs::OpenOptions::new().write(true).open("/dev/full") else {
        return; // only Linux has a device that is always full
    };
    let home = Home::new();
    let ended = home.command(&["completions", "bash"]).stdout(full).stderr(Stdio::piped()).output().expect("it starts");
    assert_eq!(ended.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&ended.stderr).starts_with("Could not write the result"));
}

#[test]
fn the_log_says_what_was_done_and_about_whom_nothing() {
    let home = Home::new();
    home.run(&["identity", "--label", "Mara Kovac"]);
    let logs = std::fs::read_dir(home.path().join(".local/state/earmark/log")).expect("the log is in the state folder");
    let text: String = logs.map(|log| std::fs::read_to_string(log.expect("readable").path()).expect("UTF-8")).collect();
    assert!(text.contains("made an identity") && !text.contains("Mara"), "{text}");
}
