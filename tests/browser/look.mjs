// Opens a report in Chromium and says what it found, as JSON: `node look.mjs MODULES CHROMIUM PAGE OUT`.
//
// Console messages and requests, axe-core's violations in light, dark, on a phone and in print, pictures of each, and every
// excerpt: that it plays at 2x with its pitch, and its samples, written as f32 for the caller to measure.
import { createRequire } from "node:module";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [modules, chromium, file, out] = process.argv.slice(2);
const require = createRequire(join(resolve(modules), "package.json"));
const puppeteer = require("puppeteer-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const profile = mkdtempSync(join(tmpdir(), "earmark-chromium-"));

const browser = await puppeteer.launch({
  executablePath: chromium,
  userDataDir: profile,
  headless: true,
  args: [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--mute-audio", "--autoplay-policy=no-user-gesture-required",
  ],
});
const found = { console: [], requests: [], violations: [], excerpts: [], overflow: [] };
try {
  const page = await browser.newPage();
  page.on("console", (message) => found.console.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => found.console.push(`error: ${error.message}`));
  page.on("request", (request) => {
    if (!/^(file|data):/.test(request.url())) found.requests.push(request.url());
  });
  await page.goto(pathToFileURL(resolve(file)).href, { waitUntil: "load" });
  const devtools = await page.createCDPSession();
  const looks = [
    ["light", 1280, "screen", "light"], ["dark", 1280, "screen", "dark"], ["phone", 390, "screen", "light"],
    ["phone-dark", 390, "screen", "dark"], ["print", 800, "print", "light"],
  ];
  for (const [name, width, media, scheme] of looks) {
    await page.setViewport({ width, height: 900 });
    // In one call: the second of two would take back what the first one set.
    await devtools.send("Emulation.setEmulatedMedia", { media, features: [{ name: "prefers-color-scheme", value: scheme }] });
    await page.evaluate(axe);
    const result = await page.evaluate(async () => {
      const { violations } = await window.axe.run(document, { resultTypes: ["violations"] });
      return violations.map((one) => ({ id: one.id, help: one.help, nodes: one.nodes.slice(0, 3).map((node) => node.html.slice(0, 200)) }));
    });
    found.violations.push(...result.map((one) => ({ look: name, ...one })));
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    if (wide > 0) found.overflow.push(`${name}: ${wide} px`);
    await page.screenshot({ path: join(out, `${name}.png`), fullPage: true });
  }
  await page.pdf({ path: join(out, "print.pdf"), format: "A4" });
  await devtools.send("Emulation.setEmulatedMedia", { media: "screen", features: [] });
  await page.setViewport({ width: 1280, height: 900 });
  const excerpts = await page.evaluate(async () => {
    const fast = document.querySelector('button[data-speed="2"]');
    if (fast) fast.click();
    const all = [];
    for (const sound of [...document.querySelectorAll("audio")].slice(0, 4)) {
      const bytes = Uint8Array.from(atob(sound.src.split(",")[1]), (sign) => sign.charCodeAt(0));
      const decoded = await new OfflineAudioContext(1, 48000, 48000).decodeAudioData(bytes.buffer);
      const samples = new Uint8Array(decoded.getChannelData(0).buffer.slice(0));
      let text = "";
      for (let at = 0; at < samples.length; at += 32768) text += String.fromCharCode(...samples.subarray(at, at + 32768));
      const playing = new Promise((done, failed) => {
        sound.addEventListener("timeupdate", () => sound.currentTime > 0.05 && done(true));
        sound.addEventListener("ended", () => done(true));
        sound.addEventListener("error", () => failed(new Error(sound.error.message)));
      });
      await sound.play();
      const played = await playing;
      sound.pause();
      all.push({
        label: sound.getAttribute("aria-label"), played, rate: sound.playbackRate, keepsPitch: sound.preservesPitch,
        seconds: decoded.duration, channels: decoded.numberOfChannels, samples: btoa(text),
      });
    }
    return all;
  });
  excerpts.forEach(({ samples, ...one }, nth) => {
    writeFileSync(join(out, `excerpt-${nth}.f32`), Buffer.from(samples, "base64"));
    found.excerpts.push(one);
  });
} finally {
  await browser.close();
  rmSync(profile, { recursive: true, force: true });
}
console.log(JSON.stringify(found));
