//! The table: which rooms there are, in which order they may enter each other, and what is kept out of them.

/// One room of the house.
pub(super) struct Room {
    /// 1 nouns, 2 rules, 3 application, 4 edges, 5 wiring.
    pub(super) floor: u8,
    /// The folder (or file) under `src/`.
    pub(super) name: &'static str,
}

const fn room(floor: u8, name: &'static str) -> Room {
    Room { floor, name }
}

/// The rooms, lowest first. A room enters only rooms of floors below it, or rooms listed before it on its own floor.
/// A new room is a new row here; a row whose folder is not there yet is only planned.
pub(super) const ROOMS: &[Room] = &[
    room(1, "text"),
    room(1, "interview"),
    room(1, "form"),
    room(2, "rubric"),
    room(2, "transcript"),
    room(2, "sound"),
    room(2, "journal"),
    room(2, "scorecard"),
    room(2, "protocol"),
    room(2, "panel"),
    room(2, "scorer"),
    room(2, "export"),
    room(3, "app"),
    room(4, "config"),
    room(4, "net"),
    room(4, "fence"),
    room(4, "library"),
    room(4, "source"),
    room(4, "demo"),
    room(4, "exchange"),
    room(4, "assist"),
    room(4, "delivery"),
    room(4, "player"),
    room(4, "hub"),
    room(4, "tui"),
    room(5, "runtime"),
    room(5, "cli"),
    room(5, "main"),
];

/// Crates that live only in the rooms named beside them, by the name that code calls them.
pub(super) const LODGERS: &[(&str, &[&str])] = &[
    ("strsim", &["text"]),
    ("frostem", &["transcript"]),
    ("whatlang", &["scorer"]),
    ("symphonia", &["sound"]),
    ("symphonia_adapter_libopus", &["sound"]),
    ("opusic_c", &["sound"]),
    ("ogg", &["sound"]),
    ("earshot", &["sound"]),
    ("ebur128", &["sound"]),
    ("rustfft", &["sound"]),
    ("statrs", &["panel"]),
    ("nalgebra", &["panel"]),
    ("krilla", &["export"]),
    ("harfrust", &["export"]),
    ("unicode_bidi", &["export"]),
    ("age", &["config", "library"]),
    ("ed25519_dalek", &["config"]),
    ("etcetera", &["config"]),
    ("tracing_appender", &["config"]),
    ("tracing_subscriber", &["config"]),
    ("libc", &["fence"]),
    ("landlock", &["fence"]),
    ("seccompiler", &["fence"]),
    ("reqwest", &["net"]),
    ("rustls", &["net"]),
    ("backon", &["net"]),
    ("cap_std", &["source"]),
    ("miniz_oxide", &["source"]),
    ("chacha20poly1305", &["library"]),
    ("zip", &["library"]),
    ("sqlx", &["library", "hub"]),
    ("russh_sftp", &["delivery"]),
    ("roxmltree", &["delivery"]),
    ("rodio", &["player"]),
    ("cpal", &["player"]),
    ("pulseaudio", &["player"]),
    ("futures_executor", &["player"]),
    ("thread_priority", &["player"]),
    ("axum", &["hub"]),
    ("hyper", &["hub"]),
    ("hyper_util", &["hub"]),
    ("tokio_rustls", &["hub"]),
    ("ratatui", &["tui"]),
    ("ratatui_textarea", &["tui"]),
    ("crossterm", &["tui"]),
    ("nucleo_matcher", &["tui"]),
    ("rust_xlsxwriter", &["runtime"]),
    ("clap", &["cli"]),
    ("clap_complete", &["cli"]),
    ("clap_mangen", &["cli"]),
    ("indicatif", &["cli"]),
    ("shell-words", &["cli"]),
];

/// The floors that take values and return values.
pub(super) const PURE_FLOORS: std::ops::RangeInclusive<u8> = 1..=3;

/// Path beginnings that have no place on the pure floors, and what each would let in.
/// `rand_chacha` is not among them: from a given seed it is a rule, and shuffling needs it.
pub(super) const OUTSIDE: &[(&[&str], &str)] = &[
    (&["std", "fs"], "files"),
    (&["std", "env"], "the environment"),
    (&["std", "net"], "the network"),
    (&["std", "process"], "processes"),
    (&["std", "thread"], "threads"),
    (&["std", "time", "Instant"], "the clock"),
    (&["std", "time", "SystemTime"], "the clock"),
    (&["std", "io", "stdin"], "the terminal"),
    (&["std", "io", "stdout"], "the terminal"),
    (&["std", "io", "stderr"], "the terminal"),
    (&["tokio"], "files, threads, the clock and the network"),
    (&["getrandom"], "randomness"),
    (&["rand"], "randomness"),
    (&["cap_std"], "files"),
    (&["fs4"], "files"),
    (&["rustix"], "the system"),
    (&["tempfile"], "files"),
    (&["etcetera"], "the environment"),
];

/// Calls that ask the clock or for randomness in passing: the type, and the call.
pub(super) const OUTSIDE_CALLS: &[(&str, &str)] =
    &[("Timestamp", "now"), ("Zoned", "now"), ("Instant", "now"), ("SystemTime", "now"), ("Uuid", "now_v7"), ("Uuid", "new_v4")];

/// Macros that print; on every floor only `cli::output` does, and clippy keeps that.
pub(super) const PRINTING: &[&str] = &["print", "println", "eprint", "eprintln", "dbg"];

/// No file is longer: one that wants a table of contents is a folder.
pub(super) const MOST_LINES: usize = 500;

/// The room with this name, and its place in the order.
pub(super) fn find(name: &str) -> Option<(usize, &'static Room)> {
    ROOMS.iter().enumerate().find(|(_, room)| room.name == name)
}
