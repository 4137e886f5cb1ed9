//! What is wrong with a description: what it lacks, and what stands where it means nothing.

use indexmap::IndexMap;

use super::{Description, Part, Place, Request};

impl Description {
    /// Everything that is wrong with it.
    pub(super) fn mistakes(&self) -> Vec<String> {
        let mut mistakes = Vec::new();
        let own_ids = |part: &Part| part.same.is_some() || part.numbered;
        let mut needs = |part: &str, fields: &IndexMap<String, Place>, field: &str| {
            if !fields.contains_key(field) {
                mistakes.push(format!("[{part}.fields] lacks `{field}`"));
            }
        };
        for (name, part) in self.all_questions() {
            needs(name, &part.fields, "prompt");
            if !own_ids(part) {
                needs(name, &part.fields, "id");
            }
        }
        needs("submissions", &self.submissions.fields, "candidate.id");
        if let Some(answers) = &self.answers {
            needs("answers", &answers.fields, "question");
        }
        let mut names = |what: &str, name: Option<&String>| {
            if let Some(name) = name.filter(|name| !self.values.contains_key(*name)) {
                mistakes.push(format!("{what} is \"{name}\", which [values] does not have"));
            }
        };
        names("questions.when", self.questions.when.as_ref());
        names("submissions.given", self.submissions.given.as_ref());
        if self.questions.when.is_some() != self.questions.otherwise.is_some() {
            mistakes.push("[questions] `when` and `otherwise` belong together".to_owned());
        }
        if self.graphql.is_none() {
            let ways = self.requests().into_iter().filter(|(_, request)| request.ways().len() != 1);
            mistakes.extend(ways.map(|(name, _)| format!("{name} has several ways, or none; only queries of `graphql` may")));
        }
        for (name, request) in self.requests().into_iter().filter(|_| self.graphql.is_some()) {
            let wrong = request.ways().iter().filter_map(|way| super::super::graphql::Query::parse(way).err());
            mistakes.extend(wrong.map(|why| format!("{name}: {why}")));
        }
        mistakes.extend(self.misplaced());
        mistakes.extend(self.batches_unknown());
        mistakes
    }

    /// Requests for a batch where nothing says which batches there are.
    fn batches_unknown(&self) -> Option<String> {
        if self.list.is_some() || !self.batches.is_empty() || self.submissions.batch.is_some() {
            return None;
        }
        let asks = |request: &Request| request.ways().iter().any(|way| way.contains("{batch}") || way.contains("$batch"));
        let (name, _) = self.requests().into_iter().find(|(_, request)| asks(request))?;
        Some(format!(
            "{name} asks for a batch, and nothing says which batches there are: add [list], or batches = [\"id\", …] above the \
             first table of the description"
        ))
    }

    fn all_questions(&self) -> Vec<(&'static str, &Part)> {
        let otherwise = self.questions.otherwise.as_deref().map(|part| ("questions.otherwise", part));
        std::iter::once(("questions", &self.questions)).chain(otherwise).collect()
    }

    /// Every request, with its name.
    fn requests(&self) -> Vec<(&'static str, &Request)> {
        let answers = self.answers.as_ref().and_then(|part| part.request.as_ref());
        let all = [
            ("list.request", self.list.as_ref().map(|list| &list.request)),
            ("batch.request", self.batch.request.as_ref()),
            ("questions.request", self.questions.request.as_ref()),
            ("submissions.request", self.submissions.request.as_ref()),
            ("submissions.detail", self.submissions.detail.as_ref()),
            ("answers.request", answers),
            ("media.request", self.media.request.as_ref()),
        ];
        all.into_iter().filter_map(|(name, request)| Some((name, request?))).collect()
    }

    /// What stands in a part that it means nothing in.
    fn misplaced(&self) -> Vec<String> {
        let people = |part: &Part| {
            let is = part.given.is_some() || part.batch.is_some() || part.batch_title.is_some() || part.detail.is_some();
            is || part.deleted.is_some() || part.accommodations.is_some() || part.documents.is_some() || part.applications.is_some()
        };
        let questions = |part: &Part| part.each || part.same.is_some() || part.numbered || part.when.is_some();
        let answers = |part: &Part| part.version.is_some() || part.ready.is_some();
        let says = |name: &str, of: &str| format!("[{name}] has something that only [{of}] can have");
        let mut wrong = Vec::new();
        for (name, part) in self.all_questions() {
            wrong.extend(people(part).then(|| says(name, "submissions")));
            wrong.extend(answers(part).then(|| says(name, "answers")));
        }
        wrong.extend(questions(&self.submissions).then(|| says("submissions", "questions")));
        wrong.extend(answers(&self.submissions).then(|| says("submissions", "answers")));
        if let Some(part) = &self.answers {
            wrong.extend(people(part).then(|| says("answers", "submissions")));
            wrong.extend(questions(part).then(|| says("answers", "questions")));
        }
        wrong
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mistake_of_a_description_is_named() {
        let text = "source = \"x\"\n[questions]\nwhen = \"set\"\nready = \"/x\"\nfields = { id = \"/id\" }\n\
                    [submissions]\nrequest = [\"/a\", \"/b\"]\ngiven = \"ids\"\nfields = {}\n[answers]\ndetail = \"/x\"\nfields = {}\n";
        let mistakes = Description::read(text).expect_err("it is full of them").join("\n");
        for says in [
            "[questions.fields] lacks `prompt`",
            "[submissions.fields] lacks `candidate.id`",
            "[answers.fields] lacks `question`",
            "questions.when is \"set\"",
            "submissions.given is \"ids\"",
            "`when` and `otherwise`",
            "submissions.request has several ways",
            "[questions] has something that only [answers] can have",
            "[answers] has something that only [submissions] can have",
        ] {
            assert!(mistakes.contains(says), "{says}: {mistakes}");
        }
        let one = "source = \"x\"\n[batch]\nrequest = \"/b/{batch}\"\n[questions]\nfields = { id = \"/id\", prompt = \"/p\" }\n\
                   [submissions]\nfields = { \"candidate.id\" = \"/id\" }\n";
        let unknown = Description::read(one).expect_err("which batch").join("\n");
        assert!(unknown.starts_with("batch.request asks for a batch") && unknown.contains("batches = ["), "{unknown}");
        assert!(Description::read(&format!("batches = [\"7\"]\n{one}")).is_ok());
        assert!(Description::read(&one.replace("{batch}", "7")).is_ok());
        let shape = Description::read("source = 1").expect_err("no text").join("\n");
        assert!(shape.contains("line 1"), "{shape}");
    }
}
