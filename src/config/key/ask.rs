//! Asking for a passphrase on the terminal, without showing it.

use std::fs::OpenOptions;
use std::io::{self, BufRead, BufReader, Write};

use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use zeroize::Zeroizing;

/// Asks on the controlling terminal, whatever standard input and output are; fails where there is none.
pub fn ask_on_terminal(prompt: &str) -> io::Result<Zeroizing<String>> {
    let terminal = OpenOptions::new().read(true).write(true).open("/dev/tty")?;
    // Quiet first: what is typed as soon as the question stands there would be thrown away with what was typed before.
    let quiet = Quiet::begin(&terminal)?;
    (&terminal).write_all(prompt.as_bytes())?;
    let mut line = Zeroizing::new(String::with_capacity(256));
    let read = BufReader::new(&terminal).read_line(&mut line);
    drop(quiet);
    (&terminal).write_all(b"\n")?;
    if read? == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    let typed = line.trim_end_matches(['\r', '\n']).len();
    line.truncate(typed);
    Ok(line)
}

/// The terminal does not show what is typed while this lives.
struct Quiet<'a> {
    terminal: &'a std::fs::File,
    before: Termios,
}

impl<'a> Quiet<'a> {
    fn begin(terminal: &'a std::fs::File) -> io::Result<Self> {
        let before = tcgetattr(terminal)?;
        let mut quiet = before.clone();
        quiet.local_modes.remove(LocalModes::ECHO);
        tcsetattr(terminal, OptionalActions::Flush, &quiet)?;
        Ok(Quiet { terminal, before })
    }
}

impl Drop for Quiet<'_> {
    fn drop(&mut self) {
        // Nothing can be done about a terminal that went away meanwhile.
        let _ = tcsetattr(self.terminal, OptionalActions::Flush, &self.before);
    }
}
