//! Lines as they are typed or piped in; of one that is too long its end is let go, and that is known.

use std::io::{self, BufRead};

use tokio::sync::mpsc::{Receiver, channel};

/// The longest line that is taken, in bytes: more than the longest text that is kept has in any script.
const LONGEST: u64 = 256 * 1024;

/// A terminal hands over lines of so many bytes, their ends counted, and keeps the rest of a longer one.
const OF_TERMINAL: usize = 4096;

/// A line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Typed {
    pub(super) text: String,
    /// Whether its end is lost.
    pub(super) is_cut: bool,
}

/// The lines of an input, read on a thread of its own: a terminal's reader cannot be woken.
pub(super) fn lines_of(mut input: impl BufRead + Send + 'static, of_terminal: bool) -> Receiver<Typed> {
    // One line is read ahead: who pipes a long script in waits with it.
    let (sender, lines) = channel(1);
    std::thread::spawn(move || {
        while let Ok(Some(line)) = next(&mut input, of_terminal) {
            if sender.blocking_send(line).is_err() {
                return;
            }
        }
    });
    lines
}

fn next(input: &mut impl BufRead, of_terminal: bool) -> io::Result<Option<Typed>> {
    let mut line = Vec::new();
    if io::Read::take(&mut *input, LONGEST).read_until(b'\n', &mut line)? == 0 {
        return Ok(None);
    }
    let is_longer = line.len() as u64 == LONGEST && !line.ends_with(b"\n");
    if is_longer {
        // What is left of it is no line of its own: it would be done.
        input.skip_until(b'\n')?;
    }
    let is_cut = is_longer || (of_terminal && line.len() >= OF_TERMINAL);
    Ok(Some(Typed { text: String::from_utf8_lossy(&line).into_owned(), is_cut }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(input: &str, of_terminal: bool, expected: &[(usize, bool)]) {
        let mut lines = lines_of(io::Cursor::new(input.to_owned()), of_terminal);
        let found: Vec<_> =
            std::iter::from_fn(|| lines.blocking_recv()).map(|line| (line.text.trim_end().len(), line.is_cut)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn the_end_of_a_line_that_is_too_long_is_no_line_of_its_own() {
        let long = "x".repeat(1_000_000);
        check(&format!("note\n{long}\nquit\n"), false, &[(4, false), (LONGEST as usize, true), (4, false)]);
        check(&long, false, &[(LONGEST as usize, true)]);
        check("one\ntwo", false, &[(3, false), (3, false)]);
    }

    #[test]
    fn a_line_that_a_terminal_cut_is_known_by_its_length() {
        let (whole, cut) = ("x".repeat(4094), "x".repeat(4095));
        check(&format!("{whole}\n{cut}\n"), true, &[(4094, false), (4095, true)]);
        check(&format!("{cut}\n"), false, &[(4095, false)]);
    }
}
