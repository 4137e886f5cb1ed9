//! How fast sound is stretched and decoded: prints a table. `cargo bench --bench sound [-- FILE…]`.
#![allow(clippy::print_stdout)] // printing is what it is for

use std::path::PathBuf;
use std::process::Command;
use std::time::Instant;

use earmark::fence::{Coming, Fence};
use earmark::sound::stretch::{HOP, Hop, Scratch, Stretch};
use earmark::sound::{Downmix, Loading, Mono, Pcm, Prepared, Recording, Rendering, measure, prepare, render, to_i16};

#[path = "../tests/fence/peak.rs"]
mod peak;
use peak::Peak;

/// So soon an answer that was not prepared is heard, in ms; what the device takes comes on top.
const FIRST_SOUND_MS: f64 = 150.0;
/// Each figure is the best of so many runs, theirs and ours in turn.
const RUNS: usize = 5;

/// The repository's own; the third is a browser's, in stereo.
const OWN: [&str; 5] = ["voice.webm", "voice.m4a", "chromium-whole.webm", "voice.mp3", "voice.flac"];

fn main() {
    let named: Vec<PathBuf> = std::env::args().skip(1).filter(|arg| !arg.starts_with('-')).map(PathBuf::from).collect();
    let media = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/media");
    let files = if named.is_empty() { OWN.map(|name| lengthened(&media.join(name))).into() } else { named };
    for file in files {
        let Ok(bytes) = std::fs::read(&file) else {
            println!("{}: cannot be read", file.display());
            continue;
        };
        let bytes: Recording = bytes.into();
        match prepare(bytes.clone(), None) {
            Ok((pcm, prepared)) => {
                println!("{} ({:.1} s)", file.display(), f64::from(prepared.length_ms) / 1000.0);
                decoding(&file, &bytes, f64::from(prepared.length_ms) / 1000.0, &prepared.downmix);
                behind_the_fence(&bytes);
                measuring(&bytes, &prepared);
                stretching(&pcm, &prepared);
            }
            Err(error) => println!("{}: {error}", file.display()),
        }
    }
}

/// The same sound over and over, some minutes of it, where ffmpeg is there to put it together: a processor's time is told in ticks, which
/// are long beside a few seconds' decoding.
fn lengthened(file: &std::path::Path) -> PathBuf {
    let long = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(file.file_name().unwrap_or_default());
    let mut ffmpeg = Command::new("ffmpeg");
    ffmpeg.args(["-v", "error", "-y", "-stream_loop", "29", "-i"]).arg(file).args(["-vn", "-c", "copy"]).arg(&long);
    if ffmpeg.status().is_ok_and(|ended| ended.success()) { long } else { file.to_owned() }
}

/// Seconds of the fastest run.
fn best(run: impl FnMut()) -> f64 {
    best_in_turn([&mut { run }])[0]
}

/// Seconds of the fastest run of each, taken in turn: what slows the machine for a while slows all of them.
fn best_in_turn<const N: usize>(mut runs: [&mut dyn FnMut(); N]) -> [f64; N] {
    let mut best = [f64::MAX; N];
    for _ in 0..RUNS {
        for (best, run) in best.iter_mut().zip(&mut runs) {
            let start = Instant::now();
            run();
            *best = best.min(start.elapsed().as_secs_f64());
        }
    }
    best
}

/// Both do the same: bytes of the same file to mono samples at 48 kHz of 16 bits, which are let go; on one thread; what counts is the
/// processor's time. ffmpeg tells its own without its start; ours is decoding as the child does it, without its start and its pipe.
fn decoding(file: &std::path::Path, bytes: &Recording, seconds: f64, downmix: &Downmix) {
    let decode = |downmix: Option<Downmix>| {
        let Ok(mut mono) = Mono::open(bytes.clone(), None, downmix) else { return };
        let (mut ready, mut samples) = (Vec::new(), Vec::new());
        while let Ok(None) = mono.step(&mut ready) {
            samples.clear();
            samples.extend(ready.drain(..).map(to_i16));
            std::hint::black_box(&samples);
        }
    };
    let keep = || drop(Loading::open(bytes.clone(), None, None).and_then(Loading::run));
    let (mut ours, mut known, mut kept, mut theirs) = (f64::MAX, f64::MAX, f64::MAX, f64::MAX);
    for _ in 0..RUNS {
        ours = ours.min(processor_time(|| decode(None)));
        known = known.min(processor_time(|| decode(Some(downmix.clone()))));
        theirs = theirs.min(ffmpeg(file).unwrap_or(f64::MAX));
        kept = kept.min(processor_time(keep));
    }
    println!("  decode                {:>8.2} ms  {:>7.0} x real time", ours * 1e3, seconds / ours);
    println!("  with its mix known    {:>8.2} ms  as when it is heard", known * 1e3);
    println!("  decode and keep       {:>8.2} ms", kept * 1e3);
    match theirs {
        f64::MAX => println!("  ffmpeg                is not installed"),
        theirs => println!(
            "  ffmpeg, without start {:>8.2} ms  ours is {:.2} of it, with its mix known {:.2}",
            theirs * 1e3,
            ours / theirs,
            known / theirs
        ),
    }
}

/// Seconds of a processor that `run` takes on this thread; of the clock where the system does not tell.
fn processor_time(run: impl Fn()) -> f64 {
    let now = || {
        let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
        told.split(' ').next()?.parse::<f64>().ok()
    };
    let (before, start) = (now(), Instant::now());
    run();
    before.zip(now()).map_or(start.elapsed().as_secs_f64(), |(before, after)| (after - before) / 1e9)
}

/// Seconds of a processor that ffmpeg takes for the same, as it says itself (`-benchmark`).
fn ffmpeg(file: &std::path::Path) -> Option<f64> {
    let mut command = Command::new("ffmpeg");
    command.args(["-hide_banner", "-nostdin", "-benchmark", "-threads", "1", "-i"]).arg(file);
    let told = command.args(["-vn", "-ac", "1", "-ar", "48000", "-c:a", "pcm_s16le", "-f", "null", "-"]).output().ok()?;
    let told = String::from_utf8_lossy(&told.stderr).into_owned();
    let of = |name: &str| told.split(name).nth(1)?.split('s').next()?.parse::<f64>().ok();
    Some(of("utime=")? + of("stime=")?)
}

/// What the child costs, and how soon something is heard of an answer that was never seen before.
fn behind_the_fence(bytes: &Recording) {
    let fence = Fence::around(PathBuf::from(env!("CARGO_BIN_EXE_earmark")));
    let start = best(|| drop(fence.walls()));
    let whole = best(|| drop(fence.open(bytes.clone(), None, None).and_then(Coming::run)));
    let first = best(|| {
        let Ok(mut coming) = fence.open(bytes.clone(), None, None) else { return };
        let pcm = coming.pcm();
        while pcm.available() == 0 && matches!(coming.step(), Ok(None)) {}
    });
    let told = if first * 1e3 <= FIRST_SOUND_MS { "within" } else { "OVER" };
    println!("  in the child          {:>8.2} ms  its start alone {:.2} ms", whole * 1e3, start * 1e3);
    // What the parent holds of it while it is imported: nothing that grows with it but a few bytes for each 10 ms.
    let peak = Peak::watch();
    drop(fence.measure(bytes.clone(), None));
    println!(
        "  memory of the child   {:>8.1} MB  at most, of which the recording {:.1} MB",
        peak.megabytes(),
        bytes.len() as f64 / 1e6
    );
    println!("  first sound           {:>8.2} ms  {told} the {FIRST_SOUND_MS} ms of an unprepared answer", first * 1e3);
}

fn measuring(bytes: &Recording, prepared: &Prepared) {
    if let Ok((pcm, loaded)) = Loading::open(bytes.clone(), None, None).and_then(Loading::run) {
        let took = best(|| drop(measure(&pcm, &loaded)));
        println!("  measure               {:>8.2} ms  {:>7.0} x real time", took * 1e3, f64::from(prepared.length_ms) / 1e3 / took);
    }
}

fn stretching(pcm: &Pcm, prepared: &Prepared) {
    let length = f64::from(prepared.length_ms) / 1000.0;
    for speed in [1.0, 1.5, 2.0, 3.0] {
        let mut stretching = || {
            let (mut stretch, mut scratch, mut out) = (Stretch::new(0, speed), Scratch::default(), [0.0; HOP]);
            while stretch.hop(pcm, &mut scratch, 0) == Hop::Ready {
                std::hint::black_box(stretch.take(&mut out));
            }
        };
        let mut rendering = || drop(render(pcm, prepared, &Rendering { speed, ..Rendering::default() }));
        let [took, chain] = best_in_turn([&mut stretching, &mut rendering]);
        // As the field counts it: seconds of the recording per second of a core.
        println!(
            "  at {speed:.1}x: stretch {:>7.0} x real time, whole chain {:>6.0} x, of which stretch is {:.0}%",
            length / took,
            length / chain,
            100.0 * took / chain
        );
    }
}
