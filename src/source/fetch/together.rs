//! What is done for many at the price of one: who comes while it is being done for others is among the next.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::sync::oneshot::error::TryRecvError;

/// Who waits for something that is done together; `T` is what each wants done, `R` what becomes of it.
pub struct Together<T, R> {
    waiting: Mutex<Vec<(Arc<T>, oneshot::Sender<R>)>>,
    turn: tokio::sync::Mutex<()>,
    /// How long the first waits for others.
    patience: Duration,
}

impl<T, R> Together<T, R> {
    /// `patience` is how long the first waits for others.
    pub fn new(patience: Duration) -> Self {
        Together { waiting: Mutex::default(), turn: tokio::sync::Mutex::default(), patience }
    }

    /// Does this with whatever else waits by then. `work` gives one result for each thing, in their order.
    ///
    /// # Errors
    /// Where `work` fails, whoever called it is told; the others try once more.
    pub(super) async fn with<E>(&self, thing: T, work: impl AsyncFn(&[Arc<T>]) -> Result<Vec<R>, E>) -> Result<R, E> {
        let thing = Arc::new(thing);
        loop {
            let (sender, mut mine) = oneshot::channel();
            self.waiting.lock().expect("nobody panics here").push((thing.clone(), sender));
            let _turn = self.turn.lock().await;
            match mine.try_recv() {
                Ok(result) => return Ok(result),
                Err(TryRecvError::Closed) => continue,
                Err(TryRecvError::Empty) => tokio::time::sleep(self.patience).await,
            }
            let waiting = std::mem::take(&mut *self.waiting.lock().expect("nobody panics here"));
            let (things, senders): (Vec<_>, Vec<_>) = waiting.into_iter().unzip();
            for (result, sender) in work(&things).await?.into_iter().zip(senders) {
                // Who waits no more needs no answer.
                let _ = sender.send(result);
            }
            return Ok(mine.try_recv().expect("it was among them"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::future::join_all;

    #[tokio::test]
    async fn who_comes_within_the_patience_of_the_first_is_served_with_it() {
        let (together, rounds) = (Together::new(Duration::from_millis(20)), Mutex::new(Vec::new()));
        let work = async |things: &[Arc<usize>]| {
            rounds.lock().expect("held by nobody").push(things.len());
            Ok::<_, ()>(things.iter().map(|thing| **thing * 10).collect())
        };
        let all = join_all((0..5).map(|number| together.with(number, &work))).await;
        assert_eq!(all, (0..5).map(|number| Ok(number * 10)).collect::<Vec<_>>());
        assert_eq!(together.with(7, &work).await, Ok(70));
        assert_eq!(*rounds.lock().expect("held by nobody"), [5, 1]);
    }

    #[tokio::test]
    async fn a_round_that_fails_is_told_to_one_and_the_others_try_again() {
        let (together, has_failed) = (Together::new(Duration::from_millis(20)), Mutex::new(false));
        let work = async |things: &[Arc<usize>]| {
            let had = std::mem::replace(&mut *has_failed.lock().expect("held by nobody"), true);
            if had { Ok(things.iter().map(|thing| **thing).collect()) } else { Err("full") }
        };
        let all = join_all((0..4).map(|number| together.with(number, &work))).await;
        assert_eq!(all, [Err("full"), Ok(1), Ok(2), Ok(3)]);
    }
}
