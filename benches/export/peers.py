"""Reads a table into DuckDB, writes it as CSV, and tells the least processor time of that, with one thread and with all."""

import resource
import sys

import duckdb


def used():
    of = resource.getrusage(resource.RUSAGE_SELF)
    return (of.ru_utime + of.ru_stime) * 1000


source, target, rounds = sys.argv[1], sys.argv[2], int(sys.argv[3])
db = duckdb.connect()
db.execute("set enable_progress_bar = false")
db.execute("create table rating as select * from read_csv(?, header = true, quote = '\"', escape = '\"')", [source])
assert db.execute("select count(*) from rating").fetchone()[0] == 1_000_000
least = None
for threads in (1, None):
    db.execute("reset threads" if threads is None else f"set threads = {threads}")
    for _ in range(rounds):
        before = used()
        db.execute(f"copy rating to '{target}' (header, delimiter ',')")
        ms = used() - before
        least = ms if least is None else min(least, ms)
print(f"DuckDB {duckdb.__version__}")
print(least)
