//! One pass of decoding, silence and loudness over an answer, beside ffmpeg with silencedetect and ebur128 at 16 kHz over the same file.

use std::path::{Path, PathBuf};
use std::process::Command;

use earmark::fence::Fence;
use earmark::sound::Recording;

use crate::figures::Limits;

/// Each figure is the least of so many runs, theirs and ours in turn.
const RUNS: usize = 5;
/// An answer, in seconds.
const ANSWER_S: f64 = 90.0;
/// Fifty candidates' answers to five questions.
const BATCH: f64 = 250.0;
/// The repository's own recordings, each made long.
const FILES: [&str; 4] = ["voice.webm", "chromium-whole.webm", "voice.m4a", "voice.mp3"];

pub(crate) fn prepare(limits: &mut Limits) {
    let media = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/media");
    for name in FILES {
        let Some(file) = lengthened(&media.join(name)) else {
            println!("{name}: ffmpeg is not here to make it long; nothing is measured");
            continue;
        };
        let bytes: Recording = std::fs::read(&file).expect("it was written").into();
        let length = Fence::none().measure(bytes.clone(), None).expect("it can be measured").length_ms;
        let seconds = f64::from(length) / 1000.0;
        let (mut ours, mut theirs) = (f64::MAX, f64::MAX);
        for _ in 0..RUNS {
            ours = ours.min(processor_time(|| drop(std::hint::black_box(Fence::none().measure(bytes.clone(), None)))));
            theirs = theirs.min(ffmpeg(&file).unwrap_or(f64::MAX));
        }
        let (speed, ratio) = (seconds / ours, ours / theirs);
        println!(
            "{name}, {seconds:.0} s: {:.0} ms, {speed:.0} x real time; ffmpeg {:.0} ms; ours is {ratio:.2} of it",
            ours * 1e3,
            theirs * 1e3
        );
        match name.rsplit_once('.') {
            Some((_, "mp3")) => limits.at_most(format!("{name}: 200 over real time's multiple"), 200.0 / speed, 1.0),
            _ => limits.at_most(format!("{name}: processor time over ffmpeg's"), ratio, 1.0),
        }
        limits.at_most(format!("{name}: 50 x 5 answers of 90 s, processor seconds"), BATCH * ANSWER_S / speed, 120.0);
    }
}

/// The same sound over and over, three minutes of it, without being encoded again.
fn lengthened(file: &Path) -> Option<PathBuf> {
    let long = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("scorer-{}", file.file_name()?.to_str()?));
    let mut ffmpeg = Command::new("ffmpeg");
    ffmpeg.args(["-v", "error", "-nostdin", "-y", "-stream_loop", "-1", "-i"]).arg(file);
    ffmpeg.args(["-t", "180", "-vn", "-c", "copy"]).arg(&long);
    ffmpeg.status().is_ok_and(|ended| ended.success()).then_some(long)
}

/// Seconds of a processor that `run` takes on this thread.
fn processor_time(run: impl Fn()) -> f64 {
    let now = || {
        let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
        told.split(' ').next()?.parse::<f64>().ok()
    };
    let (before, start) = (now(), std::time::Instant::now());
    run();
    before.zip(now()).map_or(start.elapsed().as_secs_f64(), |(before, after)| (after - before) / 1e9)
}

/// Seconds of a processor that ffmpeg takes, as it says itself without its start.
fn ffmpeg(file: &Path) -> Option<f64> {
    let mut command = Command::new("ffmpeg");
    command.args(["-hide_banner", "-nostdin", "-benchmark", "-threads", "1", "-filter_threads", "1", "-i"]).arg(file);
    let filters = "aresample=16000,silencedetect=noise=-40dB:d=0.4,ebur128=framelog=verbose";
    let told =
        command.args(["-vn", "-ac", "1", "-af", filters, "-f", "null", "-"]).output().ok().filter(|told| told.status.success())?;
    let told = String::from_utf8_lossy(&told.stderr).into_owned();
    let of = |name: &str| told.split(name).nth(1)?.split('s').next()?.parse::<f64>().ok();
    Some(of("utime=")? + of("stime=")?)
}
