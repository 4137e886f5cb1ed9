//! What a person is asked before something is planned, applied or tried again.

use super::{DeliverView, DeliverWish, Way};
use crate::app::overlay::{Choice, Item, Overlay, Picker, Purpose};
use crate::app::{App, Effect, Screen, Stand, Tone};
use crate::export::profile::{Kind, Profile, shipped_profile, shipped_profiles};
use crate::text::{SafeText, many};

/// What is said while what was begun is brought to its end.
pub(super) const RETRYING: &str = "Bringing it to its end …";

pub(super) const NO_WAY: &str = "No profile is chosen yet: c chooses one.";

impl App {
    /// Plans by the way that is known; asks for one where there is none.
    pub(super) fn plan_delivery(&mut self) -> Vec<Effect> {
        match self.deliver_mut().and_then(|open| open.way.clone()) {
            Some(way) => self.ask_delivery("Planning …", DeliverWish::Plan(way)),
            None => self.ask_profile(),
        }
    }

    /// Lists the profiles: the last one first, the shipped ones, a file.
    pub(super) fn ask_profile(&mut self) -> Vec<Effect> {
        let last = self.deliver_mut().and_then(|open| open.way.clone());
        let own = last.filter(|way| shipped_profile(&way.profile).is_none());
        let own = own.map(|way| Item::new(SafeText::line(&way.profile), "as the last time", Choice::Shipped(way.profile)));
        let shipped = shipped_profiles().into_iter().map(|one| {
            // The title is too long to stand beside the name.
            let label = format!("{}: {}", one.name, one.profile().title);
            Item::new(SafeText::line(&label), "", Choice::Shipped(one.name.to_owned()))
        });
        let file = Item::new("A profile of your own…", "a file", Choice::AskName);
        let items = own.into_iter().chain(shipped).chain([file]).collect();
        let lead = vec!["What a profile cannot do: earmark profile list".into()];
        let picker = Picker::new("By which profile?", Purpose::DeliverBy, items).filtering().led_by(lead);
        self.overlays.push(Overlay::Picker(picker));
        Vec::new()
    }

    /// Asks for the file of a profile of one's own.
    pub(in crate::app) fn ask_profile_path(&mut self) -> Vec<Effect> {
        self.ask_line("Which profile?", "A file · Enter takes it · Esc leaves", Purpose::DeliverProfile, "")
    }

    /// A profile is chosen: asks where to, where that is not the profile's own.
    pub(in crate::app) fn profile_is_chosen(&mut self, profile: String) -> Vec<Effect> {
        let known = self.deliver_mut().and_then(|open| open.way.clone()).filter(|way| way.profile == profile);
        let initial = known.map(|way| way.to).unwrap_or_default();
        let names_one = |read: Profile| read.kind != Kind::File || read.deliver.to.is_some();
        let hint = match shipped_profile(&profile).map(|one| names_one(one.profile())) {
            Some(false) => "A folder, a file, sftp:// or https:// · Enter plans · Esc leaves",
            _ => "A folder, a file, sftp:// or https:// · empty: where the profile says · Enter plans",
        };
        self.ask_line("Deliver to", hint, Purpose::DeliverTo(profile), &initial)
    }

    /// Profile and place are known: plans.
    pub(in crate::app) fn place_is_chosen(&mut self, profile: String, to: &str) -> Vec<Effect> {
        let way = Way { profile, to: to.to_owned() };
        if let Some(open) = self.deliver_mut() {
            open.way = Some(way.clone());
        }
        self.ask_delivery("Planning …", DeliverWish::Plan(way))
    }

    /// Shows what applying would send, and asks.
    pub(super) fn ask_apply(&mut self) -> Vec<Effect> {
        let Screen::Deliver(open) = self.screen() else { return Vec::new() };
        let (Some(planned), Some(plan)) = (open.planned, open.sheet(DeliverView::Plan)) else {
            return self.tell(Tone::Hint, "There is no plan to apply: p makes one.");
        };
        let count = |stand: Stand| plan.rows.iter().filter(|row| row.stand == stand).count();
        let sends = count(Stand::Create) + count(Stand::Update);
        let (held, all) = (count(Stand::Quarantined), plan.rows.len());
        if sends == 0 && held > 0 {
            let why =
                format!("The plan changes nothing there: nothing is to be sent. Of {all} rows {held} cannot be: Enter reads why.");
            return self.tell(Tone::Hint, why);
        }
        if sends == 0 && all == 0 {
            return self.tell(Tone::Hint, "Nothing can be sent: nobody is ready, or nobody has an application.");
        }
        if sends == 0 {
            return self.tell(Tone::Hint, "The plan changes nothing there: nothing is to be sent.");
        }
        let to = open.way.as_ref().map_or_else(String::new, Way::place_in_words);
        let mut lead = vec![plan.sum.clone()];
        lead.extend(open.brake.iter().map(|brake| SafeText::line(&format!("Much would change: {brake}."))));
        lead.push("Rows that have moved since the plan stay behind and are named.".into());
        let words = format!("Send {}", many(sends, "row"));
        let words = if open.brake.is_some() { format!("{words} all the same") } else { words };
        let leave = Item::new("Leave it", "nothing is sent", Choice::No);
        let send = Item::new(SafeText::line(&words), SafeText::line(&to), Choice::Yes);
        // Where much would change, Enter pressed once too often sends nothing.
        let items = if open.brake.is_some() { vec![leave, send] } else { vec![send, leave] };
        let picker = Picker::new("Apply the plan?", Purpose::ApplyPlan(planned), items).led_by(lead);
        self.overlays.push(Overlay::Picker(picker));
        Vec::new()
    }

    /// The person said yes: what was shown is applied, and nothing that was planned since.
    pub(in crate::app) fn apply_plan(&mut self, planned: u32) -> Vec<Effect> {
        let any_change = self.deliver_mut().is_some_and(|open| open.brake.is_some());
        self.ask_delivery("Applying the plan …", DeliverWish::Apply { planned, any_change })
    }

    /// Brings to its end what was begun.
    pub(super) fn retry_delivery(&mut self) -> Vec<Effect> {
        match self.deliver_mut().and_then(|open| open.way.clone()) {
            Some(way) => self.ask_delivery(RETRYING, DeliverWish::Retry { way, word: None }),
            None => self.tell(Tone::Hint, NO_WAY),
        }
    }
}

impl Way {
    /// Where it sends to, in words.
    pub fn place_in_words(&self) -> String {
        if self.to.is_empty() { "where the profile says".to_owned() } else { format!("to {}", self.to) }
    }
}
