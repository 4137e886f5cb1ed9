//! `earmark render`: a recording through the player's own sound chain into a WAV file.

use std::fmt;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use super::Context;
use super::exit::Exit;
use super::failure::{Failure, Outcome};
use super::words::moment;
use crate::config::read_bounded;
use crate::fence::{Fence, ffmpeg_is_there};
use crate::interview::{Moment, Problem};
use crate::runtime::exporting::{NotWritten, Whole};
use crate::sound::stretch::{FASTEST, SLOWEST};
use crate::sound::{DecodeError, Pcm, Prepared, Recording, Rendering, cut_off, pace, render_to, wav};
use crate::source::{LARGEST_RECORDING, LARGEST_TRANSCRIPT};
use crate::transcript;

#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// The recording, in any format that earmark plays
    file: PathBuf,
    /// How fast, from 0.5 to 3
    #[arg(long, default_value_t = 1.0, value_parser = speed)]
    speed: f32,
    /// Words per minute of speech, pauses not counted, instead of a factor: slow speakers become faster, fast ones slower, within 0.5x to 3x
    #[arg(long, value_name = "N", conflicts_with = "speed", value_parser = words_per_minute)]
    wpm: Option<u16>,
    /// The transcript whose words --wpm counts; without it, the one of the same name beside the recording
    #[arg(long, value_name = "FILE", requires = "wpm")]
    transcript: Option<PathBuf>,
    /// Shortens silences to a natural pause
    #[arg(long)]
    skip_silence: bool,
    /// Leaves the recording at its own loudness
    #[arg(long)]
    no_loudness: bool,
    /// From where: seconds, or minutes as 1:05.5
    #[arg(long, value_name = "TIME", value_parser = moment)]
    from: Option<Moment>,
    /// Up to where
    #[arg(long, value_name = "TIME", value_parser = moment)]
    to: Option<Moment>,
    /// The WAV file to write
    #[arg(long, value_name = "WAV")]
    out: PathBuf,
    /// Also writes where in the recording each moment of it is, as CSV: output_s,source_s
    #[arg(long, value_name = "CSV")]
    map: Option<PathBuf>,
    /// Writes over files that are there and are different
    #[arg(long)]
    replace: bool,
}

pub(super) fn run(args: &Args, context: &Context) -> Outcome {
    let could_not = || Failure::new(format!("Could not render {}", args.file.display()));
    if args.map.as_deref().is_some_and(|map| is_same(map, &args.out)) {
        return Err(
            Failure::usage("Could not write the sound and the map into the same file").hint("give --map another name than --out")
        );
    }
    if [Some(args.out.as_path()), args.map.as_deref()].into_iter().flatten().any(|path| is_same(path, &args.file)) {
        return Err(Failure::usage("Could not write over the recording itself").hint("give --out and --map names of their own"));
    }
    let bytes = read_bounded(&args.file, LARGEST_RECORDING).map_err(|error| could_not().because(&error).hint(unread(&error)))?;
    let hint = args.file.extension().and_then(|extension| extension.to_str());
    let (pcm, prepared) = decoded(bytes.into(), hint).map_err(|(error, remedy)| could_not().because(&error).hint(remedy))?;
    if prepared.length_ms == 0 {
        return Err(could_not().cause("it holds less than a millisecond of sound").hint(DecodeError::Nothing.remedy()));
    }
    let pace = args.wpm.map(|target| Pace::for_target(args, target, &prepared)).transpose()?;
    let speed = pace.as_ref().map_or(args.speed, |pace| pace.speed);
    let how = Rendering {
        speed,
        skip_silence: args.skip_silence,
        loudness: !args.no_loudness,
        from: args.from.unwrap_or(Moment::START),
        to: args.to,
    };
    if how.to.is_some_and(|to| to <= how.from) {
        return Err(Failure::usage("Could not find anything between --from and --to").hint("let --to be later than --from"));
    }
    let end = how.to.unwrap_or(Moment(u32::MAX)).min(Moment(prepared.length_ms));
    if how.from >= end {
        let [from, to, length] = [how.from, end, Moment(prepared.length_ms)].map(Moment::with_unit);
        return Err(Failure::usage(format!("Could not find anything from {from} to {to}; the recording lasts {length}")));
    }
    let samples = written(args, &pcm, &prepared, &how)?;
    let seconds = samples as f64 / f64::from(crate::sound::RATE);
    let said = pace.as_ref().map_or(String::new(), |pace| format!(" {pace}"));
    match context.out.wants_json() {
        true => context.out.json(&serde_json::json!({
            "wav": args.out, "map": args.map, "seconds": seconds, "speed": as_written(speed), "wpm": pace.map(|pace| pace.as_json()),
        })),
        false => context.out.note(format!("{seconds:.1} s in {}{said}", args.out.display())),
    }
    match prepared.truncated {
        Some(how) if how.loses() => {
            context.out.problem(&Problem::damage(&args.file.display().to_string(), "", &how.to_string(), how.remedy()));
            Ok(Exit::Partial)
        }
        Some(how) => {
            context.out.problem(&Problem::warning(&args.file.display().to_string(), "", &how.to_string(), how.remedy()));
            Ok(Exit::Done)
        }
        None => Ok(Exit::Done),
    }
}

/// Decodes a recording; what earmark cannot decode by itself goes through the user's own ffmpeg, as it does at import. An error comes with
/// what to do about it.
fn decoded(bytes: Recording, hint: Option<&str>) -> Result<(Pcm, Prepared), (DecodeError, String)> {
    let fence = Fence::here();
    let error = match fence.prepare(bytes.clone(), hint) {
        Ok(decoded) => return Ok(decoded),
        Err(error) => error,
    };
    let remedy = error.remedy();
    if !matches!(error, DecodeError::Codec { .. }) {
        return Err((error, remedy.to_owned()));
    }
    let converted = fence.convert(&bytes).and_then(|converted| fence.prepare(converted.into(), Some("flac")));
    let remedy = if ffmpeg_is_there() { remedy.to_owned() } else { format!("install ffmpeg and try again, or {remedy}") };
    let (pcm, mut prepared) = converted.map_err(|_| (error, remedy))?;
    prepared.truncated = prepared.truncated.or_else(|| cut_off(&bytes));
    Ok((pcm, prepared))
}

/// Words in a minute of speech, pauses not counted.
#[derive(Debug)]
struct Pace {
    asked: u16,
    /// As they were said.
    said: f32,
    speed: f32,
}

impl Pace {
    /// As they are heard.
    fn heard(&self) -> f32 {
        self.said * self.speed
    }

    fn as_json(&self) -> serde_json::Value {
        serde_json::json!({ "asked": self.asked, "said": self.said.round(), "heard": self.heard().round() })
    }

    /// The speed at which this recording's words come at `target` a minute.
    fn for_target(args: &Args, target: u16, prepared: &Prepared) -> Result<Pace, Failure> {
        let (words, speech_ms) = (words_of(args, prepared)?, prepared.speech.length());
        let paced = pace::pace_of(words, speech_ms).zip(pace::speed_for(words, speech_ms, f32::from(target)));
        let (said, speed) = paced.ok_or_else(|| {
            let uncounted = Failure::new(format!("Could not count the words of {}", args.file.display()));
            uncounted.cause("it has too little speech to have a pace").hint("give a factor with --speed")
        })?;
        Ok(Pace { asked: target, said, speed })
    }
}

impl fmt::Display for Pace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (said, heard) = (self.said, self.heard());
        write!(f, "at {:.2}x: {said:.0} words in a minute of speech, pauses not counted, become {heard:.0}", self.speed)?;
        let is_out_of_reach = (heard - f32::from(self.asked)).abs() > self.said * pace::STEP;
        if is_out_of_reach { write!(f, "; {} would be beyond {SLOWEST}x to {FASTEST}x", self.asked) } else { Ok(()) }
    }
}

/// How many words its transcript has.
fn words_of(args: &Args, prepared: &Prepared) -> Result<usize, Failure> {
    let could_not = || Failure::new(format!("Could not count the words of {}", args.file.display()));
    let beside = || transcript::extensions().map(|extension| args.file.with_extension(extension)).find(|path| path.is_file());
    let path = args.transcript.clone().or_else(beside);
    let path = path.ok_or_else(|| could_not().cause("there is no transcript beside it").hint("name one with --transcript FILE"))?;
    let bytes = read_bounded(&path, LARGEST_TRANSCRIPT)
        .map_err(|error| could_not().cause(path.display().to_string()).because(&error).hint(unread(&error)))?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let reading = transcript::read(&bytes, &name, Some(prepared.length_ms))
        .map_err(|problem| Failure::problems(format!("Could not count the words of {}", args.file.display()), &[problem]))?;
    Ok(reading.transcript.words.len())
}

/// What to do about a file that cannot be read.
fn unread(error: &std::io::Error) -> &'static str {
    match error.kind() {
        ErrorKind::NotFound => "check its name, and the folder that it is in",
        ErrorKind::PermissionDenied => "check that you may read it",
        ErrorKind::FileTooLarge => "split it, or keep its sound alone: ffmpeg -i IN -vn -c:a libopus OUT.webm",
        ErrorKind::IsADirectory | ErrorKind::InvalidInput => "name a file; what comes through a pipe is written into one first",
        _ => "check the disk that it is on",
    }
}

/// Whether two names are of one file, be it there already or not.
fn is_same(one: &Path, other: &Path) -> bool {
    let place = |path: &Path| {
        path.canonicalize().or_else(|_| {
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
            folder.canonicalize().map(|folder| folder.join(path.file_name().unwrap_or_default()))
        })
    };
    one == other || place(one).ok().is_some_and(|one| place(other).ok() == Some(one))
}

/// Writes the files while their sound is made, and puts all of them into their places, or none where one of them would be written over;
/// how many samples there are.
fn written(args: &Args, pcm: &Pcm, prepared: &Prepared, how: &Rendering) -> Result<usize, Failure> {
    let told = |path: &Path, error: &NotWritten| {
        let failure = Failure::new(format!("Could not write {}", path.display())).because(error);
        let elsewhere = "name a file in a folder that is there, that you may write into, and that has room";
        failure.hint(if matches!(error, NotWritten::Exists) { "--replace writes over it" } else { elsewhere })
    };
    let begin = |path: &PathBuf| Whole::begin(path).map_err(|error| told(path, &error.into()));
    let mut sound = begin(&args.out)?;
    let mut map = args.map.as_ref().map(|path| begin(path).map(|file| (path, file))).transpose()?;
    let at_sound = |error: std::io::Error| told(&args.out, &error.into());
    sound.write_all(&wav::head(0)).map_err(at_sound)?;
    if let Some((path, file)) = &mut map {
        file.write_all(b"output_s,source_s\n").map_err(|error| told(path, &error.into()))?;
    }
    let mut samples = 0;
    render_to(pcm, prepared, how, |some, rows| {
        samples += some.len();
        sound.write_all(&wav::of(some).collect::<Vec<u8>>()).map_err(at_sound)?;
        let Some((path, file)) = &mut map else { return Ok(()) };
        rows.iter().try_for_each(|row| file.write_all(line(*row).as_bytes())).map_err(|error| told(path, &error.into()))
    })?;
    sound.rewrite_head(&wav::head(samples)).map_err(at_sound)?;
    let mut files: Vec<(&PathBuf, Whole)> = [(&args.out, sound)].into_iter().chain(map).collect();
    files.iter_mut().try_for_each(|(path, file)| file.may_be_put(args.replace).map_err(|error| told(path, &error)))?;
    files.into_iter().try_for_each(|(path, file)| file.put().map_err(|error| told(path, &error.into())))?;
    Ok(samples)
}

/// A speed as a person writes it, with two decimals at most.
fn as_written(speed: f32) -> f64 {
    (f64::from(speed) * 100.0).round() / 100.0
}

/// A row of the map.
fn line((output, source): (f64, f64)) -> String {
    format!("{output:.6},{source:.6}\n")
}

fn words_per_minute(text: &str) -> Result<u16, String> {
    let pace = text.parse().ok().filter(|pace| pace::PACES.contains(pace));
    pace.ok_or_else(|| format!("a pace lies between {} and {} words per minute", pace::PACES.start(), pace::PACES.end()))
}

fn speed(text: &str) -> Result<f32, String> {
    let speed = text.trim_end_matches('x').parse().ok().filter(|speed| (SLOWEST..=FASTEST).contains(speed));
    speed.ok_or_else(|| format!("a speed is a number from {SLOWEST} to {FASTEST}, with a point: 1.5"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sound;

    #[test]
    fn a_speed_outside_of_what_is_heard_well_is_refused() {
        assert_eq!(speed("1.5x"), Ok(1.5));
        assert!(speed("0.4").is_err() && speed("3.1").is_err() && speed("NaN").is_err());
        assert!(speed("1,5").is_err_and(|why| why.ends_with("with a point: 1.5")));
        assert_eq!(serde_json::json!(as_written(1.07)).to_string(), "1.07");
        assert_eq!(serde_json::json!(as_written(1.300_000_1)).to_string(), "1.3");
    }

    #[test]
    fn a_pace_that_no_reviewer_may_ask_for_is_refused_here_too() {
        assert_eq!((words_per_minute("60"), words_per_minute("600")), (Ok(60), Ok(600)));
        assert!(words_per_minute("59").is_err() && words_per_minute("601").is_err() && words_per_minute("fast").is_err());
    }

    #[test]
    fn one_file_under_two_names_is_seen() {
        let folder = tempfile::tempdir().expect("a folder for a test");
        let path = |name: &str| folder.path().join(name);
        assert!(is_same(&path("a.wav"), &path("a.wav")) && is_same(&path("a.wav"), &path("./a.wav")));
        assert!(!is_same(&path("a.wav"), &path("a.csv")));
        std::fs::write(path("there"), "x").expect("written");
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(path("there"), path("link")).expect("linked");
            assert!(is_same(&path("there"), &path("link")));
        }
    }

    #[test]
    fn words_are_counted_in_the_transcript_beside_the_recording() {
        use clap::Parser as _;
        #[derive(clap::Parser)]
        struct Only {
            #[command(flatten)]
            args: Args,
        }
        let folder = tempfile::tempdir().expect("a folder for a test");
        let file = folder.path().join("a1.flac");
        let args = Only::parse_from([
            "render".as_ref(),
            file.as_os_str(),
            "--wpm".as_ref(),
            "180".as_ref(),
            "--out".as_ref(),
            "x.wav".as_ref(),
        ])
        .args;
        let prepared = Prepared {
            speech: vec![crate::interview::Span { start: Moment(1_000), end: Moment(21_000) }].into(),
            ..sound::measure(
                &Pcm::from_samples(&[]),
                &sound::Loaded {
                    samples: 30 * 48_000,
                    downmix: sound::Downmix::even(1),
                    best: sound::Downmix::even(1),
                    truncated: None,
                },
            )
        };
        let told = Pace::for_target(&args, 180, &prepared).expect_err("there is none").lines().join(" ");
        assert!(told.contains("--transcript"), "{told}");
        let said = "word ".repeat(40);
        let caption = [("sbv", "0:00:01.000,0:00:21.000\n"), ("vtt", "WEBVTT\n\n00:01.000 --> 00:21.000\n")];
        for (extension, times) in caption {
            std::fs::write(file.with_extension(extension), format!("{times}{said}\n")).expect("a file for a test");
            // 40 words in 20 s of speech are 120 a minute.
            let pace = Pace::for_target(&args, 180, &prepared).expect("enough speech");
            assert_eq!(pace.as_json(), serde_json::json!({ "asked": 180, "said": 120.0, "heard": 180.0 }), "{extension}");
            assert_eq!(pace.to_string(), "at 1.50x: 120 words in a minute of speech, pauses not counted, become 180");
        }
        let pace = Pace::for_target(&args, 600, &prepared).expect("enough speech");
        assert!(pace.to_string().ends_with("become 360; 600 would be beyond 0.5x to 3x"), "{pace}");
    }

    #[test]
    fn the_map_has_its_columns() {
        assert_eq!(line((0.01, 1.02)), "0.010000,1.020000\n");
    }
}
