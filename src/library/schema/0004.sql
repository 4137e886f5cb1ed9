-- Version 4. The ledger of deliveries: what was sent about whom, to where, and what became of it.

-- The places that something was sent to. The name is made with the library's key from profile and address.
create table delivery_target (
    name    blob primary key,
    profile text not null,
    sealed  blob not null
) strict, without rowid;

-- One thing that was to be sent about one record. The key tells what is sent, about what, to where, and after what; so
-- the same thing has the same key however often it is planned. The rest is kept when the person is erased: that something
-- went there, and when, has to be known.
create table delivery (
    place      integer primary key autoincrement,
    key        blob not null unique,
    batch      blob not null,
    candidate  blob not null,
    target     blob not null references delivery_target (name),
    object     blob not null,
    push       text not null,
    digest     blob not null,
    parcel     text,
    state      text not null check (state in ('planned', 'sent', 'accepted', 'verified', 'failed', 'unknown', 'superseded')),
    attempts   integer not null default 0,
    planned_at text not null,
    changed_at text not null,
    reply      blob,
    sealed     blob
) strict;
create index delivery_target_object on delivery (target, object, push);
create index delivery_batch on delivery (batch);
create index delivery_candidate on delivery (candidate);
