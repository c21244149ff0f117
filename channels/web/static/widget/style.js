// The open widget's styles, for a constructable style sheet (a strict content security policy lets it pass). Sizes are in
// rem, so that a citizen's larger text enlarges everything; `--colour` and `--on-colour` are set by the launcher.
export const STYLE = `
  .panel { all: revert; box-sizing: border-box; position: fixed; z-index: 2147483001; inset: auto 1rem 1rem auto; margin: 0; padding: 0;
    width: min(27rem, calc(100vw - 2rem)); height: min(44rem, calc(100vh - 2rem)); max-width: none; max-height: none;
    flex-direction: column; overflow: clip; color: #1b1b1b; background: #fff; border: 1px solid #5c6470; border-radius: .75rem;
    box-shadow: 0 6px 30px rgb(0 0 0 / .3); font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif; }
  .panel[open] { display: flex; }
  .left .panel { inset: auto auto 1rem 1rem; }
  .panel::backdrop { background: #fff; }
  .panel :where(p, ul, ol, h2, h3, h4) { margin: 0; }
  .panel :is(button, textarea) { font: inherit; color: inherit; }
  .panel button { min-height: 2.75rem; padding: .5rem .875rem; color: #1b1b1b; background: #fff; border: 1px solid #5c6470; border-radius: .5rem;
    cursor: pointer; }
  .panel button:hover { background: #eef1f4; }
  .panel a { color: #0a4a8f; overflow-wrap: anywhere; }
  .notice.emergency { background: #fdeaea; border-inline-start-color: #a31919; }
  .notices { max-block-size: 30%; overflow: auto; }
  .notices p { margin: 0; }
  .panel :focus-visible { outline: 3px solid #1b1b1b; outline-offset: 2px; box-shadow: 0 0 0 2px #fff; }
  .unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

  .head { flex: none; color: var(--on-colour); background: var(--colour); }
  .bar { display: flex; align-items: flex-start; gap: .75rem; padding: .75rem .75rem 0 1rem; }
  .logo { flex: none; height: 2.5rem; max-width: 6rem; object-fit: contain; background: #fff; border-radius: .25rem; padding: .125rem; }
  .panel h2 { flex: 1; min-width: 0; font-size: 1.125rem; line-height: 1.3; overflow-wrap: anywhere; }
  h2 small { display: block; font-size: .875rem; font-weight: 400; }
  .tools { display: flex; flex-wrap: wrap; gap: .25rem; padding: .125rem .75rem .5rem .625rem; }
  .panel .head .plain { min-height: 2rem; padding: .125rem .5rem; color: inherit; background: none; border: 1px solid transparent; font-size: .9375rem;
    text-decoration: underline; text-underline-offset: .2em; }
  .panel .head .plain:hover { border-color: currentColor; }
  .panel .head .close { display: flex; align-items: center; gap: .375rem; min-height: 2.25rem; border-color: currentColor; text-decoration: none; }
  .panel .head .plain:focus-visible { outline-color: currentColor; box-shadow: none; }
  .cross { width: .875rem; height: .875rem; background: linear-gradient(45deg, transparent 45%, currentColor 45% 55%, transparent 55%),
    linear-gradient(-45deg, transparent 45%, currentColor 45% 55%, transparent 55%); }
  .options { display: flex; flex-wrap: wrap; gap: .5rem; padding: .75rem 1rem; color: #1b1b1b; background: #fff; border-bottom: 1px solid #5c6470; }
  .options p { flex-basis: 100%; display: flex; flex-wrap: wrap; gap: .25rem 1rem; }
  .options a { padding: .25rem 0; }
  .confirm { flex-basis: 100%; display: flex; flex-wrap: wrap; gap: .5rem; padding: .75rem; border: 2px solid #8a2b06; border-radius: .5rem; }

  .log { position: relative; flex: 1; min-height: 0; overflow-y: auto; overscroll-behavior: contain; padding: 1rem; display: flex; flex-direction: column; gap: .75rem;
    scroll-behavior: smooth; }
  .panel .log:focus-visible { outline-offset: -4px; box-shadow: none; }
  .log > * { scroll-margin: .75rem; }
  .intro { padding: .75rem 1rem; background: #eef1f4; border-radius: .5rem; }
  .greeting { font-weight: 600; font-size: 1.0625rem; }
  .panel .intro ul { margin-top: .5rem; padding-inline-start: 1.125rem; font-size: .9375rem; }
  .intro li + li { margin-top: .25rem; }
  .intro button { margin-top: .75rem; }
  .said { align-self: flex-end; max-width: 85%; margin-top: .5rem; }
  .said p:first-child { padding: .5rem .875rem; color: var(--on-colour); background: var(--colour); border-radius: .875rem; border-end-end-radius: .125rem;
    overflow-wrap: anywhere; white-space: pre-line; }
  .panel .state { margin-top: .25rem; font-size: .875rem; text-align: end; color: #4a4f57; }
  .reply { display: flex; flex-direction: column; gap: .625rem; max-width: 100%; border-radius: .25rem; }
  .panel .reply:focus-visible { outline-width: 2px; outline-offset: 5px; }
  .who { font-weight: 600; font-size: .875rem; }
  .bubble { align-self: flex-start; max-width: 92%; padding: .5rem .875rem; background: #eef1f4; border-radius: .875rem; border-end-start-radius: .125rem;
    overflow-wrap: anywhere; }
  .bubble p + p { margin-top: .5rem; }
  .notice { padding: .5rem .75rem; background: #fff6e0; border-inline-start: 4px solid #8a5a00; overflow-wrap: anywhere; }
  .card { padding: .875rem 1rem; border: 1px solid #8b929c; border-radius: .5rem; overflow-wrap: break-word; }
  .card > * + * { margin-top: .5rem; }
  .panel h3 { font-size: 1.0625rem; line-height: 1.35; }
  .path { font-size: .9375rem; color: #4a4f57; font-weight: 600; }
  .body > * + * { margin-top: .625rem; }
  .panel h4 { font-size: 1rem; }
  .body > * + h4 { margin-top: 1rem; }
  .body > h4 + * { margin-top: .25rem; }
  .panel :is(.body, .services) :is(ul, ol), .panel ul.services { padding-inline-start: 1.375rem; }
  .body li + li { margin-top: .25rem; }
  .body li > :is(ul, ol, p) { margin-top: .25rem; }
  .table { overflow-x: auto; }
  .table table { border-collapse: collapse; min-width: 100%; font-size: .9375rem; }
  .table :is(th, td) { padding: .375rem .5rem; border: 1px solid #8b929c; text-align: start; vertical-align: top; }
  .table th { background: #eef1f4; }
  .panel .source { display: flex; flex-wrap: wrap; gap: 0 .75rem; margin-top: .75rem; padding-top: .625rem; border-top: 1px solid #c4c9d0;
    font-size: .9375rem; }
  .source > span { color: #4a4f57; }
  .source > .old { color: #6d4700; }
  .choices { display: flex; flex-direction: column; gap: .5rem; }
  .panel .choices ul { display: flex; flex-direction: column; gap: .5rem; padding: 0; list-style: none; }
  .panel .choices button { width: 100%; text-align: start; border: 2px solid var(--edge, #5c6470); font-weight: 500; overflow-wrap: anywhere; }
  .panel .choices:is(.related, :has(.page)) button { min-height: 2.25rem; padding: .3125rem .75rem; border-width: 1px; font-size: .9375rem;
    font-weight: 400; }
  .page { position: relative; padding: .625rem .875rem .5rem; border: 1px solid #5c6470; border-inline-start: 4px solid var(--colour); border-radius: .5rem;
    overflow-wrap: anywhere; }
  .page:hover { background: #eef1f4; }
  .panel .choices .page button { display: block; min-height: 1.5rem; padding: 0; border: 0; background: none; color: #0a4a8f; font-size: 1rem;
    font-weight: 500; line-height: 1.35; text-decoration: underline; text-underline-offset: .2em; }
  .page button::after { content: ""; position: absolute; inset: 0; border-radius: .5rem; } /* all of the card is the button */
  .page:hover button { text-decoration-thickness: 2px; }
  .panel .page button:focus-visible { outline: none; box-shadow: none; }
  .page button:focus-visible::after { outline: 3px solid #1b1b1b; outline-offset: 2px; }
  .panel .extract { margin-top: .25rem; font-size: .9375rem; line-height: 1.45; }
  .extract span { display: block; }
  .extract .item { padding-inline-start: .75rem; text-indent: -.75rem; }
  .panel .from { margin-top: .25rem; font-size: .875rem; color: #4a4f57; }
  .feedback, .feedback form { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem; }
  .feedback { font-size: .9375rem; }
  .feedback > p { flex-basis: 100%; }
  .panel .feedback > button { min-width: 3.5rem; min-height: 2.25rem; padding: .25rem .875rem; }
  .feedback form { flex: 1; flex-direction: column; align-items: stretch; padding: .75rem; border: 1px solid #8b929c; border-radius: .5rem; }
  .feedback fieldset { border: 0; margin: 0; padding: 0; min-width: 0; }
  .feedback legend { padding: 0; font-weight: 600; }
  .feedback fieldset label { display: flex; align-items: center; gap: .5rem; min-height: 2rem; }
  .feedback input { flex: none; width: 1.125rem; height: 1.125rem; margin: 0; accent-color: #1b1b1b; }
  .comment textarea, .ask textarea { display: block; box-sizing: border-box; width: 100%; padding: .5rem .75rem; background: #fff; border: 1px solid #5c6470;
    border-radius: .5rem; resize: none; field-sizing: content; }

  .typing { flex: none; padding: 0 1rem .5rem; font-size: .9375rem; color: #4a4f57; }
  .dots { display: inline-block; width: 1.5rem; height: .5rem; margin-inline-end: .5rem;
    background: radial-gradient(circle, #4a4f57 60%, transparent 65%) 0 0 / .5rem .5rem repeat-x; animation: dots 1.2s steps(4, jump-none) infinite; }
  @keyframes dots { from { clip-path: inset(0 100% 0 0); } to { clip-path: inset(0); } }
  .status:empty { display: none; }
  .panel .status { flex: none; margin: 0 1rem .5rem; padding: .5rem .75rem; background: #eef1f4; border-radius: .5rem; font-size: .9375rem; }
  .panel .queue { border-inline-start: 4px solid var(--edge, #5c6470); border-radius: 0; }
  .panel.down .status:not(.queue) { background: #fff6e0; border-inline-start: 4px solid #8a5a00; border-radius: 0; }
  .ask { flex: none; padding: .625rem 1rem max(1rem, env(safe-area-inset-bottom)); border-top: 1px solid #8b929c; }
  .ask label { font-weight: 600; font-size: .9375rem; }
  .row { display: flex; flex-wrap: wrap; gap: .5rem; align-items: flex-end; justify-content: flex-end; margin-top: .25rem; }
  .ask textarea { flex: 1 1 8rem; min-width: 0; min-height: 2.75rem; max-height: 8rem; }
  .panel .send { flex: none; color: var(--on-colour); background: var(--colour); border-color: var(--colour); font-weight: 600; }
  .panel .send:hover { color: var(--on-colour); background: var(--colour); text-decoration: underline; text-underline-offset: .2em; }

  @media (max-width: 40rem), (max-height: 30rem) {
    .panel, .left .panel { inset: 0; width: 100%; height: 100%; border: 0; border-radius: 0; }
  }
  @media (max-height: 30rem) { /* 400 % zoom, a telephone on its side: nothing may be pinned, all of it scrolls */
    .panel[open] { display: block; overflow-y: auto; }
    .log { overflow: visible; }
  }
  @media (prefers-reduced-motion: reduce) {
    .log { scroll-behavior: auto; }
    .dots { animation: none; }
  }
  @media (prefers-contrast: more) {
    .panel :is(.state, .path, .typing, .from), .source > span { color: #000; }
    .card, .page, .panel button, .intro, .bubble { border: 2px solid #000; }
  }
  @media (forced-colors: active) {
    .panel, .said p:first-child, .bubble, .intro, .panel .status { border: 1px solid CanvasText; }
    .panel :is(.send, .close) { border-color: ButtonBorder; }
    .cross, .dots { background: none; }
    .cross::before { content: "×"; }
    .panel :focus-visible, .page button:focus-visible::after { outline-color: Highlight; }
  }
`;
