// The least that can be called durable: a plain loop and one INSERT a step, each committed by itself.
import { randomUUID } from 'node:crypto';

import { Pool } from 'pg';

import { decide, square } from '../arithmetic-task.ts';
import { serveRounds } from '../contender-process.ts';

const pool = new Pool({ ...JSON.parse(process.argv[2]), max: 32 });
await pool.query('CREATE TABLE bare_steps (run uuid, step integer, data json NOT NULL, PRIMARY KEY (run, step))');
let calls = 0;

serveRounds({
  run: async ({ question }) => {
    const run = randomUUID();
    const results = [];
    for (;;) {
      const decision = decide(question, { last: results.at(-1), all: () => results });
      if ('text' in decision) return decision.text;
      calls += 1;
      const result = square({ number: decision.call });
      results.push(result);
      const data = JSON.stringify({ call: decision.call, result });
      await pool.query({
        name: 'insert-step',
        text: 'INSERT INTO bare_steps (run, step, data) VALUES ($1, $2, $3)',
        values: [run, decision.call, data],
      });
    }
  },
  calls: () => calls,
  close: () => pool.end(),
});
