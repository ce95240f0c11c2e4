"""A small shop: GET /users/ID reads one row from PostgreSQL. It knows nothing of tracing; `opentelemetry-instrument`
brings that in. Needs flask, gunicorn and psycopg2-binary.
SPDX-License-Identifier: Apache-2.0
"""
import contextlib
import os

import flask
import psycopg2.pool

app = flask.Flask(__name__)
# As many as gunicorn has threads.
connections = psycopg2.pool.ThreadedConnectionPool(4, 4, os.environ["DATABASE"])


@contextlib.contextmanager
def cursor():
    connection = connections.getconn()
    connection.autocommit = True
    try:
        with connection.cursor() as found:
            yield found
    finally:
        connections.putconn(connection)


@app.get("/ready")
def ready():
    with cursor() as rows:
        rows.execute("create table if not exists users as "
                     "select id, 'user ' || id as name from generate_series(1, 1000) id")
    return "ready\n"


@app.get("/users/<int:number>")
def user(number):
    with cursor() as rows:
        rows.execute("select name from users where id = %s", (number,))
        row = rows.fetchone()
    return flask.jsonify(id=number, name=row[0]) if row else flask.abort(404)
