//! Hears a sink's monitor, and knows when each sample of it comes out of the sink.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use pulseaudio::protocol::{self, RecordStreamParams, SampleFormat, SampleSpec};
use pulseaudio::{Client, RecordStream};

const RATE: f64 = 48_000.0;
/// A server that takes longer to answer does not know when it answered.
const PROMPT: Duration = Duration::from_millis(2);

/// A recorder of a monitor, in this process, so that its clock is that of whoever asks for positions.
pub(super) struct Ear {
    stream: RecordStream,
    _client: Client,
    waits: tokio::runtime::Runtime,
    samples: Arc<Mutex<Vec<f32>>>,
    taken: u64,
    /// Of each answer of the server: when sample 0 of the recording came out of the sink.
    starts: Vec<f64>,
    epoch: Instant,
}

impl Ear {
    /// Listens to the monitor of the sink that the environment's server has.
    pub(super) fn listen() -> Ear {
        let waits = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let client = Client::from_env(c"ear").expect("the server that the environment names");
        let samples: Arc<Mutex<Vec<f32>>> = Arc::default();
        let to = samples.clone();
        let take = move |bytes: &[u8]| {
            let fresh = bytes.chunks_exact(4).map(|four| f32::from_le_bytes([four[0], four[1], four[2], four[3]]));
            to.lock().unwrap_or_else(PoisonError::into_inner).extend(fresh);
        };
        // A null sink that nobody wants anything of goes two seconds ahead, and what it takes back is on the tape already. A tenth of a
        // second keeps it from that; whoever plays wants less.
        let params = RecordStreamParams {
            sample_spec: SampleSpec { format: SampleFormat::Float32Le, sample_rate: RATE as u32, channels: 1 },
            channel_map: protocol::ChannelMap::new([protocol::ChannelPosition::Mono]),
            source_name: Some(c"rev.monitor".into()),
            buffer_attr: protocol::stream::BufferAttr { max_length: 4 << 20, fragment_size: 19_200, ..Default::default() },
            flags: protocol::stream::StreamFlags { adjust_latency: true, ..Default::default() },
            ..Default::default()
        };
        let stream = waits.block_on(client.create_record_stream(params, take)).expect("a monitor to record");
        let mut ear = Ear { stream, _client: client, waits, samples, taken: 0, starts: Vec::new(), epoch: Instant::now() };
        while ear.starts.len() < 5 {
            ear.glance();
            std::thread::sleep(Duration::from_millis(10));
        }
        ear
    }

    /// Asks the server how late its sink is; to be called now and then.
    pub(super) fn glance(&mut self) {
        let asked = Instant::now();
        let told = self.waits.block_on(self.stream.timing_info()).expect("the server lives");
        let took = asked.elapsed();
        if took > PROMPT || told.write_offset == 0 {
            return;
        }
        // What the stream has so far ends with the sample that the sink has last been given, and that comes out later by its delay.
        let now = (asked + took / 2 - self.epoch).as_secs_f64();
        let last = now + told.sink_usec as f64 * 1e-6 - told.source_usec as f64 * 1e-6;
        self.starts.push(last - told.write_offset as f64 / 4.0 / RATE);
    }

    /// When sample 0 came out of the sink, in seconds since the epoch, and how far the server's answers are apart.
    fn start(&self) -> (f64, f64) {
        let mut starts = self.starts.clone();
        starts.sort_by(f64::total_cmp);
        let at = |part: f64| starts[((starts.len() - 1) as f64 * part) as usize];
        (at(0.5), at(0.95) - at(0.05))
    }

    /// In ms, how far nine of ten of the server's words about its delay are apart: the measure is no better than that.
    pub(super) fn spread_ms(&self) -> f64 {
        self.start().1 * 1000.0
    }

    /// Which sample comes out of the sink at a time.
    pub(super) fn sample_at(&self, at: Instant) -> i64 {
        let since = at.saturating_duration_since(self.epoch).as_secs_f64() - self.start().0;
        (since * RATE) as i64
    }

    /// When a sample comes out of the sink.
    pub(super) fn time_of(&self, sample: u64) -> Instant {
        self.epoch + Duration::from_secs_f64((self.start().0 + sample as f64 / RATE).max(0.0))
    }

    /// The samples that came since this was called last, and the number of the first.
    pub(super) fn take(&mut self) -> (u64, Vec<f32>) {
        let fresh = std::mem::take(&mut *self.samples.lock().unwrap_or_else(PoisonError::into_inner));
        let first = self.taken;
        self.taken += fresh.len() as u64;
        (first, fresh)
    }
}
