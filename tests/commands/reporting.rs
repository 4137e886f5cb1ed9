//! Reports, scorecards, briefs and analytics through the real program.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use super::scoring::{seal, speaking};
use super::{attached, bundle, rate_all, sealed};
use crate::home::Home;

/// What people may be called: markup, from the right, emoji, signs that few fonts have.
pub(super) const HARD: [&str; 3] = ["<script>alert(1)</script> & \"Co\"", "محمد علي", "王小明 \u{1f9ea}\u{200d}\u{1f52c} Ελένη"];

/// A sealed batch with evidence, a note and a follow-up.
pub(super) fn reviewed() -> Home {
    let home = attached();
    judged(&home);
    home
}

/// The same, names handed on, and these full of what is hard on a page.
pub(super) fn with_hard_names() -> Home {
    let home = Home::new();
    home.run(&["identity", "--label", "Mara", "--pseudonym", "R7"]);
    let folder = bundle::write(home.path());
    let path = folder.join("batch.json");
    let mut document: Value = serde_json::from_slice(&std::fs::read(&path).expect("written")).expect("JSON");
    for (nth, name) in HARD.iter().enumerate() {
        document["submissions"][nth]["candidate"]["name"] = (*name).into();
    }
    document["title"] = "Small batch </title><script>".into();
    std::fs::write(&path, document.to_string()).expect("written");
    home.run(&["import", "bundle", "--json"]).json(0);
    home.run(&["rubric", "attach", "small batch", "small.toml", "--yes", "--json"]).json(0);
    let open = ["protocol", "small batch", "--set", "handoff_names=open", "--reason", "for <b>training</b>"];
    assert_eq!(home.run(&open).code, Some(0), "{:#?}", home.run(&open));
    judged(&home);
    home
}

fn judged(home: &Home) {
    rate_all(home);
    for (candidate, question, criterion, span) in [
        ("c-1", "1", "diagnosis", "0.5-4.5"),
        ("c-1", "2", "plain-words", "0-5.5"),
        ("c-2", "1", "diagnosis", "1-5"),
        ("c-3", "1", "news", "0.2-5.8"),
    ] {
        let ran = home.run(&["evidence", "small batch", candidate, question, criterion, span]);
        assert_eq!(ran.code, Some(0), "{ran:#?}");
    }
    home.run(&["note", "small batch", "c-1", "1", "<img src=x onerror=alert(1)> \u{202e}Ünïcode \u{1f642}", "--json"]).json(0);
    home.run(&["probe", "small batch", "c-2", "1", "Which tool was it?", "--at", "2", "--json"]).json(0);
    home.run(&["must-have", "small batch", "c-2", "rota", "unclear", "--json"]).json(0);
    home.run(&["seal", "small batch", "--all", "--acknowledge-unheard", "--json"]).json(0);
}

fn read(home: &Home, name: &str) -> String {
    std::fs::read_to_string(home.path().join(name)).expect("it is there")
}

#[test]
fn the_same_library_gives_the_same_report_and_names_stay_where_the_rules_keep_them() {
    let home = reviewed();
    let args = ["report", "small batch", "--out", "report.html", "--json"];
    let told = home.run(&args).json(0);
    assert_eq!((&told["candidates"], &told["excerpts"], &told["names"]), (&3.into(), &4.into(), &"pseudonyms".into()), "{told}");
    let first = read(&home, "report.html");
    assert!(bundle::NAMES.iter().all(|name| !first.contains(name) && !first.contains("Testperson")));
    assert!(first.contains("Which tool was it?") && first.contains("data:audio/ogg;base64,"));
    assert_eq!(home.run(&args).json(0)["sha256"], told["sha256"], "excerpts too");
    let training = ["report", "small batch", "--out", "training.html", "--anonymous", "--json"];
    let told = home.run(&training).json(0);
    assert_eq!((&told["excerpts"], &told["names"]), (&0.into(), &"numbers".into()), "{told}");
    let text = read(&home, "training.html");
    assert!(
        !text.contains("<bdi>R7<") && first.contains("<bdi>R7<") && !text.contains(">c-1<") && text.contains("Candidate 1"),
        "nobody is named"
    );
    let other = home.run(&["report", "small batch", "--out", "report.html", "--excerpts", "none"]);
    assert!(other.code == Some(1) && other.err.contains("--replace"), "{other:#?}");
    let refused = home.run(&["report", "small batch", "--out", "x.html", "--excerpts", "some"]);
    assert_eq!(refused.code, Some(2), "{refused:#?}");
}

#[test]
fn what_is_not_sealed_is_in_no_report_and_counted() {
    let home = attached();
    rate_all(&home);
    let told = home.run(&["report", "small batch", "--out", "report.html", "--json"]).json(0);
    assert_eq!(told["candidates"], 0, "{told}");
    assert!(told["left_out"].to_string().contains("begun and not sealed"), "{told}");
    let text = read(&home, "report.html");
    assert!(text.contains("no sealed scorecard to rank yet"));
    assert_eq!(home.run(&["brief", "small batch", "c-1"]).code, Some(5));
    assert_eq!(home.run(&["scorecard", "small batch", "--all", "--out", "cards"]).code, Some(5));
}

/// A batch of so many, each with one written answer, with the rubric attached.
fn of_many(many: usize) -> Home {
    let home = Home::new();
    home.run(&["identity", "--label", "Mara", "--pseudonym", "R7"]);
    let folder = bundle::write(home.path());
    let path = folder.join("batch.json");
    let mut document: Value = serde_json::from_slice(&std::fs::read(&path).expect("written")).expect("JSON");
    let one = |nth: usize| {
        json!({ "candidate": { "id": format!("c-{nth}"), "name": format!("Person Number{nth} Testperson") }, "status": "completed",
            "answers": [{ "question": "q-02", "kind": "text", "text": format!("The disk was full, and log {nth} said so.") }] })
    };
    document["submissions"] = (1..=many).map(one).collect();
    std::fs::write(&path, document.to_string()).expect("written");
    home.run(&["import", "bundle", "--json"]);
    home
}

#[test]
fn a_report_of_nobody_of_one_and_of_two_hundred_is_a_page_and_says_so() {
    // Nobody at all is no batch, and that is said where it is imported.
    let nobody = of_many(0).run(&["import", "bundle"]);
    assert!(nobody.code == Some(1) && nobody.err.contains("no submission in it can be used"), "{nobody:#?}");

    let one = of_many(1);
    one.run(&["rubric", "attach", "small batch", "small.toml", "--yes", "--json"]).json(0);
    let shown = ["rate", "small batch", "c-1", "2", "plain-words", "3"];
    assert_eq!(one.run(&shown).code, Some(0));
    one.run(&["seal", "small batch", "--all", "--acknowledge-unheard", "--json"]).json(0);
    let (told, page) = made(&one, &["--meet", "3"]);
    assert_eq!(told["candidates"], 1, "{told}");
    assert!(page.contains(">1 candidate<") && page.contains("How sure these ranks are cannot be said"), "{told}");
    // The only one is erased: nobody is left, and the page says why.
    one.run(&["subject", "erase", "c-1", "--yes", "--json"]).json(0);
    let (told, page) = made(&one, &[]);
    assert_eq!(told["candidates"], 0, "{told}");
    assert!(
        told["left_out"].as_array().is_some_and(|all| all
            .iter()
            .any(|one| one.as_str().is_some_and(|one| one.starts_with("1 candidate's data was removed")))),
        "{told}"
    );
    assert!(page.contains("There is no sealed scorecard to rank yet.") && !page.contains("<summary>0"), "{told}");
    assert!(!page.contains("has not sealed all of their own"), "nothing of one's own is left to seal: {told}");

    let many = of_many(200);
    many.run(&["rubric", "attach", "small batch", "small.toml", "--yes", "--json"]).json(0);
    let shortlist: Vec<String> = (1..=3).map(|nth| format!("c-{nth}")).collect();
    many.run(&[&["shortlist", "small batch"], &shortlist.iter().map(String::as_str).collect::<Vec<_>>()[..], &["--json"]].concat())
        .json(0);
    let (told, page) = made(&many, &["--meet", "3"]);
    assert_eq!(told["candidates"], 0, "of a shortlist nobody is sealed: {told}");
    assert!(page.contains("<summary>Not ranked: 200 candidates, because"), "so many names are folded away");
    for nth in 1..=200 {
        let id = format!("c-{nth}");
        assert_eq!(many.run(&["rate", "small batch", &id, "2", "plain-words", ["2", "3", "4"][nth % 3]]).code, Some(0), "{nth}");
    }
    many.run(&["seal", "small batch", "--all", "--acknowledge-unheard", "--json"]).json(0);
    let (told, page) = made(&many, &["--meet", "3"]);
    assert_eq!(told["candidates"], 200, "{told}");
    assert!(page.contains(">200 candidates<") && !page.contains("Number17"), "names are hidden");
}

#[test]
fn a_brief_says_what_to_ask_with_its_moment() {
    let home = reviewed();
    let text = home.run(&["brief", "small batch", "c-2"]);
    assert!(text.code == Some(0) && text.out.contains("## Follow-ups that reviewers marked"), "{text:#?}");
    assert!(text.out.contains("- Question 1: Which tool was it? (R7)") && text.out.contains("at 0:02"), "{text:#?}");
    assert!(text.out.contains("Can work the night rota: could not be told"), "{text:#?}");
    let asks = home.run(&["brief", "small batch", "c-2", "--json"]).json(0)["asks"].clone();
    let whys: Vec<&str> = asks.as_array().expect("a list").iter().filter_map(|ask| ask["why"].as_str()).collect();
    assert_eq!(whys, ["follow_up", "must_have", "not_observed", "no_evidence"], "{asks}");
}

/// Runs a program of Debian's on a file; none where it is absent, which is said.
pub(super) fn by(program: &str, args: &[&str], file: &Path) -> Option<String> {
    let to = ["-"].iter().filter(|_| program == "pdftotext");
    let Ok(ran) = Command::new(program).args(args).arg(file).args(to).output() else {
        crate::parts::absent(&format!("there is no {program}"));
        return None;
    };
    assert!(ran.status.success(), "{program}: {}{}", String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
    Some(String::from_utf8_lossy(&ran.stdout).into_owned())
}

#[test]
fn scorecards_are_sound_pdf_of_one_page_whose_text_is_in_the_order_of_reading() {
    let home = with_hard_names();
    let told = home.run(&["scorecard", "small batch", "--all", "--out", "cards", "--json"]).json(0);
    let cards = told["scorecards"].as_array().expect("a list");
    assert_eq!(cards.len(), 3, "{told}");
    for card in cards {
        let file = home.path().join(card["path"].as_str().expect("a path"));
        if let Some(said) = by("qpdf", &["--check"], &file) {
            assert!(said.contains("No syntax or stream encoding errors found"), "{said}");
        }
        let nth = ["c-1", "c-2", "c-3"].iter().position(|id| card["candidate"] == **id).expect("a candidate");
        // As lines are laid out, and in the order of the page's own content; words from the right are put in order only by the first.
        for how in [&[][..], &["-raw"]] {
            let Some(text) = by("pdftotext", how, &file) else { continue };
            assert_eq!(text.matches('\u{c}').count(), 1, "one page");
            let said = text.lines().next().unwrap_or_default();
            // What joins two signs and is not seen is left out of every name; what says from which side a line is read, poppler adds.
            let unseen = ['\u{200d}', '\u{202b}', '\u{202c}'];
            let as_it_is = |text: &str| text.replace(unseen, "").split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(how.len() == 1 && nth == 1 || as_it_is(said).starts_with(&as_it_is(HARD[nth])), "{nth} {how:?}: {text:?}");
            let places: Vec<usize> = ["Rubric profile", "Systematic diagnosis", "What to ask live", "Of sealed scorecards alone"]
                .iter()
                .map(|part| text.find(part).unwrap_or_else(|| panic!("{part} is not in {text}")))
                .collect();
            assert!(places.is_sorted(), "{text}");
        }
    }
    let again = home.run(&["scorecard", "small batch", "--all", "--out", "cards", "--json"]).json(0);
    assert_eq!(again, told, "the same bytes");
}

#[test]
fn analytics_are_the_rows_of_the_analytics_table() {
    let home = sealed();
    let figures = home.run(&["analytics", "small batch", "--json"]).json(0)["figures"].clone();
    let rows = home.run(&["export", "small batch", "--table", "analytics", "--json"]).json(0)["rows"].clone();
    assert_eq!(figures, rows);
    let said = home.run(&["analytics", "small batch"]);
    assert!(said.out.contains("Funnel\n") && said.out.contains("heard share") && said.out.contains("left to hear"), "{said:#?}");
}

fn made(home: &Home, more: &[&str]) -> (Value, String) {
    let ran = home.run(&[&["report", "small batch", "--out", "report.html", "--replace", "--json"], more].concat());
    assert!(matches!(ran.code, Some(0 | 4)), "{ran:#?}");
    (serde_json::from_str(&ran.out).expect("JSON"), read(home, "report.html"))
}

#[test]
fn who_was_erased_is_in_no_report_and_counted() {
    let home = reviewed();
    home.run(&["subject", "erase", "c-1", "--yes", "--json"]).json(0);
    let (told, page) = made(&home, &[]);
    assert_eq!(told["candidates"], 2, "{told}");
    assert!(page.contains("1 candidate&#39;s data was removed") || page.contains("1 candidate's data was removed"), "{told}");
    assert!(!page.contains("onerror=alert(1)"), "nor what was noted about that person");
}

#[test]
fn where_recordings_are_gone_the_report_says_so_at_each_quote_and_ends_as_partly_done() {
    let home = reviewed();
    let vault = home.path().join(".local/share/earmark/library/vault");
    std::fs::remove_dir_all(&vault).expect("it was there");
    std::fs::create_dir(&vault).expect("a folder");
    let ran = home.run(&["report", "small batch", "--out", "report.html", "--excerpts", "all", "--json"]);
    let told = ran.json(4);
    assert_eq!((&told["excerpts"], &told["excerpts_missing"]), (&0.into(), &4.into()), "{told}");
    let page = read(&home, "report.html");
    assert_eq!(page.matches("Its sound is not here: the recording is not in the library any more.").count(), 4);
    assert!(!page.contains("<audio"), "and no player that plays nothing");
}

#[test]
fn a_second_readers_contribution_is_told_with_version_and_agreement_once_somebody_saw_it() {
    let home = speaking();
    seal(&home);
    let (_, before) = made(&home, &["--excerpts", "none"]);
    assert!(!before.contains("Second reader"), "what nobody saw contributed nothing");
    home.run(&["score", "small batch", "--evaluate", "--json"]);
    let (_, after) = made(&home, &["--excerpts", "none"]);
    let machine = &after[after.find("What a machine").unwrap_or(0)..];
    assert!(machine.contains("Second reader embedded, version"), "{machine}");
    assert!(machine.contains("Digest over the digests of the") || machine.contains("Digest of the statement: "), "{machine}");
    assert!(after.contains("stand beside the mean of sealed ratings") && after.contains("weighted kappa"));
    let training = ["report", "small batch", "--out", "t.html", "--anonymous", "--json"];
    home.run(&training).json(0);
}

#[test]
fn an_erasure_names_the_scorecard_of_whom_it_is_about_and_nobody_elses() {
    let home = reviewed();
    let told = home.run(&["scorecard", "small batch", "--all", "--out", "cards", "--json"]).json(0);
    let cards = told["scorecards"].as_array().expect("a list");
    assert!(cards.len() > 1, "{told}");
    let plan = home.run(&["subject", "erase", "c-2", "--dry-run", "--json"]).json(0);
    let exports = plan["unreachable"]["exports"].as_array().expect("a list");
    let own = cards.iter().find(|card| card["candidate"] == "c-2").expect("hers is there")["path"].as_str().expect("a path");
    assert_eq!(exports.len(), 1, "{plan}");
    assert!(own.ends_with(exports[0]["to"].as_str().expect("a file")), "{own}: {plan}");
}

/// What another program measures of a sound, in LUFS.
fn loudness(home: &Home, sound: &[u8]) -> f64 {
    let file = home.path().join("clip.ogg");
    std::fs::write(&file, sound).expect("it can be written");
    let mut program = Command::new("ffmpeg");
    program.args(["-hide_banner", "-nostats", "-i"]).arg(&file);
    let told = program.args(["-filter:a", "ebur128", "-f", "null", "-"]).output().expect("ffmpeg starts");
    let told = String::from_utf8_lossy(&told.stderr).into_owned();
    let summary = told.rsplit("Integrated loudness:").next().expect("a summary");
    let measured = summary.split("I:").nth(1).and_then(|rest| rest.split_whitespace().next()).and_then(|value| value.parse().ok());
    measured.unwrap_or_else(|| panic!("{told}"))
}

#[test]
fn another_program_finds_every_excerpt_at_the_common_loudness_however_it_was_recorded() {
    use base64::Engine as _;
    if !earmark::fence::ffmpeg_is_there() {
        crate::parts::absent("there is no ffmpeg");
        return;
    }
    let home = Home::new();
    home.run(&["identity", "--label", "Mara", "--pseudonym", "R7"]);
    let folder = bundle::write(home.path());
    for (file, quieter) in [("voice.webm", 0), ("voice.ogg", -15), ("voice.m4a", -25)] {
        let (from, to) = (bundle::media(file), folder.join("new.wav"));
        let mut made = Command::new("ffmpeg");
        made.args(["-hide_banner", "-loglevel", "error", "-y", "-i"]).arg(from);
        let made =
            made.args(["-af", &format!("volume={quieter}dB"), "-c:a", "pcm_f32le"]).arg(&to).status().expect("ffmpeg starts");
        assert!(made.success());
        std::fs::rename(to, folder.join(file.replace('.', "-") + ".wav")).expect("it was made");
    }
    let path = folder.join("batch.json");
    let text = std::fs::read_to_string(&path).expect("written");
    let text = ["voice.webm", "voice.ogg", "voice.m4a"]
        .iter()
        .fold(text, |text, file| text.replace(file, &(file.replace('.', "-") + ".wav")));
    std::fs::write(&path, text).expect("written");
    home.run(&["import", "bundle", "--json"]).json(0);
    home.run(&["rubric", "attach", "small batch", "small.toml", "--yes", "--json"]).json(0);
    judged(&home);
    let told = home.run(&["report", "small batch", "--out", "report.html", "--excerpts", "all", "--json"]).json(0);
    let page = read(&home, "report.html");
    let sounds: Vec<&str> = page.split("data:audio/ogg;base64,").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert_eq!((told["excerpts"].as_u64(), sounds.len()), (Some(4), 4), "{told}");
    for sound in sounds {
        let bytes = base64::engine::general_purpose::STANDARD.decode(sound).expect("base64");
        let found = loudness(&home, &bytes);
        assert!((found + 18.0).abs() <= 0.5, "{found} LUFS");
    }
}
