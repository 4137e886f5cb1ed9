//! Which program shows a recording, and what it is told.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use super::{NotShown, Original};

/// A program that shows recordings.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Player {
    program: PathBuf,
    kind: Kind,
}

/// How a program wants to be spoken to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Mpv,
    Vlc,
    /// It is given the recording and nothing else.
    Other,
    /// It hands a file on to whatever the desktop opens such files with.
    Desktop,
}

/// What is looked for, the best first.
const KNOWN: [&str; 3] = ["mpv", "vlc", "xdg-open"];

impl Player {
    /// The program that is wished for, by name or path, else the first that is installed.
    ///
    /// # Errors
    /// When it is not there.
    pub fn find(wish: Option<&str>, path: Option<&OsStr>) -> Result<Player, NotShown> {
        match wish {
            Some(wish) => at(wish, path).ok_or_else(|| NotShown::NoSuchPlayer(wish.to_owned())),
            None => KNOWN.iter().find_map(|name| at(name, path)).ok_or(NotShown::NoPlayer),
        }
    }

    /// What the desktop opens documents with.
    ///
    /// # Errors
    /// When nothing is installed.
    pub fn for_documents(path: Option<&OsStr>) -> Result<Player, NotShown> {
        ["xdg-open", "exo-open", "gnome-open"].iter().find_map(|name| at(name, path)).ok_or(NotShown::NoOpener)
    }

    /// Where it lies.
    pub fn program(&self) -> &Path {
        &self.program
    }

    /// What people call it.
    pub fn name(&self) -> String {
        self.program.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }

    /// Whether it reads a recording that has no name. A desktop's opener hands on to a program that could not reach it.
    pub fn takes_memory(&self) -> bool {
        self.kind != Kind::Desktop
    }

    /// What it is told before it is told the recording's place.
    pub(super) fn arguments(&self, original: &Original<'_>) -> Vec<String> {
        let (at, speed) = (f64::from(original.at.0) / 1000.0, f64::from(original.speed) / 100.0);
        let title = original.title;
        match self.kind {
            Kind::Mpv => vec![
                "--no-terminal".to_owned(),
                // Nothing of it is to lie about afterwards.
                "--no-resume-playback".to_owned(),
                "--save-position-on-quit=no".to_owned(),
                format!("--start={at:.3}"),
                format!("--speed={speed:.2}"),
                format!("--force-media-title={title}"),
                format!("--title={title}"),
                "--".to_owned(),
            ],
            Kind::Vlc => vec![
                "--no-one-instance".to_owned(),
                "--play-and-exit".to_owned(),
                "--no-video-title-show".to_owned(),
                format!("--start-time={at:.3}"),
                format!("--rate={speed:.2}"),
                format!("--meta-title={title}"),
            ],
            Kind::Other | Kind::Desktop => Vec::new(),
        }
    }
}

fn at(named: &str, path: Option<&OsStr>) -> Option<Player> {
    let is_program = |file: &PathBuf| {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::metadata(file).is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0)
    };
    let program = match named.contains('/') {
        true => Some(PathBuf::from(named)).filter(is_program),
        false => std::env::split_paths(path?).map(|folder| folder.join(named)).find(is_program),
    }?;
    let kind = match program.file_name()?.to_str()? {
        "mpv" => Kind::Mpv,
        "vlc" | "cvlc" | "qvlc" => Kind::Vlc,
        "xdg-open" | "exo-open" | "kde-open" | "kde-open5" | "gnome-open" | "open" => Kind::Desktop,
        _ => Kind::Other,
    };
    Some(Player { program, kind })
}

/// What of the environment a player needs: a screen, a sound server, a language, folders of its own. Anything else may be a secret.
pub(super) fn may_pass(name: &OsStr) -> bool {
    const NAMES: [&str; 17] = [
        "PATH",
        "HOME",
        "USER",
        "LOGNAME",
        "LANG",
        "LANGUAGE",
        "TZ",
        "TERM",
        "DISPLAY",
        "WAYLAND_DISPLAY",
        "WAYLAND_SOCKET",
        "XAUTHORITY",
        "DBUS_SESSION_BUS_ADDRESS",
        "DESKTOP_SESSION",
        "LIBVA_DRIVER_NAME",
        "VDPAU_DRIVER",
        "JACK_DEFAULT_SERVER",
    ];
    const BEGINNINGS: [&str; 8] = ["LC_", "XDG_", "PULSE_", "PIPEWIRE_", "ALSA_", "QT_", "GDK_", "GTK_"];
    let Some(name) = name.to_str() else { return false };
    NAMES.contains(&name) || BEGINNINGS.iter().any(|beginning| name.starts_with(beginning))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interview::Moment;

    #[test]
    fn the_best_that_is_installed_is_taken_unless_another_is_wished_for() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().expect("a folder for a test");
        let install = |name: &str| {
            std::fs::write(folder.path().join(name), "#!/bin/sh\n").expect("a file for a test");
            let mode = std::fs::Permissions::from_mode(0o700);
            std::fs::set_permissions(folder.path().join(name), mode).expect("it can be run");
        };
        let path = Some(folder.path().as_os_str());
        let found = |wish| Player::find(wish, path).map(|player| player.name());
        assert!(matches!(found(None), Err(NotShown::NoPlayer)));
        std::fs::write(folder.path().join("mpv"), "no program").expect("a file for a test");
        install("xdg-open");
        assert_eq!(found(None).ok().as_deref(), Some("xdg-open"), "what cannot be run is no player");
        install("vlc");
        assert_eq!(found(None).ok().as_deref(), Some("vlc"));
        assert_eq!(found(Some("xdg-open")).ok().as_deref(), Some("xdg-open"));
        assert!(matches!(found(Some("celluloid")), Err(NotShown::NoSuchPlayer(name)) if name == "celluloid"));
    }

    #[test]
    fn vlc_is_told_where_to_begin_and_how_fast() {
        let player = Player { program: "/usr/bin/vlc".into(), kind: Kind::Vlc };
        let original =
            Original { bytes: &[], extension: None, title: "Amber Lark, question 2", at: Moment(500), speed: 200, document: false };
        let arguments = player.arguments(&original).join(" ");
        assert!(arguments.ends_with("--start-time=0.500 --rate=2.00 --meta-title=Amber Lark, question 2"), "{arguments}");
    }
}
