"""A small shop: GET /users/ID reads one row from PostgreSQL. It knows nothing of tracing; `opentelemetry-instrument`
brings that in. Needs flask, gunicorn and psycopg2-binary.
SPDX-License-Identifier: Apache-2.0
"""
import os
import threading

import flask
import psycopg2

app = flask.Flask(__name__)
local = threading.local()


def database():
    """A connection for each thread."""
    if not hasattr(local, "database"):
        local.database = psycopg2.connect(os.environ["DATABASE"])
        local.database.autocommit = True
    return local.database


@app.get("/ready")
def ready():
    with database().cursor() as cursor:
        cursor.execute("create table if not exists users as "
                       "select id, 'user ' || id as name from generate_series(1, 1000) id")
    return "ready\n"


@app.get("/users/<int:number>")
def user(number):
    with database().cursor() as cursor:
        cursor.execute("select name from users where id = %s", (number,))
        row = cursor.fetchone()
    return flask.jsonify(id=number, name=row[0]) if row else flask.abort(404)
