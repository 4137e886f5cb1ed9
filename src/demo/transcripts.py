"""Reads back the transcripts that make.py writes, as words with their times in seconds."""

import json
import re


def seconds(clock):
    hours, minutes, rest = clock.replace(",", ".").split(":")
    return int(hours) * 3600 + int(minutes) * 60 + float(rest)


def timed_cues(text):
    """The (start, end, text) of each cue of a WebVTT or SRT file."""
    for block in re.split(r"\n\n+", text.strip()):
        times = re.search(r"^(\S+) --> (\S+)\n(.*)", block, re.MULTILINE | re.DOTALL)
        if times:
            yield seconds(times[1]), seconds(times[2]), times[3]


def vtt_words(text):
    for start, end, line in timed_cues(text):
        parts = re.split(r"<([\d:.]+)>", line)
        starts = [start] + [seconds(at) for at in parts[1::2]]
        for word, at, until in zip(parts[::2], starts, starts[1:] + [end]):
            yield word.strip(), at, until


def srt_words(text):
    """SRT times only whole cues: each of its words has the cue's times."""
    for start, end, line in timed_cues(text):
        for word in line.split():
            yield word, start, end


def json_words(text):
    for segment in json.loads(text)["segments"]:
        for word in segment["words"]:
            yield word["word"].strip(), word["start"], word["end"]


def read(file):
    """The (word, start, end) of a transcript, by its suffix."""
    readers = {".vtt": vtt_words, ".srt": srt_words, ".json": json_words}
    return list(readers[file.suffix](file.read_text(encoding="utf-8")))


def find(words, phrase):
    """The first and last place in `words` of a phrase, which must be there exactly once."""
    wanted = phrase.split()
    spoken = [word for word, _, _ in words]
    found = [i for i in range(len(spoken) - len(wanted) + 1) if spoken[i:i + len(wanted)] == wanted]
    if len(found) != 1:
        raise ValueError(f"found {len(found)} times: {phrase!r}")
    return found[0], found[0] + len(wanted) - 1
