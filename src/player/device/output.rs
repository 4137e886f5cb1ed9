//! A sound server or a card, by cpal.

use std::thread;
use std::time::Duration;

use cpal::traits::{DeviceTrait, HostTrait, StreamTrait};
use cpal::{BufferSize, ErrorKind, FromSample, SampleFormat, SizedSample, StreamConfig};

use super::Feed;
use crate::player::quiet::Quiet;
use crate::sound::RATE;

/// Frames that the device asks for at once, twice of which wait in its buffer: 85 ms. With 64 ms a hole of 7 ms was recorded once while
/// both cores of a small machine were busy.
const FRAMES: u32 = 2048;
/// How long a device may take to open.
const PATIENCE: Duration = Duration::from_secs(3);

pub(in crate::player) struct Output {
    /// Gone only while this is being dropped.
    parts: Option<(cpal::Stream, Quiet)>,
}

impl Output {
    /// Opens the first of `hosts` that has a device, holding.
    pub(super) fn open(hosts: &[&str], feed: Feed, trouble: impl Fn(String) + Send + Clone + 'static) -> Result<Output, String> {
        let quiet = Quiet::begin();
        let mut reasons = Vec::new();
        for id in cpal::ALL_HOSTS {
            let name = id.to_string();
            // Systems with one kind of sound have one host, under a name of their own.
            if cfg!(target_os = "linux") && !hosts.contains(&name.as_str()) {
                continue;
            }
            let opened = cpal::host_from_id(*id).map_err(|error| error.to_string()).and_then(|host| stream(&host, &feed, &trouble));
            match opened {
                Ok(stream) => return Ok(Output { parts: Some((stream, quiet)) }),
                Err(reason) => reasons.push(format!("{name}: {reason}")),
            }
        }
        Err(if reasons.is_empty() { "this system has no sound that earmark knows".to_owned() } else { reasons.join("; ") })
    }

    pub(super) fn play(&self) -> Result<(), String> {
        self.parts.as_ref().map_or(Ok(()), |(stream, _)| stream.play().map_err(|error| error.to_string()))
    }

    pub(super) fn hold(&self) -> Result<(), String> {
        self.parts.as_ref().map_or(Ok(()), |(stream, _)| stream.pause().map_err(|error| error.to_string()))
    }
}

/// Closing waits for the server, and a dead one does not answer: so nobody waits for it.
impl Drop for Output {
    fn drop(&mut self) {
        let parts = self.parts.take();
        let _ = thread::Builder::new().name("earmark-close".into()).spawn(move || drop(parts));
    }
}

fn stream(host: &cpal::Host, feed: &Feed, trouble: &(impl Fn(String) + Send + Clone + 'static)) -> Result<cpal::Stream, String> {
    let device = host.default_output_device().ok_or("there is no output device")?;
    let usual = device.default_output_config().map_err(|error| error.to_string())?;
    let format = usual.sample_format();
    let mut config = StreamConfig { channels: usual.channels(), sample_rate: RATE, buffer_size: BufferSize::Fixed(FRAMES) };
    let first = typed(&device, config, format, feed, trouble);
    first.or_else(|_| {
        config.buffer_size = BufferSize::Default;
        typed(&device, config, format, feed, trouble)
    })
}

fn typed(
    device: &cpal::Device,
    config: StreamConfig,
    format: SampleFormat,
    feed: &Feed,
    trouble: &(impl Fn(String) + Send + Clone + 'static),
) -> Result<cpal::Stream, String> {
    let (feed, trouble) = (feed.clone(), trouble.clone());
    match format {
        SampleFormat::I16 => build::<i16>(device, config, feed, trouble),
        SampleFormat::I32 => build::<i32>(device, config, feed, trouble),
        SampleFormat::U8 => build::<u8>(device, config, feed, trouble),
        _ => build::<f32>(device, config, feed, trouble),
    }
}

fn build<T: SizedSample + FromSample<f32>>(
    device: &cpal::Device,
    config: StreamConfig,
    feed: Feed,
    trouble: impl Fn(String) + Send + 'static,
) -> Result<cpal::Stream, String> {
    let channels = usize::from(config.channels.max(1));
    let mut mono = vec![0.0f32; 1 << 14];
    let mut begun = false;
    let fill = move |out: &mut [T], info: &cpal::OutputCallbackInfo| {
        let times = info.timestamp();
        let mut delay = times.playback.saturating_duration_since(times.callback);
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
