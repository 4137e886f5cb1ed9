#!/usr/bin/env python3
"""Records a synthesized voice in a real Chromium: makes the files tests/media/chromium-*.

    scripts/record-in-chromium.py [FOLDER]

Needs chromium and espeak-ng (Debian's packages have these names); nothing but Python's own library besides. Chromium runs without a
window and without a sound card: the voice goes from WebAudio into the MediaRecorder, which is what records a candidate's microphone.
What a page may ask of the recorder is in RECORDINGS. A recording that this Chromium refuses is named, and its file is left alone.
"""

import http.server
import pathlib
import shutil
import subprocess
import sys
import tempfile
import threading
import urllib.parse

# The file, the type that is asked for, and after how many ms a piece is handed over (0: all of it at the end).
RECORDINGS = [
    ("chromium-whole.webm", "audio/webm;codecs=opus", 0),
    ("chromium-pieces.webm", "audio/webm;codecs=opus", 500),
    ("chromium-whole.mp4", "audio/mp4;codecs=opus", 0),
    ("chromium-pieces.mp4", "audio/mp4;codecs=opus", 500),
]
BITS_PER_SECOND = 48_000
SECONDS_AT_MOST = 120
WORDS = "The outage began at noon. I called the team, and we went back one release."

PAGE = """<!doctype html><title>recorder</title><script>
const tell = (path, body) => fetch(path, { method: "POST", body });
async function record(voice, context, name, mimeType, slice) {
  if (!MediaRecorder.isTypeSupported(mimeType)) return tell("/refused?name=" + name, "");
  const into = context.createMediaStreamDestination();
  const from = new AudioBufferSourceNode(context, { buffer: voice });
  from.connect(into);
  const recorder = new MediaRecorder(into.stream, { mimeType, audioBitsPerSecond: BITS });
  const pieces = [];
  recorder.ondataavailable = piece => pieces.push(piece.data);
  const stopped = new Promise(done => recorder.onstop = done);
  await new Promise(done => { recorder.onstart = done; slice ? recorder.start(slice) : recorder.start(); });
  const ended = new Promise(done => from.onended = done);
  from.start();
  await ended;
  recorder.stop();
  await stopped;
  await tell("/recorded?name=" + name, new Blob(pieces));
}
(async () => {
  try {
    const context = new AudioContext({ sampleRate: 48000 });
    const voice = await context.decodeAudioData(await (await fetch("/voice.wav")).arrayBuffer());
    for (const [name, type, slice] of RECORDINGS) await record(voice, context, name, type, slice);
    await tell("/done", "");
  } catch (error) { await tell("/done", String(error)); }
})();
</script>"""


class Handler(http.server.BaseHTTPRequestHandler):
    """Gives the page and the voice, and takes what was recorded."""

    def do_GET(self):
        page = PAGE.replace("BITS", str(BITS_PER_SECOND)).replace("RECORDINGS", repr([list(row) for row in RECORDINGS]))
        if self.path not in ("/", "/voice.wav"):
            return self.send_error(404)
        is_page = self.path == "/"
        self.answer(page.encode() if is_page else self.server.voice, "text/html" if is_page else "audio/wav")

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        url = urllib.parse.urlparse(self.path)
        name = urllib.parse.parse_qs(url.query).get("name", [""])[0]
        if url.path == "/recorded" and any(name == row[0] for row in RECORDINGS):
            (self.server.folder / name).write_bytes(body)
            print(f"{name}: {len(body)} bytes")
        elif url.path == "/refused":
            print(f"{name}: this Chromium does not record it")
        elif url.path == "/done":
            self.server.trouble = body.decode()
            self.server.done.set()
        self.answer(b"", "text/plain")

    def answer(self, body, kind):
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def voice():
    """A few seconds of a voice, as the bytes of a WAV."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "voice.wav"
        subprocess.run(["espeak-ng", "-v", "en-us", "-s", "170", "-w", str(path), WORDS], check=True)
        return path.read_bytes()


def main():
    chromium = next(filter(None, map(shutil.which, ["chromium", "chromium-browser", "google-chrome"])), None)
    for program, found in (("chromium", chromium), ("espeak-ng", shutil.which("espeak-ng"))):
        if not found:
            sys.exit(f"Could not record: {program} is not installed.\nHint: apt install chromium espeak-ng")
    media = pathlib.Path(__file__).resolve().parent.parent / "tests" / "media"
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else media
    server.voice, server.done, server.trouble = voice(), threading.Event(), ""
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--autoplay-policy=no-user-gesture-required", "--no-first-run"]
        address = f"http://127.0.0.1:{server.server_port}/"
        browser = subprocess.Popen([chromium, *flags, f"--user-data-dir={profile}", address], stderr=subprocess.DEVNULL)
        in_time = server.done.wait(SECONDS_AT_MOST)
        browser.terminate()
        browser.wait()
    if not in_time:
        sys.exit(f"Could not record: Chromium said nothing within {SECONDS_AT_MOST} s.")
    if server.trouble:
        sys.exit(f"Could not record: {server.trouble}")


if __name__ == "__main__":
    main()
