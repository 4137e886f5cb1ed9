//! Whether the server moved our stream to another sink: it tells that to nobody who does not ask for what changes.
//!
//! A connection of its own, which reads and waits; nothing wakes while nothing changes on the server.

use std::ffi::CString;
use std::io::{BufReader, Read};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::thread;

use pulseaudio::protocol::{
    AuthParams, AuthReply, Command, CommandReply, GetSinkInfo, MAX_VERSION, Prop, Props, ProtocolError, SetClientNameReply,
    SinkInfo, SinkInputInfo, SinkInputInfoList, SubscriptionEventFacility, SubscriptionEventType, SubscriptionMask, TagStructRead,
    read_ack_message, read_command_message, read_descriptor, read_reply_message, write_command_message, write_descriptor,
};

/// What a stream is known by among all streams of a server: the property of this name.
pub(super) const MARK: &std::ffi::CStr = c"earmark.stream";

/// Watches one stream; ends with this.
pub(super) struct Watch(UnixStream);

impl Drop for Watch {
    fn drop(&mut self) {
        // One that the server has closed is closed.
        let _ = self.0.shutdown(Shutdown::Both);
    }
}

/// Calls `moved` with the name of the sink each time the stream with this mark goes on to another one. None where the server cannot be asked:
/// then it plays all the same, and nobody is told.
pub(super) fn watch(socket: &Path, cookie: &[u8], mark: &str, moved: impl Fn(String) + Send + 'static) -> Option<Watch> {
    let stream = UnixStream::connect(socket).ok()?;
    let watch = Watch(stream.try_clone().ok()?);
    let (cookie, mark) = (cookie.to_vec(), mark.to_owned());
    let look = move || {
        let looked = Talk::begin(stream, cookie).and_then(|talk| talk.follow(&mark, &moved));
        if let Err(error) = looked {
            tracing::debug!(%error, "where the sound goes is no longer watched");
        }
    };
    thread::Builder::new().name("earmark-moves".into()).spawn(look).ok()?;
    Some(watch)
}

struct Talk {
    stream: BufReader<UnixStream>,
    version: u16,
    asked: u32,
}

impl Talk {
    fn begin(stream: UnixStream, cookie: Vec<u8>) -> Result<Talk, ProtocolError> {
        let mut talk = Talk { stream: BufReader::new(stream), version: MAX_VERSION, asked: 0 };
        let auth = AuthParams { version: MAX_VERSION, supports_shm: false, supports_memfd: false, cookie };
        talk.version = talk.ask::<AuthReply>(&Command::Auth(auth))?.version.min(MAX_VERSION);
        let mut about = Props::new();
        about.set(Prop::ApplicationName, CString::new("earmark").expect("it has no zero in it"));
        talk.ask::<SetClientNameReply>(&Command::SetClientName(about))?;
        talk.say(&Command::Subscribe(SubscriptionMask::SINK_INPUT))?;
        read_ack_message(&mut talk.frame()?.as_slice())?;
        Ok(talk)
    }

    fn follow(mut self, mark: &str, moved: &impl Fn(String)) -> Result<(), ProtocolError> {
        let is_ours = |input: &SinkInputInfo| {
            input.props.get_bytes(MARK).is_some_and(|found| found.strip_suffix(&[0]).unwrap_or(found) == mark.as_bytes())
        };
        let inputs: SinkInputInfoList = self.ask(&Command::GetSinkInputInfoList)?;
        let Some(SinkInputInfo { index, mut sink_index, .. }) = inputs.into_iter().find(is_ours) else { return Ok(()) };
        loop {
            let Command::SubscribeEvent(event) = self.command()? else { continue };
            if (event.event_facility, event.index) != (SubscriptionEventFacility::SinkInput, Some(index)) {
                continue;
            }
            if event.event_type == SubscriptionEventType::Removed {
                return Ok(());
            }
            let now: SinkInputInfo = self.ask(&Command::GetSinkInputInfo(index))?;
            if now.sink_index != sink_index {
                sink_index = now.sink_index;
                let sink: SinkInfo = self.ask(&Command::GetSinkInfo(GetSinkInfo { index: Some(sink_index), name: None }))?;
                let name = sink.description.unwrap_or(sink.name);
                moved(name.to_string_lossy().into_owned());
            }
        }
    }

    fn say(&mut self, command: &Command) -> Result<(), ProtocolError> {
        self.asked += 1;
        write_command_message(self.stream.get_mut(), self.asked, command, self.version)
    }

    /// Asks, and passes over what the server says of itself before it answers: what changed just now is asked for anyway.
    fn ask<R: CommandReply + TagStructRead>(&mut self, command: &Command) -> Result<R, ProtocolError> {
        self.say(command)?;
        loop {
            let frame = self.frame()?;
            match read_reply_message::<R>(&mut frame.as_slice(), self.version) {
                Ok((answered, reply)) if answered == self.asked => return Ok(reply),
                Ok(_) | Err(ProtocolError::UnexpectedCommand(_)) => {}
                Err(error) => return Err(error),
            }
        }
    }

    fn command(&mut self) -> Result<Command, ProtocolError> {
        let frame = self.frame()?;
        Ok(read_command_message(&mut frame.as_slice(), self.version)?.1)
    }

    /// The next message, head and all.
    fn frame(&mut self) -> Result<Vec<u8>, ProtocolError> {
        let head = read_descriptor(&mut self.stream)?;
        let mut frame = Vec::new();
        write_descriptor(&mut frame, &head)?;
        self.stream.by_ref().take(u64::from(head.length)).read_to_end(&mut frame)?;
        Ok(frame)
    }
}
