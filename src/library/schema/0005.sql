-- What was counted of a batch is more by now: how much is left to hear, and since when it waits. Counts and times alone, in
-- clear; it may be emptied at any time. Another version of the program may count otherwise, and has rows of its own.
drop table tally;
create table tally (
    batch      blob not null references batch (id),
    reviewer   blob not null,
    program    text not null,
    generation integer not null,
    place      integer not null,
    counted    text not null,
    primary key (batch, reviewer, program)
) strict, without rowid;
