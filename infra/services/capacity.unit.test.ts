import assert from 'node:assert/strict';
import { capacityShares } from './capacity.ts';

const consumer = { publicPaths: [] };
const gateway = { publicPaths: ['/webhooks/*'] };

describe('The capacity of a service', () => {
  it('is a mix for consumers, whose first task is not on Spot', () => {
    assert.deepEqual(capacityShares(consumer, { spotShare: 0.5, spotForAll: false }), [
      { capacityProvider: 'FARGATE', weight: 50, base: 1 },
      { capacityProvider: 'FARGATE_SPOT', weight: 50 },
    ]);
  });

  it('has no Spot for what the outside reaches', () => {
    assert.deepEqual(capacityShares(gateway, { spotShare: 1, spotForAll: false }), [
      { capacityProvider: 'FARGATE', weight: 1 },
    ]);
  });

  it('is all Spot where the environment wants it', () => {
    for (const row of [consumer, gateway]) {
      assert.deepEqual(capacityShares(row, { spotShare: 1, spotForAll: true }), [
        { capacityProvider: 'FARGATE_SPOT', weight: 1 },
      ]);
    }
  });
});
