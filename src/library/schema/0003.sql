-- Version 3. What is exchanged with other people's libraries.

-- Streams that a library wrote of which this one was restored: still published from here, never written to again.
create table past_writer (
    writer blob primary key,
    author blob not null
) strict, without rowid;

-- People whose public keys were compared and found right: the public identity, under the library's key.
create table colleague (
    reviewer blob primary key,
    sealed   blob not null
) strict, without rowid;

-- The last letter that came from each device of a colleague, and when it was first seen here, by this machine's clock.
create table peer (
    writer   blob primary key,
    reviewer blob not null,
    number   integer not null,
    seen_at  text not null
) strict, without rowid;
