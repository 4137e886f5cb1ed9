//! The original of a video answer in the reviewer's own player: it leaves the process as memory without a name, or, where a player
//! takes only files and the settings allow it, as a file in memory that goes again.

mod viewer;

use std::io;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

pub use viewer::Player;

use crate::fence::handing;
pub use crate::fence::handing::{InMemory, sweep};
use crate::interview::Moment;
use crate::journal::Through;

/// What the settings say about players.
#[derive(Clone, Debug, Default)]
pub struct Wish {
    /// The program to use, a name or a path; none: the first that is installed.
    pub player: Option<String>,
    /// Whether a recording may lie in a file in memory for a player that takes nothing else.
    pub files: bool,
}

/// What is to be shown.
pub struct Original<'a> {
    /// The recording as it came.
    pub bytes: &'a [u8],
    /// Its file's extension, where it has one.
    pub extension: Option<&'a str>,
    /// What the player may call it.
    pub title: &'a str,
    /// From where.
    pub at: Moment,
    /// How fast, in hundredths.
    pub speed: u16,
    /// Whether it is a document: what the desktop opens such files with shows it.
    pub document: bool,
}

/// A player that has the recording.
#[derive(Debug)]
pub struct Showing {
    /// The player's name.
    pub player: String,
    /// Its process. One that hands on to another program ends at once.
    pub child: Child,
    /// The file, where there is one: it goes when this goes.
    pub file: Option<InMemory>,
}

impl Showing {
    /// How the recording left this process.
    pub fn through(&self) -> Through {
        if self.file.is_some() { Through::File } else { Through::Memory }
    }
}

/// Why an original cannot be shown.
#[derive(Debug, thiserror::Error)]
pub enum NotShown {
    /// Nothing is installed that opens documents.
    #[error("no program was found that opens files (xdg-open)")]
    NoOpener,
    /// No player is installed.
    #[error("no player was found")]
    NoPlayer,
    /// The one that is asked for is not there.
    #[error("there is no program {0}")]
    NoSuchPlayer(String),
    /// It takes files, and the settings do not allow one.
    #[error("{0} takes only files, and a recording is not put into one")]
    OnlyFiles(String),
    /// There is no folder that lies in memory.
    #[error("no folder lies in memory here")]
    NoPlace,
    /// The system refused.
    #[error("{0} could not be started: {1}")]
    NotStarted(PathBuf, io::Error),
    /// The system refused.
    #[error("the recording could not be handed over: {0}")]
    NotHanded(io::Error),
}

impl NotShown {
    /// What to do about it.
    pub fn remedy(&self) -> &'static str {
        match self {
            NotShown::NoPlayer => "install mpv (or VLC), or name a player with the setting `player`",
            NotShown::NoSuchPlayer(_) => "set `player` to a program that is installed, or leave it out",
            NotShown::NoOpener => "install xdg-utils, and a program for such files",
            NotShown::OnlyFiles(opener) if opener.ends_with("open") => {
                "set player_files = true (recordings: or install mpv or VLC)"
            }
            NotShown::OnlyFiles(_) => "install mpv or VLC, which take it from memory, or set player_files = true",
            NotShown::NoPlace | NotShown::NotStarted(..) | NotShown::NotHanded(_) => "install mpv, which takes it from memory",
        }
    }
}

/// Gives an original to a player.
///
/// # Errors
/// When there is no player, or none that may have it, or the system refuses.
pub fn show(original: &Original<'_>, wish: &Wish) -> Result<Showing, NotShown> {
    let path = std::env::var_os("PATH");
    let player = match original.document {
        true => Player::for_documents(path.as_deref())?,
        false => Player::find(wish.player.as_deref(), path.as_deref())?,
    };
    show_in(&player, original, wish.files, std::env::vars_os())
}

fn show_in(
    player: &Player,
    original: &Original<'_>,
    files: bool,
    environment: impl Iterator<Item = (std::ffi::OsString, std::ffi::OsString)>,
) -> Result<Showing, NotShown> {
    let memory = if player.takes_memory() { handing::memory(original.bytes).ok() } else { None };
    let (input, file) = match memory {
        Some(memory) => (Stdio::from(memory), None),
        None if files => {
            let file = InMemory::of(original.bytes, original.extension).map_err(NotShown::NotHanded)?;
            (Stdio::null(), Some(file.ok_or(NotShown::NoPlace)?))
        }
        None => return Err(NotShown::OnlyFiles(player.name())),
    };
    // Its own input is the recording: so no other program that is started meanwhile gets it too.
    let place = file.as_ref().map_or_else(|| PathBuf::from("/proc/self/fd/0"), |file| file.path().to_owned());
    let mut command = Command::new(player.program());
    command.args(player.arguments(original)).arg(place);
    command.env_clear().envs(environment.filter(|(name, _)| viewer::may_pass(name)));
    command.stdin(input).stdout(Stdio::null()).stderr(Stdio::null());
    {
        use std::os::unix::process::CommandExt as _;
        // What is pressed at this terminal is not for the player.
        command.process_group(0);
    }
    let child = command.spawn().map_err(|error| NotShown::NotStarted(player.program().to_owned(), error))?;
    Ok(Showing { player: player.name(), child, file })
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;
    use std::path::Path;

    use super::*;

    /// A program that writes down what it is given: its arguments, what lies at the last of them, its environment.
    fn fake(folder: &Path, name: &str) -> Player {
        let program = folder.join(name);
        let to = folder.display();
        let script = format!(
            "#!/bin/sh\nprintf '%s\\n' \"$@\" > {to}/arguments\nenv > {to}/environment\nfor last; do :; done\ncat \"$last\" > {to}/seen\n\
             stat -Lc %a \"$last\" > {to}/mode\n"
        );
        fs::write(&program, script).expect("a script for a test");
        fs::set_permissions(&program, fs::Permissions::from_mode(0o700)).expect("it can be run");
        Player::find(Some(&program.display().to_string()), None).expect("it is there")
    }

    fn original(bytes: &[u8]) -> Original<'_> {
        Original {
            bytes,
            extension: Some("webm"),
            title: "Maroon Mandolin, question 1",
            at: Moment(12_340),
            speed: 155,
            document: false,
        }
    }

    fn environment() -> impl Iterator<Item = (std::ffi::OsString, std::ffi::OsString)> {
        let all = [
            ("PATH", "/usr/bin:/bin"),
            ("DISPLAY", ":0"),
            ("EARMARK_KEY_FILE", "/k"),
            ("CREDENTIALS_DIRECTORY", "/c"),
            ("TOKEN", "t"),
        ];
        all.into_iter().map(|(name, value)| (name.into(), value.into()))
    }

    #[test]
    fn a_player_gets_the_original_at_its_moment_and_nothing_else() {
        let folder = tempfile::tempdir().expect("a folder for a test");
        let player = fake(folder.path(), "mpv");
        let recording: Vec<u8> = (0..300_000u32).map(|n| (n % 251) as u8).collect();
        let mut showing = show_in(&player, &original(&recording), false, environment()).expect("it is shown");
        assert!(showing.child.wait().expect("it ends").success());
        assert_eq!((showing.player.as_str(), showing.through()), ("mpv", Through::Memory));
        let read = |name: &str| fs::read(folder.path().join(name)).expect("it was written");
        assert!(read("seen") == recording, "every byte of it");
        let arguments = String::from_utf8(read("arguments")).expect("text");
        assert!(arguments.contains("--start=12.340\n--speed=1.55\n") && arguments.ends_with("/proc/self/fd/0\n"), "{arguments}");
        let environment = String::from_utf8(read("environment")).expect("text");
        assert!(environment.contains("DISPLAY=:0"), "{environment}");
        assert!(!["EARMARK", "CREDENTIALS", "TOKEN"].iter().any(|secret| environment.contains(secret)), "{environment}");
    }

    #[test]
    fn a_player_that_takes_only_files_gets_one_where_that_is_allowed_and_it_goes_again() {
        let folder = tempfile::tempdir().expect("a folder for a test");
        let player = fake(folder.path(), "xdg-open");
        let refused = show_in(&player, &original(b"video"), false, environment()).expect_err("files are not allowed");
        assert!(matches!(&refused, NotShown::OnlyFiles(name) if name == "xdg-open"), "{refused}");
        let mut showing = match show_in(&player, &original(b"video"), true, environment()) {
            Ok(showing) => showing,
            // A machine without memory that files can lie in.
            Err(NotShown::NoPlace) => return,
            Err(other) => panic!("{other}"),
        };
        assert!(showing.child.wait().expect("it ends").success());
        assert_eq!(fs::read(folder.path().join("seen")).ok().as_deref(), Some(&b"video"[..]));
        assert_eq!(fs::read_to_string(folder.path().join("mode")).ok().as_deref(), Some("600\n"));
        let path = showing.file.as_ref().expect("there is a file").path().to_owned();
        assert!(path.exists() && path.extension().is_some_and(|extension| extension == "webm"));
        drop(showing);
        assert!(!path.exists() && !path.parent().expect("a folder").exists());
    }
}
