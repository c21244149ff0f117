"""A server that takes e-mail, written for tests: the few commands of RFC 5321 that a sender uses, on loopback.

In the clear, or with TLS: at once (RFC 8314), or by STARTTLS (RFC 3207); with AUTH PLAIN (RFC 4954) where it has a password.
"""

from __future__ import annotations

import asyncio
import base64
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default


@dataclass
class Mailbox:
    """What came; ``answer`` is what a recipient is answered with. ``starttls``: offered; ``account``: user and password.

    ``heard``: what was said in the clear; ``heard_sealed``: within TLS.
    """

    port: int = 0
    answer: str = "250 ok"
    starttls: ssl.SSLContext | None = None
    account: tuple[str, str] | None = None
    mails: list[EmailMessage] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    heard_sealed: list[str] = field(default_factory=list)

    def texts(self) -> list[str]:
        return [mail.get_content() for mail in self.mails]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._talk(reader, writer)
        except (ConnectionError, ssl.SSLError):  # the sender does not believe the certificate
            return
        writer.close()
        with suppress(ConnectionError, ssl.SSLError):
            await writer.wait_closed()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async def say(line: str) -> None:
            writer.write(f"{line}\r\n".encode())
            await writer.drain()

        await say("220 tests")
        while line := await reader.readline():
            word, sealed = line.decode().strip(), writer.get_extra_info("ssl_object") is not None
            (self.heard_sealed if sealed else self.heard).append(word)
            match word[:4].upper():
                case "EHLO":
                    offers = [
                        *(["STARTTLS"] if self.starttls and not sealed else []),
                        *(["AUTH PLAIN"] if self.account else []),
                    ]
                    lines = ["tests", *offers]
                    for number, offer in enumerate(lines, 1):
                        await say(f"250{' ' if number == len(lines) else '-'}{offer}")
                case "STAR" if self.starttls:
                    await say("220 go on")
                    await writer.start_tls(self.starttls)
                case "AUTH":
                    _, user, password = base64.b64decode(word.split()[2]).decode().split("\0")
                    await say("235 welcome" if (user, password) == self.account else "535 no")
                case "RCPT":
                    await say(self.answer)
                case "DATA":
                    await say("354 go on")
                    content = await reader.readuntil(b"\r\n.\r\n")
                    found = message_from_bytes(content[:-3], policy=default)
                    assert isinstance(found, EmailMessage)
                    self.mails.append(found)
                    await say("250 taken")
                case "QUIT":
                    await say("221 bye")
                    break
                case _:
                    await say("250 ok")


@asynccontextmanager
async def mailbox(tls: ssl.SSLContext | None = None) -> AsyncIterator[Mailbox]:
    """A server that runs while the block does. ``tls``: it speaks TLS from the first byte."""
    box = Mailbox()
    server = await asyncio.start_server(box.serve, "127.0.0.1", 0, ssl=tls)
    box.port = server.sockets[0].getsockname()[1]
    async with server:
        yield box
