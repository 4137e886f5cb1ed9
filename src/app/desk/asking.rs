//! What a candidate was asked, and under which conditions: what was allowed, and what was used of it.

use super::Desk;
use crate::interview::AnswerId;
use crate::text::SafeText;

impl Desk {
    /// What this candidate was asked, word for word; without what names the candidate while the name is hidden.
    pub fn asked(&self, answer: AnswerId) -> Option<SafeText> {
        let (_, given) = self.batch.answer(answer)?;
        match &given.asked {
            Some(asked) => Some(self.quoted(answer, asked)),
            None => self.batch.question(&given.question).map(|(_, question)| question.prompt.clone()),
        }
    }

    /// Think time, answer limit and retakes: what was used of what was allowed, `think 12 of 30 s, answer 120 s, retakes 1 of 2`.
    /// Nothing where none of it is known.
    pub fn conditions(&self, answer: AnswerId) -> String {
        let Some((_, given)) = self.batch.answer(answer) else { return String::new() };
        let asked = self.batch.question(&given.question).map(|(_, question)| question);
        let think_used = given.think_used_ms.map(|ms| ms.div_ceil(1_000));
        let limit = self.batch.limit(answer, None);
        let parts = [
            of("think", think_used, asked.and_then(|asked| asked.think_seconds), " s"),
            of("answer", None, limit, " s"),
            of("retakes", given.retakes_used, asked.and_then(|asked| asked.retakes), ""),
        ];
        parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
    }
}

/// What was used of what was allowed, as far as either is known.
fn of(what: &str, used: Option<u32>, allowed: Option<u32>, unit: &str) -> Option<String> {
    Some(match (used, allowed) {
        (Some(used), Some(allowed)) => format!("{what} {used} of {allowed}{unit}"),
        (Some(used), None) => format!("{what} {used}{unit} used"),
        (None, Some(allowed)) => format!("{what} {allowed}{unit}"),
        (None, None) => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn what_was_used_stands_beside_what_was_allowed() {
        assert_eq!(of("think", Some(12), Some(30), " s").as_deref(), Some("think 12 of 30 s"));
        assert_eq!(of("retakes", Some(1), None, "").as_deref(), Some("retakes 1 used"));
        assert_eq!(of("answer", None, Some(90), " s").as_deref(), Some("answer 90 s"));
        assert_eq!(of("answer", None, None, " s"), None);
    }
}
