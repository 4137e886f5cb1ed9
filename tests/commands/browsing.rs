//! The report in a real browser: nothing on the console, nothing fetched, no violation that axe-core finds, excerpts that play.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::reporting::{HARD, reviewed};
use crate::home::Home;

const SCRIPT: &str = "tests/browser/look.mjs";

/// What opens pages; none where a part of it is not there, which is said.
fn browser() -> Option<(PathBuf, PathBuf)> {
    let modules = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/browser");
    let chromium = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].map(PathBuf::from);
    let chromium = chromium.into_iter().find(|path| path.exists());
    if Command::new("node").arg("--version").output().is_err() || !modules.join("node_modules/puppeteer-core").exists() {
        crate::parts::absent("there is no node, or not what it needs under target/browser");
        return None;
    }
    if chromium.is_none() {
        crate::parts::absent("there is no Chromium");
    }
    Some((modules, chromium?))
}

/// What the browser found; pictures lie in `target/tmp/report` afterwards.
fn looked_at(home: &Home, page: &str) -> Option<(Value, PathBuf)> {
    let (modules, chromium) = browser()?;
    let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join("report").join(page.trim_end_matches(".html"));
    std::fs::create_dir_all(&out).expect("a folder");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join(SCRIPT);
    let ran =
        Command::new("node").arg(script).args([&modules, &chromium, &home.path().join(page), &out]).output().expect("it runs");
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    Some((serde_json::from_slice(&ran.stdout).expect("JSON"), out))
}

fn is_clean(found: &Value) {
    for what in ["console", "requests", "violations", "overflow"] {
        assert!(found[what].as_array().is_some_and(Vec::is_empty), "{what}: {:#}", found[what]);
    }
}

#[test]
fn a_report_opens_without_a_word_on_the_console_and_its_excerpts_play_equally_loud() {
    let home = reviewed();
    let told = home.run(&["report", "small batch", "--out", "report.html", "--meet", "2", "--json"]).json(0);
    assert!(told["excerpts"].as_u64() >= Some(3), "{told}");
    let Some((found, out)) = looked_at(&home, "report.html") else { return };
    is_clean(&found);
    let excerpts = found["excerpts"].as_array().expect("a list");
    assert!(excerpts.len() >= 3, "{found}");
    let mut levels = Vec::new();
    for (nth, excerpt) in excerpts.iter().enumerate() {
        assert!(excerpt["played"] == true && excerpt["rate"] == 2.0 && excerpt["keepsPitch"] == true, "{excerpt}");
        let seconds = excerpt["seconds"].as_f64().expect("a number");
        let said: f64 =
            excerpt["label"].as_str().and_then(|label| label.split(' ').nth(2)).and_then(|s| s.parse().ok()).expect("a label");
        assert!((seconds - said).abs() < 0.06, "{seconds} s, and {said} is said");
        levels.push(loudness(&out.join(format!("excerpt-{nth}.f32"))));
    }
    let (low, high) = levels.iter().fold((f64::MAX, f64::MIN), |(low, high), level| (low.min(*level), high.max(*level)));
    assert!(high - low < 4.0 && low > -26.0 && high < -12.0, "{levels:?} LUFS: the common loudness is -18");
}

#[test]
fn names_full_of_markup_signs_and_directions_are_shown_and_run_nothing() {
    let home = super::reporting::with_hard_names();
    home.run(&["report", "small batch", "--out", "hard.html", "--excerpts", "none", "--json"]).json(0);
    let Some((found, _)) = looked_at(&home, "hard.html") else { return };
    is_clean(&found);
    let text = std::fs::read_to_string(home.path().join("hard.html")).expect("written");
    let signs = [('&', "&amp;"), ('<', "&lt;"), ('>', "&gt;"), ('"', "&quot;")];
    let name = signs.iter().fold(HARD[0].to_owned(), |name, (sign, written)| name.replace(*sign, written));
    assert!(text.contains(&name), "the name is there");
}

/// In LUFS, of mono samples at 48 kHz.
fn loudness(file: &Path) -> f64 {
    let bytes = std::fs::read(file).expect("written");
    let samples: Vec<f32> = bytes.chunks_exact(4).map(|four| f32::from_le_bytes(four.try_into().expect("four bytes"))).collect();
    let mut meter = ebur128::EbuR128::new(1, 48_000, ebur128::Mode::I).expect("one channel");
    meter.add_frames_f32(&samples).expect("samples");
    meter.loudness_global().expect("a level")
}
