
"use strict";
const sounds = [...document.querySelectorAll("audio")];
const buttons = [...document.querySelectorAll("button[data-speed]")];
const set = (chosen) => {
  for (const button of buttons) button.setAttribute("aria-pressed", String(button === chosen));
  for (const sound of sounds) sound.defaultPlaybackRate = sound.playbackRate = Number(chosen.dataset.speed);
};
for (const button of buttons) button.addEventListener("click", () => set(button));
for (const group of document.querySelectorAll(".speeds")) group.hidden = false;
for (const sound of sounds)
  sound.addEventListener("play", () => {
    for (const other of sounds) if (other !== sound) other.pause();
  });
