//! Which keys do what, and where: `keys.toml` and the user's own file laid over it.

mod key;
mod parse;
#[cfg(test)]
mod tests;

use crate::app::action::{Action, Place};
use crate::interview::Problem;

pub use key::{Code, Key, NoSuchKey};

/// The defaults: the data file itself.
pub const DEFAULTS: &str = include_str!("../keys.toml");

/// What a key or a sequence of keys means at a place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Resolved {
    /// This is to be done.
    Action(Action),
    /// A longer binding begins so; the next key decides.
    Prefix,
    /// Nothing.
    None,
}

/// Every binding. Look-ups go through some dozens of lines: far below a microsecond.
#[derive(Clone, Debug)]
pub struct Keymap {
    /// The user's own first, so that help shows them.
    bindings: Vec<Binding>,
}

#[derive(Clone, Debug)]
struct Binding {
    place: Place,
    keys: Vec<Key>,
    action: Option<Action>,
}

impl Keymap {
    /// The defaults.
    pub fn new() -> Self {
        Self::with_user("keys.toml", "").0
    }

    /// The defaults with a user's file laid over them; `file` names it in what is said about it. What is right in it is
    /// taken, every mistake is told with its line.
    pub fn with_user(file: &str, text: &str) -> (Self, Vec<Problem>) {
        let (own, mut complaints) = parse::read(file, text);
        let (defaults, _) = parse::read("keys.toml", DEFAULTS);
        parse::tell_shadowed(&own, &mut complaints);
        let kept = defaults.into_iter().filter(|line| !parse::gives_way(line, &own)).collect::<Vec<_>>();
        let lines = own.into_iter().chain(kept);
        let bindings = lines.map(|line| Binding { place: line.place, keys: line.keys, action: line.action });
        (Keymap { bindings: bindings.collect() }, complaints.into_problems())
    }

    /// What `pressed`, one key or several in a row, means at `place`; its own bindings come before those of anywhere.
    pub fn resolve(&self, place: Place, pressed: &[Key]) -> Resolved {
        let longer =
            |binding: &Binding| binding.keys.len() > pressed.len() && binding.keys.starts_with(pressed) && binding.action.is_some();
        if self.at(place).any(longer) {
            return Resolved::Prefix;
        }
        let exact = self.at(place).find(|binding| binding.keys == pressed);
        exact.and_then(|binding| binding.action).map_or(Resolved::None, Resolved::Action)
    }

    /// The screens other than `place` where a key means something, and what.
    pub fn elsewhere(&self, place: Place, key: Key) -> Vec<(Place, Action)> {
        let screens = Place::ALL.into_iter().filter(|other| !matches!(other, Place::Overlay | Place::Anywhere) && *other != place);
        let means = |other: Place| match self.resolve(other, &[key]) {
            Resolved::Action(action) => Some((other, action)),
            Resolved::Prefix | Resolved::None => None,
        };
        screens.filter_map(means).collect()
    }

    /// The labels of the keys that do `action` at `place`, the first to be shown first.
    pub fn keys(&self, place: Place, action: Action) -> Vec<String> {
        let means_it = |keys: &[Key]| self.resolve(place, keys) == Resolved::Action(action);
        let bound = self.at(place).filter(|binding| binding.action == Some(action));
        bound.filter(|binding| means_it(&binding.keys)).map(|binding| label(&binding.keys)).collect()
    }

    /// The label of the key to show for `action` at `place`.
    pub fn key(&self, place: Place, action: Action) -> Option<String> {
        self.keys(place, action).into_iter().next()
    }

    /// The actions that work at `place` with the labels of their keys, in the table's order; for the help.
    pub fn help(&self, place: Place) -> Vec<(Action, Vec<String>)> {
        let here = Action::ALL.iter().filter(|action| action.works_in(place));
        here.map(|action| (*action, self.keys(place, *action))).collect()
    }

    /// What can follow `pressed` at `place`, for the hint that is shown while a sequence waits.
    pub fn continuations(&self, place: Place, pressed: &[Key]) -> Vec<(String, Action)> {
        let longer = self.at(place).filter(|binding| binding.keys.len() > pressed.len() && binding.keys.starts_with(pressed));
        longer.filter_map(|binding| Some((label(&binding.keys[pressed.len()..]), binding.action?))).collect()
    }

    /// The bindings of `place`, then those of anywhere.
    fn at(&self, place: Place) -> impl Iterator<Item = &Binding> {
        let of = move |wanted: Place| self.bindings.iter().filter(move |binding| binding.place == wanted);
        let anywhere = of(Place::Anywhere).filter(move |_| place != Place::Anywhere);
        of(place).chain(anywhere)
    }
}

impl Default for Keymap {
    fn default() -> Self {
        Keymap::new()
    }
}

/// The keys of a sequence that were pressed so far.
#[derive(Clone, Debug, Default)]
pub struct Pressed {
    keys: Vec<Key>,
}

impl Pressed {
    /// Takes one more key. [`Resolved::Prefix`] waits for the next; Esc gives a waiting sequence up.
    pub fn press(&mut self, keymap: &Keymap, place: Place, key: Key) -> Resolved {
        if !self.keys.is_empty() && key == Key::plain(Code::Esc) {
            self.keys.clear();
            return Resolved::None;
        }
        self.keys.push(key);
        let resolved = keymap.resolve(place, &self.keys);
        if resolved != Resolved::Prefix {
            self.keys.clear();
        }
        resolved
    }

    /// The keys that wait for the next.
    pub fn waiting(&self) -> &[Key] {
        &self.keys
    }

    /// Forgets them: the place has changed.
    pub fn clear(&mut self) {
        self.keys.clear();
    }
}

/// How people read keys: arrows as arrows, the rest as `keys.toml` writes it.
pub fn label(keys: &[Key]) -> String {
    let one = |key: &Key| {
        let arrow = match key.code {
            Code::Up => "↑",
            Code::Down => "↓",
            Code::Left => "←",
            Code::Right => "→",
            _ => return key.to_string(),
        };
        format!("{}{}{}{arrow}", on(key.ctrl, "ctrl-"), on(key.alt, "alt-"), on(key.shift, "shift-"))
    };
    keys.iter().map(one).collect::<Vec<_>>().join(" ")
}

fn on(held: bool, prefix: &'static str) -> &'static str {
    if held { prefix } else { "" }
}
