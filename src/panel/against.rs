//! What was decided against the ranking: neither forbidden nor hidden, only told.

use std::collections::BTreeMap;

use serde::Serialize;

use super::analysis::{Panel, Ranked};
use super::range::Side;
use crate::interview::{Batch, Submission};
use crate::journal::Decision;
use crate::protocol::{Others, Visible};
use crate::text::SafeText;

/// How a decision goes against the ranking.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case", tag = "how")]
pub enum Against {
    /// Declined, although all of the range lies within the cut.
    DeclinedWithin {
        /// How many can be met; where nobody said that, how many were advanced.
        places: usize,
    },
    /// Advanced, although others who stand above were declined.
    AdvancedBelow {
        /// Those who were declined, by the source's id, the best first.
        declined: Vec<SafeText>,
        /// Whether one of them surely stands above: the ranges do not meet.
        sure: bool,
        /// Whether there are ranges to tell that by: of one reviewer alone there are none.
        ranged: bool,
    },
}

impl Against {
    /// A word for tables.
    pub fn word(&self) -> &'static str {
        match self {
            Against::DeclinedWithin { .. } => "declined_within_cut",
            Against::AdvancedBelow { sure: true, .. } => "advanced_below_declined",
            Against::AdvancedBelow { sure: false, .. } => "advanced_below_declined_unsure",
        }
    }

    /// A sentence's end; `called` says what a candidate is called.
    pub fn words(&self, called: impl Fn(&SafeText) -> SafeText) -> String {
        match self {
            Against::DeclinedWithin { places } => format!("declined, although within the first {places} with all of the range"),
            Against::AdvancedBelow { declined, sure, ranged } => {
                const NAMED: usize = 3;
                let names: Vec<String> = declined.iter().take(NAMED).map(|one| called(one).to_string()).collect();
                let more = declined.len().saturating_sub(NAMED);
                let more = if more > 0 { format!(" and {more} more") } else { String::new() };
                let (verb, were) = if declined.len() == 1 { ("stands", "was") } else { ("stand", "were") };
                let unsure = match (sure, ranged) {
                    (true, _) => "",
                    (false, true) => "; by their ranges they cannot be told apart",
                    (false, false) => "; there are no ranges that would say how sure that is",
                };
                format!("advanced, although {}{more}, who {verb} above, {were} declined{unsure}", names.join(", "))
            }
        }
    }
}

/// What goes against the ranking, of what may be seen: the one rule by which screens, tables and reports tell and count it. Nothing while
/// others' scorecards are hidden: the ranking is not whole then.
pub fn decided_against(panel: &Panel, visible: &Visible, batch: &Batch, places: Option<usize>) -> BTreeMap<SafeText, Against> {
    if visible.others() != Others::Shown {
        return BTreeMap::new();
    }
    let outcome = |one: &Submission| Some((one.candidate.source_id.clone(), visible.outcome(one)?));
    against(panel, &batch.submissions.iter().filter_map(outcome).collect(), places)
}

/// What goes against the ranking, by the source's id of the candidate. Who is not ranked, and who is held, goes against nothing;
/// where there is no common ranking, candidates are compared within their group.
pub fn against(panel: &Panel, decided: &BTreeMap<SafeText, Decision>, places: Option<usize>) -> BTreeMap<SafeText, Against> {
    let advanced = decided.values().filter(|decision| **decision == Decision::Advance).count();
    let places = places.unwrap_or(advanced);
    let of = |wanted: Decision| panel.ranking.iter().filter(move |one| decided.get(&one.candidate) == Some(&wanted));
    let within = |one: &&Ranked| places > 0 && one.range.to_the_line(places) == Some(Side::Within);
    let cut = |one: &Ranked| (one.candidate.clone(), Against::DeclinedWithin { places });
    let below = |one: &Ranked| {
        let above: Vec<&Ranked> = of(Decision::Decline).filter(|other| is_above(other, one)).collect();
        let sure = above.iter().any(|other| is_surely_above(other, one));
        let declined: Vec<SafeText> = above.iter().map(|other| other.candidate.clone()).collect();
        let ranged = ends(one).is_some() && above.iter().any(|other| ends(other).is_some());
        (!declined.is_empty()).then(|| (one.candidate.clone(), Against::AdvancedBelow { declined, sure, ranged }))
    };
    of(Decision::Decline).filter(within).map(cut).chain(of(Decision::Advance).filter_map(below)).collect()
}

fn is_above(a: &Ranked, b: &Ranked) -> bool {
    a.place().zip(b.place()).is_some_and(|((group, rank), (other, below))| group == other && rank < below)
}

fn is_surely_above(a: &Ranked, b: &Ranked) -> bool {
    ends(a).zip(ends(b)).is_some_and(|((_, worst), (best, _))| worst < best)
}

/// The ends of a range, of all or within the group; none where there is no range.
fn ends(one: &Ranked) -> Option<(u32, u32)> {
    one.range.ends().or_else(|| one.in_group.as_ref()?.range.ends())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::panel::tests::ranked_by_three;

    fn decided(all: &[(&str, Decision)]) -> BTreeMap<SafeText, Decision> {
        all.iter().map(|(id, decision)| (SafeText::line(id), *decision)).collect()
    }

    #[test]
    fn a_decline_of_who_is_surely_within_and_an_advance_below_it_are_told_and_nothing_else_is() {
        let panel = ranked_by_three();
        let order: Vec<&str> = panel.ranking.iter().map(|one| one.candidate.as_str()).collect();
        assert_eq!(order.first(), Some(&"c1"));
        let last = *order.last().expect("somebody");
        assert_eq!(against(&panel, &decided(&[("c1", Decision::Advance), (last, Decision::Decline)]), None), BTreeMap::new());
        let found = against(&panel, &decided(&[("c1", Decision::Decline), (last, Decision::Advance)]), None);
        assert_eq!(found[&SafeText::line("c1")], Against::DeclinedWithin { places: 1 });
        assert_eq!(found[&SafeText::line(last)], Against::AdvancedBelow { declined: vec!["c1".into()], sure: true, ranged: true });
        let words = found[&SafeText::line(last)].words(SafeText::clone);
        assert_eq!(words, "advanced, although c1, who stands above, was declined");
        assert_eq!(against(&panel, &decided(&[("c1", Decision::Hold), (last, Decision::Advance)]), None), BTreeMap::new());
    }

    #[test]
    fn where_there_are_no_ranges_none_are_spoken_of() {
        let words = |ranged| Against::AdvancedBelow { declined: vec!["c1".into()], sure: false, ranged }.words(SafeText::clone);
        assert!(words(true).ends_with("declined; by their ranges they cannot be told apart"), "{}", words(true));
        assert!(words(false).ends_with("declined; there are no ranges that would say how sure that is"), "{}", words(false));
    }

    #[test]
    fn without_anyone_advanced_the_cut_is_what_somebody_said() {
        let panel = ranked_by_three();
        let declined = decided(&[("c1", Decision::Decline)]);
        assert_eq!(against(&panel, &declined, None), BTreeMap::new());
        assert_eq!(against(&panel, &declined, Some(2)).len(), 1);
    }
}
