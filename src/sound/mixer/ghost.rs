//! What was heard until a moment ago fades out while something else fades in.

use rtrb::Producer;

use super::command::Used;
use super::{FADE, give_back};
use crate::sound::pcm::Pcm;
use crate::sound::stretch::{HOP, Hop, Scratch, Stretch};

/// So many fade-outs can sound at once; a key held down does not seek more often within 10 ms.
const MOST: usize = 4;

#[derive(Default)]
pub(super) struct Ghosts([Option<Ghost>; MOST]);

struct Ghost {
    head: Stretch,
    pcm: Pcm,
    loudness: f32,
    /// Samples of the fade that are done; one that was itself still fading in starts late.
    faded: usize,
}

impl Ghosts {
    pub(super) fn is_empty(&self) -> bool {
        self.0.iter().all(Option::is_none)
    }

    /// Lets a voice fade out from where it is. `faded_in` is how far it had come up, 0..=FADE.
    pub(super) fn fade_out(&mut self, head: &Stretch, pcm: &Pcm, loudness: f32, faded_in: usize, used: &mut Producer<Used>) {
        if faded_in == 0 {
            return;
        }
        let furthest = (0..MOST).max_by_key(|&i| self.0[i].as_ref().map_or(FADE, |ghost| ghost.faded)).unwrap_or(0);
        let ghost = Ghost { head: head.clone(), pcm: pcm.clone(), loudness, faded: FADE - faded_in.min(FADE) };
        if let Some(old) = self.0[furthest].replace(ghost) {
            give_back(used, Used::Pcm(old.pcm));
        }
    }

    /// Adds what still sounds to `out`.
    pub(super) fn add(&mut self, out: &mut [f32], scratch: &mut Scratch, used: &mut Producer<Used>) {
        for place in &mut self.0 {
            let Some(ghost) = place else { continue };
            ghost.add(out, scratch);
            if ghost.faded >= FADE
                && let Some(ghost) = place.take()
            {
                give_back(used, Used::Pcm(ghost.pcm));
            }
        }
    }
}

impl Ghost {
    fn add(&mut self, out: &mut [f32], scratch: &mut Scratch) {
        let mut piece = [0.0; HOP];
        let mut done = 0;
        while done < out.len() && self.faded < FADE {
            if self.head.left() == 0 {
                if self.head.hop(&self.pcm, scratch, 0) != Hop::Ready {
                    // At the end of what there is, there is nothing to fade.
                    self.faded = FADE;
                    return;
                }
                self.head.end_softly(&self.pcm, scratch);
            }
            let most = (out.len() - done).min(FADE - self.faded);
            let count = self.head.take(&mut piece[..most]);
            for (to, from) in out[done..done + count].iter_mut().zip(&piece) {
                *to += from * self.loudness * scratch.ramp[FADE - 1 - self.faded];
                self.faded += 1;
            }
            done += count;
        }
    }
}
