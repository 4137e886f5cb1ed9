//! How a source of the settings is asked: its description, its secrets, its address.

use super::{in_settings, told, wrong_settings};
use crate::cli::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::config::secret::{Secret, SecretRef};
use crate::net::{Credentials, NetError, Wire};
use crate::source::fetch::rest::{Access, Description, shipped};
use crate::source::fetch::{HubSource, Remote, RestSource, SourceKind, SourceSettings};

/// The largest description of a platform that is read, in bytes.
const LONGEST: u64 = 1 << 20;

/// The source as it is asked, and its address.
pub(super) fn asked(name: &str, settings: &SourceSettings, wire: &Wire, context: &Context) -> Result<(Remote, String), Failure> {
    let failed = |error: &NetError| told(name, error);
    if settings.kind == SourceKind::Earmark {
        let url = settings.url.clone().expect("the settings were checked");
        let secret = secret(name, settings)?;
        let credentials = secret.as_ref().map(Credentials::bearer).transpose().map_err(|error| failed(&error))?;
        let hub = HubSource::new(wire, &url, credentials.unwrap_or(Credentials::None)).map_err(|error| failed(&error))?;
        return Ok((Remote::Hub(Box::new(hub)), url));
    }
    let description = description(name, settings, context)?;
    let mistakes = settings.mistakes_for(&description);
    if !mistakes.is_empty() {
        return Err(wrong_settings(name, &mistakes));
    }
    let url = settings.url.clone().or_else(|| description.url.clone()).expect("the settings were checked against the description");
    let access = Access {
        secret: secret(name, settings)?,
        client_id: settings.client_id.as_deref().map(|text| named_or_plain(name, text)).transpose()?,
        header: settings.auth_header.clone(),
        prefix: settings.auth_prefix.clone(),
        values: settings.values.clone(),
    };
    let rest = RestSource::new(wire, &url, description, access).map_err(|error| failed(&error))?;
    Ok((Remote::Rest(Box::new(rest)), url))
}

fn secret(name: &str, settings: &SourceSettings) -> Result<Option<Secret>, Failure> {
    let reference = settings.auth.as_ref().map(|auth| SecretRef::parse(auth).expect("the settings were checked"));
    reference.map(|reference| fetched(name, &reference)).transpose()
}

/// A client's name is no secret, and may be kept as one.
fn named_or_plain(name: &str, text: &str) -> Result<Secret, Failure> {
    match SecretRef::parse(text) {
        Some(reference) => fetched(name, &reference),
        None => Ok(Secret::new(text)),
    }
}

fn fetched(name: &str, reference: &SecretRef) -> Result<Secret, Failure> {
    let failed = || Failure::new(format!("Could not get the token of source {name}")).exit(Exit::Authentication);
    reference.fetch().map_err(|error| failed().because(&error))
}

/// The description that the settings name, else the one that comes with the program.
pub(super) fn description(name: &str, settings: &SourceSettings, context: &Context) -> Result<Description, Failure> {
    let Some(path) = &settings.description else {
        let SourceKind::Platform(platform) = settings.kind else { unreachable!("the settings were checked") };
        return Ok(shipped(platform).expect("it comes with the program"));
    };
    let path = in_settings(path, context);
    let file = context.paths.short(&path);
    let failed = || Failure::usage(format!("Could not read how source {name} is asked"));
    let bytes = crate::config::read_bounded(&path, LONGEST).map_err(|error| {
        let folder = context.paths.short(&context.paths.config);
        failed()
            .cause(format!("the description {file} cannot be read: {error}"))
            .hint(format!("name one that is there; what is no whole path is looked for in {folder}"))
    })?;
    let read = Description::read(&String::from_utf8_lossy(&bytes));
    let named = |mistakes: Vec<String>| mistakes.into_iter().map(|mistake| format!("{file}: {mistake}")).collect::<Vec<_>>();
    read.map_err(|why| failed().some_causes(named(why), "mend these first"))
}
