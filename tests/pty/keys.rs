//! Which bytes a terminal sends for a key.

/// The bytes of a key with the name that `keys.toml` gives it.
pub(super) fn bytes(key: &str) -> String {
    let named = match key {
        "enter" => "\r",
        "esc" => "\x1b",
        "space" => " ",
        "tab" => "\t",
        "backtab" => "\x1b[Z",
        "backspace" => "\x7f",
        "up" => "\x1b[A",
        "down" => "\x1b[B",
        "right" => "\x1b[C",
        "left" => "\x1b[D",
        "home" => "\x1b[H",
        "end" => "\x1b[F",
        "pgup" => "\x1b[5~",
        "pgdn" => "\x1b[6~",
        other => return other.strip_prefix("ctrl-").map_or_else(|| other.to_owned(), control),
    };
    named.to_owned()
}

fn control(letter: &str) -> String {
    letter.bytes().map(|byte| char::from(byte & 0x1f)).collect()
}
