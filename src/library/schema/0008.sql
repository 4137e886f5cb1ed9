-- Version 8. People of whom the source of a batch says that it has deleted them: until they are erased here, or it shows them again.
create table deletion (
    batch     blob not null references batch (id),
    candidate blob not null,
    said_at   text not null,
    primary key (batch, candidate)
) strict, without rowid;
