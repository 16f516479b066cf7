import assert from 'node:assert/strict';
import { readConfig } from '#shared/config.ts';
import { createVoice } from './create-carriers.ts';
import { publicUrlSettings, voiceCarrierSettings } from './settings.ts';

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

describe('the carrier of calls', () => {
  const settings = { ...voiceCarrierSettings, ...publicUrlSettings };
  const PUBLIC_URL = 'https://texts.example.org';

  it('is there where it is named, wherever, and needs no secrets of the others', () => {
    const config = readConfig(settings, {
      PUBLIC_URL,
      CARRIERS: 'vonage,twilio',
      TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`,
      TWILIO_AUTH_TOKEN: 'token',
    });
    assert.equal(createVoice(config)?.name, 'twilio');
  });

  it('is not there where no carrier makes calls', () => {
    assert.equal(createVoice(readConfig(settings, { PUBLIC_URL, CARRIERS: 'vonage,aws' })), null);
  });
});
