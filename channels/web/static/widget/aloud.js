// Reads an answer aloud with a voice of the device itself: a voice of the browser's maker would send the text away.
import { h } from "./dom.js";
import { icon } from "./icons.js";

const voiceOf = (language) => speechSynthesis.getVoices().find((voice) => voice.localService && voice.lang.toLowerCase().startsWith(language));

/** Returns the button that starts or stops reading `text()` aloud; hidden while the device has no voice for `language`. */
export function aloudButton(words, language, text) {
  if (!globalThis.speechSynthesis) return null;
  const button = h("button", { type: "button", class: "tool", "aria-pressed": "false", hidden: !voiceOf(language) });
  const show = (reading) => {
    button.setAttribute("aria-pressed", String(reading));
    button.replaceChildren(icon(reading ? "stop" : "aloud"), h("span", {}, reading ? words.stop_aloud : words.read_aloud));
  };
  const read = () => {
    const reading = button.getAttribute("aria-pressed") === "true";
    speechSynthesis.cancel(); // also another answer
    if (reading) return show(false);
    const parts = text().split(/\n+/).filter((part) => part.trim()); // one by one: browsers cut off long texts
    parts.forEach((part, at) => {
      const utterance = Object.assign(new SpeechSynthesisUtterance(part), { lang: language, voice: voiceOf(language) });
      if (at === parts.length - 1) utterance.onend = () => show(false);
      utterance.onerror = () => show(false);
      speechSynthesis.speak(utterance);
    });
    show(true);
  };
  button.addEventListener("click", read);
  show(false);
  if (button.hidden)
    speechSynthesis.addEventListener?.("voiceschanged", () => (button.hidden = !voiceOf(language)), { once: true }); // voices load late
  return button;
}
