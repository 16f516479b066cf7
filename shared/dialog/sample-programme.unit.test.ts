import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DialogCommand } from '#shared/contracts/dialog-commands.ts';
import { initialState } from '#shared/contracts/dialog-state.ts';
import { readContent } from '#shared/drills/content.ts';
import { sampleContentDirectory } from '#shared/drills/drills.ts';
import { validateCode } from '#shared/drills/programme.ts';
import { executeBatch } from './execute-batch.ts';
import { id, now, ourNumber, startOf, texted, update } from './sample-dialog.ts';

const content = readContent(
  readdirSync(sampleContentDirectory).map((name) => ({
    name,
    source: readFileSync(join(sampleContentDirectory, name), 'utf8'),
  })),
  ourNumber,
);
const [first] = content.programmes;
assert.ok(first);
const programme = first;

/** Plays commands against the programme that comes with the product; gives the events, batch by batch. */
function play(commands: readonly DialogCommand[]) {
  const result = executeBatch({
    states: new Map(),
    versions: new Map(),
    commands,
    processed: new Set(),
    now,
    factsOf: (command) => ({
      programme,
      drill:
        command.type === 'START_DRILL'
          ? (content.drills.find(({ slug }) => slug === command.payload.drillSlug) ?? null)
          : null,
      codeVerdict: command.type === 'INBOUND_SMS' ? validateCode(command.payload.body, programme, now) : null,
      suppressed: false,
      overtaken: false,
      isCampaignActive: true,
      defaultLanguage: programme.defaultLanguage,
    }),
  });
  const types = result.batches.map(({ events }) => events.map(({ type }) => type).join(' '));
  return { types, state: [...result.changed.values()][0] };
}

const says = (...texts: readonly string[]) => texts.map((text, n) => texted(text, undefined, n + 10));

const RIGHT = 'COMPLETED_PROMPT ADVANCED_TO_NEXT_PROMPT';
const DONE = `${RIGHT} DRILL_COMPLETED`;

describe('the programme that comes with the product, played', () => {
  it('takes a person from the code to the end of the first drill', () => {
    const { types, state } = play([
      texted('hello', undefined, 1),
      texted('clean2026', undefined, 2),
      startOf('washing-hands', id(900), 3),
      ...says('Ana', '20 seconds', 'both', 'On the bus'),
    ]);
    assert.deepEqual(types, [
      'USER_VALIDATION_FAILED',
      'USER_VALIDATED',
      'DRILL_STARTED',
      RIGHT,
      RIGHT,
      RIGHT,
      DONE,
    ]);
    assert.equal(state?.profile.name, 'Ana');
    assert.deepEqual(state?.profile.answers, { hardestPlace: 'On the bus' });
    assert.equal(state?.currentDrill, null);
  });

  it('is the same in Spanish', () => {
    const { types } = play([
      texted('CLEAN2026', undefined, 1),
      update({ profile: { language: 'Español' } }, 2),
      startOf('washing-hands', id(900), 3),
      ...says('Ana', 'La b', 'antes de cocinar', 'ambas', 'En la calle'),
    ]);
    assert.deepEqual(types.slice(3), [RIGHT, RIGHT, 'FAILED_PROMPT', RIGHT, DONE]);
  });

  for (const drill of content.drills) {
    it(`${drill.slug} ends with right answers, and with wrong ones`, () => {
      const languages = ['en', 'es'];
      for (const language of languages) {
        const begin = [
          texted('CLEAN2026', undefined, 1),
          update({ profile: { language } }, 2),
          startOf(drill.slug, id(900), 3),
        ];
        const right = drill.prompts
          .slice(0, -1)
          .map(({ correctResponse }) => correctResponse?.[language] ?? 'my own words');
        const wrong = drill.prompts
          .slice(0, -1)
          .flatMap(({ correctResponse, maxFailures }) =>
            Array.from({ length: correctResponse ? maxFailures + 1 : 1 }, () => 'zzz'),
          );
        for (const answers of [right, wrong]) {
          const { types, state } = play([...begin, ...says(...answers)]);
          assert.match(types.at(-1) ?? '', / ADVANCED_TO_NEXT_PROMPT DRILL_COMPLETED$/);
          assert.equal(types.filter((batch) => batch.includes('DRILL_COMPLETED')).length, 1);
          assert.equal(state?.currentPrompt, null);
        }
      }
    });
  }

  it('begins in the language of the programme for a person of whom nothing is known', () => {
    const { state } = play([texted('CLEAN2026')]);
    assert.equal(state?.profile.language, initialState(ourNumber, 'en').profile.language);
  });
});
