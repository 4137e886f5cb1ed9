//! Where settings, library, state and cache lie.

use std::path::{Path, PathBuf};

use etcetera::BaseStrategy;
use etcetera::base_strategy::Xdg;

/// The folders and files of this user, by the XDG base directories; none of them need exist.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Paths {
    /// The person's home, which messages and reports write as `~`.
    pub home: PathBuf,
    /// The settings folder: the settings file, the identity, the library's key. Never beside the library.
    pub config: PathBuf,
    /// The settings file.
    pub settings: PathBuf,
    /// Whether the user named the settings file; then it must be there.
    pub settings_chosen: bool,
    /// The library that commands work on.
    pub library: PathBuf,
    /// Whether the user named the library; then commands that only read want it to be there.
    pub library_chosen: bool,
    /// The demo's own library; no option moves it, so that the demo's people never meet real ones.
    pub demo: PathBuf,
    /// The log and crash files.
    pub state: PathBuf,
    /// What can be made again.
    pub cache: PathBuf,
}

/// There is no home folder to start from.
#[derive(Debug, thiserror::Error)]
#[error("this user has no home folder (HOME is not set)")]
pub struct PathsError;

impl Paths {
    /// Finds them; `library` and `settings` stand for what the user chose instead of the usual places.
    ///
    /// # Errors
    /// When there is no home folder.
    pub fn find(library: Option<PathBuf>, settings: Option<PathBuf>) -> Result<Self, PathsError> {
        let xdg = Xdg::new().map_err(|_| PathsError)?;
        let data = xdg.data_dir().join("earmark");
        let state = xdg.state_dir().unwrap_or_else(|| xdg.home_dir().join(".local/state")).join("earmark");
        let config = xdg.config_dir().join("earmark");
        Ok(Paths {
            home: xdg.home_dir().to_owned(),
            settings_chosen: settings.is_some(),
            settings: settings.unwrap_or_else(|| config.join("settings.toml")),
            library_chosen: library.is_some(),
            library: library.unwrap_or_else(|| data.join("library")),
            demo: data.join("demo"),
            config,
            state,
            cache: xdg.cache_dir().join("earmark"),
        })
    }

    /// The same places with the demo's library as the one that commands work on.
    pub fn for_demo(mut self) -> Self {
        self.library = self.demo.clone();
        self.library_chosen = false;
        self
    }

    /// Who one is: label, pseudonym and private keys.
    pub fn identity(&self) -> PathBuf {
        self.config.join("identity.toml")
    }

    /// The folder of log files.
    pub fn logs(&self) -> PathBuf {
        self.state.join("log")
    }

    /// The folder of crash files.
    pub fn crashes(&self) -> PathBuf {
        self.state.join("crash")
    }

    /// `path` for people and reports: the home folder, which often holds a person's name, is written as `~`.
    pub fn short(&self, path: &Path) -> String {
        match path.strip_prefix(&self.home) {
            Ok(rest) if rest.as_os_str().is_empty() => "~".to_owned(),
            Ok(rest) => format!("~/{}", rest.display()),
            Err(_) => path.display().to_string(),
        }
    }
}
