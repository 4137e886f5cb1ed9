//! A sound server or a card, by cpal.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use cpal::traits::{DeviceTrait, HostTrait, StreamTrait};
use cpal::{BufferSize, DeviceId, ErrorKind, FromSample, SampleFormat, SizedSample, StreamConfig};

use super::server::PULSE;
use super::{Feed, server};
use crate::player::quiet::Quiet;
use crate::sound::RATE;

/// Frames that a device asks for at once where it was once not served in time.
const SAFE_FRAMES: u32 = 4096;
/// How long a device may take to open.
const PATIENCE: Duration = Duration::from_secs(3);

pub(in crate::player) struct Output {
    /// Gone only while this is being dropped.
    parts: Option<(cpal::Stream, Quiet)>,
    depth: u32,
    /// Whether a sound server stands between.
    served: bool,
    watch: Arc<Watch>,
}

/// Sees whether the device was ever left without sound.
#[derive(Default)]
struct Watch {
    /// It was told to play: that it asked for nothing before is no wonder.
    resumed: AtomicBool,
}

impl Output {
    /// Opens the device with this id, holding.
    pub(super) fn open_named(id: &str, feed: Feed, trouble: impl Fn(String) + Send + Clone + 'static) -> Result<Output, String> {
        let quiet = Quiet::begin();
        let (depth, watch) = (feed.depth.load(Ordering::Relaxed), Arc::new(Watch::default()));
        let wanted: DeviceId = id.parse().map_err(|error: cpal::Error| error.to_string())?;
        let (asked, named) = (wanted.clone(), id.to_owned());
        let find = move |host: &cpal::Host| host.device_by_id(&asked).ok_or_else(|| format!("the output {named} is not there"));
        let device = server::ask(wanted.host(), find)?;
        let stream = stream(&device, &feed, &watch, &trouble)?;
        let served = wanted.host().to_string() == PULSE;
        Ok(Output { parts: Some((stream, quiet)), depth, served, watch })
    }

    /// Opens the first of `hosts` that has a device, holding.
    pub(super) fn open(hosts: &[&str], feed: Feed, trouble: impl Fn(String) + Send + Clone + 'static) -> Result<Output, String> {
        let quiet = Quiet::begin();
        let (depth, watch) = (feed.depth.load(Ordering::Relaxed), Arc::new(Watch::default()));
        let mut reasons = Vec::new();
        for id in cpal::ALL_HOSTS {
            let name = id.to_string();
            // Systems with one kind of sound have one host, under a name of their own.
            if cfg!(target_os = "linux") && !hosts.contains(&name.as_str()) {
                continue;
            }
            let usual = |host: &cpal::Host| host.default_output_device().ok_or_else(|| "there is no output device".to_owned());
            let opened = server::ask(*id, usual).and_then(|device| stream(&device, &feed, &watch, &trouble));
            match opened {
                Ok(stream) => return Ok(Output { parts: Some((stream, quiet)), depth, served: name == PULSE, watch }),
                Err(reason) => reasons.push(format!("{name}: {reason}")),
            }
        }
        Err(if reasons.is_empty() { "this system has no sound that earmark knows".to_owned() } else { reasons.join("; ") })
    }

    pub(super) fn play(&self) -> Result<(), String> {
        self.watch.resumed.store(true, Ordering::Relaxed);
        self.parts.as_ref().map_or(Ok(()), |(stream, _)| stream.play().map_err(|error| error.to_string()))
    }

    /// A sound server's stream that was held plays the silence in its buffer first, up to 85 ms of it; a new one asks within a few.
    pub(super) fn asks_at_once(&self) -> bool {
        !self.served
    }

    /// Frames that it asks for at once.
    pub(super) fn depth(&self) -> u32 {
        self.depth
    }

    pub(super) fn hold(&self) -> Result<(), String> {
        self.parts.as_ref().map_or(Ok(()), |(stream, _)| stream.pause().map_err(|error| error.to_string()))
    }
}

/// Whether a text has the shape of a device's id on this system, whether or not that device is there.
pub(super) fn is_id(text: &str) -> bool {
    text.parse::<DeviceId>().is_ok_and(|id| !id.id().is_empty())
}

/// The outputs of the first kind of sound that has some, by id and name; a sound server's before the cards that it has taken.
pub(in crate::player) fn list() -> Vec<(String, String)> {
    let _quiet = Quiet::begin();
    let hosts = ["pulseaudio", "alsa"].map(str::to_owned);
    let mut ids: Vec<_> =
        cpal::ALL_HOSTS.iter().filter(|id| !cfg!(target_os = "linux") || hosts.contains(&id.to_string())).collect();
    ids.sort_by_key(|id| hosts.iter().position(|host| *host == id.to_string()));
    let named = |device: cpal::Device| Some((device.id().ok()?.to_string(), device.description().ok()?.name().to_owned()));
    let all = move |host: &cpal::Host| match host.output_devices() {
        Ok(devices) => Ok(devices.filter_map(named).collect::<Vec<_>>()),
        Err(error) => Err(error.to_string()),
    };
    ids.into_iter().filter_map(|id| server::ask(*id, all).ok()).find(|found| !found.is_empty()).unwrap_or_default()
}

/// Closing waits for the server, and a dead one does not answer: so nobody waits for it.
impl Drop for Output {
    fn drop(&mut self) {
        let parts = self.parts.take();
        let _ = thread::Builder::new().name("earmark-close".into()).spawn(move || drop(parts));
    }
}

fn stream(
    device: &cpal::Device,
    feed: &Feed,
    watch: &Arc<Watch>,
    trouble: &(impl Fn(String) + Send + Clone + 'static),
) -> Result<cpal::Stream, String> {
    let usual = device.default_output_config().map_err(|error| error.to_string())?;
    let format = usual.sample_format();
    let depth = feed.depth.load(Ordering::Relaxed);
    let mut config = StreamConfig { channels: usual.channels(), sample_rate: RATE, buffer_size: BufferSize::Fixed(depth) };
    let first = typed(device, config, format, feed, watch, trouble);
    first.or_else(|_| {
        config.buffer_size = BufferSize::Default;
        typed(device, config, format, feed, watch, trouble)
    })
}

fn typed(
    device: &cpal::Device,
    config: StreamConfig,
    format: SampleFormat,
    feed: &Feed,
    watch: &Arc<Watch>,
    trouble: &(impl Fn(String) + Send + Clone + 'static),
) -> Result<cpal::Stream, String> {
    let (feed, watch, trouble) = (feed.clone(), watch.clone(), trouble.clone());
    match format {
        SampleFormat::I16 => build::<i16>(device, config, feed, watch, trouble),
        SampleFormat::I32 => build::<i32>(device, config, feed, watch, trouble),
        SampleFormat::U8 => build::<u8>(device, config, feed, watch, trouble),
        _ => build::<f32>(device, config, feed, watch, trouble),
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

fn build<T: SizedSample + FromSample<f32>>(
    device: &cpal::Device,
    config: StreamConfig,
    feed: Feed,
    watch: Arc<Watch>,
    trouble: impl Fn(String) + Send + 'static,
) -> Result<cpal::Stream, String> {
    let channels = usize::from(config.channels.max(1));
    let mut mono = vec![0.0f32; 1 << 14];
    let mut begun = false;
    // When the device has played all that it was given.
    let mut ends: Option<Instant> = None;
    let fill = move |out: &mut [T], info: &cpal::OutputCallbackInfo| {
        let times = info.timestamp();
        let mut delay = times.playback.saturating_duration_since(times.callback);
        if !begun {
            come_first();
        }
        let now = Instant::now();
        if !watch.resumed.swap(false, Ordering::Relaxed) && ends.is_some_and(|ends| ends < now) {
            feed.depth.store(SAFE_FRAMES, Ordering::Relaxed);
        }
        let length = Duration::from_secs_f64((out.len() / channels) as f64 / f64::from(RATE));
        ends = Some(now + delay + length);
        // What it takes before it has begun to play it keeps until then, and cannot say how long.
        let knows = begun || !delay.is_zero();
        begun = true;
        for frames in out.chunks_mut(mono.len() * channels) {
            let block = &mut mono[..frames.len() / channels];
            feed.fill(block, knows.then_some(delay));
            delay += Duration::from_secs_f64(block.len() as f64 / f64::from(RATE));
            for (frame, sample) in frames.chunks_exact_mut(channels).zip(block.iter()) {
                frame.fill(T::from_sample(*sample));
            }
        }
    };
    let failed = move |error: cpal::Error| match error.kind() {
        // It goes on, or goes on elsewhere.
        ErrorKind::Xrun | ErrorKind::DeviceChanged | ErrorKind::RealtimeDenied => {}
        _ => trouble(error.to_string()),
    };
    device.build_output_stream(config, fill, failed, Some(PATIENCE)).map_err(|error| error.to_string())
}
