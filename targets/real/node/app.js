// Express, with the routes and answers of the emulated HTTP services. It knows nothing of tracing:
// auto-instrumentations-node puts that in.
//
//     PORT=8080 node --require @opentelemetry/auto-instrumentations-node/register app.js
//
// SPDX-License-Identifier: Apache-2.0
'use strict';
const express = require('express');

const app = express();
const created = '2024-01-01T00:00:00Z';
let nextId = 1;

app.get('/healthz', (_, answer) => answer.json({status: 'ok'}));

app.get('/hello/:name', (request, answer) => answer.json({hello: request.params.name}));

app.get('/users/:id', (request, answer) => {
  const id = Number(request.params.id);
  if (!Number.isInteger(id) || id < 0) return answer.status(400).json({error: 'the user id must be a whole number'});
  answer.json({id, name: `user-${id}`, email: `user-${id}@example.com`, created_at: created});
});

app.post('/users', express.json(), (request, answer) => {
  const {name, email = ''} = request.body ?? {};
  if (!name) return answer.status(400).json({error: 'the user needs a name'});
  answer.status(201).json({id: nextId++, name, email, created_at: created});
});

const server = app.listen(Number(process.env.PORT ?? 8080), '127.0.0.1');

// What every Node service needs: the SDK sends its last spans at SIGTERM, but nobody ends the process as long as the
// server listens. Once it does not, Node ends by itself, after the spans.
process.once('SIGTERM', () => {
  server.close();
  server.closeAllConnections();
});
