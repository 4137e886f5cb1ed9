//! The profiles that come with the program: every `.toml` file of `src/export/profiles/`.

use include_dir::{Dir, include_dir};

use super::Profile;

static PROFILES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/src/export/profiles");

/// In the order in which people look for one.
const ORDER: [&str; 8] =
    ["spreadsheet", "generic-csv", "successfactors", "successfactors-odata", "greenhouse-v3", "ashby", "workday", "icims"];

/// A profile that comes with the program.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ShippedProfile {
    /// What people call it on the command line.
    pub name: &'static str,
    /// The TOML; read it with [`super::Profile::read`].
    pub text: &'static str,
}

impl ShippedProfile {
    /// What its file says.
    pub fn profile(&self) -> Profile {
        Profile::check(self.name, self.text).profile.expect("a shipped profile is right; a test reads each")
    }
}

/// All shipped profiles.
pub fn shipped_profiles() -> Vec<ShippedProfile> {
    let as_shipped = |file: &'static include_dir::File<'static>| {
        let name = file.path().to_str()?.strip_suffix(".toml")?;
        Some(ShippedProfile { name, text: file.contents_utf8()? })
    };
    let mut all: Vec<ShippedProfile> = PROFILES.files().filter_map(as_shipped).collect();
    all.sort_by_key(|shipped| (ORDER.iter().position(|name| *name == shipped.name).unwrap_or(ORDER.len()), shipped.name));
    all
}

/// The shipped profile of this name.
pub fn shipped_profile(name: &str) -> Option<ShippedProfile> {
    shipped_profiles().into_iter().find(|shipped| shipped.name == name)
}
