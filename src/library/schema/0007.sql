-- Version 7. Where recordings came from, so that they can be asked for again; what was put away; what an erasure still has to remove.

-- A recording that came from a source, as it was awaited, under its person's key. What is here of it can be brought again.
create table fetched (
    path      text primary key,
    source    text not null,
    batch     blob not null,
    candidate blob not null,
    sealed    blob not null
) strict, without rowid;
create index fetched_candidate on fetched (candidate);

-- Files of the vault that are not there on purpose: by their path, which tells neither whose nor what.
create table put_away (
    path      text primary key,
    candidate blob not null,
    why       text not null check (why in ('room', 'date')),
    at        text not null
) strict, without rowid;
create index put_away_candidate on put_away (candidate);

-- Folders of people who were erased: removed at once, or by the next start where a kill came between.
create table leftover (
    path text primary key
) strict, without rowid;

-- Which configured source a batch comes from: no other one may change it. Batches that were imported by hand have none.
create table batch_source (
    batch  blob primary key,
    source text not null
) strict, without rowid;
insert into batch_source (batch, source) select batch, min(source) from awaited group by batch;
