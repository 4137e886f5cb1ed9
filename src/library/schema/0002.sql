-- Version 2. What was counted of a batch, so that the list of batches need not open every one.

-- Grows with every change of what lies in the batch beside its events.
alter table batch add column generation integer not null default 0;

-- What a reviewer had done in a batch when it had this generation and its last event was at this place. Counts alone, in
-- clear; it may be emptied at any time. Another version of the program may count otherwise, and has rows of its own.
create table tally (
    batch      blob not null references batch (id),
    reviewer   blob not null,
    program    text not null,
    generation integer not null,
    place      integer not null,
    rated      integer not null,
    sealed     integer not null,
    has_rubric integer not null check (has_rubric in (0, 1)),
    primary key (batch, reviewer, program)
) strict, without rowid;
