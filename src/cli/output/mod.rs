//! The one place that prints. Whatever goes to a terminal has been cleaned here, whoever made it.

mod clean;
mod progress;
mod table;

use std::fmt::Display;
use std::io::{self, BufRead as _, IsTerminal as _, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Serialize;

use super::exit::Exit;
use super::failure::Failure;
use crate::config::settings::Color;
use crate::interview::Problem;

pub use progress::{Progress, human_bytes};
pub use table::{Align, Table};

/// How a command's output is to look.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Form {
    /// Results as JSON.
    pub json: bool,
    /// Results and problems alone: no notes, no progress.
    pub quiet: bool,
    /// Line by line: nothing is drawn over.
    pub plain: bool,
    /// Colours.
    pub color: bool,
    /// Standard output is a terminal.
    pub out_is_terminal: bool,
    /// Standard error is a terminal.
    pub err_is_terminal: bool,
    /// Questions can be asked and answered.
    pub can_ask: bool,
}

impl Form {
    /// The form for this process's own streams.
    pub fn of_process(json: bool, quiet: bool, plain: bool, color: Color) -> Self {
        let (out, err) = (io::stdout().is_terminal(), io::stderr().is_terminal());
        let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let able = out && !is_set("NO_COLOR") && std::env::var_os("TERM").is_none_or(|term| term != "dumb");
        Form {
            json,
            quiet,
            plain,
            color: match color {
                Color::On => true,
                Color::Off => false,
                Color::Auto => able && !plain,
            },
            out_is_terminal: out,
            err_is_terminal: err,
            can_ask: io::stdin().is_terminal() && err,
        }
    }
}

/// Where a command prints.
pub struct Output {
    form: Form,
    streams: Mutex<Streams>,
}

struct Streams {
    out: Box<dyn Write + Send>,
    err: Box<dyn Write + Send>,
    /// Why nothing more can be written to `out`.
    broken: Option<io::ErrorKind>,
}

impl Output {
    /// Prints to this process's streams.
    pub fn new(form: Form) -> Self {
        Self::to(form, Box::new(io::stdout()), Box::new(io::stderr()))
    }

    fn to(form: Form, out: Box<dyn Write + Send>, err: Box<dyn Write + Send>) -> Self {
        Output { form, streams: Mutex::new(Streams { out, err, broken: None }) }
    }

    /// How it looks.
    pub fn form(&self) -> Form {
        self.form
    }

    /// Whether results are wanted as JSON.
    pub fn wants_json(&self) -> bool {
        self.form.json
    }

    /// Prints a result for people, one line or several; nothing where JSON is wanted.
    pub fn say(&self, text: impl Display) {
        if !self.form.json {
            self.write_out(format!("{}\n", clean::lines(&text.to_string())).as_bytes());
        }
    }

    /// Prints a result for programs. Every string in it, keys too, is cleaned.
    pub fn json(&self, result: &impl Serialize) {
        let value = serde_json::to_value(result).expect("results have string keys and finite numbers");
        let text = serde_json::to_string_pretty(&clean::json(value)).expect("a JSON value can be written");
        self.write_out(format!("{text}\n").as_bytes());
    }

    /// Prints one of many results for programs, in one line. Every string in it, keys too, is cleaned.
    pub fn json_line(&self, result: &impl Serialize) {
        let value = serde_json::to_value(result).expect("results have string keys and finite numbers");
        self.write_out(format!("{}\n", clean::json(value)).as_bytes());
        let _ = self.streams().out.flush();
    }

    /// Prints a table for people; nothing where JSON is wanted.
    pub fn table(&self, table: &Table) {
        if !self.form.json {
            let columns = self.form.out_is_terminal.then(super::room::columns);
            self.write_out(table.draw(self.form.color, columns).as_bytes());
        }
    }

    /// Writes a document as it is, such as CSV into a file or pipe; a terminal gets it cleaned.
    pub fn document(&self, bytes: &[u8]) {
        if self.form.out_is_terminal {
            self.write_out(clean::lines(&String::from_utf8_lossy(bytes)).as_bytes());
        } else {
            self.write_out(bytes);
        }
    }

    /// Tells a person at the terminal something beside the result; scripts do not see it.
    pub fn note(&self, text: impl Display) {
        if self.form.err_is_terminal && !self.form.quiet {
            self.write_err(&clean::lines(&text.to_string()));
        }
    }

    /// Tells what a script should know of a result too, on standard error; not where only results and problems are wanted.
    pub fn remark(&self, text: impl Display) {
        if !self.form.quiet && !self.form.json {
            self.write_err(&clean::lines(&text.to_string()));
        }
    }

    /// Tells of one thing that is wrong: file, place, reason and remedy.
    pub fn problem(&self, problem: &Problem) {
        let place = if problem.place.is_empty() { String::new() } else { format!(": {}", problem.place) };
        let remedy = if problem.remedy.is_empty() { String::new() } else { format!("\n  Hint: {}", problem.remedy) };
        self.write_err(&clean::lines(&format!("{}{place}: {}{remedy}", problem.file, problem.reason)));
    }

    /// Tells why the command failed.
    pub fn failure(&self, failure: &Failure) {
        failure.lines().iter().for_each(|line| self.write_err(&clean::lines(line)));
    }

    /// Tells why the command was not understood, in the words of the parser of the command line.
    pub(super) fn failure_text(&self, text: &str) {
        self.write_err(&clean::lines(text));
    }

    /// Asks the person at the terminal; None where there is nobody to ask, or no answer came.
    ///
    /// # Errors
    /// When the terminal cannot be read.
    pub fn ask(&self, question: &str) -> io::Result<Option<String>> {
        if !self.form.can_ask {
            return Ok(None);
        }
        {
            // What was typed before the question was there is no answer to it.
            let _ = rustix::termios::tcflush(io::stdin(), rustix::termios::QueueSelector::IFlush);
            let mut streams = self.streams();
            write!(streams.err, "{} ", clean::lines(question))?;
            streams.err.flush()?;
        }
        let mut answer = String::new();
        let read = io::stdin().lock().read_line(&mut answer)?;
        Ok((read > 0).then(|| answer.trim().to_owned()))
    }

    /// Shows how far a long piece of work of `total` steps is, on a terminal only.
    pub fn progress(&self, what: &str, total: u64) -> Progress {
        Progress::new(&clean::lines(what), total, self.form.err_is_terminal && !self.form.quiet && !self.form.plain)
    }

    /// The same with the time that is left.
    pub fn progress_in_time(&self, what: &str, total: u64) -> Progress {
        Progress::with_time(&clean::lines(what), total, self.form.err_is_terminal && !self.form.quiet && !self.form.plain)
    }

    /// Shows how many bytes have come, how fast and for how long still, on a terminal only.
    pub fn transfer(&self, what: &str) -> Progress {
        Progress::of_bytes(&clean::lines(what), self.form.err_is_terminal && !self.form.quiet && !self.form.plain)
    }

    /// A bar for files that are fetched; none where nobody sees it.
    pub fn files(&self, what: &str) -> Progress {
        Progress::of_files(&clean::lines(what), self.form.err_is_terminal && !self.form.quiet && !self.form.plain)
    }

    /// Writes out what is waiting, and says how the command ends if the reader left or the disk is full.
    pub fn finish(&self, exit: Exit) -> Exit {
        let kind = {
            let mut streams = self.streams();
            let flushed = streams.out.flush();
            streams.broken.or(flushed.err().map(|e| e.kind()))
        };
        match kind {
            None => exit,
            Some(io::ErrorKind::BrokenPipe) => Exit::Interrupted,
            Some(kind) => {
                self.failure(&Failure::new("Could not write the result").cause(kind.to_string()));
                Exit::Failed
            }
        }
    }

    fn streams(&self) -> MutexGuard<'_, Streams> {
        self.streams.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What cannot be written any more is dropped: the command's own work goes on to its end.
    fn write_out(&self, bytes: &[u8]) {
        let mut streams = self.streams();
        if streams.broken.is_none() {
            streams.broken = streams.out.write_all(bytes).err().map(|e| e.kind());
        }
    }

    fn write_err(&self, line: &str) {
        // There is nowhere left to say that standard error is closed.
        let _ = writeln!(self.streams().err, "{line}");
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::sync::Arc;

    use serde_json::json;

    use super::*;

    /// What was printed.
    #[derive(Clone, Default)]
    pub(in crate::cli) struct Page(Arc<Mutex<Vec<u8>>>);

    impl Write for Page {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().expect("no test panics while printing").write(bytes)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl Page {
        pub(in crate::cli) fn text(&self) -> String {
            String::from_utf8_lossy(&self.0.lock().expect("no test panics while printing")).into_owned()
        }
    }

    /// An output that is kept, and its two pages.
    pub(in crate::cli) fn captured(form: Form) -> (Output, Page, Page) {
        let (out, err) = (Page::default(), Page::default());
        (Output::to(form, Box::new(out.clone()), Box::new(err.clone())), out, err)
    }

    struct Closed(io::ErrorKind);

    impl Write for Closed {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(self.0.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    const HOSTILE: &str = "Ann\x1b[2J\u{202e}gpj";

    #[test]
    fn no_escape_reaches_the_terminal_by_any_way() {
        let (output, out, err) = captured(Form { err_is_terminal: true, out_is_terminal: true, ..Form::default() });
        output.say(HOSTILE);
        output.note(HOSTILE);
        output.document(HOSTILE.as_bytes());
        output.failure(&Failure::new(HOSTILE).cause(HOSTILE).hint(HOSTILE));
        output.problem(&Problem::damage(HOSTILE, HOSTILE, HOSTILE, HOSTILE));
        let mut table = Table::new(&["name"]);
        table.row([HOSTILE]);
        output.table(&table);
        let printed = out.text() + &err.text();
        assert_eq!(printed.matches("Ann␛[2Jgpj").count(), 11, "{printed}");
        assert!(!printed.contains(['\x1b', '\u{202e}']), "{printed:?}");
    }

    #[test]
    fn json_is_cleaned_in_keys_and_values_however_deep() {
        let (output, out, _) = captured(Form { json: true, ..Form::default() });
        output.json(&json!({ HOSTILE: [{ "name": HOSTILE }, 1.5, null, true] }));
        let read: serde_json::Value = serde_json::from_str(&out.text()).expect("it is JSON");
        assert_eq!(read, json!({ "Ann␛[2Jgpj": [{ "name": "Ann␛[2Jgpj" }, 1.5, null, true] }));
    }

    #[test]
    fn people_see_no_json_and_scripts_see_nothing_else() {
        let (output, out, err) = captured(Form { json: true, ..Form::default() });
        output.say("for people");
        output.table(&Table::new(&["for people"]));
        output.note("for people");
        assert_eq!(out.text() + &err.text(), "");
    }

    #[test]
    fn a_reader_who_leaves_ends_the_command_quietly_and_a_full_disk_does_not() {
        for (kind, exit, told) in
            [(io::ErrorKind::BrokenPipe, Exit::Interrupted, false), (io::ErrorKind::StorageFull, Exit::Failed, true)]
        {
            let err = Page::default();
            let output = Output::to(Form::default(), Box::new(Closed(kind)), Box::new(err.clone()));
            output.say("one");
            output.say("two");
            assert_eq!(output.finish(Exit::Done), exit);
            assert_eq!(err.text().contains("Could not write"), told, "{}", err.text());
        }
    }

    #[test]
    fn nobody_is_asked_where_nobody_can_answer() {
        let (output, _, err) = captured(Form::default());
        assert_eq!(output.ask("Your name?").expect("nothing is read"), None);
        assert_eq!(err.text(), "");
    }
}
