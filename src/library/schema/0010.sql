-- Version 10. The few bytes of what a step made of a recording that are wanted of every answer at once: beside `prepared`, where
-- each lies among thousands, opening a batch would read all of them. Under the same name; it can always be made of that again.
create table gist (
    name      blob primary key,
    candidate blob not null,
    sealed    blob not null
) strict, without rowid;
create index gist_candidate on gist (candidate);
