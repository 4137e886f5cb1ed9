//! Deliveries for the screen: the same code as the commands', beside the loop, told in rows.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::runtime::Handle;

use super::sheets::{entry_row, outcome_sheet, plan_sheet, proposals};
use super::{Edges, typed};
use crate::app::{DeliverWish, Delivery, Desk, Event, Listing, Says, Sheet, SheetRow, Stand, Way, Word};
use crate::delivery::{Listed, Looked, Over, Plan, Said, Whose, matching};
use crate::interview::{BatchId, Headway, ReviewerId};
use crate::library::{Delivered, DeliveryState, Library};
use crate::net::Wire;
use crate::runtime::contents;
use crate::runtime::delivering::{
    MOST_CHANGED, Opened, Remedy, Undone, Work, begun, braked, listed, planned, pulled, read_profile, sent, target, turn,
};
use crate::runtime::saving::told;
use crate::runtime::ui::Tell;
use crate::text::SafeText;

/// The plan that was made last, its way, and by which asking.
pub(super) type Made = Arc<Mutex<Option<(u32, Arc<Plan>, Way)>>>;

/// What a delivery is done with.
#[derive(Clone)]
struct Desktop {
    library: Library,
    me: ReviewerId,
    wire: Wire,
    made: Made,
    asked: u32,
    tell: Tell,
}

impl Edges {
    /// On a thread of its own: commands for secrets and keys may keep one waiting.
    pub(super) fn deliver(&self, asked: u32, batch: BatchId, wish: DeliverWish) {
        let (tell, handle) = (self.tell.clone(), Handle::current());
        let (library, wire, made) = (self.library.clone(), self.wire.clone(), self.planned.clone());
        let desktop = Desktop { library, me: self.me, wire, made, asked, tell: tell.clone() };
        tokio::spawn(async move {
            let work = tokio::task::spawn_blocking(move || handle.block_on(desktop.does(batch, wish)));
            let did = work.await.unwrap_or_else(|fault| Err(Undone::new(Remedy::Look, "Could not deliver").cause(told(fault))));
            let did = did.unwrap_or_else(|undone| Delivery::Undone {
                what: SafeText::line(&undone.what),
                why: SafeText::line(&undone.why()),
            });
            // The loop has ended; nobody waits for it any more.
            let _ = tell.send(Event::Delivery { batch, asked, did: Box::new(did) });
        });
    }
}

impl Desktop {
    async fn does(self, batch: BatchId, wish: DeliverWish) -> Result<Delivery, Undone> {
        match wish {
            DeliverWish::Look => {
                let way = self.library.delivery_way(batch).await.map_err(|error| unread(&error))?;
                let way = way.map(|(profile, to)| Way { profile, to });
                Ok(Delivery::Known { way, ledger: self.ledger(batch).await? })
            }
            DeliverWish::Plan(way) => self.plan(batch, way).await,
            DeliverWish::Apply { planned, any_change } => {
                let made = self.made.lock().unwrap_or_else(PoisonError::into_inner).take();
                let made = made.filter(|(by, ..)| *by == planned);
                let gone =
                    || Undone::new(Remedy::Look, "Could not apply the plan").cause("it is not there any more").hint("plan again");
                let (_, plan, way) = made.ok_or_else(gone)?;
                let most = if any_change { 100.0 } else { MOST_CHANGED };
                if let Some(why) = braked(&plan, most) {
                    return Err(Undone::new(Remedy::Look, "Could not apply the plan").cause(why));
                }
                self.send(batch, &way, Work::Apply(&plan), None).await
            }
            DeliverWish::Retry { way, word } => {
                let said: Vec<Said> = word.iter().filter_map(said).collect();
                self.send(batch, &way, Work::Retry(Looked { said: &said, again: false }), word.as_ref()).await
            }
            DeliverWish::Match(from) => self.match_up(batch, from).await,
        }
    }

    async fn desk(&self, batch: BatchId) -> Result<Desk, Undone> {
        let contents = contents::open_batch(&self.library, batch).await;
        let contents = contents.map_err(|error| Undone::new(Remedy::Look, "Could not open the batch").because(&error))?;
        Ok(Desk::new(self.me, contents))
    }

    fn opened(&self, desk: &Desk, way: &Way) -> Result<(Opened, String), Undone> {
        let profile = named(&way.profile);
        let to = to_place(&way.to);
        let opened = Opened::new(desk, read_profile(&profile)?, to.as_deref(), &self.wire)?;
        Ok((opened, profile))
    }

    async fn plan(&self, batch: BatchId, way: Way) -> Result<Delivery, Undone> {
        let desk = self.desk(batch).await?;
        let (opened, profile) = self.opened(&desk, &way)?;
        let plan = planned(&self.library, &desk, &opened, &profile, false, &|headway| self.is_under_way(batch, headway)).await?;
        // From whatever folder it is started the next time: a path is kept whole.
        let to = to_place(&way.to).unwrap_or_default();
        let kept = self.library.keep_delivery_way(batch, &profile, &to).await;
        kept.map_err(|error| Undone::of_library("Could not remember the profile", &error))?;
        let brake = braked(&plan, MOST_CHANGED).map(|why| SafeText::line(&why));
        let sheet = Arc::new(plan_sheet(&plan, &opened));
        *self.made.lock().unwrap_or_else(PoisonError::into_inner) = Some((self.asked, Arc::new(plan), way));
        Ok(Delivery::Planned { plan: sheet, brake })
    }

    async fn send(&self, batch: BatchId, way: &Way, work: Work<'_>, word: Option<&Word>) -> Result<Delivery, Undone> {
        // Its turn first: what is sent is what is true then.
        let _turn = turn(&self.library, Duration::ZERO).await?;
        let desk = self.desk(batch).await?;
        let (opened, _) = self.opened(&desk, way)?;
        if let Work::Apply(plan) = work
            && plan.profile_hash != opened.profile.hash
        {
            let undone = Undone::new(Remedy::Mend, "Could not apply the plan").cause("the profile has changed since it was made");
            return Err(undone.hint("plan again"));
        }
        if let Work::Apply(plan) = work {
            begun(&self.library, &desk, plan).await?;
        }
        if let Some(word) = word {
            self.is_open_there(batch, &opened, word).await?;
        }
        let over = Over { files: word.is_some_and(|word| word.says == Says::WriteOver), moved: false };
        let tell = |headway| self.is_under_way(batch, headway);
        let applied = sent(&self.library, &desk, &opened, work, over, &tell).await?;
        let whole = applied.lacking.is_empty()
            && applied.sum.delivered + applied.sum.unchanged == applied.sum.selected
            && applied.sum.balances();
        Ok(Delivery::Sent { outcome: Arc::new(outcome_sheet(&applied)), ledger: self.ledger(batch).await?, whole })
    }

    fn is_under_way(&self, batch: BatchId, headway: Headway) {
        // The loop has ended; nobody waits for it any more.
        let _ = self.tell.send(Event::Delivering { batch, asked: self.asked, headway });
    }

    /// A word about a row counts at the place that it was sent to.
    async fn is_open_there(&self, batch: BatchId, opened: &Opened, word: &Word) -> Result<(), Undone> {
        let target = target(&self.library, opened).await?;
        let entries = self.library.deliveries(batch, Some(target)).await.map_err(|error| unread(&error))?;
        let is_it = |entry: &Delivered| {
            let is_open = !entry.state.arrived() && entry.state != DeliveryState::Superseded;
            is_open && entry.push == word.push.raw() && entry.is_about(word.object.raw())
        };
        if entries.iter().any(is_it) {
            return Ok(());
        }
        let undone = Undone::new(Remedy::Look, format!("Could not take your word for {}", word.object));
        Err(undone.cause(format!("nothing of it is open at {}", opened.canonical)).hint("c chooses the place it was sent to"))
    }

    async fn match_up(&self, batch: BatchId, from: Listing) -> Result<Delivery, Undone> {
        let desk = self.desk(batch).await?;
        let all: Vec<Listed> = match &from {
            Listing::File(path) => listed(&typed(path))?,
            Listing::Pull(way) => {
                let profile = read_profile(&named(&way.profile))?;
                let tell = |headway| self.is_under_way(batch, headway);
                pulled(&self.library, &desk, &profile, to_place(&way.to).as_deref(), &self.wire, &tell).await?
            }
        };
        Ok(Delivery::Listed(proposals(&desk, &matching(&desk.batch, &desk.sight.matched, &all))))
    }

    /// Everything of a batch that was ever to be sent, without what something newer took the place of.
    async fn ledger(&self, batch: BatchId) -> Result<Arc<Sheet>, Undone> {
        let entries = self.library.deliveries(batch, None).await.map_err(|error| unread(&error))?;
        let kept: Vec<&Delivered> = entries.iter().filter(|entry| entry.state != DeliveryState::Superseded).collect();
        let open = kept.iter().filter(|entry| !entry.state.arrived()).count();
        let places: std::collections::BTreeSet<_> =
            kept.iter().filter(|entry| !entry.state.arrived()).map(|entry| entry.target).collect();
        let sum = match (kept.len(), open) {
            (0, _) => "Nothing was delivered of this batch.".to_owned(),
            (all, open) if open > 0 && self.library.is_delivering() => {
                format!("{all} sent or to be sent; {open} open, and some of it is being delivered now")
            }
            (all, 0) => format!("{all} sent, and all of it arrived"),
            (all, open) if places.len() < 2 => format!("{all} sent or to be sent; {open} open: R brings them to their end"),
            (all, open) => {
                let places = places.len();
                format!(
                    "{all} sent or to be sent; {open} open at {places} places: c chooses one, R brings what is open there to its end"
                )
            }
        };
        let targets = self.library.delivery_targets().await.map_err(|error| unread(&error))?;
        let row = |entry: &Delivered| {
            let place = targets.iter().find(|(id, ..)| *id == entry.target);
            let place = place.map_or_else(SafeText::default, |(_, by, to)| SafeText::line(&format!("{by} {to}")));
            SheetRow { place, ..entry_row(entry) }
        };
        // What is open first, then what was last.
        let mut rows: Vec<SheetRow> = kept.iter().rev().map(|entry| row(entry)).collect();
        rows.sort_by_key(|row| matches!(row.stand, Stand::Accepted | Stand::Verified));
        Ok(Arc::new(Sheet { sum: SafeText::line(&sum), rows, notes: Vec::new() }))
    }
}

/// What a person says, for the one row.
fn said(word: &Word) -> Option<Said> {
    let of = Whose::Row { object: word.object.raw().to_owned(), push: word.push.raw().to_owned() };
    match word.says {
        Says::Arrived => Some(Said { of, is_there: true }),
        Says::Again => Some(Said { of, is_there: false }),
        Says::WriteOver => None,
    }
}

fn unread(error: &crate::library::LibraryError) -> Undone {
    Undone::of_library("Could not read the ledger", error)
}

/// A shipped profile by its name; else a file, as a person types it who may be used to a shell.
fn named(profile: &str) -> String {
    match crate::export::profile::shipped_profile(profile) {
        Some(_) => profile.to_owned(),
        None => typed(profile).display().to_string(),
    }
}

/// A place as a person types it; none where the profile says.
fn to_place(to: &str) -> Option<String> {
    let is_elsewhere = to.contains("://") || ["env:", "file:", "cmd:"].iter().any(|start| to.starts_with(start));
    match to {
        "" => None,
        to if is_elsewhere => Some(to.to_owned()),
        path => Some(typed(path).display().to_string()),
    }
}
