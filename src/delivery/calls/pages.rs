//! Listings page by page, each asked for only within the ATS's own origin, and none without end.

use std::collections::HashSet;

use serde_json::Value;

use super::caller::Caller;
use super::judge::denies;
use super::xml;
use crate::delivery::store::{StoreError, Trouble};
use crate::export::mapping::PlannedRequest;
use crate::export::profile::Next;

/// The pages of an answer, at most `most`; none where there is no such record.
///
/// # Errors
/// Where a page cannot be read, or the listing goes round or beyond `most`: half a listing would prove nothing.
pub(super) async fn pages(
    caller: &Caller,
    mut request: PlannedRequest,
    next: Option<&Next>,
    most: usize,
) -> Result<Vec<Value>, StoreError> {
    let (mut pages, mut asked) = (Vec::new(), HashSet::new());
    while pages.len() < most {
        let answer = caller.ask(&request, true).await?;
        let failed = |trouble, why: &str| StoreError::new(trouble, format!("{} {why}", caller.host()));
        let parsed = if request.is_xml { xml::value(&String::from_utf8_lossy(&answer.body)) } else { None };
        if let Some((code, why)) = parsed.as_ref().and_then(xml::fault) {
            let is_sign_in = code.contains("authentication") || matches!(answer.status, 401 | 403);
            let trouble = if is_sign_in { Trouble::Authentication } else { Trouble::Refused };
            return Err(failed(trouble, &format!("does not say what is there: {}", caller.clean(why))));
        }
        match answer.status {
            404 => return Ok(pages),
            401 | 403 => {
                return Err(failed(Trouble::Authentication, &format!("does not let us read what is there ({})", answer.status)));
            }
            200..=299 if answer.is_page() => {
                return Err(failed(Trouble::Authentication, "answers with a page for people, perhaps one to sign in at"));
            }
            200..=299 => {}
            429 | 500.. => return Err(failed(Trouble::Temporary, &format!("answers {} when asked what is there", answer.status))),
            other => return Err(failed(Trouble::Refused, &format!("answers {other} when asked what is there"))),
        }
        if request.is_xml {
            let half = || failed(Trouble::Temporary, "answers with half an XML, or none, when asked what is there");
            pages.push(parsed.ok_or_else(half)?);
            return Ok(pages);
        }
        let page = serde_json::from_slice::<Value>(&answer.body)
            .map_err(|_| failed(Trouble::Temporary, "answers with half a JSON, or none, when asked what is there"))?;
        if denies(&page) {
            let why = caller.clean(&page["errors"].to_string());
            return Err(failed(Trouble::Refused, &format!("does not say what is there: {why}")));
        }
        let link = crate::net::next_page(answer.header("link"));
        let on = link.map(Onward::Address).or_else(|| onward(next?, &page));
        pages.push(page);
        let Some(on) = on else { return Ok(pages) };
        if !asked.insert(on.clone()) {
            return Err(failed(Trouble::Refused, "lists pages without end"));
        }
        request = on.asked(request);
    }
    Err(StoreError::new(Trouble::Refused, format!("{} lists more than {most} pages", caller.host())))
}

/// How a listing goes on.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Onward {
    /// At an address, which is taken as it is given.
    Address(String),
    /// With this word under this key of the body.
    Cursor(String, String),
}

/// What the answer itself says of the next page.
fn onward(next: &Next, page: &Value) -> Option<Onward> {
    if page["moreDataAvailable"] == Value::Bool(false) {
        return None;
    }
    let text = |found: &Value| found.as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    match next {
        Next::Address(from) => from.plainly(page).and_then(text).map(Onward::Address),
        Next::Cursor { key, from } => from.plainly(page).and_then(text).map(|word| Onward::Cursor(key.clone(), word)),
        // Each of their pages is a question of its own.
        Next::Last(_) | Next::Pages(_) => None,
    }
}

impl Onward {
    fn asked(self, before: PlannedRequest) -> PlannedRequest {
        match self {
            Onward::Address(path) => PlannedRequest { path, body: Value::Null, verb: "GET".into(), ..before },
            Onward::Cursor(key, word) => {
                let mut body = before.body.clone();
                body[key] = Value::String(word);
                PlannedRequest { body, ..before }
            }
        }
    }
}
