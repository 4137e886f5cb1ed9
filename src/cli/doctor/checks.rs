//! What `earmark doctor` looks at, one function each.

use std::path::Path;

use super::super::failure::Failure;
use super::super::{room, ui};
use super::{Check, Context, sound};
use crate::config::key::Origin;
use crate::config::settings::Color;
use crate::config::{Identity, Paths};
use crate::fence::Fence;
use crate::runtime::demo;
use crate::text::SafeText;

/// Below this a folder is as good as full.
const LEAST: u64 = 64 << 20;
/// Below this a batch may not fit.
const LITTLE: u64 = 2 << 30;

pub(super) fn all(context: &Context) -> Vec<Check> {
    let paths = &context.paths;
    let folders = [
        ("settings folder", &paths.config),
        ("library", &paths.library),
        ("demo library", &paths.demo),
        ("state folder", &paths.state),
        ("cache folder", &paths.cache),
    ];
    let mut checks = vec![terminal(), colors(context), letters()];
    checks.extend(folders.map(|(name, folder)| self::folder(name, folder, paths)));
    checks.push(settings(context));
    checks.extend(sources(context));
    checks.push(from_files("keys", ui::keymap(context).map(drop)));
    checks.push(from_files("theme", ui::theme_of(context).map(drop)));
    checks.push(identity(&demo::identity_paths(paths)));
    let ring = room::ring(context);
    checks.push(key(paths, &ring.origin(), || ring.has_keyring_tool()));
    checks.push(sound::check(paths));
    checks.push(decoding());
    checks
}

pub(super) fn variable(name: &str) -> String {
    std::env::var_os(name).map(|value| value.to_string_lossy().into_owned()).unwrap_or_default()
}

/// Whether there is a terminal, and whether it is large enough.
fn terminal() -> Check {
    const NAME: &str = "terminal";
    let Some((columns, rows)) = size() else {
        return Check::warning(NAME, "standard output is no terminal", "run it in the terminal that you review in");
    };
    let detail = format!("{columns}x{rows}, TERM={}", variable("TERM"));
    if columns < 60 || rows < 15 {
        return Check::warning(NAME, detail, "80x24 is enough; below 40x12 the screens do not fit");
    }
    Check::good(NAME, detail)
}

/// Columns and rows.
fn size() -> Option<(u16, u16)> {
    let size = rustix::termios::tcgetwinsize(std::io::stdout()).ok()?;
    Some((size.ws_col, size.ws_row))
}

/// How many colours the terminal says it has.
fn colors(context: &Context) -> Check {
    const NAME: &str = "colours";
    let detail = match (context.settings.color.value, variable("NO_COLOR").is_empty()) {
        (Color::Off, _) => "off, as the settings say".to_owned(),
        (Color::Auto, false) => "off, as NO_COLOR says".to_owned(),
        _ => level(&variable("TERM"), &variable("COLORTERM")).to_owned(),
    };
    Check::good(NAME, detail)
}

fn level(term: &str, colorterm: &str) -> &'static str {
    match (term, colorterm) {
        ("" | "dumb", _) => "none",
        (_, "truecolor" | "24bit") => "16 million",
        (term, _) if term.contains("direct") => "16 million",
        (term, _) if term.contains("256") => "256",
        _ => "16",
    }
}

/// Whether letters beyond ASCII can be shown.
fn letters() -> Check {
    const NAME: &str = "letters";
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].map(variable).into_iter().find(|value| !value.is_empty()).unwrap_or_default();
    let folded = locale.to_lowercase().replace('-', "");
    if folded.contains("utf8") {
        return Check::good(NAME, locale);
    }
    let named = if locale.is_empty() { "no locale is set".to_owned() } else { locale };
    Check::warning(NAME, named, "names and transcripts need UTF-8: LANG=C.UTF-8 is on most machines")
}

/// Whether a folder can be used, and what room it has.
fn folder(name: &'static str, folder: &Path, paths: &Paths) -> Check {
    let short = paths.short(folder);
    // What is not there yet is made when it is needed, in the nearest folder that is there.
    let Some(nearest) = folder.ancestors().find(|place| place.exists()) else {
        return Check::failed(name, format!("{short}: nothing on the way to it exists"), "choose another place");
    };
    if !nearest.is_dir() {
        return Check::failed(name, format!("{}: it is no folder", paths.short(nearest)), "move that file away");
    }
    if rustix::fs::access(nearest, rustix::fs::Access::WRITE_OK | rustix::fs::Access::EXEC_OK).is_err() {
        return Check::failed(name, format!("{}: it cannot be written", paths.short(nearest)), "make it yours, or choose another");
    }
    let state = if nearest == folder { "" } else { ", not made yet" };
    match fs4::available_space(nearest) {
        Ok(free) => room(name, &short, state, free),
        Err(e) => Check::warning(name, format!("{short}{state}; its free space is unknown: {e}"), "nothing to do"),
    }
}

fn room(name: &'static str, short: &str, state: &str, free: u64) -> Check {
    let detail = format!("{short}{state}, {} free", bytes(free));
    match free {
        ..LEAST => Check::failed(name, detail, "make room: nothing can be saved on a full disk"),
        LEAST..LITTLE => Check::warning(name, detail, "an hour of video takes about 500 MB"),
        _ => Check::good(name, detail),
    }
}

fn bytes(count: u64) -> String {
    match count {
        0..1_000_000_000 => format!("{} MB", count / 1_000_000),
        _ => format!("{:.1} GB", count as f64 / 1e9),
    }
}

/// Whether the settings file can be read, and every mistake in the settings.
fn settings(context: &Context) -> Check {
    const NAME: &str = "settings";
    let file = context.paths.short(&context.paths.settings);
    if context.complaints.is_empty() {
        let state = if context.paths.settings.exists() { "" } else { ", not there: the defaults hold" };
        return Check::good(NAME, format!("{file}{state}"));
    }
    let mistakes: Vec<String> = context.complaints.iter().map(|p| format!("{}: {}", p.place, p.reason)).collect();
    Check::failed(NAME, format!("{file}: {}", mistakes.join(" | ")), "the other commands refuse to guess; mend these")
}

/// Every mistake in the settings of the sources that `earmark fetch` asks; none where there are no sources.
fn sources(context: &Context) -> Option<Check> {
    const NAME: &str = "sources";
    let names: Vec<&str> = context.settings.sources.keys().map(String::as_str).collect();
    if names.is_empty() {
        return None;
    }
    let mistakes = super::super::fetch::mistakes(context);
    Some(match mistakes.is_empty() {
        true => Check::good(NAME, format!("{}; `earmark doctor --ask` asks them", names.join(", "))),
        false => Check::failed(NAME, mistakes.join(" | "), "mend these; docs/fetching.md has an example of each kind"),
    })
}

/// Whether each source answers.
pub(super) async fn probed(context: &Context) -> Vec<Check> {
    const NAME: &str = "source";
    let check = |(name, said): (String, Result<String, Failure>)| match said {
        Ok(says) => Check::good(NAME, says),
        Err(failure) => {
            let causes: Vec<&str> = failure.causes.iter().map(SafeText::as_str).collect();
            let hint =
                failure.hint.as_ref().map_or("look at its table in the settings, its token, and the network", SafeText::as_str);
            Check::failed(NAME, format!("{name}: {}", causes.join(" | ")), hint)
        }
    };
    super::super::fetch::probed(context).await.into_iter().map(check).collect()
}

/// Whether the screen can be opened with the keys and the theme that are wanted.
fn from_files(name: &'static str, read: Result<(), Failure>) -> Check {
    match read {
        Ok(()) => Check::good(name, "can be used"),
        Err(failure) => {
            let causes: Vec<&str> = failure.causes.iter().map(SafeText::as_str).collect();
            let hint = failure.hint.as_ref().map_or("mend these; the screen does not open with them", SafeText::as_str);
            Check::failed(name, format!("{}: {}", failure.what, causes.join(" | ")), hint)
        }
    }
}

/// Whether there is an identity, and whether it is private.
fn identity(paths: &Paths) -> Check {
    const NAME: &str = "identity";
    match Identity::load(paths) {
        Ok(Some(identity)) => Check::good(NAME, format!("reviewer {}", identity.reviewer())),
        Ok(None) => Check::good(NAME, "none yet; the first rating asks"),
        Err(e) => {
            let cause = std::error::Error::source(&e).map(|cause| format!(": {cause}")).unwrap_or_default();
            Check::failed(NAME, format!("{e}{cause}"), "nothing can be rated without it")
        }
    }
}

/// Where the library's key lies, and whether a library is there without it. The key is not read.
fn key(paths: &Paths, origin: &Origin, has_tool: impl Fn() -> bool) -> Check {
    const NAME: &str = "library's key";
    match origin {
        Origin::New(file) if paths.library.is_dir() => {
            let detail = format!("there is a library, but its key is not at {}", paths.short(file));
            Check::failed(NAME, detail, "put the key file back, or name it (EARMARK_KEY_FILE); nothing can be read without it")
        }
        Origin::New(_) => Check::good(NAME, "none yet; the first import makes it"),
        Origin::Named(file) if !file.is_file() => Check::failed(
            NAME,
            format!("{}: no ordinary file is there", paths.short(file)),
            "EARMARK_KEY_FILE names it; set it right",
        ),
        Origin::Named(file) => Check::good(NAME, format!("{}, as EARMARK_KEY_FILE says", paths.short(file))),
        Origin::Credentials(file) => Check::good(NAME, format!("{}, handed over by the service manager", paths.short(file))),
        Origin::File(file) => Check::good(NAME, paths.short(file)),
        Origin::Passphrase(file) => Check::good(NAME, format!("{}, under a passphrase", paths.short(file))),
        Origin::Keyring(file) if !has_tool() => {
            let detail = format!("{}, under the system's keyring, and secret-tool is not installed", paths.short(file));
            Check::failed(NAME, detail, "install libsecret-tools (Debian, Ubuntu) or libsecret (Fedora, Arch)")
        }
        Origin::Keyring(file) => Check::good(NAME, format!("{}, under the system's keyring", paths.short(file))),
    }
}

/// What stands around the child in which recordings are decoded: one is started, over a moment of silence.
fn decoding() -> Check {
    const NAME: &str = "decoding";
    match Fence::here().walls() {
        Ok(walls) if walls.are_whole() => Check::good(NAME, "in a process of its own, without files, network or other programs"),
        Ok(walls) => {
            let detail = format!("in a process of its own, but: {}", walls.gaps().join("; "));
            Check::warning(NAME, detail, "a newer kernel closes what is open; recordings play as they are")
        }
        Err(error) => Check::failed(NAME, error.to_string(), "no recording can be imported or played; install earmark again"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Status;
    use super::*;

    #[test]
    fn a_full_disk_fails_and_a_tight_one_warns() {
        assert_eq!(room("library", "~/l", "", 1 << 20).status, Status::Failed);
        assert_eq!(room("library", "~/l", "", 1 << 30).status, Status::Warning);
        assert_eq!(room("library", "~/l", ", not made yet", 80_000_000_000).detail, "~/l, not made yet, 80.0 GB free");
    }

    #[test]
    fn colours_are_what_the_terminal_says() {
        assert_eq!(level("xterm-256color", "truecolor"), "16 million");
        assert_eq!(level("xterm-256color", ""), "256");
        assert_eq!(level("linux", ""), "16");
        assert_eq!(level("dumb", "truecolor"), "none");
    }

    #[test]
    fn a_library_without_its_key_is_found_out() {
        let home = tempfile::tempdir().expect("a folder");
        let at = |name: &str| home.path().join(name);
        let paths = Paths {
            home: home.path().to_owned(),
            config: at("config"),
            settings: at("config/settings.toml"),
            settings_chosen: false,
            library_chosen: false,
            library: at("library"),
            demo: at("demo"),
            state: at("state"),
            cache: at("cache"),
        };
        let origin = crate::config::key::KeyRing::in_folder(&paths.config).origin();
        assert_eq!(key(&paths, &origin, || true).status, Status::Good);
        std::fs::create_dir_all(&paths.library).expect("made");
        assert_eq!(key(&paths, &origin, || true).status, Status::Failed);
        let locked = Origin::Keyring(at("config/library.key.keyring"));
        assert_eq!(key(&paths, &locked, || true).status, Status::Good);
        assert_eq!(key(&paths, &locked, || false).status, Status::Failed);
    }
}
