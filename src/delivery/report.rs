//! What is told of a run: each row's outcome, the sum that must balance, and figures for a monitor.

use std::fmt::Write as _;

use jiff::Timestamp;
use serde::Serialize;

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
        };
        *one += 1;
    }

    /// Whether every selected row is accounted for, once.
    pub fn balances(&self) -> bool {
        self.selected == self.delivered + self.unchanged + self.moved + self.quarantined + self.failed + self.unknown
    }

    /// `4 selected = 2 delivered + 1 unchanged + 0 moved + 1 quarantined + 0 failed + 0 unknown`.
    pub fn line(&self) -> String {
        let (sign, r) = (if self.balances() { "=" } else { "≠" }, self);
        format!(
            "{} selected {sign} {} delivered + {} unchanged + {} moved + {} quarantined + {} failed + {} unknown",
            r.selected, r.delivered, r.unchanged, r.moved, r.quarantined, r.failed, r.unknown
        )
    }
}

/// A run, for a status file and for monitors.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Run {
    /// The batch.
    pub batch: BatchId,
    /// The profile's id.
    pub profile: SafeText,
    /// The profile's hash.
    pub profile_hash: Digest,
    /// Where it went; without credentials.
    pub to: SafeText,
    /// When it began and ended.
    pub began_at: Timestamp,
    /// See `began_at`.
    pub ended_at: Timestamp,
    /// The sum.
    pub rows: Reconciliation,
    /// How the command ended.
    pub exit: u8,
}

/// The run as Prometheus reads it from a text file
/// (<https://prometheus.io/docs/instrumenting/exposition_formats/>).
pub fn prometheus(run: &Run) -> String {
    let label = |text: &str| text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    let labels = format!("profile=\"{}\",batch=\"{}\"", label(run.profile.as_str()), run.batch);
    let rows = &run.rows;
    let mut text = String::from(
        "# HELP earmark_delivery_rows Rows of the last run by what became of them.\n# TYPE earmark_delivery_rows gauge\n",
    );
    for (outcome, count) in [
        ("delivered", rows.delivered),
        ("unchanged", rows.unchanged),
        ("moved", rows.moved),
        ("quarantined", rows.quarantined),
        ("failed", rows.failed),
        ("unknown", rows.unknown),
    ] {
        let _ = writeln!(text, "earmark_delivery_rows{{{labels},outcome=\"{outcome}\"}} {count}");
    }
    for (name, help, value) in [
        ("selected_rows", "Rows that the last run selected.", rows.selected as f64),
        ("balanced", "Whether every selected row is accounted for.", f64::from(u8::from(rows.balances()))),
        ("exit_code", "How the last run ended.", f64::from(run.exit)),
        ("last_run_timestamp_seconds", "When the last run ended.", run.ended_at.as_millisecond() as f64 / 1000.0),
    ] {
        let _ = writeln!(text, "# HELP earmark_delivery_{name} {help}\n# TYPE earmark_delivery_{name} gauge");
        let _ = writeln!(text, "earmark_delivery_{name}{{{labels}}} {value}");
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
            batch: BatchId::derive(&["b"]),
            profile: "x\"} 1\nevil".into(),
            profile_hash: Digest::default(),
            to: "folder".into(),
            began_at: Timestamp::UNIX_EPOCH,
            ended_at: Timestamp::UNIX_EPOCH,
            rows: Reconciliation { selected: 2, delivered: 2, ..Reconciliation::default() },
            exit: 0,
        };
        let text = prometheus(&run);
        assert!(text.contains("outcome=\"delivered\"} 2\n") && text.contains("earmark_delivery_balanced{"), "{text}");
        let sample = |line: &str| line.starts_with('#') || line.starts_with("earmark_delivery_");
        assert!(text.lines().all(sample) && text.contains("profile=\"x\\\"} 1 evil\",batch="), "{text}");
    }
}
