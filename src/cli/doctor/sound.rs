//! Whether sound can come out: which sound server, which cookie, and what is in the way; or a card.

use std::path::Path;

use super::Check;
use super::checks::variable;
use crate::config::Paths;
use crate::player::{Trouble, Visit, sound_server};

const NAME: &str = "sound";

/// Asks the sound server whether it takes us; nothing is opened on it.
pub(super) fn check(paths: &Paths) -> Check {
    if cfg!(not(target_os = "linux")) {
        return Check::good(NAME, "the system's own; it is opened when something plays");
    }
    let traces = traces(Path::new("/"), &variable("XDG_RUNTIME_DIR"));
    told(&sound_server(), &traces, |path| paths.short(path))
}

fn told(visit: &Visit, traces: &[&'static str], short: impl Fn(&Path) -> String) -> Check {
    let cookie = visit.cookie.as_ref().map_or_else(|| "no cookie".to_owned(), |file| format!("the cookie {}", short(file)));
    let socket = visit.socket.as_ref().map(|socket| short(socket));
    let named = visit.named_by.as_ref().map(|by| format!(", as {} says", short(Path::new(by)))).unwrap_or_default();
    let server = socket.map(|socket| format!("PulseAudio's protocol at {socket}{named}, with {cookie}"));
    let others = if traces.is_empty() { String::new() } else { format!("; also {}", traces.join(", ")) };
    let Some(trouble) = &visit.trouble else {
        return Check::good(NAME, format!("{}{others}", server.unwrap_or_default()));
    };
    let has_card = traces.iter().any(|trace| trace.contains("card"));
    if *trouble == Trouble::Nowhere && visit.named_by.is_none() {
        if has_card {
            return Check::good(NAME, traces.join(", "));
        }
        let hint =
            format!("{}. Transcripts can be read without sound; nothing counts as heard that was not played", trouble.remedy());
        return Check::warning(NAME, format!("neither a sound server nor a sound card is there{others}"), hint);
    }
    let at = server.map_or_else(String::new, |server| format!("{server}: "));
    let looked = match trouble {
        Trouble::Refused if visit.cookie.is_none() => {
            let places: Vec<String> = visit.looked.iter().map(|file| short(file)).collect();
            format!("; no cookie is in {}", places.join(", "))
        }
        _ => String::new(),
    };
    Check::warning(NAME, format!("{at}{trouble}{looked}{others}"), trouble.remedy())
}

/// What else plays sound on a Linux machine, found by what it leaves in the file system.
fn traces(root: &Path, runtime: &str) -> Vec<&'static str> {
    let cards = std::fs::read_to_string(root.join("proc/asound/cards")).unwrap_or_default();
    let has_card = !cards.trim().is_empty() && !cards.contains("no soundcards");
    let has_pipewire = !runtime.is_empty() && Path::new(runtime).join("pipewire-0").exists();
    let found = [(has_pipewire, "PipeWire's own protocol"), (has_card, "an ALSA card")];
    found.into_iter().filter(|(there, _)| *there).map(|(_, name)| name).collect()
}

#[cfg(test)]
mod tests {
    use super::super::Status;
    use super::*;

    fn visit(trouble: Option<Trouble>) -> Visit {
        Visit {
            socket: Some("/run/user/1000/pulse/native".into()),
            named_by: None,
            cookie: Some("/home/x/.config/pulse/cookie".into()),
            looked: vec!["/home/x/.config/pulse/cookie".into(), "/home/x/.pulse-cookie".into()],
            trouble,
        }
    }

    fn say(visit: &Visit, traces: &[&'static str]) -> (Status, String) {
        let check = told(visit, traces, |path| path.display().to_string().replace("/home/x", "~"));
        (check.status, format!("{} | {}", check.detail, check.hint.unwrap_or_default()))
    }

    #[test]
    fn a_server_is_named_with_its_cookie_and_what_is_in_the_way_with_its_remedy() {
        let (status, said) = say(&visit(None), &[]);
        let good = "PulseAudio's protocol at /run/user/1000/pulse/native, with the cookie ~/.config/pulse/cookie | ";
        assert_eq!((status, said.as_str()), (Status::Good, good));
        let refused = Visit { cookie: None, named_by: Some("PULSE_SERVER".into()), ..visit(Some(Trouble::Refused)) };
        let (status, said) = say(&refused, &["an ALSA card"]);
        assert_eq!(status, Status::Warning);
        for part in
            ["as PULSE_SERVER says", "with no cookie: the server refuses", "~/.pulse-cookie", "an ALSA card", "PULSE_COOKIE"]
        {
            assert!(said.contains(part), "{part}: {said}");
        }
        let remote = Visit { socket: None, ..visit(Some(Trouble::Remote("tcp:there".into()))) };
        let (_, said) = say(&remote, &[]);
        assert!(said.starts_with("tcp:there is reached over a network") && said.contains("unix:"), "{said}");
    }

    #[test]
    fn a_server_without_an_output_is_not_called_good() {
        let (status, said) = say(&visit(Some(Trouble::NoOutput)), &[]);
        assert_eq!(status, Status::Warning);
        assert!(said.contains("cookie: the server has no output") && said.contains("pactl list short sinks"), "{said}");
    }

    #[test]
    fn without_a_server_a_card_is_enough_and_without_either_that_is_said() {
        let nowhere = Visit { socket: None, ..visit(Some(Trouble::Nowhere)) };
        assert_eq!(say(&nowhere, &["an ALSA card"]), (Status::Good, "an ALSA card | ".into()));
        assert_eq!(say(&nowhere, &[]).0, Status::Warning);
    }

    #[test]
    fn what_else_plays_is_found_by_its_traces() {
        let root = tempfile::tempdir().expect("a folder");
        let asound = root.path().join("proc/asound");
        std::fs::create_dir_all(&asound).expect("made");
        std::fs::write(asound.join("cards"), "--- no soundcards ---\n").expect("written");
        assert_eq!(traces(root.path(), ""), [""; 0]);
        std::fs::write(asound.join("cards"), " 0 [PCH]: HDA-Intel\n").expect("written");
        std::fs::write(root.path().join("pipewire-0"), "").expect("written");
        let runtime = root.path().to_string_lossy().into_owned();
        assert_eq!(traces(root.path(), &runtime), ["PipeWire's own protocol", "an ALSA card"]);
    }
}
