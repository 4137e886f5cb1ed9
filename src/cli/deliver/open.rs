//! What the commands that deliver share: the profile, the place, the rows.

use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::room::Seat;
use crate::delivery::store::{Address, Folder, Sftp, Trouble};
use crate::delivery::{Job, Store, StoreError};
use crate::export::mapping::Mapped;
use crate::export::profile::{Kind, Profile};
use crate::runtime::delivering::{Gathered, gather};

/// A profile applied to a batch, and where it goes.
pub(super) struct Opened {
    pub(super) profile: Profile,
    pub(super) gathered: Gathered,
    pub(super) mapped: Mapped,
    pub(super) address: Address,
    /// In one spelling, without credentials.
    pub(super) canonical: String,
}

impl Opened {
    /// Applies a profile to the batch of a seat.
    pub(super) fn new(seat: &Seat, profile: Profile, to: Option<&str>) -> Result<Self, Failure> {
        seat.rubric()?;
        if profile.kind != Kind::File {
            return Err(Failure::usage(format!("Could not deliver with the profile {}: requests are not sent yet", profile.id)));
        }
        let to = to.map(str::to_owned).or_else(|| profile.deliver.to.clone()).ok_or_else(|| {
            Failure::usage("Could not tell where to deliver to").hint("say it with --to, or in [deliver] of the profile")
        })?;
        let to = crate::config::secret::resolve(&to)
            .map_err(|error| Failure::usage("Could not tell where to deliver to").because(&error))?;
        let address = Address::parse(to.expose());
        let here = std::env::current_dir().map_err(|error| Failure::new("Could not tell which folder this is").because(&error))?;
        let canonical = address.canonical(&here);
        let gathered = gather(&seat.desk, &profile).expect("a rubric is attached");
        let mapped = crate::cli::profile::mapped(&gathered, seat, &profile)?;
        Ok(Opened { profile, gathered, mapped, address, canonical })
    }

    /// What is delivered.
    pub(super) fn job<'a>(&'a self, seat: &'a Seat) -> Job<'a> {
        Job {
            profile: &self.profile,
            source: self.gathered.source(&seat.desk),
            mapped: &self.mapped,
            owners: &self.gathered.owners,
            batch: seat.desk.batch.id,
            title: seat.desk.batch.title.raw(),
        }
    }

    /// The place itself.
    pub(super) fn store(&self) -> Result<Store, Failure> {
        let opened = match &self.address {
            Address::Path(path) => Folder::at(path).map(Store::Folder),
            Address::Sftp(address) => {
                let deliver = &self.profile.deliver;
                let (key, known_hosts) =
                    (file("key", deliver.key.as_deref())?, file("known_hosts", deliver.known_hosts.as_deref())?);
                Sftp::at(address, key, known_hosts).map(|sftp| Store::Sftp(Box::new(sftp)))
            }
            Address::Web(_) => {
                return Err(Failure::usage(format!("Could not deliver to {}: only folders and files are known", self.canonical)));
            }
        };
        opened.map_err(|error| told(&self.canonical, &error))
    }
}

/// A file that a profile names: `~/…` is in the home folder, and `env:NAME` is what the variable says.
fn file(key: &str, named: Option<&str>) -> Result<Option<String>, Failure> {
    let Some(named) = named else { return Ok(None) };
    let failed = || Failure::usage(format!("Could not tell which file `{key}` in [deliver] names"));
    let named = match named.starts_with("env:") {
        true => crate::config::secret::resolve(named).map_err(|error| failed().because(&error))?.expose().to_owned(),
        false => named.to_owned(),
    };
    Ok(Some(match named.strip_prefix("~/") {
        Some(rest) => std::path::Path::new(&std::env::var_os("HOME").unwrap_or_default()).join(rest).display().to_string(),
        None => named,
    }))
}

/// Why a place could not be used, with its exit code.
pub(super) fn told(place: &str, error: &StoreError) -> Failure {
    let exit = match error.trouble {
        Trouble::Temporary => Exit::TryLater,
        Trouble::Authentication => Exit::Authentication,
        Trouble::Refused => Exit::Usage,
    };
    Failure::new(format!("Could not deliver to {place}")).because(error).exit(exit)
}
