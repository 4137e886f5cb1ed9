//! Reads the lists that stand beside a ratings table: comparisons, decisions, groups. All of one, or every line that is wrong.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use csv::ReaderBuilder;

use super::guard::unguarded;
use super::read::Lines;
use super::whole::{meant, separated, unreadable};
use crate::interview::{Problem, Slug};
use crate::panel::pairwise::Outcome;
use crate::panel::{Key, Preference, Ratings};
use crate::text::{self, SafeText};

/// Who was selected.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Decisions {
    /// By candidate: whether advanced.
    pub advanced: BTreeMap<SafeText, bool>,
}

/// Which groups candidates belong to.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Groups {
    /// The attributes, as the columns name them.
    pub attributes: Vec<SafeText>,
    /// By candidate, the group of each attribute; none where the cell is empty.
    pub of: BTreeMap<SafeText, Vec<Option<SafeText>>>,
}

/// Reads comparisons: `criterion, reviewer, a, b, outcome`, the outcome `a`, `b` or `tie`. With ratings beside them, candidates and
/// criteria must be known there; who compares may have rated nothing.
///
/// # Errors
///
/// Returns everything that is wrong, with its line; nothing is half-read.
pub fn read_pairs(bytes: &[u8], file: &str, beside: Option<&Ratings>) -> Result<Vec<Preference>, Vec<Problem>> {
    let known = |of: fn(&Key) -> &str| -> Option<BTreeSet<&str>> { Some(beside?.iter().map(|(key, _)| of(key)).collect()) };
    let candidates = known(|key| key.candidate.as_str());
    let criteria = known(|key| key.criterion.as_str());
    let mut list = List::read(bytes, file, &["criterion", "reviewer", "a", "b", "outcome"], false);
    let rows = std::mem::take(&mut list.rows);
    let mut pairs = Vec::new();
    for (line, cells) in rows {
        let [criterion, reviewer, a, b, outcome] = [0, 1, 2, 3, 4].map(|at| cells[at].as_str());
        let criterion = criterion.parse::<Slug>();
        if let Err(error) = &criterion {
            list.say(line, &format!("criterion: {error}"), "use the rubric's ids");
        }
        if let (Ok(criterion), Some(known)) = (&criterion, &criteria)
            && !known.contains(criterion.as_str())
        {
            let remedy = text::known(known.iter().copied());
            list.say(line, &format!("no rating has the criterion {:?}", criterion.as_str()), &remedy);
        }
        for name in [a, b] {
            if !name.is_empty() && candidates.as_ref().is_some_and(|known| !known.contains(name)) {
                list.say(line, &format!("no rating has the candidate {name:?}"), "write ids as they stand in the ratings");
            }
        }
        let reviewer = list.name("reviewer", reviewer, line);
        let (a, b) = (list.name("candidate", a, line), list.name("candidate", b, line));
        let outcome = match outcome {
            "a" => Some(Outcome::First),
            "b" => Some(Outcome::Second),
            "tie" => Some(Outcome::Tie),
            other => {
                list.say(line, &format!("outcome {other:?}"), "an outcome is a, b or tie");
                None
            }
        };
        if a.is_some() && a == b {
            list.say(line, "a candidate is compared with itself", "name two candidates");
        }
        if let (Ok(criterion), Some(reviewer), Some(a), Some(b), Some(outcome)) = (criterion, reviewer, a, b, outcome) {
            pairs.push(Preference { criterion, reviewer, a, b, outcome });
        }
    }
    list.whole(pairs)
}

/// Reads decisions: `candidate, decision`; `advance` is selected, `hold` and `decline` are not.
///
/// # Errors
///
/// Returns everything that is wrong, with its line.
pub fn read_decisions(bytes: &[u8], file: &str) -> Result<Decisions, Vec<Problem>> {
    let mut list = List::read(bytes, file, &["candidate", "decision"], false);
    let rows = std::mem::take(&mut list.rows);
    let mut decisions = Decisions::default();
    for (line, cells) in rows {
        let candidate = list.only("candidate", &cells[0], line);
        let advanced = match cells[1].as_str() {
            "advance" => Some(true),
            "hold" | "decline" => Some(false),
            other => {
                list.say(line, &format!("decision {other:?}"), "a decision is advance, hold or decline");
                None
            }
        };
        if let (Some(candidate), Some(advanced)) = (candidate, advanced) {
            decisions.advanced.insert(candidate, advanced);
        }
    }
    list.whole(decisions)
}

/// Reads groups: `candidate`, and a column for each attribute, whose cells name the group. An empty cell is unknown.
///
/// # Errors
///
/// Returns everything that is wrong, with its line.
pub fn read_groups(bytes: &[u8], file: &str) -> Result<Groups, Vec<Problem>> {
    let mut list = List::read(bytes, file, &["candidate"], true);
    let rows = std::mem::take(&mut list.rows);
    let attributes: Vec<String> = list.more.clone();
    if attributes.is_empty() && list.problems.is_empty() {
        list.say(1, "there is no column for an attribute", "give each attribute a column whose cells name the group");
    }
    let mut groups = Groups { attributes: attributes.iter().map(|name| SafeText::line(name)).collect(), of: BTreeMap::new() };
    for (line, cells) in rows {
        let Some(candidate) = list.only("candidate", &cells[0], line) else { continue };
        let group = |list: &mut List, attribute: &str, cell: &str| {
            let is_known = !cell.trim().is_empty();
            is_known.then(|| list.spelt_alike(&format!("group of {attribute}"), cell, line)).flatten()
        };
        let of = attributes.iter().zip(&cells[1..]).map(|(attribute, cell)| group(&mut list, attribute, cell)).collect();
        groups.of.insert(candidate, of);
    }
    list.whole(groups)
}

/// A list as it is read.
struct List<'a> {
    file: &'a str,
    problems: Vec<Problem>,
    /// Columns beyond those that are asked for, where they may be.
    more: Vec<String>,
    /// Line, and the cells: those that are asked for first.
    rows: Vec<(u64, Vec<String>)>,
    /// How each name is written, and on which line first.
    spelt: HashMap<(String, String), (String, u64)>,
    /// The line of each name that may stand there once.
    once: HashMap<String, u64>,
}

impl<'a> List<'a> {
    fn read(bytes: &[u8], file: &'a str, asked: &[&str], more: bool) -> Self {
        let mut list =
            List { file, problems: Vec::new(), more: Vec::new(), rows: Vec::new(), spelt: HashMap::new(), once: HashMap::new() };
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        if let Some(unreadable) = unreadable(bytes, file) {
            list.problems.push(unreadable);
            return list;
        }
        let mut lines = Lines::new(bytes);
        let mut records = ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes).into_byte_records();
        let header: Vec<String> = match records.next() {
            Some(Ok(header)) => header.iter().map(|name| String::from_utf8_lossy(name).trim().to_owned()).collect(),
            _ => Vec::new(),
        };
        let Some(places) = list.places(&header, asked, more) else { return list };
        for record in records {
            let record = match record {
                Ok(record) => record,
                Err(error) => {
                    list.of_file(&error.to_string(), "save it as CSV again");
                    continue;
                }
            };
            let line = lines.of(&record);
            if record.len() != header.len() {
                let reason = format!("{} cells where the header has {}", record.len(), header.len());
                list.say(line, &reason, "give every row a cell for each column");
                continue;
            }
            let cells: Result<Vec<String>, _> =
                places.iter().map(|&at| std::str::from_utf8(&record[at]).map(|cell| unguarded(cell).trim().to_owned())).collect();
            match cells {
                Ok(cells) => list.rows.push((line, cells)),
                Err(_) => list.say(line, "the text is not UTF-8", "save the file as UTF-8"),
            }
        }
        if list.rows.is_empty() && list.problems.is_empty() {
            list.say(1, "there is no row below the header", "give a file that has rows, or leave the option out");
        }
        list
    }

    /// Where the columns stand, those that are asked for first; none when one of these is missing.
    fn places(&mut self, header: &[String], asked: &[&str], more: bool) -> Option<Vec<usize>> {
        if let Some(separated) = separated(header, self.file) {
            self.problems.push(separated);
            return None;
        }
        let known = asked.join(", ");
        for (at, name) in header.iter().enumerate() {
            let is_asked = asked.contains(&name.as_str());
            if header[..at].iter().any(|other| text::folded(other) == text::folded(name)) {
                self.say(1, &format!("column {name:?} stands there twice"), "leave one of them out");
            } else if name.is_empty() {
                self.say(1, "a column has no name", "name it or leave it out");
            } else if !is_asked && !more {
                let remedy = match meant(name, asked.iter().copied(), header) {
                    Some(meant) => format!("write {meant:?}, as it is known"),
                    None => format!("known columns: {known}"),
                };
                self.say(1, &format!("unknown column {name:?}"), &remedy);
            } else if !is_asked {
                self.more.push(name.clone());
            }
        }
        let is_misspelt =
            |name: &str| !more && header.iter().any(|other| meant(other, asked.iter().copied(), header) == Some(name));
        for name in asked.iter().filter(|name| !header.iter().any(|other| other == *name) && !is_misspelt(name)) {
            self.say(1, &format!("column {name:?} is missing"), &format!("begin with a header that has: {known}"));
        }
        let wanted = asked.iter().map(|name| (*name).to_owned()).chain(self.more.clone());
        wanted.map(|name| header.iter().position(|other| *other == name)).collect()
    }

    fn say(&mut self, line: u64, reason: &str, remedy: &str) {
        self.problems.push(Problem::fatal(self.file, &format!("line {line}"), reason, remedy));
    }

    fn of_file(&mut self, reason: &str, remedy: &str) {
        self.problems.push(Problem::fatal(self.file, "the file", reason, remedy));
    }

    /// A name that must stand there.
    fn name(&mut self, column: &str, text: &str, line: u64) -> Option<SafeText> {
        if text.is_empty() {
            self.say(line, &format!("no {column}"), "every row names it");
            return None;
        }
        self.spelt_alike(column, text, line)
    }

    /// A name that must stand there, and on no other line.
    fn only(&mut self, column: &str, text: &str, line: u64) -> Option<SafeText> {
        let name = self.name(column, text, line)?;
        match self.once.get(text) {
            Some(first) => {
                let reason = format!("{column} {text:?} stands on line {first} already");
                self.say(line, &reason, "keep one row for each");
                None
            }
            None => {
                self.once.insert(text.to_owned(), line);
                Some(name)
            }
        }
    }

    /// A name, written as it was before.
    fn spelt_alike(&mut self, column: &str, text: &str, line: u64) -> Option<SafeText> {
        let key = (column.to_owned(), text::folded(text));
        let (first, at) = self.spelt.entry(key).or_insert_with(|| (text.to_owned(), line)).clone();
        if first != text {
            self.say(line, &format!("{column} {text:?} is {first:?} on line {at}"), "write it the same way everywhere");
            return None;
        }
        Some(SafeText::line(text))
    }

    fn whole<T>(self, read: T) -> Result<T, Vec<Problem>> {
        if self.problems.is_empty() {
            return Ok(read);
        }
        let mut problems = self.problems;
        // In the order of the file, whatever was looked at first; what concerns the whole of it before that.
        problems.sort_by_key(|problem| problem.place.as_str().strip_prefix("line ").and_then(|line| line.parse::<u64>().ok()));
        Err(problems)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said<T>(read: Result<T, Vec<Problem>>) -> Vec<String> {
        read.err().unwrap_or_default().iter().map(|problem| format!("{}: {}", problem.place, problem.reason)).collect()
    }

    #[test]
    fn every_wrong_line_of_a_list_is_named() {
        let text = "criterion,reviewer,a,b,outcome\ndepth,ann,c1,c2,a\n,ann,c1,c1,x\ndepth,Ann,c1,C2,tie\n";
        let said = said(read_pairs(text.as_bytes(), "pairs.csv", None));
        let wanted = [
            "line 3: criterion",
            "line 3: outcome \"x\"",
            "line 3: a candidate is compared",
            "line 4: reviewer \"Ann\"",
            "line 4: candidate \"C2\"",
        ];
        assert_eq!(said.len(), wanted.len(), "{said:?}");
        assert!(said.iter().zip(wanted).all(|(said, wanted)| said.starts_with(wanted)), "{said:?}");
    }

    #[test]
    fn a_decision_is_given_once_and_is_one_of_three() {
        let good = read_decisions(b"decision,candidate\nadvance,c1\nhold,c2\n", "d.csv").expect("good");
        assert!(good.advanced[&"c1".into()]);
        assert!(!good.advanced[&"c2".into()]);
        let said = said(read_decisions(b"candidate,decision\nc1,advance\nc1,hold\nC1,maybe\n", "d.csv"));
        assert_eq!(said.len(), 3, "{said:?}");
        assert!(said[0].starts_with("line 3: candidate \"c1\" stands on line 2"), "{said:?}");
    }

    #[test]
    fn groups_are_named_by_any_column_and_unknown_where_empty() {
        let good = read_groups(b"candidate,gender,age\nc1,f,\nc2,m,old\n", "g.csv").expect("good");
        assert_eq!(good.attributes, ["gender".into(), "age".into()]);
        assert_eq!(good.of[&"c1".into()], [Some("f".into()), None]);
        assert_eq!(said(read_groups(b"candidate\nc1\n", "g.csv")).len(), 1);
        assert_eq!(said(read_groups(b"candidate,gender\nc1,f\nc2,F\n", "g.csv")).len(), 1);
        assert_eq!(said(read_decisions(b"candidate,decision,name\nc1,hold,x\n", "d.csv")), ["line 1: unknown column \"name\""]);
    }

    #[test]
    fn a_misspelt_column_is_one_mistake_with_its_name_and_a_header_alone_is_no_list() {
        let problems = read_decisions(b"Candidate,descision\nc1,hold\n", "d.csv").expect_err("misspelt");
        let said: Vec<(&str, &str)> = problems.iter().map(|one| (one.reason.as_str(), one.remedy.as_str())).collect();
        let wanted = [
            ("unknown column \"Candidate\"", "write \"candidate\", as it is known"),
            ("unknown column \"descision\"", "write \"decision\", as it is known"),
        ];
        assert_eq!(said, wanted);
        assert_eq!(said_of(b"criterion,reviewer,a,b,outcome\n"), ["line 1: there is no row below the header"]);
    }

    fn said_of(pairs: &[u8]) -> Vec<String> {
        said(read_pairs(pairs, "p.csv", None))
    }
}
