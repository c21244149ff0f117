// The gateway's HTTP calls. The token goes in a header, never in an address: access logs print addresses.

/** A response other than 2xx; `status` 0 if there was none. `message` is a text for the citizen, or empty. */
export class ApiError extends Error {
  constructor(status, problem = {}) {
    super(problem.detail ?? "");
    this.status = status;
  }
}

export class Api {
  /** `state()` returns the present {token?, language}. */
  constructor(base, state) {
    this.base = base;
    this.state = state;
  }

  /** Returns the response (2xx), or throws an ApiError. */
  async call(method, path, body, options = {}) {
    const { token, language } = this.state();
    const headers = { "Accept-Language": language };
    if (token) headers.Authorization = `Bearer ${token}`;
    if (body) headers["Content-Type"] = "application/json";
    let response;
    try {
      response = await fetch(this.base + path, {
        method,
        headers,
        body: body && JSON.stringify(body),
        credentials: "omit",
        cache: method === "GET" && !token ? "default" : "no-store",
        signal: AbortSignal.timeout(10_000),
        ...options,
      });
    } catch {
      throw new ApiError(0);
    }
    if (response.ok) return response;
    throw new ApiError(response.status, await response.json().catch(() => ({})));
  }

  config = async (language) => (await this.call("GET", `/api/web/config?lang=${language}`)).json();
  notices = async (language) => (await this.call("GET", `/api/web/notices?lang=${language}`, undefined, { cache: "no-store" })).json();
  begin = async (language) => (await this.call("POST", "/api/web/conversations", { language })).json();
  reopen = async (code) => (await this.call("POST", "/api/web/conversations/reopened", { code })).json();
  history = async () => (await this.call("GET", "/api/web/history")).json();
  say = async (message) => (await this.call("POST", "/api/web/messages", message)).json();
  feedback = (opinion) => this.call("POST", "/api/web/feedback", opinion);
  nearby = async (payload, position) => (await this.call("POST", "/api/web/nearby", { payload, ...position })).json();
  satisfaction = (verdict) => this.call("POST", "/api/web/satisfaction", verdict);
  suggestions = async (text) => (await this.call("POST", "/api/web/suggestions", { text })).json();
  setLanguage = (language) => this.call("POST", "/api/web/language", { language });
  erase = () => this.call("DELETE", "/api/web/conversations/current");
  events = (after, signal) => this.call("GET", `/api/web/events?after=${after}`, undefined, { signal });
}
