//! Collects everything that is wrong with a file that people write, each with its line and column.

use std::cell::RefCell;

use crate::interview::Problem;

/// Where the mistakes of one file collect.
pub struct Complaints<'t> {
    file: &'t str,
    text: &'t str,
    errors: RefCell<Vec<(usize, Problem)>>,
    warnings: RefCell<Vec<(usize, Problem)>>,
    broken: bool,
}

impl<'t> Complaints<'t> {
    /// Starts with the syntax errors: message and place of each.
    pub fn new(file: &'t str, text: &'t str, syntax: Vec<toml::de::Error>) -> Self {
        let complaints =
            Complaints { file, text, errors: RefCell::default(), warnings: RefCell::default(), broken: !syntax.is_empty() };
        for error in syntax {
            let at = error.span().map_or(0, |span| span.start);
            let reason = format!("not valid TOML: {}", error.message());
            complaints.coded(at, "syntax", &reason, "correct the line; quote texts with \"…\"");
        }
        complaints
    }

    /// Something that must be mended before the file can be used.
    pub fn error(&self, at: usize, reason: &str, remedy: &str) {
        self.coded(at, "value", reason, remedy);
    }

    /// The same with the name of its kind.
    pub fn coded(&self, at: usize, code: &'static str, reason: &str, remedy: &str) {
        let problem = Problem::fatal(self.file, &self.place(at), reason, remedy).coded(code);
        self.errors.borrow_mut().push((at, problem));
    }

    /// Something that should be there. Said only of files whose syntax is whole: a broken line hides what stands in it.
    pub fn missing(&self, at: usize, reason: &str, remedy: &str) {
        if !self.broken {
            self.coded(at, "missing", reason, remedy);
        }
    }

    /// Something worth a second look, with the name of its kind.
    pub fn warning(&self, at: usize, code: &'static str, reason: &str, remedy: &str) {
        let problem = Problem::warning(self.file, &self.place(at), reason, remedy).coded(code);
        self.warnings.borrow_mut().push((at, problem));
    }

    /// Whether the syntax is broken somewhere: what stands there is hidden.
    pub fn is_broken(&self) -> bool {
        self.broken
    }

    /// Whether nothing must be mended.
    pub fn none(&self) -> bool {
        self.errors.borrow().is_empty()
    }

    /// Errors and warnings, each in the order of the file.
    pub fn into_parts(self) -> (Vec<Problem>, Vec<Problem>) {
        (in_order(self.errors.into_inner()), in_order(self.warnings.into_inner()))
    }

    /// `line 3, column 5`, both from 1, columns in characters.
    fn place(&self, at: usize) -> String {
        let before = self.text.get(..at).unwrap_or(self.text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        format!("line {line}, column {column}")
    }
}

/// Line and column of a problem in such a file, both from 1; nothing where it has no place in the text.
pub fn line_and_column(problem: &Problem) -> Option<(usize, usize)> {
    let (line, column) = problem.place.as_str().strip_prefix("line ")?.split_once(", column ")?;
    Some((line.parse().ok()?, column.parse().ok()?))
}

fn in_order(mut list: Vec<(usize, Problem)>) -> Vec<Problem> {
    list.sort_by_key(|(at, _)| *at);
    list.into_iter().map(|(_, problem)| problem).collect()
}
