//! Notes when the machine kept threads waiting for a processor: what it did is no fault of the player.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::server::server_process;

const STEP: Duration = Duration::from_millis(5);
/// A device asks again when half of its buffer, 42 ms, is left. Until the answer is there the player has to be woken and then the server: a
/// machine that keeps threads waiting for so long may well be late twice.
const LATE: Duration = Duration::from_millis(15);
/// What happens so long around that may come of it.
const AROUND: Duration = Duration::from_millis(500);
/// One of the sound's own threads that waits for so long at once, of the 42 ms that there are, is held up by the machine…
const HELD_UP: Duration = Duration::from_millis(25);
/// …when they do within this before the fault, or beside it.
const BEFORE: Duration = Duration::from_millis(200);
const BESIDE: Duration = Duration::from_millis(20);
/// What a device asks for at once: a fault that the machine caused is no longer than it kept a thread waiting, and this.
pub(super) const PERIOD: Duration = Duration::from_micros(42_667);
/// A click that the machine caused lies where a hole that it caused begins or ends, but for a sample or two.
const EDGE: Duration = Duration::from_millis(1);
/// Threads come and go with devices.
const LOOK_AGAIN: u32 = 4;
/// A machine that lets not even a thread in real time run for so long stands still: the host took its processors, or its kernel did not let
/// go. Whatever is in a device's buffer then, half of it, 42 ms, is all that there is.
const STOOD_STILL: Duration = Duration::from_millis(10);

/// Times at which something waited, and for how long.
type Waits = Arc<Mutex<Vec<(Instant, Duration)>>>;

pub(super) struct Canary {
    stop: Arc<AtomicBool>,
    /// A thread of this process that wants to run every 5 ms: when it was not let.
    late: Waits,
    /// The threads that the sound passes through: when they were ready to run and did not.
    held_up: Waits,
    /// When a processor did not let even a thread in real time run; stays empty where the system grants none.
    stood_still: Waits,
    tells: bool,
}

impl Canary {
    pub(super) fn begin() -> Canary {
        let tells = server_process().is_some() && PathBuf::from("/proc/self/schedstat").exists();
        let canary =
            Canary { stop: Arc::default(), late: Arc::default(), held_up: Arc::default(), stood_still: Arc::default(), tells };
        // A host takes one processor and leaves the other, and a thread that may run on either sees nothing of it.
        for processor in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            let (stop, stood_still) = (canary.stop.clone(), canary.stood_still.clone());
            std::thread::spawn(move || watch_in_real_time(processor, &stop, &stood_still));
        }
        let (stop, late, held_up) = (canary.stop.clone(), canary.late.clone(), canary.held_up.clone());
        std::thread::spawn(move || {
            let mut watched = Vec::new();
            for round in 0.. {
                if stop.load(Ordering::Relaxed) {
                    return;
                }
                let before = Instant::now();
                std::thread::sleep(STEP);
                let waited = before.elapsed().saturating_sub(STEP);
                if waited > LATE {
                    noted(&late).push((before, waited));
                }
                if round % LOOK_AGAIN == 0 {
                    watched = watch(watched);
                }
                // Three threads that wait for 10 ms each are none that waits for 30: what counts is the longest single wait.
                let waits = watched.iter_mut().filter_map(Thread::waited).max().unwrap_or_default();
                if waits > Duration::from_millis(1) {
                    noted(&held_up).push((Instant::now(), waits));
                }
            }
        });
        canary
    }

    /// Whether the machine let threads wait around this time.
    pub(super) fn was_starved(&self, from: Instant, to: Instant) -> bool {
        noted(&self.late).iter().any(|(at, waited)| *at < to + AROUND && *at + *waited + AROUND > from)
    }

    /// Whether the machine is to blame for a fault that made the sound late or silent for `long`: it stood still, or a thread that the sound
    /// passes through, the player's callback or the server's, was held up just before, for long enough. Where the system does not tell, any
    /// thread that waited is taken for it.
    pub(super) fn is_to_blame(&self, from: Instant, to: Instant, long: Duration) -> bool {
        let held_up = if self.tells { self.held_up(from, to) } else { self.longest_wait(from, to) };
        let waited = held_up.max(self.stood_still(from, to));
        waited >= HELD_UP && long <= waited + PERIOD
    }

    /// The longest wait of any thread around this time.
    fn longest_wait(&self, from: Instant, to: Instant) -> Duration {
        let near = |at: &Instant, waited: &Duration| *at < to + AROUND && *at + *waited + AROUND > from;
        noted(&self.late).iter().filter(|(at, waited)| near(at, waited)).map(|(_, waited)| *waited).max().unwrap_or_default()
    }

    /// How long a thread that the sound passes through was held up at once before this, at most.
    pub(super) fn held_up(&self, from: Instant, to: Instant) -> Duration {
        let near = |at: &Instant| *at + BEFORE > from && *at < to + BESIDE;
        noted(&self.held_up).iter().filter(|(at, _)| near(at)).map(|(_, waited)| *waited).max().unwrap_or_default()
    }

    /// How long the whole machine stood still at once before this, at most.
    pub(super) fn stood_still(&self, from: Instant, to: Instant) -> Duration {
        let near = |at: &Instant, waited: &Duration| *at + *waited + BEFORE > from && *at < to + BESIDE;
        noted(&self.stood_still).iter().filter(|(at, waited)| near(at, waited)).map(|(_, waited)| *waited).max().unwrap_or_default()
    }

    /// How often threads waited, and for how long at most.
    pub(super) fn told(&self) -> String {
        let late = noted(&self.late);
        let most = late.iter().map(|(_, waited)| waited.as_millis()).max().unwrap_or(0);
        let held = noted(&self.held_up);
        let long = held.iter().filter(|(_, waited)| *waited > LATE).count();
        let longest = held.iter().map(|(_, waited)| waited.as_millis()).max().unwrap_or(0);
        let stood = noted(&self.stood_still);
        let stillest = stood.iter().map(|(_, waited)| waited.as_millis()).max().unwrap_or(0);
        format!(
            "a thread that wanted to run every 5 ms waited longer than {} ms {} times, {most} ms at most; those of the sound {long} times, {longest} ms at most; one in real time longer than {} ms {} times, {stillest} ms at most",
            LATE.as_millis(),
            late.len(),
            STOOD_STILL.as_millis(),
            stood.len()
        )
    }
}

/// Of clicks, those that are the edge of a hole which the machine caused, and the others.
pub(super) fn at_edges(clicks: &[Instant], excused: &[(Instant, Instant)]) -> (Vec<Instant>, Vec<Instant>) {
    let is_near = |click: Instant, edge: Instant| click < edge + EDGE && edge < click + EDGE;
    clicks.iter().partition(|click| excused.iter().any(|(from, to)| is_near(**click, *from) || is_near(**click, *to)))
}

impl Drop for Canary {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

/// Wants to run on a processor every 5 ms before everyone else; where the system does not grant that, it sees nothing.
fn watch_in_real_time(processor: usize, stop: &AtomicBool, stood_still: &Waits) {
    if !stay_on(processor) || !come_first() {
        return;
    }
    while !stop.load(Ordering::Relaxed) {
        let before = Instant::now();
        std::thread::sleep(STEP);
        let waited = before.elapsed().saturating_sub(STEP);
        if waited > STOOD_STILL {
            noted(stood_still).push((before, waited));
        }
    }
}

#[cfg(target_os = "linux")]
fn stay_on(processor: usize) -> bool {
    let mut only = rustix::thread::CpuSet::new();
    only.set(processor);
    rustix::thread::sched_setaffinity(None, &only).is_ok()
}

#[cfg(not(target_os = "linux"))]
fn stay_on(_: usize) -> bool {
    true
}

#[cfg(target_os = "linux")]
fn come_first() -> bool {
    use thread_priority::{
        RealtimeThreadSchedulePolicy::RoundRobin, ThreadPriority, ThreadSchedulePolicy, set_thread_priority_and_policy,
        thread_native_id,
    };
    let real_time = ThreadSchedulePolicy::Realtime(RoundRobin);
    set_thread_priority_and_policy(thread_native_id(), ThreadPriority::Min, real_time).is_ok()
}

#[cfg(not(target_os = "linux"))]
fn come_first() -> bool {
    false
}

fn noted(waits: &Waits) -> std::sync::MutexGuard<'_, Vec<(Instant, Duration)>> {
    waits.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A thread that the sound passes through, and how long it had waited for a processor when it was last looked at.
struct Thread {
    stat: PathBuf,
    nanoseconds: Option<u64>,
}

impl Thread {
    /// How long it waited since.
    fn waited(&mut self) -> Option<Duration> {
        let told = std::fs::read_to_string(&self.stat).ok()?;
        let now = told.split(' ').nth(1)?.parse().ok()?;
        let before = self.nanoseconds.replace(now)?;
        Some(Duration::from_nanos(now.saturating_sub(before)))
    }
}

/// The threads of this process that the sound passes through: the player's own, and the library's that is spoken to the server by, which
/// has the name of the one that asked for it first.
const OURS: [&str; 3] = ["earmark-player", "earmark-stream", "earmark-ask"];

/// The server's threads, and ours.
fn watch(known: Vec<Thread>) -> Vec<Thread> {
    let server = server_process().map(|process| PathBuf::from(format!("/proc/{process}/task")));
    let threads = |folder: PathBuf| std::fs::read_dir(folder).into_iter().flatten().flatten().map(|thread| thread.path());
    let named = |thread: &PathBuf| std::fs::read_to_string(thread.join("comm")).is_ok_and(|name| OURS.contains(&name.trim_end()));
    let ours = threads(PathBuf::from("/proc/self/task")).filter(named);
    let all = server.into_iter().flat_map(threads).chain(ours).map(|thread| thread.join("schedstat"));
    let before = |stat: &PathBuf| known.iter().find(|thread| thread.stat == *stat).map(|thread| thread.nanoseconds);
    // One that came since has waited since it came; what the first ones waited before is of no matter.
    let fresh = if known.is_empty() { None } else { Some(0) };
    all.map(|stat| Thread { nanoseconds: before(&stat).unwrap_or(fresh), stat }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn canary(waits: &[(Instant, Duration)]) -> Canary {
        let held_up = Arc::new(Mutex::new(waits.to_vec()));
        Canary { stop: Arc::default(), late: Arc::default(), held_up, stood_still: Arc::default(), tells: true }
    }

    #[test]
    fn the_machine_is_to_blame_for_no_more_than_it_can_have_done() {
        let ms = Duration::from_millis;
        let at = Instant::now() + ms(1_000);
        let hole = |long: u64| (at, at + ms(long));
        let blamed = |canary: &Canary, long: u64| canary.is_to_blame(hole(long).0, hole(long).1, ms(long));
        let once = canary(&[(at - ms(5), ms(30))]);
        assert!(blamed(&once, 20) && blamed(&once, 70));
        assert!(!blamed(&once, 500), "a hole of half a second does not come of 30 ms");
        assert!(!once.is_to_blame(at + ms(900), at + ms(920), ms(20)), "nor one that came long after");
        let thrice = canary(&[(at - ms(5), ms(10)), (at - ms(4), ms(10)), (at - ms(3), ms(10))]);
        assert!(!blamed(&thrice, 20), "short waits of several threads are no long one");
    }

    #[test]
    fn a_click_is_excused_at_the_edge_of_an_excused_hole_alone() {
        let ms = Duration::from_millis;
        let at = Instant::now() + ms(1_000);
        let clicks = [at, at + ms(10), at + ms(20)];
        let (excused, ours) = at_edges(&clicks, &[(at, at + ms(20))]);
        assert_eq!((excused, ours), (vec![at, at + ms(20)], vec![at + ms(10)]));
    }
}
