//! How far a delivery is, told to whoever waits for it: what is done now, how many rows, how fast.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::interview::Headway;

/// So often it is told at the most.
const APART: Duration = Duration::from_millis(250);
/// Before that nobody knows how fast it goes.
const AT_LEAST: Duration = Duration::from_secs(1);

/// Counts rows, and tells.
pub struct Meter<'a> {
    tell: &'a (dyn Fn(Headway) + Sync),
    at: Mutex<At>,
}

struct At {
    headway: Headway,
    since: Instant,
    told: Instant,
}

impl<'a> Meter<'a> {
    /// Tells this one.
    pub fn new(tell: &'a (dyn Fn(Headway) + Sync)) -> Self {
        let now = Instant::now();
        Meter { tell, at: Mutex::new(At { headway: Headway::default(), since: now, told: now }) }
    }

    /// From here on this is done with so many rows; with none it is not told.
    pub(super) fn begin(&self, doing: &'static str, of: usize) {
        let headway = Headway { doing, of: of as u64, ..Headway::default() };
        let now = Instant::now();
        *self.at.lock().unwrap_or_else(PoisonError::into_inner) = At { headway: headway.clone(), since: now, told: now };
        if of > 0 {
            (self.tell)(headway);
        }
    }

    /// So many more rows are done.
    pub(super) fn step(&self, rows: usize) {
        let mut at = self.at.lock().unwrap_or_else(PoisonError::into_inner);
        let took = at.since.elapsed();
        at.headway.done += rows as u64;
        if took >= AT_LEAST {
            at.headway.rate = (at.headway.done as f64 * 60.0 / took.as_secs_f64()).round() as u64;
        }
        if at.headway.done >= at.headway.of || at.told.elapsed() >= APART {
            at.told = Instant::now();
            (self.tell)(at.headway.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_beginning_and_the_end_are_told_and_not_every_row() {
        let told = Mutex::new(Vec::new());
        let tell = |headway: Headway| told.lock().expect("no panic").push((headway.doing, headway.done, headway.of));
        let meter = Meter::new(&tell);
        meter.begin("Looking", 0);
        meter.begin("Sending", 1000);
        (0..1000).for_each(|_| meter.step(1));
        let told = told.lock().expect("no panic").clone();
        assert_eq!((told[0], told[told.len() - 1]), (("Sending", 0, 1000), ("Sending", 1000, 1000)));
        assert!(told.len() < 100, "{told:?}");
    }
}
