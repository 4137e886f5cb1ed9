//! A sound server, or a card by cpal.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use cpal::traits::{DeviceTrait, HostTrait, StreamTrait};
use cpal::{BufferSize, DeviceId, ErrorKind, FromSample, SampleFormat, SizedSample, StreamConfig};

use super::{Feed, pulse};
use crate::player::quiet::Quiet;
use crate::sound::RATE;

/// Frames that a device asks for at once where it was once not served in time.
const SAFE_FRAMES: u32 = 4096;
/// How long a device may take to open.
const PATIENCE: Duration = Duration::from_secs(3);

pub(in crate::player) struct Output {
    /// Gone only while this is being dropped.
    parts: Option<(Stream, Quiet)>,
    depth: u32,
    watch: Arc<Watch>,
}

enum Stream {
    Server(pulse::Stream),
    Card(cpal::Stream),
}

/// Where an output tells what happens to it, from any thread.
pub(in crate::player) trait Tell: Clone + Send + 'static {
    /// It is lost.
    fn trouble(&self, reason: String);
    /// It goes on, on another output.
    fn moved(&self, name: String);
}

/// Sees whether the device was ever left without sound.
#[derive(Default)]
struct Watch {
    /// It was told to play: that it asked for nothing before is no wonder.
    resumed: AtomicBool,
}

impl Output {
    /// Opens the output with this id, holding.
    pub(super) fn open_named(id: &str, feed: Feed, tell: impl Tell) -> Result<Output, String> {
        let quiet = Quiet::begin();
        let filler = Filler::new(feed);
        if let Some(name) = of_server(id) {
            let missing = || format!("the output {id} is not there");
            let sink = pulse::sinks()?.into_iter().find(|sink| sink.id == name).ok_or_else(missing)?;
            return served(&sink, filler, quiet, tell);
        }
        let wanted: DeviceId = id.parse().map_err(|error: cpal::Error| error.to_string())?;
        let host = cpal::host_from_id(wanted.host()).map_err(|error| error.to_string())?;
        let device = host.device_by_id(&wanted).ok_or_else(|| format!("the output {id} is not there"))?;
        carded(&device, filler, quiet, tell)
    }

    /// Opens the first of `kinds` that has an output, holding.
    pub(super) fn open(kinds: &[&str], feed: Feed, tell: impl Tell) -> Result<Output, String> {
        let mut reasons = Vec::new();
        if kinds.contains(&pulse::NAME) {
            let opened = pulse::usual().and_then(|sink| served(&sink, Filler::new(feed.clone()), Quiet::begin(), tell.clone()));
            match opened {
                Ok(output) => return Ok(output),
                Err(reason) => reasons.push(format!("{}: {reason}", pulse::NAME)),
            }
        }
        for id in cpal::ALL_HOSTS {
            let name = id.to_string();
            // Systems with one kind of sound have one host, under a name of their own.
            if cfg!(target_os = "linux") && !kinds.contains(&name.as_str()) {
                continue;
            }
            let quiet = Quiet::begin();
            let host = cpal::host_from_id(*id).map_err(|error| error.to_string());
            let usual = host.and_then(|host| host.default_output_device().ok_or_else(|| "there is no output device".to_owned()));
            match usual.and_then(|device| carded(&device, Filler::new(feed.clone()), quiet, tell.clone())) {
                Ok(output) => return Ok(output),
                Err(reason) => reasons.push(format!("{name}: {reason}")),
            }
        }
        Err(if reasons.is_empty() { "this system has no sound that earmark knows".to_owned() } else { reasons.join("; ") })
    }

    pub(super) fn play(&self) -> Result<(), String> {
        self.watch.resumed.store(true, Ordering::Relaxed);
        match &self.parts {
            Some((Stream::Server(stream), _)) => stream.play(),
            Some((Stream::Card(stream), _)) => stream.play().map_err(|error| error.to_string()),
            None => Ok(()),
        }
    }

    /// A sound server's stream that was held plays the silence in its buffer first, up to 85 ms of it; a new one asks within a few.
    pub(super) fn asks_at_once(&self) -> bool {
        matches!(self.parts, Some((Stream::Card(_), _)))
    }

    /// Frames that it asks for at once.
    pub(super) fn depth(&self) -> u32 {
        self.depth
    }

    pub(super) fn hold(&self) -> Result<(), String> {
        match &self.parts {
            Some((Stream::Server(stream), _)) => stream.hold(),
            Some((Stream::Card(stream), _)) => stream.pause().map_err(|error| error.to_string()),
            None => Ok(()),
        }
    }
}

/// The name of a sound server's output, where an id is that of one.
fn of_server(id: &str) -> Option<&str> {
    id.strip_prefix(pulse::NAME)?.strip_prefix(':').filter(|name| !name.is_empty())
}

/// Whether a text has the shape of a device's id on this system, whether or not that device is there.
pub(super) fn is_id(text: &str) -> bool {
    of_server(text).is_some() || text.parse::<DeviceId>().is_ok_and(|id| !id.id().is_empty())
}

/// The outputs of the first kind of sound that has some, by id and name; a sound server's before the cards that it has taken.
pub(in crate::player) fn list() -> Vec<(String, String)> {
    let _quiet = Quiet::begin();
    let served = pulse::sinks().unwrap_or_default();
    if !served.is_empty() {
        return served.into_iter().map(|sink| (format!("{}:{}", pulse::NAME, sink.id), sink.name)).collect();
    }
    let named = |device: cpal::Device| Some((device.id().ok()?.to_string(), device.description().ok()?.name().to_owned()));
    let hosts = cpal::ALL_HOSTS.iter().filter(|id| !cfg!(target_os = "linux") || id.to_string() == "alsa");
    let outputs =
        |id: &cpal::HostId| Some(cpal::host_from_id(*id).ok()?.output_devices().ok()?.filter_map(named).collect::<Vec<_>>());
    hosts.filter_map(outputs).find(|found| !found.is_empty()).unwrap_or_default()
}

/// Closing waits for the server, and a dead one does not answer: so nobody waits for it.
impl Drop for Output {
    fn drop(&mut self) {
        let parts = self.parts.take();
        let _ = thread::Builder::new().name("earmark-close".into()).spawn(move || drop(parts));
    }
}

fn served(sink: &pulse::Sink, mut filler: Filler, quiet: Quiet, tell: impl Tell) -> Result<Output, String> {
    let (depth, watch) = (filler.depth(), filler.watch.clone());
    let fill = move |block: &mut [u8], delay: Duration| {
        let (samples, _) = block.as_chunks_mut::<4>();
        filler.fill(samples.len(), delay, |at, sample| samples[at] = sample.to_le_bytes());
    };
    let (lost, moved) = (tell.clone(), tell);
    let stream = pulse::Stream::open(sink, depth, fill, move |reason| lost.trouble(reason), move |name| moved.moved(name))?;
    Ok(Output { parts: Some((Stream::Server(stream), quiet)), depth, watch })
}

fn carded(device: &cpal::Device, filler: Filler, quiet: Quiet, tell: impl Tell) -> Result<Output, String> {
    let usual = device.default_output_config().map_err(|error| error.to_string())?;
    let format = usual.sample_format();
    let (depth, watch) = (filler.depth(), filler.watch.clone());
    let mut config = StreamConfig { channels: usual.channels(), sample_rate: RATE, buffer_size: BufferSize::Fixed(depth) };
    let first = typed(device, config, format, filler.anew(), tell.clone());
    let stream = first.or_else(|_| {
        config.buffer_size = BufferSize::Default;
        typed(device, config, format, filler, tell)
    })?;
    Ok(Output { parts: Some((Stream::Card(stream), quiet)), depth, watch })
}

fn typed(
    device: &cpal::Device,
    config: StreamConfig,
    format: SampleFormat,
    filler: Filler,
    tell: impl Tell,
) -> Result<cpal::Stream, String> {
    match format {
        SampleFormat::I16 => build::<i16>(device, config, filler, tell),
        SampleFormat::I32 => build::<i32>(device, config, filler, tell),
        SampleFormat::U8 => build::<u8>(device, config, filler, tell),
        _ => build::<f32>(device, config, filler, tell),
    }
}

fn build<T: SizedSample + FromSample<f32>>(
    device: &cpal::Device,
    config: StreamConfig,
    mut filler: Filler,
    tell: impl Tell,
) -> Result<cpal::Stream, String> {
    let channels = usize::from(config.channels.max(1));
    let fill = move |out: &mut [T], info: &cpal::OutputCallbackInfo| {
        let times = info.timestamp();
        let delay = times.playback.saturating_duration_since(times.callback);
        filler.fill(out.len() / channels, delay, |at, sample| out[at * channels..][..channels].fill(T::from_sample(sample)));
    };
    let failed = move |error: cpal::Error| match error.kind() {
        // It goes on, or goes on elsewhere.
        ErrorKind::Xrun | ErrorKind::DeviceChanged | ErrorKind::RealtimeDenied => {}
        _ => tell.trouble(error.to_string()),
    };
    device.build_output_stream(config, fill, failed, Some(PATIENCE)).map_err(|error| error.to_string())
}

/// Fills the blocks that an output asks for, and sees whether it was served in time.
struct Filler {
    feed: Feed,
    watch: Arc<Watch>,
    mono: Vec<f32>,
    begun: bool,
    /// When the output has played all that it was given.
    ends: Option<Instant>,
}

impl Filler {
    fn new(feed: Feed) -> Filler {
        Filler { feed, watch: Arc::default(), mono: vec![0.0; 1 << 14], begun: false, ends: None }
    }

    /// One for another try at the same output.
    fn anew(&self) -> Filler {
        Filler { watch: self.watch.clone(), ..Filler::new(self.feed.clone()) }
    }

    fn depth(&self) -> u32 {
        self.feed.depth.load(Ordering::Relaxed)
    }

    /// Hands over so many samples, the first of which is heard `delay` from now.
    fn fill(&mut self, frames: usize, mut delay: Duration, mut put: impl FnMut(usize, f32)) {
        if !self.begun {
            come_first();
        }
        let now = Instant::now();
        if !self.watch.resumed.swap(false, Ordering::Relaxed) && self.ends.is_some_and(|ends| ends < now) {
            self.feed.depth.store(SAFE_FRAMES, Ordering::Relaxed);
        }
        let length = |frames: usize| Duration::from_secs_f64(frames as f64 / f64::from(RATE));
        self.ends = Some(now + delay + length(frames));
        // What it takes before it has begun to play it keeps until then, and cannot say how long.
        let knows = self.begun || !delay.is_zero();
        self.begun = true;
        let mut done = 0;
        while done < frames {
            let block = &mut self.mono[..(frames - done).min(1 << 14)];
            self.feed.fill(block, knows.then_some(delay));
            block.iter().enumerate().for_each(|(at, sample)| put(done + at, *sample));
            delay += length(block.len());
            done += block.len();
        }
    }
}

/// Asks that this thread comes before others when they all want to run, as sound servers do: in real time where the system lets it, else by
/// a better nice value, which counts only within its own session; where neither is granted it waits its turn, and the buffer has to last.
///
/// It is safe to: between two blocks the thread sleeps, and a block takes it well under a millisecond.
fn come_first() {
    #[cfg(target_os = "linux")]
    {
        use thread_priority::{
            RealtimeThreadSchedulePolicy::RoundRobin, ThreadPriority, ThreadSchedulePolicy, set_thread_priority_and_policy,
            thread_native_id,
        };
        let real_time = ThreadSchedulePolicy::Realtime(RoundRobin);
        if set_thread_priority_and_policy(thread_native_id(), ThreadPriority::Min, real_time).is_err() {
            let _ = rustix::process::setpriority_process(Some(rustix::thread::gettid()), -11);
        }
    }
}
