//! Whether a plan that comes from a file is as it was made: what was shown to whoever approved it is what is sent.

use std::collections::BTreeSet;

use serde_json::json;

use super::plan::{Plan, PlanRow};
use crate::interview::Digest;
use crate::rubric::canonical_json;

impl Plan {
    /// The same with a digest in each row, of the row and of what the plan says of itself. Rows may be taken out of its file whole.
    pub fn checked(mut self) -> Self {
        // A number is digested as whoever reads the file has it.
        let bytes = serde_json::to_vec(&self).expect("a plan has string keys");
        let read: Plan = serde_json::from_slice(&bytes).expect("it was written just now");
        let head = read.head();
        self.rows.iter_mut().zip(&read.rows).for_each(|(row, read)| row.check = Some(digest(&head, read)));
        self
    }

    /// The first row that is not as it was made, or is there twice; none where all are.
    pub fn edited(&self) -> Option<&PlanRow> {
        let (head, mut seen) = (self.head(), BTreeSet::new());
        let is_as_made = |row: &PlanRow| row.check == Some(digest(&head, row));
        self.rows.iter().find(|row| !is_as_made(row) || !seen.insert(row.check))
    }

    /// What the plan says of itself, without its rows.
    fn head(&self) -> String {
        let head = Plan { rows: Vec::new(), ..self.clone() };
        canonical_json(&json!(head))
    }
}

fn digest(head: &str, row: &PlanRow) -> Digest {
    let row = PlanRow { check: None, ..row.clone() };
    Digest::of_all(&[b"plan", head.as_bytes(), canonical_json(&json!(row)).as_bytes()])
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::delivery::{Change, OldNew, SCHEMA};
    use crate::interview::{BatchId, ReviewerId};

    fn row(object: &str, new: Value) -> PlanRow {
        PlanRow {
            object: object.into(),
            candidate: "c".into(),
            push: "fields".into(),
            change: Change::Create,
            digest: None,
            there: None,
            values: [("score".to_owned(), OldNew { old: Value::Null, new })].into(),
            row: None,
            column: None,
            lost: false,
            tried: false,
            doubt: None,
            reason: None,
            remedy: None,
            check: None,
        }
    }

    fn through_a_file(plan: &Plan) -> Plan {
        serde_json::from_slice(&serde_json::to_vec_pretty(plan).expect("it is written")).expect("it is read")
    }

    #[test]
    fn a_plan_from_its_file_is_as_it_was_made_whatever_numbers_are_in_it() {
        let numbers = [json!(3.333_333_333_333_333_5), json!(0.1 + 0.2), json!(1e-7), json!(68.75), json!(u64::MAX), Value::Null];
        let rows = numbers.into_iter().enumerate().map(|(at, number)| row(&at.to_string(), number)).collect();
        let plan = Plan {
            schema: SCHEMA,
            batch: BatchId::derive(&["b"]),
            title: "b".into(),
            profile: "p".into(),
            profile_file: "p.toml".into(),
            profile_hash: Digest::of(b"p"),
            to: "drop".into(),
            made_at: jiff::Timestamp::UNIX_EPOCH,
            by: ReviewerId(uuid::Uuid::nil()),
            rows,
            withdrawn: Vec::new(),
            is_looked_at: true,
        };
        assert!(plan.edited().is_some(), "nobody has checked it");
        let mut read = through_a_file(&plan.checked());
        assert_eq!(read.edited(), None);
        read.rows.remove(1);
        assert_eq!(through_a_file(&read).edited(), None, "a row may be taken out");
        read.rows[2].values.entry("score".to_owned()).or_default().new = json!(68.76);
        assert_eq!(read.edited().map(|row| row.object.as_str()), Some("3"));
        read.to = "elsewhere".into();
        assert_eq!(read.edited().map(|row| row.object.as_str()), Some("0"));
    }
}
