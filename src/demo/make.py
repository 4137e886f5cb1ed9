#!/usr/bin/env python3
"""Makes the demo batch: recordings, transcripts, batch.json and the other reviewers' scorecards.

    python3 src/demo/make.py            makes src/demo/batch/ and src/demo/panel.json anew
    python3 src/demo/make.py --panel    makes only panel.json, from the recordings' times of the last run
    python3 src/demo/make.py --check    checks what is there; the exit code says whether it is right

Needs Python 3.11 and, from Debian: espeak-ng libflite1 ffmpeg. What is said and by whom is in script.toml, what the
other reviewers thought of it in panel.toml. The same versions of these programs give the same bytes.
"""

import array
import hashlib
import json
import random
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
import wave
from datetime import datetime, timedelta
from pathlib import Path

sys.dont_write_bytecode = True   # the folder is part of the product

import check
import panel
import voices

HERE = Path(__file__).parent
BATCH = HERE / "batch"
LEAD, TAIL = (0.5, 1.4), (0.7, 1.6)   # seconds before the first word and after the last, as people need to start and stop
BETWEEN = (0.35, 0.75)                # seconds between sentences where the script asks for no pause
CUE_WORDS = 14                        # a longer sentence becomes two cues


# ---- from the script to speech

def spoken(word):
    """A word of the script as (said, written, unsure)."""
    marked = re.fullmatch(r"\{([^}=]+)(?:=([^}]+))?\}(\W*)", word)
    if not marked:
        return word, word, False
    said, written, rest = marked.groups()
    return said + rest, (written or said) + rest, True


def sentences_of(says, chance):
    """The script of an answer as (words, pause after), one sentence or stretch between pauses at a time."""
    stretches = re.split(r"\|([\d.]+)\|", " ".join(says.split()))
    for text, asked in zip(stretches[::2], stretches[1::2] + [None]):
        found = re.findall(r"\S.*?(?:[.?!](?=\s|$)|$)", text.strip())
        for i, sentence in enumerate(found):
            pause = float(asked) if asked and i == len(found) - 1 else chance.uniform(*BETWEEN)
            yield [spoken(word) for word in sentence.split()], pause


def speak(voice, says, chance):
    """An answer as (samples, rate, sentences); a sentence is a list of words with their times in seconds."""
    samples, rate, sentences = array.array("h"), None, []
    gap = chance.uniform(*LEAD)
    for words, pause in sentences_of(says, chance):
        sound, rate, times = voice.say(" ".join(said for said, _, _ in words))
        first, last = max(0.0, times[0][0] - 0.03), min(len(sound) / rate, times[-1][1] + 0.06)
        samples.extend([0] * round(gap * rate))
        shift = len(samples) / rate - first
        samples.extend(sound[round(first * rate):round(last * rate)])
        sentences.append([
            {"word": written, "start": round(start + shift, 3), "end": round(end + shift, 3), "unsure": unsure}
            for (_, written, unsure), (start, end) in zip(words, times)
        ])
        gap = pause
    samples.extend([0] * round(chance.uniform(*TAIL) * rate))
    return samples, rate, sentences


# ---- from samples to files

def run(*command):
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode:
        sys.exit(f"{command[0]} failed:\n{done.stderr.decode(errors='replace')[-2000:]}")
    return done


def loudness(file):
    """Integrated loudness in LUFS."""
    said = run("ffmpeg", "-hide_banner", "-nostats", "-i", file, "-af", "aresample=48000,ebur128", "-f", "null", "-").stderr.decode()
    return float(re.findall(r"I:\s+(-?[\d.]+) LUFS", said)[-1])


BACKGROUND = {
    "room": "anoisesrc=r=48000:c=pink:a=0.002:seed=11",
    "fan": "anoisesrc=r=48000:c=brown:a=0.012:seed=12,highpass=f=60",
    "cafe": "anoisesrc=r=48000:c=pink:a=0.03:seed=13,bandpass=f=420:width_type=h:w=500,tremolo=f=0.6:d=0.5",
}
ENCODERS = {
    ".webm": ["-ar", "48000", "-c:a", "libopus", "-b:a", "24k", "-application", "voip", "-f", "webm"],
    ".ogg": ["-ar", "24000", "-c:a", "libopus", "-b:a", "24k", "-application", "voip", "-f", "ogg"],
    ".m4a": ["-ar", "44100", "-c:a", "aac", "-b:a", "40k", "-f", "ipod"],
    ".mp3": ["-ar", "22050", "-c:a", "libmp3lame", "-b:a", "32k", "-f", "mp3"],
}
MIMES = {".webm": "audio/webm;codecs=opus", ".ogg": "audio/ogg;codecs=opus", ".m4a": "audio/mp4", ".mp3": "audio/mpeg"}


def encode(samples, rate, candidate, answer, target):
    """Levels the speech to the candidate's loudness, puts the room behind it, and encodes it by the file's suffix."""
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder) / "plain.wav"
        with wave.open(str(plain), "wb") as file:
            file.setparams((1, 2, rate, len(samples), "NONE", ""))
            file.writeframes(samples.tobytes())
        gain = candidate["loudness"] - loudness(plain)
        graph = (
            f"[0:a]aresample=48000,volume={gain:.2f}dB,alimiter=limit=0.89:level=disabled:latency=1[speech];"
            f"{BACKGROUND[candidate.get('background', 'room')]}[room];"
            "[speech][room]amix=inputs=2:normalize=0:duration=first"
        )
        how = ENCODERS[target.suffix]
        exact = ["-map_metadata", "-1", "-fflags", "+bitexact", "-flags:a", "+bitexact", "-threads", "1"]
        command = ["ffmpeg", "-hide_banner", "-y", "-i", plain, "-filter_complex", graph, "-ac", "1", *exact, *how]
        if answer.get("live"):
            # As a browser's recorder writes it: into a pipe, so that no length can be filled in afterwards.
            target.write_bytes(run(*command, "-live", "1", "pipe:1").stdout)
        else:
            run(*command, target)


# ---- transcripts

def clock(seconds, comma="."):
    ms = round(seconds * 1000)
    return f"{ms // 3600000:02}:{ms // 60000 % 60:02}:{ms // 1000 % 60:02}{comma}{ms % 1000:03}"


def cues(sentences):
    """Sentences, the long ones in two parts, split at a comma near the middle."""
    for words in sentences:
        commas = [i + 1 for i, word in enumerate(words[:-3]) if word["word"].endswith(",") and i >= 2]
        if len(words) > CUE_WORDS and commas:
            at = min(commas, key=lambda i: abs(i - len(words) / 2))
            yield words[:at]
            yield words[at:]
        else:
            yield words


def as_vtt(sentences, _):
    lines = ["WEBVTT", ""]
    for words in cues(sentences):
        first, rest = words[0]["word"], [f"<{clock(word['start'])}>{word['word']}" for word in words[1:]]
        lines += [f"{clock(words[0]['start'])} --> {clock(words[-1]['end'])}", " ".join([first, *rest]), ""]
    return "\n".join(lines)


def as_srt(sentences, _):
    lines = []
    for number, words in enumerate(cues(sentences), 1):
        times = f"{clock(words[0]['start'], ',')} --> {clock(words[-1]['end'], ',')}"
        lines += [str(number), times, " ".join(word["word"] for word in words), ""]
    return "\n".join(lines)


def as_json(sentences, chance):
    segments = []
    for number, words in enumerate(sentences):
        segments.append({
            "id": number, "start": words[0]["start"], "end": words[-1]["end"],
            "text": " " + " ".join(word["word"] for word in words),
            "words": [
                {"word": " " + word["word"], "start": word["start"], "end": word["end"],
                 "probability": round(chance.uniform(0.21, 0.44) if word["unsure"] else chance.uniform(0.86, 0.999), 3)}
                for word in words
            ],
        })
    lines = ",\n".join(json.dumps(segment, ensure_ascii=False) for segment in segments)
    return f'{{"language": "en", "segments": [\n{lines}\n]}}\n'


WRITERS = {"vtt": as_vtt, "srt": as_srt, "json": as_json}


# ---- batch.json

def later(when, seconds):
    return (datetime.fromisoformat(when) + timedelta(seconds=round(seconds))).strftime("%Y-%m-%dT%H:%M:%SZ")


def make_answer(candidate, answer, question, voice, clock_at):
    """Makes one answer's files; gives its entry in batch.json and when the next question came."""
    chance = random.Random(f"{candidate['id']} {answer['question']}")
    samples, rate, sentences = speak(voice, answer["says"], chance)
    folder = BATCH / "answers" / candidate["id"]
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / answer["file"]
    encode(samples, rate, candidate, answer, target)
    duration = len(samples) / rate
    think = question["think_seconds"] * chance.uniform(0.3, 0.95)
    entry = {
        "question": question["id"], "kind": "audio", "file": str(target.relative_to(BATCH)), "mime": MIMES[target.suffix],
        "duration_ms": round(duration * 1000),
    }
    if answer["transcript"] != "none":
        text = target.with_suffix("." + answer["transcript"])
        text.write_text(WRITERS[answer["transcript"]](sentences, chance), encoding="utf-8")
        entry["transcript"] = str(text.relative_to(BATCH))
    retakes = min(question["retakes"], chance.choice([0, 0, 0, 1]))
    entry["recorded_at"] = later(clock_at, think)
    entry["retakes_used"] = retakes
    entry["think_used_ms"] = round(think * 1000)
    return entry, later(clock_at, think + duration * (1 + retakes) + chance.uniform(6, 40))


def make_document(candidate, document):
    file = BATCH / "documents" / f"{candidate['id']}-{document['name']}"
    file.parent.mkdir(exist_ok=True)
    file.write_text(document["text"].lstrip(), encoding="utf-8")
    return {"kind": document["kind"], "name": document["name"], "file": str(file.relative_to(BATCH))}


def make_submission(script, candidate):
    voice = voices.voice(candidate["voice"])
    given = {answer["question"]: answer for answer in candidate["answer"]}
    at, answers = later(candidate["began"], 20), []
    for question in script["question"]:
        if question["id"] not in given:
            answers.append({"question": question["id"], "state": "not_given"})
            continue
        entry, at = make_answer(candidate, given[question["id"]], question, voice, at)
        answers.append(entry)
    status = candidate.get("status", "completed")
    submission = {
        "candidate": {key: candidate[key] for key in ("id", "name", "email", "phone") if key in candidate},
        "status": status, "invited_at": script["batch"]["invited_at"], "started_at": candidate["began"],
    }
    if status == "completed":
        submission["completed_at"] = at
    return submission | {
        "language": "en",
        "consent": {"given": True, "at": candidate["consent"], "text": "v3"},
        "accommodations": candidate.get("accommodations", []),
        "documents": [make_document(candidate, document) for document in candidate.get("documents", [])],
        "applications": candidate["applications"],
        "answers": answers,
    }


def make_batch(script):
    """Makes every file of the batch."""
    shutil.rmtree(BATCH, ignore_errors=True)
    BATCH.mkdir()
    about = script["batch"]
    submissions = [make_submission(script, candidate) for candidate in script["candidate"]]
    bundle = {
        "format": 1, "source": "demo", "id": about["id"], "title": about["title"], "requisition": about["requisition"],
        "region": "eu", "retain_until": "2027-05-31",
        "interview": {"language": "en", "deadline": about["deadline"], "questions": script["question"]},
        "submissions": submissions,
    }
    (BATCH / "batch.json").write_text(json.dumps(bundle, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def fingerprint():
    """One hash over everything that was made, to see whether two runs agree."""
    digest = hashlib.sha256()
    for file in sorted(path for path in BATCH.rglob("*") if path.is_file()):
        digest.update(str(file.relative_to(BATCH)).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def main():
    if "--check" in sys.argv:
        sys.exit(check.check(HERE))
    with open(HERE / "script.toml", "rb") as file:
        script = tomllib.load(file)
    if "--panel" not in sys.argv:
        make_batch(script)
        print("batch", fingerprint())
    panel.make(HERE)
    sys.exit(check.check(HERE))


if __name__ == "__main__":
    main()
