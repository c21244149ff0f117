"""The conversations of a period as a CSV file: a row each, without text, number or identifier."""

from fastapi import APIRouter, Response
from fastapi.responses import StreamingResponse

from analytics.desk.insights.scope import Reading, ScopeQuery
from analytics.insights import export
from analytics.insights.themes import load_catalogue
from core.audit import record
from core.database import Database
from core.database.base import now
from core.dates import local_day
from core.settings import Settings


def router(settings: Settings, database: Database, origin: str) -> APIRouter:
    routes = APIRouter()
    zone = settings.opening.zone

    @routes.get("/desk/insights/conversations.csv")
    async def conversations(staff: Reading, parameters: ScopeQuery) -> Response:
        """Returns the file, for a French spreadsheet if ``staff`` reads French; the audit says who took it."""
        scope = parameters.scope(local_day(now(), zone), origin)
        catalogue = await load_catalogue(database)
        rows = export.conversations(database, scope.first, scope.last, zone=zone, catalogue=catalogue, origin=origin)
        period, narrowed = f"{scope.first}_{scope.last}", {"channel": scope.channel, "theme": scope.theme}
        async with database.write() as session:
            await record(session, actor=staff.id, action="insights.exported", target=period, details=narrowed)
        french_zone = zone if staff.language == "fr" else None
        # Who reads figures need not know which conversations there are (ADR 0057).
        texts = export.csv_texts(export.narrowed(rows, **narrowed), french_zone=french_zone, with_ids=False)
        headers = {"Content-Disposition": f'attachment; filename="guichet-{period}.csv"', "Cache-Control": "no-store"}
        return StreamingResponse(texts, media_type="text/csv; charset=utf-8", headers=headers)

    return routes
