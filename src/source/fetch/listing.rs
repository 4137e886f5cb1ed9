//! The batches of a listing, one after the other: one that cannot be had, or is refused, is named and listed again; the others come.

use super::remote::{Listed, Remote};
use super::{Begun, FetchError, Fetcher, News};
use crate::interview::Problem;
use crate::net::{NetError, NetTrouble};

/// Batches one after the other of which a source says nothing before it is asked for no more of them: each takes minutes.
const GIVES_UP: usize = 3;

/// The code of a problem with a batch that may come when it is asked for again.
pub const LATER: &str = "later";

impl Fetcher<'_> {
    /// Keeps what is known of each batch; says which are to be listed again, since not all of them was taken.
    pub(super) async fn take_listed(&self, listed: &[Listed], begun: &mut Begun) -> Result<Vec<Listed>, FetchError> {
        let (mut left, mut denied, mut in_a_row) = (Vec::new(), Vec::new(), 0);
        for (nth, one) in listed.iter().enumerate() {
            self.go_on().map_err(|_| FetchError::Interrupted)?;
            let taken = match self.batch(one, &mut begun.said).await {
                Ok(taken) => taken,
                // The only batch of a source that has no name for it is the source itself.
                Err(FetchError::Net(error)) if !one.id.is_empty() => {
                    self.say_unread(one, &error);
                    left.push(one.clone());
                    in_a_row = if error.trouble == NetTrouble::Refused { 0 } else { in_a_row + 1 };
                    denied.extend((error.trouble == NetTrouble::Authentication).then_some(error));
                    if in_a_row == GIVES_UP {
                        left.extend_from_slice(&listed[nth + 1..]);
                        self.say_not_asked(listed.len() - nth - 1);
                        break;
                    }
                    continue;
                }
                Err(error) => return Err(error),
            };
            in_a_row = 0;
            left.extend((!taken.is_whole).then(|| one.clone()));
            if let Some((news, files)) = taken.news {
                self.tell(News::Batch(news.clone()));
                begun.fetched.batches.push(news);
                begun.would_come.extend(files);
            }
        }
        match denied.into_iter().next().filter(|_| begun.fetched.batches.is_empty()) {
            // Who is let in to the listing alone is let in to nothing.
            Some(error) => Err(error.into()),
            None => Ok(left),
        }
    }

    fn say_unread(&self, one: &Listed, error: &NetError) {
        let may_come = matches!(error.trouble, NetTrouble::NotReached | NetTrouble::Unknown) && !error.is_endless;
        let code = if may_come { LATER } else { "unread" };
        let place = format!("batch {}", one.title);
        self.problem(Problem::damage(self.name, &place, &error.text, "the next fetch asks for it again").coded(code));
    }

    fn say_not_asked(&self, number: usize) {
        if number == 0 {
            return;
        }
        let reason = format!("nothing was had of {GIVES_UP} batches one after the other; {number} more were not asked for");
        self.problem(Problem::damage(self.name, "list", &reason, "the next fetch asks for them").coded(LATER));
    }
}

impl Remote {
    /// The mark up to which the source was read, when these batches are to be listed again whether they change or not.
    pub(super) fn mark_without(&self, mark: String, left: &[Listed]) -> String {
        match self {
            Remote::Hub(_) => super::hub::mark_without(mark, left),
            Remote::Rest(_) => super::rest::mark_without(mark, left),
        }
    }
}
