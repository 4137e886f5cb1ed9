//! `earmark transcribe`: through an endpoint as it is documented, and through programs; what fails is named, what is there stays.
#![allow(clippy::print_stderr)] // a test that is skipped says so

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use serde_json::{Value, json};

use super::engine::{Asked, Engine, Reply, header};
use super::{attached, change, events, rate_all};
use crate::home::Home;

const KEY: &str = "sk-kanarie";

/// The fields and the file of a form; panics where it is not what the standard has.
fn form(asked: &Asked) -> (Vec<(String, String)>, Vec<u8>) {
    let kind = header(&asked.headers, "content-type").expect("a type");
    let boundary = kind.strip_prefix("multipart/form-data; boundary=").expect("a boundary");
    let text = String::from_utf8_lossy(&asked.body);
    assert!(text.starts_with(&format!("--{boundary}\r\n")) && text.ends_with(&format!("\r\n--{boundary}--\r\n")));
    let mark = format!("\r\n--{boundary}").into_bytes();
    let (mut fields, mut file, mut rest) = (Vec::new(), Vec::new(), &asked.body[boundary.len() + 4..]);
    loop {
        let end = rest.windows(mark.len()).position(|run| run == mark).expect("a part ends");
        let (part, after) = (&rest[..end], &rest[end + mark.len()..]);
        let head = part.windows(4).position(|run| run == b"\r\n\r\n").expect("a part has a head");
        let said = String::from_utf8_lossy(&part[..head]).into_owned();
        let name = said.split("name=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a name").to_owned();
        match said.contains("filename=") {
            true => file = part[head + 4..].to_vec(),
            false => fields.push((name, String::from_utf8_lossy(&part[head + 4..]).into_owned())),
        }
        if after.starts_with(b"--") {
            return (fields, file);
        }
        rest = &after[2..];
    }
}

/// What OpenAI's endpoint documents for `verbose_json` with times of words.
fn verbose() -> Value {
    json!({
        "task": "transcribe", "language": "english", "duration": 2.0, "text": "I checked the logs.",
        "segments": [{ "id": 0, "seek": 0, "start": 0.1, "end": 1.4, "text": " I checked the logs.", "tokens": [1, 2], "temperature": 0.0,
            "avg_logprob": -0.28, "compression_ratio": 1.1, "no_speech_prob": 0.01 }],
        "words": [{ "word": "I", "start": 0.1, "end": 0.2 }, { "word": "checked", "start": 0.2, "end": 0.7 },
            { "word": "the", "start": 0.7, "end": 0.9 }, { "word": "logs", "start": 0.9, "end": 1.4 }],
        "usage": { "type": "duration", "seconds": 2 },
    })
}

fn right(asked: &Asked) -> Option<Reply> {
    let (fields, file) = form(asked);
    let field = |name: &str| fields.iter().filter(|(known, _)| known == name).map(|(_, value)| value.as_str()).collect::<Vec<_>>();
    assert_eq!(asked.path, "/v1/audio/transcriptions");
    assert_eq!(header(&asked.headers, "authorization"), Some("Bearer sk-kanarie"));
    assert_eq!(field("model"), ["whisper-1"]);
    assert!(file.starts_with(b"RIFF") && &file[8..12] == b"WAVE");
    assert_eq!(u32::from_le_bytes([file[24], file[25], file[26], file[27]]), 16_000);
    match field("response_format").as_slice() {
        ["verbose_json"] => assert_eq!(field("timestamp_granularities[]"), ["word", "segment"]),
        ["json"] => assert!(field("timestamp_granularities[]").is_empty()),
        other => panic!("{other:?}"),
    }
    None
}

fn endpoint(home: &Home, address: &str, more: &str) {
    let key = home.path().join("key");
    std::fs::write(&key, KEY).expect("written");
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o600)).expect("changed");
    let key = key.display();
    home.settings(&format!(
        "[transcribe]\nurl = \"{address}\"\nmodel = \"whisper-1\"\nkey = \"file:{key}\"\ntimeout = 3\n{more}\n"
    ));
}

fn transcribed(home: &Home, more: &[&str], code: i32) -> Value {
    home.run_with(&[("PATH", "/usr/bin:/bin")], &[&["transcribe", "small batch", "--json"], more].concat()).json(code)
}

fn text(value: &Value) -> Reply {
    Reply::Text(200, "", value.to_string())
}

#[test]
fn words_keep_their_times_and_how_sure_the_engine_is_and_the_transcript_says_who_made_it() {
    let engine = Engine::start(|asked, _| right(asked).unwrap_or_else(|| text(&verbose())));
    let home = attached();
    endpoint(&home, &engine.address, "");
    let report = transcribed(&home, &[], 0);
    assert_eq!((&report["outcomes"], &report["by"]), (&json!({ "written down": 5 }), &json!("whisper-1")), "{report}");
    let found = home.run(&["search", "small batch", "logs", "--json"]).json(0);
    assert_eq!((found["hits"].as_array().map(Vec::len), &found["hits"][0]["at_ms"]), (Some(5), &json!(900)), "{found}");
    // What the person sees says that it is automatic, and by what.
    let lines = home.run(&["transcribe", "small batch"]);
    assert!(lines.out.contains("5 had a transcript"), "{lines:#?}");
    // Nobody's delivery is judged by it.
    let scored = home.run(&["score", "small batch", "--json"]).json(0);
    for answer in scored["answers"].as_array().expect("answers") {
        assert_eq!(
            (&answer["words"]["words"], &answer["words"]["words_a_minute_with_pauses"]),
            (&json!(4), &Value::Null),
            "{answer}"
        );
        assert_eq!(
            (&answer["words"]["automatic"], &answer["recording"]["words_a_minute"]),
            (&json!("whisper-1"), &Value::Null),
            "{answer}"
        );
    }
    // Everything that was given away is in the journal, once each.
    let given: Vec<Value> = events(&home).into_iter().filter(|(kind, _)| kind == "assisted").map(|(_, body)| body).collect();
    assert_eq!((given.len(), &given[0]["engine"], &given[0]["outcome"]), (5, &json!("whisper-1"), &json!("written down")));
    assert_eq!(engine.asked().len(), 5, "what is there is not asked for again");
}

#[test]
fn the_shapes_of_other_servers_are_understood() {
    let whisper_cpp = json!({
        "task": "transcribe", "language": "english", "duration": 2.0, "text": " I checked the logs.\n",
        "segments": [{ "id": 0, "text": " I checked the logs.", "start": 0.0, "end": 1.5, "tokens": [40],
            "words": [{ "word": " I", "start": 0.1, "end": 0.2, "t_dtw": -1, "probability": 0.98 }, { "word": " checked", "start": 0.2,
                "end": 0.7, "t_dtw": -1, "probability": 0.9 }, { "word": " the", "start": 0.7, "end": 0.9, "t_dtw": -1, "probability": 0.3 },
                { "word": " lo", "start": 0.9, "end": 1.1, "probability": 0.8 }, { "word": "gs", "start": 1.1, "end": 1.4, "probability": 0.8 }],
            "temperature": 0.0, "avg_logprob": -0.2, "no_speech_prob": 0.0 }],
        "detected_language": "english", "detected_language_probability": 0.98,
    });
    let faster_whisper = json!({
        "task": "transcribe", "language": "en", "duration": 2.0, "text": "I checked the logs.",
        "words": [{ "start": 0.1, "end": 0.2, "word": " I", "probability": 0.98 }, { "start": 0.2, "end": 0.7, "word": " checked", "probability": 0.9 },
            { "start": 0.7, "end": 0.9, "word": " the", "probability": 0.3 }, { "start": 0.9, "end": 1.4, "word": " logs.", "probability": 0.8 }],
        "segments": [{ "id": 1, "seek": 0, "start": 0.1, "end": 1.4, "text": " I checked the logs.", "tokens": [40], "temperature": 0.0,
            "avg_logprob": -0.2, "compression_ratio": 0.8, "no_speech_prob": 0.0, "words": null }],
    });
    for (nth, shape) in [whisper_cpp, faster_whisper].into_iter().enumerate() {
        let engine = Engine::start(move |asked, _| right(asked).unwrap_or_else(|| text(&shape)));
        let home = attached();
        endpoint(&home, &engine.address, "");
        assert_eq!(transcribed(&home, &[], 0)["outcomes"]["written down"], 5, "{nth}");
        let found = home.run(&["search", "small batch", "\"the logs\"", "--json"]).json(0);
        assert_eq!((found["hits"].as_array().map(Vec::len), &found["hits"][0]["at_ms"]), (Some(5), &json!(700)), "{nth}: {found}");
    }
}

#[test]
fn a_model_without_times_gives_what_it_has() {
    let error = json!({ "error": { "message": "no", "type": "invalid_request_error", "code": "unsupported_value" } });
    let engine = Engine::start(move |asked, _| {
        right(asked);
        match form(asked).0.iter().any(|(_, value)| value == "verbose_json") {
            true => Reply::Text(400, "", error.to_string()),
            false => text(&json!({ "text": "I checked the logs." })),
        }
    });
    let home = attached();
    endpoint(&home, &engine.address, "");
    assert_eq!(transcribed(&home, &[], 0)["outcomes"]["written down"], 5);
    let found = home.run(&["search", "small batch", "logs", "--json"]).json(0);
    assert_eq!((found["hits"].as_array().map(Vec::len), &found["hits"][0]["at_ms"]), (Some(5), &Value::Null));
}

#[test]
fn no_word_where_somebody_speaks_is_a_failure_and_another_language_is_what_it_is() {
    let engine = Engine::start(|_, nth| match nth {
        0 => {
            text(&json!({ "task": "transcribe", "language": "english", "duration": 2.0, "text": "", "segments": [], "words": [] }))
        }
        _ => text(&json!({ "task": "transcribe", "language": "german", "duration": 2.0, "text": "Ich habe zuerst gehört",
            "segments": [{ "start": 0.0, "end": 1.9, "text": "Ich habe zuerst gehört" }] })),
    });
    let home = attached();
    endpoint(&home, &engine.address, "");
    let report = transcribed(&home, &[], 4);
    assert_eq!(report["outcomes"], json!({ "no words": 1, "written down": 4 }), "{report}");
    assert!(report.to_string().contains("wrote no word, and there are"), "{report}");
    rate_all(&home);
    home.run(&["seal", "small batch", "--all", "--acknowledge-unheard", "--json"]).json(0);
    let scored = home.run(&["score", "small batch", "--json"]).json(0);
    assert_eq!(scored["outcomes"], json!({ "no transcript": 1, "other language": 4 }), "{scored}");
}

#[test]
fn every_way_to_fail_has_a_name_the_rest_is_written_down_and_a_rerun_takes_up_only_what_failed() {
    let fails = |reply: fn() -> Reply, name: &str| {
        let broken = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(true));
        let (is_broken, mut seen) = (broken.clone(), Vec::new());
        // The first recording that comes is the one with which it has trouble.
        let engine = Engine::start(move |asked, _| {
            let (_, file) = form(asked);
            seen.push(file.clone());
            let is_first = seen[0] == file;
            if is_first && is_broken.load(std::sync::atomic::Ordering::SeqCst) { reply() } else { text(&verbose()) }
        });
        let home = attached();
        // Two files of the bundle hold the same sound: in place of one of them comes another, which ends in silence.
        let mut other = std::fs::read(super::bundle::media("voice.wav")).expect("it is there");
        let end = other.len();
        other[end - 8_000..].fill(0);
        std::fs::write(home.path().join("bundle/other.wav"), other).expect("written");
        change(&home, |batch| batch["submissions"][1]["answers"][0]["file"] = "other.wav".into());
        endpoint(&home, &engine.address, "");
        let report = transcribed(&home, &[], 4);
        assert_eq!(report["outcomes"], json!({ "written down": 4, name: 1 }), "{report}");
        assert!(!report.to_string().contains("kanarie"), "{report}");
        let before = engine.asked().len();
        broken.store(false, std::sync::atomic::Ordering::SeqCst);
        assert_eq!(transcribed(&home, &[], 0)["outcomes"], json!({ "had a transcript": 4, "written down": 1 }));
        assert_eq!(engine.asked().len(), before + 1);
    };
    fails(|| Reply::Never, "late");
    fails(|| Reply::BreakOff, "not reached");
    fails(|| Reply::Text(500, "", "{}".into()), "broken");
    fails(|| Reply::Text(429, "retry-after: 999\r\n", "{}".into()), "busy");
    fails(|| Reply::Text(413, "", "{\"error\": {\"message\": \"sk-kanarie\"}}".into()), "not taken");
    fails(|| Reply::Text(200, "", "<html>sign in</html>".into()), "unreadable");
    fails(|| Reply::Text(200, "", "{\"text\": ".into()), "unreadable");
}

#[test]
fn nothing_is_sent_without_settings_to_a_place_that_the_region_forbids_or_of_who_did_not_agree() {
    let engine = Engine::start(|_, _| text(&verbose()));
    let home = attached();
    let refused = home.run(&["transcribe", "small batch"]);
    assert!(refused.code == Some(2) && refused.err.contains("`transcribe.url`"), "{refused:#?}");
    home.settings(&format!(
        "[transcribe]\nurl = \"{}\"\ncommand = \"x {{input}}\"\nmodel = \"m\"\nkey = \"none\"\n",
        engine.address
    ));
    assert_eq!(home.run(&["transcribe", "small batch"]).code, Some(2));
    change(&home, |batch| {
        batch["region"] = "eu".into();
        batch["submissions"][2]["consent"] = json!({ "given": true, "machine_assistance": false });
    });
    endpoint(&home, &engine.address, "regions = \"us\"");
    assert_eq!(transcribed(&home, &[], 0)["outcomes"], json!({ "not allowed": 5 }));
    assert_eq!(engine.asked().len(), 0, "not one byte was sent");
    endpoint(&home, &engine.address, "regions = \"eu\"");
    assert_eq!(transcribed(&home, &[], 0)["outcomes"], json!({ "written down": 4, "not allowed": 1 }));
}

#[test]
fn what_the_source_gave_stays_and_again_makes_anew_what_a_machine_made() {
    let engine = Engine::start(|_, _| text(&verbose()));
    let home = attached();
    std::fs::write(home.path().join("bundle/a.vtt"), "WEBVTT\n\n00:00.500 --> 00:01.500\nIt was the disk.\n").expect("written");
    change(&home, |batch| batch["submissions"][0]["answers"][0]["transcript"] = "a.vtt".into());
    endpoint(&home, &engine.address, "");
    assert_eq!(transcribed(&home, &[], 0)["outcomes"], json!({ "had a transcript": 1, "written down": 4 }));
    assert_eq!(transcribed(&home, &["--again"], 0)["outcomes"], json!({ "had a transcript": 1, "written down": 4 }));
    assert_eq!(home.run(&["search", "small batch", "disk", "--json"]).json(0)["hits"].as_array().map(Vec::len), Some(1));
}

#[test]
fn an_engine_that_writes_no_word_where_somebody_speaks_has_failed_and_is_asked_again() {
    let home = attached();
    let program = install(&home, "printf '\\033[31m<<<>>>'");
    home.settings(&format!("[transcribe]\ncommand = \"{program} {{input}}\"\n"));
    assert_eq!(transcribed(&home, &[], 4)["outcomes"], json!({ "no words": 5 }));
    let program = install(&home, "echo I checked the logs.");
    home.settings(&format!("[transcribe]\ncommand = \"{program} {{input}}\"\n"));
    assert_eq!(transcribed(&home, &[], 0)["outcomes"], json!({ "written down": 5 }), "a rerun asks again");
}

#[test]
fn a_transcript_without_a_word_where_somebody_speaks_is_named_and_made_anew() {
    let engine = Engine::start(|asked, _| right(asked).unwrap_or_else(|| text(&verbose())));
    let home = attached();
    std::fs::write(home.path().join("bundle/a.json"), "{\"text\": \"\"}").expect("written");
    change(&home, |batch| batch["submissions"][0]["answers"][0]["transcript"] = "a.json".into());
    let scored = home.run(&["score", "small batch", "--json"]).json(0);
    assert_eq!(scored["outcomes"], json!({ "no transcript": 5 }), "{scored}");
    let warned = scored["answers"].to_string().matches("\"empty_transcript\"").count();
    assert_eq!(warned, 1, "{scored}");
    let told = home.run(&["score", "small batch"]);
    assert!(told.out.contains("its transcript has no word, and there are"), "{told:#?}");
    assert!(told.out.contains("5 without a transcript; `earmark transcribe "), "{told:#?}");
    endpoint(&home, &engine.address, "");
    assert_eq!(transcribed(&home, &[], 0)["outcomes"], json!({ "written down": 5 }));
    assert_eq!(transcribed(&home, &[], 0)["outcomes"], json!({ "had a transcript": 5 }), "once");
}

#[test]
fn the_report_and_the_long_table_name_who_wrote_a_transcript_with_its_digest_and_the_receipt_who_got_the_voice() {
    let engine = Engine::start(|asked, _| right(asked).unwrap_or_else(|| text(&verbose())));
    let home = attached();
    endpoint(&home, &engine.address, "");
    transcribed(&home, &[], 0);
    rate_all(&home);
    home.run(&["seal", "small batch", "--all", "--acknowledge-unheard", "--json"]).json(0);
    let table = home.run(&["export", "small batch", "--shape", "long"]).out;
    assert!(table.contains("automatic transcript of whisper-1 ("), "{table}");
    let made = home.run(&["report", "small batch", "--out", "report.html", "--excerpts", "none"]);
    assert_eq!(made.code, Some(0), "{made:#?}");
    let page = std::fs::read_to_string(home.path().join("report.html")).expect("written");
    assert!(page.contains("Transcripts by whisper-1, which told no version"), "{}", page.len());
    assert!(page.contains("Digest of the written text: "), "all five are the same words");
    let receipt = home.run(&["subject", "erase", "c-1", "--dry-run", "--json"]).json(0);
    assert_eq!((&receipt["engines"][0]["what"], &receipt["engines"][0]["times"]), (&json!("voice"), &json!(2)), "{receipt}");
}

/// A program of this name and script.
fn install(home: &Home, script: &str) -> String {
    let path = home.path().join("engine.sh");
    std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).expect("written");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o700)).expect("changed");
    path.display().to_string()
}

#[test]
fn a_program_writes_what_it_likes_into_a_file_or_prints_it() {
    let captions = "WEBVTT\n\n00:00.500 --> 00:01.500\nI checked the logs.\n";
    for (script, words) in [
        (format!("test -r \"$1\" && printf '{}'", captions.replace('\n', "\\n")), "{input}"),
        (format!("printf '{}' > \"$2.vtt\"", captions.replace('\n', "\\n")), "{input} {output}"),
        ("echo I checked the logs.".to_owned(), "{input}"),
    ] {
        let home = attached();
        let program = install(&home, &script);
        home.settings(&format!("[transcribe]\ncommand = \"{program} {words}\"\n"));
        let report = transcribed(&home, &[], 0);
        assert_eq!((&report["outcomes"]["written down"], &report["by"]), (&json!(5), &json!("engine.sh")), "{script}: {report}");
        assert_eq!(report["place"], "this machine");
        let found = home.run(&["search", "small batch", "logs", "--json"]).json(0);
        assert_eq!(found["hits"].as_array().map(Vec::len), Some(5), "{script}");
    }
    // A program works where the data lies: no region keeps it from that.
    let home = attached();
    change(&home, |batch| batch["region"] = "eu".into());
    let program = install(&home, "echo I checked the logs.");
    home.settings(&format!("[transcribe]\ncommand = \"{program} {{input}}\"\n"));
    assert_eq!(transcribed(&home, &[], 0)["outcomes"]["written down"], 5);
    // One that fails is named, and what it had heard by then is not taken.
    let program = install(&home, "echo I checked; exit 3");
    home.settings(&format!("[transcribe]\ncommand = \"{program} {{input}}\"\n"));
    assert_eq!(transcribed(&home, &["--again"], 4)["outcomes"], json!({ "failed": 5 }));
}

#[test]
fn pocketsphinx_as_debian_has_it_writes_down_words_with_times_and_how_sure_it_is() {
    let model = Path::new("/usr/share/pocketsphinx/model/en-us");
    if !Path::new("/usr/bin/pocketsphinx_continuous").exists() || !model.exists() {
        crate::parts::absent("there is no pocketsphinx");
        return;
    }
    let home = attached();
    home.settings("[transcribe]\ncommand = \"pocketsphinx_continuous -infile {input} -time yes -logfn /dev/null\"\n");
    let report = transcribed(&home, &[], 0);
    assert_eq!((&report["outcomes"]["written down"], &report["by"]), (&json!(5), &json!("pocketsphinx_continuous")), "{report}");
    let words = report["answers"].as_array().expect("answers").iter().filter_map(|one| one["words"].as_u64()).sum::<u64>();
    assert!(words > 5, "{report}");
    let lines = home.run(&["score", "small batch", "--json"]).json(0);
    assert_eq!(lines["answers"][0]["words"]["automatic"], "pocketsphinx_continuous", "{lines}");
}

#[test]
fn a_word_that_nobody_can_say_is_not_written_down() {
    let engine = Engine::start(|_, _| text(&json!({ "text": "a".repeat(3_000_000) })));
    let home = attached();
    endpoint(&home, &engine.address, "at_once = 1");
    let report = transcribed(&home, &[], 4);
    assert_eq!(report["outcomes"], json!({ "more words than can be said": 5 }), "{report}");
    let reason = report["answers"][0]["reason"].as_str().expect("a reason");
    assert!(reason.contains("a word of more than 200 characters, which nobody says"), "{reason}");
}
