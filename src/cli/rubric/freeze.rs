//! `earmark rubric freeze`: from now on the rubric cannot change under a score.

use std::path::Path;

use jiff::{Timestamp, Unit};
use serde_json::json;

use crate::cli::exit::Exit;
use crate::cli::failure::{Failure, Outcome};
use crate::cli::words::{as_word, hash};
use crate::cli::{Context, identity};
use crate::config::Identity;
use crate::rubric::{Freeze, Rubric, shipped_as};
use crate::runtime::attach::find_rubric;
use crate::runtime::exporting::write_whole;

#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// The rubric's file
    file: String,
    /// Who freezes it; without it the id of your identity, where there is one
    #[arg(long, value_name = "WHO")]
    by: Option<String>,
}

/// Who froze it where nobody said so.
const NOBODY: &str = "not said";

/// Adds `[freeze]` to the file, leaves all else in it as it is, and makes it read-only. One that is frozen already and unchanged stays so; one that
/// changed since is refused. With `--json` `{"file", "id", "version", "scoring_hash", "text_hash", "at", "by", "frozen": whether
/// it was frozen now}`.
pub(super) fn run(args: &Args, context: &Context) -> Outcome {
    let what = format!("Could not freeze {}", args.file);
    if !Path::new(&args.file).is_file() && shipped_as(&args.file).is_some() {
        let hint = format!("`earmark rubric show {} --source` prints it; freeze your own copy of it", as_word(&args.file));
        return Err(Failure::usage(what).cause("it is part of the program, and no file").hint(hint));
    }
    // A path, so that no shipped rubric of the same name is meant.
    let path = Path::new(".").join(&args.file);
    let source = find_rubric(&path.to_string_lossy()).map_err(|problems| Failure::problems(&what, &problems))?;
    source.warnings.iter().for_each(|problem| context.out.problem(problem));
    if let Some(freeze) = &source.rubric.freeze {
        tell(&args.file, &source.rubric, freeze, false, context);
        return Ok(Exit::Done);
    }
    let at = Timestamp::now().round(Unit::Second).map_err(|error| Failure::new(&what).because(&error))?;
    let text = source.rubric.frozen(&source.text, at, &author(args, context)?);
    // What is written is read before it takes the file's place.
    let frozen = Rubric::read(&args.file, &text).map_err(|problems| Failure::problems(&what, &problems))?.rubric;
    let freeze = frozen.freeze.as_ref().expect("it was just added");
    replace(&path, &text).map_err(|error| Failure::new(&what).because(&error))?;
    tell(&args.file, &frozen, freeze, true, context);
    Ok(Exit::Done)
}

fn author(args: &Args, context: &Context) -> Result<String, Failure> {
    if let Some(by) = args.by.as_deref().map(str::trim) {
        let named = (!by.is_empty()).then(|| by.to_owned());
        return named.ok_or_else(|| Failure::usage("Could not take --by: a name cannot be empty"));
    }
    let known = Identity::load(&context.paths).map_err(identity::told)?;
    Ok(known.map_or_else(|| NOBODY.to_owned(), |known| known.public().reviewer.to_string()))
}

/// The file keeps its place, also behind a link, and who may read it; nobody may write it any more.
fn replace(path: &Path, text: &str) -> std::io::Result<()> {
    let path = path.canonicalize()?;
    let mut permissions = std::fs::metadata(&path)?.permissions();
    permissions.set_readonly(true);
    write_whole(&path, text.as_bytes())?;
    std::fs::set_permissions(&path, permissions)
}

fn tell(file: &str, rubric: &Rubric, freeze: &Freeze, is_new: bool, context: &Context) {
    if context.out.wants_json() {
        context.out.json(&json!({
            "file": file,
            "id": rubric.id,
            "version": rubric.version,
            "scoring_hash": hash(freeze.scoring_hash),
            "text_hash": hash(freeze.text_hash),
            "at": freeze.at,
            "by": freeze.by,
            "frozen": is_new,
        }));
        return;
    }
    let said = if is_new { "is frozen" } else { "has been frozen" };
    let since = if is_new { String::new() } else { format!(" since {}", freeze.at) };
    context.out.say(format!("{} {} {said}{since}", rubric.id, rubric.version));
    context.out.say(format!("  scoring_hash  {}", hash(freeze.scoring_hash)));
    context.out.say(format!("  text_hash     {}", hash(freeze.text_hash)));
    if is_new {
        context.out.say("The file is read-only now: a new version begins with a copy.");
    }
    if is_new && freeze.by.as_str() == NOBODY {
        context.out.note("nobody is named in it: --by WHO says who froze it, `earmark identity --label NAME` makes you known");
    }
}
