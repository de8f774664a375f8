// A process is killed in the middle of an execution; the next one finishes it, and repeats no finished step.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createFactory, defineAgent, type Strategy } from 'pygent-factory';

const isVictim = process.env['CALLS'] !== undefined;
const folder = isVictim ? '' : mkdtempSync(join(tmpdir(), 'survive-'));
const calls = process.env['CALLS'] ?? join(folder, 'calls');

const order: Strategy = {
  name: 'order',
  version: 1,
  description: 'Charges, weighs and ships.',
  parseParameters: (parameters) => parameters,
  async run(context) {
    const note = (call: string) => {
      appendFileSync(calls, `${context.taskId} ${call}\n`);
      return null;
    };
    await context.code({ name: 'charge', effect: 'once', run: () => note('charge') });
    const grams = await context.code({
      name: 'weigh',
      effect: 'read',
      run: () => {
        note('weigh');
        if (isVictim) process.kill(process.pid, 'SIGKILL');
        return 420;
      },
    });
    await context.code({ name: 'ship', effect: 'once', run: () => note('ship') });
    return { content: [{ type: 'text', text: `shipped ${grams} g` }] };
  },
};

const open = () =>
  createFactory({ strategies: [order], agents: [defineAgent({ name: 'shop', strategy: { name: 'order' } })] });
if (isVictim) {
  await using factory = await open();
  await factory.run('shop', 'one kettle');
}

const victim = spawnSync(process.execPath, [...process.execArgv, import.meta.filename], {
  env: { ...process.env, CALLS: calls },
  stdio: 'inherit',
});
assert.equal(victim.signal, 'SIGKILL');

await using factory = await open();
const [taskId = ''] = readFileSync(calls, 'utf8').split(' ');
const task = await factory.wait(taskId);
assert.equal(task.output?.text, 'shipped 420 g');
const made = readFileSync(calls, 'utf8').replaceAll(`${taskId} `, '').trim().split('\n');
assert.deepEqual(made, ['charge', 'weigh', 'weigh', 'ship']);
rmSync(folder, { recursive: true });
console.log(`${task.output.text}; charged once`);
