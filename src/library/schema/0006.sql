-- Version 6. What is fetched from sources, and what others fetch from here.

-- A number that only grows, over all batches: who has seen it has seen everything before it. Changes are committed one after
-- the other, so that no smaller number comes after a larger one.
alter table batch add column changed integer not null default 0;
update batch set changed = (select count(*) from batch as other where other.id <= batch.id);
create index batch_changed on batch (changed);

-- How far each configured source was read: the source's own mark, under the library's key.
create table source (
    name   text primary key,
    sealed blob not null
) strict, without rowid;

-- What a source has named and what is not here yet: one row for each recording, transcript and document.
create table awaited (
    name      blob primary key,
    source    text not null,
    batch     blob not null,
    candidate blob not null,
    place     integer not null,
    sealed    blob not null
) strict, without rowid;
create index awaited_source on awaited (source, batch, place);
create index awaited_candidate on awaited (candidate);
