//! Whether a platform answers: one request, of which nothing is kept.

use super::RestSource;
use crate::net::NetError;

impl RestSource {
    /// Asks once, for what a fetch asks first; of a GraphQL platform for its schema alone.
    ///
    /// # Errors
    /// Where it cannot be asked, does not let us in, or does not answer as it should. That nothing is there (404, 410) is an answer.
    pub(in super::super) async fn probe(&self) -> Result<(), NetError> {
        let description = &self.description;
        let people = &description.submissions;
        let listed = description.list.as_ref().map(|list| &list.request);
        let first = listed.or(description.batch.request.as_ref()).or(people.request.as_ref()).or(people.detail.as_ref());
        let Some(request) = first else { return Ok(()) };
        if description.graphql.is_some() {
            return self.composed(request).await.map(drop);
        }
        let given = people.given.as_ref().and_then(|name| self.values.get(name)?.first());
        let names =
            [("batch", description.batches.first().map_or("", String::as_str)), ("candidate", given.map_or("", String::as_str))];
        self.ask_if_there(request, &names).await.map(drop)
    }
}
