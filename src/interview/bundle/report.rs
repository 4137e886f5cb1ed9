//! Collects what is wrong with a document, each with its place.

use std::fmt;

use super::json::{Node, Remark};
use crate::interview::{Problem, Severity};

/// So many problems are told one by one; what damages is always told.
const MOST_WARNINGS: usize = 500;

/// Where in the document: `submissions[3].answers[1].duration_ms`.
#[derive(Clone, Copy)]
pub(super) struct Path<'p> {
    parent: Option<&'p Path<'p>>,
    step: Step<'p>,
}

#[derive(Clone, Copy)]
enum Step<'p> {
    Root,
    Key(&'p str),
    Index(usize),
}

impl<'p> Path<'p> {
    pub(super) const ROOT: Path<'static> = Path { parent: None, step: Step::Root };

    pub(super) fn key(&'p self, key: &'p str) -> Path<'p> {
        Path { parent: Some(self), step: Step::Key(key) }
    }

    pub(super) fn index(&'p self, index: usize) -> Path<'p> {
        Path { parent: Some(self), step: Step::Index(index) }
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(parent) = self.parent {
            parent.fmt(f)?;
        }
        let first = self.parent.is_none_or(|parent| matches!(parent.step, Step::Root));
        match self.step {
            Step::Root => Ok(()),
            Step::Key(key) if first => write!(f, "{key:.60}"),
            Step::Key(key) => write!(f, ".{key:.60}"),
            Step::Index(index) => write!(f, "[{index}]"),
        }
    }
}

/// The problems of one file.
pub(super) struct Report<'a> {
    file: &'a str,
    /// The names of a table's columns; empty for JSON.
    columns: Vec<String>,
    problems: Vec<Problem>,
    warnings: usize,
}

impl<'a> Report<'a> {
    pub(super) fn new(file: &'a str) -> Self {
        Report { file, columns: Vec::new(), problems: Vec::new(), warnings: 0 }
    }

    pub(super) fn damage(&mut self, at: &Node<'_>, path: &Path<'_>, reason: &str, remedy: &str) {
        let place = self.place(at, path);
        self.push(Problem::damage(self.file, &place, reason, remedy));
    }

    pub(super) fn warn(&mut self, at: &Node<'_>, path: &Path<'_>, reason: &str, remedy: &str) {
        let place = self.place(at, path);
        self.push(Problem::warning(self.file, &place, reason, remedy));
    }

    pub(super) fn fatal(&mut self, at: &Node<'_>, path: &Path<'_>, reason: &str, remedy: &str) {
        let place = self.place(at, path);
        self.push(Problem::fatal(self.file, &place, reason, remedy));
    }

    /// What the reader of the text said; the rest of the text was usable.
    pub(super) fn remark(&mut self, remark: &Remark) {
        self.push(Problem::warning(self.file, &remark.place, &remark.reason, remark.remedy));
    }

    /// Nothing of the file can be read.
    pub(super) fn give_up(&mut self, place: &str, reason: &str, remedy: &str) {
        self.push(Problem::fatal(self.file, place, reason, remedy));
    }

    /// What is named from now on stands in a table with these columns.
    pub(super) fn in_table(&mut self, columns: Vec<String>) {
        self.columns = columns;
    }

    /// The path and the line, or in a table the line and the column.
    fn place(&self, at: &Node<'_>, path: &Path<'_>) -> String {
        let column = usize::from(at.column).checked_sub(1).and_then(|index| self.columns.get(index));
        match (column, at.line) {
            (Some(column), line) => format!("line {line}, column {column}"),
            (None, line) if !self.columns.is_empty() => format!("line {line}"),
            (None, 0) => path.to_string(),
            (None, line) => match path.to_string() {
                root if root.is_empty() => format!("line {line}"),
                path => format!("{path} (line {line})"),
            },
        }
    }

    /// How many problems there are until now, for [`Report::escalate`].
    pub(super) fn mark(&self) -> usize {
        self.problems.len()
    }

    /// What was said since `mark` takes more away than its field: the record around it needs that field.
    pub(super) fn escalate(&mut self, mark: usize) {
        for problem in self.problems.iter_mut().skip(mark) {
            problem.severity = problem.severity.max(Severity::Damage);
        }
    }

    fn push(&mut self, problem: Problem) {
        if problem.severity == Severity::Warning {
            self.warnings += 1;
            if self.warnings > MOST_WARNINGS {
                return;
            }
        }
        self.problems.push(problem);
    }

    /// All problems, the gravest first, each kind in the order of the document.
    pub(super) fn finish(mut self) -> Vec<Problem> {
        if let Some(more) = self.warnings.checked_sub(MOST_WARNINGS).filter(|more| *more > 0) {
            let reason = format!("{more} more warnings of these kinds");
            self.problems.push(Problem::warning(self.file, "the whole file", &reason, "mend the first ones and import again"));
        }
        self.problems.sort_by_key(|problem| std::cmp::Reverse(problem.severity));
        self.problems
    }
}
