-- Version 9. Of a delivery: who says that it is there, the other side or a person who has looked; and why it is not. The reason
-- may repeat what the other side said of a person: it lies under that person's key.
alter table delivery add column witness text check (witness in ('receiver', 'person'));
alter table delivery add column why blob;
