//! What finding costs in 50,000 answers of 250 words: every keystroke of some phrases, beside `rg -i` on the same text in the same
//! run, and what the index takes to build and to keep. `cargo bench --bench search`. A missed limit is an exit code of 1.
#![allow(clippy::print_stdout)] // printing is what it is for

#[path = "../terminal/figures.rs"]
#[allow(dead_code)]
mod figures;
mod said;

use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use earmark::interview::AnswerId;
use earmark::transcript::{Binder, Entry, Index, Language, Phrase, Volume};

use figures::{Limits, median, quantile};
use said::Speaker;

const ANSWERS: u32 = 50_000;
const QUESTIONS: u32 = 5;
const WORDS: usize = 250;
/// Answers of a volume, as the program makes them.
const VOLUME: usize = 16_384;
/// Hits of each question that a screen asks for at first.
const EACH: usize = 20;
/// Words that are looked at before screen and keys have their turn.
const WORK: usize = 500_000;
/// Hits whose quotes a tall screen shows.
const SHOWN: usize = 60;
const ROUNDS: usize = 7;

/// What is typed, letter by letter: rare and common words, phrases of common words, words that nobody said.
const PHRASES: &[&str] = &[
    "idempotent",
    "deadline",
    "kubernetes pipeline",
    "my guess was",
    "of the",
    "the of the",
    "we were responsible for",
    "the deployed",
    "guess my was",
    "zzyzx",
    "\"ruled out\"",
];

fn main() -> ExitCode {
    let mut limits = Limits::default();
    println!("load {}", figures::load_in_words());
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("said.txt");
    let index = build(&file, &mut limits);
    let keystrokes = type_phrases(&index, &file, &mut limits);
    let waited: Vec<f64> = keystrokes.iter().map(|(ms, _)| *ms).collect();
    let (p50, p95) = (median(&waited), quantile(&waited, 0.95));
    let (p99, most) = (quantile(&waited, 0.99), quantile(&waited, 1.0));
    let of_cpu: Vec<f64> = keystrokes.iter().map(|(_, cpu)| *cpu).collect();
    println!("\nprocessor time of a keystroke: median {:.2} ms, p95 {:.2} ms", median(&of_cpu), quantile(&of_cpu, 0.95));
    println!("{} keystrokes: median {p50:.2} ms, p95 {p95:.2} ms, p99 {p99:.2} ms, most {most:.2} ms", keystrokes.len());
    limits.at_most("first hits after a keystroke, p95 in ms", p95, 16.7);
    limits.judge()
}

/// Generates what was said, writes it line by line for the others to search, and builds the index of it.
fn build(file: &Path, limits: &mut Limits) -> Index {
    let (mut speaker, mut text) = (Speaker::new(7), String::new());
    let (mut index, mut taken) = (Index::default(), Duration::ZERO);
    let before = resident();
    let mut binder = Binder::new(Language::of(Some("en")));
    // Answers to one question come one after the other, as the program orders them.
    for rank in 0..ANSWERS {
        let said = speaker.answer(WORDS);
        text.push_str(&said.text(0..said.words.len()));
        text.push('\n');
        let question = (rank / (ANSWERS / QUESTIONS)) as u16;
        let entry = Entry { answer: AnswerId::derive(&[&rank.to_string()]), question, rank, covered: false };
        let start = Instant::now();
        binder.add_said(entry, &said);
        if binder.len() == VOLUME || rank + 1 == ANSWERS {
            let full = std::mem::replace(&mut binder, Binder::new(Language::of(Some("en"))));
            index.add(full.bind());
        }
        taken += start.elapsed();
    }
    let (mib, bytes) = (1_048_576.0, text.len() as f64);
    std::fs::write(file, &text).expect("it can be written");
    drop(text);
    let share = index.bytes() as f64 / bytes;
    println!("{ANSWERS} answers, {:.1} MiB of text", bytes / mib);
    println!(
        "index built in {:.2} s of one core; it takes {:.1} MiB, {share:.2} of the text",
        taken.as_secs_f64(),
        index.bytes() as f64 / mib
    );
    println!("resident memory grew by {:.1} MiB, what generating took included", (resident() - before) / mib);
    println!("a volume of one answer takes {} bytes", one().bytes());
    limits.aims_at("the index beside the text", share, 0.75);
    index
}

fn one() -> Volume {
    let mut binder = Binder::new(Language::of(Some("en")));
    binder.add_said(
        Entry { answer: AnswerId::derive(&["one"]), question: 0, rank: 0, covered: false },
        &Speaker::new(1).answer(WORDS),
    );
    binder.bind()
}

/// Types every phrase; returns the milliseconds that each keystroke took, and those of the processor's time.
fn type_phrases(index: &Index, file: &Path, limits: &mut Limits) -> Vec<(f64, f64)> {
    let mut keystrokes = Vec::new();
    let (mut ratios, mut unsaid): (Vec<f64>, Vec<f64>) = (Vec::new(), Vec::new());
    println!("\nmilliseconds, and of the processor's time");
    println!("{:<26}{:>8}{:>9}{:>10}{:>9}{:>10}{:>9}{:>8}", "typed", "hits", "most cpu", "whole", "cpu", "rg -i", "cpu", "ratio");
    for phrase in PHRASES {
        let ends: Vec<usize> = phrase.char_indices().map(|(at, c)| at + c.len_utf8()).collect();
        let (mut slowest, mut whole, mut whole_cpu, mut theirs, mut hits) = (0.0f64, Vec::new(), Vec::new(), Vec::new(), 0);
        let rg_before = children_cpu();
        for _ in 0..ROUNDS {
            for end in &ends {
                let (start, before) = (Instant::now(), own_cpu());
                hits = first_screen(index, &phrase[..*end]);
                let (ms, cpu) = (start.elapsed().as_secs_f64() * 1e3, own_cpu() - before);
                slowest = slowest.max(cpu);
                keystrokes.push((ms, cpu));
                if *end == phrase.len() {
                    whole.push(ms);
                    whole_cpu.push(cpu);
                }
            }
            theirs.extend(rg(file, phrase.trim_matches('"')));
        }
        let all = index.find(&Phrase::whole(phrase), usize::MAX - 1, usize::MAX, |_| true).hits.len();
        let beside = if theirs.is_empty() { f64::NAN } else { median(&theirs) };
        let rg_cpu = (children_cpu() - rg_before) / ROUNDS as f64;
        let ratio = median(&whole) / beside;
        let kind = if all > 0 { &mut ratios } else { &mut unsaid };
        kind.extend(ratio.is_finite().then_some(ratio));
        let (ours, cpu) = (median(&whole), median(&whole_cpu));
        println!("{phrase:<26}{all:>8}{slowest:>9.2}{ours:>10.2}{cpu:>9.2}{beside:>10.1}{rg_cpu:>9.0}{ratio:>8.3}");
        std::hint::black_box(hits);
    }
    if ratios.is_empty() {
        println!("there is no rg to measure beside");
    } else {
        limits.at_most("first hits of the slowest phrase beside rg -i", quantile(&ratios, 1.0), 0.2);
        limits.aims_at("until it is sure that nobody said it, beside rg -i", quantile(&unsaid, 1.0), 0.2);
    }
    keystrokes
}

/// Finds what a screen shows after a key, and its quotes.
fn first_screen(index: &Index, typed: &str) -> usize {
    let phrase = Phrase::typed(typed);
    let mut found = index.find(&phrase, EACH, WORK, |_| true);
    while found.hits.is_empty() && found.is_partial() {
        index.find_on(&mut found, &phrase, EACH, WORK, |_| true);
    }
    let quotes = found.hits.iter().take(SHOWN).map(|hit| index.quote(hit, 8).said.width());
    std::hint::black_box(quotes.sum::<usize>());
    found.hits.len()
}

/// Milliseconds that ripgrep takes to count the lines with a phrase, the start of its process included; none where it is not there.
fn rg(file: &Path, phrase: &str) -> Option<f64> {
    let start = Instant::now();
    let status = Command::new("rg").args(["-i", "-c", "-F", "-e", phrase]).arg(file).stdout(Stdio::null()).status().ok()?;
    // 1 says that there was no line.
    matches!(status.code(), Some(0 | 1)).then(|| start.elapsed().as_secs_f64() * 1e3)
}

/// Bytes of memory that this process has.
fn resident() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse::<f64>().unwrap_or(0.0) * 1024.0
}

/// Milliseconds of processor time that this thread has used.
fn own_cpu() -> f64 {
    let text = std::fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    text.split(' ').next().and_then(|ns| ns.parse::<f64>().ok()).unwrap_or(0.0) / 1e6
}

/// Milliseconds of processor time that the programs have used which this one started, to ten milliseconds.
fn children_cpu() -> f64 {
    let text = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = text.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    // Counted from the state, which comes after the name.
    [13, 14].into_iter().filter_map(|at| fields.get(at)?.parse::<f64>().ok()).sum::<f64>() * 10.0
}
