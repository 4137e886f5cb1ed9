//! What was handed over to somebody, and taken in there.

use crate::journal::{Act, Event};
use crate::scorecard::batch_wide::{Guest, Handing, Panelist};
use crate::scorecard::record::Record;

impl Record {
    pub(super) fn take_handing(&mut self, event: &Event) {
        match &event.act {
            Act::HandedOff { to, submissions, until, names, people, .. } => {
                for who in people.iter().filter_map(Panelist::read) {
                    self.name(&who);
                    self.known.insert(who.id, who);
                }
                let (submissions, nth) = (submissions.iter().copied().collect(), self.next());
                let (at, by) = (event.header.at, event.header.author);
                self.handings.insert(event.id(), Handing { submissions, until: *until, at, by, nth });
                let Some(who) = to.as_ref().and_then(Panelist::read) else { return };
                self.name(&who);
                // What holds there is what came there.
                if !self.guests.get(&who.id).is_some_and(|guest| guest.received) {
                    self.guests.insert(who.id, Guest { who: Some(who), until: *until, names: *names, received: false });
                }
            }
            Act::Received { by, from, until, names, handoff, .. } => {
                self.taken.entry(event.header.author).or_default().insert(*handoff);
                // Nobody speaks for another.
                let who = Panelist::read(by).filter(|who| who.id == event.header.author);
                who.iter().chain(&Panelist::read(from)).for_each(|one| self.name(one));
                self.guests.insert(event.header.author, Guest { who, until: *until, names: *names, received: true });
            }
            _ => {}
        }
    }
}
