//! Reads a ratings table back, whoever wrote it: all of it, or every line that is wrong.

use std::collections::{BTreeMap, HashMap};

use csv::{ByteRecord, ReaderBuilder};
use jiff::Timestamp;

use super::declared::{DECLARING, Declared, RatingsTable};
use super::guard::unguarded;
use super::hashes::{HASHES, Hashes};
use super::long::{RATINGS_NAMES, long_names, yes_or_no_names};
use super::whole::{meant, separated, unreadable};
use crate::interview::{Problem, Slug};
use crate::panel::{Key, OrderOfRating, Ratings, Value};
use crate::rubric::Rubric;
use crate::text::{self, SafeText};

/// Reads a long table: UTF-8, comma-separated, with a header that has at least the first five columns of the long table, in any
/// order. With a rubric, its questions, criteria and scale must fit; without one the columns `weight`, `scale_min` and
/// `scale_max` are taken, where they are there.
///
/// # Errors
///
/// Returns everything that is wrong, with its line; nothing is half-read.
pub fn read_ratings(bytes: &[u8], file: &str, rubric: Option<&Rubric>) -> Result<RatingsTable, Vec<Problem>> {
    let declared = Declared::default();
    let mut reading = Reading {
        file,
        rubric,
        problems: Vec::new(),
        cells: HashMap::new(),
        spelt: HashMap::new(),
        declared,
        times: Times::default(),
        hashes: Hashes::default(),
    };
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if let Some(unreadable) = unreadable(bytes, file) {
        return Err(vec![unreadable]);
    }
    let mut lines = Lines::new(bytes);
    let mut records = ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes).into_byte_records();
    let columns = match records.next() {
        Some(Ok(header)) => reading.columns(&header),
        _ => {
            reading.say("line 1", "there is no header", &format!("begin with the columns {}", RATINGS_NAMES.join(", ")));
            None
        }
    };
    let Some(columns) = columns else { return Err(reading.problems) };
    let mut ratings = Ratings::default();
    for record in records {
        match record {
            Ok(record) => ratings.extend(reading.row(&record, lines.of(&record), &columns)),
            Err(error) => reading.say("the file", &error.to_string(), "save it as CSV again"),
        }
    }
    reading.whole(ratings)
}

/// A name without what the eye does not see: case, width, composition, and characters that show nothing.
fn plainly(text: &str) -> String {
    let shown = SafeText::line(text);
    let seen = shown.as_str().chars().filter(|c| !matches!(c, '\u{200c}' | '\u{200d}'));
    text::folded(&seen.collect::<String>())
}

/// Counts lines as editors do; the reader's own count is one too low in files with CRLF.
pub(super) struct Lines<'a> {
    bytes: &'a [u8],
    at: usize,
    line: u64,
}

impl<'a> Lines<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Lines { bytes, at: 0, line: 1 }
    }

    /// The line that a record begins on; records come in order.
    pub(super) fn of(&mut self, record: &ByteRecord) -> u64 {
        let start = record.position().map_or(self.at, |position| position.byte() as usize).min(self.bytes.len());
        // The rest of the last line's end, and empty lines, belong to no record.
        let ends = self.bytes[start..].iter().take_while(|&&byte| byte == b'\r' || byte == b'\n').count();
        let passed = self.bytes.get(self.at..start + ends).unwrap_or_default();
        self.line += passed.iter().filter(|&&byte| byte == b'\n').count() as u64;
        self.at = start + ends;
        self.line
    }
}

/// When each answer was first rated, by reviewer; nothing as soon as one value does not say it.
#[derive(Default)]
struct Times {
    first: BTreeMap<SafeText, BTreeMap<(SafeText, Slug), Timestamp>>,
    /// The first line that does not say it, and what stands there.
    unsaid: Option<(u64, SafeText)>,
}

impl Times {
    fn take(&mut self, key: &Key, cell: &str, line: u64) {
        let Ok(at) = cell.trim().parse::<Timestamp>() else {
            // A spreadsheet may have written it in its own way: an order that is half known is none.
            self.unsaid.get_or_insert_with(|| (line, SafeText::line(cell)));
            return;
        };
        let of = self.first.entry(key.reviewer.clone()).or_default();
        of.entry((key.candidate.clone(), key.question.clone())).and_modify(|known| *known = at.min(*known)).or_insert(at);
    }

    fn remark(&self) -> Option<String> {
        let (line, cell) = self.unsaid.as_ref()?;
        let what =
            if cell.is_empty() { "is empty".to_owned() } else { format!("\"{cell}\" is no time as in 2026-05-04T09:30:00Z") };
        Some(format!("line {line}: rated_at {what}; whether reviewers change on the way is left out"))
    }

    fn order(self) -> OrderOfRating {
        if self.unsaid.is_some() {
            return OrderOfRating::new();
        }
        let sorted = |(reviewer, answers): (SafeText, BTreeMap<(SafeText, Slug), Timestamp>)| {
            let mut answers: Vec<_> = answers.into_iter().collect();
            answers.sort_by_key(|(_, at)| *at);
            // Of answers with one time, such as a date alone, nobody knows which came first.
            let is_known = answers.windows(2).all(|pair| pair[0].1 != pair[1].1);
            is_known.then(|| (reviewer, answers.into_iter().map(|(answer, _)| answer).collect()))
        };
        self.first.into_iter().filter_map(sorted).collect()
    }
}

/// Where the five columns stand, and how many columns there are.
struct Columns {
    at: [usize; 5],
    /// Where weight and scale stand, where they are read.
    declaring: [Option<usize>; 3],
    /// Where the rubric's two hashes stand.
    hashes: [Option<usize>; 2],
    /// Where the time of rating stands.
    rated_at: Option<usize>,
    /// Columns that hold yes, no or nothing, by name.
    yes_or_no: Vec<(&'static str, usize)>,
    count: usize,
}

struct Reading<'a> {
    file: &'a str,
    rubric: Option<&'a Rubric>,
    problems: Vec<Problem>,
    /// The line that each cell stands on.
    cells: HashMap<Key, u64>,
    /// How each name is written, and on which line first; by column and the name without regard to case.
    spelt: HashMap<(&'static str, String), (String, u64)>,
    declared: Declared,
    times: Times,
    hashes: Hashes,
}

impl Reading<'_> {
    fn say(&mut self, place: &str, reason: &str, remedy: &str) {
        self.problems.push(Problem::fatal(self.file, place, reason, remedy));
    }

    fn columns(&mut self, header: &ByteRecord) -> Option<Columns> {
        let names: Vec<String> = header.iter().map(|name| String::from_utf8_lossy(name).trim().to_owned()).collect();
        if let Some(separated) = separated(&names, self.file) {
            self.problems.push(separated);
            return None;
        }
        for (at, name) in names.iter().enumerate() {
            let known = long_names().any(|known| known == name);
            if !known {
                let remedy = match meant(name, long_names(), &names) {
                    Some(meant) => format!("write {meant:?}, as it is known"),
                    None => format!("known columns: {}", long_names().collect::<Vec<_>>().join(", ")),
                };
                self.say("line 1", &format!("unknown column {name:?}"), &remedy);
            } else if names[..at].contains(name) {
                self.say("line 1", &format!("column {name:?} stands there twice"), "leave one of them out");
            }
        }
        let find = |name: &&str| names.iter().position(|other| other == name);
        let missing: Vec<&str> = RATINGS_NAMES.iter().filter(|name| find(name).is_none()).copied().collect();
        let is_misspelt = |name: &&&str| names.iter().any(|other| meant(other, long_names(), &names) == Some(**name));
        for name in missing.iter().filter(|name| !is_misspelt(name)) {
            self.say("line 1", &format!("column {name:?} is missing"), "a ratings table has at least these five columns");
        }
        let found: Vec<usize> = RATINGS_NAMES.iter().filter_map(find).collect();
        let at = found.try_into().ok()?;
        let (declaring, hashes) = (DECLARING.map(|name| find(&name)), HASHES.map(|name| find(&name)));
        let yes_or_no = yes_or_no_names().filter_map(|name| Some((name, find(&name)?))).collect();
        Some(Columns { at, declaring, hashes, rated_at: find(&"rated_at"), yes_or_no, count: names.len() })
    }

    fn row(&mut self, record: &ByteRecord, line: u64, columns: &Columns) -> Option<(Key, Value)> {
        let place = format!("line {line}");
        if record.len() != columns.count {
            let reason = format!("{} cells where the header has {}", record.len(), columns.count);
            self.say(&place, &reason, "give every row a cell for each column");
            return None;
        }
        let mut texts = [""; 5];
        for (text, &at) in texts.iter_mut().zip(&columns.at) {
            match std::str::from_utf8(&record[at]) {
                Ok(cell) => *text = unguarded(cell),
                Err(_) => {
                    self.say(&place, "the text is not UTF-8", "save the file as UTF-8");
                    return None;
                }
            }
        }
        let before = self.problems.len();
        let [candidate, question, criterion, reviewer, value] = texts;
        let candidate = self.name("candidate", candidate, line);
        let reviewer = self.name("reviewer", reviewer, line);
        let question = self.slug("question", question, (line, &place));
        let criterion = self.slug("criterion", criterion, (line, &place));
        let value = self.value(value, &place);
        let (question, criterion) = (question?, criterion?);
        self.check_rubric(&question, &criterion, value?, &place);
        let cell = |at: Option<usize>| at.and_then(|at| std::str::from_utf8(&record[at]).ok()).unwrap_or_default();
        self.hashes.row(columns.hashes.map(cell), line);
        for reason in self.declared.row(&question, &criterion, columns.declaring.map(cell), line) {
            self.say(&place, &reason, "give a criterion one weight, and the table one scale; or leave the column out");
        }
        for (name, at) in &columns.yes_or_no {
            let given = cell(Some(*at)).trim();
            if !["", "yes", "no"].contains(&given.to_lowercase().as_str()) {
                self.say(&place, &format!("{name} {given:?} is neither yes nor no"), "write yes or no, or leave the cell empty");
            }
        }
        let key = Key { candidate: candidate?, question, criterion, reviewer: reviewer? };
        if let Some(first) = self.cells.insert(key.clone(), line) {
            self.cells.insert(key.clone(), first);
            self.say(
                &place,
                &format!("the same cell as on line {first}"),
                "keep one value for each candidate, question, criterion and reviewer",
            );
        }
        if let (Some(at), Some(Value::Point(_))) = (columns.rated_at, value) {
            self.times.take(&key, cell(Some(at)), line);
        }
        (self.problems.len() == before).then_some((key, value?))
    }

    fn whole(mut self, ratings: Ratings) -> Result<RatingsTable, Vec<Problem>> {
        let cells = std::mem::take(&mut self.cells);
        let line = |key: &Key| cells.get(key).copied().unwrap_or_default();
        for (line, reason, remedy) in self.hashes.wrong(self.rubric) {
            self.say(&format!("line {line}"), &reason, &remedy);
        }
        let mut remarks: Vec<String> = self.hashes.remarks(self.rubric).into_iter().chain(self.times.remark()).collect();
        let declared = match (self.rubric, std::mem::take(&mut self.declared)) {
            (None, declared) => declared,
            // A rubric's own weights and scale go before those of the table.
            (Some(rubric), declared) => {
                for (line, reason) in declared.other_scale(rubric) {
                    let remedy = "give the rubric by which these ratings were made, or correct the column";
                    self.say(&format!("line {line}"), &reason, remedy);
                }
                remarks.extend(declared.other_weights(rubric));
                Declared::default()
            }
        };
        match declared.table(ratings, line) {
            Ok(table) if self.problems.is_empty() => return Ok(RatingsTable { order: self.times.order(), remarks, ..table }),
            Ok(_) => {}
            Err(wrong) => wrong.into_iter().for_each(|(line, reason)| {
                let place = line.map_or_else(|| "the file".to_owned(), |line| format!("line {line}"));
                self.say(&place, &reason, "correct the columns weight, scale_min and scale_max, or leave them out");
            }),
        }
        Err(self.problems)
    }

    fn name(&mut self, column: &'static str, text: &str, line: u64) -> Option<SafeText> {
        let place = format!("line {line}");
        let plain = plainly(text);
        if plain.is_empty() {
            self.say(&place, &format!("no {column}"), "every row names its candidate and its reviewer");
            return None;
        }
        let (first, at) = self.spelt.entry((column, plain)).or_insert_with(|| (text.to_owned(), line)).clone();
        if first != text {
            let reason = format!("{column} {text:?} is {first:?} on line {at}");
            self.say(&place, &reason, "write it the same way everywhere");
            return None;
        }
        Some(SafeText::line(text))
    }

    fn slug(&mut self, column: &'static str, text: &str, (line, place): (u64, &str)) -> Option<Slug> {
        let slug = text.parse::<Slug>();
        let of = slug.as_ref().ok().filter(|_| self.rubric.is_none());
        if let Some(of) = of.map(ToString::to_string) {
            // A rubric knows how its ids are written.
            let (first, at) = self.spelt.entry((column, plainly(&of))).or_insert_with(|| (of.clone(), line)).clone();
            if first != of {
                let reason = format!("{column} {of:?} is {first:?} on line {at}");
                self.say(place, &reason, "write it the same way everywhere");
                return None;
            }
        }
        slug.map_err(|error| self.say(place, &format!("{column} {text:?}: {error}"), "use the rubric's ids")).ok()
    }

    fn value(&mut self, text: &str, place: &str) -> Option<Value> {
        let remedy = "a value is a point of the scale, NO, NA, TF, RC, or empty";
        text.parse::<Value>().map_err(|error| self.say(place, &format!("value {text:?}: {error}"), remedy)).ok()
    }

    fn check_rubric(&mut self, question: &Slug, criterion: &Slug, value: Value, place: &str) {
        let Some(rubric) = self.rubric else { return };
        match rubric.question(question) {
            None => {
                let known = text::known(rubric.questions.iter().map(|question| question.id.as_str()));
                let reason = format!("the rubric has no question {:?}", question.as_str());
                self.say(place, &reason, &known);
            }
            Some(of) if !of.criteria.iter().any(|other| other.id == *criterion) => {
                let known = text::known(of.criteria.iter().map(|criterion| criterion.id.as_str()));
                let reason = format!("question {:?} has no criterion {:?}", question.as_str(), criterion.as_str());
                self.say(place, &reason, &known);
            }
            Some(_) => {}
        }
        let scale = &rubric.scale;
        if let Value::Point(point) = value
            && !scale.allows(point)
        {
            let half = if scale.allow_half { ", also half points" } else { ", in whole points" };
            self.say(
                place,
                &format!("{point} is off the scale"),
                &format!("the scale goes from {} to {}{half}", scale.min, scale.max),
            );
        }
    }
}
