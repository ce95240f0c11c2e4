"""Flask under gunicorn, with the routes and answers of the emulated HTTP services. It knows nothing of
tracing: opentelemetry-instrument puts that in.

    opentelemetry-instrument gunicorn flask_app:app --worker-class gthread --threads 4 --bind 127.0.0.1:8080

SPDX-License-Identifier: Apache-2.0
"""
import itertools

from flask import Flask, request

app = Flask(__name__)
ids = itertools.count(1)
CREATED = '2024-01-01T00:00:00Z'


@app.get('/healthz')
def health():
    return {'status': 'ok'}


@app.get('/hello/<name>')
def hello(name):
    return {'hello': name}


@app.get('/users/<int:number>')
def get_user(number):
    name = f'user-{number}'
    return {'id': number, 'name': name, 'email': f'{name}@example.com', 'created_at': CREATED}


@app.post('/users')
def create_user():
    user = request.get_json()
    if not user.get('name'):
        return {'error': 'the user needs a name'}, 400
    return {'id': next(ids), 'name': user['name'], 'email': user.get('email', ''), 'created_at': CREATED}, 201
