import assert from 'node:assert/strict';
import { silentLogger } from '#shared/logger.ts';
import { eventually } from '#test/eventually.ts';
import { ManualClock } from '#test/manual-clock.ts';
import { agentFaults, EcsAgent } from '#test/stand-ins/ecs-agent.ts';
import { startTaskProtection, type TaskProtection } from './task-protection.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const ON = { ProtectionEnabled: true, ExpiresInMinutes: 5 };
const OFF = { ProtectionEnabled: false };

describe('Protection of a task from scale-in', () => {
  let agent: EcsAgent;
  let clock: ManualClock;
  let holding: boolean;
  let warnings: string[];
  let protection: TaskProtection;

  beforeEach(async () => {
    agent = new EcsAgent();
    clock = new ManualClock();
    holding = false;
    warnings = [];
    protection = startTaskProtection({
      agentUri: await agent.listen(),
      holds: () => holding,
      clock,
      logger: { ...silentLogger, warn: (_fields, text) => void warnings.push(text) },
    });
  });
  afterEach(async () => {
    await protection.stop();
    agent.close();
  });

  /** Lets time pass second by second; requests are real and end before the next. */
  async function pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += SECOND_MS) {
      await eventually(async () => assert.equal(clock.sleeping, 1));
      await clock.advance(SECOND_MS);
    }
    await eventually(async () => assert.equal(clock.sleeping, 1));
  }

  it('is not asked for while nothing is held', async () => {
    await pass(MINUTE_MS);
    assert.deepEqual(agent.requests, []);
  });

  it('is asked for once when work begins, whatever comes and goes in the next seconds, and given up after it', async () => {
    for (let burst = 0; burst < 10; burst += 1) {
      holding = true;
      await pass(2 * SECOND_MS);
      holding = false;
      await pass(3 * SECOND_MS);
    }
    assert.deepEqual(agent.requests, [ON]);
    await pass(15 * SECOND_MS);
    assert.deepEqual(agent.requests, [ON, OFF]);
    await pass(MINUTE_MS);
    assert.deepEqual(agent.requests, [ON, OFF]);
  });

  it('is asked for again before it runs out', async () => {
    holding = true;
    await pass(4 * MINUTE_MS - 2 * SECOND_MS);
    assert.deepEqual(agent.requests, [ON]);
    await pass(4 * SECOND_MS);
    assert.deepEqual(agent.requests, [ON, ON]);
  });

  it('pauses for a minute after a quarter of an hour, so that deployments get on', async () => {
    holding = true;
    await pass(15 * MINUTE_MS + 2 * SECOND_MS);
    assert.deepEqual(agent.requests, [ON, ON, ON, ON, OFF]);
    await pass(55 * SECOND_MS);
    assert.equal(agent.requests.length, 5);
    await pass(10 * SECOND_MS);
    assert.deepEqual(agent.requests.slice(5), [ON]);
  });

  for (const [fault, words] of [
    ['failure', /TASK_NOT_VALID/],
    ['denied', /AccessDeniedException.*not authorized/],
    ['timedOut', /RequestCanceled/],
    ['throttled', /ThrottlingException: Rate exceeded/],
    ['nonsense', /502.*Bad gateway/],
  ] as const) {
    it(`that is refused (${fault}) is said once, asked for again later, and works when the agent does`, async () => {
      assert.ok(fault in agentFaults);
      agent.fault = fault;
      holding = true;
      await pass(2 * MINUTE_MS);
      assert.ok(agent.requests.length >= 3 && agent.requests.length <= 5, String(agent.requests.length));
      assert.equal(warnings.length, 1);
      assert.match(warnings[0] ?? '', words);
      agent.fault = null;
      const before = agent.requests.length;
      await pass(MINUTE_MS);
      assert.deepEqual(agent.requests.slice(before), [ON]);
    });
  }

  it('is no reason to stop when there is no agent', async () => {
    agent.close();
    holding = true;
    await pass(10 * SECOND_MS);
    assert.equal(warnings.length, 1);
  });
});
