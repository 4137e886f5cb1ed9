//! What a setting can be, and who set it.

use std::fmt;
use std::path::PathBuf;

use serde_json::json;

use crate::sound::pace::PACES;

/// Who set a value; a later one wins over an earlier one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Origin {
    /// Nobody.
    Default,
    /// A line of the settings file.
    File {
        /// The file, as people read it.
        path: String,
        /// 1-based.
        line: usize,
    },
    /// A variable of the environment.
    Environment(String),
    /// A flag of the command line.
    Flag(&'static str),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::Default => f.write_str("default"),
            Origin::File { path, line } => write!(f, "{path}:{line}"),
            Origin::Environment(name) => write!(f, "${name}"),
            Origin::Flag(flag) => f.write_str(flag),
        }
    }
}

/// A value and who set it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Set<T> {
    /// What it is.
    pub value: T,
    /// Who set it.
    pub origin: Origin,
}

impl<T> Set<T> {
    pub(super) fn default_of(value: T) -> Self {
        Set { value, origin: Origin::Default }
    }
}

/// A value as it came, before anyone asked what it should be.
#[derive(Clone, PartialEq, Debug)]
pub enum Raw {
    /// In quotes, or a whole variable.
    Text(String),
    /// `true` or `false`.
    Truth(bool),
    /// With or without a fraction.
    Number(f64),
    /// What no setting is: a list, a date, a table.
    Other(&'static str),
}

impl Raw {
    /// What a variable's text may mean: itself, a truth value, a number.
    pub(super) fn guesses(text: &str) -> Vec<Raw> {
        let truth = match text {
            "true" | "1" | "on" | "yes" => Some(true),
            "false" | "0" | "off" | "no" => Some(false),
            _ => None,
        };
        let number = text.parse().ok().map(Raw::Number);
        [Some(Raw::Text(text.to_owned())), truth.map(Raw::Truth), number].into_iter().flatten().collect()
    }
}

/// As a mistake names it.
impl fmt::Display for Raw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Raw::Text(text) => write!(f, "\"{text}\""),
            Raw::Truth(truth) => write!(f, "{truth}"),
            Raw::Number(number) => write!(f, "{number}"),
            Raw::Other(what) => f.write_str(what),
        }
    }
}

/// A kind of setting.
pub trait Value: Sized {
    /// What a right value looks like, for the sentence "… is 7, not {EXPECTED}".
    const EXPECTED: &'static str;

    /// The value, if `raw` is one.
    fn read(raw: &Raw) -> Option<Self>;

    /// The value as JSON.
    fn show(&self) -> serde_json::Value;
}

impl Value for bool {
    const EXPECTED: &'static str = "true or false";

    fn read(raw: &Raw) -> Option<Self> {
        match raw {
            Raw::Truth(truth) => Some(*truth),
            Raw::Text(text) if text == "on" => Some(true),
            Raw::Text(text) if text == "off" => Some(false),
            _ => None,
        }
    }

    fn show(&self) -> serde_json::Value {
        json!(self)
    }
}

impl Value for Option<String> {
    const EXPECTED: &'static str = "a text in quotes";

    fn read(raw: &Raw) -> Option<Self> {
        match raw {
            Raw::Text(text) if !text.trim().is_empty() => Some(Some(text.clone())),
            _ => None,
        }
    }

    fn show(&self) -> serde_json::Value {
        json!(self)
    }
}

impl Value for Option<PathBuf> {
    const EXPECTED: &'static str = "a file's path in quotes";

    fn read(raw: &Raw) -> Option<Self> {
        Option::<String>::read(raw).map(|path| path.map(PathBuf::from))
    }

    fn show(&self) -> serde_json::Value {
        json!(self.as_ref().map(|path| path.display().to_string()))
    }
}

/// How fast an answer is played, 0.5 to 3 times its own speed.
#[derive(Clone, Copy, PartialEq, PartialOrd, Debug)]
pub struct Speed(f64);

impl Speed {
    /// An answer's own speed.
    pub const NORMAL: Speed = Speed(1.0);

    /// The factor.
    pub fn factor(self) -> f64 {
        self.0
    }
}

impl Value for Speed {
    const EXPECTED: &'static str = "a number from 0.5 to 3";

    fn read(raw: &Raw) -> Option<Self> {
        match raw {
            Raw::Number(factor) if (0.5..=3.0).contains(factor) => Some(Speed(*factor)),
            _ => None,
        }
    }

    fn show(&self) -> serde_json::Value {
        json!(self.0)
    }
}

/// A time in whole seconds, 1 to 3600.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Seconds(u16);

impl Seconds {
    pub(super) const fn of(seconds: u16) -> Self {
        Seconds(seconds)
    }

    /// As a duration.
    pub fn duration(self) -> std::time::Duration {
        std::time::Duration::from_secs(u64::from(self.0))
    }
}

impl Value for Seconds {
    const EXPECTED: &'static str = "a whole number of seconds from 1 to 3600";

    fn read(raw: &Raw) -> Option<Self> {
        match raw {
            Raw::Number(seconds) if seconds.fract() == 0.0 && (1.0..=3600.0).contains(seconds) => Some(Seconds(*seconds as u16)),
            _ => None,
        }
    }

    fn show(&self) -> serde_json::Value {
        json!(self.0)
    }
}

/// How many things are done at once, 1 to 64.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct AtOnce(u8);

impl AtOnce {
    pub(super) const fn of(count: u8) -> Self {
        AtOnce(count)
    }

    /// How many.
    pub fn count(self) -> usize {
        usize::from(self.0)
    }
}

impl Value for AtOnce {
    const EXPECTED: &'static str = "a whole number from 1 to 64";

    fn read(raw: &Raw) -> Option<Self> {
        match raw {
            Raw::Number(count) if count.fract() == 0.0 && (1.0..=64.0).contains(count) => Some(AtOnce(*count as u8)),
            _ => None,
        }
    }

    fn show(&self) -> serde_json::Value {
        json!(self.0)
    }
}

/// How many words a minute an answer is brought to, 60 to 600.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Wpm(u16);

impl Wpm {
    /// Words per minute.
    pub fn words(self) -> u16 {
        self.0
    }
}

impl Value for Option<Wpm> {
    const EXPECTED: &'static str = "a whole number from 60 to 600";

    fn read(raw: &Raw) -> Option<Self> {
        match raw {
            Raw::Number(words) if words.fract() == 0.0 => {
                // What is far outside becomes the largest number, which is outside too.
                let words = *words as u16;
                PACES.contains(&words).then_some(Some(Wpm(words)))
            }
            _ => None,
        }
    }

    fn show(&self) -> serde_json::Value {
        json!(self.map(Wpm::words))
    }
}

/// A setting that is one of a few words.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident, $expected:literal, $($(#[$each:meta])* $variant:ident = $word:literal,)*) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        pub enum $name {
            $($(#[$each])* $variant,)*
        }

        impl $name {
            /// The word in the settings file.
            pub fn word(self) -> &'static str {
                match self { $($name::$variant => $word,)* }
            }
        }

        impl Value for $name {
            const EXPECTED: &'static str = $expected;

            fn read(raw: &Raw) -> Option<Self> {
                match raw {
                    $(Raw::Text(text) if text == $word => Some($name::$variant),)*
                    _ => None,
                }
            }

            fn show(&self) -> serde_json::Value {
                json!(self.word())
            }
        }
    };
}

words! {
    /// Whether colours are used.
    Color, "\"auto\", \"on\" or \"off\"",
    /// As the terminal and `NO_COLOR` say.
    Auto = "auto",
    /// Always, also into a pipe.
    On = "on",
    /// Never.
    Off = "off",
}

words! {
    /// What goes of people whom their source has deleted.
    Removes, "\"person\" or \"recordings\"",
    /// Everything about the person.
    Person = "person",
    /// Recordings and files of answers; transcripts, ratings and the rest stay.
    Recordings = "recordings",
}

words! {
    /// How much goes to the log file.
    LogLevel, "\"off\", \"error\", \"warn\", \"info\", \"debug\" or \"trace\"",
    /// Nothing.
    Off = "off",
    /// What failed.
    Error = "error",
    /// What looks wrong, too.
    Warn = "warn",
    /// What was done, too.
    Info = "info",
    /// Steps of what was done, too.
    Debug = "debug",
    /// Everything.
    Trace = "trace",
}
