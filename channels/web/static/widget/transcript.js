// The conversation as a text file, made here from what is shown: it works without a network.
import { h } from "./dom.js";
import { byHuman } from "./reply.js";

export function saveTranscript(items, config, words) {
  const moment = (at) => new Date(at).toLocaleString(words.language, { dateStyle: "short", timeStyle: "short" });
  const who = (item) => (item.kind === "said" ? words.you : byHuman(item) ? words.agent : words.assistant);
  const lines = items
    .filter((item) => item.text)
    .map((item) => `${who(item)}${item.at ? ` (${moment(item.at)})` : ""}\n${item.text}\n`);
  const text = [`${config.service_name} · ${config.organisation}`, "", ...lines].join("\n");
  const address = URL.createObjectURL(new Blob([`\ufeff${text}`], { type: "text/plain;charset=utf-8" }));
  h("a", { href: address, download: `conversation-${new Date().toISOString().slice(0, 10)}.txt` }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
