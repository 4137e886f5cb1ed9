//! Answers that have a script in common, for people: a finding for each script, with its people, a passage and where it differs.

use super::say::{PASSAGE, at};
use super::told::Told;
use crate::cli::Context;
use crate::cli::words::many;
use crate::scorer::alike::{Group, Pair, Passage, differences, groups};
use crate::text::SafeText;

/// Findings that are shown.
const MOST_FINDINGS: usize = 40;
/// People of one finding who are named.
const MOST_PEOPLE: usize = 12;
/// Differences of two passages that are shown.
const MOST_DIFFERENCES: usize = 8;
/// Columns of one side of a difference.
const DIFFERENCE: usize = 40;

/// Prints what is alike.
pub(super) fn say(told: &Told, context: &Context) {
    let out = &context.out;
    out.say("");
    if told.alike.is_empty() {
        out.say("No two people's answers have long passages in common.");
        return;
    }
    let groups = groups(&told.alike);
    let found = format!("{}, {}", many(groups.len(), "finding"), many(told.alike.len(), "pair"));
    out.say(format!("Answers have passages in common ({found}); look at them, it proves nothing."));
    for group in groups.iter().take(MOST_FINDINGS) {
        say_group(told, group, context);
    }
    if groups.len() > MOST_FINDINGS {
        out.say(format!("  … and {} more; --json has them all.", many(groups.len() - MOST_FINDINGS, "finding")));
    }
}

fn say_group(told: &Told, group: &Group, context: &Context) {
    let out = &context.out;
    let of = |nth: usize| {
        let (submission, answer, _) = told.answers[nth];
        format!("{} ({})", told.name(submission, answer), answer.question)
    };
    let named: Vec<String> = group.answers.iter().take(MOST_PEOPLE).map(|nth| of(*nth)).collect();
    let percent = |share: f64| format!("{:.0}%", 100.0 * share);
    let strongest = &told.alike[group.pairs[0]];
    match group.answers.as_slice() {
        [_, _] => out.say(format!("  {}: {} of all passages", named.join(" and "), percent(strongest.likeness))),
        all => {
            let more = all.len().saturating_sub(MOST_PEOPLE);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            let (least, most) = (percent(group.likeness.0), percent(group.likeness.1));
            let share = if least == most { most } else { format!("{least} to {most}") };
            out.say(format!(
                "  {} from one script, {share} of all passages: {}{more}",
                many(all.len(), "answer"),
                named.join(", ")
            ));
            out.say(format!("    the most alike are {} and {}:", of(strongest.a), of(strongest.b)));
        }
    }
    if let Some(passage) = strongest.passages.iter().max_by_key(|passage| passage.a.len()) {
        say_passage(told, strongest, passage, context);
    }
    for nth in &group.answers {
        for event in told.events(*nth) {
            out.say(SafeText::line(&format!("    {}: the platform says: {}", of(*nth), event.in_words())));
        }
    }
}

/// Both sides from their beginning, each at its moment, and where they differ, each at its moment too.
fn say_passage(told: &Told, pair: &Pair, passage: &Passage, context: &Context) {
    let out = &context.out;
    let (first, second) = (told.answers[pair.a].2, told.answers[pair.b].2);
    for (nth, scored, words) in [(pair.a, first, &passage.a), (pair.b, second, &passage.b)] {
        out.say(format!("    {} “{}”", at(scored, words), SafeText::line(&told.passage(nth, words)).fit(PASSAGE)));
    }
    let (Some(a), Some(b)) = (&first.transcript, &second.transcript) else { return };
    let apart = differences(a, b, passage);
    let side = |nth: usize, words: &std::ops::Range<usize>| match words.is_empty() {
        true => "nothing".to_owned(),
        false => format!("{} “{}”", at(told.answers[nth].2, words), SafeText::line(&told.passage(nth, words)).fit(DIFFERENCE)),
    };
    let shown = apart.iter().take(MOST_DIFFERENCES);
    let shown: Vec<String> = shown.map(|(a, b)| format!("{} / {}", side(pair.a, a), side(pair.b, b))).collect();
    let more = apart.len().saturating_sub(shown.len());
    let more = if more > 0 { format!(", and in {more} more") } else { String::new() };
    match shown.is_empty() {
        true => out.say("    word for word the same"),
        false => out.say(SafeText::line(&format!("    they differ in: {}{more}", shown.join("; ")))),
    }
}
