// The launcher: all that a page loads before the widget is opened. It stores nothing, sets no cookie and sends no request:
// the server has written SETTINGS (name, colour, words) into it.
(() => {
  const SETTINGS = {}; // replaced by channels/web/pages/assets.py
  const NAME = "guichet-widget";
  const script = document.currentScript;
  if (!script || customElements.get(NAME)) return; // a second tag on the same page changes nothing

  const base = new URL(script.src).origin;
  const data = script.dataset;
  const pageLanguage = (data.language || document.documentElement.lang || "").slice(0, 2).toLowerCase();
  const language = SETTINGS.words[pageLanguage] ? pageLanguage : SETTINGS.language;

  const STYLE = `
    :host { --colour: ${SETTINGS.colour}; --on-colour: ${SETTINGS.onColour}; all: initial; color-scheme: light; }
    :host, button { font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif; }
    [hidden] { display: none !important; }
    .launcher { position: fixed; z-index: 2147483000; bottom: max(1rem, env(safe-area-inset-bottom)); right: 1rem;
      max-width: calc(100vw - 2rem); min-height: 3rem; padding: .625rem 1.25rem; box-sizing: border-box; cursor: pointer;
      display: flex; gap: .625rem; align-items: center; text-align: start; font-weight: 600;
      color: var(--on-colour); background: var(--colour); border: 2px solid #fff; border-radius: 1.625rem;
      box-shadow: 0 2px 10px rgb(0 0 0 / .35); }
    .left .launcher { right: auto; left: 1rem; }
    .launcher:hover { text-decoration: underline; text-underline-offset: .2em; }
    .launcher:focus-visible { outline: 3px solid #000; outline-offset: 2px; box-shadow: 0 0 0 8px #fff; }
    .launcher[aria-busy=true] { opacity: .75; cursor: progress; }
    .mark { flex: none; inline-size: 1.25rem; block-size: 1rem; border: 2px solid; border-radius: .375rem;
      border-end-start-radius: 0; box-sizing: border-box; }
    .trouble { position: fixed; z-index: 2147483000; bottom: 5rem; right: 1rem; max-width: min(20rem, calc(100vw - 2rem));
      box-sizing: border-box; margin: 0; padding: .75rem 1rem; color: #1b1b1b; background: #fff; border: 2px solid #a31919;
      border-radius: .5rem; }
    .left .trouble { right: auto; left: 1rem; }
    @media print { :host(:not([printing])) { display: none; } }
  `;

  class GuichetWidget extends HTMLElement {
    #panel = null;
    #root = this.attachShadow({ mode: "open" });

    connectedCallback() {
      if (this.#root.childElementCount) return;
      const sheet = new CSSStyleSheet(); // allowed where a policy forbids <style>
      sheet.replaceSync(STYLE);
      this.#root.adoptedStyleSheets = [sheet];
      const words = SETTINGS.words[language];
      this.frame = this.#add("div", { className: [data.position === "left" && "left", data.theme].filter(Boolean).join(" "), lang: language }, this.#root);
      this.launcher = this.#add("button", { type: "button", className: "launcher" }, this.frame);
      this.launcher.setAttribute("aria-haspopup", "dialog");
      this.#add("span", { className: "mark", ariaHidden: "true" }, this.launcher);
      this.#add("span", { textContent: data.label || words.launcher }, this.launcher);
      this.trouble = this.#add("p", { className: "trouble", hidden: true }, this.frame);
      this.trouble.setAttribute("role", "alert");
      this.launcher.addEventListener("click", () => this.open());
      // A link or button of the site asks a question: <a href="/assistant" data-guichet-ask="…">, by default its own words.
      document.addEventListener("click", (event) => {
        const asking = event.target.closest?.("[data-guichet-ask]");
        if (!asking || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        this.open({ ask: asking.dataset.guichetAsk.trim() || asking.textContent.trim() });
      });
      // The page of an e-mail's link: what follows # opens the conversation, and does not stay in the address.
      const link = "link" in data ? location.hash.slice(1) : "";
      if (link) history.replaceState(null, "", location.pathname + location.search);
      // If the widget was open on the previous page of this tab, it opens again. (Nothing is stored here.)
      if (link || this.#wasOpen()) this.open({ quietly: !link, link });
    }

    #add(tag, properties, parent) {
      const element = Object.assign(document.createElement(tag), properties);
      parent.append(element);
      return element;
    }

    #wasOpen() {
      try {
        return sessionStorage.getItem(`guichet:open:${base}`) === "1";
      } catch {
        return false; // storage is forbidden
      }
    }

    /** Opens the conversation; `quietly` leaves the focus where it is (after a reload); `ask` is a question to begin with, `link`
     * the code of an e-mail's link. */
    async open({ quietly = false, ask = "", link = "" } = {}) {
      if (this.launcher.ariaBusy === "true") return;
      this.launcher.ariaBusy = "true";
      this.trouble.hidden = true;
      try {
        if (!this.#panel) {
          const config = fetch(`${base}/api/web/config?lang=${language}`, { credentials: "omit" })
            .then((answer) => (answer.ok ? answer.json() : null)).catch(() => null);
          const { createPanel } = await import(`${base}/widget/${SETTINGS.version}/panel.js`);
          this.#panel = await createPanel({ base, language, config, languages: Object.keys(SETTINGS.words), link, host: this, root: this.#root, frame: this.frame });
        }
        await this.#panel.open({ quietly, ask });
        this.launcher.hidden = true;
      } catch (error) {
        console.warn("Guichet:", error);
        if (!quietly) {
          this.trouble.textContent = SETTINGS.words[language].unavailable;
          this.trouble.hidden = false;
        }
      } finally {
        this.launcher.ariaBusy = null;
      }
    }

    /** Called by the panel when it closes. The focus returns to the launcher. */
    closed() {
      this.launcher.hidden = false;
      this.launcher.focus();
    }
  }

  customElements.define(NAME, GuichetWidget);
  const start = () => document.body.append(document.createElement(NAME));
  // Added at the end of the page: before the page is complete, it would be between two of its parts.
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
