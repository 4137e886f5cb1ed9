//! What happens when the program itself has a fault.

use std::panic::PanicHookInfo;

use super::failure::Failure;
use super::output::{Form, Output};
use crate::config::settings::Color;
use crate::config::{Paths, crash};

/// From now on a fault writes a crash file and says where it lies. The panic's own message is never shown: it may quote a
/// candidate's words.
pub(super) fn tell_of_faults(paths: Paths) {
    std::panic::set_hook(Box::new(move |info| {
        // A decoder that fails on a damaged recording is caught where it is called; it becomes that recording's problem.
        if crate::sound::decode::is_guarded() {
            return;
        }
        crate::player::give_back_stderr();
        // What is told stays in sight, and the shell gets its terminal as it was.
        let _ = crate::tui::terminal::restore();
        let out = Output::new(Form::of_process(false, false, true, Color::Off));
        out.failure(&story(&paths, info));
    }));
}

fn story(paths: &Paths, info: &PanicHookInfo<'_>) -> Failure {
    let failure = Failure::new("Could not go on: this is a fault of earmark itself, and what was saved is safe");
    match crash::report(paths, info.location(), jiff::Timestamp::now()) {
        Ok(file) => failure.hint(format!("a report about the program, and about nobody, lies in {}", paths.short(&file))),
        Err(e) => failure.cause(format!("and no crash file could be written: {e}")),
    }
}

/// The memory of this process holds names and words; no file of it is left behind.
pub(super) fn no_core_dumps() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        // Where a limit cannot be set, the system's own stays.
        let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    #[test]
    fn a_fault_leaves_a_file_without_the_words_of_the_panic() {
        let folder = tempfile::tempdir().expect("a folder");
        let at = |name: &str| folder.path().join(name);
        let paths = Paths {
            home: folder.path().to_owned(),
            config: at("config"),
            settings: at("config/settings.toml"),
            settings_chosen: false,
            library_chosen: false,
            library: at("library"),
            demo: at("demo"),
            state: at("state"),
            cache: at("cache"),
        };
        let told = Arc::new(Mutex::new(Vec::new()));
        let (seen, known) = (Arc::clone(&told), paths.clone());
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| seen.lock().expect("one thread").push(story(&known, info))));
        let _ = std::panic::catch_unwind(|| panic!("Ann Smith said something"));
        std::panic::set_hook(usual);

        let told = told.lock().expect("one thread");
        let file = std::fs::read_dir(paths.crashes()).expect("there").next().expect("one").expect("readable").path();
        let text = std::fs::read_to_string(&file).expect("readable");
        assert!(text.contains("crash.rs") && !text.contains("Ann"), "{text}");
        let lines = told[0].lines().join("\n");
        assert!(lines.contains("~/state/crash/") && !lines.contains("Ann"), "{lines}");
    }
}
