//! Asking a platform: paths or queries, one answer or all pages.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use super::description::{Pages, Place, Request};
use super::graphql::{Composed, INTROSPECTION, Query, Schema, errors, is_refused};
use super::{RestSource, fill, names_of};
use crate::export::profile::percent;
use crate::interview::Problem;
use crate::net::{Ask, NetError, NetTrouble, Payload, next_page};
use crate::source::fetch::remote::{MOST_PAGES, check_status, json_of};

/// Names and what they stand for.
pub(super) type Names<'n> = [(&'n str, &'n str)];

impl RestSource {
    /// The answer to one request.
    pub(super) async fn ask(&self, request: &Request, names: &Names<'_>) -> Result<Value, NetError> {
        let gone = self.ask_if_there(request, names).await?;
        let path = || if self.description.graphql.is_some() { String::new() } else { self.filled(&request.ways()[0], names) };
        gone.ok_or_else(|| self.nothing_at(404, &path()))
    }

    /// The answer to one request; none where the platform says that nothing is there (404, 410).
    pub(super) async fn ask_if_there(&self, request: &Request, names: &Names<'_>) -> Result<Option<Value>, NetError> {
        if let Some(path) = &self.description.graphql {
            let (query, _) = self.composed(request).await?;
            return self.query(path, &query, names, &Map::new()).await.map(Some);
        }
        let answer = self.api.ask(&get(self.filled(&request.ways()[0], names))).await?;
        if matches!(answer.status, 404 | 410) {
            return Ok(None);
        }
        json_of(&self.host(), &answer).map(Some)
    }

    /// The entries of all pages.
    pub(super) async fn pages(
        &self,
        request: &Request,
        items: &Place,
        pages: &Pages,
        names: &Names<'_>,
        most: usize,
    ) -> Result<Vec<Value>, NetError> {
        match &self.description.graphql {
            Some(path) => self.query_pages(path, request, (items, pages), names, most).await,
            None => self.path_pages(self.filled(&request.ways()[0], names), (items, pages), names, most).await,
        }
    }

    /// That nothing is where it was asked for; the query, which may say who asks, is left out.
    fn nothing_at(&self, status: u16, path: &str) -> NetError {
        let path = path.split('?').next().unwrap_or_default();
        self.wrong(format!("answered {status} to {path}: nothing is there; look at that request in the description, and at `url`"))
    }

    async fn path_pages(
        &self,
        first: String,
        (items, pages): (&Place, &Pages),
        names: &Names<'_>,
        most: usize,
    ) -> Result<Vec<Value>, NetError> {
        let (mut entries, mut path, mut asked) = (Vec::new(), first.clone(), HashSet::new());
        for number in 2..MOST_PAGES {
            if !asked.insert(path.clone()) {
                return Err(self.wrong("leads from page to page in a circle"));
            }
            let answer = self.api.ask(&get(path.clone())).await?;
            if answer.status == 404 {
                return Err(self.nothing_at(404, &path));
            }
            let value = json_of(&self.host(), &answer)?;
            let count = self.take(&value, items, names, most, &mut entries)?;
            let with = |name: &str, value: &str| {
                let mark = if first.contains('?') { '&' } else { '?' };
                format!("{first}{mark}{name}={}", percent(value))
            };
            let next = match (pages.link, &pages.next, &pages.cursor, &pages.parameter) {
                (true, ..) => next_page(answer.header("link")),
                (_, Some(place), ..) => place.text(&value).filter(|next| !next.is_empty()),
                (_, _, Some(cursor), Some(name)) => cursor.text(&value).filter(|c| !c.is_empty()).map(|cursor| with(name, &cursor)),
                (_, _, None, Some(name)) if count > 0 => Some(with(name, &number.to_string())),
                _ => None,
            };
            match next.filter(|_| may_follow(pages, &value)) {
                Some(next) => path = self.behind_base(next),
                None => return Ok(entries),
            }
        }
        Err(self.wrong("lists without an end"))
    }

    async fn query_pages(
        &self,
        path: &str,
        request: &Request,
        (items, pages): (&Place, &Pages),
        names: &Names<'_>,
        most: usize,
    ) -> Result<Vec<Value>, NetError> {
        let (query, way) = self.composed(request).await?;
        let counts = ["offset", "page"].iter().any(|name| query.variables.contains(*name));
        let (mut entries, mut cursor, mut met) = (Vec::new(), Value::Null, HashSet::new());
        for number in 1..MOST_PAGES {
            let mut given = Map::from_iter([("cursor".to_owned(), cursor.clone())]);
            given.extend([("offset".to_owned(), json!(entries.len())), ("page".to_owned(), json!(number))]);
            let value = self.query(path, &query, names, &given).await?;
            let before = entries.len();
            let count = self.take(&value, items, &self.with_values(names), most, &mut entries)?;
            let is_full = pages.size.is_some_and(|size| count >= size);
            let next = pages.cursor.as_ref().and_then(|place| place.text(&value)).filter(|next| !next.is_empty());
            match next.filter(|_| query.variables.contains("cursor") && may_follow(pages, &value)) {
                Some(next) if met.insert(next.clone()) => cursor = json!(next),
                Some(_) => return Err(self.wrong("leads from page to page in a circle")),
                None if is_full && counts && entries[..before].iter().all(|one| !entries[before..].contains(one)) => {}
                None => {
                    if is_full && !query.variables.contains("cursor") {
                        self.may_have_more(way, entries.len());
                    }
                    return Ok(entries);
                }
            }
        }
        Err(self.wrong("lists without an end"))
    }

    fn may_have_more(&self, way: &str, count: usize) {
        let reason = format!("it gave {count} entries and there may be more: its schema has no way that is known to ask on");
        let remedy = "describe how its pages are asked for (`earmark schema hireflix` prints the shipped description)";
        let place: String = way.chars().take(60).collect();
        self.note(Problem::damage(&self.description.source, &place, &reason, remedy).coded("pages"));
    }

    /// Takes the entries of one page; returns how many there were.
    fn take(&self, value: &Value, items: &Place, names: &Names<'_>, most: usize, into: &mut Vec<Value>) -> Result<usize, NetError> {
        let here = items.items(value, &self.with_values(names));
        let here = here.ok_or_else(|| self.wrong("has no list where the description looks for it"))?;
        into.extend_from_slice(here);
        if into.len() > most {
            return Err(self.wrong(format!("lists more than {most} entries")));
        }
        Ok(here.len())
    }

    /// The first way of a request that the schema can answer, with what it has of it.
    pub(super) async fn composed<'r>(&self, request: &'r Request) -> Result<(Composed, &'r str), NetError> {
        let parsed = |way: &String| Query::parse(way).expect("the description was checked");
        let Some(schema) = self.schema().await? else {
            let way = &request.ways()[0];
            return Ok((parsed(way).as_written(), way));
        };
        let mut lacks = Vec::new();
        for way in request.ways() {
            match schema.compose(&parsed(way)) {
                Ok(composed) => {
                    self.say_missing(&composed);
                    return Ok((composed, way));
                }
                Err(why) => lacks.push(why),
            }
        }
        Err(self.wrong(format!("cannot be asked in a way that is known: {}", lacks.join("; "))))
    }

    fn say_missing(&self, composed: &Composed) {
        if composed.missing.is_empty() {
            return;
        }
        let missing: Vec<&str> = composed.missing.iter().map(String::as_str).collect();
        let reason = format!("its schema does not have what would be asked for: {}", missing.join(", "));
        self.note(Problem::warning(&self.description.source, "schema", &reason, "what hangs on it stays empty").coded("schema"));
    }

    /// What the platform has, as it says itself; none where it does not tell.
    async fn schema(&self) -> Result<Option<&Schema>, NetError> {
        let path = self.description.graphql.as_deref().expect("only such a platform is asked for it");
        let asked = self.schema.get_or_try_init(|| async {
            let body = json!({"query": INTROSPECTION});
            let answer = self.api.ask(&post(path, body)).await?;
            if answer.status == 404 {
                return Err(self.nothing_at(404, path));
            }
            let value: Value = match serde_json::from_slice(&answer.body) {
                Ok(value) => value,
                Err(_) => json_of(&self.host(), &answer)?,
            };
            if is_refused(&value) {
                return Err(self.not_allowed(&errors(&value)));
            }
            match Schema::read(&value) {
                Ok(schema) => Ok(Some(schema)),
                Err(why) => {
                    // Whoever does not tell answers with an error, whose status may be anything; a refused key is not that.
                    if matches!(answer.status, 401 | 403 | 404 | 429 | 500..) {
                        check_status(&self.host(), &answer)?;
                    }
                    let said = errors(&value).into_iter().next().unwrap_or_else(|| why.to_owned());
                    let reason =
                        format!("it does not tell what its schema has ({said}); everything that is wished for is asked for");
                    let remedy = "if it then refuses a field, take that field out of a description of your own";
                    self.note(Problem::warning(&self.description.source, "schema", &reason, remedy).coded("schema"));
                    Ok(None)
                }
            }
        });
        asked.await.map(Option::as_ref)
    }

    /// The data of an answer to a query; errors beside data are told.
    async fn query(&self, path: &str, query: &Composed, names: &Names<'_>, more: &Map<String, Value>) -> Result<Value, NetError> {
        let given = self.with_values(names);
        let value = |name: &String| {
            let text = given.iter().find(|(known, _)| known == name).map(|(_, text)| json!(text));
            (name.clone(), text.or_else(|| more.get(name).cloned()).unwrap_or(Value::Null))
        };
        let variables: Map<String, Value> = query.variables.iter().map(value).collect();
        let answer = self.api.ask(&post(path, json!({"query": query.text, "variables": variables}))).await?;
        if answer.status == 404 {
            return Err(self.nothing_at(404, path));
        }
        let value: Value = match serde_json::from_slice(&answer.body) {
            // Some answer a query that they refuse with 400; its errors say more than that.
            Ok(value) if answer.status == 400 => value,
            _ => json_of(&self.host(), &answer)?,
        };
        let said = errors(&value);
        if is_refused(&value) {
            return Err(self.not_allowed(&said));
        }
        if !value["data"].is_object() {
            let said = if said.is_empty() { "there is no data in it".to_owned() } else { said.join("; ") };
            return Err(self.wrong(format!("did not answer a query: {said}")));
        }
        for error in said {
            let reason = format!("it answered in part, with an error: {error}");
            self.note(Problem::damage(&self.description.source, "query", &reason, "fetch again later").coded("graphql"));
        }
        Ok(value["data"].clone())
    }

    fn not_allowed(&self, said: &[String]) -> NetError {
        let text = format!("{} does not let this key in (auth): {}", self.host(), said.join("; "));
        NetError::new(NetTrouble::Authentication, text)
    }

    /// A page's address as the client takes it: whole, or a path behind the base.
    fn behind_base(&self, next: String) -> String {
        let own = self.base.splitn(4, '/').nth(3).map(|path| format!("/{path}/")).unwrap_or_default();
        match own.is_empty() {
            false => next.strip_prefix(own.trim_end_matches('/')).map(str::to_owned).unwrap_or(next),
            true => next,
        }
    }

    /// A path with ids in it, each escaped.
    fn filled(&self, path: &str, names: &Names<'_>) -> String {
        fill(path, &self.with_values(names), &|id| percent(id))
    }

    /// These names, and those of the settings.
    pub(super) fn with_values<'n>(&'n self, names: &[(&'n str, &'n str)]) -> Vec<(&'n str, &'n str)> {
        names.iter().copied().chain(names_of(&self.values)).collect()
    }
}

fn may_follow(pages: &Pages, value: &Value) -> bool {
    pages.more.as_ref().and_then(|place| place.find(value)) != Some(&Value::Bool(false))
}

fn get(path: String) -> Ask {
    Ask { verb: "GET".into(), path, payload: Payload::Empty, repeatable: true }
}

/// A query changes nothing, so it may be sent again.
fn post(path: &str, body: Value) -> Ask {
    Ask { verb: "POST".into(), path: path.to_owned(), payload: Payload::Json(body), repeatable: true }
}
