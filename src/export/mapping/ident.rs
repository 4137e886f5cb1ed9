//! Which record of the ATS a row is about: its id, what an id looks like, and ids that more than one row has.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::{ROW, Source, convert};
use crate::export::application::bare;
use crate::export::profile::{IdForm, Profile, Shape};

/// Ids that more than one row has, also where they differ by leading zeros alone: which row is meant cannot be told.
pub(super) fn twins(profile: &Profile, source: &Source, chosen: &[usize]) -> BTreeMap<String, String> {
    let mut rows: BTreeMap<String, (BTreeSet<String>, BTreeSet<String>, usize)> = BTreeMap::new();
    if profile.ident.key == ROW {
        return BTreeMap::new();
    }
    for row in chosen {
        let key = source.text(*row, &profile.ident.key);
        if !key.is_empty() {
            let (spellings, candidates, count) = rows.entry(bare(&key)).or_default();
            spellings.insert(key);
            candidates.insert(source.text(*row, "candidate"));
            *count += 1;
        }
    }
    let is_double = |(spellings, candidates, count): &(BTreeSet<String>, BTreeSet<String>, usize)| match profile.rows.shape {
        Shape::Wide => *count > 1,
        Shape::Long => candidates.len() > 1 || spellings.len() > 1,
    };
    let reason = |(spellings, _, count): &(BTreeSet<String>, BTreeSet<String>, usize)| {
        let all: Vec<String> = spellings.iter().map(|key| format!("\"{key}\"")).collect();
        match all.len() {
            1 => format!("{count} rows have the id {}", all[0]),
            _ => format!("the ids {} differ by leading zeros alone", all.join(" and ")),
        }
    };
    let doubled = rows.iter().filter(|(_, found)| is_double(found));
    doubled.map(|(key, found)| (key.clone(), reason(found))).collect()
}

/// The id of the ATS's record; for a file that is for people, what tells the row from the others.
pub(super) fn key_of(profile: &Profile, source: &Source, index: usize) -> String {
    if profile.ident.key != ROW {
        return source.text(index, &profile.ident.key);
    }
    let parts: &[&str] = match profile.rows.shape {
        Shape::Wide => &["candidate", "application_system", "application_id"],
        Shape::Long => &["candidate", "question", "criterion", "reviewer"],
    };
    let parts: Vec<String> = parts.iter().map(|field| source.text(index, field)).collect();
    json!(parts).to_string()
}

/// The digits of the largest Int64.
const INT64: usize = 19;

pub(super) fn looks_like_an_id(profile: &Profile, key: &str) -> Result<(), (String, String)> {
    if profile.ident.key == ROW {
        return Ok(());
    }
    let shown = convert::short(key);
    let remedy = "correct the id at its source, or `id_form` in the profile".to_owned();
    let is_form = match profile.ident.form {
        IdForm::Text => !key.chars().any(char::is_control) && key.trim() == key,
        IdForm::Digits => key.bytes().all(|byte| byte.is_ascii_digit()),
        IdForm::Uuid => key.len() == 36 && uuid::Uuid::try_parse(key).is_ok(),
    };
    if !is_form {
        let what = match profile.ident.form {
            IdForm::Text => "a text in one line",
            IdForm::Digits => "digits alone",
            IdForm::Uuid => "a UUID",
        };
        return Err((format!("the id \"{shown}\" is not {what}"), remedy));
    }
    if key.chars().count() > profile.ident.longest {
        return Err((format!("the id \"{shown}\" has more than {} characters", profile.ident.longest), remedy));
    }
    // Where ids are digits alone they are numbers, and a number has no zeros before it.
    if profile.ident.form == IdForm::Digits && key.starts_with('0') {
        let remedy = "correct the id at its source; where the ATS keeps ids as texts, write id_form = \"text\" into [match]";
        return Err((format!("the id \"{shown}\" begins with a zero, and is to be a number"), remedy.to_owned()));
    }
    // Nineteen digits are what an Int64 has, and not all of them are one.
    if profile.ident.form == IdForm::Digits && profile.ident.longest == INT64 && key.parse::<i64>().is_err() {
        return Err((format!("the id \"{shown}\" is greater than {}, the largest Int64", i64::MAX), remedy));
    }
    Ok(())
}
