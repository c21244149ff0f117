// Calls of the desk's own API: JSON both ways, with the session's form token.

export class ApiProblem extends Error {
  /** @param {number} status @param {{code?: string, detail?: string}} document what the server says */
  constructor(status, document) {
    super(document.detail ?? `HTTP ${status}`);
    this.status = status;
    this.code = document.code ?? "";
    this.detail = document.detail ?? "";
    this.document = document;
  }
}

/** The token that proves that a page of ours is asking. */
export function formToken() {
  return document.querySelector('meta[name="csrf"]')?.content ?? "";
}

/**
 * Ask `method path` with `body` as JSON (or as it is, if it is FormData). Resolves to the parsed answer, or null where there
 * is none; rejects with ApiProblem. A network that is gone rejects with status 0.
 */
export async function api(method, path, body = undefined, { signal } = {}) {
  const form = body instanceof FormData;
  const headers = { Accept: "application/json", "X-CSRF-Token": formToken() };
  if (body !== undefined && !form) headers["Content-Type"] = "application/json";
  let answer;
  try {
    const content = body === undefined || form ? body : JSON.stringify(body);
    answer = await fetch(path, { method, headers, body: content, signal, credentials: "same-origin" });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ApiProblem(0, {});
  }
  const text = await answer.text();
  const parsed = text && answer.headers.get("content-type")?.includes("json") ? JSON.parse(text) : null;
  if (!answer.ok) throw new ApiProblem(answer.status, parsed ?? {});
  return parsed;
}
