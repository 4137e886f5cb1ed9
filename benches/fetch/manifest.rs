//! A manifest of 10,000 people, imported.

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::json;

use super::{command, earmark, judged};

/// People.
const PEOPLE: usize = 10_000;
/// Seconds.
const MOST: f64 = 3.0;
/// MiB at its most.
const MEMORY: f64 = 64.0;

/// Imports it into a library of its own.
pub(crate) fn measured(home: &Path) -> bool {
    std::fs::create_dir_all(home.join("batch")).expect("made");
    let person = |nth: usize| {
        json!({"candidate": {"id": format!("c-{nth}"), "name": format!("Person {nth}"), "email": format!("p{nth}@person.example")},
            "status": "invited", "answers": [{"question": "q1", "state": "not_given"}, {"question": "q2", "state": "not_given"}]})
    };
    let questions = json!([{"id": "q1", "prompt": "What did you do?"}, {"id": "q2", "prompt": "Why this job?"}]);
    let document = json!({"format": 1, "source": "bench", "id": "many", "title": "Many", "interview": {"questions": questions},
        "submissions": (0..PEOPLE).map(person).collect::<Vec<_>>()});
    std::fs::write(home.join("batch/batch.json"), document.to_string()).expect("written");
    let begun = Instant::now();
    let mut child = command(&earmark(), home).args(["import", "batch", "--json"]).spawn().expect("it starts");
    let mut peak = 0.0_f64;
    let status = loop {
        peak = peak.max(high_water(child.id()));
        if let Some(status) = child.try_wait().expect("it is a child") {
            break status;
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    let took = begun.elapsed().as_secs_f64();
    if !status.success() {
        println!("MISS the manifest was not imported: {status}");
        return false;
    }
    println!("\na manifest of {PEOPLE} people, imported:");
    judged("seconds", took, MOST) & judged("memory at its most in MiB", peak, MEMORY)
}

/// The most memory that a process has held so far, MiB; nothing where it has ended.
fn high_water(process: u32) -> f64 {
    let text = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.split_whitespace().next().and_then(|kib| kib.parse::<f64>().ok()).map_or(0.0, |kib| kib / 1024.0)
}
