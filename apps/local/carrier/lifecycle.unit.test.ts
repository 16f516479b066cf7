import assert from 'node:assert/strict';
import { type Plan, planSteps } from './lifecycle.ts';

const plan: Plan = {
  initial: 'queued',
  queuedAt: 1_000_000,
  validForSeconds: 36_000,
  sentAfterMs: 200,
  deliveredAfterMs: 700,
  errorCode: null,
  isRead: false,
};

describe('planSteps', () => {
  const cases: [
    label: string,
    change: Partial<Plan>,
    steps: [status: string, at: number, errorCode: number | null][],
  ][] = [
    [
      'sent and delivered after their delays',
      {},
      [
        ['sent', 1_000_200, null],
        ['delivered', 1_000_900, null],
      ],
    ],
    [
      'queued first, when a messaging service accepted it',
      { initial: 'accepted' },
      [
        ['queued', 1_000_000, null],
        ['sent', 1_000_200, null],
        ['delivered', 1_000_900, null],
      ],
    ],
    [
      'sent and undelivered, when the handset cannot be reached',
      { errorCode: 30003 },
      [
        ['sent', 1_000_200, null],
        ['undelivered', 1_000_900, 30003],
      ],
    ],
    [
      'failed without having been sent, when the sender may not',
      { errorCode: 30034 },
      [['failed', 1_000_200, 30034]],
    ],
    [
      'failed when the validity ends before its turn',
      { validForSeconds: 1, sentAfterMs: 1_001 },
      [['failed', 1_001_000, 30036]],
    ],
    [
      'sent when its turn comes with the last moment of the validity',
      { validForSeconds: 1, sentAfterMs: 1_000, deliveredAfterMs: 0 },
      [
        ['sent', 1_001_000, null],
        ['delivered', 1_001_000, null],
      ],
    ],
  ];
  for (const [label, change, steps] of cases) {
    it(`plans ${label}`, () => {
      const planned = planSteps({ ...plan, ...change });
      assert.deepEqual(
        planned.map(({ status, at, errorCode }) => [status, at, errorCode]),
        steps,
      );
    });
  }
});
