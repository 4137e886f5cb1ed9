//! One stream on a sound server: the server asks for blocks, and says how long what it has will take.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use futures_executor::block_on;
use futures_util::FutureExt;
use pulseaudio::protocol::stream::{BufferAttr, StreamFlags};
use pulseaudio::protocol::{ChannelMap, ChannelPosition, PlaybackStreamParams, Prop, Props, SampleFormat, SampleSpec};
use pulseaudio::{AsPlaybackSource, Client, PlaybackStream};

use super::moves::{self, MARK};
use super::{Sink, mark, surrounded};
use crate::sound::RATE;

/// How long a stream may take to be made, or to do as it is told.
const PATIENCE: Duration = Duration::from_secs(3);
/// The server is asked at least so often how long what it has will take, while it plays.
const ASKED: Duration = Duration::from_millis(100);
/// One channel of 32-bit floats: the server spreads it over those of its sink.
const BYTES: usize = size_of::<f32>();

/// A stream; it ends with this.
pub(in crate::player::device) struct Stream {
    stream: PlaybackStream,
    shared: Arc<Shared>,
    workers: Vec<thread::JoinHandle<()>>,
    _moves: Option<moves::Watch>,
}

#[derive(Default)]
struct Shared {
    /// Microseconds that what the server has will take…
    latency: AtomicU64,
    /// …as it said so many microseconds after the stream began.
    asked_at: AtomicU64,
    over: AtomicBool,
    /// Whether there is reason to ask anew.
    stale: Mutex<bool>,
    wake: Condvar,
}

impl Shared {
    fn ask_anew(&self) {
        *self.stale.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.wake.notify_one();
    }

    /// How long what the server has will take, `now` µs after the stream began.
    fn delay(&self, now: u64) -> Duration {
        // What was said long ago, before a pause, has not run down meanwhile.
        let since = now.saturating_sub(self.asked_at.load(Ordering::Relaxed)).min(ASKED.as_micros() as u64);
        Duration::from_micros(self.latency.load(Ordering::Relaxed).saturating_sub(since))
    }

    /// Asks the server, whenever there is reason to, until the stream is over.
    fn keep_asking(&self, stream: &PlaybackStream, start: Instant) -> Result<(), String> {
        let spec = *stream.sample_spec();
        while !self.over.load(Ordering::Relaxed) {
            let said = block_on(stream.timing_info()).map_err(|error| error.to_string())?;
            let waiting = usize::try_from(said.write_offset - said.read_offset).unwrap_or(0);
            let latency = Duration::from_micros(said.sink_usec) + spec.bytes_to_duration(waiting);
            self.asked_at.store(micros(start.elapsed()), Ordering::Relaxed);
            self.latency.store(micros(latency), Ordering::Relaxed);
            let stale = self.stale.lock().unwrap_or_else(PoisonError::into_inner);
            let waited = self.wake.wait_timeout_while(stale, ASKED, |stale| !*stale);
            *waited.unwrap_or_else(PoisonError::into_inner).0 = false;
        }
        Ok(())
    }
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

impl Stream {
    /// Makes a stream to a sink, holding. `fill` is given blocks to fill and how long it takes until their first sample is heard; `trouble` is
    /// called when the stream is lost, `moved` with the name of the sink when it goes on to another one.
    pub(in crate::player::device) fn open(
        sink: &Sink,
        depth: u32,
        fill: impl FnMut(&mut [u8], Duration) + Send + 'static,
        trouble: impl Fn(String) + Send + Clone + 'static,
        moved: impl Fn(String) + Send + 'static,
    ) -> Result<Stream, String> {
        let (server, mark) = (sink.server.clone(), mark());
        let params = params(sink.index, depth, &mark);
        let (to, made) = channel();
        // The server may be frozen; then the thread that asks it is left to itself.
        let make = move || {
            let made = make(&server.client, params, fill, trouble).map(|mut stream| {
                let cookie = surrounded(|around| around.cookie().0);
                stream._moves = server.visit.socket.as_ref().and_then(|socket| moves::watch(socket, &cookie, &mark, moved));
                stream
            });
            drop(to.send(made));
        };
        thread::Builder::new().name("earmark-open".into()).spawn(make).map_err(|error| error.to_string())?;
        made.recv_timeout(PATIENCE).unwrap_or_else(|_| Err("the sound server does not answer".to_owned()))
    }

    pub(in crate::player::device) fn play(&self) -> Result<(), String> {
        let told = block_on(self.stream.uncork()).map_err(|error| error.to_string());
        self.shared.ask_anew();
        told
    }

    pub(in crate::player::device) fn hold(&self) -> Result<(), String> {
        let told = block_on(self.stream.cork()).map_err(|error| error.to_string());
        self.shared.ask_anew();
        told
    }
}

/// What one of a stream's threads does, until it is over.
type Work = Box<dyn FnOnce(&PlaybackStream, &Shared) -> Result<(), String> + Send>;

/// Ending it waits for a server that may not answer: whoever drops it does so where nobody waits.
impl Drop for Stream {
    fn drop(&mut self) {
        self.shared.over.store(true, Ordering::Relaxed);
        // Lets go of what fills its blocks, which lets the thread that drives it end.
        let _ = self.stream.clone().delete().now_or_never();
        self.shared.ask_anew();
        self.workers.drain(..).for_each(|worker| drop(worker.join()));
    }
}

fn params(sink: u32, depth: u32, mark: &str) -> PlaybackStreamParams {
    let block = depth * BYTES as u32;
    let mut props = Props::new();
    props.set(Prop::MediaName, c"an answer");
    // Some servers take no text that does not end with a zero.
    props.set_bytes(MARK, format!("{mark}\0"));
    PlaybackStreamParams {
        sink_index: Some(sink),
        sample_spec: SampleSpec { format: SampleFormat::Float32Le, sample_rate: RATE, channels: 1 },
        channel_map: ChannelMap::new([ChannelPosition::Mono]),
        // Two blocks, one of which is asked for when it is played.
        buffer_attr: BufferAttr {
            max_length: 2 * block,
            target_length: 2 * block,
            minimum_request_length: block,
            ..BufferAttr::default()
        },
        flags: StreamFlags { start_corked: true, adjust_latency: true, ..StreamFlags::default() },
        props,
        ..PlaybackStreamParams::default()
    }
}

fn make(
    client: &Client,
    params: PlaybackStreamParams,
    mut fill: impl FnMut(&mut [u8], Duration) + Send + 'static,
    trouble: impl Fn(String) + Send + Clone + 'static,
) -> Result<Stream, String> {
    let (start, shared) = (Instant::now(), Arc::new(Shared::default()));
    let (asked, mut heard_at) = (shared.clone(), 0);
    let source = move |block: &mut [u8]| {
        let now = micros(start.elapsed());
        // Where the server goes on to another sink its delay may shrink; what comes later is still heard later.
        heard_at = (now + micros(asked.delay(now))).max(heard_at);
        fill(block, Duration::from_micros(heard_at - now));
        asked.ask_anew();
        block.len()
    };
    let stream = block_on(client.create_playback_stream(params, source.as_playback_source())).map_err(|error| error.to_string())?;
    let work = |name: &str, work: Work| {
        let (stream, shared, trouble) = (stream.clone(), shared.clone(), trouble.clone());
        let run = move || match work(&stream, &shared) {
            Err(reason) if !shared.over.load(Ordering::Relaxed) => trouble(reason),
            Err(_) | Ok(()) => {}
        };
        thread::Builder::new().name(name.to_owned()).spawn(run).map_err(|error| error.to_string())
    };
    let drive = |stream: &PlaybackStream, _: &Shared| block_on(stream.play_all()).map_err(|error| error.to_string());
    let driver = work("earmark-stream", Box::new(drive))?;
    let asker = work("earmark-delay", Box::new(move |stream, shared| shared.keep_asking(stream, start)))?;
    Ok(Stream { stream, shared, workers: vec![driver, asker], _moves: None })
}
