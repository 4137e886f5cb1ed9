//! What is told of a run: each row's outcome, the sum that must balance, and figures for a monitor.

use std::fmt::Write as _;

use jiff::Timestamp;
use serde::Serialize;

use super::apply::RowReport;
use super::beside::Lacking;
use super::withdrawn::Withdrawn;
use crate::export::{Guard, Guarded, NotCome};
use crate::interview::{BatchId, Digest};
use crate::text::SafeText;

/// What became of a row.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum RowOutcome {
    /// It arrived in this run: accepted, or seen there.
    Delivered,
    /// It had arrived before.
    Unchanged,
    /// It, or what it was to change, is not any more as the plan says.
    Moved,
    /// It cannot be sent as it is.
    Quarantined,
    /// It was refused, or did not get there.
    Failed,
    /// Nobody knows whether it got there.
    Unknown,
    /// The brake held it back, or another earmark that delivers: nothing was sent.
    Held,
}

/// Rows by what became of them.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
#[expect(missing_docs, reason = "the words are those of the outcomes")]
pub struct Reconciliation {
    pub selected: usize,
    pub delivered: usize,
    pub unchanged: usize,
    pub moved: usize,
    pub quarantined: usize,
    pub failed: usize,
    pub unknown: usize,
    pub held: usize,
}

impl Reconciliation {
    /// Counts one row.
    pub fn count(&mut self, outcome: RowOutcome) {
        let one = match outcome {
            RowOutcome::Delivered => &mut self.delivered,
            RowOutcome::Unchanged => &mut self.unchanged,
            RowOutcome::Moved => &mut self.moved,
            RowOutcome::Quarantined => &mut self.quarantined,
            RowOutcome::Failed => &mut self.failed,
            RowOutcome::Unknown => &mut self.unknown,
            RowOutcome::Held => &mut self.held,
        };
        *one += 1;
    }

    /// Whether every selected row is accounted for, once.
    pub fn balances(&self) -> bool {
        let sent_or_not = self.delivered + self.unchanged + self.moved + self.quarantined + self.failed + self.unknown;
        self.selected == sent_or_not + self.held
    }

    /// `4 selected = 2 delivered + 1 unchanged + 0 moved + 1 quarantined + 0 failed + 0 unknown`; with `+ 3 held` where the brake held.
    pub fn line(&self) -> String {
        let (sign, r) = (if self.balances() { "=" } else { "≠" }, self);
        let held = if r.held > 0 { format!(" + {} held", r.held) } else { String::new() };
        format!(
            "{} selected {sign} {} delivered + {} unchanged + {} moved + {} quarantined + {} failed + {} unknown{held}",
            r.selected, r.delivered, r.unchanged, r.moved, r.quarantined, r.failed, r.unknown
        )
    }
}

/// A cell of a file that was delivered, which a spreadsheet could take for a formula.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct GuardedCell {
    /// The file's name; empty where the guard keeps its row out of every file.
    pub file: String,
    /// Which cell; its row is told counted from 1, the header not among them.
    #[serde(flatten)]
    pub cell: Guarded,
}

impl GuardedCell {
    /// All of one file.
    pub fn all(file: &str, cells: &[Guarded]) -> Vec<GuardedCell> {
        cells.iter().map(|cell| GuardedCell { file: file.to_owned(), cell: cell.clone() }).collect()
    }
}

/// A run, for a status file and for monitors.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Run {
    /// The batch; none where the run did not get as far as that.
    pub batch: Option<BatchId>,
    /// The profile's id, or how it was named where it could not be read.
    pub profile: SafeText,
    /// The profile's hash.
    pub profile_hash: Option<Digest>,
    /// Where it went; without credentials.
    pub to: Option<SafeText>,
    /// When it began and ended.
    pub began_at: Timestamp,
    /// See `began_at`.
    pub ended_at: Timestamp,
    /// The sum; none where the library could not be asked. Where the run did not come to its end, what the ledger says.
    pub sum: Option<Reconciliation>,
    /// Whether every row is accounted for by a run that came to its end.
    pub balances: bool,
    /// Every row that is not there as it should be, and why; none where that is not known.
    pub open: Option<Vec<RowReport>>,
    /// What was delivered, is no row any more, and still stands there; none where that is not known.
    pub withdrawn: Option<Vec<Withdrawn>>,
    /// How many rows had been delivered before and were not there any more; none where nobody has looked.
    pub lost: Option<usize>,
    /// Who has nothing to be sent yet, by the source's id: the profile's filter leaves them out, or no scorecard of theirs counts;
    /// none where that is not known.
    pub not_ready: Option<Vec<SafeText>>,
    /// Of whom nothing came in, so that there is no row of theirs; none where that is not known.
    pub not_come: Option<Vec<NotCome>>,
    /// What happened to cells that a spreadsheet could take for formulas; none where no file is made, or that is not known.
    pub formula_guard: Option<Guard>,
    /// These cells, of the files that were written; rows are told counted from 1.
    pub guarded: Vec<GuardedCell>,
    /// What could not be put beside files that arrived: their digests, their manifests, and what says that all of them is there; none
    /// where nobody has looked.
    pub lacking: Option<Vec<Lacking>>,
    /// How the command ended.
    pub exit: u8,
    /// Why the run could not do its work, line by line; empty where it could.
    pub why: Vec<SafeText>,
}

impl Run {
    /// A run of a profile of which nothing is known yet.
    pub fn begun(profile: SafeText, began_at: Timestamp) -> Self {
        let (batch, profile_hash, to, sum, open, withdrawn, lost, not_ready) = (None, None, None, None, None, None, None, None);
        let (ended_at, balances, exit, why) = (began_at, false, 0, Vec::new());
        let (not_come, formula_guard, guarded, lacking) = (None, None, Vec::new(), None);
        Run {
            batch,
            profile,
            profile_hash,
            to,
            began_at,
            ended_at,
            sum,
            balances,
            open,
            withdrawn,
            lost,
            not_ready,
            not_come,
            formula_guard,
            guarded,
            lacking,
            exit,
            why,
        }
    }

    /// The same with what became of its rows.
    pub fn with(self, sum: Reconciliation, rows: &[RowReport], withdrawn: &[Withdrawn]) -> Self {
        let is_open = |row: &&RowReport| !matches!(row.outcome, RowOutcome::Delivered | RowOutcome::Unchanged);
        let open = rows.iter().filter(is_open).cloned().collect();
        Run { sum: Some(sum), open: Some(open), withdrawn: Some(withdrawn.to_vec()), ..self }
    }
}

/// The run as Prometheus reads it from a text file
/// (<https://prometheus.io/docs/instrumenting/exposition_formats/>). What is not known has no sample: it is never told as 0.
pub fn prometheus(run: &Run) -> String {
    let label = |text: &str| text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    let batch = run.batch.map_or_else(String::new, |batch| batch.to_string());
    let labels = format!("profile=\"{}\",batch=\"{batch}\"", label(run.profile.as_str()));
    let mut text = String::from(
        "# HELP earmark_delivery_rows Rows of the last run by what became of them.\n# TYPE earmark_delivery_rows gauge\n",
    );
    let by_outcome = run.sum.map(|sum| {
        [
            ("delivered", sum.delivered),
            ("unchanged", sum.unchanged),
            ("moved", sum.moved),
            ("quarantined", sum.quarantined),
            ("failed", sum.failed),
            ("unknown", sum.unknown),
            ("held", sum.held),
        ]
    });
    for (outcome, count) in by_outcome.into_iter().flatten() {
        let _ = writeln!(text, "earmark_delivery_rows{{{labels},outcome=\"{outcome}\"}} {count}");
    }
    let count = |known: Option<usize>| known.map(|count| count as f64);
    for (name, help, value) in [
        ("selected_rows", "Rows that the last run selected.", count(run.sum.map(|sum| sum.selected))),
        ("open_rows", "Rows that are not there as they should be.", count(run.open.as_ref().map(Vec::len))),
        ("balanced", "Whether every row is accounted for by a run that came to its end.", Some(f64::from(u8::from(run.balances)))),
        (
            "withdrawn_rows",
            "Rows that were delivered, are ready no more, and still stand there.",
            count(run.withdrawn.as_ref().map(Vec::len)),
        ),
        ("not_ready_candidates", "Candidates of whom nothing is to be sent yet.", count(run.not_ready.as_ref().map(Vec::len))),
        ("lost_rows", "Rows that had been delivered and were not there any more.", count(run.lost)),
        ("lacking_files", "Files that arrived and lack something beside them.", count(run.lacking.as_ref().map(Vec::len))),
        ("exit_code", "How the last run ended.", Some(f64::from(run.exit))),
        ("last_run_timestamp_seconds", "When the last run ended.", Some(run.ended_at.as_millisecond() as f64 / 1000.0)),
    ] {
        let _ = writeln!(text, "# HELP earmark_delivery_{name} {help}\n# TYPE earmark_delivery_{name} gauge");
        if let Some(value) = value {
            let _ = writeln!(text, "earmark_delivery_{name}{{{labels}}} {value}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_that_does_not_balance_says_so() {
        let mut sum = Reconciliation { selected: 3, ..Reconciliation::default() };
        sum.count(RowOutcome::Delivered);
        sum.count(RowOutcome::Unknown);
        assert!(!sum.balances() && sum.line().starts_with("3 selected ≠ 1 delivered"));
        sum.count(RowOutcome::Moved);
        assert!(sum.balances());
        assert_eq!(sum.line(), "3 selected = 1 delivered + 0 unchanged + 1 moved + 0 quarantined + 0 failed + 1 unknown");
    }

    #[test]
    fn a_monitor_reads_every_outcome_and_no_label_breaks_out() {
        let run = Run {
            batch: Some(BatchId::derive(&["b"])),
            sum: Some(Reconciliation { selected: 2, delivered: 2, ..Reconciliation::default() }),
            ..Run::begun("x\"} 1\nevil".into(), Timestamp::UNIX_EPOCH)
        };
        let text = prometheus(&run);
        assert!(text.contains("outcome=\"delivered\"} 2\n") && text.contains("earmark_delivery_balanced{"), "{text}");
        let sample = |line: &str| line.starts_with('#') || line.starts_with("earmark_delivery_");
        assert!(text.lines().all(sample) && text.contains("profile=\"x\\\"} 1 evil\",batch="), "{text}");
    }

    #[test]
    fn what_is_not_known_is_never_told_as_none() {
        let text = prometheus(&Run::begun("ashby".into(), Timestamp::UNIX_EPOCH));
        let samples: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
        let of = |name: &str| samples.iter().find(|line| line.starts_with(&format!("earmark_delivery_{name}{{"))).copied();
        assert!(of("balanced").is_some_and(|line| line.ends_with(" 0")), "{text}");
        assert_eq!([of("rows"), of("lost_rows"), of("open_rows"), of("withdrawn_rows"), of("selected_rows")], [None; 5]);
    }
}
