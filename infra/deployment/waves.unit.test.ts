import assert from 'node:assert/strict';
import { type ServiceRow, services } from '#shared/topology.ts';
import { deploymentWaves, waveOf } from './waves.ts';

describe('The order in which services roll', () => {
  it('is consumers, sender, gateway', () => {
    assert.deepEqual(deploymentWaves(services), [
      ['dialog', 'outbound', 'progress', 'log'],
      ['sender'],
      ['gateway'],
    ]);
  });

  it('ends with what people reach', () => {
    const api: ServiceRow = { ...services.gateway, carriers: false, publicPaths: ['/api/*'] };
    assert.equal(waveOf(api), 3);
  });
});
