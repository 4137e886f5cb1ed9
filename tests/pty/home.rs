//! A person's home folder, with the demo in it where a test wants that.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use portable_pty::CommandBuilder;

use super::{Counts, PROGRAM, Terminal};

/// A person's home folder.
pub(crate) struct Home(tempfile::TempDir);

impl Home {
    /// A home with nothing in it.
    pub(crate) fn new() -> Self {
        Home(tempfile::tempdir().expect("a temporary folder can be made"))
    }

    /// A home in which the demo was opened once and nothing was done in it.
    ///
    /// To take the demo in is work, so it is done once for this build of the program; every test then has a copy of its own.
    pub(crate) fn with_demo() -> Self {
        let home = Home::new();
        copy(&demo_home(), home.path());
        home
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    /// Where the demo's library lies.
    pub(crate) fn demo(&self) -> PathBuf {
        self.path().join(".local/share/earmark/demo")
    }

    /// Sits down at a terminal of this many columns and rows and starts the program, with sound on a device of this kind.
    pub(crate) fn sit_down(&self, args: &[&str], audio: &str, size: (u16, u16)) -> Terminal {
        self.sit_down_with(args, &[("EARMARK_AUDIO", audio)], size)
    }

    /// The same, with these variables in its environment.
    pub(crate) fn sit_down_with(&self, args: &[&str], variables: &[(&str, &str)], size: (u16, u16)) -> Terminal {
        self.start(Self::program(args), variables, size)
    }

    /// Starts any program at a terminal.
    pub(crate) fn start(&self, command: CommandBuilder, variables: &[(&str, &str)], size: (u16, u16)) -> Terminal {
        start_in(self.path(), command, variables, size, None)
    }

    /// The same, and counts.
    #[allow(dead_code, reason = "programs that measure ask for it")]
    pub(crate) fn start_counting(
        &self,
        command: CommandBuilder,
        variables: &[(&str, &str)],
        size: (u16, u16),
        counts: Counts,
    ) -> Terminal {
        start_in(self.path(), command, variables, size, Some(counts))
    }

    /// The program, to be started with these arguments.
    pub(crate) fn program(args: &[&str]) -> CommandBuilder {
        let mut command = CommandBuilder::new(PROGRAM);
        command.args(args);
        command
    }

    /// Runs the program with this on its input; returns its exit code and what it printed.
    pub(crate) fn pipe(&self, args: &[&str], variables: &[(&str, &str)], input: &str) -> (Option<i32>, String, String) {
        use std::io::Write as _;
        use std::process::Stdio;
        let mut command = std::process::Command::new(PROGRAM);
        command.args(args).env_clear().envs(environment(self.path())).envs(variables.iter().copied()).current_dir(self.path());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        child.stdin.take().expect("it is piped").write_all(input.as_bytes()).expect("it reads");
        let output = child.wait_with_output().expect("it ends");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (output.status.code(), text(&output.stdout), text(&output.stderr))
    }

    /// Runs the program without a terminal and returns what it printed; it succeeds.
    pub(crate) fn run(&self, args: &[&str]) -> String {
        let mut command = std::process::Command::new(PROGRAM);
        command.args(args).env_clear().envs(environment(self.path())).current_dir(self.path()).stdin(std::process::Stdio::null());
        let output = command.output().expect("the program starts");
        let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "earmark {}: {}\n{out}\n{err}", args.join(" "), output.status);
        out.into_owned()
    }
}

fn start_in(
    home: &Path,
    mut command: CommandBuilder,
    variables: &[(&str, &str)],
    size: (u16, u16),
    counts: Option<Counts>,
) -> Terminal {
    command.env_clear();
    environment(home).iter().for_each(|(name, value)| command.env(name, value));
    variables.iter().for_each(|(name, value)| command.env(name, value));
    command.cwd(home);
    Terminal::start(command, size, counts)
}

/// This home and nothing of the person who runs the tests.
fn environment(home: &Path) -> Vec<(&'static str, PathBuf)> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    vec![("HOME", home.to_owned()), ("PATH", path.into()), ("TERM", "xterm-256color".into()), ("LANG", "C.UTF-8".into())]
}

/// The home in which the demo was opened by this build of the program; made where it is not there.
fn demo_home() -> PathBuf {
    let made = fs::metadata(PROGRAM).and_then(|program| program.modified()).expect("the program is there");
    let made = made.duration_since(std::time::UNIX_EPOCH).expect("it was built after 1970").as_nanos();
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("demo");
    let home = folder.join(made.to_string());
    fs::create_dir_all(&folder).expect("a folder can be made");
    // Tests run in processes of their own: one of them makes it, the others wait for that.
    let lock = File::create(folder.join("lock")).expect("a file can be made");
    lock.lock().expect("it can be locked");
    if !home.exists() {
        forget_older(&folder);
        make(&home);
    }
    home
}

/// What earlier builds left, and what was not finished.
fn forget_older(folder: &Path) {
    let all = fs::read_dir(folder).expect("a folder").filter_map(Result::ok);
    for old in all.filter(|entry| entry.path().is_dir()) {
        let _ = fs::remove_dir_all(old.path());
    }
}

fn make(home: &Path) {
    let unfinished = home.with_extension("unfinished");
    fs::create_dir_all(&unfinished).expect("a folder can be made");
    let mut command = CommandBuilder::new(PROGRAM);
    command.arg("demo");
    let mut terminal = start_in(&unfinished, command, &[("EARMARK_AUDIO", "null")], (120, 40), None);
    // Twenty minutes of speech are decoded and measured, by a program that is not optimised.
    let minutes = std::time::Duration::from_secs(15 * 60);
    terminal.wait_long(minutes, "the demo", |screen| screen.shows("names hidden"));
    terminal.press("Q");
    assert_eq!(terminal.wait_for_end(), 0, "{}", terminal.screen());
    fs::rename(&unfinished, home).expect("it can be renamed");
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).expect("a folder").map(|entry| entry.expect("readable")) {
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        if source.is_dir() {
            fs::create_dir_all(&target).expect("a folder can be made");
            let mode = fs::metadata(&source).expect("it is there").permissions();
            copy(&source, &target);
            fs::set_permissions(&target, mode).expect("it is ours");
        } else {
            fs::copy(&source, &target).expect("it can be copied");
        }
    }
}
