"""``/assistant``: the conversation as plain pages. A form is posted, the server waits for the reply, and redirects to it.

The token is in a cookie that scripts cannot read and other sites cannot cause to be sent; it is set with the first message, not
before. A post from another site is recognised by the browser's headers (Fetch Metadata, else Origin) and refused.
"""

import re
import uuid
from collections.abc import Awaitable, Callable
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, HTTPException, Request, Response
from fastapi.responses import PlainTextResponse, RedirectResponse

from channels.web.pages.client import Client, Refused
from channels.web.pages.templating import Pages, by_human
from channels.web.questions import FirstQuestions
from conversations.turns.choices import is_number, option_in_blocks
from core.database import Database
from core.languages import PANEL_LANGUAGES
from core.web.network import is_same_host

PATH = "/assistant"
COOKIE = "guichet_conversation"
_ID = re.compile(r"[0-9a-fA-F-]{32,36}")
_RECEIPT = re.compile(r"[A-Z2-7]{4}(?:-[A-Z2-7]{4}){2}")


def require_same_site(request: Request) -> None:
    """Refuses a post caused by another site. A client that sends no origin is no browser with a cookie to abuse."""
    fetched = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    foreign = fetched not in {"same-origin", "none"} if fetched else origin and not is_same_host(origin, request.url.netloc)
    if foreign:
        raise HTTPException(403)


class Assistant:
    """The handlers of the page and of its forms."""

    def __init__(self, pages: Pages, questions: FirstQuestions) -> None:
        self._pages, self._questions = pages, questions

    async def show(self, request: Request) -> Response:
        return await self._page(request)

    async def say(
        self,
        request: Request,
        id: Annotated[str, Form()],
        text: Annotated[str, Form()] = "",
        payload: Annotated[str, Form()] = "",
    ) -> Response:
        """Sends a text, or presses a button, and waits for the reply; the same ``id`` posted twice is sent once."""
        if not (text.strip() or payload):
            blank = self._pages.wording.text("gateway_blank", language=self._pages.panel_language(request))
            return await self._page(request, blank, 422)
        message = {
            "id": id if _ID.fullmatch(id) else str(uuid.uuid4()),
            **({"payload": payload} if payload else {"text": text}),
        }
        caller = self._client(request)
        if caller.token and "text" in message and is_number(text):
            payload = await self._numbered(caller, text)
            message = {"id": message["id"], "payload": payload} if payload else message
        response = self._redirect(request, "#last")

        async def send() -> None:
            if not caller.token:
                await caller.begin()
            try:
                await caller.call("POST", "/api/web/messages", message)
            except Refused as refused:
                if refused.status != HTTPStatus.UNAUTHORIZED:
                    raise
                await caller.begin()  # the conversation is gone: the message opens a new one
                await caller.call("POST", "/api/web/messages", message)
            self._set_cookie(request, response, caller.token)
            await caller.wait_for_reply(message["id"], self._pages.settings.web_turn_seconds)

        # After a failure the text is in the field again, under the same id: if it did arrive, a second copy changes nothing.
        return await self._attempt(request, send, response, draft=(message["id"], "" if payload else text))

    async def _numbered(self, caller: Client, text: str) -> str:
        """Returns the payload of the choice that the page shows under the number ``text``; empty if there is none."""
        try:
            turns = (await caller.history(last=1))["turns"]
        except Refused:
            return ""
        reply = turns[-1]["reply"] if turns else None
        return (option_in_blocks(text, reply["blocks"]) if reply else None) or ""

    async def feedback(
        self,
        request: Request,
        reply: Annotated[str, Form()],
        useful: Annotated[bool, Form()],
        reason: Annotated[str, Form()] = "",
        comment: Annotated[str, Form(max_length=500)] = "",
    ) -> Response:
        """Records feedback. A bare "no" is recorded at once; the page then asks for a reason, which replaces it."""
        opinion: dict[str, Any] = {"reply": reply, "useful": useful}
        opinion |= {name: value for name, value in (("reason", reason), ("comment", comment.strip())) if value}
        asked_why = not useful and not (reason or comment)
        response = self._redirect(request, f"#reply-{reply}", **({"no": reply} if asked_why else {"thanks": reply}))
        return await self._attempt(request, lambda: self._client(request).call("POST", "/api/web/feedback", opinion), response)

    async def satisfaction(
        self, request: Request, satisfied: Annotated[bool, Form()], missing: Annotated[str, Form()] = ""
    ) -> Response:
        """Records the verdict on the whole contact. A bare "no" is recorded at once; the page then asks what was missing."""
        verdict = {"satisfied": satisfied, "missing": missing}
        there = self._redirect(request, "#end", end="thanks" if satisfied or missing else "missing")
        return await self._attempt(request, lambda: self._client(request).call("POST", "/api/web/satisfaction", verdict), there)

    async def language(self, request: Request, to: Annotated[str, Form()]) -> Response:
        if to not in PANEL_LANGUAGES:
            return self._redirect(request)
        response = RedirectResponse(f"{PATH}?lang={to}", 303)
        if not request.cookies.get(COOKIE):
            return response
        caller = self._client(request, to)
        return await self._attempt(request, lambda: caller.call("POST", "/api/web/language", {"language": to}), response)

    async def restart(self, request: Request) -> Response:
        """Erases the conversation and shows the receipt, so that the citizen knows that it was done."""
        if not request.cookies.get(COOKIE):
            return self._redirect(request)
        try:
            receipt = await self._client(request).erase()
        except Refused as refused:
            if refused.status != HTTPStatus.UNAUTHORIZED:
                return await self._page(request, str(refused), refused.status)
            receipt = ""  # it is gone already
        response = self._redirect(request, erased=receipt or "1")
        response.delete_cookie(COOKIE, path=PATH)
        return response

    async def answer(self, request: Request) -> Response:
        """Shows the page of an e-mail's link: the widget opens the conversation; without JavaScript the link is pasted."""
        return self._answer_page(request)

    async def open_answer(self, request: Request, link: Annotated[str, Form(max_length=1000)]) -> Response:
        """Opens the conversation of a pasted link on the plain page."""
        caller = self._client(request)
        try:
            await caller.reopen(link.strip().rpartition("#")[2])
        except Refused as refused:
            expired = self._pages.wording.text("gateway_link_expired", language=self._pages.panel_language(request))
            return self._answer_page(request, expired, refused.status)
        response = self._redirect(request, "#last")
        self._set_cookie(request, response, caller.token)
        return response

    def _answer_page(self, request: Request, problem: str = "", status: int = 200) -> Response:
        language = self._pages.panel_language(request)
        return self._pages.render("answer.html", request, {"problem": problem}, language=language, script=True, status=status)

    async def download(self, request: Request) -> Response:
        try:
            history = await self._client(request).history()
        except Refused:
            return self._redirect(request)
        name = f"conversation-{datetime.now(self._pages.settings.opening.zone):%Y-%m-%d}.txt"
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
        return PlainTextResponse(transcript(history, self._pages), headers=headers)

    async def _page(
        self, request: Request, problem: str = "", status: int = 200, draft: tuple[str, str] = ("", "")
    ) -> Response:
        turns: list[dict[str, Any]] = []
        queue = ""
        language, forget = self._pages.panel_language(request), False
        if request.cookies.get(COOKIE):
            try:
                history = await self._client(request).history()
                turns, queue = history["turns"], history["queue"]["text"]
                language = history["language"] if history["language"] in PANEL_LANGUAGES else language
                if any(turn["message"] and turn["message"]["id"] == draft[0] for turn in turns):
                    draft = ("", "")  # the message was taken in before the answer failed
            except Refused as refused:
                forget = refused.status == HTTPStatus.UNAUTHORIZED  # erased or expired: begins anew
        values = {
            "turns": turns,
            "queue": queue,
            "problem": problem,
            "expired": forget,
            "new_id": (draft[1] and draft[0]) or str(uuid.uuid4()),
            "draft": draft[1]
            or ("" if turns else request.query_params.get("ask", "")[: self._pages.settings.message_max_chars]),
            "questions": await self._questions(language),
            "human_id": str(uuid.uuid4()),
            "first_id": str(uuid.uuid4()),
        }
        values["notices"] = await self._notices(request, language)
        values |= {name: request.query_params.get(name, "") for name in ("no", "thanks", "end")}
        erased = request.query_params.get("erased", "") if not turns else ""
        values |= {"erased": bool(erased), "receipt": erased if _RECEIPT.fullmatch(erased) else ""}
        response = self._pages.render("assistant.html", request, values, language=language, status=status)
        if forget:
            response.delete_cookie(COOKIE, path=PATH)
        return response

    async def _notices(self, request: Request, language: str) -> list[dict[str, Any]]:
        try:
            return list(await self._client(request).call("GET", f"/api/web/notices?lang={language}"))
        except Refused:
            return []

    async def _attempt(
        self, request: Request, action: Callable[[], Awaitable[object]], done: Response, draft: tuple[str, str] = ("", "")
    ) -> Response:
        """Returns ``done`` after ``action``; if the web API refuses, the page with its message and ``draft`` (id, text)."""
        try:
            await action()
        except Refused as refused:
            return await self._page(request, str(refused), refused.status, draft)
        return done

    def _client(self, request: Request, language: str | None = None) -> Client:
        return Client(request, language or self._pages.panel_language(request), request.cookies.get(COOKIE, ""))

    def _set_cookie(self, request: Request, response: Response, token: str) -> None:
        secure = request.url.scheme == "https" or self._pages.settings.base_url.startswith("https:")
        response.set_cookie(COOKIE, token, path=PATH, secure=secure, httponly=True, samesite="strict")

    def _redirect(self, request: Request, anchor: str = "", **query: str) -> RedirectResponse:
        language = {"lang": request.query_params["lang"]} if request.query_params.get("lang") in PANEL_LANGUAGES else {}
        parameters = urlencode(language | query)
        return RedirectResponse(f"{PATH}{'?' + parameters if parameters else ''}{anchor}", 303)


def router(pages: Pages, database: Database) -> APIRouter:
    """Returns the page and the routes of its forms."""
    assistant = Assistant(pages, FirstQuestions(database, pages.settings))
    routes, same = APIRouter(prefix=PATH), [Depends(require_same_site)]
    routes.get("")(assistant.show)
    routes.get("/answer")(assistant.answer)
    routes.post("/answer", dependencies=same)(assistant.open_answer)
    routes.get("/conversation.txt")(assistant.download)
    routes.post("", dependencies=same)(assistant.say)
    routes.post("/feedback", dependencies=same)(assistant.feedback)
    routes.post("/satisfaction", dependencies=same)(assistant.satisfaction)
    routes.post("/language", dependencies=same)(assistant.language)
    routes.post("/restart", dependencies=same)(assistant.restart)
    return routes


def transcript(history: dict[str, Any], pages: Pages) -> str:
    """Returns the conversation as plain text, each party's words under its name, with the administration's local time."""
    zone = pages.settings.opening.zone
    language = history["language"]
    you, assistant, agent = (pages.wording.text(name, language=language) for name in ("ui_you", "ui_assistant", "ui_agent"))
    lines = [f"{pages.settings.service_name} · {pages.settings.organisation}", ""]
    for turn in history["turns"]:
        answering = agent if turn["reply"] and by_human(turn["reply"]) else assistant
        for who, line in ((you, turn["message"]), (answering, turn["reply"])):
            if line and line["text"]:
                at = datetime.fromisoformat(line["at"]).astimezone(zone)
                lines += [f"{who} ({at:%Y-%m-%d %H:%M})", line["text"], ""]
    return "\n".join(lines)
