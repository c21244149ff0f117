"""``python -S -m cli.holder FILE``: keeps one program running, and replaces it by a new one without a gap (docs/adr/0043).

FILE (JSON) describes the program: ``argv``, ``environment``, ``host`` and ``port`` (0: it does not listen), ``patience`` in
seconds. The holder binds the socket and passes it on. The program listens on it, and reports when it is ready
(``core.socket_handover``, ``bot.listen_when_ready``).

SIGHUP: the program of ``FILE.next``, or of FILE if that does not exist, is started next to the present one, which gets SIGTERM
once the new one is ready. If the new one ends first or is late, nothing changes. SIGTERM, or the end of supervisord: the
program gets SIGTERM, then the holder ends. If the program ends by itself, the holder ends at once with the same code: clients
get an error instead of waiting, and supervisord starts both again. ``FILE.state`` (JSON) has the present state.

There is one holder for each program, so it imports only a small part of the standard library.
"""

import json
import os
import select
import signal
import socket
import sys
import time

SOCKET, READY = "HOLDER_SOCKET", "HOLDER_READY"  # variables of the program's environment: numbers of file descriptors
_END_SECONDS = 15.0  # less than supervisord's limit for this process
_LAST_SECONDS = 60.0  # for the remaining work of the replaced program, while its successor already serves
_SIGNALS = (signal.SIGHUP, signal.SIGTERM, signal.SIGINT, signal.SIGCHLD)
_LOOK_SECONDS = 1.0
_PR_SET_PDEATHSIG = 1


class Program:
    """The content of FILE."""

    def __init__(self, file: str) -> None:
        with open(file, encoding="utf-8") as stream:
            read = json.load(stream)
        self.argv: list[str] = read["argv"]
        self.environment: dict[str, str] = read["environment"]
        self.host, self.port, self.patience = str(read["host"]), int(read["port"]), float(read["patience"])


class Child:
    """A started program. It reports through ``ready`` (-1 after the report); it must be ready by ``deadline``."""

    def __init__(self, pid: int, ready: int, deadline: float) -> None:
        self.pid, self.ready, self.deadline = pid, ready, deadline
        self.since, self.reported = time.time(), False

    def has_just_reported(self) -> bool:
        """Decides whether the program has just reported that it is ready. Its end does not count."""
        if self.ready < 0 or not select.select([self.ready], [], [], 0)[0]:
            return False
        self.reported = bool(os.read(self.ready, 1))
        self.close_pipe()
        return self.reported

    def close_pipe(self) -> None:
        if self.ready >= 0:
            os.close(self.ready)
        self.ready = -1

    def kill(self, number: signal.Signals) -> None:
        try:
            os.kill(self.pid, number)
        except ProcessLookupError:
            return


class Holder:
    """Keeps the program until SIGTERM or the program's own end. Raises ``OSError`` if the address is in use."""

    def __init__(self, file: str) -> None:
        self._file, self._next_file, self._parent = file, f"{file}.next", os.getppid()
        self._replaced = self._failed = 0
        self._reason = ""
        self._wakeup, waking = os.pipe()
        for end in (self._wakeup, waking):
            os.set_blocking(end, False)
        for number in _SIGNALS:
            signal.signal(number, lambda *_: None)
        signal.set_wakeup_fd(waking, warn_on_full_buffer=False)
        program = Program(file)
        self._socket = bind_socket(program.host, program.port) if program.port else None
        self._child = self._start(program)
        self._next: Child | None = None
        self._last: Child | None = None
        self._write_state()

    def run(self) -> int:
        """Returns the code to exit with."""
        while True:
            caught = self._wait()
            if caught & {signal.SIGTERM, signal.SIGINT} or os.getppid() != self._parent:
                return self._end()
            code = self._reap()
            if code is not None:
                for other in (self._next, self._last):  # on systems that do not do this themselves
                    if other is not None:
                        other.kill(signal.SIGKILL)
                return code
            if signal.SIGHUP in caught and self._next is None and self._last is None:
                self._start_next()
            self._check_others(time.monotonic())

    def _wait(self) -> set[int]:
        """Waits until there is something to do. Returns the signals received."""
        pipes = [child.ready for child in (self._child, self._next) if child is not None and child.ready >= 0]
        deadlines = [child.deadline for child in (self._next, self._last) if child is not None]
        seconds = max(0.0, min(deadlines) - time.monotonic()) if deadlines else None
        if sys.platform != "linux":  # which sends SIGTERM at the end of supervisord
            seconds = _LOOK_SECONDS if seconds is None else min(seconds, _LOOK_SECONDS)
        readable = select.select([self._wakeup, *pipes], [], [], seconds)[0]
        if self._child.has_just_reported():  # the first one replaces none
            self._write_state()
        return set(os.read(self._wakeup, 512)) if self._wakeup in readable else set()

    def _reap(self) -> int | None:
        """Records ended programs. Returns the exit code if the program itself has ended."""
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return None
            code = os.waitstatus_to_exitcode(status)
            code = code if code >= 0 else 128 - code
            if pid == self._child.pid:
                return code
            if self._next is not None and pid == self._next.pid:
                self._give_up(f"code {code}")
            elif self._last is not None and pid == self._last.pid:
                self._last = None
                self._replaced += 1
                self._write_state()

    def _start_next(self) -> None:
        try:
            self._next = self._start(Program(self._next_file if os.path.exists(self._next_file) else self._file))
        except (OSError, ValueError, KeyError) as error:
            self._give_up(type(error).__name__)

    def _check_others(self, now: float) -> None:
        """Lets the new program take over if it is ready; gives up on programs that are late."""
        following = self._next
        if following is not None and following.has_just_reported():
            self._take_over(following, now)
        if self._next is not None and now >= self._next.deadline:
            self._next.kill(signal.SIGKILL)
            os.waitpid(self._next.pid, 0)
            self._give_up("late")
        if self._last is not None and now >= self._last.deadline:
            self._last.kill(signal.SIGKILL)
            self._last.deadline = now + _END_SECONDS

    def _take_over(self, following: Child, now: float) -> None:
        if os.path.exists(self._next_file):
            os.replace(self._next_file, self._file)
        self._last, self._child, self._next = self._child, following, None
        self._last.close_pipe()
        self._last.deadline = now + _LAST_SECONDS
        self._last.kill(signal.SIGTERM)
        self._write_state()

    def _give_up(self, reason: str) -> None:
        if self._next is not None:
            self._next.close_pipe()
        self._next = None
        if os.path.exists(self._next_file):
            os.unlink(self._next_file)
        self._failed += 1
        self._reason = reason
        self._write_state()

    def _end(self) -> int:
        left = {child.pid: child for child in (self._child, self._next, self._last) if child is not None}
        for child in left.values():
            child.kill(signal.SIGTERM)
        deadline = time.monotonic() + _END_SECONDS
        while left:
            pid, _ = os.waitpid(-1, os.WNOHANG)
            left.pop(pid, None)
            if pid == 0:
                if time.monotonic() >= deadline:
                    for child in left.values():
                        child.kill(signal.SIGKILL)
                time.sleep(0.02)
        return 0

    def _start(self, program: Program) -> Child:
        """Starts the program, next to the one that may be running."""
        reading, writing = os.pipe()
        environment = {**os.environ, **program.environment, READY: str(writing)}
        if self._socket is not None:
            environment[SOCKET] = str(self._socket.fileno())
        holder, pid = os.getpid(), os.fork()
        if pid == 0:
            try:
                for number in _SIGNALS:
                    signal.signal(number, signal.SIG_DFL)
                os.setpgid(0, 0)  # a signal of supervisord to a whole group reaches the program only once, through this process
                end_with_parent(signal.SIGKILL)
                os.set_inheritable(writing, True)
                if self._socket is not None:
                    os.set_inheritable(self._socket.fileno(), True)
                if os.getppid() == holder:
                    os.execvpe(program.argv[0], program.argv, environment)  # noqa: S606 - its own command line
            except OSError as error:
                print(f"{program.argv[0]}: {error}", file=sys.stderr, flush=True)
            finally:
                os._exit(127)
        os.close(writing)
        return Child(pid, reading, time.monotonic() + program.patience)

    def _write_state(self) -> None:
        child, counts = self._child, {"replaced": self._replaced, "failed": self._failed, "reason": self._reason}
        state = {"holder": os.getpid(), "pid": child.pid, "ready": child.reported, "since": child.since, **counts}
        aside = f"{self._file}.state.part"
        with open(aside, "w", encoding="utf-8") as stream:
            json.dump(state, stream)
        os.replace(aside, f"{self._file}.state")


def bind_socket(host: str, port: int) -> socket.socket:
    """Returns a bound socket on which nobody listens yet: until the program does, clients are refused."""
    bound_socket = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    bound_socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound_socket.bind((host, port))
    return bound_socket


def end_with_parent(number: signal.Signals) -> None:
    """Makes the system send signal ``number`` to this process when its parent ends for any reason.

    Linux only. On other systems a holder checks for its parent, and a program for its holder (core/socket_handover.py).
    """
    if sys.platform == "linux":
        from ctypes import CDLL  # noqa: PLC0415 - in the child alone, which is replaced by the program: no memory of the holder's

        CDLL(None).prctl(_PR_SET_PDEATHSIG, number)


if __name__ == "__main__":
    sys.exit(Holder(sys.argv[1]).run())
