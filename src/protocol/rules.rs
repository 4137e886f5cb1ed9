//! The rules of a batch one by one: what each means, what it can be, and whether it is the batch's own.

use serde_json::{Value, json};

use super::settings::{Rules, from_settings, settings};

/// What is said of every rule: its name in a rubric's `[protocol]`, with a point before a part of a table; what it means; what it can be.
///
/// A row for each; a test holds it against the settings that there are.
const TABLE: [(&str, &str, &str); 25] = [
    ("preset", "the set that the rubric's other rules begin with", "light, standard or audit"),
    ("order", "in which order answers are heard", "question-first or candidate-first"),
    ("shuffle", "how the order is drawn", "per-reviewer-seeded or none"),
    ("hide_names", "whether names stay hidden until they are revealed", "true or false"),
    ("pseudonyms", "whether pseudonyms change from question to question", "stable or per-question"),
    ("playback.speed", "how fast everyone hears the answers", "free, or a factor from 0.5 to 3"),
    ("playback.skip_silence", "whether silences are skipped", "free, always or never"),
    ("heard_min", "the share of the speech that is heard before a seal", "a number from 0 to 1"),
    ("video", "when the picture of an answer can be seen", "allowed, after-seal or never"),
    ("documents", "when documents can be read", "after-seal, always or never"),
    ("literal_hits", "whether the rubric's words may be lit", "true or false"),
    ("evidence", "which ratings point at a moment", "none, extremes-at-seal or every-rating-at-seal"),
    ("seal", "what one seal locks", "question or submission"),
    ("reveal", "when others' ratings show", "own-batch-sealed, question or submission"),
    ("change_reason", "which changes of a rating ask why", "after-reveal or always"),
    ("decision_gate", "when decisions open", "wave-reviewed or off"),
    ("min_reviewers", "how many reviewers a candidate needs", "a whole number from 1"),
    ("absent_author", "what becomes of an absent reviewer's ratings", "count-without or release-after-days:N"),
    ("handoff_names", "whether what is handed on carries names", "hidden or open"),
    ("excerpt_seconds", "how much sound a quote in a report has", "whole seconds, 0 to 3600"),
    ("failed_second_reader", "what becomes of a second reader that fails", "off or warn"),
    ("calibration", "whether reviewers are calibrated first", "off, or the parts of it one by one"),
    ("calibration.clips", "on how many clips", "a whole number"),
    ("calibration.max_mean_abs_error", "how many points off passes", "a number"),
    ("calibration.repeat_every", "after how many answers again", "a whole number"),
];

/// One rule as it holds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rule {
    /// Its name, such as `playback.speed`.
    pub name: &'static str,
    /// Its value in the words of a rubric's `[protocol]`.
    pub value: String,
    /// What it means.
    pub means: &'static str,
    /// What it can be.
    pub allowed: &'static str,
    /// What it is in the rubric, where the batch has its own.
    pub in_rubric: Option<String>,
}

/// All rules that hold, in the order in which people think of them; `rubric` has those that the batch's own replace.
pub fn all(rules: &Rules, rubric: &Rules) -> Vec<Rule> {
    let (now, before) = (settings(rules), settings(rubric));
    let rule = |&(name, means, allowed): &(&'static str, &'static str, &'static str)| {
        // A table is told by its parts.
        let value = plainly(of(&now, name).filter(|value| !value.is_object())?);
        let other = of(&before, name).map_or_else(|| "off".to_owned(), plainly);
        Some(Rule { name, means, allowed, in_rubric: (other != value).then_some(other), value })
    };
    TABLE.iter().filter_map(rule).collect()
}

/// The rules with these in place of their own, or a sentence for each that cannot be: what it is and what it could be instead.
///
/// # Errors
/// When any of them is no rule or cannot have its value; every mistake has a line.
pub fn changed(rules: &Rules, wanted: &[(String, Value)]) -> Result<Rules, Vec<String>> {
    let (mut rules, mut mistakes) = (rules.clone(), Vec::new());
    for (name, value) in wanted {
        match with(&rules, name, value) {
            Ok(next) => rules = next,
            Err(mistake) => mistakes.push(mistake),
        }
    }
    if mistakes.is_empty() { Ok(rules) } else { Err(mistakes) }
}

fn with(rules: &Rules, name: &str, value: &Value) -> Result<Rules, String> {
    let now = settings(rules);
    let (whole, part) = name.split_once('.').map_or((name, None), |(whole, part)| (whole, Some(part)));
    let is_rule = TABLE.iter().any(|(rule, ..)| *rule == name) || of(&now, name).is_some();
    if !is_rule {
        let names: Vec<&str> = TABLE.iter().map(|(rule, ..)| *rule).collect();
        let near = crate::text::nearest(name, names.iter().copied());
        let meant = near.map_or_else(|| format!("there are {}", names.join(", ")), |near| format!("did you mean {near}?"));
        return Err(format!("{name} is no rule; {meant}"));
    }
    let mut table = now[whole].clone();
    match part {
        None => table = value.clone(),
        Some(part) if table.is_object() => table[part] = value.clone(),
        Some(_) => return Err(format!("{name} cannot be set while {whole} is {}", plainly(&table))),
    }
    let (next, unfit) = from_settings(rules, &json!({ whole: table }));
    match unfit.is_empty() {
        true => Ok(next),
        false => Err(format!("{name} cannot be {}; it can be {}", plainly(value), allowed(name))),
    }
}

/// What a rule can be; of a table, what its parts can be.
fn allowed(name: &str) -> String {
    let parts: Vec<String> = TABLE
        .iter()
        .filter(|(rule, ..)| rule.strip_prefix(name).is_some_and(|rest| rest.starts_with('.')))
        .map(|(rule, _, allowed)| format!("{rule} {allowed}"))
        .collect();
    let own = TABLE.iter().find(|(rule, ..)| *rule == name).map(|(.., allowed)| (*allowed).to_owned());
    own.unwrap_or_else(|| format!("set by its parts: {}", parts.join("; ")))
}

/// What stands under a name with a point.
fn of<'v>(settings: &'v Value, name: &str) -> Option<&'v Value> {
    name.split('.').try_fold(settings, |value, part| value.get(part))
}

/// A value as people write it: words without quotes, a table's entries one after the other.
pub fn plainly(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Object(table) => {
            let parts: Vec<String> = table.iter().map(|(name, value)| format!("{name} {}", plainly(value))).collect();
            parts.join(", ")
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rubric::{Policy, Preset, Protocol, SkipRule, SpeedRule, When};

    fn rules(preset: Preset) -> Rules {
        Rules { protocol: Protocol::preset(preset), policy: Policy::default() }
    }

    fn set(rules: &Rules, wanted: &[(&str, Value)]) -> Result<Rules, Vec<String>> {
        let wanted: Vec<_> = wanted.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        changed(rules, &wanted)
    }

    #[test]
    fn one_rule_changes_and_the_others_stay() {
        let before = rules(Preset::Standard);
        let once = set(&before, &[("playback.speed", json!(1.5)), ("video", json!("after-seal"))]).expect("they are rules");
        assert_eq!((once.protocol.playback.speed, once.protocol.video), (SpeedRule::Fixed(1.5), When::AfterSeal));
        assert_eq!(once.protocol.playback.skip_silence, SkipRule::Free);
        let own: Vec<_> = all(&once, &before).into_iter().filter(|rule| rule.in_rubric.is_some()).collect();
        let told: Vec<_> = own.iter().map(|rule| (rule.name, rule.value.as_str(), rule.in_rubric.as_deref())).collect();
        assert_eq!(told, [("playback.speed", "1.5", Some("free")), ("video", "after-seal", Some("allowed"))]);
    }

    #[test]
    fn every_mistake_is_told_at_once_with_what_is_allowed() {
        let wanted =
            [("playback.speed", json!(9)), ("vidio", json!("never")), ("heard_min", json!("half")), ("order", json!("none"))];
        let mistakes = set(&rules(Preset::Standard), &wanted).expect_err("none of it can be");
        assert_eq!(mistakes[0], "playback.speed cannot be 9; it can be free, or a factor from 0.5 to 3");
        assert_eq!(mistakes[1], "vidio is no rule; did you mean video?");
        assert_eq!(mistakes[2], "heard_min cannot be half; it can be a number from 0 to 1");
        assert_eq!(mistakes[3], "order cannot be none; it can be question-first or candidate-first");
        assert_eq!(mistakes.len(), 4);
        let whole = set(&rules(Preset::Standard), &[("playback", json!("slow"))]).expect_err("it is a table");
        assert!(whole[0].contains("playback.speed free, or a factor"), "{whole:?}");
    }

    #[test]
    fn every_setting_has_a_row_and_every_word_that_a_row_allows_is_taken() {
        for preset in [Preset::Light, Preset::Standard, Preset::Audit] {
            let before = rules(preset);
            let now = settings(&before);
            for name in now.as_object().expect("a table").keys() {
                assert!(TABLE.iter().any(|(rule, ..)| rule.split('.').next() == Some(name)), "{name} has no row");
            }
            for (name, _, allowed) in TABLE.iter().filter(|(.., allowed)| !allowed.contains("number") && !allowed.contains("whole"))
            {
                for word in allowed
                    .replace(" or ", ", ")
                    .split(", ")
                    .map(|word| word.trim_end_matches(','))
                    .filter(|word| !word.contains([' ', ':']))
                {
                    let value = serde_json::from_str(word).unwrap_or_else(|_| json!(word));
                    assert_eq!(set(&before, &[(name, value)]).err(), None, "{name} {word}");
                }
            }
        }
    }
}
