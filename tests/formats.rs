//! Every container and coding that is promised, made by ffmpeg and compared with what ffmpeg itself hears in it.
#![allow(clippy::print_stderr)] // a test that is skipped says so

use std::path::Path;
use std::process::{Command, Stdio};

use earmark::fence::ffmpeg_is_there;
use earmark::sound::{Pcm, RATE, prepare, wav};

/// Name of the file, and what ffmpeg is told to make it.
const FORMATS: &[(&str, &str)] = &[
    ("opus.webm", "-c:a libopus -b:a 48k"),
    ("vorbis.webm", "-c:a libvorbis"),
    ("aac.mkv", "-c:a aac -b:a 64k"),
    ("opus.mkv", "-c:a libopus -b:a 48k"),
    ("pcm.mkv", "-c:a pcm_s16le"),
    ("flac.mkv", "-c:a flac"),
    ("mp3.mkv", "-c:a libmp3lame -b:a 64k"),
    ("aac.mp4", "-c:a aac -b:a 64k"),
    ("front.mp4", "-c:a aac -b:a 64k -movflags faststart"),
    ("pieces.mp4", "-c:a aac -b:a 64k -movflags frag_keyframe+delay_moov -frag_duration 500000"),
    ("opus.mp4", "-c:a libopus -b:a 48k"),
    ("flac.mp4", "-c:a flac -strict -2"),
    ("mp3.mp4", "-c:a libmp3lame -b:a 64k"),
    ("aac.m4a", "-c:a aac -b:a 64k"),
    ("alac.m4a", "-c:a alac"),
    ("aac.mov", "-c:a aac -b:a 64k"),
    ("pcm.mov", "-c:a pcm_s16le"),
    ("big.mov", "-c:a pcm_s24be"),
    ("opus.ogg", "-c:a libopus -b:a 48k"),
    ("vorbis.ogg", "-c:a libvorbis"),
    ("flac.ogg", "-c:a flac -f ogg"),
    ("constant.mp3", "-c:a libmp3lame -b:a 64k"),
    ("variable.mp3", "-c:a libmp3lame -q:a 5"),
    ("16.wav", "-c:a pcm_s16le"),
    ("24.wav", "-c:a pcm_s24le"),
    ("32.wav", "-c:a pcm_s32le"),
    ("8.wav", "-c:a pcm_u8"),
    ("float.wav", "-c:a pcm_f32le"),
    ("mulaw.wav", "-c:a pcm_mulaw -ar 8000"),
    ("alaw.wav", "-c:a pcm_alaw -ar 8000"),
    ("16.flac", "-c:a flac -sample_fmt s16"),
    ("24.flac", "-c:a flac -sample_fmt s32"),
    ("plain.aac", "-c:a aac -b:a 64k -f adts"),
    ("stereo.m4a", "-c:a aac -b:a 96k -ac 2"),
    ("stereo.webm", "-c:a libopus -b:a 96k -ac 2"),
];

const RATES: [u32; 9] = [8_000, 11_025, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 96_000];

/// A folder with a voice in it; none without ffmpeg.
fn workshop() -> Option<tempfile::TempDir> {
    if !ffmpeg_is_there() {
        crate::parts::absent("there is no ffmpeg");
        return None;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let mut voice = vec![0.0; 96_000];
    let (pcm, _) = prepare(
        std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/media/voice.wav"))
            .expect("a file that the repository holds")
            .into(),
        None,
    )
    .expect("it decodes");
    pcm.read(0, &mut voice);
    std::fs::write(folder.path().join("in.wav"), wav::bytes(&voice)).expect("written");
    Some(folder)
}

fn ffmpeg(folder: &Path, words: &str) -> Vec<u8> {
    let mut command = Command::new("ffmpeg");
    command.current_dir(folder).args(["-nostdin", "-v", "error", "-y"]).args(words.split_whitespace());
    let done = command.stdin(Stdio::null()).output().expect("ffmpeg starts");
    assert!(done.status.success(), "ffmpeg {words}: {}", String::from_utf8_lossy(&done.stderr));
    done.stdout
}

/// What ffmpeg hears.
fn theirs(folder: &Path, name: &str) -> Vec<f32> {
    let bytes = ffmpeg(folder, &format!("-i {name} -vn -ac 1 -ar {RATE} -f f32le -"));
    bytes.chunks_exact(4).map(|four| f32::from_le_bytes([four[0], four[1], four[2], four[3]])).collect()
}

fn ours(folder: &Path, name: &str) -> Vec<f32> {
    let bytes = std::fs::read(folder.join(name)).expect("ffmpeg made it");
    let extension = name.rsplit_once('.').map(|(_, extension)| extension);
    let (pcm, prepared): (Pcm, _) = prepare(bytes.into(), extension).unwrap_or_else(|error| panic!("{name}: {error}"));
    assert_eq!(prepared.truncated, None, "{name}");
    let mut samples = vec![0.0; pcm.available() as usize];
    pcm.read(0, &mut samples);
    samples
}

/// How many samples ours is later than theirs, and how much louder what is alike is than what is not, in dB.
fn compare(ours: &[f32], theirs: &[f32]) -> (i64, f64) {
    let at = |samples: &[f32], i: i64| usize::try_from(i).ok().and_then(|i| samples.get(i).copied()).unwrap_or(0.0);
    // What is left of ours when all that is like theirs is taken off: their level does not matter.
    let error = |lag: i64, step: usize| {
        let inside = (4_800..theirs.len().saturating_sub(4_800)).step_by(step);
        let pairs = inside.map(|i| (f64::from(at(ours, i as i64 + lag)), f64::from(theirs[i])));
        let (own, both, other) = pairs.fold((0.0, 0.0, 1e-12), |(a, b, c), (x, y)| (a + x * x, b + x * y, c + y * y));
        (own - both * both / other) / (both * both / other).max(1e-12)
    };
    let least = |lags: &mut dyn Iterator<Item = i64>, step| lags.min_by(|a, b| error(*a, step).total_cmp(&error(*b, step)));
    let near = least(&mut (-2_400..=2_400).step_by(6), 23).expect("a range");
    let lag = least(&mut (near - 8..=near + 8), 5).expect("a range");
    (lag, -10.0 * error(lag, 1).max(1e-12).log10())
}

/// What is wrong with how a file comes through.
fn judge(folder: &Path, name: &str) -> Option<String> {
    let (ours, theirs) = (ours(folder, name), theirs(folder, name));
    let (lag, decibels) = compare(&ours, &theirs);
    let (source_lag, _) = compare(&ours, &theirs_of_source(folder));
    let longer = ours.len() as i64 - theirs.len() as i64;
    let told = format!("{name}: {lag} samples later than ffmpeg, {source_lag} than its source, {longer} longer, {decibels:.1} dB");
    if std::env::var_os("EARMARK_TEST_TELL").is_some() {
        eprintln!("{told}");
    }
    // A millisecond of place, a packet of length. ffmpeg plays the encoder's padding where an MP4 comes in pieces; we do not.
    let placed = lag.abs() <= 48 || source_lag.abs() <= 48;
    (!placed || longer.abs() > 1_500 || decibels < 25.0).then_some(told)
}

fn theirs_of_source(folder: &Path) -> Vec<f32> {
    theirs(folder, "in.wav")
}

#[test]
fn every_container_and_coding_sounds_as_ffmpeg_hears_it() {
    let Some(folder) = workshop() else { return };
    let mut wrong = Vec::new();
    for (name, words) in FORMATS {
        ffmpeg(folder.path(), &format!("-i in.wav {words} {name}"));
        wrong.extend(judge(folder.path(), name));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_rate_sounds_as_ffmpeg_hears_it() {
    let Some(folder) = workshop() else { return };
    let mut wrong = Vec::new();
    for rate in RATES {
        let name = format!("{rate}.wav");
        ffmpeg(folder.path(), &format!("-i in.wav -ar {rate} {name}"));
        wrong.extend(judge(folder.path(), &name));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_sound_of_a_video_is_heard_where_it_is() {
    let Some(folder) = workshop() else { return };
    let mut wrong = Vec::new();
    for (name, words) in [
        ("video.mp4", "-c:v mpeg4 -c:a aac -b:a 64k"),
        ("video.mov", "-c:v mjpeg -pix_fmt yuvj420p -c:a pcm_s16le"),
        ("video.mkv", "-c:v mpeg4 -c:a libvorbis"),
        ("video.webm", "-c:v libvpx -b:v 60k -deadline realtime -cpu-used 8 -c:a libopus"),
        ("pieces-video.mp4", "-c:v mpeg4 -c:a aac -movflags frag_keyframe+delay_moov -frag_duration 500000"),
    ] {
        ffmpeg(folder.path(), &format!("-f lavfi -i testsrc=size=64x48:rate=10 -i in.wav -shortest {words} {name}"));
        wrong.extend(judge(folder.path(), name));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
