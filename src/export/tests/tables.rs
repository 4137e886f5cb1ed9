//! The tables by name: their columns as they are documented, who is in them, and what follows from what.

use std::collections::BTreeSet;

use super::*;
use crate::export::Which;
use crate::interview::{Digest, Status, Submission};
use crate::journal::{Statement, Subject};
use crate::panel::{Panel, Scheme};
use crate::scorecard::sample::point;

/// As [`reviewed`], with a third candidate of whom only Ann has sealed, although Bob is assigned too.
fn with_one_unready() -> Sample {
    let mut sample = Sample::new(3, 1);
    sample.batch.submissions[0].completed_at = Some("1969-12-31T23:00:00Z".parse().expect("a time"));
    let panelist = |who: &str| crate::scorecard::Panelist::write(reviewer(who), &who.into(), &who.into());
    sample.act("chief", Act::Panel { reviewers: ["ann", "bob"].map(panelist).into() });
    for (who, c) in [("ann", 1), ("bob", 1), ("ann", 2), ("bob", 2), ("ann", 3)] {
        sample.review(who, c, 1, 4, 3);
    }
    for who in ["ann", "bob"] {
        for c in 1..=3 {
            let (submission, reviewer) = (Some(sample.submission(c)), reviewer(who));
            sample.act("chief", Act::Assigned { submission, reviewer });
        }
    }
    for (who, c) in [("ann", 1), ("ann", 2), ("ann", 3), ("bob", 1), ("bob", 2)] {
        let scope = Scope::Submission(sample.submission(c));
        sample.act(who, Act::Sealed { scope, unheard: Vec::new(), knows: BTreeSet::new(), locks: None });
    }
    sample
}

fn candidates(table: &Table) -> Vec<String> {
    (0..table.rows.len()).map(|row| table.cell(row, "candidate").expect("a cell").written()).collect()
}

#[test]
fn by_default_only_who_is_ready_is_taken_and_the_others_are_named() {
    let sample = with_one_unready();
    for which in [Which::Wide, Which::Long, Which::Ratings, Which::Feedback] {
        let ready = export_of(&sample, "chief", Choice::Ready, |sources| which.table(sources));
        assert!(!candidates(&ready.table).contains(&"c3".to_owned()), "{which:?}");
        assert!(candidates(&ready.table).contains(&"c2".to_owned()), "{which:?}");
        let named: Vec<&str> = ready.not_ready.iter().map(SafeText::as_str).collect();
        let of_whom_nothing_is_seen: Vec<&str> = ready.left_out.candidates.iter().map(SafeText::as_str).collect();
        assert_eq!([named, of_whom_nothing_is_seen].concat(), ["c3"], "{which:?}");
        // Ann has sealed all of hers and sees Ann's of c3 too.
        let all = export_of(&sample, "ann", Choice::Sealed, |sources| which.table(sources));
        assert!(candidates(&all.table).contains(&"c3".to_owned()) && all.not_ready.is_empty(), "{which:?}");
        let ready = export_of(&sample, "ann", Choice::Ready, |sources| which.table(sources));
        assert_eq!(ready.not_ready, ["c3".into()], "{which:?}");
    }
}

#[test]
fn every_cell_is_of_its_columns_kind_and_the_header_is_the_definition() {
    let mut sample = reviewed();
    let must_have = MustHave { id: slug("rota"), text: "Says so".into(), question: None };
    sample.rubric.must_haves = vec![must_have];
    let ids = indexmap::IndexMap::from([("candidate_id".to_owned(), SafeText::line("0077"))]);
    let application = Application { system: Some("ats".into()), id: "0012".into(), requisition: Some("R1".into()), ids };
    sample.batch.submissions[0].applications = vec![application];
    sample.batch.submissions[0].completed_at = Some("1969-12-31T23:00:00Z".parse().expect("a time"));
    sample.batch.submissions[1].status = Status::Completed;
    sample.batch.retain_until = Some("2027-01-31".parse().expect("a day"));
    let (submission, overrides) = (sample.submission(1), Some("urgent".into()));
    sample.act(
        "ann",
        Act::Decided { submission, application: None, decision: Decision::Hold, because: None, reason: "wait".into(), overrides },
    );
    for which in Which::ALL {
        let (header, exported) = export_of(&sample, "ann", Choice::Sealed, |sources| (which.header(sources), which.table(sources)));
        let names: Vec<&String> = header.iter().map(|about| &about.name).collect();
        assert_eq!(names, exported.table.columns.iter().collect::<Vec<_>>(), "{which:?}");
        for (about, at) in header.iter().zip(0..) {
            for row in &exported.table.rows {
                assert!(about.kind.holds(&row[at]), "{which:?} {}: {:?} is no {}", about.name, row[at], about.kind.words());
            }
            assert!(!about.description.is_empty(), "{}", about.name);
            let is_number = matches!(about.kind, Kind::Number | Kind::Integer | Kind::Value | Kind::Time);
            assert_eq!(is_number, !about.unit.is_empty(), "{which:?} {} is in no unit, or in one without a number", about.name);
        }
    }
    let wide = export(&sample, "ann", wide).table;
    assert_eq!(cell(&wide, &[("candidate", "c1")], "id.candidate_id"), "0077");
    assert_eq!(cell(&wide, &[("candidate", "c2")], "id.candidate_id"), "");
    assert_eq!(cell(&wide, &[("candidate", "c1")], "machine_assistance"), "none");
}

#[test]
fn rows_given_one_by_one_are_those_of_the_whole_table() {
    let sample = reviewed();
    for which in Which::ALL {
        export_of(&sample, "ann", Choice::Sealed, |sources| {
            let mut rows = Vec::new();
            let given: Result<(), std::convert::Infallible> = which.each(sources, &mut |cells| {
                rows.push(cells.to_vec());
                Ok(())
            });
            assert!(given.is_ok());
            assert_eq!(rows, which.table(sources).table.rows, "{which:?}");
        });
    }
}

#[test]
fn the_wide_totals_can_be_computed_from_the_long_table() {
    let sample = reviewed();
    let (long, wide) = (export(&sample, "ann", long).table, export(&sample, "ann", wide).table);
    let number = |row: &[Cell], column: &str| row[long.column(column).expect("a column")].written().parse::<f64>().ok();
    for row in 0..wide.rows.len() {
        let candidate = wide.cell(row, "candidate").expect("a cell").written();
        // Criterion, its weight, and the values as percent of the maximum: 4.333 of 1 to 5 is 83.33.
        let mut criteria: BTreeMap<String, (f64, Vec<f64>)> = BTreeMap::new();
        for cells in long.rows.iter().filter(|cells| cells[0].written() == candidate) {
            let (min, max) = (number(cells, "scale_min").expect("a scale"), number(cells, "scale_max").expect("a scale"));
            let value = match cells[4].written().as_str() {
                "NA" => Some(min),
                other => other.parse().ok(),
            };
            let key = format!("{}.{}", cells[1].written(), cells[2].written());
            let (_, values) = criteria.entry(key).or_insert_with(|| (number(cells, "weight").expect("a weight"), Vec::new()));
            values.extend(value.map(|value: f64| 100.0 * (value - min) / (max - min)));
        }
        let observed = || criteria.values().filter(|(_, values)| !values.is_empty());
        let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
        let total = observed().map(|(weight, values)| weight * mean(values)).sum::<f64>()
            / observed().map(|(weight, _)| weight).sum::<f64>();
        let said: f64 = wide.cell(row, "total").expect("a cell").written().parse().expect("a total");
        assert!((total - said).abs() < 1e-6, "{candidate}: {total} and {said}");
    }
}

/// The wide table's figures, as they are written.
const FIGURES: [&str; 12] = [
    "status",
    "coverage",
    "total",
    "total_low",
    "total_high",
    "mean_points",
    "spread",
    "rank",
    "rank_low",
    "rank_high",
    "largest_disagreement",
    "largest_disagreement_in",
];

#[test]
fn all_figures_of_the_wide_table_follow_from_the_long_one_alone() {
    let sample = reviewed();
    let (long, wide_table) = (export(&sample, "ann", long).table, export(&sample, "ann", wide).table);
    let bytes = write_csv(&long, Guard::Apostrophe).bytes;
    let ratings = read_ratings(&bytes, "long.csv", Some(&sample.rubric)).expect("it can be read").ratings;
    let rules = effective(&sample.rubric, &sample.seen_by("ann"));
    let panel = Panel::analyse(&ratings, &Scheme::from_rubric(&sample.rubric, &rules.policy));
    for row in 0..wide_table.rows.len() {
        let of = |column: &str| wide_table.cell(row, column).expect("a cell").clone();
        let candidate = SafeText::line(&of("candidate").written());
        let ranked = panel.of(&candidate).expect("whoever is in the wide table is in the long one");
        let interval = match &ranked.total {
            crate::panel::Statistic::Known(known) => (known.low, known.high),
            crate::panel::Statistic::Undefined(_) => (None, None),
        };
        let most = ranked.largest_disagreement.as_ref();
        let wanted = [
            Cell::named(&ranked.status),
            Cell::number(Some(ranked.coverage)),
            Cell::number(ranked.total.value()),
            Cell::number(interval.0),
            Cell::number(interval.1),
            Cell::number(ranked.mean_points),
            Cell::number(ranked.spread.value()),
            Cell::count(ranked.rank),
            Cell::count(ranked.range.ends().map(|(low, _)| low)),
            Cell::count(ranked.range.ends().map(|(_, high)| high)),
            Cell::number(most.map(|most| most.points)),
            most.map_or(Cell::Empty, |most| Cell::Id(format!("{}.{}", most.question, most.criterion))),
        ];
        for (column, wanted) in FIGURES.into_iter().zip(wanted) {
            assert_eq!(of(column), wanted, "{candidate}: {column}");
        }
        // By hand: what each criterion's reviewers gave, and how many reviewers there are.
        let rows = || long.rows.iter().filter(|cells| cells[0].written() == candidate.raw());
        for (question, criterion) in sample.rubric.criteria() {
            let of_criterion =
                rows().filter(|cells| cells[1].written() == question.id.as_str() && cells[2].written() == criterion.id.as_str());
            let points: Vec<f64> =
                of_criterion.filter_map(|cells| if let Cell::Number(point) = &cells[4] { Some(*point) } else { None }).collect();
            let of = |figure: &str| of(&format!("{}.{}.{figure}", question.id, criterion.id));
            assert_eq!(of("n"), Cell::count(Some(points.len())), "{candidate} {}", criterion.id);
            assert_eq!(of("min"), Cell::number(points.iter().copied().reduce(f64::min)));
            assert_eq!(of("max"), Cell::number(points.iter().copied().reduce(f64::max)));
            let mean = (!points.is_empty()).then(|| points.iter().sum::<f64>() / points.len() as f64);
            assert_eq!(of("mean"), Cell::number(mean));
        }
        let reviewers: BTreeSet<String> = rows().map(|cells| cells[3].written()).collect();
        assert_eq!(of("reviewers_counted"), Cell::count(Some(reviewers.len())));
    }
}

#[test]
fn the_digest_of_a_row_changes_with_its_content_alone() {
    let digest =
        |sample: &Sample, candidate: &str| cell(&export(sample, "ann", wide).table, &[("candidate", candidate)], "row_digest");
    let mut sample = reviewed();
    let (first, second) = (digest(&sample, "c1"), digest(&sample, "c2"));
    assert!(first.starts_with("sha256:") && first != second);
    assert_eq!(digest(&reviewed(), "c1"), first);
    let submission = sample.submission(1);
    let (decision, reason) = (Decision::Advance, SafeText::block("clear"));
    sample.act("ann", Act::Decided { submission, application: None, decision, because: None, reason, overrides: None });
    assert_ne!(digest(&sample, "c1"), first);
    assert_eq!(digest(&sample, "c2"), second);
}

#[test]
fn evidence_is_a_row_for_each_stretch_and_says_nothing_of_names() {
    let table = export(&reviewed(), "ann", |sources| Which::Evidence.table(sources)).table;
    assert_eq!(table.rows.len(), 1);
    let of = |column: &str| table.cell(0, column).expect("a cell").written();
    assert_eq!(
        (of("candidate"), of("question"), of("criterion"), of("value")),
        ("c1".into(), "q1".into(), "depth".into(), "4".into())
    );
    assert_eq!((of("start"), of("end"), of("written"), of("stale")), ("1.5".into(), "4.25".into(), "no".into(), "no".into()));
    assert_eq!(of("quote"), "I, [name], checked the logs");
}

#[test]
fn feedback_says_by_how_many_when_and_what_was_decided() {
    let mut sample = with_one_unready();
    let submission = sample.submission(1);
    let (decision, reason) = (Decision::Decline, SafeText::block("not for candidates"));
    sample.act("ann", Act::Decided { submission, application: None, decision, because: None, reason, overrides: None });
    let table = export_of(&sample, "ann", Choice::Ready, |sources| Which::Feedback.table(sources)).table;
    let of = |column: &str| cell(&table, &[("candidate", "c1")], column);
    assert_eq!(
        (of("answers"), of("heard_by"), of("heard_least"), of("decision")),
        ("1".into(), "2".into(), "1".into(), "decline".into())
    );
    let (from, until): (jiff::Timestamp, jiff::Timestamp) =
        (of("reviewed_from").parse().expect("a time"), of("reviewed_until").parse().expect("a time"));
    assert!(from < until && until < of("decided_at").parse().expect("a time"));
    let text = String::from_utf8(write_csv(&table, Guard::Off).bytes).expect("UTF-8");
    assert!(!text.contains("not for candidates") && !text.contains("Zora"), "{text}");
}

#[test]
fn who_should_record_again_is_named_with_the_reason() {
    let mut sample = Sample::new(5, 1);
    sample.batch.submissions[0].answers[0].state = crate::interview::AnswerState::Faulty { reason: "no sound in it".into() };
    sample.batch.submissions[1].status = Status::Expired;
    sample.batch.submissions[2].status = Status::Withdrawn;
    sample.hear("ann", 4, 1, 0, 10_000);
    for criterion in ["depth", "clarity"] {
        sample.rate("ann", 4, 1, criterion, Observed::TechnicalFault);
    }
    sample.review("ann", 5, 1, 3, 3);
    let before = export(&sample, "ann", |sources| Which::Reinvite.table(sources)).table;
    assert_eq!(candidates(&before), ["c1", "c2"], "what is not sealed says nothing");
    sample.seal_all("ann");
    let table = export_of(&sample, "ann", Choice::Ready, |sources| Which::Reinvite.table(sources)).table;
    let rows: Vec<String> = ["c1", "c2", "c4"]
        .map(|who| ["why", "question", "detail", "found_by"].map(|column| cell(&table, &[("candidate", who)], column)).join("|"))
        .into();
    assert_eq!(rows, ["faulty_recording|q1|no sound in it|0", "expired|||0", "technical_fault|q1||1"]);
    assert_eq!(candidates(&table), ["c1", "c2", "c4"]);
}

#[test]
fn analytics_count_the_funnel_and_the_review_and_name_no_candidate() {
    let mut sample = with_one_unready();
    let one = |status, of: &mut Submission| of.status = status;
    one(Status::Completed, &mut sample.batch.submissions[0]);
    let mut late = sample.batch.submissions[2].clone();
    (late.id, late.candidate.id) =
        (crate::interview::SubmissionId::derive(&["late"]), crate::interview::CandidateId::derive(&["late"]));
    one(Status::Expired, &mut late);
    late.answers.clear();
    sample.batch.submissions.push(late);
    let table = export_of(&sample, "chief", Choice::Ready, |sources| Which::Analytics.table(sources)).table;
    let of = |part: &str, measure: &str| {
        let found = table.rows.iter().find(|row| row[0].written() == part && row[1] == Cell::Empty && row[2].written() == measure);
        let row = found.unwrap_or_else(|| panic!("no {part} {measure}"));
        (row[3].written(), row[4].written())
    };
    assert_eq!(of("funnel", "invited"), ("4".into(), "4".into()));
    assert_eq!(of("funnel", "expired"), ("1".into(), "4".into()));
    assert_eq!(of("review", "ready"), ("2".into(), "3".into()));
    assert_eq!(of("times", "completed_to_ready_median").1, "1");
    assert!(table.rows.iter().flatten().all(|cell| !["c1", "c2", "c3", "Zora Quill"].contains(&cell.written().as_str())));
    // Ann, who is on the panel and has not sealed all, learns nothing of Bob's progress.
    let mut open = sample.clone();
    let scope = Scope::Submission(open.submission(1));
    open.act("ann", Act::Reopened { scope, reason: "misheard".into() });
    let seen = export_of(&open, "ann", Choice::Ready, |sources| Which::Analytics.table(sources)).table;
    let bob = open.record().pseudonym(reviewer("bob"));
    assert!(seen.rows.iter().all(|row| row[1].written() != bob.raw()));
}

/// The columns as `docs/tables.md` lists them.
fn documented() -> String {
    let of = |which: Which| {
        let line =
            |about: About| format!("| `{}` | {} | {} | {} |\n", about.name, about.kind.words(), about.unit, about.description);
        let lines: String = which.columns().into_iter().map(line).collect();
        format!(
            "\n### {}\n\n{}.\n\n| column | kind | unit | what it holds |\n|---|---|---|---|\n{lines}",
            which.name(),
            which.about()
        )
    };
    Which::ALL.map(of).concat()
}

#[test]
fn every_column_is_documented_as_it_is_defined() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/tables.md");
    let text = std::fs::read_to_string(&path).expect("docs/tables.md is there");
    let (prose, _) = text.split_once("\n### wide\n").expect("it has the wide table's columns");
    let wanted = format!("{prose}{}", documented());
    if std::env::var_os("INSTA_UPDATE").is_some_and(|update| update == "always") {
        return std::fs::write(&path, &wanted).expect("it can be written");
    }
    assert!(text == wanted, "docs/tables.md is not what the columns say; INSTA_UPDATE=always writes it anew");
}

/// A machine's statement of a subject, seen by someone.
fn sees(sample: &mut Sample, who: &str, what: Subject, by: &str, version: &str) -> String {
    let digest = Digest::of(by.as_bytes());
    let statement = Statement { by: by.into(), version: version.into(), digest };
    sample.act(who, Act::Shown { what, through: None, statement: Some(statement) });
    digest.short()
}

#[test]
fn each_row_says_which_statements_of_a_machine_its_reviewer_saw_and_whether_that_was_before_rating() {
    let mut sample = reviewed();
    let (answer, submission) = (sample.answer(1, 1), sample.submission(1));
    let reader = sees(&mut sample, "ann", Subject::Answer(answer), "second reader embedded", "3");
    let platform = sees(&mut sample, "ann", Subject::Submission(submission), "platform: folder", "");
    sample.reopen("ann", 1);
    sample.rate("ann", 1, 1, "depth", point(5));
    sees(&mut sample, "ann", Subject::Answer(answer), "coverage", "3");
    sample.seal_all("ann");
    let table = export(&sample, "ann", long).table;
    let ann = sample.record().pseudonym(reviewer("ann"));
    let of = |criterion: &str, column: &str| {
        let row = [("candidate", "c1"), ("question", "q1"), ("criterion", criterion), ("reviewer", ann.as_str())];
        cell(&table, &row, column)
    };
    let (first, last) = (format!("platform: folder ({platform})"), format!("second reader embedded 3 ({reader})"));
    let coverage = format!("coverage 3 ({})", Digest::of(b"coverage").short());
    assert_eq!(of("depth", "machine_before_rating"), format!("{first}; {last}"), "it was rated again, knowing both");
    assert_eq!(of("clarity", "machine_before_rating"), "none", "this rating is older than what was seen");
    for criterion in ["depth", "clarity"] {
        assert_eq!(of(criterion, "machine_assistance"), format!("{coverage}; {first}; {last}"));
    }
    let bob = sample.record().pseudonym(reviewer("bob"));
    let row = [("candidate", "c1"), ("question", "q1"), ("criterion", "depth"), ("reviewer", bob.as_str())];
    assert_eq!(cell(&table, &row, "machine_assistance"), "none", "Bob saw nothing of it");
}

#[test]
fn what_the_wide_table_says_of_machines_is_what_the_rows_of_the_long_one_say() {
    let mut sample = reviewed();
    for (who, c, q) in [("ann", 1, 1), ("bob", 1, 2), ("bob", 2, 1)] {
        let answer = sample.answer(c, q);
        sees(&mut sample, who, Subject::Answer(answer), &format!("second reader {c}{q}"), "3");
    }
    let (submission, whole) = (sample.submission(1), "platform: folder");
    sees(&mut sample, "bob", Subject::Submission(submission), whole, "");
    let (long, wide) = (export(&sample, "ann", long).table, export(&sample, "ann", wide).table);
    let at = long.column("machine_assistance").expect("a column");
    for row in 0..wide.rows.len() {
        let candidate = wide.cell(row, "candidate").expect("a cell").written();
        let rows = long.rows.iter().filter(|cells| cells[0].written() == candidate);
        let said: BTreeSet<String> =
            rows.flat_map(|cells| cells[at].written().split("; ").map(str::to_owned).collect::<Vec<_>>()).collect();
        let said: Vec<String> = said.into_iter().filter(|one| one != "none").collect();
        assert_eq!(wide.cell(row, "machine_assistance").expect("a cell").written(), said.join("; "), "{candidate}");
        assert_eq!(said.len(), if candidate == "c1" { 3 } else { 1 }, "{candidate}");
    }
}
