//! The application value, driven by keys and looked at through its screens.

mod attaching;
mod calibrating;
mod comparing;
mod deciding;
mod delivering;
mod documents;
mod evidence;
mod finding;
mod grid;
mod hearing;
mod hostile;
mod judging;
mod linear;
mod looks;
mod many;
mod original;
mod panel;
mod pointing;
mod screens;
mod sealing;
mod secrecy;
mod sitting;
mod skimming;
mod stating;
mod tempo;
mod walk;
