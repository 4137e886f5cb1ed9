//! `earmark protocol`: the rules that hold in a batch, and those that it has of its own.

use serde_json::{Value, json};

use super::Context;
use super::exit::Exit;
use super::failure::{Failure, Outcome};
use super::room::Seat;
use crate::journal::Act;
use crate::protocol::{self, Rules};

#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// The batch: its title or id, or enough of either
    batch: String,
    /// A rule of this batch's own, in the words of a rubric's [protocol]: playback.speed=1.5, playback.skip_silence=never,
    /// video=after-seal; again for another. It holds for everyone from now on
    #[arg(long, value_name = "RULE=VALUE", value_parser = setting)]
    set: Vec<(String, Value)>,
}

/// With `--json` `{"batch", "rules": every rule, "own": whether the batch has rules of its own, "changed": [name]}`.
pub(super) async fn run(args: &Args, context: &Context) -> Outcome {
    let mut seat = match args.set.is_empty() {
        true => Seat::to_look(&args.batch, context).await?,
        false => Seat::to_act(&args.batch, context).await?,
    };
    let before = protocol::settings(&seat.desk.rules);
    let wanted = changed(&seat.desk.rules, &args.set)?;
    let after = protocol::settings(&wanted);
    let names: Vec<String> = differing(&before, &after);
    if !names.is_empty() {
        let act = Act::Protocol { hash: protocol::hash(&after), settings: after.clone() };
        seat.act(vec![(None, act)]).await?;
    }
    if context.out.wants_json() {
        let own = seat.desk.has_own_rules();
        context.out.json(&json!({ "batch": seat.desk.batch.id, "rules": after, "own": own, "changed": names }));
    }
    let all = args.set.is_empty();
    for (name, value) in after.as_object().into_iter().flatten().filter(|(name, _)| all || names.contains(name)) {
        context.out.say(format!("{name} = {}", plainly(value)));
    }
    if !all && names.is_empty() {
        context.out.note("These rules hold already.");
    }
    seat.leave().await;
    Ok(Exit::Done)
}

/// The rules with these in place of their own.
fn changed(rules: &Rules, set: &[(String, Value)]) -> Result<Rules, Failure> {
    let mut rules = rules.clone();
    for (name, value) in set {
        let (whole, part) = name.split_once('.').map_or((name.as_str(), None), |(whole, part)| (whole, Some(part)));
        let mut now = protocol::settings(&rules);
        match part {
            None => now = json!({ whole: value }),
            Some(part) if now[whole].get(part).is_some() => now[whole][part] = value.clone(),
            Some(_) => return Err(unknown(name, &now)),
        }
        if now.get(whole).is_none() || protocol::settings(&rules).get(whole).is_none() {
            return Err(unknown(name, &protocol::settings(&rules)));
        }
        let (next, unfit) = protocol::from_settings(&rules, &json!({ whole: now[whole] }));
        if !unfit.is_empty() {
            let what = format!("Could not set {name} to {}", plainly(value));
            let hint = "docs of a rubric's [protocol] say what it can be; `earmark rubric check` names the words";
            return Err(Failure::usage(what).cause("it cannot have this value").hint(hint));
        }
        rules = next;
    }
    Ok(rules)
}

fn unknown(name: &str, all: &Value) -> Failure {
    let names: Vec<&str> = all.as_object().into_iter().flatten().map(|(name, _)| name.as_str()).collect();
    Failure::usage(format!("Could not set {name}: there is no such rule")).hint(format!("there are: {}", names.join(", ")))
}

fn differing(before: &Value, after: &Value) -> Vec<String> {
    let all = after.as_object().into_iter().flatten();
    all.filter(|(name, value)| before.get(name) != Some(value)).map(|(name, _)| name.clone()).collect()
}

/// A value as people write it: words without quotes, a table's entries one after the other.
fn plainly(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Object(table) => {
            let parts: Vec<String> = table.iter().map(|(name, value)| format!("{name} {}", plainly(value))).collect();
            parts.join(", ")
        }
        other => other.to_string(),
    }
}

/// `name=value`: a number or truth value where it reads as one, else words.
fn setting(text: &str) -> Result<(String, Value), String> {
    let (name, value) = text.split_once('=').ok_or("write RULE=VALUE, such as playback.speed=1.5")?;
    let value = value.trim();
    let read = serde_json::from_str(value).ok().filter(|value: &Value| value.is_number() || value.is_boolean());
    Ok((name.trim().to_owned(), read.unwrap_or_else(|| Value::String(value.to_owned()))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rubric::{Policy, Preset, Protocol, SkipRule, SpeedRule, When};

    fn rules() -> Rules {
        Rules { protocol: Protocol::preset(Preset::Standard), policy: Policy::default() }
    }

    fn set(rules: &Rules, words: &[&str]) -> Result<Rules, String> {
        let set: Vec<_> = words.iter().map(|words| setting(words).expect("a rule")).collect();
        changed(rules, &set).map_err(|failure| failure.what.as_str().to_owned())
    }

    #[test]
    fn one_rule_changes_and_the_others_stay() {
        let changed = set(&rules(), &["playback.speed=1.5", "video=after-seal"]).expect("they are rules");
        assert_eq!((changed.protocol.playback.speed, changed.protocol.video), (SpeedRule::Fixed(1.5), When::AfterSeal));
        assert_eq!(changed.protocol.playback.skip_silence, SkipRule::Free);
        let again = set(&changed, &["playback.skip_silence=never", "playback.speed=free"]).expect("they are rules");
        assert_eq!((again.protocol.playback.speed, again.protocol.playback.skip_silence), (SpeedRule::Free, SkipRule::Never));
        assert_eq!(differing(&protocol::settings(&changed), &protocol::settings(&again)), ["playback"]);
    }

    #[test]
    fn what_is_no_rule_or_cannot_be_its_value_is_refused() {
        assert_eq!(set(&rules(), &["playback.pitch=2"]), Err("Could not set playback.pitch: there is no such rule".into()));
        assert_eq!(set(&rules(), &["moon=full"]), Err("Could not set moon: there is no such rule".into()));
        assert_eq!(set(&rules(), &["playback.speed=9"]), Err("Could not set playback.speed to 9".into()));
        assert_eq!(set(&rules(), &["video=perhaps"]), Err("Could not set video to perhaps".into()));
    }
}
