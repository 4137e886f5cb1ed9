//! The ATS's own requisitions, candidates and applications, as a profile's pulls list them.

use std::collections::BTreeMap;

use serde_json::Value;

use super::calls::Caller;
use super::matching::Listed;
use super::store::{StoreError, Trouble};
use crate::export::mapping::pull_request;
use crate::export::profile::{Known, Profile, Pull};

/// Pages of one listing that are read: a hundred thousand applications.
const PAGES: usize = 1000;

/// Every application that the pulls of a profile list, of the batch's requisition where the requests name it. A listing of
/// candidates gives the applications of another listing their addresses.
///
/// # Errors
/// Where a listing cannot be read to its end, or names the requisition and the batch has none.
pub async fn pull(caller: &Caller, profile: &Profile, requisition: Option<&str>) -> Result<Vec<Listed>, StoreError> {
    let mut all = Vec::new();
    for one in &profile.pulls {
        let request = pull_request(one, requisition, &caller.values).map_err(|missing| {
            let text = format!("pull \"{}\" needs {}, and the batch has none", one.name, missing.field);
            StoreError::new(Trouble::Refused, text)
        })?;
        let pages = caller.pages(request, one.next.as_ref(), PAGES).await?;
        for page in &pages {
            all.extend(entries(one, page).map_err(|why| StoreError::new(Trouble::Refused, format!("{} {why}", caller.host())))?);
        }
    }
    Ok(joined(all))
}

/// The entries of a page; an id that the ATS writes as a number is a text from here on.
fn entries(pull: &Pull, page: &Value) -> Result<Vec<Listed>, String> {
    let list = match &pull.list {
        None => std::slice::from_ref(page),
        Some(list) => {
            let found = list.plainly(page).and_then(Value::as_array);
            found.ok_or_else(|| format!("answers pull \"{}\" without the list", pull.name))?.as_slice()
        }
    };
    let entry = |entry: &Value| {
        let said = |wanted: Known| {
            let (_, pointer) = pull.into.iter().find(|(known, _)| *known == wanted)?;
            match pointer.plainly(entry)? {
                Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
                Value::Number(number) => Some(number.to_string()),
                _ => None,
            }
        };
        Listed {
            application: said(Known::Application).unwrap_or_default(),
            candidate: said(Known::Candidate),
            email: said(Known::Email),
            requisition: said(Known::Requisition),
        }
    };
    Ok(list.iter().map(entry).collect())
}

/// Applications, each once, with the address that another listing gives their candidate.
fn joined(all: Vec<Listed>) -> Vec<Listed> {
    let (mut applications, people): (Vec<Listed>, Vec<Listed>) = all.into_iter().partition(|one| !one.application.is_empty());
    let addresses: BTreeMap<String, String> = people.into_iter().filter_map(|one| Some((one.candidate?, one.email?))).collect();
    for one in &mut applications {
        if one.email.is_none() {
            one.email = one.candidate.as_ref().and_then(|id| addresses.get(id)).cloned();
        }
    }
    applications.sort_by(|a, b| a.application.cmp(&b.application));
    applications.dedup_by(|a, b| a.application == b.application);
    applications
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listing_of_candidates_gives_applications_their_addresses_and_each_is_there_once() {
        let listed = |application: &str, candidate: &str, email: Option<&str>| Listed {
            application: application.into(),
            candidate: Some(candidate.into()),
            email: email.map(str::to_owned),
            requisition: None,
        };
        let all =
            vec![listed("7", "c", None), listed("7", "c", None), listed("", "c", Some("c@example.org")), listed("8", "d", None)];
        let found: Vec<_> = joined(all).into_iter().map(|one| (one.application, one.email)).collect();
        assert_eq!(found, [("7".to_owned(), Some("c@example.org".to_owned())), ("8".to_owned(), None)]);
    }
}
