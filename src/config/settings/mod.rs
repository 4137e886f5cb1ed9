//! The settings, each with who set it: defaults, then the file, then `EARMARK_…` variables, then flags.

mod file;
mod measure;
mod value;

use std::io;
use std::path::{Path, PathBuf};

use crate::config::{Paths, read_bounded};
use crate::interview::Problem;
use crate::text::nearest;

pub use measure::{Days, Rate, Size};
pub use value::{AtOnce, Color, LogLevel, Origin, Raw, Removes, Seconds, Set, Speed, Value, Wpm};

/// Makes the struct and the table of it from one list: adding a setting is adding an entry below.
macro_rules! settings {
    ($($(#[doc = $help:literal])+ $field:ident: $kind:ty = $name:literal, $default:expr;)*) => {
        /// Every setting, and who set it.
        #[derive(Clone, PartialEq, Debug)]
        pub struct Settings {
            $($(#[doc = $help])+ pub $field: Set<$kind>,)*
            /// The sources of the settings file, `[source.NAME]`, as they stand there; who fetches reads them.
            pub sources: toml::Table,
        }

        impl Default for Settings {
            fn default() -> Self {
                Settings { $($field: Set::default_of($default),)* sources: toml::Table::new() }
            }
        }

        impl Settings {
            /// The names as the settings file writes them, in the order in which they are shown.
            pub const NAMES: &'static [&'static str] = &[$($name,)*];

            /// Each setting: its name, what it is for, its value as JSON, and who set it.
            pub fn rows(&self) -> Vec<Row<'_>> {
                vec![$(Row {
                    name: $name,
                    help: concat!($($help,)+).trim(),
                    value: self.$field.value.show(),
                    origin: &self.$field.origin,
                },)*]
            }

            /// Sets one by name; otherwise returns what would have been right, or None where there is no such setting.
            fn set(&mut self, name: &str, raw: &Raw, origin: Origin) -> Result<(), Option<&'static str>> {
                match name {
                    $($name => {
                        let value = <$kind as Value>::read(raw).ok_or(Some(<$kind as Value>::EXPECTED))?;
                        self.$field = Set { value, origin };
                        Ok(())
                    })*
                    _ => Err(None),
                }
            }
        }
    };
}

settings! {
    /// The theme: the name of a shipped one, or a file.
    theme: Option<String> = "theme", None;
    /// A file of your own keys; without it, keys.toml of the settings folder where there is one.
    keys: Option<PathBuf> = "keys", None;
    /// Colours: auto, on or off.
    color: Color = "color", Color::Auto;
    /// Line by line, for screen readers: reviewing too; no progress bars, no colours unless `color` is on.
    plain: bool = "plain", false;
    /// Whether the mouse may be used.
    mouse: bool = "mouse", true;
    /// The speed at which answers start: 0.5 to 3; without it and `wpm`, as they were heard last.
    speed: Speed = "speed", Speed::NORMAL;
    /// Words per minute that every answer with a transcript is brought to instead: 60 to 600.
    wpm: Option<Wpm> = "wpm", None;
    /// Whether silences are skipped; without it, as it was last.
    skip_silence: bool = "skip_silence", false;
    /// Where sound comes out: auto, pulse, alsa, null, or an output that `earmark config outputs` lists.
    audio_device: Option<String> = "audio.device", None;
    /// Whether an answer plays as soon as it is opened, and the next one is opened where a rated one ends.
    autoplay: bool = "autoplay", true;
    /// The program that shows the original of a video answer: a name or a path; without it mpv, VLC or the desktop's own.
    player: Option<String> = "player", None;
    /// Whether an original may lie in a file in memory (tmpfs) while a player that takes nothing else shows it.
    player_files: bool = "player_files", false;
    /// The proxy that requests go through: an address, or none; without it HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY say it.
    network_proxy: Option<String> = "network.proxy", None;
    /// A PEM file of the certificates that are trusted in the place of the system's; without it CURL_CA_BUNDLE or SSL_CERT_FILE.
    network_ca: Option<PathBuf> = "network.ca", None;
    /// How long connecting may take, in seconds: 1 to 3600.
    network_connect: Seconds = "network.connect_timeout", Seconds::of(30);
    /// How long one request may take in all, in seconds: 1 to 3600.
    network_whole: Seconds = "network.timeout", Seconds::of(120);
    /// How many bytes a second a fetch may take, such as "2M"; without it, as many as come. `earmark fetch --limit-rate` goes before it.
    network_limit_rate: Option<Rate> = "network.limit_rate", None;
    /// The regions whose data this workstation may hold, with commas between them, such as "eu, uk"; without it, all.
    regions: Option<String> = "regions", None;
    /// The language model that reads as a second reader: the address before /chat/completions, as OpenAI's https://…/v1.
    reader_url: Option<String> = "reader.url", None;
    /// The model's name, as that endpoint calls it.
    reader_model: Option<String> = "reader.model", None;
    /// Where its key lies: env:NAME, file:PATH, cmd:COMMAND or keyring:NAME; none where the endpoint asks for no key.
    reader_key: Option<String> = "reader.key", None;
    /// The regions whose data may be sent to it, with commas between them, or all; without it, none that a batch names.
    reader_regions: Option<String> = "reader.regions", None;
    /// How long it may think about one answer, in seconds: 1 to 3600.
    reader_timeout: Seconds = "reader.timeout", Seconds::of(120);
    /// How many answers it is asked about at once: 1 to 64.
    reader_at_once: AtOnce = "reader.at_once", AtOnce::of(4);
    /// What writes down what was said: the address before /audio/transcriptions.
    transcribe_url: Option<String> = "transcribe.url", None;
    /// The model's name, as that endpoint calls it.
    transcribe_model: Option<String> = "transcribe.model", None;
    /// Where its key lies: env:NAME, file:PATH, cmd:COMMAND or keyring:NAME; none where the endpoint asks for no key.
    transcribe_key: Option<String> = "transcribe.key", None;
    /// The regions whose data may be sent to it, with commas between them, or all; without it, none that a batch names.
    transcribe_regions: Option<String> = "transcribe.regions", None;
    /// A program on this machine that does it instead: its words, with {input}, and {output} where it writes a file.
    transcribe_command: Option<String> = "transcribe.command", None;
    /// Whether a recording may lie in a file in memory (tmpfs) for a program that cannot read it from a descriptor.
    transcribe_files: bool = "transcribe.files", false;
    /// How long one recording may take, in seconds: 1 to 3600.
    transcribe_timeout: Seconds = "transcribe.timeout", Seconds::of(600);
    /// How many recordings are written down at once: 1 to 64.
    transcribe_at_once: AtOnce = "transcribe.at_once", AtOnce::of(1);
    /// How many days after the decision recordings are kept, where the batch has no date of its own: 1 to 36500.
    retention_recordings: Option<Days> = "retention.recordings_days", None;
    /// How many days after the decision everything about a person is kept, where the person has no date: 1 to 36500.
    retention_person: Option<Days> = "retention.person_days", None;
    /// What goes of people whom their source has deleted: person for everything, recordings for no more than those.
    retention_deleted: Removes = "retention.deleted", Removes::Person;
    /// How large the vault may be, such as "20G": after a fetch, recordings that can be fetched again go first, the least needed before the rest.
    vault_most: Option<Size> = "vault.most", None;
    /// How much goes to the log file: off, error, warn, info, debug or trace.
    log_level: LogLevel = "log_level", LogLevel::Info;
    /// The name that colleagues see, for an identity that a script makes.
    reviewer_label: Option<String> = "reviewer.label", None;
    /// The name that exports carry, for an identity that a script makes.
    reviewer_pseudonym: Option<String> = "reviewer.pseudonym", None;
}

/// One line of the settings as they are shown.
#[derive(Clone, PartialEq, Debug)]
pub struct Row<'a> {
    /// As the file writes it.
    pub name: &'static str,
    /// One sentence.
    pub help: &'static str,
    /// Null where nothing is set.
    pub value: serde_json::Value,
    /// Who set it.
    pub origin: &'a Origin,
}

/// What a flag of the command line sets.
#[derive(Clone, PartialEq, Debug)]
pub struct Flag {
    /// As the command line writes it: `--plain`.
    pub flag: &'static str,
    /// The setting's name.
    pub name: &'static str,
    /// Its value.
    pub value: Raw,
}

impl Settings {
    /// Reads the settings file of `paths` and the environment, and lays the flags over them.
    ///
    /// # Errors
    /// Every mistake of every layer at once.
    pub fn read(paths: &Paths, flags: &[Flag]) -> Result<Self, Vec<Problem>> {
        let file = paths.short(&paths.settings);
        let read = read_bounded(&paths.settings, 1 << 20);
        let text = match read.and_then(|bytes| String::from_utf8(bytes).map_err(io::Error::other)) {
            Ok(text) => text,
            // Having no settings is usual; naming a file that is not there is a mistake.
            Err(e) if e.kind() == io::ErrorKind::NotFound && !paths.settings_chosen => String::new(),
            Err(e) => {
                let remedy = "name a file that can be read (--config, EARMARK_CONFIG)";
                return Err(vec![Problem::fatal(&file, "", &format!("it cannot be read: {e}"), remedy)]);
            }
        };
        let variable = |name: &str| std::env::var_os(name).map(|value| value.to_string_lossy().into_owned());
        Self::layered(&file, &text, variable, flags)
    }

    /// Lays a file's text, an environment and flags over the defaults. `file` is the name that mistakes give it.
    ///
    /// # Errors
    /// Every mistake of every layer at once.
    pub fn layered(
        file: &str,
        text: &str,
        variable: impl Fn(&str) -> Option<String>,
        flags: &[Flag],
    ) -> Result<Self, Vec<Problem>> {
        let mut settings = Settings::default();
        let mut problems = settings.take_file(file, text);
        for name in Self::NAMES {
            let of = variable_of(name);
            // An empty variable is how a shell says "not set" for one command.
            if let Some(value) = variable(&of).filter(|value| !value.is_empty()) {
                problems.extend(settings.take_variable(name, of, &value));
            }
        }
        for Flag { flag, name, value } in flags {
            let set = settings.set(name, value, Origin::Flag(flag));
            debug_assert!(set.is_ok(), "the command line knows its own settings");
        }
        if problems.is_empty() { Ok(settings) } else { Err(problems) }
    }

    fn take_file(&mut self, file: &str, text: &str) -> Vec<Problem> {
        let (entries, mut problems) = file::entries(file, text, Self::NAMES);
        self.sources = file::sources(text);
        let has_sources = !self.sources.is_empty();
        for entry in entries.into_iter().filter(|entry| entry.name != file::SOURCES || !has_sources) {
            let place = format!("line {}", entry.line);
            let origin = Origin::File { path: file.to_owned(), line: entry.line };
            match self.set(&entry.name, &entry.value, origin) {
                Ok(()) => {}
                Err(Some(expected)) => {
                    let reason = format!("`{}` is {}, not {expected}", entry.name, entry.value);
                    problems.push((entry.line, Problem::damage(file, &place, &reason, &format!("write {expected}"))));
                }
                Err(None) => {
                    let reason = format!("there is no setting `{}`", entry.name);
                    problems.push((entry.line, Problem::damage(file, &place, &reason, &remedy_for(&entry.name))));
                }
            }
        }
        problems.sort_by_key(|(line, _)| *line);
        problems.into_iter().map(|(_, problem)| problem).collect()
    }

    fn take_variable(&mut self, name: &str, variable: String, text: &str) -> Option<Problem> {
        let origin = Origin::Environment(variable.clone());
        let mut expected = "";
        for raw in Raw::guesses(text) {
            match self.set(name, &raw, origin.clone()) {
                Ok(()) => return None,
                Err(right) => expected = right.unwrap_or_default(),
            }
        }
        let reason = format!("it is \"{text}\", not {expected}");
        Some(Problem::damage(Self::ENVIRONMENT, &variable, &reason, &format!("set it to {expected}, or unset it")))
    }

    /// What mistakes in environment variables name as their file.
    pub const ENVIRONMENT: &str = "environment";

    /// The file of trusted certificates, where one is set.
    pub fn ca_file(&self, paths: &Paths) -> Option<PathBuf> {
        self.network_ca.value.as_deref().map(|path| resolve(path, paths))
    }

    /// The file of a person's own keys: the one that is set, else `keys.toml` of the settings folder, which need not exist.
    pub fn keys_file(&self, paths: &Paths) -> PathBuf {
        resolve(self.keys.value.as_deref().unwrap_or(Path::new("keys.toml")), paths)
    }
}

/// A path from the settings: `~/` is the home folder, and what is relative starts at the settings folder.
fn resolve(path: &Path, paths: &Paths) -> PathBuf {
    match path.strip_prefix("~") {
        Ok(rest) => paths.home.join(rest),
        Err(_) => paths.config.join(path),
    }
}

/// The environment variable of a setting: `reviewer.label` is `EARMARK_REVIEWER_LABEL`.
pub fn variable_of(name: &str) -> String {
    format!("EARMARK_{}", name.replace('.', "_").to_uppercase())
}

/// The nearest setting, or all of them.
fn remedy_for(name: &str) -> String {
    match nearest(name, Settings::NAMES.iter().copied()) {
        Some(known) => format!("did you mean `{known}`?"),
        None => format!("remove it; the settings are {}", Settings::NAMES.join(", ")),
    }
}

#[cfg(test)]
mod tests;
