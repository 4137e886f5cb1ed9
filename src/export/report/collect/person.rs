//! One candidate of a report: from the sealed scorecards that may be seen, texts without the candidate's particulars.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::Given;
use crate::export::report::naming::Called;
use crate::export::report::value::{
    CriterionRow, DecisionRow, Hearing, Judged, MustHaveRow, Person, Quote, Reconciled, Remark, Sound,
};
use crate::export::table::Sources;
use crate::interview::{Answer, AnswerState, QuestionId, ReviewerId, Submission};
use crate::journal::{Decision, MustHaveAnswer, Recommendation};
use crate::panel::{Against, Key, Ratings, Spread, Value, add_sealed};
use crate::protocol::{Hides, Particulars};
use crate::rubric::Criterion;
use crate::scorecard::{Evidence, HeardShare, Material, Note, Place, Work};
use crate::text::SafeText;

/// What is the same for all candidates.
pub(super) struct Collecting<'a> {
    sources: &'a Sources<'a>,
    given: &'a Given<'a>,
    called: &'a Called,
    names: BTreeMap<ReviewerId, SafeText>,
    /// Whose names are covered in what was written about somebody else.
    everyone: Particulars,
    /// What was decided against the ranking, by the source's id.
    against: BTreeMap<SafeText, Against>,
    /// The place of each criterion among all of the rubric.
    items: BTreeMap<(QuestionId, crate::interview::CriterionId), usize>,
}

/// What is the same for all of one candidate.
struct Of<'a> {
    submission: &'a Submission,
    hides: Hides<'a>,
    ratings: Ratings,
    /// Who sealed, and what they did.
    works: Vec<(ReviewerId, &'a Work)>,
}

impl Of<'_> {
    fn text(&self, text: &SafeText) -> String {
        self.covered(text.as_str())
    }

    fn covered(&self, text: &str) -> String {
        self.hides.cover(text)
    }
}

impl<'a> Collecting<'a> {
    pub(super) fn new(sources: &'a Sources<'a>, given: &'a Given<'a>, called: &'a Called) -> Self {
        let items = sources.rubric.criteria().enumerate();
        let items = items.map(|(nth, (question, criterion))| ((question.id.clone(), criterion.id.clone()), nth)).collect();
        let against = sources.against(given.panel, given.places);
        let names = sources.visible.pseudonyms();
        let everyone = called.hides(sources.batch, sources.visible, names.keys().copied());
        Collecting { sources, given, called, names, everyone, against, items }
    }

    /// What was decided on a candidate, whoever has scored that one.
    pub(super) fn decided(&'a self, submission: &'a Submission) -> Vec<DecisionRow> {
        self.decisions(&self.of(submission))
    }

    fn of(&'a self, submission: &'a Submission) -> Of<'a> {
        let visible = self.sources.visible;
        let mut ratings = Ratings::default();
        add_sealed(&mut ratings, visible, self.sources.rubric, submission, &self.names);
        let works = visible.sealed_by(submission.id).filter_map(|id| Some((id, visible.work(id)?))).collect();
        Of { submission, hides: Hides::of(&submission.candidate, &self.everyone), ratings, works }
    }

    pub(super) fn person(&'a self, submission: &'a Submission) -> Person {
        let of = self.of(submission);
        let questions = self.sources.batch.interview.questions.iter().enumerate();
        Person {
            submission: submission.id,
            candidate: submission.candidate.id,
            source: submission.candidate.source_id.clone(),
            called: self.called.candidate(submission.id),
            shown_id: None,
            place: self.given.panel.of(&submission.candidate.source_id).cloned(),
            questions: questions.map(|(nth, question)| self.judged(&of, nth + 1, question)).collect(),
            must_haves: self.must_haves(&of),
            recommendations: self.recommendations(&of),
            decisions: self.decisions(&of),
            against: self.against(submission),
            hearing: of.works.iter().map(|(id, work)| self.hearing(&of, *id, work)).collect(),
            comments: self.comments(&of),
            asks: Vec::new(),
        }
    }

    fn judged(&self, of: &Of, number: usize, question: &crate::interview::Question) -> Judged {
        let answer = of.submission.answer_to(&question.id);
        let criteria = self.sources.visible.criteria(self.sources.rubric, &question.id);
        let rows = criteria.iter().filter_map(|criterion| self.row(of, question, answer, criterion)).collect();
        let mut judged = Judged {
            number,
            question: question.id.clone(),
            prompt: match answer.and_then(|answer| answer.asked.as_ref()) {
                Some(asked) => SafeText::block(&of.text(asked)),
                None => question.prompt.clone(),
            },
            answer: answer.map(|answer| answer.id),
            state: answer.map_or(Some("there is no answer"), |answer| state(&answer.state)),
            criteria: rows,
            quotes: Vec::new(),
            notes: Vec::new(),
            probes: Vec::new(),
        };
        for (answer, (id, work)) in answer.iter().flat_map(|answer| of.works.iter().map(move |work| (*answer, work))) {
            let by = self.called.reviewer(*id);
            let evidence = work.evidence_of(answer.id);
            judged.quotes.extend(evidence.map(|evidence| self.quote(of, answer, work, &by, evidence, criteria)));
            judged.notes.extend(work.notes_on(answer.id).map(|note| self.remark(of, &by, note)));
            judged.probes.extend(work.probes_on(answer.id).map(|note| self.remark(of, &by, note)));
        }
        judged.quotes.sort_by(|a, b| (a.span, &a.by).cmp(&(b.span, &b.by)));
        judged
    }

    fn row(
        &self,
        of: &Of,
        question: &crate::interview::Question,
        answer: Option<&Answer>,
        criterion: &Criterion,
    ) -> Option<CriterionRow> {
        let in_rubric = self.sources.visible.rubric_question(&question.id)?;
        let item = *self.items.get(&(in_rubric.clone(), criterion.id.clone()))?;
        let value = |(id, name): (&ReviewerId, &SafeText)| {
            let key = Key {
                candidate: of.submission.candidate.source_id.clone(),
                question: in_rubric.clone(),
                criterion: criterion.id.clone(),
                reviewer: name.clone(),
            };
            let value = of.ratings.get(&key)?;
            let rating = answer.and_then(|answer| self.sources.visible.work(*id)?.rating(answer.id, &criterion.id));
            Some((self.called.reviewer(*id), value, rating.and_then(|rating| rating.reason.as_ref()).map(|text| of.text(text))))
        };
        let values: Vec<(SafeText, Value, Option<String>)> = self.names.iter().filter_map(value).collect();
        let points =
            values.iter().filter_map(|(_, value, _)| if let Value::Point(point) = value { Some(point.value()) } else { None });
        let summary = self.given.panel.items.iter().find(|one| one.question == *in_rubric && one.criterion == criterion.id);
        Some(CriterionRow {
            item,
            name: criterion.name.clone(),
            weight: criterion.weight,
            spread: Spread::of(points),
            values,
            batch_mean: summary.and_then(|summary| summary.values).map(|values| values.mean),
            reconciled: answer.map(|answer| self.reconciled(of, answer, criterion)).unwrap_or_default(),
        })
    }

    fn reconciled(&self, of: &Of, answer: &Answer, criterion: &Criterion) -> Vec<Reconciled> {
        let key = (answer.id, criterion.id.clone());
        let mut found: Vec<_> = of.works.iter().filter_map(|(id, work)| Some((id, work.reconciled.get(&key)?))).collect();
        found.sort_by_key(|(_, one)| Reverse(one.nth));
        let last = self.sources.visible.agreed(answer.id, &criterion.id).map(|(_, one)| one.observed);
        let differ = found.iter().any(|(_, one)| Some(one.observed) != last);
        let agreed = |(id, one): (&ReviewerId, &crate::scorecard::Reconciliation)| Reconciled {
            value: one.observed,
            who: std::iter::once(id).chain(&one.with).map(|who| self.called.reviewer(*who)).collect(),
            reason: of.text(&one.reason),
            stands: differ.then(|| Some(one.observed) == last),
        };
        found.into_iter().map(agreed).collect()
    }

    fn quote(&self, of: &Of, answer: &Answer, work: &Work, by: &SafeText, evidence: &Evidence, criteria: &[Criterion]) -> Quote {
        let meant = criteria.iter().filter(|criterion| evidence.criteria.contains(&criterion.id));
        let given = |criterion: &Criterion| work.rating(answer.id, &criterion.id).map_or(Value::NotYet, |one| one.observed.into());
        Quote {
            answer: answer.id,
            revision: evidence.revision,
            span: evidence.span,
            written: matches!(self.sources.materials.get(&answer.id), Some(Material::Text { .. })),
            words: of.text(&evidence.quote),
            by: by.clone(),
            for_what: meant.map(|criterion| (criterion.name.clone(), given(criterion))).collect(),
            stale: evidence.revision != answer.revision,
            sound: Sound::None,
        }
    }

    fn remark(&self, of: &Of, by: &SafeText, note: &Note) -> Remark {
        let said = note.at.and_then(|at| (self.given.said)(note.answer, at));
        let said = said.map(|said| of.covered(&said));
        Remark { by: by.clone(), at: note.at, text: of.text(&note.text), said }
    }

    fn must_haves(&self, of: &Of) -> Vec<MustHaveRow> {
        let answer = |id: &crate::interview::Slug, (who, work): &(ReviewerId, &Work)| {
            let mark = work.must_haves.get(&(of.submission.id, id.clone()))?;
            let word = match mark.met {
                MustHaveAnswer::Yes => "yes",
                MustHaveAnswer::No => "no",
                MustHaveAnswer::Unclear => "unclear",
            };
            Some((self.called.reviewer(*who), word, mark.span))
        };
        let row = |one: &crate::rubric::MustHave| MustHaveRow {
            text: one.text.clone(),
            answers: of.works.iter().filter_map(|work| answer(&one.id, work)).collect(),
        };
        self.sources.rubric.must_haves.iter().map(row).collect()
    }

    fn recommendations(&self, of: &Of) -> Vec<(SafeText, &'static str, bool)> {
        let given = of.works.iter().filter_map(|(id, work)| Some((id, work.recommendations.get(&of.submission.id)?)));
        let word = |recommendation| match recommendation {
            Recommendation::StrongNo => "strong no",
            Recommendation::No => "no",
            Recommendation::Undecided => "undecided",
            Recommendation::Yes => "yes",
            Recommendation::StrongYes => "strong yes",
        };
        given.map(|(id, one)| (self.called.reviewer(*id), word(one.recommendation), one.after.is_some())).collect()
    }

    fn decisions(&self, of: &Of) -> Vec<DecisionRow> {
        let row = |(application, last): (Option<SafeText>, &crate::scorecard::Decided)| {
            let word = |decision: Decision| match decision {
                Decision::Advance => "advance",
                Decision::Hold => "hold",
                Decision::Decline => "decline",
            };
            let decision = word(last.decision);
            let differing = self.sources.visible.differing(of.submission.id);
            let others = differing.iter().flat_map(|(_, all)| all).filter(|one| one.decision != last.decision && one.by != last.by);
            let otherwise = others.map(|one| (self.called.reviewer(one.by), word(one.decision), of.text(&one.reason))).collect();
            let fast = last.overrides.as_ref().map(|reason| of.text(reason));
            let (by, reason) = (self.called.reviewer(last.by), of.text(&last.reason));
            DecisionRow { decision, by, application, reason, fast, at: last.at, otherwise }
        };
        self.sources.visible.standing(of.submission).into_iter().map(row).collect()
    }

    /// How what became of a candidate goes against the ranking; others are called as in the report.
    fn against(&self, submission: &Submission) -> Option<String> {
        let ids = |source: &SafeText| {
            let found = self.sources.batch.submissions.iter().find(|one| one.candidate.source_id == *source);
            found.map_or_else(|| "a candidate".into(), |one| self.called.candidate(one.id))
        };
        self.against.get(&submission.candidate.source_id).map(|against| against.words(ids))
    }

    fn comments(&self, of: &Of) -> Vec<(SafeText, String)> {
        let own = self.sources.visible.comments.iter().filter(|comment| comment.submission == of.submission.id);
        own.map(|comment| (self.called.reviewer(comment.by), of.text(&comment.text))).collect()
    }

    /// How many ratings of these answers were given without the name, and how many there are.
    fn name_hidden(&self, places: &[&Place], work: &Work) -> (usize, usize) {
        let rubric = self.sources.rubric.protocol.hide_names;
        let ratings: Vec<_> = places.iter().flat_map(|place| work.ratings_of(place.answer)).collect();
        (ratings.iter().filter(|(_, rating)| rating.name_was_hidden(rubric)).count(), ratings.len())
    }

    fn hearing(&self, of: &Of, id: ReviewerId, work: &Work) -> Hearing {
        let visible = self.sources.visible;
        let places: Vec<&Place> = visible.places.of_submission(of.submission.id).filter(|place| visible.is_due(place)).collect();
        let material = |place: &Place| self.sources.materials.get(&place.answer).unwrap_or(&Material::Unknown);
        let all = |share: &dyn Fn(&Place) -> HeardShare| {
            places.iter().map(|place| share(place)).fold(HeardShare::NothingToHear, HeardShare::and)
        };
        let seals = || places.iter().filter_map(|place| Some((place, work.seal_of(place)?)));
        Hearing {
            reviewer: self.called.reviewer(id),
            heard: all(&|place| work.heard_share(place.answer, place.revision, material(place))),
            read: all(&|place| work.read_share(place.answer, place.revision, material(place))),
            acknowledged: seals().filter(|(place, seal)| seal.unheard.contains(&place.answer)).count(),
            name_hidden: self.name_hidden(&places, work),
            sealed_at: seals().map(|(_, seal)| seal.at).max(),
        }
    }
}

/// What is wrong with an answer.
fn state(state: &AnswerState) -> Option<&'static str> {
    match state {
        AnswerState::Ready => None,
        AnswerState::Truncated => Some("part of the recording is missing or damaged"),
        AnswerState::NotGiven => Some("no answer was given"),
        AnswerState::Faulty { .. } => Some("the recording cannot be used"),
        AnswerState::NotHere | AnswerState::NotHandedOut => Some("the recording is not here"),
    }
}
