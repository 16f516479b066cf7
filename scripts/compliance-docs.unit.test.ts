import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { stateRules } from '#shared/compliance/hours/state-rules.ts';
import { gateRules } from '#shared/compliance/rules.ts';
import { complianceParts } from './compliance-docs.ts';
import { replaceBetween } from './generated-docs.ts';

describe('The page on compliance', () => {
  it('says what the gate goes by now: run "npm run docs" when this fails', async () => {
    const page = await readFile(new URL('../docs/compliance.md', import.meta.url), 'utf8');
    for (const [part, content] of Object.entries(complianceParts())) {
      assert.equal(replaceBetween(page, part, content), page, part);
    }
  });

  it('lists every rule and every state once', () => {
    const parts = complianceParts();
    const states = `${parts.states}\n${parts['states-voice']}`;
    for (const { state } of stateRules) assert.equal(states.split(`\n| ${state} |`).length, 2, state);
    for (const { id } of gateRules) assert.equal(parts.rules?.split(`| \`${id}\` |`).length, 2, id);
  });
});
