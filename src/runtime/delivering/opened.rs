//! What every delivery begins with: the profile, the place, the rows.

use std::path::Path;

use indexmap::IndexMap;

use super::{Gathered, Remedy, Undone, check_profile, gather};
use crate::app::Desk;
use crate::config::secret::resolve;
use crate::delivery::store::{Address, Folder, Sftp, Web};
use crate::delivery::{Caller, Job, Store};
use crate::export::Choice;
use crate::export::mapping::Mapped;
use crate::export::profile::{Kind, Profile, unspoken_scheme};
use crate::interview::{Problem, Severity};
use crate::net::{Patience, Wire};
use crate::runtime::exporting::sources;

/// A profile applied to a batch, and where it goes.
pub struct Opened {
    /// The profile.
    pub profile: Profile,
    /// The table that it was applied to, and what stands beside its rows.
    pub gathered: Gathered,
    /// The rows as it wants them.
    pub mapped: Mapped,
    /// Where they go.
    pub address: Address,
    /// The same in one spelling, without credentials.
    pub canonical: String,
    /// The ATS, where requests are made.
    pub caller: Option<Caller>,
    values: IndexMap<String, String>,
    wire: Wire,
}

/// The profile of this name, without a mistake.
///
/// # Errors
/// Tells every mistake that it has.
pub fn read_profile(named: &str) -> Result<Profile, Undone> {
    let checked = check_profile(named);
    let is_right = checked.is_right();
    match checked.profile {
        Some(profile) if is_right => Ok(profile),
        _ => {
            let wrong: Vec<Problem> =
                checked.problems.into_iter().filter(|problem| problem.severity != Severity::Warning).collect();
            let undone = Undone::of_problems(format!("Could not use the profile {named}"), &wrong);
            Err(undone.hint("`earmark profile list` names those that come with the program"))
        }
    }
}

impl Opened {
    /// Applies a profile to the batch of a desk; `to` takes the place of where the profile says.
    ///
    /// # Errors
    /// Where no rubric is attached, the profile does not fit, or the place, a secret or a certificate cannot be had.
    pub fn new(desk: &Desk, profile: Profile, to: Option<&str>, wire: &Wire) -> Result<Self, Undone> {
        has_rubric(desk)?;
        let (to, canonical) = place(&profile, to)?;
        let caller = match profile.kind {
            Kind::File => None,
            _ => Some(Caller::new(&profile, &to, wire).map_err(|error| Undone::of_place(&canonical, &error))?),
        };
        let values = caller.as_ref().map_or_else(IndexMap::new, |caller| caller.values.clone());
        Self::applied(desk, profile, (to, canonical), caller, values, wire)
    }

    /// The same without a secret, to know which rows there are: nobody can be asked for anything.
    ///
    /// # Errors
    /// As [`Opened::new`], except for secrets and certificates.
    pub fn unasked(desk: &Desk, profile: Profile, to: Option<&str>, wire: &Wire) -> Result<Self, Undone> {
        has_rubric(desk)?;
        let (to, canonical) = place(&profile, to)?;
        let values = Caller::values_of(&profile).map_err(|error| Undone::of_place(&canonical, &error))?;
        Self::applied(desk, profile, (to, canonical), None, values, wire)
    }

    fn applied(
        desk: &Desk,
        profile: Profile,
        (to, canonical): (String, String),
        caller: Option<Caller>,
        values: IndexMap<String, String>,
        wire: &Wire,
    ) -> Result<Self, Undone> {
        let gathered = gather(desk, &profile).expect("a rubric is attached");
        let mapped = gathered.mapped(desk, &profile);
        let mapped = mapped.map_err(|wrong| Undone::of_problems("Could not apply the profile to this batch", &wrong))?;
        let address = Address::parse(&to);
        Ok(Opened { profile, gathered, mapped, address, canonical, caller, values, wire: wire.clone() })
    }

    /// What is delivered.
    pub fn job<'a>(&'a self, desk: &'a Desk) -> Job<'a> {
        Job {
            profile: &self.profile,
            source: self.gathered.source(desk),
            sources: sources(desk, Choice::Sealed).expect("without a rubric nothing is opened"),
            mapped: &self.mapped,
            owners: &self.gathered.owners,
            batch: desk.batch.id,
            title: desk.batch.title.raw(),
            values: &self.values,
        }
    }

    /// The place itself.
    ///
    /// # Errors
    /// Where it cannot be used, or a file that the profile names cannot be told.
    pub fn store(&self) -> Result<Store, Undone> {
        let opened = match &self.address {
            Address::Path(path) => Folder::at(path).map(Store::Folder),
            Address::Sftp(address) => {
                let deliver = &self.profile.deliver;
                let (key, known_hosts) =
                    (file("key", deliver.key.as_deref())?, file("known_hosts", deliver.known_hosts.as_deref())?);
                Sftp::at(address, key, known_hosts).map(|sftp| Store::Sftp(Box::new(sftp)))
            }
            Address::Web(address) => {
                let deliver = &self.profile.deliver;
                let retry = &self.profile.retry;
                let patience = Patience { attempts: retry.attempts, base: retry.base, cap: retry.cap, on: retry.on.clone() };
                Web::at(address, &deliver.headers, (!deliver.taken_at_once, patience), &self.wire)
                    .map(|web| Store::Web(Box::new(web)))
            }
        };
        opened.map_err(|error| Undone::of_place(&self.canonical, &error))
    }
}

fn has_rubric(desk: &Desk) -> Result<(), Undone> {
    if desk.rubric.is_some() {
        return Ok(());
    }
    let undone = Undone::new(Remedy::Look, "Could not judge: no rubric is attached to this batch");
    Err(undone.hint("attach one with `earmark rubric attach BATCH RUBRIC`"))
}

/// Where a profile's deliveries go, as it is asked and in one spelling; `to` takes the place of where the profile says.
///
/// # Errors
/// Where nobody says where to, or the variable or file that says it is not there.
pub fn place(profile: &Profile, to: Option<&str>) -> Result<(String, String), Undone> {
    let nowhere = || Undone::new(Remedy::Mend, "Could not tell where to deliver to");
    let own = match &profile.http {
        Some(http) => Some(http.base.clone()),
        None => profile.deliver.to.clone(),
    };
    let here = std::env::current_dir();
    let here = here.map_err(|error| Undone::new(Remedy::Look, "Could not tell which folder this is").because(&error))?;
    // A plan names the place without what may be secret in it; where it is the profile's own, that is taken.
    let is_own = |planned: &str| {
        let own = own.as_deref().and_then(|own| resolve(own).ok());
        own.is_some_and(|own| Address::parse(own.expose()).canonical(&here) == planned)
    };
    let to = to.filter(|to| !is_own(to)).map(str::to_owned).or(own.clone());
    let to = to.ok_or_else(|| nowhere().hint("say it with --to, or in [deliver] of the profile"))?;
    let to = resolve(&to).map_err(|error| nowhere().because(&error))?.expose().to_owned();
    if let Some(scheme) = unspoken_scheme(&to) {
        let undone = nowhere().cause(format!("{scheme}:// is not spoken"));
        return Err(undone.hint("name a folder, a file, sftp://HOST/FOLDER/ or https://…"));
    }
    let canonical = Address::parse(&to).canonical(&here);
    Ok((to, canonical))
}

/// A file that a profile names: `~/…` is in the home folder, and `env:NAME` is what the variable says.
fn file(key: &str, named: Option<&str>) -> Result<Option<String>, Undone> {
    let Some(named) = named else { return Ok(None) };
    let failed = || Undone::new(Remedy::Mend, format!("Could not tell which file `{key}` in [deliver] names"));
    let named = match named.starts_with("env:") {
        true => resolve(named).map_err(|error| failed().because(&error))?.expose().to_owned(),
        false => named.to_owned(),
    };
    Ok(Some(match named.strip_prefix("~/") {
        Some(rest) => Path::new(&std::env::var_os("HOME").unwrap_or_default()).join(rest).display().to_string(),
        None => named,
    }))
}
