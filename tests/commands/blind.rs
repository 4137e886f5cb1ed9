//! Before the reveal not one byte of output depends on what others did.

use std::collections::BTreeSet;

use std::path::Path;

use earmark::config::key::KeyRing;
use earmark::interview::{Batch, EventId, ReviewerId, WriterId};
use earmark::journal::{Act, Decision, Draft, Scope};
use earmark::library::{Access, Library, system_clock};
use earmark::rubric::{Observed, Point};
use earmark::scorecard::Panelist;
use earmark::text::SafeText;
use jiff::Timestamp;

use super::{attached, rate, rate_all};
use crate::home::Home;

/// Everything that a reviewer can ask about a batch.
const QUESTIONS: [&[&str]; 18] = [
    &["batches"],
    &["batches", "--json"],
    &["status", "small batch"],
    &["status", "small batch", "--json"],
    &["compare", "small batch"],
    &["compare", "small batch", "--json"],
    &["compare", "small batch", "--question", "1", "--candidates", "c-1,c-2", "--json"],
    &["search", "small batch", "the", "--json"],
    &["panel", "small batch"],
    &["panel", "small batch", "--json"],
    &["export", "small batch"],
    &["export", "small batch", "--shape", "long"],
    &["export", "small batch", "--table", "ratings", "--json"],
    &["export", "small batch", "--json"],
    &["seal", "small batch", "--all"],
    &["seal", "small batch", "--all", "--json"],
    &["decide", "small batch", "c-1", "advance", "--reason", "now"],
    &["reopen", "small batch", "--all", "--reason", "now"],
];

fn colleague() -> ReviewerId {
    ReviewerId::derive(&["a colleague"])
}

async fn library(home: &Path) -> Library {
    let key = KeyRing::in_folder(&home.join(".config/earmark")).key(&mut |_| unreachable!("it is not locked")).expect("a key");
    Library::open(&home.join(".local/share/earmark/library"), key, Access::ReadWrite, system_clock()).await.expect("it opens")
}

async fn write_as(library: &Library, id: ReviewerId, acts: Vec<(Option<earmark::interview::CandidateId>, Act)>) {
    let batch = library.summaries().await.expect("readable")[0].id;
    let draft = |(subject, act)| Draft { id: EventId(uuid::Uuid::now_v7()), batch: Some(batch), subject, base: None, act };
    let drafts = acts.into_iter().map(|one| (Timestamp::now(), draft(one))).collect();
    library.append_as(id, WriterId(id.0), drafts).await.expect("it is saved");
}

/// Says who is on the panel, in both worlds.
async fn name_the_panel(home: &Home, me: ReviewerId) {
    let library = library(home.path()).await;
    let member = |id, name: &str| Panelist::write(id, &SafeText::name(name), &SafeText::name(name));
    let reviewers = vec![member(me, "Mara"), member(colleague(), "Rowan")];
    write_as(&library, ReviewerId::derive(&["the recruiter"]), vec![(None, Act::Panel { reviewers })]).await;
    library.close().await;
}

/// A colleague's whole scorecards, sealed, with a note, a tag and a decision.
async fn add_the_colleague(home: &Path) {
    let library = library(home).await;
    let id = library.summaries().await.expect("readable")[0].id;
    let batch = library.batch(id).await.expect("readable");
    write_as(&library, colleague(), scorecards(&batch)).await;
    library.close().await;
}

fn scorecards(batch: &Batch) -> Vec<(Option<earmark::interview::CandidateId>, Act)> {
    let mut acts = Vec::new();
    for submission in &batch.submissions {
        let subject = Some(submission.candidate.id);
        for answer in submission.answers.iter().filter(|answer| answer.state.is_reviewable()) {
            let criteria: &[&str] = if answer.question.as_str() == "q-01" { &["diagnosis", "news"] } else { &["plain-words"] };
            for criterion in criteria {
                let criterion = criterion.parse().expect("a slug");
                let observed = Observed::Point(Point::whole(5));
                let (answer, revision) = (answer.id, answer.revision);
                acts.push((subject, Act::Rated { answer, revision, criterion, observed, reason: None }));
            }
            let text = SafeText::block("A colleague's note");
            acts.push((subject, Act::Noted { answer: answer.id, at: None, text, replaces: None }));
        }
        let reason = SafeText::block("a colleague's reason");
        let decided = Act::Decided {
            submission: submission.id,
            application: None,
            decision: Decision::Decline,
            because: None,
            reason,
            overrides: Some(SafeText::line("early")),
        };
        acts.push((subject, decided));
    }
    for question in &batch.interview.questions {
        acts.push((
            None,
            Act::Sealed { scope: Scope::Question(question.id.clone()), unheard: Vec::new(), knows: BTreeSet::new(), locks: None },
        ));
    }
    acts
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder can be made");
    for entry in std::fs::read_dir(from).expect("readable") {
        let entry = entry.expect("readable");
        let place = to.join(entry.file_name());
        if entry.file_type().expect("readable").is_dir() {
            copy(&entry.path(), &place);
        } else {
            std::fs::copy(entry.path(), place).expect("a file can be copied");
        }
    }
}

/// All answers, one after the other.
fn asked(home: &Home) -> Vec<String> {
    let said = |args: &&[&str]| {
        let ran = home.run(args);
        format!("{} {:?}\n{}\n{}", args.join(" "), ran.code, ran.out, ran.err)
    };
    QUESTIONS.iter().map(said).collect()
}

#[test]
fn nothing_differs_before_the_reveal_whether_a_colleague_has_sealed_or_not() {
    let (alone, together) = (attached(), Home::new());
    let me = alone.run(&["identity", "--json"]).json(0)["reviewer"].as_str().expect("an id").parse().expect("an id");
    let runtime = tokio::runtime::Runtime::new().expect("it starts");
    runtime.block_on(name_the_panel(&alone, me));
    // The same library with the same keys; only the colleague's acts are added to one of them.
    copy(alone.path(), together.path());
    runtime.block_on(add_the_colleague(together.path()));

    assert_same(&alone, &together, "nothing is rated");
    for home in [&alone, &together] {
        rate(home, "c-1", "1", "diagnosis", "4");
    }
    assert_same(&alone, &together, "one rating");
    for home in [&alone, &together] {
        rate_all(home);
        home.run(&["seal", "small batch", "--question", "1", "--acknowledge-unheard", "--json"]).json(0);
    }
    let before: Vec<String> = QUESTIONS.iter().filter(|args| args[0] != "reopen").map(|args| args.join(" ")).collect();
    for args in QUESTIONS.iter().filter(|args| args[0] != "reopen") {
        let (a, b) = (alone.run(args), together.run(args));
        assert_eq!((without_times(&a.out), a.err, a.code), (without_times(&b.out), b.err, b.code), "half is sealed: {before:?}");
    }

    for home in [&alone, &together] {
        home.run(&["seal", "small batch", "--all", "--acknowledge-unheard", "--json"]).json(0);
    }
    let (a, b) = (alone.run(&["compare", "small batch", "--json"]), together.run(&["compare", "small batch", "--json"]));
    assert_ne!(a.out, b.out, "after the reveal the colleague's scores show");
    assert!(b.out.contains("Rowan"), "{b:#?}");
    let long = together.run(&["export", "small batch", "--shape", "long"]);
    assert!(long.out.contains("A colleague's note"), "{long:#?}");
}

fn assert_same(alone: &Home, together: &Home, when: &str) {
    for (a, b) in asked(alone).into_iter().zip(asked(together)) {
        assert_eq!(a, b, "{when}");
    }
}

/// Ratings were given at different moments in the two worlds.
fn without_times(out: &str) -> String {
    let is_time = |word: &str| word.len() > 18 && word.as_bytes()[4] == b'-' && word.contains('T') && word.ends_with('Z');
    out.split(',').map(|cell| if is_time(cell.trim_matches('"')) { "TIME" } else { cell }).collect::<Vec<_>>().join(",")
}

#[test]
fn the_panel_names_who_is_not_ranked_and_why() {
    let home = attached();
    rate_all(&home);
    let panel = home.run(&["panel", "small batch", "--json"]).json(0);
    let not_ranked = panel["not_ranked"].as_array().expect("a list");
    assert_eq!((not_ranked.len(), &not_ranked[0]["why"]), (1, &"your scorecard is not sealed".into()), "{panel}");
    let ids: Vec<_> = not_ranked[0]["candidates"].as_array().expect("a list").iter().map(|one| &one["candidate"]).collect();
    assert_eq!(ids.len(), 3);
    let said = home.run(&["panel", "small batch"]).out;
    let line = said.lines().find(|line| line.starts_with("Not ranked: ")).expect("it is said");
    assert!(line.ends_with(", because your scorecard is not sealed."), "{said}");
    assert_eq!(line.matches(", ").count(), 3, "{said}");
}
