//! Reading a keys file into bindings.

use super::key::Key;
use crate::app::action::{Action, Place};
use crate::tui::lines::{Complaints, entries};

/// What one line of a keys file says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Line {
    pub(super) place: Place,
    /// One key, or several pressed one after the other.
    pub(super) keys: Vec<Key>,
    /// Nothing: the keys do nothing there.
    pub(super) action: Option<Action>,
    /// Where it stands, for complaints that come later.
    pub(super) byte: usize,
}

/// Reads `text`: the lines that are right, and every mistake with its line.
pub(super) fn read<'t>(file: &'t str, text: &'t str) -> (Vec<Line>, Complaints<'t>) {
    let mut complaints = Complaints::of(file, text);
    let mut lines: Vec<Line> = Vec::new();
    let table = complaints.table();
    for (name, value) in entries(&table) {
        let Some(place) = Place::ALL.iter().find(|place| place.name() == name.get_ref()) else {
            let places: Vec<_> = Place::ALL.iter().map(|place| place.name()).collect();
            let reason = format!("there is no place {:?}", name.get_ref());
            complaints.at(name.span().start, &reason, &format!("keys are bound in {}", places.join(", ")));
            continue;
        };
        let Some(table) = complaints.inner(value, place.name()) else { continue };
        for (keys, action) in entries(table) {
            let byte = keys.span().start;
            let Some(line) = line(&mut complaints, *place, (keys.get_ref(), byte), action) else { continue };
            if lines.iter().any(|other| other.place == line.place && other.keys == line.keys) {
                let reason = format!("{:?} is bound twice in {}", keys.get_ref(), place.name());
                complaints.at(byte, &reason, "keep one of the two");
                continue;
            }
            lines.push(line);
        }
    }
    (lines, complaints)
}

fn line(
    complaints: &mut Complaints<'_>,
    place: Place,
    (keys, byte): (&str, usize),
    action: &toml::Spanned<toml::de::DeValue<'_>>,
) -> Option<Line> {
    let keys = match keys.split_whitespace().map(str::parse).collect::<Result<Vec<Key>, _>>() {
        Ok(keys) if !keys.is_empty() => Some(keys),
        Ok(_) => {
            complaints.at(byte, "a binding without a key", "name the key; the space bar is \"space\"");
            None
        }
        Err(wrong) => {
            complaints.at(byte, &wrong.to_string(), "keys are called a, A, space, enter, pgdn, ctrl-r, shift-left, \"g g\" …");
            None
        }
    };
    let action = match action.get_ref().as_str() {
        Some("") => Some(None),
        Some(name) => match name.parse::<Action>() {
            Ok(known) if known.works_in(place) => Some(Some(known)),
            Ok(known) => {
                let reason = format!("{known} does nothing in {}", place.name());
                let places: Vec<_> = known.places().iter().map(|place| place.name()).collect();
                complaints.at(action.span().start, &reason, &format!("it works in {}", places.join(", ")));
                None
            }
            Err(wrong) => {
                complaints.at(action.span().start, &wrong.to_string(), "`earmark config keys` lists every action's name");
                None
            }
        },
        None => {
            let reason = format!("the action is {}, not a name", action.get_ref().type_str());
            complaints.at(action.span().start, &reason, "write the action's name in quotes, or \"\" to unbind");
            None
        }
    };
    Some(Line { place, keys: keys?, action: action?, byte })
}

/// Notes the lines of one file that can never act, because a longer one begins with them.
pub(super) fn tell_shadowed(lines: &[Line], complaints: &mut Complaints<'_>) {
    for short in lines.iter().filter(|line| line.action.is_some()) {
        if let Some(long) = lines.iter().find(|long| begins(short, long)) {
            let reason = format!("{:?} can never act: {:?} begins with it", written(&short.keys), written(&long.keys));
            complaints.at(short.byte, &reason, "bind one of the two to something else");
        }
    }
}

/// Whether a default gives way to the user's own: to the same keys, or to shorter ones that it would hold up.
pub(super) fn gives_way(default: &Line, own: &[Line]) -> bool {
    let same = |user: &Line| user.place == default.place && user.keys == default.keys;
    own.iter().any(|user| same(user) || (user.action.is_some() && begins(user, default)))
}

/// Whether `long` is a longer binding that begins with `short` where both are heard.
fn begins(short: &Line, long: &Line) -> bool {
    let met = short.place == long.place || short.place == Place::Anywhere || long.place == Place::Anywhere;
    met && long.action.is_some() && long.keys.len() > short.keys.len() && long.keys.starts_with(&short.keys)
}

fn written(keys: &[Key]) -> String {
    keys.iter().map(Key::to_string).collect::<Vec<_>>().join(" ")
}
