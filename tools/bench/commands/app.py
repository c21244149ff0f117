"""``./guichet bench``: latency, throughput, memory. Times differ between machines: compare within a run."""

from __future__ import annotations

import typer

from tools.bench.commands import alone, capacity, faults, observed, turns
from tools.bench.commands.options import Json, Quick

app = typer.Typer()
for name, command in {
    "all": turns.everything,
    "search": turns.search,
    "sms": turns.sms,
    "sockets": turns.open_pages,
    "publish": turns.publish,
    "kills": faults.kills,
    "rolling": faults.rolling,
    "faults": faults.faults,
    "sets": faults.sets,
    "profile": observed.profile,
    "start": observed.start,
    "widget": observed.widget,
    "index": alone.of_index,
    "traffic": alone.traffic,
    "insights": alone.pages_of_insights,
    "stored": alone.of_stored,
    "console": alone.console,
    "capacity": capacity.capacity,
}.items():
    app.command(name)(command)


@app.callback(invoke_without_command=True)
def bench(context: typer.Context, quick: Quick = False, as_json: Json = False) -> None:
    """Measure the running service, and keep the report in the state folder; without a name: all."""
    if context.invoked_subcommand is None:
        turns.everything(quick, as_json)
    else:  # `bench --quick sms` is `bench sms --quick`
        context.default_map = {context.invoked_subcommand: {"quick": quick, "as_json": as_json}}
