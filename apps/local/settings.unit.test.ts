import assert from 'node:assert/strict';
import { readLocalConfig } from './settings.ts';

describe('The settings of npm start', () => {
  it('have a port for everything public and another for the carrier', () => {
    const { CARILLON_CARRIER_PORT, CARILLON_PORT } = readLocalConfig({});
    assert.deepEqual([CARILLON_PORT, CARILLON_CARRIER_PORT], [8400, 8401]);
    assert.throws(() => readLocalConfig({ CARILLON_PORT: '8401' }), {
      code: 'invalid_configuration',
      message: /CARILLON_PORT and CARILLON_CARRIER_PORT are both 8401/,
    });
  });
});
