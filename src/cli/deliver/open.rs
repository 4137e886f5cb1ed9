//! What the commands that deliver share: the profile, the place, the rows.

use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::room::Seat;
use indexmap::IndexMap;

use crate::cli::Context;
use crate::delivery::store::{Address, Folder, Sftp, Trouble, Web};
use crate::delivery::{Caller, Job, Store, StoreError};
use crate::export::mapping::Mapped;
use crate::export::profile::{Kind, Profile};
use crate::net::Wire;
use crate::runtime::delivering::{Gathered, gather};

/// A profile applied to a batch, and where it goes.
pub(super) struct Opened {
    pub(super) profile: Profile,
    pub(super) gathered: Gathered,
    pub(super) mapped: Mapped,
    pub(super) address: Address,
    /// In one spelling, without credentials.
    pub(super) canonical: String,
    /// The ATS, where requests are made.
    pub(super) caller: Option<Caller>,
    none: IndexMap<String, String>,
    wire: Wire,
}

impl Opened {
    /// Applies a profile to the batch of a seat.
    pub(super) fn new(seat: &Seat, profile: Profile, to: Option<&str>, context: &Context) -> Result<Self, Failure> {
        seat.rubric()?;
        let own = match &profile.http {
            Some(http) => Some(http.base.clone()),
            None => profile.deliver.to.clone(),
        };
        let here = std::env::current_dir().map_err(|error| Failure::new("Could not tell which folder this is").because(&error))?;
        // A plan names the place without what may be secret in it; where it is the profile's own, that is taken.
        let is_own = |planned: &str| {
            let own = own.as_deref().and_then(|own| crate::config::secret::resolve(own).ok());
            own.is_some_and(|own| Address::parse(own.expose()).canonical(&here) == planned)
        };
        let to = to.filter(|to| !is_own(to)).map(str::to_owned).or(own.clone()).ok_or_else(|| {
            Failure::usage("Could not tell where to deliver to").hint("say it with --to, or in [deliver] of the profile")
        })?;
        let to = crate::config::secret::resolve(&to)
            .map_err(|error| Failure::usage("Could not tell where to deliver to").because(&error))?;
        let address = Address::parse(to.expose());
        let canonical = address.canonical(&here);
        let wire = wire(context);
        let caller = match profile.kind {
            Kind::File => None,
            _ => Some(Caller::new(&profile, to.expose(), &wire).map_err(|error| told(&canonical, &error))?),
        };
        let gathered = gather(&seat.desk, &profile).expect("a rubric is attached");
        let mapped = crate::cli::profile::mapped(&gathered, seat, &profile)?;
        Ok(Opened { profile, gathered, mapped, address, canonical, caller, none: IndexMap::new(), wire })
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
            values: self.caller.as_ref().map_or(&self.none, |caller| &caller.values),
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
            Address::Web(address) => {
                Web::at(address, &self.profile.deliver.headers, &self.wire).map(|web| Store::Web(Box::new(web)))
            }
        };
        opened.map_err(|error| told(&self.canonical, &error))
    }
}

/// How this machine gets out, as the settings say.
pub(in crate::cli) fn wire(context: &Context) -> Wire {
    let settings = &context.settings;
    Wire {
        proxy: settings.network_proxy.value.clone(),
        ca: settings.ca_file(&context.paths),
        connect: settings.network_connect.value.duration(),
        whole: settings.network_whole.value.duration(),
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
