import assert from 'node:assert/strict';
import { services } from '#shared/topology.ts';
import { deploymentWaves } from './waves.ts';

describe('The order in which services roll', () => {
  it('is consumers, sender and caller, gateway, API', () => {
    assert.deepEqual(deploymentWaves(services), [
      ['dialog', 'outbound', 'progress', 'log', 'campaigns', 'inbox'],
      ['sender', 'caller'],
      ['gateway'],
      ['api'],
    ]);
  });
});
