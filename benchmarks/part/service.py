"""The platform's way in, of what the platform is built: FastAPI, a model of the body, SQLAlchemy with asyncio, asyncpg.

uvicorn runs it as a process of its own with the database in DATABASE_URL (benchmarks/seed.py).
"""

import os
from collections.abc import AsyncIterator
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

import asyncpg  # type: ignore[import-untyped]
from fastapi import Depends, FastAPI
from pydantic import Base64Bytes, BaseModel
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

from benchmarks.seed import mapped
from sentinai_cli.models.exception import Severity, Status

app = FastAPI()
exceptions, events = mapped()


class PostedEvent(BaseModel):
    """An event as a request carries it."""

    tenant_id: str
    exception_id: str
    event_no: int
    event_id: UUID
    event_type: str
    actor_type: str
    actor_id: str
    payload: dict[str, Any]
    created_at: datetime
    leaf: Base64Bytes
    hash: Base64Bytes


class PostedException(BaseModel):
    """An exception likewise."""

    tenant_id: str
    exception_id: str
    domain: str
    type: str
    severity: Severity
    status: Status
    source_system: str
    entity: str | None
    amount: Decimal | None
    currency: str | None
    sla_deadline: datetime | None
    owner: str | None
    current_playbook_id: str | None
    current_step: int | None
    raw_payload: dict[str, Any]
    normalized_context: dict[str, Any]
    source_digest: Base64Bytes
    created_at: datetime
    updated_at: datetime
    resolved_at: datetime | None
    last_event_no: int
    last_event_hash: Base64Bytes


class Posted(BaseModel):
    """The body of a request."""

    exception: PostedException
    events: list[PostedEvent]


class Accepted(BaseModel):
    """What is answered, in the platform's names."""

    exceptionId: str  # noqa: N815
    status: str = "accepted"


async def connected() -> object:
    return await asyncpg.connect(os.environ["DATABASE_URL"])


engine = create_async_engine("postgresql+asyncpg://", async_creator=connected)


async def opened() -> AsyncIterator[AsyncSession]:
    async with AsyncSession(engine) as session:
        yield session


@app.get("/health")
async def health() -> dict[str, str]:
    return {"status": "healthy"}


@app.post("/api/exceptions/{tenant_id}", status_code=202)
async def post(tenant_id: str, posted: Posted, session: Annotated[AsyncSession, Depends(opened)]) -> Accepted:
    session.add(exceptions(**vars(posted.exception)))
    await session.flush()
    session.add_all([events(**vars(event)) for event in posted.events])
    await session.commit()
    return Accepted(exceptionId=posted.exception.exception_id)
