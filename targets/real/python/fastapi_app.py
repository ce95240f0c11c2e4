"""FastAPI under uvicorn, with the routes and answers of the emulated HTTP services. Tracing is put in by
opentelemetry-instrument; all that the service does for it is to flush.

    opentelemetry-instrument uvicorn fastapi_app:app --port 8080 --no-access-log

SPDX-License-Identifier: Apache-2.0
"""
import contextlib
import itertools

from fastapi import FastAPI
from opentelemetry import trace
from pydantic import BaseModel


@contextlib.asynccontextmanager
async def lifespan(_):
    yield
    # uvicorn ends by the very signal, so nothing registered with atexit runs: the last spans must go now.
    getattr(trace.get_tracer_provider(), 'shutdown', lambda: None)()


app = FastAPI(lifespan=lifespan)
ids = itertools.count(1)
CREATED = '2024-01-01T00:00:00Z'


class NewUser(BaseModel):
    name: str
    email: str = ''


@app.get('/healthz')
async def health():
    return {'status': 'ok'}


@app.get('/hello/{name}')
async def hello(name: str):
    return {'hello': name}


@app.get('/users/{number}')
async def get_user(number: int):
    name = f'user-{number}'
    return {'id': number, 'name': name, 'email': f'{name}@example.com', 'created_at': CREATED}


@app.post('/users', status_code=201)
async def create_user(user: NewUser):
    return {'id': next(ids), 'name': user.name, 'email': user.email, 'created_at': CREATED}
