//! What an answer means: taken, refused, or nobody knows.

use serde_json::Value;

use crate::delivery::store::Trouble;
use crate::export::profile::{Pointer, Success};
use crate::net::{Answer, asked_wait};

/// What an answer means.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Verdict {
    /// The other side says that it took it.
    Taken,
    /// It did not, and why.
    Refused(Trouble, String),
    /// It may or may not have, why that cannot be told, and whether patience may help.
    Unsure(Trouble, String),
}

/// What an answer means for each of the `count` rows of its request.
pub(super) fn judge(success: &Success, answer: &Answer, count: usize) -> Vec<Verdict> {
    let whole = of_whole(success, answer);
    let (Some((list, conditions)), Verdict::Taken) = (&success.each, &whole) else { return vec![whole; count] };
    let parsed = serde_json::from_slice::<Value>(&answer.body).unwrap_or_default();
    let Some(entries) = list.plainly(&parsed).and_then(Value::as_array) else {
        return vec![Verdict::Unsure(Trouble::Refused, "its answer does not say what became of each row".to_owned()); count];
    };
    let of = |at: usize| match entries.get(at) {
        None => Verdict::Unsure(Trouble::Refused, format!("its answer tells of {} rows, and {count} were sent", entries.len())),
        Some(entry) => held(conditions, entry, success.reason.as_ref()),
    };
    (0..count).map(of).collect()
}

fn of_whole(success: &Success, answer: &Answer) -> Verdict {
    let status = answer.status;
    let text = String::from_utf8_lossy(&answer.body);
    let parsed = serde_json::from_slice::<Value>(&answer.body).ok();
    let why = || reason(success, answer, parsed.as_ref(), &text).map_or_else(String::new, |why| format!(": {why}"));
    let is_fault = success.contains.is_some() && text.contains("Fault>");
    match status {
        401 | 403 => return Verdict::Refused(Trouble::Authentication, format!("it answers {status}{}", why())),
        _ if is_fault => return Verdict::Refused(Trouble::Refused, format!("it answers {status}{}", why())),
        425 | 429 => {
            let wait = asked_wait(&answer.headers, jiff::Timestamp::now()).map(|wait| format!("{} s", wait.as_secs()));
            let wait = wait.unwrap_or_else(|| "a while".to_owned());
            return Verdict::Refused(Trouble::Temporary, format!("it asks to be left alone for {wait} ({status})"));
        }
        503 if answer.header("retry-after").is_some() => {
            return Verdict::Refused(Trouble::Temporary, "it is not there for a while (503)".to_owned());
        }
        408 | 500.. => return Verdict::Unsure(Trouble::Temporary, format!("it answers {status}{}", why())),
        _ if !success.status.contains(&status) => {
            return Verdict::Refused(Trouble::Refused, format!("it answers {status}{}", why()));
        }
        _ => {}
    }
    if answer.is_page() {
        let text = format!("it answers {status} with a page for people, perhaps one to sign in at");
        return Verdict::Refused(Trouble::Authentication, text);
    }
    if let Some(wanted) = &success.contains {
        return if text.contains(wanted.as_str()) {
            Verdict::Taken
        } else {
            Verdict::Unsure(Trouble::Refused, format!("it answers {status}, and \"{wanted}\" is not in its answer"))
        };
    }
    match parsed {
        Some(value) => acknowledged(success, &value),
        // A status that says itself that no body comes, or where what was made now lies.
        None if answer.body.is_empty() && !success.wants_json() && answer.is_positive_alone() => Verdict::Taken,
        None if answer.body.is_empty() => Verdict::Unsure(Trouble::Refused, format!("it answers {status} and nothing more")),
        None => Verdict::Unsure(Trouble::Temporary, format!("it answers {status} with half a JSON, or none")),
    }
}

/// Whether a JSON says that it was taken: what the profile asks for stands there, and nothing denies it.
fn acknowledged(success: &Success, value: &Value) -> Verdict {
    let reason = success.reason.as_ref();
    match held(&success.json, value, reason) {
        Verdict::Taken if success.json.is_empty() && denies(value) => {
            let why = reason.and_then(|pointer| pointer.plainly(value)).or_else(|| usual(value)).map(shown);
            let why = why.unwrap_or_else(|| "it says that it did not take it".to_owned());
            Verdict::Refused(Trouble::Refused, why)
        }
        Verdict::Taken => match success.has.iter().any(|pointer| pointer.plainly(value).is_none_or(Value::is_null)) {
            true => Verdict::Unsure(Trouble::Refused, "its answer does not say whether it took it".to_owned()),
            false => Verdict::Taken,
        },
        other => other,
    }
}

/// Whether a JSON says of itself that something went wrong, whatever its status: `success` is false, or there are errors.
pub(in crate::delivery) fn denies(value: &Value) -> bool {
    let is_something = |found: &Value| match found {
        Value::Null | Value::Bool(false) => false,
        Value::Array(items) => !items.is_empty(),
        Value::Object(entries) => !entries.is_empty(),
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Bool(true) => true,
    };
    let is_no =
        |found: &Value| *found == Value::Bool(false) || found.as_str().is_some_and(|text| text.eq_ignore_ascii_case("false"));
    ["success", "ok"].iter().any(|key| value.get(key).is_some_and(is_no))
        || ["errors", "error"].iter().any(|key| value.get(key).is_some_and(is_something))
}

/// Whether what must stand in an answer stands there.
fn held(conditions: &[(Pointer, Value)], value: &Value, reason: Option<&Pointer>) -> Verdict {
    for (pointer, wanted) in conditions {
        match pointer.plainly(value) {
            Some(found) if found == wanted => {}
            Some(found) => {
                let why = reason.and_then(|pointer| pointer.plainly(value)).or_else(|| usual(value)).map(shown);
                let why = why.unwrap_or_else(|| format!("it says {} where {wanted} means success", shown(found)));
                return Verdict::Refused(Trouble::Refused, why);
            }
            None => return Verdict::Unsure(Trouble::Refused, "its answer does not say whether it took it".to_owned()),
        }
    }
    Verdict::Taken
}

/// Why it did not, in its own words.
fn reason(success: &Success, answer: &Answer, parsed: Option<&Value>, text: &str) -> Option<String> {
    let said = success.reason.as_ref().zip(parsed).and_then(|(pointer, value)| pointer.plainly(value));
    let said = said.or_else(|| parsed.and_then(usual)).map(shown);
    let between = |open: &str, close: &str| text.split_once(open)?.1.split_once(close).map(|(inner, _)| inner.trim().to_owned());
    said.or_else(|| answer.header("x-error").map(str::to_owned)).or_else(|| between("<faultstring>", "</faultstring>"))
}

/// Where answers usually say why.
fn usual(value: &Value) -> Option<&Value> {
    [
        "/errors/0/message",
        "/errors/0/errorMessage",
        "/errors/0",
        "/error/message/value",
        "/error/message",
        "/errorInfo/message",
        "/message",
        "/error",
    ]
    .iter()
    .find_map(|at| value.pointer(at).filter(|found| !found.is_null()))
}

fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn success() -> Success {
        let pointer = Pointer::parse("/success").expect("a pointer");
        Success { json: vec![(pointer, json!(true))], ..plain() }
    }

    /// What a profile says that only names statuses.
    fn plain() -> Success {
        Success { status: vec![200, 201, 204], json: Vec::new(), has: Vec::new(), each: None, reason: None, contains: None }
    }

    fn check(status: u16, kind: &str, body: &str, expected: &str) {
        let answer = Answer::of(status, kind, body.as_bytes());
        let found = format!("{:?}", judge(&success(), &answer, 1)[0]);
        assert!(found.contains(expected), "{status} {body}: {found}");
    }

    #[test]
    fn what_an_answer_means_is_told_apart() {
        for (status, kind, body, expected) in [
            (200, "application/json", r#"{"success":true}"#, "Taken"),
            (200, "application/json", r#"{"success":false,"errors":["no such field"]}"#, "Refused(Refused, \"no such field"),
            (200, "application/json", r#"{"success":false}"#, "Refused(Refused, \"it says false"),
            (200, "application/json", "{}", "Unsure(Refused"),
            (200, "application/json", r#"{"succ"#, "half a JSON"),
            (200, "", "", "nothing more"),
            (200, "text/html", "<!DOCTYPE html><form>Sign in", "Refused(Authentication"),
            (200, "", "<html>Sign in", "Refused(Authentication"),
            (401, "application/json", r#"{"message":"who are you"}"#, "Refused(Authentication, \"it answers 401: who are you"),
            (422, "application/json", r#"{"errors":[{"message":"wrong"}]}"#, "Refused(Refused, \"it answers 422: wrong"),
            (429, "", "", "Refused(Temporary"),
            (500, "", "", "Unsure(Temporary, \"it answers 500"),
        ] {
            check(status, kind, body, expected);
        }
    }

    #[test]
    fn a_status_alone_is_no_acknowledgement() {
        let pointer = |text: &str| Pointer::parse(text).expect("a pointer");
        let with_id = Success { has: vec![pointer("/id")], ..plain() };
        for (success, status, body, expected) in [
            (plain(), 200, r#"{"success":false}"#, "Refused(Refused"),
            (plain(), 200, r#"{"errors":["locked"]}"#, "Refused(Refused, \"locked"),
            (plain(), 200, r#"{"error":{"message":"gone"}}"#, "Refused(Refused, \"gone"),
            (plain(), 200, r#"{"errors":[],"error":null}"#, "Taken"),
            (plain(), 200, "", "nothing more"),
            (plain(), 201, "", "nothing more"),
            (plain(), 204, "", "Taken"),
            (plain(), 200, "taken, perhaps", "half a JSON, or none"),
            (with_id.clone(), 201, r#"{"id":7}"#, "Taken"),
            (with_id.clone(), 200, "{}", "does not say"),
            (with_id, 204, "", "nothing more"),
        ] {
            let answer = Answer::of(status, "", body.as_bytes());
            let found = format!("{:?}", judge(&success, &answer, 1)[0]);
            assert!(found.contains(expected), "{status} {body}: {found}");
        }
    }

    #[test]
    fn each_row_of_a_group_has_its_own_verdict() {
        let pointer = |text: &str| Pointer::parse(text).expect("a pointer");
        let success = Success {
            json: Vec::new(),
            each: Some((pointer("/d"), vec![(pointer("/status"), json!("OK"))])),
            reason: Some(pointer("/message")),
            ..success()
        };
        let body = json!({ "d": [{ "status": "OK" }, { "status": "ERROR", "message": "locked" }] }).to_string();
        let answer = Answer::of(200, "application/json", body.as_bytes());
        let found = judge(&success, &answer, 3);
        assert_eq!(found[..2], [Verdict::Taken, Verdict::Refused(Trouble::Refused, "locked".into())]);
        assert!(matches!(&found[2], Verdict::Unsure(_, why) if why.contains("2 rows, and 3")), "{found:?}");
    }
}
