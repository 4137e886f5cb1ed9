//! Answers that say the same as another's: looked for when it is first asked of one, and told after the reveal alone.

use std::collections::BTreeMap;

use super::Desk;
use crate::interview::{AnswerId, Moment};
use crate::journal::{Statement, Subject};
use crate::protocol::Others;
use crate::scorer::alike::{Alike, Likeness};

/// Others who are named in the line.
const MOST_NAMED: usize = 3;

/// What is known of likeness in the open batch.
#[derive(Default)]
pub(super) enum Likenesses {
    /// Nobody has asked where it would show.
    #[default]
    Unasked,
    /// They are compared.
    Asked,
    /// What was found; none where there are too many to compare beside everything else.
    Here(Option<BTreeMap<AnswerId, Alike>>),
}

impl Desk {
    /// Whether answers are to be compared now; asked once, and not before the reveal.
    pub(in crate::app) fn asks_alike(&mut self) -> bool {
        let asks = matches!(self.likenesses, Likenesses::Unasked) && self.sight.others() == Others::Shown;
        if asks {
            self.likenesses = Likenesses::Asked;
        }
        asks
    }

    /// Takes in what was found.
    pub(in crate::app) fn take_alike(&mut self, found: Option<BTreeMap<AnswerId, Alike>>) {
        self.likenesses = Likenesses::Here(found);
    }

    /// What is told of an answer's likeness, in one line, and what is written down when it is seen. Nothing before the reveal.
    pub(super) fn alike(&self, answer: AnswerId) -> (Option<String>, Option<(Subject, Statement)>) {
        if self.sight.others() != Others::Shown {
            return (None, None);
        }
        let found = match &self.likenesses {
            Likenesses::Unasked => return (None, None),
            Likenesses::Asked => return (Some("  Whether it is like others is being looked for.".to_owned()), None),
            Likenesses::Here(None) => {
                return (Some("  Whether it is like others, `earmark score` says: there are too many for here.".to_owned()), None);
            }
            Likenesses::Here(Some(found)) => found.get(&answer),
        };
        let Some(alike) = found else { return (Some("  No other answer has long passages in common with it.".to_owned()), None) };
        let named: Vec<String> = alike.with.iter().take(MOST_NAMED).map(|one| self.like(one)).collect();
        let more = alike.with.len().saturating_sub(MOST_NAMED);
        let more = if more > 0 { format!("; and to {more} more") } else { String::new() };
        let line = format!("  Alike to {}{more}. It proves nothing; `earmark score` has both sides.", named.join("; to "));
        (Some(line), Some((Subject::Answer(answer), alike.statement.clone())))
    }

    /// `NAME (q-01): 62% of all passages, see 41 words from 0:12 here and from 0:08 there`.
    fn like(&self, one: &Likeness) -> String {
        let from = |(here, there): (Moment, Moment)| format!(" from {here} here and from {there} there");
        let at = one.at.map(from).unwrap_or_default();
        format!("{}: {:.0}% of all passages, see {} words{at}", self.whose(one.with), 100.0 * one.share, one.words)
    }
}
