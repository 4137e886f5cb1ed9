//! Where the sound server is and what it wants to be shown: looked for where PulseAudio's own library looks.
//!
//! The server: `PULSE_SERVER`, else `default-server` of the client's settings, else the socket of one's own server, else the machine's. The
//! cookie: `PULSE_COOKIE`, else `cookie-file` of the client's settings, else `pulse/cookie` under `XDG_CONFIG_HOME` (`~/.config` where that is
//! unset), else `~/.pulse-cookie`. Of files that are not there, or too short, the next counts. Where none is, zeros are shown, as the library
//! does: a server that goes by the user alone takes them, and refuses a cookie of any other length.

use std::path::{Path, PathBuf};

/// How long a cookie is, in bytes.
pub(super) const COOKIE: usize = 256;

/// Where a server may be.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Places {
    /// Sockets, in the order in which they are tried.
    pub(super) sockets: Vec<PathBuf>,
    /// Servers that are reached over a network, which is not done here.
    pub(super) remote: Vec<String>,
    /// What named them, where it was not the usual place.
    pub(super) named_by: Option<String>,
}

/// Where things are looked for: the environment's variables, and the root of the file system.
pub(super) struct Surroundings<'a> {
    pub(super) variable: &'a dyn Fn(&str) -> Option<String>,
    pub(super) root: &'a Path,
}

impl Surroundings<'_> {
    fn var(&self, name: &str) -> Option<String> {
        (self.variable)(name).filter(|value| !value.is_empty())
    }

    fn folder(&self, name: &str) -> Option<PathBuf> {
        self.var(name).map(PathBuf::from)
    }

    /// The folder of PulseAudio's settings.
    fn settings(&self) -> Option<PathBuf> {
        let config = self.folder("XDG_CONFIG_HOME").or_else(|| Some(self.folder("HOME")?.join(".config")))?;
        Some(config.join("pulse"))
    }

    /// The client's settings file that counts, and what it sets.
    fn client(&self) -> Option<(PathBuf, String)> {
        let own = self.settings().map(|folder| folder.join("client.conf"));
        let places = [self.folder("PULSE_CLIENTCONFIG"), own, Some(self.root.join("etc/pulse/client.conf"))];
        places.into_iter().flatten().find_map(|file| Some((file.clone(), std::fs::read_to_string(file).ok()?)))
    }

    pub(super) fn servers(&self) -> Places {
        if let Some(named) = self.var("PULSE_SERVER") {
            return self.named(&named, "PULSE_SERVER".to_owned());
        }
        if let Some((file, text)) = self.client()
            && let Some(named) = setting(&text, "default-server")
        {
            return self.named(&named, file.display().to_string());
        }
        let own = self.folder("PULSE_RUNTIME_PATH").or_else(|| Some(self.folder("XDG_RUNTIME_DIR")?.join("pulse")));
        // Some give `PULSE_RUNTIME_PATH` the folder above.
        let above = self.folder("PULSE_RUNTIME_PATH").map(|folder| folder.join("pulse/native"));
        let own = own.map(|folder| folder.join("native"));
        let system = Some(self.root.join("run/pulse/native"));
        Places { sockets: [own, above, system].into_iter().flatten().collect(), ..Places::default() }
    }

    /// Servers as PulseAudio writes them: `unix:/a/socket /another {machine}tcp:host:port`. What is for another machine is passed over.
    fn named(&self, text: &str, named_by: String) -> Places {
        let mut places = Places { named_by: Some(named_by), ..Places::default() };
        let machine = std::fs::read_to_string(self.root.join("etc/machine-id")).unwrap_or_default();
        for mut one in text.split_whitespace() {
            if let Some((of, rest)) = one.strip_prefix('{').and_then(|one| one.split_once('}')) {
                if of != machine.trim() {
                    continue;
                }
                one = rest;
            }
            match one.strip_prefix("unix:").or(one.starts_with('/').then_some(one)) {
                Some(path) => places.sockets.push(path.into()),
                None => places.remote.push(one.to_owned()),
            }
        }
        places
    }

    /// Where a cookie is looked for, in this order.
    pub(super) fn cookies(&self) -> Vec<PathBuf> {
        let settings = self.settings();
        // What is no whole path lies beside the settings.
        let whole = |path: PathBuf| settings.as_ref().map_or_else(|| path.clone(), |folder| folder.join(&path));
        let set = self.client().and_then(|(_, text)| setting(&text, "cookie-file")).map(PathBuf::from);
        let usual = settings.as_ref().map(|folder| folder.join("cookie"));
        let old = self.folder("HOME").map(|home| home.join(".pulse-cookie"));
        [self.folder("PULSE_COOKIE").map(whole), set.map(whole), usual, old].into_iter().flatten().collect()
    }

    /// The cookie that is shown, and the file that it is from; zeros where there is none.
    pub(super) fn cookie(&self) -> (Vec<u8>, Option<PathBuf>) {
        let found = self.cookies().into_iter().find_map(|file| {
            let cookie = std::fs::read(&file).ok()?.get(..COOKIE)?.to_vec();
            Some((cookie, Some(file)))
        });
        found.unwrap_or_else(|| (vec![0; COOKIE], None))
    }
}

/// What a settings file of PulseAudio's sets.
fn setting(text: &str, name: &str) -> Option<String> {
    let lines = text.lines().map(str::trim).filter(|line| !line.starts_with(['#', ';']));
    let mut set = lines.filter_map(|line| line.split_once('=')).filter(|(key, _)| key.trim() == name);
    set.next_back().map(|(_, value)| value.trim().to_owned()).filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    /// Files and what is in them, or variables and their values.
    type Pairs<'a> = &'a [(&'a str, &'a str)];

    /// A machine with the home folder `home` and these files; `set` are its variables, in which `/` stands for its root.
    struct Machine(tempfile::TempDir, HashMap<String, String>);

    impl Machine {
        fn with(files: Pairs<'_>, set: Pairs<'_>) -> Machine {
            let root = tempfile::tempdir().expect("a folder");
            for (file, text) in files {
                let file = root.path().join(file);
                std::fs::create_dir_all(file.parent().expect("it lies in a folder")).expect("made");
                std::fs::write(file, text).expect("written");
            }
            let home = root.path().join("home").display().to_string();
            let mut all: HashMap<String, String> = [("HOME".to_owned(), home)].into();
            let at = root.path().display().to_string();
            all.extend(set.iter().map(|(name, value)| ((*name).to_owned(), value.replace('~', &at))));
            Machine(root, all)
        }

        fn ask<T>(&self, question: impl FnOnce(&Surroundings<'_>) -> T) -> T {
            let variable = |name: &str| self.1.get(name).cloned();
            question(&Surroundings { variable: &variable, root: self.0.path() })
        }

        /// Which cookie is shown, by its first letter, and its file.
        fn cookie(&self) -> (u8, Option<String>) {
            let (cookie, file) = self.ask(|around| around.cookie());
            assert_eq!(cookie.len(), COOKIE);
            (cookie[0], file.map(|file| file.strip_prefix(self.0.path()).expect("within").display().to_string()))
        }

        fn sockets(&self) -> (Vec<String>, Vec<String>) {
            let places = self.ask(|around| around.servers());
            let short = |path: &PathBuf| path.strip_prefix(self.0.path()).unwrap_or(path).display().to_string();
            (places.sockets.iter().map(short).collect(), places.remote)
        }
    }

    #[test]
    fn a_cookie_is_found_where_the_servers_own_library_finds_it() {
        let (a, b, c) = ("a".repeat(COOKIE), "b".repeat(COOKIE), "c".repeat(COOKIE));
        let usual = ("home/.config/pulse/cookie", a.as_str());
        let elsewhere = ("config/pulse/cookie", b.as_str());
        let other = ("other", c.as_str());
        let all = [usual, elsewhere, other];
        let rows: [(Pairs<'_>, Pairs<'_>, u8, &str); 8] = [
            (&[usual], &[], b'a', usual.0),
            (&all, &[("XDG_CONFIG_HOME", "~/config")], b'b', elsewhere.0),
            (&all, &[("XDG_CONFIG_HOME", "~/config"), ("PULSE_COOKIE", "~/other")], b'c', other.0),
            (&all, &[("PULSE_COOKIE", "~/not-there")], b'a', usual.0),
            (&[usual, ("short", "abc")], &[("PULSE_COOKIE", "~/short")], b'a', usual.0),
            (&[("home/.config/pulse/second", &b)], &[("PULSE_COOKIE", "second")], b'b', "home/.config/pulse/second"),
            (&[usual, other, ("etc/pulse/client.conf", "; cookie-file = no\n cookie-file = /nowhere\n")], &[], b'a', usual.0),
            (&[("home/.pulse-cookie", &c)], &[("XDG_CONFIG_HOME", "~/config")], b'c', "home/.pulse-cookie"),
        ];
        for (files, set, first, from) in rows {
            assert_eq!(Machine::with(files, set).cookie(), (first, Some(from.to_owned())), "{set:?}");
        }
        assert_eq!(Machine::with(&[], &[]).cookie(), (0, None));
    }

    #[test]
    fn a_server_is_found_where_its_own_library_finds_it() {
        let check = |files: &[(&str, &str)], set: &[(&str, &str)], sockets: &[&str], remote: &[&str]| {
            let found = Machine::with(files, set).sockets();
            assert_eq!(
                found,
                (sockets.iter().map(|s| (*s).into()).collect(), remote.iter().map(|s| (*s).into()).collect()),
                "{set:?}"
            );
        };
        check(&[], &[("XDG_RUNTIME_DIR", "~/user")], &["user/pulse/native", "run/pulse/native"], &[]);
        check(&[], &[("PULSE_SERVER", "unix:/a/socket"), ("XDG_RUNTIME_DIR", "~/user")], &["/a/socket"], &[]);
        check(&[], &[("PULSE_SERVER", "/a/socket tcp:there:4713 there")], &["/a/socket"], &["tcp:there:4713", "there"]);
        let machine = ("etc/machine-id", "0123\n");
        check(&[machine], &[("PULSE_SERVER", "{4567}unix:/theirs {0123}unix:/ours")], &["/ours"], &[]);
        let client = ("home/.config/pulse/client.conf", "# default-server = no\ndefault-server = unix:/set\n");
        check(&[client], &[("XDG_RUNTIME_DIR", "~/user")], &["/set"], &[]);
        let runtime = [("PULSE_RUNTIME_PATH", "~/own"), ("XDG_RUNTIME_DIR", "~/user")];
        check(&[], &runtime, &["own/native", "own/pulse/native", "run/pulse/native"], &[]);
    }
}
