import assert from 'node:assert/strict';
import { readConfig } from '#shared/config.ts';
import { publicUrlSettings } from './settings.ts';

describe('the public address', () => {
  for (const [given, read] of [
    ['https://texts.example.org', 'https://texts.example.org'],
    ['https://texts.example.org/', 'https://texts.example.org'],
    ['https://texts.example.org:443', 'https://texts.example.org:443'],
    ['https://texts.example.org:8443', 'https://texts.example.org:8443'],
    ['http://127.0.0.1:8000', 'http://127.0.0.1:8000'],
    ['http://localhost:8000', 'http://localhost:8000'],
  ] as const) {
    it(`may be ${given}`, () => {
      assert.equal(readConfig(publicUrlSettings, { PUBLIC_URL: given }).PUBLIC_URL, read);
    });
  }
  for (const given of [
    'http://texts.example.org',
    'https://texts.example.org/prod',
    'https://texts.example.org?x=1',
    'https://texts.example.org#rc=5',
    'https://Texts.example.org',
    'ftp://texts.example.org',
    'texts.example.org',
  ]) {
    it(`may not be ${given}`, () => {
      assert.throws(() => readConfig(publicUrlSettings, { PUBLIC_URL: given }), {
        code: 'invalid_configuration',
      });
    });
  }
});
