//! What a report says of a small batch, and what it never says.

use super::*;
use crate::export::tests::{export_of, reviewed};
use crate::export::{Choice, Sources};
use crate::interview::{AnswerId, Moment, Span};
use crate::journal::Act;
use crate::panel::{Asked, Measures, Panel, Scheme, sealed_ratings};
use crate::scorecard::sample::{Sample, reviewer, slug};
use crate::text::SafeText;

/// A report as somebody would make it who may see what `who` may see.
pub(in crate::export) fn report(sample: &Sample, who: &str, anonymous: bool) -> Report {
    export_of(sample, who, Choice::Ready, |sources: &Sources| {
        let ratings = sealed_ratings(sources.visible, sources.batch, sources.rubric).ratings;
        let scheme = Scheme::from_rubric(sources.rubric, &sources.rules.policy);
        let said = |_: AnswerId, at: Moment| Some(format!("Zora said this at {at}"));
        let (panel, measures) = (Panel::analyse(&ratings, &scheme), Measures::of(&ratings, &scheme, &Asked::default()));
        let (places, not_ranked, machine) = (Some(1), &[][..], Vec::new());
        let given = Given { panel: &panel, measures: &measures, places, anonymous, not_ranked, said: &said, machine };
        Report::collect(sources, given)
    })
}

/// The words of a page, without its tags.
fn words(page: &str) -> String {
    let body = page.split("<body>").nth(1).expect("a body");
    let mut out = String::new();
    let mut inside = false;
    for sign in body.chars() {
        match sign {
            '<' => inside = true,
            '>' => inside = false,
            _ if inside => {}
            sign => out.push(sign),
        }
    }
    out
}

#[test]
fn a_report_has_the_panels_own_figures_and_the_evidence_beside_them() {
    let sample = reviewed();
    let made = report(&sample, "ann", false);
    let ranked: Vec<&str> = made.panel.ranking.iter().map(|one| one.candidate.as_str()).collect();
    assert_eq!(ranked, ["c1", "c2"]);
    assert_eq!(made.people.iter().map(|person| person.source.as_str()).collect::<Vec<_>>(), ["c1", "c2"]);
    let first = &made.people[0];
    let depth = &first.questions[0].criteria[0];
    assert_eq!((depth.name.as_str(), depth.spread.map(|spread| spread.mean)), ("depth", Some(4.0)));
    let quote = first.quotes().next().expect("ann marked one");
    assert_eq!((quote.words.as_str(), quote.for_what.len(), quote.stale), ("I, [name], checked the logs", 1, false));
    let text = page(&made);
    for wanted in
        ["Ranking", "Rubric profile", "I, [name], checked the logs", "Ask [name] about scale", "Who heard how much", "100%"]
    {
        assert!(text.contains(wanted), "{wanted} is not in the page");
    }
    assert_eq!(text, page(&report(&sample, "ann", false)), "the same library gives the same bytes");
}

#[test]
fn nothing_that_is_not_sealed_is_in_a_report() {
    let mut sample = reviewed();
    let answer = sample.answer(1, 1);
    sample.reopen("ann", 1);
    sample.act("ann", Act::Noted { answer, at: None, replaces: None, text: "an open thought".into() });
    let mine = report(&sample, "ann", false);
    assert!(mine.people.is_empty() && mine.panel.ranking.is_empty(), "others are hidden from who is not sealed");
    assert!(!page(&mine).contains("an open thought"));
    assert!(
        mine.left_out.iter().any(|line| line.starts_with("Others' scorecards, where there are any, are left out")),
        "{:?}",
        mine.left_out
    );
    let theirs = page(&report(&sample, "bob", false));
    assert!(!theirs.contains("an open thought") && !theirs.contains("checked the logs"));
}

#[test]
fn neither_names_nor_pseudonyms_nor_ids_are_in_a_report_for_training() {
    let mut sample = reviewed();
    sample.note("bob", 1, 1, "Zora Quill is strong");
    let made = report(&sample, "ann", true);
    let text = page(&made);
    let pseudonyms = crate::protocol::Pseudonyms::of(&sample.batch, false);
    let submission = sample.submission(1);
    let (shown, ann) = (pseudonyms.get(submission, None).expect("named"), sample.record().pseudonym(reviewer("ann")));
    for word in ["Zora", "Quill", shown.as_str(), ann.as_str(), ">c1<", "zora.quill"] {
        assert!(!text.contains(word), "{word} is in the page");
    }
    assert!(text.contains("Candidate 1") && text.contains("Reviewer 1"));
    assert_eq!(made.naming, Naming::Numbers);
}

#[test]
fn nobodys_name_stands_in_what_was_written_about_another() {
    let mut sample = reviewed();
    let other = SafeText::name("Ingrid Marlow");
    sample.batch.submissions[1].candidate.name = Some(other.clone());
    sample.reopen("bob", 1);
    let submission = sample.submission(1);
    sample.note("bob", 1, 1, &format!("Better than {other} was"));
    let reason: SafeText = format!("Before {other}, says Robert").as_str().into();
    let decision = crate::journal::Decision::Advance;
    sample.act("ann", Act::Decided { submission, application: None, decision, because: None, reason, overrides: None });
    sample.seal_all("bob");
    let part = "Ingrid";
    for anonymous in [false, true] {
        let made = report(&sample, "ann", anonymous);
        let text = page(&made);
        assert!(!text.contains(part), "{part} stands in the page");
        assert!(text.contains("Before [name]") && text.contains("Better than [name]"), "and is covered");
        let paper = crate::export::scorecard::read(&made, &made.people[0]);
        assert!(!paper.contains(part) && paper.contains("Before [name]"), "{paper}");
        assert!(!brief_text(&made, &made.people[0]).contains(part));
    }
    // Reasons of ratings and of the rules are covered like any other text, of reviewers by what they are called too.
    sample.reopen("bob", 1);
    let bob = crate::scorecard::Record::fold(&sample.batch, &sample.events).pseudonym(reviewer("bob"));
    let (answer, revision) = (sample.answer(1, 1), sample.batch.submissions[0].answers[0].revision);
    let (criterion, observed) = (slug("depth"), crate::scorecard::sample::point(3));
    let reason = Some(SafeText::line(&format!("Not like {other}, as {bob} said")));
    sample.act("bob", Act::Rated { answer, revision, criterion, observed, reason });
    sample.seal_all("bob");
    let text = page(&report(&sample, "ann", true));
    assert!(text.contains("Not like [name]") && !text.contains(bob.as_str()), "{bob}");
    sample.rubric.protocol.handoff_names_open = true;
    assert!(page(&report(&sample, "ann", false)).contains(part), "where names are handed on they stand as written");
}

/// The batch of two with markup in everything that comes from outside: names, quotes, reasons, remarks, must-haves.
fn hard(hard: &str) -> Sample {
    let mut sample = reviewed();
    sample.rubric.protocol.handoff_names_open = true;
    sample.batch.title = SafeText::line(hard);
    sample.batch.submissions[0].candidate.name = Some(SafeText::name(&format!("Zora {hard}")));
    sample.batch.interview.questions[0].prompt = SafeText::block(hard);
    sample.rubric.questions[0].criteria[0].name = SafeText::line(hard);
    let must_have = crate::rubric::MustHave { id: slug("nights"), text: SafeText::line(hard), question: None };
    sample.rubric.must_haves = vec![must_have];
    let panelist =
        |who: &str| crate::scorecard::Panelist::write(reviewer(who), &who.into(), &SafeText::name(&format!("{who} {hard}")));
    sample.act("chief", Act::Panel { reviewers: ["ann", "bob"].map(panelist).into() });
    sample.reopen("bob", 1);
    sample.note("bob", 1, 1, hard);
    let (answer, submission) = (sample.answer(1, 1), sample.submission(1));
    let revision = sample.batch.submissions[0].answers[0].revision;
    let (text, span) = (SafeText::block(hard), Span { start: Moment(1_000), end: Moment(2_000) });
    let criteria = vec![slug("depth")];
    let (criterion, observed, reason) = (slug("depth"), crate::scorecard::sample::point(2), Some(text.clone()));
    sample.act("bob", Act::Rated { answer, revision, criterion, observed, reason });
    sample.act("bob", Act::Evidenced { answer, revision, criteria, span, quote: text.clone() });
    sample.act("bob", Act::Probed { answer, at: None, text: text.clone() });
    let (id, met) = (slug("nights"), crate::journal::MustHaveAnswer::Unclear);
    sample.act("bob", Act::MustHave { submission, id, met, span: None });
    sample.seal_all("bob");
    let decision = crate::journal::Decision::Advance;
    let (because, overrides) = (None, Some(text.clone()));
    sample.act("ann", Act::Decided { submission, application: None, decision, because, reason: text.clone(), overrides });
    sample.act("ann", Act::Commented { submission, text });
    sample
}

#[test]
fn what_people_wrote_can_be_no_markup() {
    let sample = hard("</bdi></p><script>alert(1)</script><img src=x onerror=alert(1)> \u{202e}abc \u{1f642} & \"'");
    let made = report(&sample, "ann", false);
    let text = page(&made);
    assert_eq!((text.matches("<script").count(), text.matches("</script").count()), (1, 1), "the page's own");
    assert!(!text.contains("<img") && !text.contains("<script>alert"), "nothing is a tag");
    let planted = text.matches("&lt;img src=x onerror=alert(1)&gt;").count();
    assert!(planted >= 10, "title, name, question, criterion, must-have, note, quote, reasons, remark: {planted}");
    assert!(words(&text).contains('\u{1f642}'));
    let brief = brief_text(&made, &made.people[0]);
    assert!(brief.contains("\\<script\\>"), "{brief}");
    let bare = brief.match_indices(['<', '>']).find(|(at, _)| !brief[..*at].ends_with('\\'));
    assert_eq!(bare, None, "every sign of a tag is written as itself: {brief}");
}

#[test]
fn names_are_in_it_only_where_the_rules_hand_them_on() {
    let mut sample = reviewed();
    assert_eq!(report(&sample, "ann", false).naming, Naming::Pseudonyms);
    sample.rubric.protocol.handoff_names_open = true;
    let open = report(&sample, "ann", false);
    assert_eq!((open.naming, open.people[0].called.as_str()), (Naming::Names, "Zora Quill"));
    sample.reopen("ann", 1);
    let made = report(&sample, "ann", false);
    assert_eq!(made.naming, Naming::Pseudonyms, "who reviews still may not know them");
}

#[test]
fn a_brief_has_follow_ups_first_then_gaps_and_each_with_its_moment() {
    let mut sample = reviewed();
    let (answer, at) = (sample.answer(1, 1), Some(Moment(65_000)));
    sample.reopen("bob", 1);
    sample.act("bob", Act::Probed { answer, at, text: "Which *tool*?".into() });
    sample.seal_all("bob");
    let made = report(&sample, "ann", false);
    let asks = &made.people[0].asks;
    let whys: Vec<Why> = asks.iter().map(|ask| ask.why).collect();
    assert!(whys.is_sorted() && whys.first() == Some(&Why::FollowUp) && whys.contains(&Why::NoEvidence), "{whys:?}");
    let probe = asks.iter().find(|ask| ask.what.contains("tool")).expect("bob asked");
    assert_eq!((probe.heard[0].quote.as_str(), probe.heard[0].moment.as_str()), ("[name] said this at 1:05", "1:05"));
    let text = brief_text(&made, &made.people[0]);
    assert!(text.contains("- Question 1: Which \\*tool\\*? ") && text.contains("“\\[name\\] said this at 1:05” at 1:05"), "{text}");
    let second = &made.people[1].asks;
    assert!(second.iter().any(|ask| ask.why == Why::NotObserved && ask.what.contains("no answer was given")), "{second:?}");
}

#[test]
fn what_to_ask_live_has_the_words_of_every_disagreement() {
    let mut sample = Sample::new(1, 6);
    for (who, value) in [("ann", 5), ("bob", 1)] {
        for question in 1..=6 {
            sample.review(who, 1, question, value, 3);
            let (answer, revision) = (sample.answer(1, question), sample.batch.submissions[0].answers[question - 1].revision);
            let span = Span { start: Moment(1_000), end: Moment(9_000) };
            let quote = SafeText::line(&format!("as {who} heard it {question}"));
            sample.act(who, Act::Evidenced { answer, revision, criteria: vec![slug("depth")], span, quote });
        }
        sample.seal_all(who);
    }
    let text = page(&report(&sample, "ann", false));
    let asks = text.split("What to ask live</h4>").nth(1).and_then(|rest| rest.split("<h4").next()).expect("a section");
    for who in ["ann", "bob"] {
        for question in 1..=6 {
            assert!(asks.contains(&format!("as {who} heard it {question}")), "{who} {question}: {asks}");
        }
    }
}

#[test]
fn an_empty_batch_and_one_candidate_are_reports_too() {
    let empty = Sample::new(0, 1);
    let text = page(&report(&empty, "ann", false));
    assert!(text.contains("There is no sealed scorecard to rank yet.") && text.contains("no candidate with a sealed scorecard"));
    let mut one = Sample::new(1, 1);
    one.review("ann", 1, 1, 4, 3);
    one.seal_all("ann");
    let made = report(&one, "ann", false);
    assert_eq!(made.people.len(), 1);
    assert!(page(&made).contains("one reviewer alone rated"));
}

/// Everyone reviewed by three, with a quote for each rating.
fn large(candidates: usize, questions: usize) -> Sample {
    let mut sample = Sample::new(candidates, questions);
    for (who, shift) in [("ann", 0), ("bob", 1), ("cy", 2)] {
        for candidate in 1..=candidates {
            for question in 1..=questions {
                let value = ((candidate * 7 + question * 3 + shift) % 5 + 1) as i16;
                sample.review(who, candidate, question, value, 6 - value);
                let (answer, revision) =
                    (sample.answer(candidate, question), sample.batch.submissions[candidate - 1].answers[question - 1].revision);
                let span = Span { start: Moment(1_000), end: Moment(9_000) };
                let quote = SafeText::block(
                    "we looked at what had changed since the last time that it worked, and then we took one thing back",
                );
                sample.act(who, Act::Evidenced { answer, revision, criteria: vec![slug("depth")], span, quote });
            }
        }
        sample.seal_all(who);
    }
    sample
}

#[test]
fn fifty_candidates_and_five_questions_are_less_than_a_megabyte() {
    let made = report(&large(50, 5), "ann", false);
    assert_eq!((made.people.len(), made.people[0].quotes().count()), (50, 15));
    let text = page(&made);
    assert!(text.len() < 1_000_000, "{} bytes", text.len());
}

#[test]
fn two_hundred_candidates_are_a_page() {
    let text = page(&report(&large(200, 1), "ann", false));
    assert_eq!(text.matches("<h4>Rubric profile</h4>").count(), 200);
}

#[test]
fn who_is_decided_on_and_not_ranked_is_listed_with_the_reason() {
    let mut sample = reviewed();
    // Of the second only the first question was answered.
    sample.reopen("bob", 1);
    sample.reopen("ann", 1);
    let submission = sample.submission(2);
    let (decision, reason) = (crate::journal::Decision::Decline, "The position is filled".into());
    let overrides = Some("the place is taken".into());
    sample.act("ann", Act::Decided { submission, application: None, decision, because: None, reason, overrides });
    let made = report(&sample, "ann", false);
    assert!(!made.panel.ranking.iter().any(|one| one.candidate.as_str() == "c2"), "nobody's scorecard of c2 counts");
    assert_eq!(made.decided_apart.len(), 1, "{:?}", made.decided_apart);
    let text = words(&page(&made));
    assert!(text.contains("Decided, and not ranked:") && text.contains("decline. The position is filled"), "{text}");
    assert!(text.contains("decided before everyone was heard") && !text.contains("decided_before"), "{text}");
    assert!(report(&reviewed(), "ann", false).decided_apart.is_empty());
}

#[test]
fn a_page_counts_what_went_against_the_ranking_by_the_cut_that_it_draws() {
    let mut sample = Sample::new(6, 2);
    for (nth, who) in ["ann", "bob", "cy"].into_iter().enumerate() {
        for (candidate, question) in (1..=6).flat_map(|candidate| [(candidate, 1), (candidate, 2)]) {
            let value = if candidate == 1 { 5 } else { 1 + ((candidate + nth) % 2) as i16 };
            sample.review(who, candidate, question, value, value);
        }
        sample.seal_all(who);
    }
    let submission = sample.submission(1);
    let (decision, reason) = (crate::journal::Decision::Decline, "The position is filled".into());
    sample.act("ann", Act::Decided { submission, application: None, decision, because: None, reason, overrides: None });
    // Nobody is advanced: only by the cut that was said is this against the ranking.
    let made = report(&sample, "ann", false);
    let listed = made.people.iter().filter(|person| person.against.is_some()).count();
    let counted = made.figures.iter().find(|figure| figure.measure == "decided_against_the_ranking").expect("it is counted");
    assert_eq!((listed, counted.value), (1, Some(1.0)));
    assert!(words(&page(&made)).contains("(the cut is the first 1, who can be met)"));
}

#[test]
fn each_card_leads_back_and_whose_row_it_is_stands_first_and_stays() {
    let text = page(&report(&reviewed(), "ann", false));
    assert!(text.contains("<nav id=\"contents\"") && text.matches("href=\"#contents\"").count() == 2, "one a card");
    assert!(text.contains("<thead><tr><th scope=\"col\">Candidate</th>"));
    for rule in
        ["scroll-padding-top", ".wide tbody th, .wide thead th:first-child { position: sticky; left: 0;", "paint-order: stroke"]
    {
        assert!(text.contains(rule), "{rule}");
    }
}
