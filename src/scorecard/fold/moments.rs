//! Evidence that came with a hand-off without its quote, which names somebody whose name is hidden.

use crate::interview::SubmissionId;
use crate::journal::{Act, Event, Unquoted};
use crate::scorecard::{Evidence, Record};

/// What stands in place of a quote that was left out of a hand-off.
const LEFT_OUT: &str = "[quote left out: it names someone]";

impl Record {
    pub(super) fn take_unquoted(&mut self, event: &Event) {
        let Act::Unquoted { submission, moments } = &event.act else { return };
        // Only who was handed something holds what nobody else may say in another's name.
        if !self.guests.get(&event.header.author).is_some_and(|guest| guest.received) {
            return;
        }
        self.forget_unquoted(*submission);
        for moment in moments {
            let place = self.places.get(moment.answer).filter(|place| place.submission == *submission);
            let work = self.works.entry(moment.author).or_default();
            // A later hand-off, with names, may have brought the words.
            if place.is_some() && work.evidence.iter().all(|known| known.event != moment.event) {
                work.evidence.push(evidence(moment));
            }
        }
    }

    /// What came later says anew what there is.
    fn forget_unquoted(&mut self, submission: SubmissionId) {
        let places = &self.places;
        let is_of = |one: &Evidence| places.get(one.answer).is_some_and(|place| place.submission == submission);
        for work in self.works.values_mut() {
            work.evidence.retain(|one| one.quote.raw() != LEFT_OUT || !is_of(one));
        }
    }
}

fn evidence(moment: &Unquoted) -> Evidence {
    Evidence {
        event: moment.event,
        answer: moment.answer,
        revision: moment.revision,
        criteria: moment.criteria.clone(),
        span: moment.span,
        quote: LEFT_OUT.into(),
        at: moment.at,
    }
}
