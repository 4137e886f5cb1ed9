//! What is being planned, sent or pulled, also while its screen is left: who comes back finds it as it stands.

use super::{Deliver, DeliverWish, Way};
use crate::app::App;
use crate::interview::{BatchId, Headway};

/// What was asked of the edges about deliveries, of whichever batch.
#[derive(Clone, Debug, Default)]
pub(in crate::app) struct Askings {
    /// The number of the last one. No two have the same, so that what comes is never taken for another's.
    last: u32,
    /// Those that have not come to their end.
    open: Vec<Asking>,
}

#[derive(Clone, Debug)]
struct Asking {
    number: u32,
    batch: BatchId,
    working: &'static str,
    headway: Option<Headway>,
    way: Option<Way>,
}

impl Askings {
    /// Notes one that begins; returns its number. Looking is over at once, and is not waited for by who comes back.
    pub(super) fn begin(&mut self, batch: BatchId, working: &'static str, wish: &DeliverWish, way: Option<Way>) -> u32 {
        self.last += 1;
        if *wish != DeliverWish::Look {
            self.open.push(Asking { number: self.last, batch, working, headway: None, way });
        }
        self.last
    }

    /// Notes how far one is.
    pub(super) fn is_so_far(&mut self, number: u32, headway: &Headway) {
        if let Some(asking) = self.open.iter_mut().find(|asking| asking.number == number) {
            asking.headway = Some(headway.clone());
        }
    }

    /// Notes that one has come to its end.
    pub(super) fn end(&mut self, number: u32) {
        self.open.retain(|asking| asking.number != number);
    }
}

impl App {
    /// The screen waits for what is under way of this batch, where something is.
    pub(super) fn take_up_delivery(&mut self, batch: BatchId) {
        let Some(asking) = self.askings.open.iter().rfind(|asking| asking.batch == batch).cloned() else { return };
        if let Some(Deliver { asked, working, headway, way, .. }) = self.deliver_mut() {
            (*asked, *working, *headway, *way) = (asking.number, Some(asking.working), asking.headway, asking.way);
        }
    }
}
