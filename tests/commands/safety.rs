//! What is lost or written over only when someone said so.

use super::{attached, bundle, rate_all, sealed};
use crate::home::Home;

#[test]
fn a_lost_identity_does_not_silently_become_another_person() {
    let home = attached();
    let before = home.run(&["identity", "--json"]).json(0);
    let kept = std::fs::read(home.identity()).expect("it was made");
    std::fs::remove_file(home.identity()).expect("it was there");
    let label = [("EARMARK_REVIEWER_LABEL", "Mara")];
    let commands: [&[&str]; 4] = [
        &["rate", "small batch", "c-1", "1", "diagnosis", "3"],
        &["status", "small batch"],
        &["identity"],
        &["identity", "--label", "Mara"],
    ];
    for args in commands {
        let refused = home.run_with(&label, args);
        assert_eq!(refused.code, Some(3), "{refused:#?}");
        assert!(refused.err.contains("identity --new") && refused.err.contains("another person"), "{refused:#?}");
        assert!(!home.identity().exists(), "{args:?}");
    }
    let new = home.run(&["identity", "--new", "--label", "Mara", "--json"]).json(0);
    assert_ne!(new["reviewer"], before["reviewer"]);
    assert_eq!(home.run(&["identity", "--new"]).code, Some(2), "one is there");

    std::fs::write(home.identity(), kept).expect("written");
    assert_eq!(home.run(&["identity", "--json"]).json(0), before);
    rate_all(&home);
}

#[test]
fn who_only_looks_needs_no_identity_and_none_is_made() {
    let home = attached();
    // A library of someone else's acts alone: as after an exchange, or a restored backup on a manager's machine.
    let fresh = Home::new();
    bundle::write(fresh.path());
    fresh.run(&["import", "bundle", "--json"]).json(0);
    let made = fresh.identity().exists();
    assert!(!made, "an import needs nobody");
    let commands: [&[&str]; 5] = [
        &["status", "small batch"],
        &["status", "small batch", "--json"],
        &["compare", "small batch"],
        &["panel", "small batch"],
        &["batches"],
    ];
    for args in commands {
        let ran = fresh.run_with(&[("EARMARK_REVIEWER_LABEL", "Mara")], args);
        assert!(ran.code == Some(0) || ran.err.contains("no rubric is attached"), "{args:?} {ran:#?}");
        assert!(!fresh.identity().exists(), "{args:?}");
    }
    let rating = fresh.run(&["rate", "small batch", "c-1", "1", "diagnosis", "3"]);
    assert!(rating.code == Some(2) && rating.err.contains("no identity yet"), "{rating:#?}");
    // Whoever has worked does not look past their own seal by losing who they are.
    std::fs::remove_file(home.identity()).expect("it was there");
    assert_eq!(home.run(&["panel", "small batch"]).code, Some(3));
}

#[test]
fn render_writes_over_another_file_only_when_that_is_asked_for() {
    let home = attached();
    let render =
        |more: &[&str]| home.run(&[&["render", "bundle/voice.wav", "--out", "out.wav", "--map", "map.csv"], more].concat());
    assert_eq!(render(&[]).code, Some(0));
    assert_eq!(render(&[]).code, Some(0), "the same lies there");
    let before = std::fs::read(home.path().join("out.wav")).expect("written");
    let refused = render(&["--speed", "2"]);
    assert_eq!(refused.code, Some(1), "{refused:#?}");
    assert!(refused.err.contains("--replace"), "{refused:#?}");
    assert_eq!(std::fs::read(home.path().join("out.wav")).expect("there"), before);
    let itself = home.run(&["render", "bundle/voice.wav", "--out", "./bundle/../bundle/voice.wav", "--replace"]);
    assert!(itself.code == Some(2) && itself.err.contains("the recording itself"), "{itself:#?}");
    assert_eq!(render(&["--speed", "2", "--replace"]).code, Some(0));
    assert_ne!(std::fs::read(home.path().join("out.wav")).expect("there"), before);
}

#[test]
fn a_ratings_table_is_weighted_by_its_own_column_and_says_so() {
    let home = sealed();
    let batch = home.run(&["panel", "small batch", "--json"]).json(0);
    home.run(&["export", "small batch", "--shape", "long", "--out", "long.csv", "--json"]).json(0);
    let own = home.run(&["panel", "--ratings", "long.csv", "--json"]).json(0);
    let rubric = home.run(&["panel", "--ratings", "long.csv", "--rubric", "small.toml", "--json"]).json(0);
    assert_eq!((&own["weights"], &rubric["weights"], &batch["weights"]), (&"file".into(), &"rubric".into(), &"rubric".into()));
    for at in 0..3 {
        assert_eq!(own["ranking"][at]["total"]["value"], batch["ranking"][at]["total"]["value"]);
    }
    let said = home.run(&["panel", "--ratings", "long.csv"]);
    assert!(said.out.contains("Weights are those of the column weight."), "{}", said.out);
    home.run(&["export", "small batch", "--table", "ratings", "--out", "bare.csv", "--json"]).json(0);
    assert_eq!(home.run(&["panel", "--ratings", "bare.csv", "--json"]).json(0)["weights"], "equal");

    let table = std::fs::read_to_string(home.path().join("long.csv")).expect("written");
    let mut lines: Vec<String> = table.lines().map(str::to_owned).collect();
    for (line, weight) in [(1, "7"), (4, "0")] {
        let mut cells: Vec<&str> = lines[line].split(',').collect();
        cells[5] = weight;
        lines[line] = cells.join(",");
    }
    std::fs::write(home.path().join("torn.csv"), lines.join("\n")).expect("written");
    let torn = home.run(&["panel", "--ratings", "torn.csv"]);
    assert_eq!(torn.code, Some(1), "{torn:#?}");
    assert!(torn.err.contains("on line 2") && torn.err.contains("line 5: weight \"0\""), "{torn:#?}");
}

#[test]
fn every_flag_of_render_does_what_it_says() {
    let home = Home::new();
    bundle::write(home.path());
    let said = "word ".repeat(12);
    std::fs::write(home.path().join("bundle/voice.vtt"), format!("WEBVTT\n\n00:00.000 --> 00:06.000\n{said}\n")).expect("written");
    let render = |flags: &[&str]| {
        let args = [&["render", "bundle/voice.webm", "--out", "x.wav", "--map", "x.csv", "--replace", "--json"], flags].concat();
        let result = home.run(&args).json(0);
        let wav = std::fs::read(home.path().join("x.wav")).expect("it is written");
        let map = std::fs::read_to_string(home.path().join("x.csv")).expect("it is written");
        assert_eq!(map.lines().next(), Some("output_s,source_s"), "{flags:?}");
        let rows = map.lines().skip(1).map(|row| row.split_once(',').expect("two columns"));
        let rows: Vec<(f64, f64)> =
            rows.map(|(output, source)| (output.parse().expect("a number"), source.parse().expect("a number"))).collect();
        assert!(rows.windows(2).all(|pair| pair[0].0 < pair[1].0 && pair[0].1 <= pair[1].1), "{flags:?}: time goes on");
        (result["seconds"].as_f64().expect("seconds"), result["speed"].as_f64().expect("a speed"), wav, rows)
    };
    let (whole, _, plain, _) = render(&[]);
    assert!((whole - 6.01).abs() < 0.1, "{whole}");
    let (fast, speed, _, _) = render(&["--speed", "1.55x"]);
    assert!((speed - 1.55).abs() < 1e-6 && (fast - whole / 1.55).abs() < 0.05, "{fast}");
    let (paced, speed, _, _) = render(&["--wpm", "200"]);
    assert!(
        (paced - whole / speed).abs() < 0.05 && ((speed * 20.0).round() - speed * 20.0).abs() < 1e-4,
        "{speed}: a step of 0.05"
    );
    let (skipped, ..) = render(&["--skip-silence"]);
    assert!(skipped <= whole, "{skipped}");
    let (same, _, loud, _) = render(&["--no-loudness"]);
    assert!((same - whole).abs() < 0.05 && loud != plain, "it has another level");
    let (part, _, _, rows) = render(&["--from", "0:01", "--to", "3.5"]);
    assert!(
        (part - 2.5).abs() < 0.05 && rows.first() == Some(&(0.0, 1.0)) && rows.last().is_some_and(|row| row.1 <= 3.5),
        "{part}"
    );
    for wrong in [&["--speed", "3.5"][..], &["--wpm", "200", "--speed", "1.5"], &["--from", "9"]] {
        let refused = home.run(&[&["render", "bundle/voice.webm", "--out", "y.wav"], wrong].concat());
        assert_eq!(refused.code, Some(2), "{wrong:?}: {refused:#?}");
    }
}

#[test]
fn render_takes_what_ffmpeg_knows_and_names_the_file_that_holds_next_to_nothing() {
    let home = Home::new();
    let few = earmark::sound::wav::bytes(&[0.1; 4]);
    std::fs::write(home.path().join("few.wav"), few).expect("written");
    let refused = home.run(&["render", "few.wav", "--out", "x.wav"]);
    assert_eq!(refused.code, Some(1), "{refused:#?}");
    assert!(refused.err.contains("few.wav") && refused.err.contains("less than a millisecond"), "{refused:#?}");
    let media = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/media/tiny/telephone.mov");
    let media = media.display().to_string();
    let render = ["render", &media, "--out", "x.wav", "--json"];
    // No path, no ffmpeg.
    let refused = home.run(&render);
    assert!(refused.code == Some(1) && refused.err.contains("install ffmpeg"), "{refused:#?}");
    if earmark::fence::ffmpeg_is_there() {
        let path = std::env::var("PATH").expect("ffmpeg was found in it");
        let seconds = home.run_with(&[("PATH", &path)], &render).json(0)["seconds"].as_f64().expect("seconds");
        assert!((seconds - 0.5).abs() < 0.02, "{seconds}");
    }
}
