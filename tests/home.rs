//! A home folder of its own for each test, and the program run in it.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// The program that is tested.
const PROGRAM: &str = env!("CARGO_BIN_EXE_earmark");

/// A person's home folder with nothing in it.
pub(crate) struct Home(tempfile::TempDir);

/// What a run left behind.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Home {
    pub(crate) fn new() -> Self {
        Home(tempfile::tempdir().expect("a temporary folder can be made"))
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn identity(&self) -> PathBuf {
        self.path().join(".config/earmark/identity.toml")
    }

    /// Writes the settings file.
    pub(crate) fn settings(&self, text: &str) {
        let folder = self.path().join(".config/earmark");
        std::fs::create_dir_all(&folder).expect("a folder can be made");
        std::fs::write(folder.join("settings.toml"), text).expect("a file can be written");
    }

    /// The program with these arguments, nothing on its input, and no environment but the home folder.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(PROGRAM);
        command.args(args).env_clear().env("HOME", self.path()).current_dir(self.path()).stdin(Stdio::null());
        command
    }

    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        Ran::of(self.command(args).output().expect("the program starts"))
    }

    pub(crate) fn run_with(&self, variables: &[(&str, &str)], args: &[&str]) -> Ran {
        let output = self.command(args).envs(variables.iter().copied()).output();
        Ran::of(output.expect("the program starts"))
    }

    /// Runs the program at a terminal on which each line of `typed` answers a question, once that is on the screen; returns what
    /// the terminal showed, and the exit code.
    pub(crate) fn run_at_terminal(&self, typed: &str, args: &[&str]) -> (String, u32) {
        self.run_at_terminal_with(&[], typed, args)
    }

    /// The same, with these variables in its environment.
    pub(crate) fn run_at_terminal_with(&self, variables: &[(&str, &str)], typed: &str, args: &[&str]) -> (String, u32) {
        let pair = portable_pty::native_pty_system().openpty(portable_pty::PtySize::default()).expect("a terminal");
        let mut command = portable_pty::CommandBuilder::new(PROGRAM);
        command.args(args);
        command.env_clear();
        command.env("HOME", self.path());
        variables.iter().for_each(|(name, value)| command.env(name, value));
        command.cwd(self.path());
        let mut child = pair.slave.spawn_command(command).expect("the program starts");
        drop(pair.slave);
        let mut keys = pair.master.take_writer().expect("the terminal has a keyboard");
        let mut answers = typed.split_inclusive('\n');
        let mut reader = pair.master.try_clone_reader().expect("the terminal has a screen");
        let (mut screen, mut part) = (Vec::new(), [0; 4096]);
        // A terminal whose last program left gives an error instead of an end.
        while let Ok(read @ 1..) = reader.read(&mut part) {
            screen.extend_from_slice(&part[..read]);
            let asks = screen.ends_with(b"? ") || screen.ends_with(b"] ") || screen.ends_with(b"it is shown from.\r\n");
            if let Some(answer) = asks.then(|| answers.next()).flatten() {
                std::io::Write::write_all(&mut keys, answer.as_bytes()).expect("typed");
            }
        }
        let code = child.wait().expect("it ends").exit_code();
        (String::from_utf8_lossy(&screen).into_owned(), code)
    }
}

impl Ran {
    fn of(output: Output) -> Self {
        Ran {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).expect("results are UTF-8"),
            err: String::from_utf8(output.stderr).expect("messages are UTF-8"),
        }
    }

    /// The result as JSON; the exit code was `code`.
    pub(crate) fn json(&self, code: i32) -> Value {
        assert_eq!(self.code, Some(code), "{self:#?}");
        serde_json::from_str(&self.out).unwrap_or_else(|e| panic!("no JSON ({e}): {self:#?}"))
    }
}
