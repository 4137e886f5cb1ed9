//! One file from where it lies into the vault: gone on with where it broke off, checked before it has its name.

use std::time::Duration;

use super::remote::{Located, Remote};
use super::resolver::Resolver;
use super::{Fetcher, News};
use crate::interview::Digest;
use crate::library::{Awaited, AwaitedFor, Coming, Content, LibraryError, OnTheWay};
use crate::net::{HEAD, MediaAnswer, MediaError, NetError, NetTrouble, in_its_place};

/// How often something is tried without a byte coming.
const TRIES: u32 = 6;
/// The first wait between two tries; each is twice the one before.
const FIRST_WAIT: Duration = Duration::from_millis(250);
/// The longest wait that a host is granted.
const LONGEST_WAIT: Duration = Duration::from_secs(300);
/// How often an address is asked for again.
const RENEWALS: u32 = 3;
/// How long bytes wait in memory when none follow.
const QUIET: Duration = Duration::from_millis(8);

/// Why a file is not here.
#[derive(Debug)]
pub(super) enum Missed {
    /// What is wrong with it, and what to do; the next fetch tries again.
    Fault(String, &'static str),
    /// Somebody asked the fetch to end.
    Stopped,
    /// The person was erased here.
    Erased,
    /// The library cannot keep it.
    Library(LibraryError),
}

impl From<LibraryError> for Missed {
    fn from(error: LibraryError) -> Self {
        match error {
            LibraryError::Erased(_) => Missed::Erased,
            error => Missed::Library(error),
        }
    }
}

const AGAIN: &str = "fetch again later: what has come is kept";
const LATER: &str = "the next fetch asks again";
const ALLOW: &str = "where that host is to be asked, name it in `media_hosts` of the source's settings";
const AUTHORIZE: &str = "where the source's own token opens them, write authorize = true under [media] of its description";
const ASK: &str = "tell those who run the source; the next fetch tries again";

/// How much patience with one file is used up.
#[derive(Default)]
pub(super) struct Patience {
    tries: u32,
    renewals: u32,
    /// Whether it is known how long the file is.
    is_sized: bool,
}

/// What became of one answer's bytes.
enum Pumped {
    /// All came.
    Whole,
    /// The address leads to this now, which is no recording.
    Other(&'static str),
}

pub(super) fn content_of(file: &Awaited) -> Content {
    match file.of {
        AwaitedFor::Document(..) => Content::Document,
        _ => Content::Recording,
    }
}

impl Fetcher<'_> {
    /// Brings one file into the vault; returns the digest and length of its plain bytes.
    pub(super) async fn bring(&self, resolver: &Resolver<'_>, place: usize, file: &Awaited) -> Result<(Digest, u64), Missed> {
        let version = format!("{} {:?}", file.version, file.sha256);
        let mut coming = match self.library.on_the_way(file.candidate, content_of(file), &file.name(), &version).await? {
            OnTheWay::Arrived(digest, bytes) => {
                self.tell(News::Kept { bytes });
                self.sized(file, bytes);
                return Ok((digest, bytes));
            }
            OnTheWay::Coming(coming) => coming,
        };
        self.tell(News::Kept { bytes: coming.length() });
        let mut patience = Patience::default();
        while !is_all(&coming) {
            self.go_on()?;
            let (address, asking) = self.address(resolver, place, &mut patience).await?;
            match self.once(&address, &mut coming, file, &mut patience).await? {
                Ok(Pumped::Whole) => break,
                // A page under an address that is not good any more is answered with 200 by some.
                Ok(Pumped::Other(_)) if patience.renewals == 0 => {
                    patience.renewals += 1;
                    resolver.forget(asking).await;
                }
                Ok(Pumped::Other(what)) => return Err(Missed::Fault(format!("the host sends {what} in its place"), ASK)),
                Err(error) => self.renew_or_wait(resolver, (&address, asking), error, &mut patience).await?,
            }
        }
        self.finish(*coming, file).await
    }

    /// The address at which a file is now.
    async fn address(&self, resolver: &Resolver<'_>, place: usize, patience: &mut Patience) -> Result<(String, u64), Missed> {
        match self.located(resolver, place, patience).await? {
            (Located::At(address), asking) => Ok((address, asking)),
            _ => Err(Missed::Fault("the source has no address for it".into(), ASK)),
        }
    }

    /// Where a file is now, and in which asking the source said so.
    pub(super) async fn located(
        &self,
        resolver: &Resolver<'_>,
        place: usize,
        patience: &mut Patience,
    ) -> Result<(Located, u64), Missed> {
        loop {
            match resolver.address(place).await {
                Ok((Located::NotYet, _)) => return Err(Missed::Fault("the source is still preparing it".into(), LATER)),
                Ok((Located::Nowhere, _)) => return Err(Missed::Fault("the source names it and does not have it".into(), ASK)),
                Ok(located) => return Ok(located),
                Err(error) => self.wait_after(&net(error), patience).await?,
            }
        }
    }

    /// After a try that failed: asks for the address again where it is not good any more, else waits; or gives the file up.
    pub(super) async fn renew_or_wait(
        &self,
        resolver: &Resolver<'_>,
        (address, asking): (&str, u64),
        error: MediaError,
        patience: &mut Patience,
    ) -> Result<(), Missed> {
        if matches!(error, MediaError::Expired(_)) && patience.renewals < RENEWALS {
            patience.renewals += 1;
            resolver.forget(asking).await;
            return Ok(());
        }
        if let (MediaError::Expired(status @ (401 | 403)), Remote::Rest(_), true) =
            (&error, self.remote, self.media.lacks_token(address))
        {
            let why = format!("it answered {status}, and earmark sends no token to recordings");
            return Err(Missed::Fault(why, AUTHORIZE));
        }
        self.wait_after(&error, patience).await
    }

    /// Asks once, and takes what comes.
    async fn once(
        &self,
        address: &str,
        coming: &mut Coming,
        file: &Awaited,
        patience: &mut Patience,
    ) -> Result<Result<Pumped, MediaError>, Missed> {
        // Without something that tells whether it is still the same file, only its digest could.
        let validator = coming.note().validator.clone();
        if coming.length() > 0 && validator.is_none() && file.sha256.is_none() {
            self.tell(News::Lost { bytes: coming.length() });
            coming.start_over()?;
        }
        let mut answer = match self.media.get(address, coming.length(), validator.as_deref()).await {
            Ok(answer) => answer,
            Err(error) => return Ok(Err(error)),
        };
        if let Some(total) = answer.total.filter(|_| !patience.is_sized) {
            patience.is_sized = true;
            self.sized(file, total);
        }
        let is_other = answer.total.is_some() && coming.note().total.is_some() && answer.total != coming.note().total;
        if coming.length() > 0 && (answer.from == 0 || is_other) {
            self.tell(News::Lost { bytes: coming.length() });
            coming.start_over()?;
        }
        if answer.from > 0 && coming.length() == 0 {
            return Ok(Err(MediaError::Later { text: "it became another file".into(), wait: Some(Duration::ZERO) }));
        }
        if coming.length() == 0 {
            coming.begin(answer.validator.clone(), answer.total)?;
        }
        let before = coming.length();
        let pumped = self.pump(&mut answer, coming, file).await;
        // What has come is kept, however it ended.
        coming.save()?;
        if coming.length() > before {
            patience.tries = 0;
        }
        match pumped {
            Ok(Pumped::Other(what)) => {
                coming.start_over()?;
                Ok(Ok(Pumped::Other(what)))
            }
            Err(Pumping::Net(error)) => Ok(Err(error)),
            Err(Pumping::Library(error)) => Err(error.into()),
            Err(Pumping::Stopped) => Err(Missed::Stopped),
            Ok(Pumped::Whole) => Ok(Ok(Pumped::Whole)),
        }
    }

    /// Tells how long a file is of which the source did not say it.
    pub(super) fn sized(&self, file: &Awaited, bytes: u64) {
        if file.bytes.is_none() {
            self.tell(News::Length { bytes });
        }
    }

    async fn pump(&self, answer: &mut MediaAnswer, coming: &mut Coming, file: &Awaited) -> Result<Pumped, Pumping> {
        let may_be_page = matches!(file.of, AwaitedFor::Recording(_)) && !is_page_wanted(file);
        let mut head: Option<Vec<u8>> = (coming.length() == 0 && may_be_page).then(Vec::new);
        loop {
            self.go_on().map_err(|_| Pumping::Stopped)?;
            self.pause.over().await;
            let next = match tokio::time::timeout(QUIET, answer.next()).await {
                Ok(next) => next.map_err(Pumping::Net)?,
                Err(_) => {
                    coming.save().map_err(Pumping::Library)?;
                    continue;
                }
            };
            let Some(bytes) = next else { break };
            let bytes = bytes.as_ref();
            if let Some(begun) = &mut head {
                begun.extend_from_slice(&bytes[..bytes.len().min(HEAD - begun.len())]);
                if let Some(what) = in_its_place(begun, answer.kind.as_deref()) {
                    return Ok(Pumped::Other(what));
                }
                if begun.len() >= HEAD {
                    head = None;
                }
            }
            coming.take(bytes).map_err(Pumping::Library)?;
            self.tell(News::Came { bytes: bytes.len() as u64 });
        }
        Ok(Pumped::Whole)
    }

    async fn finish(&self, mut coming: Coming, file: &Awaited) -> Result<(Digest, u64), Missed> {
        let length = coming.length();
        if length == 0 {
            coming.start_over()?;
            return Err(Missed::Fault("the file is empty".into(), ASK));
        }
        if let Some(expected) = file.bytes.filter(|expected| *expected != length) {
            coming.start_over()?;
            return Err(Missed::Fault(format!("it has {length} bytes, and the source says {expected}"), ASK));
        }
        if let Some(expected) = file.sha256.filter(|expected| *expected != coming.digest()) {
            let found = coming.digest();
            coming.start_over()?;
            let why = format!("its content is not what the source says (SHA-256 {}…, not {}…)", found.short(), expected.short());
            return Err(Missed::Fault(why, ASK));
        }
        Ok((coming.finish().await?, length))
    }

    /// Waits as long as the host asks for and as experience says, or gives the file up.
    async fn wait_after(&self, error: &MediaError, patience: &mut Patience) -> Result<(), Missed> {
        let wait = match error {
            MediaError::Later { wait, .. } => *wait,
            MediaError::Expired(status) => {
                return Err(Missed::Fault(format!("every address of it is refused (it answered {status})"), ASK));
            }
            MediaError::Gone(_) => return Err(Missed::Fault("nothing is there any more (it answered 404)".into(), ASK)),
            MediaError::Refused(why) if why.contains("media_hosts") => return Err(Missed::Fault(why.clone(), ALLOW)),
            MediaError::Refused(why) => return Err(Missed::Fault(why.clone(), ASK)),
        };
        patience.tries += 1;
        if patience.tries >= TRIES || wait.is_some_and(|wait| wait > LONGEST_WAIT) {
            return Err(Missed::Fault(error.to_string(), AGAIN));
        }
        let own = FIRST_WAIT * 2u32.pow(patience.tries.saturating_sub(1));
        let until = tokio::time::Instant::now() + wait.map_or(own, |wait| wait.max(Duration::from_millis(50)));
        while tokio::time::Instant::now() < until {
            self.go_on()?;
            tokio::time::sleep_until(until.min(tokio::time::Instant::now() + Duration::from_millis(100))).await;
        }
        Ok(())
    }

    /// That nobody asked it to end.
    pub(super) fn go_on(&self) -> Result<(), Missed> {
        if self.stop.load(std::sync::atomic::Ordering::Relaxed) { Err(Missed::Stopped) } else { Ok(()) }
    }
}

enum Pumping {
    Net(MediaError),
    Library(LibraryError),
    Stopped,
}

/// Whether nothing more is to be asked for.
fn is_all(coming: &Coming) -> bool {
    coming.is_whole() || coming.length() > 0 && coming.note().total == Some(coming.length())
}

fn net(error: NetError) -> MediaError {
    match error.trouble {
        NetTrouble::NotReached | NetTrouble::Unknown if !error.is_endless => MediaError::Later { text: error.text, wait: None },
        _ => MediaError::Refused(error.text),
    }
}

/// Whether a web page may be what the person handed in.
fn is_page_wanted(file: &Awaited) -> bool {
    file.answer.as_ref().is_some_and(|answer| !answer.kind.is_recording())
}
