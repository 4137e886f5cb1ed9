//! Agreeing after the reveal: where reviewers are far apart, what each side rests on, and what they agreed on as a third value.

use super::desk::overall::{Disagreement, value_in_words};
use super::overlay::{Choice, Item, Overlay, Picker, Purpose};
use super::{App, Desk, Effect, Screen, Tone};
use crate::interview::{AnswerId, CriterionId, ReviewerId, Span};
use crate::protocol::Others;
use crate::rubric::{Observed, Point};
use crate::text::SafeText;

/// One value on which reviewers differ: which answer, which criterion.
pub(super) type Differs = (AnswerId, CriterionId);

impl App {
    /// Opens the list of what to talk about; while the answer is heard that it is about, that one again.
    pub(super) fn ask_reconcile(&mut self) -> Vec<Effect> {
        let here = match self.screen() {
            Screen::Review(review) => self.reconciling.clone().filter(|(answer, _)| *answer == review.answer),
            _ => None,
        };
        if let Some((answer, criterion)) = here {
            return self.ask_agreement(answer, criterion);
        }
        let Some(desk) = &self.desk else { return Vec::new() };
        let all = desk.disagreements();
        if all.is_empty() {
            let words = match desk.sight.others() {
                Others::Hidden => "Others' values show when all of your own are sealed; then it is seen where you differ.",
                _ => "No two reviewers are two points or more apart.",
            };
            return self.tell(Tone::Hint, words);
        }
        let open = all.iter().filter(|one| one.cell.agreed.is_none()).count();
        let items = all.iter().filter_map(|one| {
            let (answer, criterion) = one.is_about()?;
            let label = SafeText::line(&format!("{} · {}", desk.called(one.submission), one.line.in_words()));
            Some(Item::new(label, desk.values_in_words(one), Choice::Differs(answer, criterion)))
        });
        let items = items.collect();
        let title = format!("Where reviewers differ: {open} to talk about, {} agreed on", all.len() - open);
        let lead = vec!["The largest difference first. What is agreed stands beside both values and changes no figure.".into()];
        self.overlays.push(Overlay::Picker(Picker::new(&title, Purpose::Reconcile, items).led_by(lead)));
        self.paused()
    }

    /// Opens one of them: who gave what, each side's moment to hear, and the values that can be agreed on.
    pub(super) fn ask_agreement(&mut self, answer: AnswerId, criterion: CriterionId) -> Vec<Effect> {
        let Some(desk) = &self.desk else { return Vec::new() };
        let all = desk.disagreements();
        let Some(one) = all.iter().find(|one| one.is_about() == Some((answer, criterion.clone()))) else {
            return self.tell(Tone::Hint, "Reviewers do not differ on this any more.");
        };
        let mut lead = vec![desk.values_in_words(one)];
        if let Some(agreed) = &one.cell.agreed {
            let reason = desk.quoted_of(one.submission, &agreed.reason);
            lead.push(SafeText::line(&format!("Because: {reason} ({})", desk.in_the_panel(agreed.by))));
            lead.extend(desk.agreed_differently(agreed));
        }
        let mut items = desk.sides(one);
        let agree = |observed: Observed| {
            let label = format!("Agree on {}", value_in_words(observed));
            let means = if observed == Observed::NotObserved { "not observed" } else { "" };
            Item::new(SafeText::line(&label), means, Choice::Agree(observed))
        };
        match desk.reconcile_act(answer, &criterion, Observed::NotObserved, "asked".into()) {
            Ok(_) => items.extend(desk.points().into_iter().map(Observed::Point).chain([Observed::NotObserved]).map(agree)),
            Err(why) => lead.push(SafeText::line(&why)),
        }
        let title = format!("{} · {}", desk.called(one.submission), one.line.in_words());
        let at = items.iter().position(|item| matches!(item.choice, Choice::Hear(_))).unwrap_or(0);
        self.reconciling = Some((answer, criterion.clone()));
        let purpose = Purpose::Agree(answer, criterion);
        self.overlays.push(Overlay::Picker(Picker::new(&title, purpose, items).led_by(lead).starting_at(at)));
        Vec::new()
    }

    /// One side is heard, or a value is agreed on, whose reason is asked.
    pub(super) fn side_is_chosen(&mut self, answer: AnswerId, criterion: CriterionId, choice: Choice) -> Vec<Effect> {
        match choice {
            Choice::Hear(span) => self.hear_side(answer, span),
            Choice::Agree(observed) if !self.read_only => {
                let title = format!("Why did you agree on {}?", value_in_words(observed));
                let hint = "Enter writes it down beside both values; it is kept and exported · Esc leaves";
                self.ask_line(&title, hint, Purpose::AgreeBecause { answer, criterion, observed }, "")
            }
            _ => self.tell(Tone::Hint, self.only_reads),
        }
    }

    fn hear_side(&mut self, answer: AnswerId, span: Option<Span>) -> Vec<Effect> {
        let mut effects = self.review_at(answer, span.map(|span| span.start));
        if self.overlays.is_empty() {
            effects.extend(self.play());
            self.deck.until = span.map(|span| span.end);
            let words = match self.only_decides() {
                true => "! opens the other side.",
                false => "! opens the other side, and what to agree on.",
            };
            self.tell(Tone::Hint, words);
        }
        effects
    }

    /// The reason is given: both values stay as they are.
    pub(super) fn agreed(&mut self, answer: AnswerId, criterion: &CriterionId, observed: Observed, why: &str) -> Vec<Effect> {
        let Some(desk) = &self.desk else { return Vec::new() };
        let (subject, act) = match desk.reconcile_act(answer, criterion, observed, SafeText::block(why)) {
            Ok(act) => act,
            Err(why) => return self.tell(Tone::Hint, why),
        };
        let effects = self.write(act, subject);
        let open = self.desk.as_ref().map_or(0, |desk| desk.disagreements().iter().filter(|one| one.cell.agreed.is_none()).count());
        let left = if open == 0 { "nothing is left to talk about".to_owned() } else { format!("{open} left to talk about") };
        self.tell(Tone::Done, format!("Agreed on {}; both values stay, {left}.", value_in_words(observed)));
        effects
    }
}

impl Disagreement {
    /// Which answer and which criterion it is about.
    fn is_about(&self) -> Option<Differs> {
        match &self.line {
            super::desk::overall::Line::Criterion { criterion, .. } => Some((self.answer, criterion.clone())),
            _ => None,
        }
    }
}

impl Desk {
    /// What a reviewer is called where values stand side by side: `you`, or the pseudonym.
    fn in_the_panel(&self, reviewer: ReviewerId) -> SafeText {
        if reviewer == self.me() { "you".into() } else { self.sight.pseudonym(reviewer) }
    }

    /// `you 4, R7 2 · agreed 3`.
    fn values_in_words(&self, one: &Disagreement) -> SafeText {
        let given: Vec<String> = one.cell.given.iter().map(|(who, value)| format!("{} {value}", self.in_the_panel(*who))).collect();
        let agreed = one.cell.agreed.as_ref().map(|agreed| format!(" · agreed {}", value_in_words(agreed.observed)));
        let machine = one.cell.machine.as_ref().map(|machine| format!(" · second reader (machine) {}", machine.value));
        SafeText::line(&format!("{}{}{}", given.join(", "), agreed.unwrap_or_default(), machine.unwrap_or_default()))
    }

    /// Each side with the moments that it marked; without any of all sides, the answer from its start.
    fn sides(&self, one: &Disagreement) -> Vec<Item> {
        let Some((answer, criterion)) = one.is_about() else { return Vec::new() };
        let marked = self.evidence_seen(answer, &criterion);
        let mut items = Vec::new();
        for (who, value) in &one.cell.given {
            for (_, evidence) in marked.iter().filter(|(by, _)| by == who) {
                let quote = self.quoted_of(one.submission, &evidence.quote);
                let rests = if *who == self.me() { "rest" } else { "rests" };
                let label = format!("Hear what {} {rests} {value} on", self.in_the_panel(*who));
                let detail = SafeText::line(&format!("{} {quote}", evidence.span.start));
                items.push(Item::new(SafeText::line(&label), detail, Choice::Hear(Some(evidence.span))));
            }
        }
        if let Some(machine) = &one.cell.machine {
            let label = format!("Hear what the second reader (machine, {}) rests {} on", machine.by, machine.value);
            let at = machine.span.map_or_else(String::new, |span| format!("{} ", span.start));
            items.push(Item::new(
                SafeText::line(&label),
                SafeText::line(&format!("{at}{}", machine.quote)),
                Choice::Hear(machine.span),
            ));
        }
        if items.is_empty() {
            items.push(Item::new("Hear the answer", "nobody marked a moment for this", Choice::Hear(None)));
        }
        items
    }

    /// The points of the scale.
    fn points(&self) -> Vec<Point> {
        let Some(rubric) = &self.rubric else { return Vec::new() };
        let halves = (rubric.scale.min * 2)..=(rubric.scale.max * 2);
        halves.map(Point::halves).filter(|point| rubric.scale.allows(*point)).collect()
    }
}
