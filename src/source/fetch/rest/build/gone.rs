//! Who was deleted on a platform: only what plainly says so counts, because an erasure cannot be undone.

use serde_json::Value;

use super::super::description::Part;
use super::Builder;

/// What a status means of whom the platform has deleted.
const DELETED: &str = "deleted";

/// The smallest number that is a time since 1970 in seconds: in the year 2001.
const EARLIEST: f64 = 1e9;

/// What stands where a deletion would.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Says {
    Deleted,
    Not,
    Unclear,
}

impl Builder<'_> {
    /// The platform's id of a person whom it has deleted. What stands there and does not plainly say so is told, and deletes nobody.
    pub(super) fn deleted(&mut self, person: &Value) -> Option<String> {
        let part = &self.description.submissions;
        if part.deleted.as_ref().and_then(|place| place.find(person)).map(says) == Some(Says::Unclear) {
            let reason = "what stands at `deleted` is neither a time nor true: nobody was taken for deleted because of it";
            self.said.note(reason, "mend `submissions.deleted`");
        }
        is_deleted(part, person).then(|| part.fields.get("candidate.id").and_then(|place| place.text(person)))?
    }
}

/// Whether a person's entry says that the platform has deleted the person.
pub(in super::super) fn is_deleted(part: &Part, person: &Value) -> bool {
    let by_field = part.deleted.as_ref().and_then(|place| place.find(person)).map(says) == Some(Says::Deleted);
    let word = part.status.as_ref().and_then(|place| place.text(person)).map(|word| word.trim().to_lowercase());
    let by_word = |(name, means): (&String, &String)| means == DELETED && word.as_ref() == Some(&name.to_lowercase());
    by_field || part.statuses.iter().any(by_word)
}

fn says(value: &Value) -> Says {
    match value {
        Value::Bool(false) | Value::Null => Says::Not,
        Value::Bool(true) => Says::Deleted,
        Value::Number(number) if number.as_f64() == Some(0.0) => Says::Not,
        Value::Number(number) if number.as_f64().is_some_and(|at| at >= EARLIEST) => Says::Deleted,
        Value::String(text) => match text.trim() {
            "" | "false" | "0" => Says::Not,
            "true" => Says::Deleted,
            // A time in any of the ways in which platforms write one begins with its date.
            text if text.get(..10).is_some_and(|day| day.parse::<jiff::civil::Date>().is_ok()) => Says::Deleted,
            _ => Says::Unclear,
        },
        _ => Says::Unclear,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_a_time_or_true_says_that_somebody_was_deleted() {
        for value in [json!(true), json!("true"), json!("2026-11-02T10:00:00Z"), json!("2026-11-02 10:00"), json!(1_790_000_000)] {
            assert_eq!(says(&value), Says::Deleted, "{value}");
        }
        for value in [json!(false), json!(""), json!("false"), json!(0), json!("0")] {
            assert_eq!(says(&value), Says::Not, "{value}");
        }
        for value in [json!("soon"), json!("active"), json!(1), json!([]), json!({"at": "2026-11-02"})] {
            assert_eq!(says(&value), Says::Unclear, "{value}");
        }
    }
}
