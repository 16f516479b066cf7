import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { awsErrorRules } from '#shared/carriers/aws/error-table.ts';
import { unknownErrorRule } from '#shared/carriers/errors.ts';
import { twilioErrorRules } from '#shared/carriers/twilio/error-table.ts';
import { twilioVoiceErrorRules } from '#shared/carriers/twilio/voice-error-table.ts';
import {
  twilioOwnErrorRules,
  twilioWhatsAppErrorRules,
} from '#shared/carriers/twilio/whatsapp-error-table.ts';
import { vonageErrorRules } from '#shared/carriers/vonage/error-table.ts';
import { gateRules } from '#shared/compliance/rules.ts';
import { queues, services, streams } from '#shared/topology.ts';
import { describeApi } from '../../../api/describe.ts';
import { languages } from '../texts/define.ts';
import { tones } from '../theme/tokens.ts';
import { carrierErrorWord, hasWords } from './carrier-errors.ts';
import type { Words } from './define.ts';
import { gateRule } from './gate.ts';
import { queueWords, serviceWords, streamWords } from './topology.ts';

/** Enumerations of the API that nobody reads: settings of a request, and parts of formats. */
const TECHNICAL = new Set([
  'body query path header',
  'json html',
  'true false',
  'true',
  'newest oldest',
  'all encoding missing',
  '1 2 3 4 5 6 7 8',
  'US CA MX',
  'update keep fill',
  'first last',
  'key person local',
  'help support menu dashboard demo',
  'redrive discard',
  // Limits of throttle groups have sentences of their own.
  'minute hour day',
]);

/** Every table of words in this folder, by the name that it is exported under. */
async function allTables(): Promise<Map<string, Words>> {
  const tables = new Map<string, Words>();
  for (const file of await readdir(import.meta.dirname)) {
    if (!/^[a-z-]+\.ts$/.test(file) || ['define.ts', 'use-word.ts', 'carrier-errors.ts'].includes(file))
      continue;
    for (const [name, table] of Object.entries(await import(`./${file}`))) tables.set(name, table as Words);
  }
  return tables;
}

/** Every enumeration of a JSON document. */
function enumerations(
  node: unknown,
  found: Map<string, readonly string[]> = new Map(),
): Map<string, readonly string[]> {
  if (typeof node !== 'object' || node === null) return found;
  const { enum: values } = node as { enum?: unknown };
  if (Array.isArray(values)) {
    const texts = values.filter((value) => typeof value === 'string');
    found.set(texts.join(' '), texts);
  }
  for (const each of Object.values(node)) enumerations(each, found);
  return found;
}

describe('Plain words', () => {
  it('are there for every value of every enumeration of the API', async () => {
    const tables = [...(await allTables()).values()];
    const missing = [...enumerations(JSON.parse(JSON.stringify(describeApi())))]
      .filter(([name]) => !TECHNICAL.has(name))
      .filter(([, values]) => !tables.some((table) => values.every((value) => Object.hasOwn(table, value))));
    assert.deepEqual(
      missing.map(([name]) => name),
      [],
      'add a table to apps/console/src/words, or values to one',
    );
  });

  it('are there for every rule of the gate', () => {
    assert.deepEqual(Object.keys(gateRule).sort(), gateRules.map(({ id }) => id).sort());
  });

  it('are there for every part of the system', () => {
    assert.deepEqual(Object.keys(serviceWords).sort(), Object.keys(services).sort());
    assert.deepEqual(Object.keys(streamWords).sort(), Object.keys(streams).sort());
    assert.deepEqual(Object.keys(queueWords).sort(), Object.keys(queues).sort());
  });

  it('are there for every error code of every carrier', () => {
    const rules = [
      ...twilioErrorRules,
      ...twilioVoiceErrorRules,
      ...twilioWhatsAppErrorRules,
      ...twilioOwnErrorRules,
      ...vonageErrorRules,
      ...awsErrorRules,
      unknownErrorRule('x'),
    ];
    assert.deepEqual(
      [...new Set(rules.map(({ meaning }) => meaning))].filter((meaning) => !hasWords(meaning)),
      [],
    );
    assert.deepEqual(carrierErrorWord('twilio', '30003', 'es'), {
      says: 'No se puede alcanzar el teléfono',
      hint: 'Se reintenta solo.',
      tone: 'held',
    });
    assert.equal(carrierErrorWord('aws', 'of tomorrow', 'en').says, 'A code that no table of ours knows');
  });

  it('say something in every language, with a tone that there is', async () => {
    for (const [name, table] of await allTables()) {
      for (const [value, row] of Object.entries(table)) {
        assert.ok(tones.includes(row.tone), `${name}.${value}`);
        for (const language of languages) {
          const [says, hint] = row[language];
          assert.match(says, /^\p{Lu}/u, `${name}.${value} in ${language}`);
          assert.equal(
            hint === undefined,
            row.en[1] === undefined,
            `${name}.${value}: a hint in every language or none`,
          );
          if (hint !== undefined) assert.match(hint, /[.]$/, `${name}.${value} in ${language}`);
        }
      }
    }
  });
});
