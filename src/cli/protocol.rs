//! `earmark protocol`: the rules that hold in a batch, and those that it has of its own.

use serde_json::{Value, json};

use super::Context;
use super::exit::Exit;
use super::failure::{Failure, Outcome};
use super::output::Table;
use super::room::Seat;
use crate::journal::Act;
use crate::protocol::{self, rules};
use crate::rubric::Shuffle;
use crate::text::SafeText;

#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// The batch: its title or id, or enough of either
    batch: String,
    /// A rule of this batch's own, in the words of a rubric's [protocol]: playback.speed=1.5, playback.skip_silence=never,
    /// video=after-seal; again for another. It holds for everyone from now on
    #[arg(long, value_name = "RULE=VALUE", value_parser = setting)]
    set: Vec<(String, Value)>,
    /// Why, for those who read the journal later
    #[arg(long, value_name = "TEXT", requires = "set")]
    reason: Option<String>,
}

/// With `--json` `{"batch", "rules": every rule, "own": whether the batch has rules of its own, "changed": [name], "order": {"seed",
/// "algorithm"}}`: from the seed one's own order of hearing is drawn again.
pub(super) async fn run(args: &Args, context: &Context) -> Outcome {
    let mut seat = match args.set.is_empty() {
        true => Seat::to_look(&args.batch, context).await?,
        false => Seat::to_act(&args.batch, context).await?,
    };
    let before = seat.desk.rules.clone();
    let wanted = rules::changed(&before, &args.set).map_err(|mistakes| {
        let failure = Failure::usage(format!("Could not change how {} is reviewed", seat.desk.batch.title));
        failure.some_causes(mistakes, "mend those first").hint("`earmark protocol BATCH` lists the rules")
    })?;
    let after = protocol::settings(&wanted);
    let names: Vec<String> = differing(&protocol::settings(&before), &after);
    if !names.is_empty() {
        let reason = args.reason.as_deref().map(SafeText::line).filter(|reason| !reason.is_empty());
        let act = Act::Protocol { hash: protocol::hash(&after), settings: after.clone(), reason };
        seat.act(vec![(None, act)]).await?;
    }
    if context.out.wants_json() {
        let own = seat.desk.has_own_rules();
        let seed = protocol::seed(seat.desk.batch.id, seat.desk.me());
        let order = json!({ "seed": seed.to_string(), "algorithm": protocol::ALGORITHM });
        context.out.json(&json!({ "batch": seat.desk.batch.id, "rules": after, "own": own, "changed": names, "order": order }));
    }
    if args.set.is_empty() {
        let mut table = Table::new(&["rule", "value", "in the rubric", "what it says"]);
        for rule in seat.desk.told_rules() {
            table.row([rule.name, &rule.value, rule.in_rubric.as_deref().unwrap_or(""), rule.means]);
        }
        context.out.table(&table);
        if wanted.protocol.shuffle == Shuffle::PerReviewerSeeded {
            let seed = protocol::seed(seat.desk.batch.id, seat.desk.me());
            context.out.say(format!("Your order is drawn from the seed {seed}, algorithm {}.", protocol::ALGORITHM));
        }
    }
    for rule in rules::all(&wanted, &before).iter().filter(|rule| rule.in_rubric.is_some()) {
        context.out.say(format!("{} = {}", rule.name, rule.value));
    }
    if !args.set.is_empty() && names.is_empty() {
        context.out.note("These rules hold already.");
    }
    seat.leave().await;
    Ok(Exit::Done)
}

fn differing(before: &Value, after: &Value) -> Vec<String> {
    let all = after.as_object().into_iter().flatten();
    all.filter(|(name, value)| before.get(name) != Some(value)).map(|(name, _)| name.clone()).collect()
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

    #[test]
    fn a_rule_is_read_as_a_number_a_truth_value_or_words() {
        assert_eq!(setting("playback.speed = 1.5"), Ok(("playback.speed".into(), json!(1.5))));
        assert_eq!(setting("hide_names=false"), Ok(("hide_names".into(), json!(false))));
        assert_eq!(setting("video=after-seal"), Ok(("video".into(), json!("after-seal"))));
        assert!(setting("video").is_err());
    }
}
