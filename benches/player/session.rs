//! A long session in short: hundreds of answers one after the other, leafed through, played, left in the middle. Nothing of them stays.

use std::time::{Duration, Instant};

use earmark::interview::Moment;
use earmark::player::Report;
use earmark::sound::Recording;
use earmark::sound::mixer::Slot;

use crate::figures::Limits;
use crate::memory::resident_mb;
use crate::{Stage, load};

/// Answers until the shelf is full and every part of the player was used.
const FIRST: usize = 40;
/// Answers after that.
const THEN: usize = 300;
/// What may be more after those, in MB: the allocator's own, never one answer in ten.
const MOST_MB: f64 = 12.0;

pub(crate) fn run(limits: &mut Limits) {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/media/voice.webm");
    let bytes: Recording = std::fs::read(file).expect("a file of the repository").into();
    let mut stage = Stage::new();
    let mut most = Counts::default();
    (0..FIRST).for_each(|nth| visit(&mut stage, nth, &bytes, &mut most));
    let before = settled();
    (FIRST..FIRST + THEN).for_each(|nth| visit(&mut stage, nth, &bytes, &mut most));
    let after = settled();
    println!("a session: {THEN} answers after the first {FIRST}: {before:?}, then {after:?}; at most {most:?}");
    limits.at_most("MB more after 300 answers", after.mb - before.mb, MOST_MB);
    limits.at_most("threads more", after.threads as f64 - before.threads as f64, 2.0);
    limits.at_most("open files more", after.files as f64 - before.files as f64, 4.0);
    limits.at_most("children that are left", after.children as f64, 0.0);
    limits.at_most("children at once, leafing", most.children as f64, 24.0);
}

/// Loads an answer, in another slot each time; hears every third for a moment, leafs over the others.
fn visit(stage: &mut Stage, nth: usize, bytes: &Recording, most: &mut Counts) {
    let slot = Slot::ALL[nth % 4];
    stage.player.prefetch(load(slot, nth + 1, bytes, None));
    stage.player.load(load(slot, nth, bytes, None));
    stage.player.switch(slot);
    if nth.is_multiple_of(3) {
        stage.player.play();
        stage.until(|report| matches!(report, Report::Decoded { .. } | Report::NoDevice { .. }));
        stage.player.seek(slot, Moment(2_000));
        std::thread::sleep(Duration::from_millis(60));
        stage.player.pause();
    }
    while stage.reports.try_recv().is_ok() {}
    let now = Counts::now();
    *most = Counts {
        mb: most.mb.max(now.mb),
        threads: most.threads.max(now.threads),
        files: most.files.max(now.files),
        children: most.children.max(now.children),
    };
}

/// What this process holds.
#[derive(Clone, Copy, Default, Debug)]
struct Counts {
    mb: f64,
    threads: usize,
    files: usize,
    children: usize,
}

impl Counts {
    fn now() -> Counts {
        let entries = |folder: &str| std::fs::read_dir(folder).map_or(0, Iterator::count);
        let tasks = std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
        let children = tasks.filter_map(|task| std::fs::read_to_string(task.path().join("children")).ok());
        Counts {
            mb: resident_mb(),
            threads: entries("/proc/self/task"),
            files: entries("/proc/self/fd"),
            children: children.map(|children| children.split_whitespace().count()).sum(),
        }
    }
}

/// When what is under way is over and the device closed.
fn settled() -> Counts {
    let start = Instant::now();
    while Counts::now().children > 0 && start.elapsed() < Duration::from_secs(40) {
        std::thread::sleep(Duration::from_millis(100));
    }
    std::thread::sleep(Duration::from_secs(5));
    Counts::now()
}
