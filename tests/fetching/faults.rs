//! Hosts that misbehave: every recording comes in whole all the same, or is named.

use std::collections::HashMap;

use serde_json::json;

use super::host::{Fault, Host};
use super::platform::export;
use super::{done, fetch, home_of_platform, lines, wav};

fn recordings() -> HashMap<String, Vec<u8>> {
    (1..=3).map(|nth| (format!("/m/{nth}.wav"), wav(nth, 300_000))).collect()
}

/// Fetches three recordings from a host that does this to them; how it ended, and both hosts.
fn fetched(decide: impl FnMut(&str, usize) -> Fault + Send + 'static, code: i32) -> (serde_json::Value, Host, Host, String) {
    let media = Host::start(recordings(), decide);
    let addresses = [1, 2, 3].map(|nth| format!("{}/m/{nth}.wav?sig=kanarie-{nth}", media.address));
    let exported = export([&addresses[0], &addresses[1], &addresses[2]], None);
    let api = Host::start([("/export.json".to_owned(), exported.to_string().into_bytes())], |_, _| Fault::None);
    let home = home_of_platform(&api.address);
    let ran = fetch(&home, &[]);
    let end = done(&ran, code);
    let log = std::fs::read_dir(home.path().join(".local/state/earmark")).into_iter().flatten().flatten();
    let log: String = log.map(|file| std::fs::read_to_string(file.path()).unwrap_or_default()).collect();
    assert!(!log.contains("kanarie") && !ran.err.contains("kanarie") && !ran.out.contains("kanarie"), "{log}{ran:#?}");
    assert!(media.asked().iter().all(|asked| !asked.headers.contains("authorization")), "no credentials go to a media host");
    (end, media, api, ran.out)
}

#[test]
fn what_breaks_off_is_gone_on_with_and_no_byte_comes_twice() {
    let (end, media, ..) = fetched(|_, nth| if nth < 2 { Fault::BreakOff(100_000) } else { Fault::None }, 0);
    assert_eq!(end["arrived"], json!(3), "{end}");
    let whole: usize = recordings().values().map(Vec::len).sum();
    assert_eq!(media.sent() as usize, whole);
    let asked = media.asked();
    let later = asked.iter().filter(|asked| asked.headers.contains("range: bytes="));
    assert_eq!(later.filter(|asked| asked.headers.contains("if-range: \"")).count(), 6, "{asked:?}");
}

#[test]
fn a_host_that_is_busy_is_asked_again_when_it_says_so() {
    let decide = |_: &str, nth: usize| match nth {
        0 => Fault::Status(503, "retry-after: 0\r\n"),
        1 => Fault::Nothing,
        2 => Fault::Status(429, "retry-after: 1\r\n"),
        _ => Fault::None,
    };
    let (end, ..) = fetched(decide, 0);
    assert_eq!(end["arrived"], json!(3), "{end}");
}

#[test]
fn an_address_that_has_run_out_or_leads_to_a_web_page_is_asked_for_again() {
    let decide = |path: &str, nth: usize| match (nth, path.contains("/1.")) {
        (0, true) => Fault::Status(403, ""),
        (0, false) => Fault::Page,
        _ => Fault::None,
    };
    let (end, _, api, _) = fetched(decide, 0);
    assert_eq!(end["arrived"], json!(3), "{end}");
    assert!(api.asked().len() > 1, "the platform was asked where they are now");
}

#[test]
fn a_page_that_is_no_recording_is_named_and_the_others_come() {
    let (end, _, _, out) = fetched(|path, _| if path.contains("/2.") { Fault::Page } else { Fault::None }, 4);
    assert_eq!((&end["arrived"], &end["missing"]), (&json!(2), &json!(1)), "{end}");
    assert!(out.contains("web page"), "{out}");
}

#[test]
fn a_web_page_behind_blank_lines_and_comments_is_one_and_so_is_an_error_in_json_and_their_addresses_are_asked_for_again() {
    const PAGE: &str = "\u{feff}\r\n\n  <!-- built in March -->\n\n<!doctype html><p>expired";
    let decide = |path: &str, nth: usize| match (nth, path.contains("/1.")) {
        (0, true) => Fault::Other("video/webm", PAGE),
        (0, false) => Fault::Other("application/octet-stream", "{\"error\":\"expired\"}"),
        _ => Fault::None,
    };
    let (end, _, api, _) = fetched(decide, 0);
    assert_eq!(end["arrived"], json!(3), "{end}");
    assert!(api.asked().len() > 1, "the platform was asked where they are now");
}

#[test]
fn what_comes_in_the_place_of_a_recording_is_in_one_number_of_the_summary_and_not_among_what_arrived() {
    let decide = |path: &str, _: usize| match path {
        path if path.contains("/1.") => Fault::Other("application/json", "{\"error\": \"expired\"}"),
        path if path.contains("/2.") => Fault::Other("audio/wav", "no sound at all, whatever its type may say"),
        _ => Fault::None,
    };
    let (end, _, _, out) = fetched(decide, 4);
    let numbers = ["files", "arrived", "missing", "unusable", "answers"].map(|name| end[name].as_u64().expect("a number"));
    assert_eq!(numbers, [3, 1, 1, 1, 1], "{end}");
    let summary = "1 answer arrived, 1 file came and cannot be reviewed, 1 file did not come; the next fetch tries again";
    assert!(end["summary"].as_str().is_some_and(|says| says.ends_with(summary)), "{end}");
    assert!(out.contains("the host sends an error in JSON in its place"), "{out}");
}

#[test]
fn a_redirect_to_another_origin_is_followed_without_credentials_and_never_into_a_private_network() {
    let other = Host::start(recordings(), |_, _| Fault::None);
    let to = format!("{}/m/1.wav", other.address);
    let decide = move |path: &str, _: usize| match path {
        path if path.contains("/1.") => Fault::Redirect(to.clone()),
        path if path.contains("/2.") => Fault::Redirect("http://169.254.7.7/latest/meta-data".into()),
        _ => Fault::Redirect("file:///etc/passwd".into()),
    };
    let (end, _, _, out) = fetched(decide, 4);
    assert_eq!((&end["arrived"], &end["missing"]), (&json!(1), &json!(2)), "{end}");
    assert_eq!(other.asked().len(), 1);
    assert!(!other.asked()[0].headers.contains("kanarie"), "{:?}", other.asked());
    assert!(out.contains("169.254.7.7") && out.contains("names no host"), "{out}");
}

#[test]
fn a_recording_that_is_not_there_is_named_on_its_answer_and_comes_with_the_next_fetch() {
    let gone = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(true));
    let is_gone = gone.clone();
    let media = Host::start(recordings(), move |path, _| {
        match path.contains("/3.") && is_gone.load(std::sync::atomic::Ordering::Relaxed) {
            true => Fault::Status(404, ""),
            false => Fault::None,
        }
    });
    let addresses = [1, 2, 3].map(|nth| format!("{}/m/{nth}.wav", media.address));
    let exported = export([&addresses[0], &addresses[1], &addresses[2]], None);
    let api = Host::start([("/export.json".to_owned(), exported.to_string().into_bytes())], |_, _| Fault::None);
    let home = home_of_platform(&api.address);
    let first = fetch(&home, &[]);
    assert_eq!(done(&first, 4)["missing"], json!(1));
    assert!(lines(&first).iter().any(|line| line["event"] == "failed"), "{first:#?}");
    gone.store(false, std::sync::atomic::Ordering::Relaxed);
    let second = done(&fetch(&home, &[]), 0);
    assert_eq!((&second["files"], &second["arrived"]), (&json!(1), &json!(1)), "{second}");
}
