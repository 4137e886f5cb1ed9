//! A program on this machine that writes down what was said: no shell, limits, and the recording as memory or as a file in memory.

use std::fs::File;
use std::io::Read as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use zeroize::Zeroizing;

use super::NotWritten;
use crate::fence::handing::{self, InMemory};
use crate::journal::Through;

/// A program with its words.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Program {
    words: Vec<String>,
    files: bool,
    timeout: Duration,
}

/// Why a setting is no program.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum NoProgram {
    /// A quote is not closed.
    #[error("a quote in it is not closed")]
    Quote,
    /// There is no word.
    #[error("there is no word in it")]
    Empty,
    /// The recording is nowhere in it.
    #[error("`{{input}}` does not stand in it")]
    NoInput,
}

/// What it is called when a program could not be started: it was given nothing.
pub(super) const NOT_STARTED: &str = "not started";
/// The same where the recording could not be put where it reads it.
pub(super) const NOT_HANDED: &str = "not handed over";
/// The most that a program may write, in bytes: a transcript is read up to so much.
const MOST: u64 = 16 << 20;
/// How often it is looked whether it has ended.
const LOOK: Duration = Duration::from_millis(20);
/// So much of what it writes to standard error is looked at, in bytes from the end; its last line is told where it fails.
const MOST_WORDS: usize = 400;
/// Standard error closes with the program, whose group is ended.
const LAST_WORDS: Duration = Duration::from_secs(1);
/// What of the environment a program gets: where programs and its own models lie, and the language.
const PASSED: [&str; 6] = ["PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "LD_LIBRARY_PATH"];
/// What programs add to the name that they are given for their output.
const ENDINGS: [&str; 7] = ["", ".json", ".vtt", ".srt", ".txt", ".wav.json", ".wav.txt"];

impl Program {
    /// Reads the words of a setting: split at white space, quotes keep together, nothing else means anything; `{input}` and `{output}`
    /// stand for paths.
    ///
    /// # Errors
    /// When it is no such command.
    pub fn read(text: &str, files: bool, timeout: Duration) -> Result<Self, NoProgram> {
        let words = split(text)?;
        match () {
            () if words.is_empty() => Err(NoProgram::Empty),
            () if !words[1..].iter().any(|word| word.contains("{input}")) => Err(NoProgram::NoInput),
            () => Ok(Program { words, files, timeout }),
        }
    }

    /// The program's own name.
    pub fn name(&self) -> &str {
        Path::new(&self.words[0]).file_name().and_then(|name| name.to_str()).unwrap_or(&self.words[0])
    }

    /// How a recording gets to it.
    pub fn through(&self) -> Through {
        if self.files { Through::File } else { Through::Memory }
    }

    /// Runs it over one recording and returns what it wrote.
    pub(super) fn run(&self, wav: &[u8]) -> Result<Zeroizing<Vec<u8>>, NotWritten> {
        let not = |name: &'static str, reason: String| NotWritten { name, reason };
        let handed = |error: std::io::Error| not(NOT_HANDED, format!("the recording could not be handed over: {error}"));
        let writes = self.words.iter().any(|word| word.contains("{output}"));
        // A folder in memory also takes what it writes: that is what somebody said.
        let folder = match self.files || writes {
            true => {
                let bytes = if self.files { wav } else { &[] };
                let file = InMemory::of(bytes, Some("wav")).map_err(handed)?;
                Some(file.ok_or_else(|| not(NOT_HANDED, "no folder lies in memory here".to_owned()))?)
            }
            false => None,
        };
        let (stdin, input) = match folder.as_ref().filter(|_| self.files) {
            Some(file) => (Stdio::null(), file.path().to_owned()),
            None => (Stdio::from(handing::memory(wav).map_err(handed)?), PathBuf::from("/proc/self/fd/0")),
        };
        let output = folder.as_ref().map(|folder| folder.folder().join("transcript"));
        let mut child = self.started(stdin, &input, output.as_deref())?;
        let complaint = last_words(&mut child);
        let (printed, status) = attend(&mut child, self.timeout);
        let endless = || not("endless", format!("{} wrote more than {MOST} bytes", self.name()));
        match status {
            _ if printed.len() as u64 > MOST => return Err(endless()),
            Some(status) if status.success() => {}
            Some(status) => {
                let said = complaint.recv_timeout(LAST_WORDS).unwrap_or_default();
                let said = if said.is_empty() { ", and wrote no reason".to_owned() } else { format!(": {said}") };
                return Err(not("failed", format!("{} ended with {status}{said}", self.name())));
            }
            None => return Err(not("late", format!("{} took longer than {} s", self.name(), self.timeout.as_secs()))),
        }
        let written = match &output {
            Some(output) => Some(written(output).map_err(|reason| not("wrote nothing", format!("{}: {reason}", self.name())))?),
            None => None,
        };
        let text = written.unwrap_or(printed);
        if text.len() as u64 > MOST { Err(endless()) } else { Ok(text) }
    }

    fn started(&self, stdin: Stdio, input: &Path, output: Option<&Path>) -> Result<Child, NotWritten> {
        let shown = |path: &Path| path.display().to_string();
        let put = |word: &String| {
            let word = word.replace("{input}", &shown(input));
            output.map_or(word.clone(), |output| word.replace("{output}", &shown(output)))
        };
        let mut command = Command::new(&self.words[0]);
        command.args(self.words[1..].iter().map(put));
        command.env_clear().envs(PASSED.iter().filter_map(|name| Some((*name, std::env::var_os(name)?))));
        command.stdin(stdin).stdout(Stdio::piped()).stderr(Stdio::piped()).current_dir("/");
        // All that it starts ends with it.
        command.process_group(0);
        let child = command.spawn().map_err(|error| {
            let reason = format!("{} could not be started: {error}", self.name());
            NotWritten { name: NOT_STARTED, reason }
        })?;
        limit(&child, self.timeout);
        Ok(child)
    }
}

/// Bounds what a program may use, from its first moments on.
#[cfg(target_os = "linux")]
fn limit(child: &Child, timeout: Duration) {
    use rustix::process::{Pid, Resource, Rlimit, prlimit};
    let cores = std::thread::available_parallelism().map_or(1, |cores| cores.get() as u64);
    let to = |value: u64| Rlimit { current: Some(value), maximum: Some(value) };
    let all =
        [(Resource::Cpu, timeout.as_secs() * cores), (Resource::Fsize, 4 * MOST), (Resource::Core, 0), (Resource::Nofile, 256)];
    let pid = Pid::from_child(child);
    for (resource, value) in all {
        if let Err(error) = prlimit(Some(pid), resource, to(value)) {
            tracing::warn!(%error, "a program that writes down what was said could not be limited");
        }
    }
}

#[cfg(not(target_os = "linux"))]
fn limit(_: &Child, _: Duration) {}

/// Reads what a program prints until it ends or its time is over; no status then.
fn attend(child: &mut Child, timeout: Duration) -> (Zeroizing<Vec<u8>>, Option<ExitStatus>) {
    let out = child.stdout.take().expect("its output is a pipe");
    let (told, hear) = mpsc::channel();
    std::thread::spawn(move || {
        let mut text = Zeroizing::new(Vec::new());
        let _ = out.take(MOST + 1).read_to_end(&mut text);
        // Who waited too long is not there any more.
        let _ = told.send(text);
    });
    let until = Instant::now() + timeout;
    let printed = hear.recv_timeout(timeout).unwrap_or_default();
    loop {
        match child.try_wait() {
            Ok(Some(status)) => {
                end(child);
                return (printed, Some(status));
            }
            Ok(None) if Instant::now() < until => std::thread::sleep(LOOK),
            _ => {
                end(child);
                let _ = child.wait();
                return (printed, None);
            }
        }
    }
}

/// The last line that a program writes to standard error, once that is closed: as a rule why it failed.
fn last_words(child: &mut Child) -> mpsc::Receiver<String> {
    let mut errors = child.stderr.take().expect("its errors are a pipe");
    let (told, hear) = mpsc::channel();
    std::thread::spawn(move || {
        let (mut end, mut piece) = (Zeroizing::new(Vec::new()), Zeroizing::new([0; 4096]));
        while let Ok(read @ 1..) = errors.read(&mut piece[..]) {
            end.extend_from_slice(&piece[..read]);
            let surplus = end.len().saturating_sub(MOST_WORDS);
            end.drain(..surplus);
        }
        let text = String::from_utf8_lossy(&end).into_owned();
        let line = text.lines().rev().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
        let _ = told.send(line.to_owned());
    });
    hear
}

/// Ends a program, and all that it started.
fn end(child: &Child) {
    use rustix::process::{Pid, Signal, kill_process_group};
    let _ = kill_process_group(Pid::from_child(child), Signal::KILL);
}

/// What a program wrote under the name that it was given, with the ending that it chose.
fn written(output: &Path) -> Result<Zeroizing<Vec<u8>>, String> {
    let name = |ending: &&str| PathBuf::from(format!("{}{ending}", output.display()));
    let path = ENDINGS.iter().map(name).find(|path| path.is_file()).ok_or("there is no file under the name of {output}")?;
    let mut text = Zeroizing::new(Vec::new());
    let read = File::open(path).and_then(|file| file.take(MOST + 1).read_to_end(&mut text));
    read.map(|_| text).map_err(|error| error.to_string())
}

/// The words of a command: split at white space; what stands in single or double quotes is one word.
fn split(text: &str) -> Result<Vec<String>, NoProgram> {
    let (mut words, mut word, mut quote): (Vec<String>, Option<String>, Option<char>) = (Vec::new(), None, None);
    for c in text.chars() {
        match quote {
            Some(open) if c == open => quote = None,
            Some(_) => word.get_or_insert_default().push(c),
            None if c == '"' || c == '\'' => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            None if c.is_whitespace() => words.extend(word.take()),
            None => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    if quote.is_some() { Err(NoProgram::Quote) } else { Ok(words) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn program(script: &str, more: &str, files: bool, timeout: Duration) -> Program {
        Program::read(&format!("sh -c '{script}' sh {more}"), files, timeout).expect("it is one")
    }

    const LONG: Duration = Duration::from_secs(20);

    #[test]
    fn words_are_split_at_white_space_and_quotes_keep_them_together() {
        let words = split("whisper-cli -m \"/my models/a.bin\" -f {input} '' -p 'say \"hi\"; rm $HOME'").expect("it is right");
        assert_eq!(words, ["whisper-cli", "-m", "/my models/a.bin", "-f", "{input}", "", "-p", "say \"hi\"; rm $HOME"]);
        assert_eq!(split("a 'b"), Err(NoProgram::Quote));
        assert_eq!(Program::read("  ", false, LONG), Err(NoProgram::Empty));
        assert_eq!(Program::read("whisper-cli -f input", false, LONG), Err(NoProgram::NoInput));
    }

    #[test]
    fn a_program_gets_the_recording_as_memory_that_has_no_name_and_nothing_else() {
        let script = "stat -Lc %F,%h $1; cat $1; env | grep -c EARMARK; ls /proc/self/fd | wc -l";
        let text = program(script, "{input}", false, LONG).run(b"RIFF").expect("it runs");
        let text = String::from_utf8_lossy(&text).into_owned();
        assert!(text.starts_with("regular file,0\nRIFF0\n"), "{text}");
    }

    #[test]
    fn where_files_are_allowed_it_gets_one_that_only_its_owner_reads_and_it_goes_again() {
        let program = program("stat -c %a $1; echo $1", "{input}", true, LONG);
        let Ok(text) = program.run(b"RIFF") else { return };
        let text = String::from_utf8_lossy(&text).into_owned();
        let (mode, path) = text.trim().split_once('\n').expect("two lines");
        assert_eq!((mode, Path::new(path).exists()), ("600", false), "{text}");
    }

    #[test]
    fn what_it_writes_into_a_file_is_found_whatever_ending_it_gives_it_and_goes_again() {
        let program = program("echo told > $2.json; echo $2 >&2", "{input} {output}", false, LONG);
        assert_eq!(program.run(b"RIFF").map(|text| text.to_vec()), Ok(b"told\n".to_vec()));
    }

    #[test]
    fn one_that_fails_is_late_writes_nothing_or_is_not_there_is_named() {
        let name = |program: Program| program.run(b"RIFF").expect_err("it fails").name;
        assert_eq!(name(program("exit 3", "{input}", false, LONG)), "failed");
        let why = program("echo loading >&2; echo failed to load the model >&2; echo >&2; exit 3", "{input}", false, LONG);
        let told = why.run(b"RIFF").expect_err("it fails").reason;
        assert_eq!(told, "sh ended with exit status: 3: failed to load the model");
        assert_eq!(name(program("true", "{input} {output}", false, LONG)), "wrote nothing");
        assert_eq!(name(Program::read("/no/such/program {input}", false, LONG).expect("words")), "not started");
        assert_eq!(name(program("yes", "{input}", false, LONG)), "endless");
        let begun = Instant::now();
        assert_eq!(name(program("sleep 600 & sleep 600", "{input}", false, Duration::from_secs(1))), "late");
        assert!(begun.elapsed() < LONG);
    }
}
