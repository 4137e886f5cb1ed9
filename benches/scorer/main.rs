//! What batch scoring costs: preparing recordings beside ffmpeg, near-duplicates among 50,000 transcripts, with how many of those that
//! were planted are found, the text signals of 250 answers, and shards. `cargo bench --bench scorer [-- prepare|alike|words|shards]`. A
//! missed limit is an exit code of 1.
#![allow(clippy::print_stdout)] // printing is what it is for

#[path = "../terminal/figures.rs"]
#[allow(dead_code)]
mod figures;
#[path = "../search/said.rs"]
#[allow(dead_code)]
mod said;

mod prepare;
mod shards;

use std::collections::HashSet;
use std::process::ExitCode;
use std::time::Instant;

use earmark::interview::Digest;
use earmark::rubric::{Rubric, shipped_as};
use earmark::scorer::alike::{Asked, Text, pairs};
use earmark::scorer::reader::embedded;
use earmark::scorer::said::Said;
use earmark::text::SafeText;
use earmark::transcript::Transcript;

use figures::Limits;
use said::Speaker;

const ANSWERS: usize = 50_000;
const WORDS: usize = 250;
/// Copies that are planted, each with one word in ten changed.
const PLANTED: usize = 2_000;
const CHANGED: usize = 10;
/// A batch of 50 candidates and 5 questions.
const BATCH: usize = 250;

/// A part's name, and what runs it.
type Part = (&'static str, fn(&mut Limits));

fn main() -> ExitCode {
    let mut limits = Limits::default();
    println!("load {}", figures::load_in_words());
    let named: Vec<String> = std::env::args().skip(1).filter(|arg| !arg.starts_with('-')).collect();
    let wanted = |name: &str| named.is_empty() || named.iter().any(|one| one == name);
    let parts: [Part; 4] =
        [("prepare", prepare::prepare), ("alike", near_duplicates), ("words", signals), ("shards", shards::shards)];
    parts.into_iter().filter(|(name, _)| wanted(name)).for_each(|(_, run)| run(&mut limits));
    limits.judge()
}

fn near_duplicates(limits: &mut Limits) {
    let mut speaker = Speaker::new(1);
    let asked = Asked::default();
    let mut texts = Vec::with_capacity(ANSWERS);
    let mut copies = Vec::with_capacity(PLANTED);
    for nth in 0..ANSWERS - PLANTED {
        let transcript = speaker.answer(WORDS);
        if nth < PLANTED {
            copies.push(changed(&transcript, &speaker.answer(WORDS), nth));
        }
        texts.push(Text::of(&transcript, nth as u64, &asked));
    }
    texts.extend(copies.iter().enumerate().map(|(nth, copy)| Text::of(copy, (ANSWERS + nth) as u64, &asked)));
    let before = peak_mib();
    let start = Instant::now();
    let found = pairs(&texts);
    let took = start.elapsed().as_secs_f64();
    let places: HashSet<(usize, usize)> = found.iter().filter(|pair| pair.is_whole()).map(|pair| (pair.a, pair.b)).collect();
    let hits = (0..PLANTED).filter(|nth| places.contains(&(*nth, ANSWERS - PLANTED + nth))).count();
    let (recall, precision) = (hits as f64 / PLANTED as f64, hits as f64 / found.len().max(1) as f64);
    let peak = peak_mib();
    println!("{ANSWERS} transcripts of {WORDS} words: {took:.1} s, {} pairs, peak {peak:.0} MiB ({before:.0} before)", found.len());
    println!("planted {PLANTED}, found {hits}: recall {recall:.4}, precision {precision:.4}");
    limits.at_most("near-duplicates among 50,000, seconds", took, 60.0);
    limits.at_most("memory, MiB", peak, 1024.0);
    limits.at_most("missed of those planted", 1.0 - recall, 0.01);
    limits.at_most("found and not planted", 1.0 - precision, 0.05);
}

/// The same with one word in ten from another answer.
fn changed(transcript: &Transcript, other: &Transcript, salt: usize) -> Transcript {
    let mut changed = transcript.clone();
    for (nth, word) in changed.words.iter_mut().enumerate() {
        let draw = Digest::of_all(&[&salt.to_be_bytes(), &nth.to_be_bytes()]).0;
        if usize::from(u16::from_be_bytes([draw[0], draw[1]])).is_multiple_of(CHANGED)
            && let Some(replaced) = other.words.get(nth)
        {
            word.text = SafeText::line(replaced.text.as_str());
        }
    }
    changed
}

fn signals(limits: &mut Limits) {
    let text = shipped_as("customer-support").expect("it is shipped").text;
    let rubric = Rubric::read("customer-support.toml", text).expect("a shipped rubric has no mistakes").rubric;
    let question = &rubric.questions[0];
    let mut speaker = Speaker::new(2);
    let answers: Vec<Transcript> = (0..BATCH).map(|_| speaker.answer(WORDS)).collect();
    let start = Instant::now();
    let mut hits = 0;
    for transcript in &answers {
        let said = Said::of(transcript, Some(question), question.prompt.as_str(), Some("en"));
        let proposal = embedded::read(transcript, &said, question, &rubric.scale, Digest::default());
        hits += said.hits.len() + proposal.ratings.len();
    }
    let took = start.elapsed().as_secs_f64();
    println!("text signals and the second reader of {BATCH} answers: {took:.2} s of one core, {hits} hits and points");
    limits.at_most("text signals of 50 × 5 answers, seconds", took, 2.0);
}

/// The most memory that this process had, in MiB; 0 where the system does not say.
fn peak_mib() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let kib: f64 = line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok()).unwrap_or(0.0);
    kib / 1024.0
}
