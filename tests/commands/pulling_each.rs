//! Applications of an iCIMS, whose search gives ids alone, and of a Workday, which answers in XML.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::ats::{Ats, Got, Reply};
use super::contracts::strict;
use super::pulling::{home_with, pull};

const ICIMS: [(&str, &str); 3] = [("ICIMS_USER", "ic"), ("ICIMS_PASSWORD", "pw"), ("ICIMS_CUSTOMER", "77")];

/// An iCIMS: two ids a page, of the job and beyond the last one alone.
fn icims(got: &Got) -> Option<Reply> {
    if got.header("authorization") != "Basic aWM6cHc=" {
        return None;
    }
    let rest = got.path.strip_prefix("/customers/77/")?;
    if rest == "search/applicantworkflows" {
        let body = got.json();
        let (job, beyond) = (&body["filters"][0], &body["filters"][1]);
        let is_right = got.verb == "POST"
            && body["operator"] == "&"
            && *job == json!({ "name": "applicantworkflow.job.id", "value": ["R-17"], "operator": "=" })
            && (&beyond["name"], &beyond["operator"]) == (&json!("applicantworkflow.id"), &json!(">"));
        let beyond: u64 = beyond["value"][0].as_str()?.parse().ok()?;
        let page: Vec<Value> =
            [31_u64, 32, 40, 41, 50].iter().filter(|id| **id > beyond).take(2).map(|id| json!({ "id": id })).collect();
        return is_right.then(|| Reply::Json(200, json!({ "searchResults": page })));
    }
    let person = |id: &str| json!({ "associatedprofile": { "id": id.parse::<u64>().ok(), "value": "Somebody" }, "status": {} });
    (got.verb == "GET" && got.body.is_empty()).then(|| match rest {
        "applicantworkflows/31" => Reply::Json(200, json!({ "associatedprofile": { "id": "c-1" } })),
        "applicantworkflows/32" => Reply::Json(200, person("932")),
        "applicantworkflows/41" => Reply::Json(200, person("941")),
        // Whose person the integration may not see.
        "applicantworkflows/50" => Reply::Json(200, json!({ "status": {} })),
        "people/c-1?fields=email" => Reply::Json(200, json!({ "email": "a@example.org" })),
        "people/932?fields=email" => Reply::Json(200, json!({ "email": "Cosima@Example.org" })),
        // 40 vanished between the search and the asking, and so did the person of 41.
        _ => Reply::Json(404, json!({ "errors": [{ "errorMessage": "no such record" }] })),
    })
}

#[test]
fn each_id_that_icims_finds_is_asked_for_and_what_vanished_meanwhile_is_left_out() {
    let home = home_with("icims");
    let (server, complaints) = strict(icims);
    let found = pull(&home, &server, &ICIMS, &[]).json(4);
    assert!(complaints.lock().expect("no panic").is_empty(), "{complaints:#?}");
    assert_eq!(found["tied"], json!([{ "candidate": "c-1", "application": "31", "by": "ids" }]), "{found}");
    assert_eq!(found["proposed"], json!([{ "candidate": "c-3", "application": "32", "by": "email" }]), "{found}");
    let searches = server.got().iter().filter(|got| got.path.ends_with("search/applicantworkflows")).count();
    assert_eq!(searches, 4, "a short page is not taken for the last: an empty one is");
    let workflows = server.got().iter().filter(|got| got.path.contains("/applicantworkflows/")).count();
    assert_eq!(workflows, 5, "each once");
}

#[test]
fn icims_is_left_alone_while_it_asks_for_that_and_asked_again_where_that_is_soon() {
    let home = home_with("icims");
    let mut busy = true;
    let (server, _) = strict(move |got| {
        if got.path.ends_with("/applicantworkflows/32") && std::mem::take(&mut busy) {
            return Some(Reply::Plain(429, "retry-after: 0\r\n".into(), String::new()));
        }
        icims(got)
    });
    assert_eq!(pull(&home, &server, &ICIMS, &[]).json(4)["proposed"][0]["application"], "32");
    let home = home_with("icims");
    let (server, _) = strict(|got| match got.path.ends_with("/applicantworkflows/32") {
        true => Some(Reply::Plain(429, "retry-after: 7200\r\n".into(), String::new())),
        false => icims(got),
    });
    let ran = pull(&home, &server, &ICIMS, &[]);
    // Whichever of those that were asked at once is told first.
    assert!(ran.code == Some(75) && (ran.err.contains("429") || ran.err.contains("left alone until")), "{ran:#?}");
    assert_eq!(home.run(&["match", "small batch", "--json"]).json(0)["without"], json!(["c-3"]), "half a listing ties nothing");
    let so_far = server.got().len();
    let again = pull(&home, &server, &ICIMS, &[]);
    assert!(again.code == Some(75) && again.err.contains("left alone until"), "{again:#?}");
    assert_eq!(server.got().len(), so_far, "nor does a later run ask before that");
}

#[test]
fn half_an_answer_of_icims_and_ids_out_of_order_tie_nothing() {
    type Wrong = fn(&Got) -> Option<Reply>;
    let cases: [(i32, &str, Wrong); 4] = [
        (75, "half a JSON, or none", |got| {
            got.path.ends_with("/applicantworkflows/41").then(|| Reply::Plain(200, String::new(), "{\"associated".into()))
        }),
        (75, "500", |got| got.path.ends_with("/people/932?fields=email").then(|| Reply::Json(500, json!({})))),
        (2, "not in the order of its ids", |got| {
            let page = json!({ "searchResults": [{ "id": 50 }, { "id": 31 }] });
            got.path.ends_with("search/applicantworkflows").then(|| Reply::Json(200, page))
        }),
        (2, "without the list", |got| got.path.ends_with("search/applicantworkflows").then(|| Reply::Json(200, json!({})))),
    ];
    for (code, why, wrong) in cases {
        let home = home_with("icims");
        let (server, _) = strict(move |got| wrong(got).or_else(|| icims(got)));
        let ran = pull(&home, &server, &ICIMS, &[]);
        assert!(ran.code == Some(code) && ran.err.contains(why), "{why}: {ran:#?}");
        assert_eq!(home.run(&["match", "small batch", "--json"]).json(0)["without"], json!(["c-3"]), "{why}: nothing was tied");
    }
}

const WORKDAY: [(&str, &str); 4] =
    [("WORKDAY_USER", "isu@acme"), ("WORKDAY_PASSWORD", "wd"), ("WORKDAY_TENANT", "acme"), ("WORKDAY_INTERVIEWER", "e-1")];

fn soap(status: u16, body: &str) -> Reply {
    let envelope = "<?xml version='1.0' encoding='UTF-8'?><env:Envelope xmlns:env=\"http://schemas.xmlsoap.org/soap/envelope/\" \
                    xmlns:wd=\"urn:com.workday/bsvc\"><env:Body>";
    Reply::Plain(status, "content-type: text/xml\r\n".into(), format!("{envelope}{body}</env:Body></env:Envelope>"))
}

fn applied(application: &str, requisition: &str) -> String {
    format!(
        "<wd:Job_Application_Data><wd:Job_Application_Reference><wd:ID wd:type=\"WID\">0a</wd:ID>\
         <wd:ID wd:type=\"Job_Application_ID\">{application}</wd:ID></wd:Job_Application_Reference><wd:Job_Applied_To_Data>\
         <wd:Job_Requisition_Reference><wd:ID wd:type=\"WID\">0b</wd:ID><wd:ID wd:type=\"Job_Requisition_ID\">{requisition}</wd:ID>\
         </wd:Job_Requisition_Reference></wd:Job_Applied_To_Data></wd:Job_Application_Data>"
    )
}

fn candidate(id: &str, email: &str, applications: &[String]) -> String {
    format!(
        "<wd:Candidate><wd:Candidate_Reference><wd:ID wd:type=\"WID\">0c</wd:ID><wd:ID wd:type=\"Candidate_ID\">{id}</wd:ID>\
         </wd:Candidate_Reference><wd:Candidate_Data><wd:Candidate_ID>{id}</wd:Candidate_ID><wd:Contact_Data>\
         <wd:Email_Address>{email}</wd:Email_Address></wd:Contact_Data>{}</wd:Candidate_Data></wd:Candidate>",
        applications.concat()
    )
}

fn answer(page: u32, pages: u32, candidates: &str) -> Reply {
    soap(
        200,
        &format!(
            "<wd:Get_Candidates_Response wd:version=\"v45.2\"><wd:Response_Results><wd:Total_Pages>{pages}</wd:Total_Pages>\
             <wd:Page>{page}</wd:Page></wd:Response_Results><wd:Response_Data>{candidates}</wd:Response_Data>\
             </wd:Get_Candidates_Response>"
        ),
    )
}

/// A Workday with two pages; on the second one candidate alone, who applied twice.
fn workday(got: &Got, began: &Mutex<Vec<String>>) -> Option<Reply> {
    let text = got.text();
    let between = |open: &str, close: &str| text.split_once(open)?.1.split_once(close).map(|(inner, _)| inner.to_owned());
    let filter = "<wd:Count>100</wd:Count></wd:Response_Filter><wd:Response_Group>";
    let is_right = got.verb == "POST"
        && got.path == "/ccx/service/acme/Recruiting/v45.2"
        && text.contains("<wsse:Username>isu@acme</wsse:Username>")
        && text.contains("<wd:Get_Candidates_Request xmlns:wd=\"urn:com.workday/bsvc\" wd:version=\"v45.2\"><wd:Request_Criteria>")
        && text.contains("<wd:ID wd:type=\"Job_Requisition_ID\">R-17</wd:ID>")
        && text.contains(filter);
    began.lock().expect("no panic").push(between("<wd:As_Of_Entry_DateTime>", "</wd:As_Of_Entry_DateTime>")?);
    let page = between("</wd:As_Of_Entry_DateTime><wd:Page>", "</wd:Page>")?;
    let reply = match page.as_str() {
        "1" => {
            let both = candidate("c-1", "a@example.org", &[applied("31", "R-17")])
                + &candidate("x-8", "nobody@example.org", &[applied("33", "R-17")]);
            answer(1, 2, &both)
        }
        "2" => answer(2, 2, &candidate("x-9", "Cosima@Example.org", &[applied("32", "R-17"), applied("39", "R-99")])),
        _ => return None,
    };
    is_right.then_some(reply)
}

#[test]
fn workdays_candidates_are_read_from_its_xml_page_by_page_as_of_one_moment() {
    let home = home_with("workday");
    let began = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&began);
    let (server, complaints) = strict(move |got| workday(got, &kept));
    let found = pull(&home, &server, &WORKDAY, &[]).json(4);
    assert!(complaints.lock().expect("no panic").is_empty(), "{complaints:#?}");
    assert_eq!(found["tied"], json!([{ "candidate": "c-1", "application": "31", "by": "ids", "requisition": "R-17" }]), "{found}");
    assert_eq!(
        found["proposed"],
        json!([{ "candidate": "c-3", "application": "32", "by": "email", "requisition": "R-17" }]),
        "not 39: {found}"
    );
    let began = began.lock().expect("no panic");
    assert!(began.len() == 2 && began[0] == began[1], "both pages show the same moment: {began:?}");
}

#[test]
fn what_workday_does_not_answer_whole_ties_nothing_and_its_fault_is_told() {
    let fault = |code: &str, why: &str| {
        let fault = format!("<env:Fault><faultcode>SOAP-ENV:Client.{code}</faultcode><faultstring>{why}</faultstring></env:Fault>");
        move || soap(500, &fault)
    };
    type Wrong = Box<dyn Fn() -> Reply + Send>;
    let cases: [(i32, &str, Wrong); 5] = [
        (3, "invalid username", Box::new(fault("authenticationError", "invalid username or password"))),
        (2, "no such requisition", Box::new(fault("validationError", "no such requisition"))),
        (75, "half an XML", Box::new(|| Reply::Plain(200, "content-type: text/xml\r\n".into(), "<env:Envelope><env:Bo".into()))),
        (3, "page for people", Box::new(|| Reply::Plain(200, "content-type: text/html\r\n".into(), "<html>Sign in</html>".into()))),
        (2, "how many pages", Box::new(|| soap(200, "<wd:Get_Candidates_Response/>"))),
    ];
    for (code, why, wrong) in cases {
        let home = home_with("workday");
        let server = Ats::start(move |_| wrong());
        let ran = pull(&home, &server, &WORKDAY, &[]);
        assert!(ran.code == Some(code) && ran.err.contains(why), "{why}: {ran:#?}");
        assert_eq!(home.run(&["match", "small batch", "--json"]).json(0)["without"], json!(["c-3"]), "{why}: nothing was tied");
    }
}
