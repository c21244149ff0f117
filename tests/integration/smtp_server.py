"""A server that takes e-mail, written for tests: the few commands of RFC 5321 that a sender uses, in the clear, on loopback."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default


@dataclass
class Mailbox:
    """What came; ``answer`` is what a recipient is answered with."""

    port: int = 0
    answer: str = "250 ok"
    mails: list[EmailMessage] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)

    def texts(self) -> list[str]:
        return [mail.get_content() for mail in self.mails]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async def say(line: str) -> None:
            writer.write(f"{line}\r\n".encode())
            await writer.drain()

        await say("220 tests")
        while line := await reader.readline():
            word = line.decode().strip()
            self.heard.append(word)
            match word[:4].upper():
                case "EHLO":
                    await say("250 tests")
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
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


@asynccontextmanager
async def mailbox() -> AsyncIterator[Mailbox]:
    """A server that runs while the block does."""
    box = Mailbox()
    server = await asyncio.start_server(box.serve, "127.0.0.1", 0)
    box.port = server.sockets[0].getsockname()[1]
    async with server:
        yield box
