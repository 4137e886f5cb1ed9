-- Version 1. Ids, states and times are in clear; every column named "sealed" or "wrapped" is cipher text.

-- What the library is: its id, and a check of the key it is locked with.
create table meta (
    name  text primary key,
    value blob not null
) strict, without rowid;

-- The keys of people, under the library's key. Deleting a row erases the person. A candidate has one key of this
-- library's own, and further ones under which other libraries wrote.
create table person_key (
    candidate blob not null,
    id        blob not null,
    own       integer not null check (own in (0, 1)),
    wrapped   blob not null,
    primary key (candidate, id)
) strict, without rowid;
create unique index person_key_own on person_key (candidate) where own = 1;

-- People who were erased, so that an import does not bring them back.
create table erased (
    candidate blob primary key
) strict, without rowid;

-- The streams that this library writes: one for each author.
create table own_writer (
    author blob primary key,
    writer blob not null unique
) strict, without rowid;

-- The journal. The place only grows; the body is under the subject's key, else under the library's.
create table event (
    place   integer primary key autoincrement,
    id      blob not null unique,
    writer  blob not null,
    seq     integer not null check (seq > 0),
    batch   blob,
    subject blob,
    header  blob not null,
    body    blob not null,
    hash    blob not null,
    unique (writer, seq)
) strict;
create index event_batch on event (batch);

-- The catalogue.
create table batch (
    id          blob primary key,
    imported_at text not null,
    sealed      blob not null
) strict, without rowid;

create table submission (
    id        blob primary key,
    batch     blob not null references batch (id),
    candidate blob not null,
    place     integer not null,
    status    text not null,
    clear     text not null,
    sealed    blob
) strict, without rowid;
create index submission_batch on submission (batch, place);
create index submission_candidate on submission (candidate);

create table answer (
    id         blob primary key,
    submission blob not null references submission (id),
    question   text not null,
    state      text not null
) strict, without rowid;
create index answer_submission on answer (submission);

create table earlier_answer (
    place     integer primary key autoincrement,
    answer    blob not null references answer (id),
    candidate blob not null,
    sealed    blob not null
) strict;
create index earlier_answer_of on earlier_answer (answer);

create table transcript (
    answer    blob primary key references answer (id),
    candidate blob not null,
    sealed    blob not null
) strict, without rowid;

-- What preparing an answer found out; the name is the recording's and the step's, under the candidate's key.
create table prepared (
    name      blob primary key,
    candidate blob not null,
    sealed    blob not null
) strict, without rowid;
create index prepared_candidate on prepared (candidate);

create table rubric (
    place        integer primary key autoincrement,
    scoring_hash blob not null,
    text_hash    blob not null,
    id           text not null,
    version      text not null,
    source       text not null,
    unique (scoring_hash, text_hash)
) strict;
