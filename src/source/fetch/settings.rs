//! What the settings say of a source: `[source.NAME]`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::super::shelf::LARGEST_RECORDING;
use super::rest::{Description, SHIPPED};
use crate::config::secret::SecretRef;
use crate::net::check_address;
use crate::text::nearest;

/// One source, as `[source.NAME]` of the settings describes it.
#[derive(Clone, PartialEq, Debug)]
pub struct SourceSettings {
    /// How it is read.
    pub kind: SourceKind,
    /// Its address; all but `folder`. A platform that is known by its name has one of its own.
    pub url: Option<String>,
    /// What it is shown to be let in: where the token lies, `env:`, `cmd:`, `file:` or `keyring:`.
    pub auth: Option<String>,
    /// The header that carries the token, where it is another than the description's; platforms.
    pub auth_header: Option<String>,
    /// What stands before the token in it, such as `Bearer `; platforms.
    pub auth_prefix: Option<String>,
    /// The client's name, or where it lies, of a platform that gives out tokens.
    pub client_id: Option<String>,
    /// What else a platform's description asks for, each one or several texts; platforms.
    pub values: BTreeMap<String, Vec<String>>,
    /// A folder with a batch, or of folders with batches; `folder`.
    pub path: Option<PathBuf>,
    /// The file that describes its requests; platforms, of which those known by name come with one.
    pub description: Option<PathBuf>,
    /// Where its data lies, where it does not say so itself.
    pub region: Option<String>,
    /// Hosts of recordings that may lie in private networks.
    pub media_hosts: Vec<String>,
    /// Transfers from one host at the same time: 1 to 16.
    pub at_once: usize,
    /// The largest recording, in MiB.
    pub largest_mib: Option<u64>,
}

/// How a source is read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SourceKind {
    /// Folders with `batch.json` or `batch.csv`, and bundles.
    Folder,
    /// Another earmark, by the HTTP protocol.
    Earmark,
    /// A platform whose requests a file describes.
    Rest,
    /// A platform whose description comes with the program, by its name.
    Platform(&'static str),
}

/// Keys that every source may have.
const COMMON: [&str; 4] = ["kind", "region", "at_once", "largest_mib"];
/// Keys of what is asked over HTTP.
const REMOTE: [&str; 3] = ["url", "auth", "media_hosts"];
/// Keys of platforms.
const PLATFORM: [&str; 5] = ["description", "auth_header", "auth_prefix", "client_id", "values"];

impl SourceKind {
    fn read(text: &str) -> Option<Self> {
        match text {
            "folder" => Some(SourceKind::Folder),
            "earmark" => Some(SourceKind::Earmark),
            "rest" => Some(SourceKind::Rest),
            name => SHIPPED.iter().find(|(known, _)| *known == name).map(|(known, _)| SourceKind::Platform(known)),
        }
    }

    /// All kinds, as they are written.
    fn all() -> Vec<&'static str> {
        ["folder", "earmark", "rest"].into_iter().chain(SHIPPED.iter().map(|(name, _)| *name)).collect()
    }

    fn may_have(self, key: &str) -> bool {
        COMMON.contains(&key)
            || match self {
                SourceKind::Folder => key == "path",
                SourceKind::Earmark => REMOTE.contains(&key),
                SourceKind::Rest | SourceKind::Platform(_) => REMOTE.contains(&key) || PLATFORM.contains(&key),
            }
    }
}

/// Reads keys of a table, and notes what is wrong with each.
struct Reading<'t> {
    table: &'t toml::Table,
    mistakes: Vec<String>,
}

impl Reading<'_> {
    fn wrong(&mut self, key: &str, what: impl std::fmt::Display) {
        self.mistakes.push(format!("`{key}` {what}"));
    }

    fn text(&mut self, key: &str) -> Option<String> {
        match self.table.get(key)? {
            toml::Value::String(text) if text.trim().is_empty() && key != "auth_prefix" => {
                self.wrong(key, "is empty: write it, or leave the line out");
                None
            }
            toml::Value::String(text) => Some(text.clone()),
            other => {
                self.wrong(key, format!("is {}: write a text, \"…\"", other.type_str()));
                None
            }
        }
    }

    fn texts(&mut self, key: &str, value: &toml::Value) -> Vec<String> {
        let all = match value {
            toml::Value::Array(all) => all.clone(),
            one => vec![one.clone()],
        };
        let read: Option<Vec<String>> = all.iter().map(|one| one.as_str().map(str::to_owned)).collect();
        read.unwrap_or_else(|| {
            self.wrong(key, "is no text or list of texts: write \"…\" or [\"…\", \"…\"]");
            Vec::new()
        })
    }

    fn number(&mut self, key: &str, least: i64, most: i64) -> Option<u64> {
        match self.table.get(key)? {
            toml::Value::Integer(number) if (least..=most).contains(number) => Some(*number as u64),
            other => {
                self.wrong(key, format!("is {other}: write a number from {least} to {most}"));
                None
            }
        }
    }

    fn needs(&mut self, key: &str, how: &str) {
        if !self.table.contains_key(key) {
            self.wrong(key, format!("is missing: {how}"));
        }
    }

    fn kind(&mut self) -> Option<SourceKind> {
        self.needs("kind", &format!("write one of {}", SourceKind::all().join(", ")));
        let text = self.text("kind")?;
        let kind = SourceKind::read(&text);
        if kind.is_none() {
            let near = nearest(&text, SourceKind::all()).map(|near| format!("; did you mean {near}?")).unwrap_or_default();
            self.wrong("kind", format!("is \"{text}\", not one of {}{near}", SourceKind::all().join(", ")));
        }
        kind
    }

    /// Keys that mean nothing, or nothing here.
    fn keys(&mut self, kind: SourceKind) {
        let all: Vec<&str> = COMMON.iter().chain(&REMOTE).chain(&PLATFORM).chain(&["path"]).copied().collect();
        for key in self.table.keys().filter(|key| !kind.may_have(key)) {
            let why = match (all.contains(&key.as_str()), nearest(key, all.iter().copied().filter(|key| kind.may_have(key)))) {
                (true, _) => "means nothing for this kind of source: take it out".to_owned(),
                (false, Some(near)) => format!("is no setting of a source; did you mean {near}?"),
                (false, None) => "is no setting of a source: take it out".to_owned(),
            };
            self.mistakes.push(format!("`{key}` {why}"));
        }
    }

    fn address(&mut self) -> Option<String> {
        let url = self.text("url")?;
        if let Err(why) = check_address(&url) {
            self.wrong("url", format!("cannot be asked: {why}"));
        }
        Some(url)
    }

    /// Whether this is a host alone: with anything else it would never be one that is asked.
    fn host(&mut self, named: &str) {
        let is_address = named.parse::<std::net::IpAddr>().is_ok();
        if !is_address && (named.is_empty() || named.contains([':', '/', '@', '?', '#', '*', ' '])) {
            self.wrong("media_hosts", format!("names \"{named}\": write the host alone, without scheme, port or path"));
        }
    }

    fn reference(&mut self) -> Option<String> {
        let auth = self.text("auth")?;
        // A token in the settings would travel with every copy of them.
        if SecretRef::parse(&auth).is_none() {
            self.wrong("auth", "is no reference: say where the token lies, env:NAME, file:PATH, cmd:COMMAND or keyring:NAME");
        }
        Some(auth)
    }

    fn values(&mut self) -> BTreeMap<String, Vec<String>> {
        match self.table.get("values") {
            None => BTreeMap::new(),
            Some(toml::Value::Table(values)) => {
                values.iter().map(|(name, value)| (name.clone(), self.texts(&format!("values.{name}"), value))).collect()
            }
            Some(_) => {
                self.wrong("values", "is no table: write values = { name = \"…\" }");
                BTreeMap::new()
            }
        }
    }
}

impl SourceSettings {
    /// Reads the table of a source.
    ///
    /// # Errors
    /// Says everything that is wrong with it, each mistake with its key and what to do.
    pub fn read(table: &toml::Table) -> Result<Self, Vec<String>> {
        let mut reading = Reading { table, mistakes: Vec::new() };
        let kind = reading.kind();
        match kind {
            Some(SourceKind::Folder) => reading.needs("path", "name a folder with a batch, or of folders with batches"),
            Some(SourceKind::Earmark) => reading.needs("url", "write the hub's address"),
            Some(SourceKind::Rest) => {
                reading.needs("url", "write the platform's address");
                reading.needs("description", "name the file that describes its requests");
            }
            Some(SourceKind::Platform(_)) => reading.needs("auth", "say where its key lies, such as keyring:NAME"),
            None => {}
        }
        if let Some(kind) = kind {
            reading.keys(kind);
        }
        let media_hosts = table.get("media_hosts").map(|hosts| reading.texts("media_hosts", hosts)).unwrap_or_default();
        media_hosts.iter().for_each(|host| reading.host(host));
        let settings = SourceSettings {
            kind: kind.unwrap_or(SourceKind::Folder),
            url: reading.address(),
            auth: reading.reference(),
            auth_header: reading.text("auth_header"),
            auth_prefix: reading.text("auth_prefix"),
            client_id: reading.text("client_id"),
            values: reading.values(),
            path: reading.text("path").map(PathBuf::from),
            description: reading.text("description").map(PathBuf::from),
            region: reading.text("region"),
            media_hosts,
            at_once: reading.number("at_once", 1, 16).map_or(4, |number| number as usize),
            largest_mib: reading.number("largest_mib", 1, (LARGEST_RECORDING >> 20) as i64),
        };
        if reading.mistakes.is_empty() { Ok(settings) } else { Err(reading.mistakes) }
    }

    /// What a description asks the settings for and does not find, or finds and does not know; each with what to do.
    pub fn mistakes_for(&self, description: &Description) -> Vec<String> {
        let mut mistakes = Vec::new();
        for (name, value) in &description.values {
            match self.values.get(name).map(Vec::as_slice) {
                None | Some([]) if !value.optional => {
                    let shape = if value.list { "[\"…\", \"…\"]" } else { "\"…\"" };
                    mistakes.push(format!("`values.{name}` is missing: write {name} = {shape} under values, {}", value.what));
                }
                Some([_, _, ..]) if !value.list => {
                    mistakes.push(format!("`values.{name}` is a list: write one text, {}", value.what))
                }
                _ => {}
            }
        }
        for name in self.values.keys().filter(|name| !description.values.contains_key(*name)) {
            let near = nearest(name, description.values.keys().map(String::as_str));
            let why = near.map_or("take it out".to_owned(), |near| format!("did you mean {near}?"));
            mistakes.push(format!("`values.{name}` is nothing that the description asks for: {why}"));
        }
        match (&description.auth.token, &self.client_id) {
            (Some(_), None) => mistakes.push("`client_id` is missing: write the client's name, or where it lies".to_owned()),
            (None, Some(_)) => mistakes.push("`client_id` means nothing here: this platform gives out no tokens".to_owned()),
            _ => {}
        }
        if self.url.is_none() && description.url.is_none() {
            mistakes.push("`url` is missing: write the platform's address".to_owned());
        }
        mistakes
    }

    /// The largest recording, in bytes.
    pub fn largest(&self) -> u64 {
        self.largest_mib.map_or(LARGEST_RECORDING, |mib| mib.saturating_mul(1 << 20)).min(LARGEST_RECORDING)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<SourceSettings, Vec<String>> {
        SourceSettings::read(&text.parse().expect("TOML"))
    }

    #[test]
    fn every_mistake_is_named_with_its_key_and_what_to_do() {
        for (text, says) in [
            ("kind = \"earmark\"", vec!["`url` is missing"]),
            ("kind = \"folder\"", vec!["`path` is missing"]),
            ("kind = \"rest\"", vec!["`url` is missing", "`description` is missing"]),
            ("kind = \"sparkhire\"", vec!["did you mean spark-hire?"]),
            (
                "url = \"x\"",
                vec!["`kind` is missing: write one of folder, earmark, rest, willo, spark-hire, hireflix", "`url` cannot"],
            ),
            (
                "kind = \"earmark\"\nurl = \"https://a.example\"\ntoken = \"x\"\npath = \"y\"",
                vec!["`token` is no setting", "`path` means nothing"],
            ),
            (
                "kind = \"willo\"\nurll = \"x\"\nat_once = 99\nlargest_mib = \"1\"",
                vec!["`auth` is missing", "did you mean url?", "`at_once` is 99", "`largest_mib` is"],
            ),
            ("kind = \"hireflix\"\nauth = \"s3cret\"\nvalues = 1", vec!["`auth` is no reference", "`values` is no table"]),
        ] {
            let why = read(text).expect_err(text);
            assert_eq!(why.len(), says.len(), "{text}: {why:?}");
            for says in says {
                assert!(why.iter().any(|why| why.contains(says)), "{text}: {says}: {why:?}");
            }
            assert!(!why.join("").contains("s3cret"), "what may be a token is not repeated");
        }
        let read = read("kind = \"earmark\"\nurl = \"https://a.example\"\nauth = \"keyring:hub\"").expect("it is right");
        assert_eq!((read.at_once, read.largest()), (4, LARGEST_RECORDING));
    }

    #[test]
    fn what_a_platform_needs_beside_its_key_is_named_before_it_is_asked() {
        let needs = |text: &str| {
            let settings = read(&format!("kind = \"spark-hire\"\nauth = \"env:KEY\"\n{text}")).expect("it is right");
            settings.mistakes_for(&super::super::rest::shipped("spark-hire").expect("it is there"))
        };
        let missing = needs("").join("\n");
        assert!(
            ["`values.requester` is missing", "`values.items` is missing", "`client_id`"].iter().all(|one| missing.contains(one)),
            "{missing}"
        );
        let whole = "client_id = \"c\"\nvalues = { requester = \"a@b.example\", items = [\"1\", \"2\"], set = \"x\" }";
        assert_eq!(needs(whole), ["`values.set` is nothing that the description asks for: take it out"]);
    }
}
