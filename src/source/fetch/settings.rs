//! What the settings say of a source: `[source.NAME]`.

use std::path::PathBuf;

use serde::Deserialize;

use super::super::shelf::LARGEST_RECORDING;

/// One source, as `[source.NAME]` of the settings describes it.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceSettings {
    /// How it is read.
    pub kind: SourceKind,
    /// Its address; `earmark` and `rest`.
    pub url: Option<String>,
    /// What it is shown to be let in: where the token lies, `env:`, `cmd:`, `file:` or `keyring:`.
    pub auth: Option<String>,
    /// A folder with a batch, or of folders with batches; `folder`.
    pub path: Option<PathBuf>,
    /// The file that describes its requests; `rest`.
    pub description: Option<PathBuf>,
    /// Where its data lies, where it does not say so itself.
    pub region: Option<String>,
    /// Hosts of recordings that may lie in private networks.
    #[serde(default)]
    pub media_hosts: Vec<String>,
    /// Transfers from one host at the same time: 1 to 16.
    #[serde(default = "four")]
    pub at_once: usize,
    /// The largest recording, in MiB.
    pub largest_mib: Option<u64>,
}

/// How a source is read.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SourceKind {
    /// Folders with `batch.json` or `batch.csv`, and bundles.
    Folder,
    /// Another earmark, by the HTTP protocol.
    Earmark,
    /// A platform whose requests a file describes.
    Rest,
}

fn four() -> usize {
    4
}

impl SourceSettings {
    /// Reads the table of a source.
    ///
    /// # Errors
    /// Says what is wrong with it.
    pub fn read(table: &toml::Table) -> Result<Self, String> {
        let settings: SourceSettings = table.clone().try_into().map_err(|error: toml::de::Error| error.message().to_owned())?;
        let needs = |field: &str, is_there: bool| match is_there {
            true => Ok(()),
            false => Err(format!("`{field}` is missing")),
        };
        match settings.kind {
            SourceKind::Folder => needs("path", settings.path.is_some())?,
            SourceKind::Earmark => needs("url", settings.url.is_some())?,
            SourceKind::Rest => {
                needs("url", settings.url.is_some())?;
                needs("description", settings.description.is_some())?;
            }
        }
        match settings.at_once {
            1..=16 => Ok(settings),
            other => Err(format!("`at_once` is {other}, not 1 to 16")),
        }
    }

    /// The largest recording, in bytes.
    pub fn largest(&self) -> u64 {
        self.largest_mib.map_or(LARGEST_RECORDING, |mib| mib.saturating_mul(1 << 20)).min(LARGEST_RECORDING)
    }
}

/// Which regions' data this workstation may hold.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Regions(Option<Vec<String>>);

impl Regions {
    /// Those of a list with commas; without a list, all.
    pub fn of(list: Option<&str>) -> Self {
        Regions(list.map(|list| list.split(',').map(|region| region.trim().to_lowercase()).filter(|r| !r.is_empty()).collect()))
    }

    /// Whether data that lies there may be held here. Data of which nothing is said may.
    pub fn hold(&self, region: Option<&str>) -> bool {
        match (&self.0, region) {
            (Some(held), Some(region)) => held.contains(&region.trim().to_lowercase()),
            _ => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<SourceSettings, String> {
        SourceSettings::read(&text.parse().expect("TOML"))
    }

    #[test]
    fn a_source_without_what_its_kind_needs_is_refused_with_the_name_of_what_is_missing() {
        for (text, says) in [
            ("kind = \"earmark\"", "`url` is missing"),
            ("kind = \"folder\"", "`path` is missing"),
            ("kind = \"rest\"\nurl = \"https://a.example\"", "`description` is missing"),
            ("kind = \"ftp\"", "ftp"),
            ("kind = \"earmark\"\nurl = \"https://a.example\"\ntoken = \"x\"", "token"),
            ("kind = \"earmark\"\nurl = \"https://a.example\"\nat_once = 99", "at_once"),
        ] {
            let why = read(text).expect_err(text);
            assert!(why.contains(says), "{text}: {why}");
        }
        let read = read("kind = \"earmark\"\nurl = \"https://a.example\"\nauth = \"keyring:hub\"").expect("it is right");
        assert_eq!((read.at_once, read.largest()), (4, LARGEST_RECORDING));
    }

    #[test]
    fn only_the_named_regions_are_held_and_case_does_not_matter() {
        let regions = Regions::of(Some("eu, UK"));
        for (region, held) in [(Some("EU"), true), (Some("uk"), true), (Some("us"), false), (Some(""), false), (None, true)] {
            assert_eq!(regions.hold(region), held, "{region:?}");
        }
        assert!(Regions::of(None).hold(Some("us")));
    }
}
