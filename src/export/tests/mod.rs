//! Tables out and back.

mod tables;
mod telling;

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::interview::{Application, Moment, Span};
use crate::journal::MustHaveAnswer::{No, Unclear, Yes};
use crate::journal::{Act, Decision, Recommendation, Scope};
use crate::panel::{Key, OrderOfRating, Ratings, Value};
use crate::protocol::effective;
use crate::rubric::{MustHave, Observed, Point};
use crate::scorecard::sample::{Sample, reviewer, slug};
use crate::text::SafeText;

/// When tables are asked for.
pub(super) const NOW: jiff::Timestamp = jiff::Timestamp::constant(2_000_000_000, 0);

/// Ann and Bob have sealed two candidates; Ann left evidence and a note, and c2 skipped the second question.
pub(super) fn reviewed() -> Sample {
    let mut sample = Sample::new(2, 2);
    sample.batch.submissions[1].answers[1].state = crate::interview::AnswerState::NotGiven;
    for (who, shift) in [("ann", 0), ("bob", 1)] {
        sample.review(who, 1, 1, 4, 3);
        sample.review(who, 1, 2, 3 + shift, 5);
        sample.review(who, 2, 1, 2 + shift, 1);
    }
    let (answer, span) = (sample.answer(1, 1), Span { start: Moment(1500), end: Moment(4250) });
    let quote = SafeText::block("I, Zora, checked the logs");
    let revision = sample.batch.submissions[0].answers[0].revision;
    sample.act("ann", Act::Evidenced { answer, revision, criteria: vec![slug("depth")], span, quote });
    sample.note("ann", 1, 1, "=HYPERLINK(\"http://evil\")");
    sample.rate("bob", 1, 1, "clarity", Observed::NotObserved);
    sample.act("ann", Act::Probed { answer, at: None, text: "Ask Zora about scale".into() });
    let submission = sample.submission(1);
    sample.act("ann", Act::Recommended { submission, recommendation: Recommendation::Yes });
    for who in ["ann", "bob"] {
        sample.seal_all(who);
    }
    sample
}

/// Every sealed scorecard; `tables` has the tests of who is chosen.
fn export(sample: &Sample, who: &str, table: fn(&Sources) -> Exported) -> Exported {
    export_of(sample, who, Choice::Sealed, table)
}

pub(super) fn export_of<T>(sample: &Sample, who: &str, choice: Choice, table: impl FnOnce(&Sources) -> T) -> T {
    let visible = sample.seen_by(who);
    let rules = effective(&sample.rubric, &visible);
    let materials = sample.materials();
    let (batch, rubric) = (&sample.batch, &sample.rubric);
    table(&Sources { visible: &visible, batch, rubric, rules: &rules, materials: &materials, choice, now: Some(NOW) })
}

fn find<'a>(table: &'a Table, wanted: &[(&str, &str)]) -> Option<&'a [Cell]> {
    let fits =
        |row: &&Vec<Cell>| wanted.iter().all(|(column, text)| row[table.column(column).expect("a column")].written() == *text);
    table.rows.iter().find(fits).map(Vec::as_slice)
}

fn cell(table: &Table, wanted: &[(&str, &str)], column: &str) -> String {
    find(table, wanted).expect("a row")[table.column(column).expect("a column")].written()
}

#[test]
fn the_long_table_has_a_row_for_every_cell_of_a_sealed_scorecard() {
    let sample = reviewed();
    let table = export(&sample, "ann", long).table;
    assert_eq!(table.rows.len(), 2 * 2 * 2 * 2);
    let ann = sample.record().pseudonym(reviewer("ann"));
    let row = [("candidate", "c1"), ("question", "q1"), ("criterion", "depth"), ("reviewer", ann.as_str())];
    let of = |column: &str| cell(&table, &row, column);
    assert_eq!((of("value"), of("weight"), of("scale_max")), ("4".into(), "3".into(), "5".into()));
    assert_eq!((of("evidence_start"), of("evidence_end")), ("1.5".into(), "4.25".into()));
    assert_eq!(of("evidence_quote"), "I, [name], checked the logs");
    assert_eq!((of("heard_share"), of("names_hidden"), of("preset")), ("1".into(), "yes".into(), "standard".into()));
    assert!(of("scoring_hash").starts_with("sha256:"));
    assert_eq!(cell(&table, &[("candidate", "c2"), ("question", "q2")], "value"), "NA");
}

#[test]
fn nobody_exports_what_they_may_not_see() {
    let mut sample = reviewed();
    assert_eq!(export(&sample, "new", long).table.rows.len(), 0, "without a list everyone is on the panel");
    sample.reopen("ann", 1);
    let exported = export(&sample, "ann", long);
    assert_eq!(exported.table.rows.len(), 0);
    assert_eq!(exported.left_out.candidates.len(), 2);
    assert!(exported.left_out.others_hidden);
}

#[test]
fn no_name_no_pseudonym_and_no_address_is_in_any_table() {
    let mut sample = reviewed();
    let submission = sample.submission(1);
    let reason = SafeText::block("Zora Quill wrote from zora.quill@post.example");
    sample.act(
        "ann",
        Act::Decided { submission, application: None, decision: Decision::Advance, because: None, reason, overrides: None },
    );
    for table in [export(&sample, "ann", long).table, export(&sample, "ann", wide).table] {
        let text = String::from_utf8(write_csv(&table, Guard::Apostrophe).bytes).expect("UTF-8");
        let pseudonyms = crate::protocol::Pseudonyms::of(&sample.batch, false);
        for word in ["Zora", "Quill", "post.example", pseudonyms.get(submission, None).expect("named").as_str()] {
            assert!(!text.contains(word), "{word} is in the {} table", table.name);
        }
    }
}

#[test]
fn the_wide_table_has_a_row_for_each_candidate_and_application() {
    let mut sample = reviewed();
    let application =
        |id: &str| Application { system: Some("ats".into()), id: id.into(), requisition: None, ids: Default::default() };
    sample.batch.submissions[0].applications = vec![application("0012"), application("7")];
    let submission = sample.submission(1);
    let (decision, application) = (Decision::Hold, Some("7".into()));
    sample.act("ann", Act::Decided { submission, application, decision, because: None, reason: "wait".into(), overrides: None });
    let table = export(&sample, "ann", wide).table;
    assert_eq!(table.rows.len(), 3);
    assert_eq!(cell(&table, &[("application_id", "0012")], "decision"), "");
    assert_eq!(cell(&table, &[("application_id", "7")], "decision"), "hold");
    let of = |column: &str| cell(&table, &[("application_id", "0012")], column);
    // Three values say nothing of a range.
    assert_eq!((of("candidate"), of("rank"), of("rank_low"), of("rank_high")), ("c1".into(), "1".into(), "".into(), "".into()));
    assert_eq!((of("reviewers_counted"), of("reviewers_required"), of("complete")), ("2".into(), "1".into(), "yes".into()));
    assert_eq!(
        (of("q2.depth.mean"), of("q2.depth.min"), of("q2.depth.max"), of("q1.clarity.n")),
        ("3.5".into(), "3".into(), "4".into(), "1".into())
    );
    assert_eq!((of("largest_disagreement"), of("largest_disagreement_in")), ("1".into(), "q2.depth".into()));
    assert_eq!((of("recommendation"), of("follow_ups")), ("yes 1".into(), "Ask [name] about scale".into()));
    assert_eq!(of("heard_share"), "1");
}

#[test]
fn a_must_have_that_reviewers_see_differently_is_said_to_differ() {
    let mut sample = reviewed();
    let must_have = |id: &str| MustHave { id: slug(id), text: "Says so".into(), question: None };
    sample.rubric.must_haves = vec![must_have("rota"), must_have("permit"), must_have("car")];
    let submission = sample.submission(1);
    let found = [("ann", "rota", Yes), ("bob", "rota", No), ("ann", "permit", Unclear)];
    for (who, id, met) in found {
        let scope = Scope::Question(slug("q1"));
        sample.act(who, Act::Reopened { scope, reason: "a must-have was left out".into() });
        sample.act(who, Act::MustHave { submission, id: slug(id), met, span: None });
        sample.seal_all(who);
    }
    let table = export(&sample, "ann", wide).table;
    let of = |column: &str| cell(&table, &[("candidate", "c1")], column);
    assert_eq!(
        (of("must_have.rota"), of("must_have.permit"), of("must_have.car")),
        ("differs".into(), "unclear".into(), "".into())
    );
}

#[test]
fn every_row_is_as_long_as_the_header() {
    let sample = reviewed();
    for table in [export(&sample, "ann", long).table, export(&sample, "ann", wide).table] {
        assert!(table.rows.iter().all(|row| row.len() == table.columns.len()), "{}", table.name);
    }
}

#[test]
fn the_long_table_is_read_back_as_the_ratings_it_came_from() {
    let sample = reviewed();
    let visible = sample.seen_by("ann");
    let ratings = crate::panel::sealed_ratings(&visible, &sample.batch, &sample.rubric).ratings;
    let written = write_csv(&export(&sample, "ann", long).table, Guard::Apostrophe);
    assert_eq!(read_ratings(&written.bytes, "long.csv", Some(&sample.rubric)).map(|table| table.ratings), Ok(ratings));
}

// The guard.

#[test]
fn peoples_text_is_no_formula_and_computed_numbers_stay_numbers() {
    let table = Table {
        name: "t".into(),
        columns: vec!["note".into(), "figure".into(), "id".into()],
        rows: vec![
            vec![Cell::Text("=1+1".into()), Cell::Number(-1.5), Cell::Id("-007".into())],
            vec![Cell::Text("fine, \"really\"".into()), Cell::Integer(-2), Cell::Id("007".into())],
        ],
    };
    let csv = |guard| String::from_utf8(write_csv(&table, guard).bytes).expect("UTF-8");
    assert_eq!(csv(Guard::Apostrophe), "note,figure,id\r\n'=1+1,-1.5,'-007\r\n\"fine, \"\"really\"\"\",-2,007\r\n");
    assert_eq!(csv(Guard::Off), "note,figure,id\r\n=1+1,-1.5,-007\r\n\"fine, \"\"really\"\"\",-2,007\r\n");
    assert_eq!(csv(Guard::Quarantine), "note,figure,id\r\n\"fine, \"\"really\"\"\",-2,007\r\n");
    let written = write_csv(&table, Guard::Quarantine);
    assert_eq!(written.quarantined, [0]);
    let listed: Vec<(Option<usize>, &str)> = written.guarded.iter().map(|cell| (cell.row, cell.column.as_str())).collect();
    assert_eq!(listed, [(Some(0), "note"), (Some(0), "id")]);
}

#[test]
fn control_characters_stay_as_they_came_in_and_are_listed() {
    let table = Table {
        name: "t".into(),
        columns: vec!["candidate".into(), "note".into()],
        rows: vec![
            vec![Cell::Id("c-\u{1b}]52;c;eA==\u{7}1".into()), Cell::Text("two\nlines\tof text".into())],
            vec![Cell::Id("c-2".into()), Cell::Text("an 8-bit \u{9b}31m".into())],
        ],
    };
    let written = write_csv(&table, Guard::Apostrophe);
    let text = String::from_utf8(written.bytes).expect("UTF-8");
    assert!(text.contains("c-\u{1b}]52;c;eA==\u{7}1,") && text.contains("\u{9b}31m"), "{text:?}");
    let listed: Vec<(Option<usize>, &str)> = written.controls.iter().map(|cell| (cell.row, cell.column.as_str())).collect();
    assert_eq!(listed, [(Some(0), "candidate"), (Some(1), "note")]);
    assert!(written.guarded.is_empty());
}

#[test]
fn names_that_look_the_same_are_told_with_their_lines_and_not_taken_for_one_or_two() {
    let hidden = ["c-1\u{200b}", "\u{feff}c-1", "c\u{2060}-1", "c-\u{200d}1", "C-1"];
    for other in hidden {
        let csv = format!("candidate,question,criterion,reviewer,value\nc-1,q,k,R1,3\n{other},q,k,R2,4\nc-1,q,k,R\u{200b}1,2\n");
        let problems = read_ratings(csv.as_bytes(), "r.csv", None).expect_err("they look the same");
        let told: Vec<&str> = problems.iter().map(|problem| problem.place.as_str()).collect();
        assert_eq!(told, ["line 3", "line 4"], "{other:?}");
        assert!(problems.iter().all(|problem| problem.reason.as_str().ends_with("on line 2")), "{problems:?}");
    }
}

#[test]
fn the_guard_knows_what_spreadsheets_run() {
    for text in ["=1", "+1", "-1", "@x", "\t=1", "\r=1", "\n=1", "\0=", "  =1", "＝1", "＋1", "－1", "＠x", "\u{feff}=1", "'=1"]
    {
        assert!(guarded(text).is_some(), "{text:?}");
    }
    for text in ["", "1", "a=b", "'quoted'", "don't", "(1)"] {
        assert_eq!(guarded(text), None, "{text:?}");
    }
}

#[test]
fn whatever_people_wrote_is_no_formula_in_either_table() {
    for lead in ["=", "+", "-", "@", "\t", "\r"] {
        let text = format!("{lead}cmd|'/C calc'!A0");
        let mut sample = Sample::new(1, 1);
        sample.batch.submissions[0].candidate.source_id = SafeText::line(&text);
        let application = Application {
            system: Some(text.as_str().into()),
            id: text.as_str().into(),
            requisition: None,
            ids: Default::default(),
        };
        sample.batch.submissions[0].applications = vec![application];
        sample.review("ann", 1, 1, 4, 3);
        let (answer, span) = (sample.answer(1, 1), Span { start: Moment(0), end: Moment(1000) });
        let quote = SafeText::block(&text);
        sample.act("ann", Act::Evidenced { answer, revision: None, criteria: vec![slug("depth")], span, quote });
        sample.note("ann", 1, 1, &text);
        sample.act("ann", Act::Probed { answer, at: None, text: SafeText::block(&text) });
        sample.seal_all("ann");
        let (submission, reason) = (sample.submission(1), SafeText::block(&text));
        let overrides = Some(reason.clone());
        sample
            .act("ann", Act::Decided { submission, application: None, decision: Decision::Hold, because: None, reason, overrides });
        for (table, cells) in [(export(&sample, "ann", long).table, 4), (export(&sample, "ann", wide).table, 6)] {
            let bytes = write_csv(&table, Guard::Apostrophe).bytes;
            let mut read = ::csv::Reader::from_reader(bytes.as_slice());
            let all: Vec<String> =
                read.records().flat_map(|row| row.expect("CSV").iter().map(str::to_owned).collect::<Vec<_>>()).collect();
            let from_people: Vec<&String> = all.iter().filter(|cell| cell.contains("cmd|")).collect();
            assert!(from_people.len() >= cells, "{lead:?} {}: {from_people:?}", table.name);
            assert!(from_people.iter().all(|cell| cell.starts_with('\'')), "{lead:?} {}: {from_people:?}", table.name);
        }
    }
}

#[test]
fn every_column_says_what_it_holds_and_stands_where_the_header_has_it() {
    let sample = reviewed();
    let names = |all: Vec<About>| all.into_iter().map(|one| one.name).collect::<Vec<_>>();
    assert_eq!(names(long_columns()), export(&sample, "ann", long).table.columns);
    let wide = export(&sample, "ann", wide).table.columns;
    for About { name, description, .. } in wide_columns() {
        let name = name.replace("QUESTION.CRITERION", "q1.depth");
        assert!(wide.contains(&name) || matches!(name.as_str(), "must_have.ID" | "id.NAME"), "{name}");
        assert!(!description.is_empty());
    }
}

// Reading.

fn problems(csv: &str) -> Vec<String> {
    let sample = Sample::new(1, 1);
    let problems = read_ratings(csv.as_bytes(), "r.csv", Some(&sample.rubric)).expect_err("something is wrong");
    problems.iter().map(|problem| format!("{}: {}", problem.place, problem.reason)).collect()
}

#[test]
fn every_bad_line_is_named_at_once_and_nothing_is_half_read() {
    let csv = "candidate,question,criterion,reviewer,value,mood\n\
               c1,q1,depth,ann,7,\n\
               c1,q1,depth,bob,4.3,\n\
               C1,q1,depth,eve,4,\n\
               c1,q1,clarity,ann,3,\n\
               c1,q1,clarity,ann,4,\n\
               c1,q9,depth,ann,4,\n\
               c1,q1,style,ann,4,\n\
               ,q1,depth,ann,4,\n\
               c2,q1,depth,Ann,4,\n\
               c2,q1,depth\n\
               c2,q1,de pth,ann,4,\n\
               c2,q1,depth,ann,4,\n";
    assert_eq!(
        problems(csv),
        [
            "line 1: unknown column \"mood\"",
            "line 2: 7 is off the scale",
            "line 3: value \"4.3\": a point is a whole or a half number between -999 and 999, not \"4.3\"",
            "line 4: candidate \"C1\" is \"c1\" on line 2",
            "line 6: the same cell as on line 5",
            "line 7: the rubric has no question \"q9\"",
            "line 8: question \"q1\" has no criterion \"style\"",
            "line 9: no candidate",
            "line 10: reviewer \"Ann\" is \"ann\" on line 2",
            "line 11: 3 cells where the header has 6",
            "line 12: criterion \"de pth\": an id cannot contain ' '; use letters, digits, '-', '_' and '.'",
        ]
    );
}

#[test]
fn capitalised_columns_are_each_one_mistake() {
    assert_eq!(
        problems("Candidate,question,Criterion,reviewer,value\nc1,q1,depth,ann,4\n"),
        ["line 1: unknown column \"Candidate\"", "line 1: unknown column \"Criterion\""]
    );
}

#[test]
fn a_file_that_is_no_ratings_table_says_what_it_lacks() {
    assert_eq!(problems(""), ["line 1: there is no header"]);
    assert_eq!(
        problems("candidate,question,value\n"),
        ["line 1: column \"criterion\" is missing", "line 1: column \"reviewer\" is missing"]
    );
    assert_eq!(
        problems("candidate,question,criterion,reviewer,value\nc1,q1,depth,\"ann,4\n"),
        ["line 2: a quotation mark is not closed, here or further up"]
    );
    let latin = b"candidate,question,criterion,reviewer,value\nc\xe9,q1,depth,ann,4\n";
    let problems = read_ratings(latin, "r.csv", None).expect_err("Latin-1");
    assert_eq!(problems[0].reason.as_str(), "the text is not UTF-8");
    let wide: Vec<u8> = "candidate,question,criterion,reviewer,value\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let unread = read_ratings(&wide, "r.csv", None).expect_err("UTF-16");
    assert_eq!(unread.iter().map(|problem| problem.reason.as_str()).collect::<Vec<_>>(), ["the file is in UTF-16, or no text"]);
    assert_eq!(problems[0].place.as_str(), "line 2");
}

#[test]
fn lines_are_counted_through_cells_with_line_breaks_and_columns_come_in_any_order() {
    let csv = "\u{feff}value,reviewer,comment,criterion,question,candidate\r\n\
               4,ann,\"two\r\nlines\",depth,q1,c1\r\n\
               9,ann,,clarity,q1,c1\r\n";
    assert_eq!(problems(csv), ["line 4: 9 is off the scale"]);
}

#[test]
fn without_a_rubric_any_point_is_taken() {
    let csv = b"candidate,question,criterion,reviewer,value\nc1,q,c,r,14\nc1,q,c,s,NO\nc1,q,c,t,\n";
    let ratings = read_ratings(csv, "r.csv", None).expect("fine").ratings;
    let values: Vec<Value> = ratings.iter().map(|(_, value)| value).collect();
    assert_eq!(values, [Value::Point(Point::whole(14)), Value::NotObserved, Value::NotYet]);
}

#[test]
fn a_time_that_is_none_is_a_remark_with_its_line_and_leaves_the_order_out() {
    let csv = "candidate,question,criterion,reviewer,value,rated_at\n\
               c1,q,c,r,4,2026-05-04T08:00:00Z\nc2,q,c,r,2,4.5.26 8:10\nc3,q,c,r,2,yesterday\n";
    let table = own(csv).expect("the ratings are fine");
    assert_eq!(table.order, OrderOfRating::new());
    let [remark] = &table.remarks[..] else { panic!("{:?}", table.remarks) };
    assert!(remark.starts_with("line 3: rated_at \"4.5.26 8:10\" is no time"), "{remark}");
    let told = own(&csv.replace("4.5.26 8:10", "2026-05-04T08:10:00Z").replace("yesterday", "2026-05-04T08:20:00Z")).expect("fine");
    assert_eq!((told.order.len(), told.remarks), (1, Vec::new()));
}

fn own(csv: &str) -> Result<RatingsTable, Vec<String>> {
    let said = |problems: Vec<crate::interview::Problem>| problems.iter().map(|p| format!("{}: {}", p.place, p.reason)).collect();
    read_ratings(csv.as_bytes(), "r.csv", None).map_err(said)
}

#[test]
fn weights_and_scale_of_the_table_itself_are_taken_where_there_is_no_rubric() {
    let csv = "candidate,question,criterion,reviewer,value,weight,scale_min,scale_max\n\
               c1,q,depth,r,4,3,1,5\nc1,q,clarity,r,2,1,1,5\nc2,q,depth,r,NO,3,,\n";
    let table = own(csv).expect("fine");
    assert_eq!(table.weights.values().copied().collect::<Vec<_>>(), [1.0, 3.0]);
    assert_eq!(table.scale, Some((1.0, 5.0)));
    let sample = Sample::new(1, 1);
    let ignored = "candidate,question,criterion,reviewer,value,weight\nc1,q1,depth,r,4,9\n";
    assert!(read_ratings(ignored.as_bytes(), "r.csv", Some(&sample.rubric)).expect("fine").weights.is_empty());
}

#[test]
fn every_weight_and_scale_that_contradicts_another_is_named_at_once() {
    let csv = "candidate,question,criterion,reviewer,value,weight,scale_min,scale_max\n\
               c1,q,depth,r,4,3,1,5\n\
               c1,q,depth,s,4,2,1,5\n\
               c2,q,depth,r,7,3,1,4\n\
               c2,q,clarity,r,4,0,1,5\n\
               c3,q,clarity,r,4,,1,5\n";
    assert_eq!(
        own(csv).expect_err("it contradicts itself"),
        [
            "line 3: the weight of q.depth is 2, and 3 on line 2",
            "line 4: scale_max is 4, and 5 on line 2",
            "line 5: weight \"0\" is not a number from 0.001 to 1000",
            "the file: q.clarity has no weight, others have",
        ]
    );
    let off = "candidate,question,criterion,reviewer,value,scale_min,scale_max\nc1,q,depth,r,7,1,5\n";
    assert_eq!(own(off).expect_err("off the scale"), ["line 2: 7 is off the scale of 1 to 5"]);
}

fn any_ratings() -> impl Strategy<Value = Ratings> {
    let name = "[ =+@'\"\\-,a-cé王\r\n\t\0]{0,6}[x-z0]";
    let value = prop_oneof![
        (-20i16..20).prop_map(|halves| Value::Point(Point::halves(halves))),
        Just(Value::NotObserved),
        Just(Value::NotAnswered),
        Just(Value::TechnicalFault),
        Just(Value::Recused),
        Just(Value::NotYet)
    ];
    let cell = (name, "[-+@a-c]{1,3}", "[-+@a-c]{1,3}", name, value);
    prop::collection::vec(cell, 0..12).prop_map(|cells| {
        let mut spelt = BTreeMap::new();
        let mut once = |column: u8, text: String| {
            let plain = SafeText::line(&text).as_str().trim().to_lowercase();
            SafeText::line(spelt.entry((column, plain)).or_insert(text))
        };
        let cells = cells.into_iter().map(|(candidate, question, criterion, reviewer, value)| {
            let (candidate, reviewer) = (once(0, candidate), once(1, reviewer));
            (Key { candidate, question: slug(&question), criterion: slug(&criterion), reviewer }, value)
        });
        cells.collect()
    })
}

proptest! {
    #[test]
    fn ratings_out_and_back_are_the_same(ratings in any_ratings()) {
        let written = write_csv(&ratings_table(&ratings), Guard::Apostrophe);
        let (odd, kept): (Vec<_>, Vec<_>) = ratings.iter().partition(|(key, _)| {
            key.candidate.raw().contains('\0') || key.reviewer.raw().contains('\0')
        });
        let kept: Ratings = kept.into_iter().map(|(key, value)| (key.clone(), value)).collect();
        prop_assert_eq!(read_ratings(&written.bytes, "r.csv", None).expect("what was written can be read").ratings, kept);
        prop_assert_eq!(written.quarantined.len(), odd.len(), "what no importer takes is named");
    }

    #[test]
    fn guarding_can_be_taken_back_and_leaves_nothing_to_run(text in "[ '=+\\-@\t\r\n\0＝a]{0,6}") {
        let written = guarded(&text).unwrap_or_else(|| text.clone());
        prop_assert_eq!(unguarded(&written), text.as_str());
        prop_assert!(!is_risky(&written));
    }

    #[test]
    fn a_broken_file_is_refused_and_never_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = read_ratings(&bytes, "r.csv", None);
    }
}

#[test]
fn the_same_library_gives_the_same_bytes() {
    let bytes = |sample: &Sample| write_csv(&export(sample, "ann", wide).table, Guard::Apostrophe).bytes;
    let mut turned = reviewed();
    turned.events.reverse();
    assert_eq!(bytes(&reviewed()), bytes(&turned));
}
