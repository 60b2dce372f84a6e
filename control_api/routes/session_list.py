"""``GET /api/voice/session`` without a call: one's own calls, or all of them, narrowed down."""

from __future__ import annotations

from collections.abc import Callable

from starlette.requests import Request

from control_api.access import check_admin
from control_api.history_ports import CallFilter
from control_api.middleware.scope import signed_in
from control_api.ports import CallTx, SignedIn
from control_api.routes import session_views as views
from control_api.routes.instants import instant_ms
from control_api.routes.registry import refused
from control_api.routes.session_models import SessionList, SessionQuery
from control_api.services.container import services
from control_api.spoken_terms import terms_of
from shared.ids import Identity


async def list_sessions(request: Request, query: SessionQuery) -> SessionList:
    user = signed_in(request.scope)
    if query.list_all:
        check_admin(user)
    wanted = _wanted(user, query)
    use_case = _page(wanted, query, services(request).clock.now_ms())
    # A page of one's own calls is found by an index at once; to look through all of them is a longer read.
    store = services(request).store
    return await (store.survey if query.list_all or wanted.terms else store.read)(use_case)


def _wanted(user: SignedIn, query: SessionQuery) -> CallFilter:
    if query.user_id is not None and not query.list_all:
        raise refused("userId", "is for listAll only")
    from_ms, to_ms = _ms_or_none(query.from_), _ms_or_none(query.to)
    if from_ms is not None and to_ms is not None and from_ms >= to_ms:
        raise refused("to", "must be later than from")
    user_id = query.user_id if query.list_all else user.user_id
    return CallFilter(
        user_id=None if user_id is None else Identity(user_id),
        status=query.status,
        from_ms=from_ms,
        to_ms=to_ms,
        terms=() if query.q is None else terms_of(query.q),
    )


def _ms_or_none(text: str | None) -> int | None:
    return None if text is None else instant_ms(text)


def _page(wanted: CallFilter, query: SessionQuery, now_ms: int) -> Callable[[CallTx], SessionList]:
    def use_case(tx: CallTx) -> SessionList:
        page = tx.page(wanted, limit=query.limit, offset=query.offset)
        call_ids = [call.id for call in page.calls]
        with_words, recorded = tx.calls_with_segments(call_ids), tx.calls_with_recordings(call_ids)
        items = [
            views.item(call, has_segments=call.id in with_words, has_recording=call.id in recorded, now_ms=now_ms)
            for call in page.calls
        ]
        return SessionList(count=len(items), total=page.total, limit=query.limit, offset=query.offset, sessions=items)

    return use_case
