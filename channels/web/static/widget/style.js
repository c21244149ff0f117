// The open widget's styles, for a constructable style sheet (a strict content security policy lets it pass). Sizes are in
// rem, so that a citizen's larger text enlarges everything; `--colour` and `--on-colour` are set by the launcher.
// Everything else has its colour from the tokens below: each pair of text and ground has a contrast of 4.5 at least, each edge 3.
const LIGHT = `--ink: #1b1b1b; --soft: #4a4f57; --ground: #fff; --pale: #eef1f4; --edge: #5c6470; --line: #c4c9d0; --link: #0a4a8f;
    --warn: #fff6e0; --warn-ink: #6d4700; --warn-edge: #8a5a00; --alarm: #fdeaea; --alarm-edge: #a31919; color-scheme: light;`;
const DARK = `--ink: #eceff2; --soft: #b4bbc4; --ground: #16191d; --pale: #252a31; --edge: #8d96a2; --line: #454c56; --link: #9ac7ff;
    --warn: #35290d; --warn-ink: #f0c774; --warn-edge: #d99e2b; --alarm: #451a1c; --alarm-edge: #f08a84; color-scheme: dark;`;

export const STYLE = `
  .panel, .paper, .farewell { all: revert; ${LIGHT} }
  @media (prefers-color-scheme: dark) { .panel, .farewell { ${DARK} } }
  .light :is(.panel, .farewell) { ${LIGHT} }
  .dark :is(.panel, .farewell) { ${DARK} }
  .panel { box-sizing: border-box; position: fixed; z-index: 2147483001; inset: auto 1rem 1rem auto; margin: 0; padding: 0;
    width: min(27rem, calc(100vw - 2rem)); height: min(44rem, calc(100vh - 2rem)); max-width: none; max-height: none;
    flex-direction: column; overflow: clip; color: var(--ink); background: var(--ground); border: 1px solid var(--edge); border-radius: .75rem;
    box-shadow: 0 .5rem 2rem rgb(0 0 0 / .3); font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif; }
  .panel[open] { display: flex; }
  .left .panel { inset: auto auto 1rem 1rem; }
  .panel::backdrop { background: var(--ground); }
  .panel :where(p, ul, ol, h2, h3, h4) { margin: 0; }
  .panel :is(button, textarea) { font: inherit; color: inherit; }
  .panel button { min-height: 2.75rem; padding: .5rem .875rem; color: var(--ink); background: var(--ground); border: 1px solid var(--edge); border-radius: .5rem;
    cursor: pointer; }
  .panel button:hover { background: var(--pale); }
  .panel a { color: var(--link); overflow-wrap: anywhere; }
  .notice.emergency { background: var(--alarm); border-inline-start-color: var(--alarm-edge); }
  .notices { max-block-size: 30%; overflow: auto; }
  .notices p { margin: 0; }
  .panel :focus-visible { outline: 3px solid var(--ink); outline-offset: 2px; box-shadow: 0 0 0 2px var(--ground); }
  .unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

  .head { flex: none; color: var(--on-colour); background: var(--colour); }
  .bar { display: flex; flex-wrap: wrap; align-items: center; gap: .25rem .75rem; padding: .5rem .75rem .5rem 1rem; }
  .logo { flex: none; height: 2.5rem; max-width: 6rem; object-fit: contain; background: #fff; border-radius: .25rem; padding: .125rem; }
  .panel h2 { flex: 1 1 6rem; min-width: 0; font-size: 1.0625rem; line-height: 1.3; overflow-wrap: anywhere; }
  h2 small { display: block; font-size: .8125rem; font-weight: 400; }
  .tools { display: flex; flex-wrap: wrap; gap: .25rem; margin-inline-start: auto; align-items: center; }
  .panel .head .plain { display: flex; align-items: center; gap: .25rem; min-height: 2.25rem; padding: .125rem .5rem; color: inherit; background: none;
    border: 1px solid transparent; font-size: .9375rem; }
  .panel .head .plain:is(:hover, [aria-expanded=true]) { border-color: currentColor; }
  .panel .head .close { border-color: currentColor; }
  .panel .head .plain:focus-visible { outline-color: currentColor; box-shadow: none; }
  .icon { flex: none; inline-size: 1.25em; block-size: 1.25em; fill: none; stroke: currentColor; stroke-width: 1.75; stroke-linecap: round; stroke-linejoin: round; }
  .cross { width: .875rem; height: .875rem; background: linear-gradient(45deg, transparent 45%, currentColor 45% 55%, transparent 55%),
    linear-gradient(-45deg, transparent 45%, currentColor 45% 55%, transparent 55%); }
  .options { display: flex; flex-wrap: wrap; gap: .5rem; max-block-size: 50vh; overflow-y: auto; padding: .75rem 1rem; color: var(--ink); background: var(--ground); border-bottom: 1px solid var(--edge); }
  .languages [aria-pressed=true] { border-width: 2px; font-weight: 600; }
  .options p { flex-basis: 100%; display: flex; flex-wrap: wrap; gap: .25rem 1rem; }
  .options a { padding: .25rem 0; }
  .confirm { flex-basis: 100%; display: flex; flex-wrap: wrap; gap: .5rem; padding: .75rem; border: 2px solid var(--alarm-edge); border-radius: .5rem; }

  .log { position: relative; flex: 1; min-height: 0; overflow-y: auto; overscroll-behavior: contain; padding: 1rem; display: flex; flex-direction: column; gap: .75rem;
    scroll-behavior: smooth; }
  .panel .log:focus-visible { outline-offset: -4px; box-shadow: none; }
  .log > * { scroll-margin: .75rem; }
  .panel .intro:focus-visible { outline-offset: 0; }
  .intro > * + * { margin-top: .75rem; }
  .greeting { font-weight: 650; font-size: 1.1875rem; line-height: 1.3; }
  .panel .questions { display: flex; flex-direction: column; gap: .375rem; margin-top: .375rem; padding: 0; list-style: none; }
  .panel .questions button { inline-size: 100%; min-height: 2.5rem; padding: .375rem .875rem; text-align: start; border-color: var(--line); border-radius: 1.25rem;
    color: var(--link); }
  .panel .notes { padding-inline-start: 1.125rem; font-size: .875rem; line-height: 1.45; color: var(--soft); }
  .panel .human { display: flex; align-items: center; gap: .5rem; }
  .contact small { margin-inline-start: .5rem; font-size: .8125rem; color: var(--soft); }
  .card > .contact, .reply > .contact { padding: .375rem .75rem; background: var(--pale); border-radius: .5rem; }
  .contact dt { font-weight: 600; font-size: .875rem; }
  .contact dd { margin: 0; white-space: pre-line; }
  .contact dl { margin: .5rem 0 0; display: flex; flex-direction: column; gap: .5rem; }
  .panel summary { min-height: 2rem; padding-block: .25rem; cursor: pointer; border-radius: .25rem; }
  .said { align-self: flex-end; max-width: 85%; margin-top: .5rem; }
  .said p:first-child { padding: .375rem .875rem; color: var(--on-colour); background: var(--colour); border-radius: .875rem; border-end-end-radius: .125rem;
    overflow-wrap: anywhere; white-space: pre-line; }
  .panel .state { margin-top: .25rem; font-size: .875rem; text-align: end; color: var(--soft); }
  .reply { display: flex; flex-direction: column; gap: .625rem; max-width: 100%; border-radius: .25rem; }
  .log > .reply { margin-inline-start: -.75rem; padding-inline-start: .5625rem; border-inline-start: .1875rem solid transparent; border-radius: 0; }
  .panel .reply:focus-visible { outline: none; box-shadow: none; border-color: var(--edge); } /* no control: only where reading goes on */
  .lead { font-size: .875rem; color: var(--soft); }
  .who { font-weight: 600; font-size: .875rem; }
  .bubble { align-self: flex-start; max-width: 92%; padding: .5rem .875rem; background: var(--pale); border-radius: .875rem; border-end-start-radius: .125rem;
    overflow-wrap: anywhere; }
  .bubble p + p { margin-top: .5rem; }
  .notice { padding: .5rem .75rem; background: var(--warn); border-inline-start: 4px solid var(--warn-edge); overflow-wrap: anywhere; }
  .card { overflow-wrap: break-word; }
  .card > * + * { margin-top: .5rem; }
  .card > * + .path { margin-top: .125rem; }
  .panel h3 { font-size: .9375rem; line-height: 1.35; font-weight: 600; color: var(--soft); }
  .panel .path { font-size: .875rem; line-height: 1.4; color: var(--soft); }
  .panel .label { margin-top: .875rem; font-size: .875rem; font-weight: 600; color: var(--soft); }
  .label + .services { margin-top: .125rem; }
  .body > :first-child { font-size: 1.0625rem; }
  .body > * + * { margin-top: .625rem; }
  .panel h4 { font-size: 1rem; }
  .body > * + h4 { margin-top: 1rem; }
  .body > h4 + * { margin-top: .25rem; }
  .panel :is(.body, .services) :is(ul, ol), .panel ul.services { padding-inline-start: 1.375rem; }
  .body li + li { margin-top: .25rem; }
  .body li > :is(ul, ol, p) { margin-top: .25rem; }
  .table { overflow-x: auto; }
  .table table { border-collapse: collapse; min-width: 100%; font-size: .9375rem; }
  .table :is(th, td) { padding: .375rem .5rem; border: 1px solid var(--line); text-align: start; vertical-align: top; }
  .table th { background: var(--pale); }
  .source { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 .625rem; margin-top: .625rem; font-size: .875rem; color: var(--soft); }
  .source > a { min-height: 1.5rem; }
  .source a .icon { inline-size: .8125em; block-size: .8125em; margin-inline-start: .25em; vertical-align: -.0625em; stroke-width: 2.25; }
  .source details[open] { flex-basis: 100%; }
  .source summary { min-height: 1.5rem; padding-block: 0; list-style: none; display: flex; align-items: baseline; gap: .25rem; text-decoration: underline dotted; text-underline-offset: .2em; }
  .source summary::-webkit-details-marker { display: none; }
  .source summary .icon { align-self: center; }
  .source .old { color: var(--warn-ink); }
  .card > .choices { margin-block: .75rem; }
  .page { scroll-margin: .75rem; }
  .past > summary { width: fit-content; font-size: .875rem; color: var(--soft); }
  .actions > .row { display: flex; flex-wrap: wrap; align-items: flex-start; justify-content: flex-start; gap: 0 .125rem; margin: .25rem 0 0; padding-top: .25rem;
    border-top: 1px solid var(--line); }
  .panel .tool { display: flex; flex-direction: column; align-items: center; justify-content: center; gap: .125rem; min-width: 2.75rem; min-height: 2.75rem;
    padding: .25rem .3125rem; border: 0; background: none; color: var(--soft); font-size: .75rem; line-height: 1.2; }
  .panel .tool:hover { color: var(--ink); background: var(--pale); }
  .tool .icon { inline-size: 1.25rem; block-size: 1.25rem; }
  .choices { display: flex; flex-direction: column; gap: .5rem; }
  .panel .choices ul { display: flex; flex-direction: column; gap: .5rem; padding: 0; list-style: none; }
  .panel .choices li > button { width: 100%; text-align: start; border: 2px solid var(--edge, var(--edge)); font-weight: 500; overflow-wrap: anywhere; }
  .panel .choices:is(.related, :has(.page)) li > button { min-height: 2.25rem; padding: .3125rem .75rem; border-width: 1px; font-size: .9375rem;
    font-weight: 400; }
  .panel details.choices { border-block-start: 1px solid var(--line); }
  .panel details.choices + details.choices { margin-top: -.625rem; }
  .panel details.choices > ul { margin: .25rem 0 .5rem; }
  .choices > summary { min-height: 2.5rem; display: flex; align-items: center; gap: .5rem; font-size: .9375rem; list-style: none; }
  .choices > summary::-webkit-details-marker { display: none; }
  .choices > summary::before { content: ""; flex: none; inline-size: .5rem; block-size: .5rem; border: solid; border-width: 0 2px 2px 0; rotate: 45deg; translate: 0 -.125rem; margin: 0 .25rem; }
  .choices[open] > summary::before { rotate: 225deg; translate: 0 .125rem; }
  .count { min-width: 1.25rem; padding: 0 .25rem; text-align: center; font-size: .8125rem; color: var(--soft); background: var(--pale); border-radius: .75rem; }
  .page { position: relative; padding: .625rem .875rem .5rem; border: 1px solid var(--edge); border-inline-start: 4px solid var(--colour); border-radius: .5rem;
    overflow-wrap: anywhere; }
  .page:hover { background: var(--pale); }
  .panel .choices .page > h3 button { display: block; min-height: 1.5rem; padding: 0; border: 0; background: none; color: var(--link); font-size: 1rem;
    font-weight: 500; line-height: 1.35; text-decoration: underline; text-underline-offset: .2em; }
  .page > h3 button::after { content: ""; position: absolute; inset: 0; border-radius: .5rem; } /* all of the card is the button */
  .page.open { background: none; }
  .page.open > h3 button::after { inset: 0 0 auto; block-size: 2.5rem; } /* what it opened is to be read and pressed */
  .page:hover > h3 button { text-decoration-thickness: 2px; }
  .page > article { margin-top: .25rem; }
  .page button[aria-busy=true] { opacity: .7; }
  .panel .page > h3 button:focus-visible { outline: none; box-shadow: none; }
  .page > h3 button:focus-visible::after { outline: 3px solid var(--ink); outline-offset: 2px; }
  .panel .extract { margin-top: .25rem; font-size: .9375rem; line-height: 1.45; }
  .extract span { display: block; }
  .extract .item { padding-inline-start: .75rem; text-indent: -.75rem; }
  .panel .from { margin-top: .25rem; font-size: .875rem; color: var(--soft); }
  .feedback { display: contents; }
  .feedback:has(form) { display: block; flex-basis: 100%; }
  .feedback > p { flex-basis: 100%; padding: .25rem 0; font-size: .9375rem; }
  .useful { align-self: center; padding-inline-end: .125rem; font-size: .8125rem; color: var(--soft); }
  .feedback form { display: flex; flex-wrap: wrap; gap: .5rem; font-size: .9375rem; }
  .feedback form { flex: 1; flex-direction: column; align-items: stretch; padding: .75rem; border: 1px solid var(--line); border-radius: .5rem; }
  .feedback fieldset { border: 0; margin: 0; padding: 0; min-width: 0; }
  .feedback legend { padding: 0; font-weight: 600; }
  .feedback fieldset label { display: flex; align-items: center; gap: .5rem; min-height: 2rem; }
  .feedback input { flex: none; width: 1.125rem; height: 1.125rem; margin: 0; accent-color: var(--ink); }
  .comment textarea, .ask textarea { display: block; box-sizing: border-box; width: 100%; padding: .5rem .75rem; background: var(--ground); border: 1px solid var(--edge);
    border-radius: .5rem; resize: none; field-sizing: content; }

  .typing { flex: none; padding: 0 1rem .5rem; font-size: .9375rem; color: var(--soft); }
  .dots { display: inline-block; width: 1.5rem; height: .5rem; margin-inline-end: .5rem;
    background: radial-gradient(circle, var(--soft) 60%, transparent 65%) 0 0 / .5rem .5rem repeat-x; animation: dots 1.2s steps(4, jump-none) infinite; }
  @keyframes dots { from { clip-path: inset(0 100% 0 0); } to { clip-path: inset(0); } }
  .status:empty { display: none; }
  .panel .status { flex: none; margin: 0 1rem .5rem; padding: .5rem .75rem; background: var(--pale); border-radius: .5rem; font-size: .9375rem; }
  .panel .queue { border-inline-start: 4px solid var(--edge, var(--edge)); border-radius: 0; }
  .panel.down .status:not(.queue) { background: var(--warn); border-inline-start: 4px solid var(--warn-edge); border-radius: 0; }
  .ask { flex: none; padding: .375rem 1rem max(.75rem, env(safe-area-inset-bottom)); border-top: 1px solid var(--line); }
  .ask { position: relative; }
  .panel .suggestions { position: absolute; z-index: 1; inset: auto 1rem 100%; max-height: 45vh; overflow-y: auto; margin: 0; padding: .25rem; list-style: none; background: var(--ground);
    border: 1px solid var(--edge); border-radius: .5rem; box-shadow: 0 -.25rem 1rem rgb(0 0 0 / .2); }
  .suggestions li { padding: .5rem .625rem; min-height: 1.5rem; border-radius: .25rem; cursor: pointer; overflow-wrap: anywhere; }
  .suggestions li:is(:hover, [aria-selected=true]) { background: var(--pale); outline: 2px solid var(--edge); outline-offset: -2px; }
  .farewell { position: fixed; z-index: 2147483000; inset: auto 1rem 5rem auto; box-sizing: border-box; width: min(21rem, calc(100vw - 2rem)); max-height: calc(100vh - 6rem); overflow-y: auto; padding: .875rem 1rem;
    color: var(--ink); background: var(--ground); border: 1px solid var(--edge); border-radius: .75rem; box-shadow: 0 .25rem 1rem rgb(0 0 0 / .3); font: 1rem/1.4 system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif; }
  .left .farewell { inset: auto auto 5rem 1rem; }
  .farewell p { margin: 0 0 .625rem; padding-inline-end: 2rem; font-weight: 600; }
  .farewell a { color: var(--link); }
  .farewell ul { margin: 0; padding: 0; list-style: none; }
  .farewell :is(li, div) { display: flex; gap: .5rem; margin-top: .375rem; }
  .farewell button { flex: 1; min-height: 2.75rem; padding: .375rem .75rem; font: inherit; text-align: start; color: var(--ink); background: var(--ground); border: 1px solid var(--edge); border-radius: .5rem; cursor: pointer; }
  .farewell div button { text-align: center; }
  .farewell button:hover { background: var(--pale); }
  .farewell :focus-visible { outline: 3px solid var(--ink); outline-offset: 2px; }
  .farewell .dismiss { position: absolute; inset: .375rem .375rem auto auto; min-height: 2rem; width: 2rem; padding: 0; text-align: center; border: 0; font-size: 1.25rem; }
  .ask label { font-weight: 600; font-size: .875rem; }
  .ask .row { display: flex; flex-wrap: wrap; gap: .5rem; align-items: flex-end; justify-content: flex-end; margin-top: .125rem; }
  .ask textarea { flex: 1 1 60%; min-width: 60%; min-height: 2.75rem; max-height: 30vh; overflow: auto; } /* in %: text alone may be enlarged */
  .panel .send { flex: none; color: var(--on-colour); background: var(--colour); border-color: var(--edge); font-weight: 600; } /* seen as a button whatever its colour */
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
    .panel { --soft: var(--ink); --line: var(--edge); }
    .card, .page, .panel button, .bubble { border: 2px solid; }
  }
  @media (forced-colors: active) {
    .panel, .said p:first-child, .bubble, .panel .status { border: 1px solid CanvasText; }
    .panel :is(.send, .close) { border-color: ButtonBorder; }
    .cross, .dots { background: none; }
    .cross::before { content: "×"; }
    .panel :focus-visible, .page > h3 button:focus-visible::after { outline-color: Highlight; }
  }
  .paper { display: none; }
  @media print {
    .launcher, .panel, .farewell { display: none !important; }
    .paper { display: block; overflow-wrap: anywhere; color: #000; font: 11pt/1.45 system-ui, "Liberation Sans", sans-serif; }
    :host([printing=beside]) .paper { break-before: page; }
    .paper h2 { font-size: 13pt; margin: 0; }
    .paper article { margin: 0 0 1.5em; }
    .paper .printed, .paper .path, .paper .from { font-size: 9.5pt; }
    .paper .asked { font-weight: 600; break-after: avoid; }
    .paper .from { border-top: 1px solid; padding-top: .5em; overflow-wrap: anywhere; }
    .paper table { border-collapse: collapse; }
    .paper :is(th, td) { border: 1px solid; padding: .25em .5em; text-align: start; }
    .paper :is(.unseen, .map, summary small) { display: none; }
    .paper .contact :is(dt, dd) { display: inline; margin: 0; }
    .paper .contact dt::after { content: " : "; }
  }
`;
