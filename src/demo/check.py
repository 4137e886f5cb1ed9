"""Checks the demo that lies there: sizes, files, word times against the sound, and the other reviewers' quotes."""

import array
import json
import math
import subprocess
import tomllib

import transcripts

LIMIT = 6_000_000       # bytes, recordings and all
SECONDS = (20, 75)      # of an answer
RATE = 16000            # at which the recordings are decoded to be measured
FRAME = 80              # samples, 5 ms
CLOSE, CLOSE_SOFT = 0.06, 0.12   # seconds that a word's time may be off
SOFT = ("c", "f", "h", "k", "p", "s", "t", "w")


def decoded(file):
    """The recording as a player hears it, mono."""
    command = ["ffmpeg", "-v", "error", "-i", file, "-ac", "1", "-ar", str(RATE), "-f", "s16le", "-"]
    samples = array.array("h")
    samples.frombytes(subprocess.run(command, capture_output=True, check=True).stdout)
    return samples


def levels(samples):
    """Root mean square of every 5 ms, in dB of full scale."""
    found = []
    for at in range(0, len(samples) - FRAME, FRAME):
        power = sum(s * s for s in samples[at:at + FRAME]) / FRAME
        found.append(10 * math.log10(power / 2**30 + 1e-10))
    return found


def allowed(word):
    """How far the sound's onset may be from a word's time: some consonants begin with silence or a mere breath."""
    return CLOSE_SOFT if word.lower().startswith(SOFT) else CLOSE


def onset_errors(words, level):
    """(word, seconds) that the sound's onset is off the word's time, for each word after a pause of at least 0.3 s."""
    loud, quiet = sorted(level)[round(len(level) * 0.9)], sorted(level)[round(len(level) * 0.15)]
    threshold = max(quiet + 9, loud - 32)
    frame = FRAME / RATE
    for (_, _, before), (word, start, _) in zip([("", 0, 0.0)] + words, words):
        if start - before < 0.3:
            continue
        first = round((start - 0.2) / frame)
        at = next((i for i in range(first, len(level) - 4) if min(level[i:i + 4]) > threshold), len(level))
        yield word, at * frame - start


def check_words(name, words, length, wrong):
    for (_, start, _), (word, then, _) in zip(words, words[1:]):
        if then < start:
            wrong.append(f"{name}: {word!r} is before the word before it")
    for word, start, end in words:
        if not (word and 0 <= start < end <= length):
            wrong.append(f"{name}: {word!r} lasts from {start} to {end} in {length:.2f} s")


def check_answer(batch, answer, wrong, found):
    name = answer["file"]
    if not (batch / name).is_file():
        wrong.append(f"{name}: not there")
        return
    samples = decoded(batch / name)
    length = len(samples) / RATE
    found["seconds"].append(length)
    if not SECONDS[0] <= length <= SECONDS[1]:
        wrong.append(f"{name}: lasts {length:.1f} s")
    if abs(length - answer["duration_ms"] / 1000) > 0.1:
        wrong.append(f"{name}: lasts {length:.2f} s and is said to last {answer['duration_ms']} ms")
    if "transcript" not in answer:
        return
    words = transcripts.read(batch / answer["transcript"])
    check_words(answer["transcript"], words, length, wrong)
    found["words"] += len(words)
    for word, error in onset_errors(words, levels(samples)):
        found["onsets"].append(abs(error))
        if abs(error) > allowed(word):
            wrong.append(f"{name}: {word!r} sounds {error * 1000:+.0f} ms from its time")


def check_quotes(batch, cards, answers, wrong):
    for card in cards:
        for item in card["evidence"]:
            name = f"{card['reviewer']['label']}, {item['candidate']} {item['question']}"
            words = transcripts.read(batch / answers[item["candidate"], item["question"]]["transcript"])
            try:
                first, last = transcripts.find(words, item["quote"])
            except ValueError as error:
                wrong.append(f"{name}: {error}")
                continue
            if (round(words[first][1] * 1000), round(words[last][2] * 1000)) != (item["start_ms"], item["end_ms"]):
                wrong.append(f"{name}: the quote is at another time")


def check_ratings(here, bundle, cards, wrong):
    """Every reviewer has rated every criterion of every completed submission, and no other."""
    with open(here / "../../rubrics/support-engineer.toml", "rb") as file:
        rubric = tomllib.load(file)
    asked = bundle["interview"]["questions"]
    for question, scored in zip(asked, rubric["question"], strict=True):
        for key in ("id", "prompt", "think_seconds", "answer_seconds", "retakes"):
            if question[key] != scored[key]:
                wrong.append(f"{question['id']}: {key} differs between batch and rubric")
    completed = [s["candidate"]["id"] for s in bundle["submissions"] if s["status"] == "completed"]
    wanted = {(c, q["id"], k["id"]) for c in completed for q in rubric["question"] for k in q["criterion"]}
    for card in cards:
        label, given = card["reviewer"]["label"], [(r["candidate"], r["question"], r["criterion"]) for r in card["ratings"]]
        if len(given) != len(set(given)) or set(given) != wanted:
            wrong.append(f"{label}: ratings do not fit the rubric: {sorted(wanted ^ set(given))}")
        if sorted(r["candidate"] for r in card["recommendations"]) != completed:
            wrong.append(f"{label}: not one recommendation for each")


def check(here):
    """Prints what is wrong and the totals; gives the exit code."""
    batch, wrong, found = here / "batch", [], {"seconds": [], "words": 0, "onsets": []}
    bundle = json.loads((batch / "batch.json").read_text(encoding="utf-8"))
    cards = json.loads((here / "panel.json").read_text(encoding="utf-8"))
    answers = {(s["candidate"]["id"], a["question"]): a for s in bundle["submissions"] for a in s["answers"]}
    for answer in answers.values():
        if answer.get("state") != "not_given":
            check_answer(batch, answer, wrong, found)
    for submission in bundle["submissions"]:
        wrong += [f"{d['file']}: not there" for d in submission["documents"] if not (batch / d["file"]).is_file()]
    check_quotes(batch, cards, answers, wrong)
    check_ratings(here, bundle, cards, wrong)
    size = sum(f.stat().st_size for f in [here / "panel.json", *batch.rglob("*")] if f.is_file())
    if size > LIMIT:
        wrong.append(f"{size} bytes in all")
    off = sorted(found["onsets"])
    seconds = found["seconds"]
    print(f"{len(seconds)} answers, {sum(seconds) / 60:.1f} min, {min(seconds):.0f} to {max(seconds):.0f} s; {found['words']} words; {size / 1e6:.2f} MB")
    print(f"{len(off)} onsets after pauses: median {off[len(off) // 2] * 1000:.0f} ms off, worst {off[-1] * 1000:.0f} ms")
    print("\n".join(wrong) or "all right")
    return 1 if wrong else 0
