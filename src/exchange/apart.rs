//! What came too late to count, because another library of the same person had sealed it: named to everyone, once.

use std::collections::{BTreeMap, BTreeSet};

use super::people::People;
use super::publish::Shelves;
use super::report::{Trouble, TroubleKind};
use crate::interview::{EventId, ReviewerId};
use crate::scorecard::{After, Record};

/// Names the acts that do not count, and did not stand there so before.
pub(super) fn name(before: &Shelves, after: &Shelves, people: &People, troubles: &mut Vec<Trouble>) {
    for (id, shelf) in after {
        let known = before.get(id).map(|shelf| refused(&shelf.record)).unwrap_or_default();
        let mut new: BTreeMap<ReviewerId, usize> = BTreeMap::new();
        for (author, event) in refused(&shelf.record).difference(&known) {
            tracing::info!(%author, %event, "does not count");
            *new.entry(*author).or_default() += 1;
        }
        for (author, count) in new {
            let acts = if count == 1 { "one act does".to_owned() } else { format!("{count} acts do") };
            let either = match marked(&shelf.record, author) {
                true => {
                    "; where both libraries sealed, what another reviewer's library saw first counts, else what is first by their clocks, \
                     marked as given after the reveal"
                }
                false => "",
            };
            let reason = format!(
                "{acts} not count in {}: they were written in another library, without knowing of a seal on the same{either}",
                shelf.title()
            );
            let remedy = "`earmark audit show` lists them; if they are what was meant, their author opens the seal again and gives them anew";
            let mut trouble = Trouble::of_file(TroubleKind::Late, "streams", &reason, remedy);
            trouble.author = Some(people.label(author));
            troubles.push(trouble);
        }
    }
}

fn refused(record: &Record) -> BTreeSet<(ReviewerId, EventId)> {
    let of = |(author, work): (&ReviewerId, &crate::scorecard::Work)| {
        work.refused.iter().filter(|one| one.apart).map(|one| (*author, one.event)).collect::<Vec<_>>()
    };
    record.works.iter().flat_map(of).collect()
}

/// Whether both of a person's libraries sealed, and otherwise.
fn marked(record: &Record, author: ReviewerId) -> bool {
    record.work(author).is_some_and(|work| work.ratings.values().any(|rating| rating.after == Some(After::Apart)))
}
