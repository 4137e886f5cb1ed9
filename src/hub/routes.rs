//! What the hub answers: one row for each request, from which both the router and the OpenAPI document are made.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRequestParts, Path, Query, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Response, StatusCode, header};
use axum::response::{IntoResponse, Json};
use axum::routing::{MethodRouter, get, post};
use axum::{Router, extract::DefaultBodyLimit};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use schemars::{Schema, SchemaGenerator};
use serde::Deserialize;

use super::document::{document, handed};
use super::media::{self, Content};
use super::ticket::Handed;
use super::{Grant, Hub};
use crate::interview::bundle::Document;
use crate::interview::{BatchId, Digest};
use crate::library::{Content as Kept, LibraryError};
use crate::source::protocol::{AskLocators, Changed, Changes, Fault, Locator, Locators, MOST_FILES};

/// Batches in one answer.
const PAGE: u32 = 500;
/// The largest body of a request, in bytes.
const LONGEST: usize = 1 << 20;

/// A request that the hub answers.
pub(super) struct Route {
    pub(super) verb: &'static str,
    pub(super) path: &'static str,
    /// Its name in generated clients.
    pub(super) id: &'static str,
    pub(super) summary: &'static str,
    /// Parameters: where they stand, their name, whether they must be there, what they are.
    pub(super) parameters: &'static [(&'static str, &'static str, bool, &'static str)],
    pub(super) needs_token: bool,
    pub(super) asks: Option<fn(&mut SchemaGenerator) -> Schema>,
    /// Statuses, what each means, and the body it comes with.
    pub(super) answers: &'static [(u16, &'static str, Says)],
    handler: fn() -> MethodRouter<Arc<Hub>>,
}

/// The body of an answer.
#[derive(Clone, Copy)]
pub(super) enum Says {
    Nothing,
    Json(fn(&mut SchemaGenerator) -> Schema),
    Bytes,
}

const FAULT: Says = Says::Json(|schemas| schemas.subschema_for::<Fault>());
const NO_TOKEN: (u16, &str, Says) = (401, "The token is missing, unknown, revoked or has run out.", FAULT);
const BATCH: (&str, &str, bool, &str) = ("path", "batch", true, "The batch's id, as the list of changes gives it.");

/// Every request that is answered.
pub(super) const ROUTES: &[Route] = &[
    Route {
        verb: "get",
        path: "/v1/batches",
        id: "changes",
        summary: "The batches that are new or changed since a cursor.",
        parameters: &[("query", "since", false, "`next` of an earlier answer; without it, every batch.")],
        needs_token: true,
        asks: None,
        answers: &[(200, "Some or all of them.", Says::Json(|schemas| schemas.subschema_for::<Changes>())), NO_TOKEN],
        handler: || get(changes),
    },
    Route {
        verb: "get",
        path: "/v1/batches/{batch}",
        id: "batch",
        summary: "One batch: the document `batch.json`, with locators in the place of paths. Names, addresses, documents and \
                  applications of candidates are in it only for tokens that may have them.",
        parameters: &[BATCH],
        needs_token: true,
        asks: None,
        answers: &[
            (200, "The document.", Says::Json(|schemas| schemas.subschema_for::<Document>())),
            NO_TOKEN,
            (404, "There is no such batch.", FAULT),
        ],
        handler: || get(batch),
    },
    Route {
        verb: "post",
        path: "/v1/batches/{batch}/locators",
        id: "locators",
        summary: "Where files of a batch can be had for a while.",
        parameters: &[BATCH],
        needs_token: true,
        asks: Some(|schemas| schemas.subschema_for::<AskLocators>()),
        answers: &[
            (200, "One address for each file, in the order asked for.", Says::Json(|schemas| schemas.subschema_for::<Locators>())),
            (400, "The request is not understood, or asks for too many files.", FAULT),
            NO_TOKEN,
            (404, "There is no such batch.", FAULT),
        ],
        handler: || post(locators),
    },
    Route {
        verb: "get",
        path: "/v1/media/{ticket}",
        id: "media",
        summary: "A file, whole or from a byte on. The address came from `locators` and needs no token.",
        parameters: &[
            ("path", "ticket", true, "Part of the address."),
            ("header", "Range", false, "One range of bytes."),
            ("header", "If-Range", false, "The ETag of what is there already."),
            ("header", "If-None-Match", false, "ETags of what is there already."),
        ],
        needs_token: false,
        asks: None,
        answers: &[
            (200, "The whole file. Its ETag is its SHA-256.", Says::Bytes),
            (206, "The part that was asked for.", Says::Bytes),
            (304, "It is there already.", Says::Nothing),
            (403, "The address holds no longer: ask for a new one.", FAULT),
            (404, "The file is not here any more.", FAULT),
            (416, "The file has no such part.", Says::Nothing),
        ],
        handler: || get(file),
    },
    Route {
        verb: "get",
        path: "/v1/openapi.json",
        id: "openapi",
        summary: "This document.",
        parameters: &[],
        needs_token: false,
        asks: None,
        answers: &[(
            200,
            "An OpenAPI document.",
            Says::Json(|_| Schema::try_from(serde_json::json!({"type": "object"})).expect("a schema")),
        )],
        handler: || get(|| async { Json(super::openapi()) }),
    },
];

pub(super) fn router(hub: Arc<Hub>) -> Router {
    let router = ROUTES.iter().fold(Router::new(), |router, route| router.route(route.path, (route.handler)()));
    let nothing = || async { refusal(StatusCode::NOT_FOUND, "nothing is there") };
    router.fallback(nothing).layer(DefaultBodyLimit::max(LONGEST)).with_state(hub)
}

/// Whoever asks, having shown a token that is good.
struct Asking(Grant);

impl FromRequestParts<Arc<Hub>> for Asking {
    type Rejection = Response<Body>;

    async fn from_request_parts(parts: &mut Parts, hub: &Arc<Hub>) -> Result<Self, Self::Rejection> {
        let shown = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token = shown.and_then(|shown| shown.split_once(' ')).filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
        let grant = token.and_then(|(_, token)| hub.tokens.allows(token.trim(), Timestamp::now()));
        grant.map(Asking).ok_or_else(|| {
            let mut refusal = refusal(StatusCode::UNAUTHORIZED, "show a token: Authorization: Bearer …");
            refusal.headers_mut().insert(header::WWW_AUTHENTICATE, header::HeaderValue::from_static("Bearer"));
            refusal
        })
    }
}

#[derive(Deserialize)]
struct Since {
    since: Option<String>,
}

async fn changes(Asking(_): Asking, State(hub): State<Arc<Hub>>, Query(query): Query<Since>) -> Response<Body> {
    // A cursor of another library says nothing here: everything is told.
    let since = query.since.and_then(|cursor| hub.number(&cursor)).unwrap_or(0);
    let listed = async {
        let changed = hub.library.changed_since(since, PAGE).await?;
        let last = changed.last().map_or(since, |(_, number)| *number);
        let ids: Vec<BatchId> = changed.iter().map(|(id, _)| *id).collect();
        let headings = hub.library.headings(&ids).await?;
        let batches = headings.into_iter().map(|batch| Changed {
            id: batch.id.to_string(),
            title: batch.title.raw().to_owned(),
            region: batch.region.map(|region| region.raw().to_owned()),
        });
        let batches: Vec<Changed> = batches.collect();
        let more = !hub.library.changed_since(last, 1).await?.is_empty();
        Ok::<_, LibraryError>(Changes { batches, next: hub.cursor(last), more })
    };
    match listed.await {
        Ok(changes) => Json(changes).into_response(),
        Err(error) => failed(&error),
    }
}

async fn batch(Asking(grant): Asking, State(hub): State<Arc<Hub>>, Path(id): Path<String>) -> Response<Body> {
    let found = async {
        let batch = hub.library.batch(id_of(&id)?).await?;
        document(&hub.library, &batch, grant.names).await
    };
    match found.await {
        Ok(document) => Json(document).into_response(),
        Err(error) => failed(&error),
    }
}

async fn locators(
    Asking(grant): Asking,
    State(hub): State<Arc<Hub>>,
    Path(id): Path<String>,
    asked: Result<Json<AskLocators>, JsonRejection>,
) -> Response<Body> {
    let asked = match asked {
        Ok(Json(asked)) if asked.files.len() <= MOST_FILES => asked,
        Ok(_) => return refusal(StatusCode::BAD_REQUEST, &format!("at most {MOST_FILES} files are told at once")),
        Err(error) => return refusal(StatusCode::BAD_REQUEST, &error.body_text()),
    };
    let found = async { hub.library.batch(id_of(&id)?).await };
    let batch = match found.await {
        Ok(batch) => batch,
        Err(error) => return failed(&error),
    };
    let now = Timestamp::now();
    let locators = asked.files.into_iter().map(|file| match handed(&batch, &file, grant.names) {
        None => Locator { file, url: None, expires_at: None },
        Some(of) => {
            let (ticket, until) = hub.tickets.give(&grant.name, of, now);
            Locator { file, url: Some(format!("/v1/media/{ticket}")), expires_at: Some(until) }
        }
    });
    Json(Locators { locators: locators.collect() }).into_response()
}

async fn file(State(hub): State<Arc<Hub>>, Path(ticket): Path<String>, headers: HeaderMap) -> Response<Body> {
    let now = Timestamp::now();
    // With a token that was revoked, what it was given ends too.
    let ticket = hub.tickets.read(&ticket, now).filter(|ticket| hub.tokens.named(&ticket.token, now).is_some());
    let Some(ticket) = ticket else { return refusal(StatusCode::FORBIDDEN, "this address holds no longer: ask for a new one") };
    let found = async {
        let digest_of = |text: &str| text.parse::<Digest>().map_err(|_| LibraryError::NotKept { what: "the file".into() });
        Ok::<_, LibraryError>(match &ticket.of {
            Handed::Recording(candidate, digest) => {
                let digest = digest_of(digest)?;
                (Content::Vault(hub.library.read_object(*candidate, Kept::Recording, digest).await?), digest)
            }
            Handed::Document(candidate, digest) => {
                let digest = digest_of(digest)?;
                (Content::Vault(hub.library.read_object(*candidate, Kept::Document, digest).await?), digest)
            }
            Handed::Transcript(answer) => {
                let found = hub.library.transcript(*answer).await?;
                let file = found.ok_or_else(|| LibraryError::NotKept { what: "the transcript".into() })?;
                (Content::Small(Bytes::copy_from_slice(&file.bytes)), Digest::of(&file.bytes))
            }
        })
    };
    match found.await {
        Ok((content, digest)) => media::answer(content, digest, &headers),
        Err(error) => failed(&error),
    }
}

impl Hub {
    /// A place in the order of changes, as clients carry it.
    fn cursor(&self, number: i64) -> String {
        URL_SAFE_NO_PAD.encode(format!("1:{}:{number}", self.library_id))
    }

    fn number(&self, cursor: &str) -> Option<i64> {
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
        text.strip_prefix(&format!("1:{}:", self.library_id))?.parse().ok()
    }
}

fn id_of(text: &str) -> Result<BatchId, LibraryError> {
    text.parse().map_err(|_| LibraryError::NotKept { what: "the batch".into() })
}

fn refusal(status: StatusCode, error: &str) -> Response<Body> {
    (status, Json(Fault { error: error.to_owned() })).into_response()
}

/// What is wrong in the library is its owner's business; who asks learns no more than whether to ask again.
fn failed(error: &LibraryError) -> Response<Body> {
    match error {
        LibraryError::UnknownBatch(_) | LibraryError::NotKept { .. } | LibraryError::Erased(_) => {
            refusal(StatusCode::NOT_FOUND, "nothing is there")
        }
        LibraryError::Busy { .. } => {
            let mut answer = refusal(StatusCode::SERVICE_UNAVAILABLE, "the library is busy");
            answer.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from_static("2"));
            answer
        }
        error => {
            tracing::error!(%error, "the hub could not answer");
            refusal(StatusCode::INTERNAL_SERVER_ERROR, "the hub could not read its library")
        }
    }
}
