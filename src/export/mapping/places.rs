//! The columns of a profile for one rubric: each with its name, its field, and a scale that is the rubric's.

use super::{Datum, Source};
use crate::export::profile::{Column, Expand, From, Own, Profile, Range, own_range};
use crate::interview::Problem;
use crate::rubric::Rubric;

/// A column with its name and the place of its field.
pub(super) struct Place<'p> {
    pub(super) name: String,
    pub(super) column: &'p Column,
    pub(super) field: Option<String>,
}

/// Every column with its name, for this rubric.
pub(super) fn places<'p>(profile: &'p Profile, source: &Source) -> Result<Vec<Place<'p>>, Vec<Problem>> {
    let mut problems = Vec::new();
    let mut places: Vec<Place<'p>> = Vec::new();
    for column in &profile.columns {
        for (name, field) in named(profile, column, source) {
            let complain =
                |reason: String, remedy: &str| Problem::fatal(profile.id.as_str(), &format!("column \"{name}\""), &reason, remedy);
            if let Some(field) = &field {
                if !source.has(field) {
                    problems.push(complain(
                        format!("this batch has no \"{field}\""),
                        "its rubric has other criteria; write the column with expand = \"criteria\"",
                    ));
                } else if let Err(reason) = scale_fits(column, field, source.rubric) {
                    problems.push(complain(reason, "write the scale of this rubric into the profile, or use a profile for it"));
                }
            }
            if places.iter().any(|place| place.name == name) {
                problems.push(complain("the table would have this column twice".into(), "put {question} into the column's name"));
            }
            places.push(Place { name, column, field });
        }
    }
    if problems.is_empty() { Ok(places) } else { Err(problems) }
}

/// The names of a column, each with the field it comes from.
fn named(profile: &Profile, column: &Column, source: &Source) -> Vec<(String, Option<String>)> {
    let filled =
        |pairs: &[(&str, &str)], text: &str| pairs.iter().fold(text.to_owned(), |text, (key, value)| text.replace(key, value));
    let one = |pairs: &[(&str, &str)]| {
        let look = |name: &str| {
            let value = pairs.iter().find(|(key, _)| key.trim_matches(['{', '}']) == name)?;
            Some(Datum::Word(value.1.to_owned()))
        };
        let name = column.name.render(&look, str::to_owned).unwrap_or_default();
        match &column.from {
            From::Field(field) => (name, Some(filled(pairs, field))),
            _ => (name, None),
        }
    };
    match (&column.from, column.expand) {
        (From::Every, _) => {
            let allowed = source.table.columns.iter().filter(|name| profile.privacy.allows(name));
            allowed.map(|name| (name.clone(), Some(name.clone()))).collect()
        }
        (_, Expand::No) => vec![one(&[])],
        (_, Expand::Criteria) => {
            let criteria = source.rubric.criteria();
            criteria
                .map(|(question, criterion)| one(&[("{question}", question.id.as_str()), ("{criterion}", criterion.id.as_str())]))
                .collect()
        }
        (_, Expand::MustHaves) => {
            source.rubric.must_haves.iter().map(|one_of| one(&[("{must_have}", one_of.id.as_str())])).collect()
        }
    }
}

/// Whether what the profile says of a score's scale holds for this rubric.
fn scale_fits(column: &Column, field: &str, rubric: &Rubric) -> Result<(), String> {
    let own = match own_range(field) {
        None => return Ok(()),
        Some(Own::Percent) => (0.0, 100.0),
        Some(Own::Points) => (f64::from(rubric.scale.min), f64::from(rubric.scale.max)),
    };
    match (column.scale, column.range) {
        (Some(scaling), _) if scaling.from != own => {
            let (said, is) = (scaling.from, own);
            Err(format!("the profile scales from {} to {}, and \"{field}\" goes from {} to {}", said.0, said.1, is.0, is.1))
        }
        // A value of its own that lies beyond the target's bounds keeps its row back, and no other.
        (None, Range::Within(low, high)) if low <= own.0 && own.1 <= high && (low, high) != own => {
            Err(format!("the target takes {low} to {high}, \"{field}\" goes from {} to {}, and no scale leads there", own.0, own.1))
        }
        _ => Ok(()),
    }
}
