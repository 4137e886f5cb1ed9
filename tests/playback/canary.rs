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
/// The sound's own threads that wait for so long in all, of the 42 ms that there are, are held up by the machine…
const HELD_UP: Duration = Duration::from_millis(25);
/// …when they do within this before the fault, or beside it.
const BEFORE: Duration = Duration::from_millis(200);
const BESIDE: Duration = Duration::from_millis(20);
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
    /// When not even a thread in real time was let run; stays empty where the system grants none.
    stood_still: Waits,
    tells: bool,
}

impl Canary {
    pub(super) fn begin() -> Canary {
        let tells = server_process().is_some() && PathBuf::from("/proc/self/schedstat").exists();
        let canary =
            Canary { stop: Arc::default(), late: Arc::default(), held_up: Arc::default(), stood_still: Arc::default(), tells };
        let (stop, stood_still) = (canary.stop.clone(), canary.stood_still.clone());
        std::thread::spawn(move || watch_in_real_time(&stop, &stood_still));
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
                let waits: Duration = watched.iter_mut().filter_map(Thread::waited).sum();
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

    /// Whether the machine is to blame for a fault in the sound: it stood still, or what the sound passes through, the player's callback and
    /// the server, was held up just before. Where the system does not tell, any thread that waited is taken for it.
    pub(super) fn is_to_blame(&self, from: Instant, to: Instant) -> bool {
        let held_up = if self.tells { self.held_up(from, to) >= HELD_UP } else { self.was_starved(from, to) };
        held_up || self.stood_still(from, to) >= HELD_UP
    }

    /// How long what the sound passes through was held up before this.
    pub(super) fn held_up(&self, from: Instant, to: Instant) -> Duration {
        let near = |at: &Instant| *at + BEFORE > from && *at < to + BESIDE;
        noted(&self.held_up).iter().filter(|(at, _)| near(at)).map(|(_, waited)| *waited).sum()
    }

    /// How long the whole machine stood still before this.
    pub(super) fn stood_still(&self, from: Instant, to: Instant) -> Duration {
        let near = |at: &Instant, waited: &Duration| *at + *waited + BEFORE > from && *at < to + BESIDE;
        noted(&self.stood_still).iter().filter(|(at, waited)| near(at, waited)).map(|(_, waited)| *waited).sum()
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

impl Drop for Canary {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

/// Wants to run every 5 ms before everyone else; where the system does not grant that, it sees nothing.
fn watch_in_real_time(stop: &AtomicBool, stood_still: &Waits) {
    if !come_first() {
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

/// The server's threads, and those of this process that carry the player's name: its own and the device's.
fn watch(known: Vec<Thread>) -> Vec<Thread> {
    let server = server_process().map(|process| PathBuf::from(format!("/proc/{process}/task")));
    let threads = |folder: PathBuf| std::fs::read_dir(folder).into_iter().flatten().flatten().map(|thread| thread.path());
    let named =
        |thread: &PathBuf| std::fs::read_to_string(thread.join("comm")).is_ok_and(|name| name.starts_with("earmark-player"));
    let ours = threads(PathBuf::from("/proc/self/task")).filter(named);
    let all = server.into_iter().flat_map(threads).chain(ours).map(|thread| thread.join("schedstat"));
    let before = |stat: &PathBuf| known.iter().find(|thread| thread.stat == *stat).map(|thread| thread.nanoseconds);
    // One that came since has waited since it came; what the first ones waited before is of no matter.
    let fresh = if known.is_empty() { None } else { Some(0) };
    all.map(|stat| Thread { nanoseconds: before(&stat).unwrap_or(fresh), stat }).collect()
}
