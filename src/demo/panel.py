"""Makes panel.json, the other reviewers' scorecards, from panel.toml, the rubric and the transcripts' times."""

import json
import random
import tomllib
from datetime import datetime, timedelta

import transcripts

RUBRIC = "../../rubrics/support-engineer.toml"


def load(path):
    with open(path, "rb") as file:
        return tomllib.load(file)


def place(here, answers, item, phrase):
    """Where a phrase is said in an answer, in milliseconds."""
    answer = answers[item["candidate"], item["question"]]
    words = transcripts.read(here / "batch" / answer["transcript"])
    first, last = transcripts.find(words, phrase)
    return round(words[first][1] * 1000), round(words[last][2] * 1000)


def evidence(here, answers, item):
    start, end = place(here, answers, item, item["quote"])
    return {key: item[key] for key in ("candidate", "question", "criteria")} | {"start_ms": start, "end_ms": end, "quote": item["quote"]}


def note(here, answers, item):
    about = {"candidate": item["candidate"], "question": item["question"]}
    if "at" in item:
        about["at_ms"] = place(here, answers, item, item["at"])[0]
    return about | {"text": item["text"]}


def values_of(row, questions):
    """A row of panel.toml as {question: [(criterion, value)]}."""
    groups = [group.split() for group in row.split("|")]
    assert len(groups) == len(questions), f"not one group a question: {row}"
    given = {}
    for question, group in zip(questions, groups):
        criteria = [criterion["id"] for criterion in question["criterion"]]
        assert len(criteria) == len(group), f"not one value a criterion of {question['id']}: {row}"
        given[question["id"]] = [(c, v if v == "NO" else int(v)) for c, v in zip(criteria, group)]
    return given


def ratings(reviewer, questions, answers):
    """One question across the candidates after the other, in an order of the reviewer's own, and at the times that takes."""
    cards = {candidate: values_of(row, questions) for candidate, row in reviewer["ratings"].items()}
    at = datetime.fromisoformat(reviewer["began"])
    for question in questions:
        chance = random.Random(f"{reviewer['label']} {question['id']}")
        for candidate in chance.sample(sorted(cards), len(cards)):
            at += timedelta(milliseconds=answers[candidate, question["id"]]["duration_ms"] / reviewer["speed"])
            for criterion, value in cards[candidate][question["id"]]:
                at += timedelta(seconds=chance.randint(4, 15))
                yield {
                    "candidate": candidate, "question": question["id"], "criterion": criterion, "value": value,
                    "at": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
                }


def scorecards(here, reviewer, questions, answers):
    return {
        "reviewer": {"label": reviewer["label"]},
        "ratings": list(ratings(reviewer, questions, answers)),
        "evidence": [evidence(here, answers, item) for item in reviewer["evidence"]],
        "notes": [note(here, answers, item) for item in reviewer["note"]],
        "recommendations": [{"candidate": c, "recommendation": r} for c, r in reviewer["recommendations"].items()],
    }


def on_lines(value):
    """JSON with one line per rating, piece of evidence, note or recommendation."""
    def rows(items):
        return "[\n" + ",\n".join("    " + json.dumps(item, ensure_ascii=False) for item in items) + "\n  ]"

    def card(one):
        parts = [f'  "{key}": {rows(part) if isinstance(part, list) else json.dumps(part)}' for key, part in one.items()]
        return "{\n" + ",\n".join(parts) + "\n}"

    return "[\n" + ",\n".join(card(one) for one in value) + "\n]\n"


def make(here):
    bundle = json.loads((here / "batch/batch.json").read_text(encoding="utf-8"))
    answers = {
        (submission["candidate"]["id"], answer["question"]): answer
        for submission in bundle["submissions"] for answer in submission["answers"]
    }
    questions = load(here / RUBRIC)["question"]
    cards = [scorecards(here, reviewer, questions, answers) for reviewer in load(here / "panel.toml")["reviewer"]]
    (here / "panel.json").write_text(on_lines(cards), encoding="utf-8")
