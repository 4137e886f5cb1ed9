//! The ATS's own requisitions, candidates and applications, as a profile's pulls list them.

use std::collections::BTreeMap;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use jiff::Timestamp;
use serde_json::Value;

use super::calls::Caller;
use super::matching::Listed;
use super::meter::Meter;
use super::store::{StoreError, Trouble};
use crate::export::mapping::{PlannedRequest, pull_request};
use crate::export::profile::{Call, Known, Next, Pointer, Profile, Pull};

/// Pages of one listing that are read: a hundred thousand applications.
const PAGES: usize = 1000;

/// Every application that the pulls of a profile list, of the batch's requisition where the requests name it. A listing of
/// candidates gives the applications of another listing their addresses.
///
/// # Errors
/// Where a listing cannot be read to its end, or names the requisition and the batch has none.
pub async fn pull(
    caller: &Caller,
    profile: &Profile,
    requisition: Option<&str>,
    meter: &Meter<'_>,
) -> Result<Vec<Listed>, StoreError> {
    let mut all = Vec::new();
    for one in &profile.pulls {
        let puller = Puller { caller, pull: one, requisition };
        let listed = puller.listing().await?;
        all.extend(if one.each.is_empty() { listed } else { puller.asked_each(listed, meter).await? });
    }
    Ok(joined(all))
}

/// One pull of a profile.
struct Puller<'p> {
    caller: &'p Caller,
    pull: &'p Pull,
    requisition: Option<&'p str>,
}

impl Puller<'_> {
    fn refused(&self, why: &str) -> StoreError {
        StoreError::new(Trouble::Refused, format!("{} {why}", self.caller.host()))
    }

    /// A request with what is known so far.
    fn request(&self, call: &Call, known: &dyn Fn(&str) -> Option<String>) -> Result<PlannedRequest, StoreError> {
        let known = |name: &str| known(name).or_else(|| self.requisition.filter(|_| name == "requisition").map(str::to_owned));
        pull_request(self.pull, call, &self.caller.values, &known).map_err(|missing| {
            let text = format!("pull \"{}\" needs {}, and the batch has none", self.pull.name, missing.field);
            StoreError::new(Trouble::Refused, text)
        })
    }

    /// What the listing tells, to its end.
    async fn listing(&self) -> Result<Vec<Listed>, StoreError> {
        let next = self.pull.next.as_ref();
        let by_field = next.is_some_and(|next| !next.fields().is_empty());
        let began = format!("{:.0}", Timestamp::now());
        let (mut listed, mut last) = (Vec::new(), 0);
        for turn in 1..=PAGES as u64 {
            let request = self.request(&self.pull.call, &|name| match name {
                "last" => Some(last.to_string()),
                "page" => Some(turn.to_string()),
                "began" => Some(began.clone()),
                _ => None,
            })?;
            let is_xml = request.is_xml;
            let pages = self.caller.pages(request, next, if by_field { 1 } else { PAGES }).await?;
            for page in &pages {
                listed.extend(self.list(page, is_xml)?.iter().flat_map(|entry| self.entries(entry)));
            }
            match (next, pages.first()) {
                (Some(Next::Last(id)), Some(page)) => match self.list(page, is_xml)? {
                    [] => return Ok(listed),
                    entries => last = self.last(entries, id, last)?,
                },
                (Some(Next::Pages(all)), Some(page)) => {
                    let all = all.plainly(page).and_then(text).and_then(|text| text.parse::<u64>().ok());
                    let unsaid = || self.refused(&format!("answers pull \"{}\" without how many pages there are", self.pull.name));
                    if turn >= all.ok_or_else(unsaid)? {
                        return Ok(listed);
                    }
                }
                _ => return Ok(listed),
            }
        }
        Err(self.refused(&format!("lists more than {PAGES} pages")))
    }

    /// The entries of a page. In XML one alone is no list, and none are not there.
    fn list<'v>(&self, page: &'v Value, is_xml: bool) -> Result<&'v [Value], StoreError> {
        let Some(list) = &self.pull.list else { return Ok(std::slice::from_ref(page)) };
        match list.plainly(page) {
            Some(Value::Array(items)) => Ok(items),
            Some(one) if is_xml => Ok(std::slice::from_ref(one)),
            None if is_xml => Ok(&[]),
            _ => Err(self.refused(&format!("answers pull \"{}\" without the list", self.pull.name))),
        }
    }

    /// The last id of a page whose ids rise, and are beyond those before: else some would be passed over, or come without end.
    fn last(&self, entries: &[Value], id: &Pointer, before: u64) -> Result<u64, StoreError> {
        entries.iter().try_fold(before, |last, entry| {
            let id = id.plainly(entry).and_then(text).and_then(|text| text.parse::<u64>().ok());
            let unordered = || self.refused(&format!("answers pull \"{}\" not in the order of its ids", self.pull.name));
            id.filter(|id| *id > last).ok_or_else(unordered)
        })
    }

    /// What an entry tells: of one application, or of each of several.
    fn entries(&self, entry: &Value) -> Vec<Listed> {
        let mut all: Vec<Vec<&Value>> = vec![vec![entry]];
        for within in &self.pull.within {
            all = all.into_iter().flat_map(|around| deeper(within, &around)).collect();
        }
        // A candidate who is listed for one opening may have applied for another too.
        let is_here = |one: &Listed| match (&one.requisition, self.requisition) {
            (Some(found), Some(wanted)) => self.pull.within.is_empty() || found == wanted,
            _ => true,
        };
        all.iter().map(|values| told(&self.pull.into, values)).filter(is_here).collect()
    }

    /// The same with what is told when each is asked for; what is not there any more then is left out.
    async fn asked_each(&self, listed: Vec<Listed>, meter: &Meter<'_>) -> Result<Vec<Listed>, StoreError> {
        meter.begin("Asking for each application", listed.len());
        let asked = listed.into_iter().map(|one| async move {
            let asked = self.asked(one).await;
            meter.step(1);
            asked
        });
        let all: Vec<Option<Listed>> = stream::iter(asked).buffered(self.caller.at_once).try_collect().await?;
        Ok(all.into_iter().flatten().collect())
    }

    async fn asked(&self, mut one: Listed) -> Result<Option<Listed>, StoreError> {
        for each in &self.pull.each {
            let needs = |known: Known| each.call.fields().into_iter().any(|field| Known::named(field) == Some(known));
            // What the answers before did not tell cannot be asked about.
            if Known::ALL.iter().any(|(_, known)| *known != Known::Requisition && needs(*known) && one.get(*known).is_none()) {
                return Ok(Some(one));
            }
            let request = self.request(&each.call, &|name| one.get(Known::named(name)?).map(str::to_owned))?;
            match self.caller.pages(request, None, 1).await?.first() {
                Some(answer) => one = told(&each.into, &[answer]).or(one),
                None if needs(Known::Application) => return Ok(None),
                None => {}
            }
        }
        Ok(Some(one))
    }
}

/// What lies there within a value, each with what is around it, from the innermost outwards.
fn deeper<'v>(within: &Pointer, around: &[&'v Value]) -> Vec<Vec<&'v Value>> {
    let found = around.first().and_then(|innermost| within.plainly(innermost));
    let items: &'v [Value] = match found {
        Some(Value::Array(items)) => items,
        other => other.map_or(&[], std::slice::from_ref),
    };
    items.iter().map(|one| [&[one], around].concat()).collect()
}

/// What stands in the first of these values in which it stands; an id that the ATS writes as a number is a text from here on.
fn told(into: &[(Known, Pointer)], values: &[&Value]) -> Listed {
    let said = |wanted: Known| {
        let mut places = into.iter().filter(|(known, _)| *known == wanted);
        places.find_map(|(_, pointer)| values.iter().find_map(|value| pointer.plainly(value).and_then(text)))
    };
    Listed {
        application: said(Known::Application).unwrap_or_default(),
        candidate: said(Known::Candidate),
        email: said(Known::Email),
        requisition: said(Known::Requisition),
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

impl Listed {
    fn get(&self, known: Known) -> Option<&str> {
        match known {
            Known::Application => Some(self.application.as_str()).filter(|id| !id.is_empty()),
            Known::Candidate => self.candidate.as_deref(),
            Known::Email => self.email.as_deref(),
            Known::Requisition => self.requisition.as_deref(),
        }
    }

    /// This, and what it does not tell as the other does.
    fn or(self, other: Listed) -> Listed {
        Listed {
            application: if self.application.is_empty() { other.application } else { self.application },
            candidate: self.candidate.or(other.candidate),
            email: self.email.or(other.email),
            requisition: self.requisition.or(other.requisition),
        }
    }
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
