//! Which of the ATS's applications a submission belongs to: ids tie at once, an e-mail address proposes, a person confirms.

use std::sync::Arc;

use super::{DeliverView, DeliverWish, Sheet, SheetRow, Stand, Way};
use crate::app::overlay::{Choice, Item, Overlay, Picker, Purpose};
use crate::app::{App, Effect, Screen, Tone};
use crate::interview::SubmissionId;
use crate::journal::Act;
use crate::text::{SafeText, many};

/// Where the ATS's applications are listed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Listing {
    /// In a CSV with `application_id`, and `candidate_id` or `email`.
    File(String),
    /// In the ATS itself, as a profile pulls them.
    Pull(Way),
}

/// What a list of applications says about a submission.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Proposal {
    /// The application's id.
    pub application: SafeText,
    /// Whose it is, where that can be told.
    pub submission: Option<SubmissionId>,
    /// The source's id of that candidate.
    pub candidate: SafeText,
    /// Where it stands: by ids it is to be tied at once, by an address it is proposed, and several fit where it is unclear.
    pub stand: Stand,
    /// The job opening that the application is for, where the list says so.
    pub requisition: Option<SafeText>,
    /// Why.
    pub why: SafeText,
}

impl Proposal {
    /// What ties it to a submission.
    fn ties(&self, submission: SubmissionId) -> Act {
        Act::Matched { submission, application: self.application.clone(), requisition: self.requisition.clone() }
    }
}

impl App {
    /// Asks where the ATS's applications are listed.
    pub(super) fn ask_listing(&mut self) -> Vec<Effect> {
        let way = self.deliver_mut().and_then(|open| open.way.clone());
        let pull = way.map(|way| Item::new("Pull them from the ATS", SafeText::line(&format!("by {}", way.profile)), Choice::Yes));
        let file = Item::new("A CSV that the ATS wrote…", "application_id, candidate_id or email", Choice::AskName);
        let lead = vec!["Ids tie at once. What an e-mail address proposes, you confirm. Nothing goes by name.".into()];
        let items = pull.into_iter().chain([file]).collect();
        self.overlays.push(Overlay::Picker(Picker::new("Which applications are there?", Purpose::MatchBy, items).led_by(lead)));
        Vec::new()
    }

    /// Pulls the applications by the profile that is chosen.
    pub(in crate::app) fn pull_applications(&mut self) -> Vec<Effect> {
        let Some(way) = self.deliver_mut().and_then(|open| open.way.clone()) else { return Vec::new() };
        self.ask_delivery("Asking the ATS for its applications …", DeliverWish::Match(Listing::Pull(way)))
    }

    /// Asks for the file that lists them.
    pub(in crate::app) fn ask_listing_path(&mut self) -> Vec<Effect> {
        self.ask_line("Which CSV lists the applications?", "Enter reads it · Esc leaves", Purpose::MatchFile, "")
    }

    /// Reads the file that lists them.
    pub(in crate::app) fn read_listing(&mut self, path: &str) -> Vec<Effect> {
        self.ask_delivery("Reading the applications …", DeliverWish::Match(Listing::File(path.to_owned())))
    }

    /// A list of applications came: what ids say is tied, the rest is for a person.
    pub(super) fn listed(&mut self, mut proposals: Vec<Proposal>) -> Vec<Effect> {
        let by_ids = proposals.iter().filter(|one| one.stand == Stand::Tied).filter_map(|one| {
            let submission = one.submission?;
            let owner = self.desk.as_ref()?.candidate_of(submission);
            Some((owner, one.ties(submission)))
        });
        let acts: Vec<_> = by_ids.collect();
        let tied = acts.len();
        let effects = self.write_all(acts);
        if effects.is_empty() {
            proposals.retain(|one| one.stand != Stand::Tied);
        }
        let open = proposals.iter().filter(|one| one.stand == Stand::Proposed).count();
        if let Some(deliver) = self.deliver_mut() {
            deliver.proposals = proposals;
            deliver.lay_out_proposals();
            deliver.show(DeliverView::Matching);
        }
        let words = match (tied, open) {
            (0, 0) => "Nothing new: every application that fits is tied.".to_owned(),
            (tied, 0) => format!("{tied} tied by their ids."),
            (tied, open) => format!("{tied} tied by their ids; {open} proposed by an e-mail address: Enter confirms."),
        };
        self.tell(if open > 0 { Tone::Hint } else { Tone::Done }, words);
        effects
    }

    /// Asks whether the selected proposal is right.
    pub(super) fn ask_tie(&mut self) -> Vec<Effect> {
        let (Screen::Deliver(open), Some(desk)) = (self.screen(), &self.desk) else { return Vec::new() };
        let (Some(one), Some(row)) = (open.proposals.get(open.selected), open.rows().get(open.selected)) else {
            return self.tell(Tone::Hint, "There is nothing to confirm.");
        };
        if one.stand != Stand::Proposed {
            let why = one.why.to_string();
            return self.tell(Tone::Hint, why);
        }
        let title = format!("Does application {} belong to {}?", one.application, row.called(desk));
        let left = open.proposals.iter().filter(|one| one.stand == Stand::Proposed).count();
        let mut items = vec![Item::new("No, leave it", "", Choice::No), Item::new("Yes, tie it", "", Choice::Nth(open.selected))];
        if left > 1 {
            items.push(Item::new(SafeText::line(&format!("Tie all {left} that are proposed")), "", Choice::Yes));
        }
        let lead = vec![one.why.clone(), "Look both up before you say yes: two people may share an address.".into()];
        self.overlays.push(Overlay::Picker(Picker::new(&title, Purpose::TieApplication, items).led_by(lead)));
        Vec::new()
    }

    /// Ties what was confirmed: one proposal, or all.
    pub(in crate::app) fn tie(&mut self, choice: &Choice) -> Vec<Effect> {
        let Some(open) = self.deliver_mut() else { return Vec::new() };
        let is_meant =
            |nth: usize, one: &Proposal| one.stand == Stand::Proposed && (*choice == Choice::Yes || *choice == Choice::Nth(nth));
        let meant = open.proposals.iter().enumerate().filter(|(nth, one)| is_meant(*nth, one));
        let meant: Vec<(SubmissionId, Proposal)> = meant.filter_map(|(_, one)| Some((one.submission?, one.clone()))).collect();
        let pairs: Vec<(SubmissionId, SafeText)> = meant.iter().map(|(of, one)| (*of, one.application.clone())).collect();
        let acts = meant.iter().map(|(submission, one)| {
            let owner = self.desk.as_ref().and_then(|desk| desk.candidate_of(*submission));
            (owner, one.ties(*submission))
        });
        let acts = acts.collect();
        let effects = self.write_all(acts);
        if effects.is_empty() {
            return effects;
        }
        if let Some(open) = self.deliver_mut() {
            let tied = |one: &Proposal| pairs.iter().any(|(of, id)| one.submission == Some(*of) && one.application == *id);
            for one in open.proposals.iter_mut().filter(|one| tied(one)) {
                (one.stand, one.why) = (Stand::Tied, "You confirmed it.".into());
            }
            open.lay_out_proposals();
        }
        let are = if pairs.len() == 1 { "is" } else { "are" };
        self.tell(Tone::Done, format!("{} {are} tied.", many(pairs.len(), "application")));
        effects
    }
}

impl super::Deliver {
    /// The proposals as rows, in their order.
    fn lay_out_proposals(&mut self) {
        let row = |one: &Proposal| SheetRow {
            object: one.application.clone(),
            candidate: one.candidate.clone(),
            stand: one.stand,
            why: Some(one.why.clone()),
            ..SheetRow::default()
        };
        let count = |stand: Stand| self.proposals.iter().filter(|one| one.stand == stand).count();
        let sum = format!(
            "{} tied, {} proposed by an e-mail address, {} unclear",
            count(Stand::Tied),
            count(Stand::Proposed),
            count(Stand::Unclear)
        );
        let rows = self.proposals.iter().map(row).collect();
        self.put(DeliverView::Matching, Arc::new(Sheet { sum: SafeText::line(&sum), rows, notes: Vec::new() }));
    }
}
