"""Reads an exported table with one reader and compares it with the rows as JSON, cell by cell. Ends with 77 where it is absent."""

import csv
import json
import math
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

part, path, wanted = sys.argv[1], sys.argv[2], json.loads(Path(sys.argv[3]).read_text(encoding="utf-8"))


def absent():
    sys.exit(77)


def risky(text):
    return text.lstrip(" ")[:1] in tuple("=+-@\t\r\n") and text != ""


def same_text(cell, value):
    """A cell of a text file against a value: numbers by what they are, texts with the guard's apostrophe."""
    if value is None:
        return cell == ""
    if isinstance(value, (int, float)):
        return math.isclose(float(cell), value, rel_tol=0, abs_tol=1e-12)
    return cell == ("'" + value if risky(value) else value)


def same_typed(cell, value):
    """A cell that has a type against a value: the guard changed nothing."""
    if value is None:
        return cell is None
    if isinstance(value, (int, float)):
        return isinstance(cell, (int, float)) and math.isclose(cell, value, rel_tol=0, abs_tol=1e-12)
    return isinstance(cell, str) and cell == value


def compare(columns, rows, same):
    assert list(columns) == list(wanted[0]), (list(columns), list(wanted[0]))
    assert len(rows) == len(wanted), (len(rows), len(wanted))
    for at, (row, expected) in enumerate(zip(rows, wanted)):
        for column, cell in zip(columns, row):
            assert same(cell, expected[column]), (at + 1, column, cell, expected[column])


def with_csv():
    with open(path, encoding="utf-8", newline="") as file:
        header, *rows = list(csv.reader(file))
    compare(header, rows, same_text)


def with_pandas():
    try:
        import pandas
    except ImportError:
        absent()
    table = pandas.read_csv(path, dtype=str, keep_default_na=False)
    compare(table.columns, table.values.tolist(), same_text)


def with_json():
    rows = [json.loads(line) for line in Path(path).read_text(encoding="utf-8").splitlines()]
    compare(rows[0], [list(row.values()) for row in rows], same_typed)


def with_openpyxl(file=path):
    try:
        import openpyxl
    except ImportError:
        absent()
    sheet = openpyxl.load_workbook(file).active
    header, *rows = list(sheet.iter_rows(values_only=True))
    compare(header, rows, same_typed)
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row), "a formula"


def with_libreoffice():
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        absent()
    with tempfile.TemporaryDirectory() as folder:
        convert = [program, f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", "xlsx", "--outdir", folder, path]
        subprocess.run(convert, check=True, capture_output=True, timeout=120)
        with_openpyxl(Path(folder) / Path(path).name)


def wide_from_long():
    """The figures that need no drawing of random numbers, by another program's arithmetic."""
    try:
        import pandas
    except ImportError:
        absent()
    long = pandas.read_csv(path, dtype={"candidate": str, "value": str}, keep_default_na=False)
    # A criterion's figures are of the points that were given; in the total, not answered counts as the lowest point.
    long["given"] = pandas.to_numeric(long["value"], errors="coerce")
    long["points"] = long["given"].where(long["value"] != "NA", long["scale_min"].astype(float))
    for row in wanted:
        mine = long[long["candidate"] == row["candidate"]]
        assert row["reviewers_counted"] == mine["reviewer"].nunique()
        weighted, weights = 0.0, 0.0
        for (question, criterion), cells in mine.groupby(["question", "criterion"]):
            given, counted = cells["given"].dropna(), cells["points"].dropna()
            for figure, value in (("mean", given.mean()), ("min", given.min()), ("max", given.max()), ("n", given.count())):
                told = row[f"{question}.{criterion}.{figure}"]
                assert (told is None and math.isnan(value)) or abs(told - value) < 1e-6, (row["candidate"], question, criterion, figure)
            if len(counted):
                weight = float(cells["weight"].iloc[0])
                low, high = float(cells["scale_min"].iloc[0]), float(cells["scale_max"].iloc[0])
                weighted += weight * 100 * (counted.mean() - low) / (high - low)
                weights += weight
        if row["total"] is not None:
            assert abs(row["total"] - weighted / weights) < 1e-5, (row["candidate"], row["total"], weighted / weights)


{
    "csv": with_csv,
    "pandas": with_pandas,
    "jsonl": with_json,
    "openpyxl": with_openpyxl,
    "libreoffice": with_libreoffice,
    "wide-from-long": wide_from_long,
}[part]()
