import assert from 'node:assert/strict';
import type { InboundSms } from '#shared/contracts/dialog-commands.ts';
import type { DialogState } from '#shared/contracts/dialog-state.ts';
import { verdictOf } from '#shared/replies/taken-as.ts';
import { builtInTexts } from '#shared/texts/texts.ts';
import { execute } from './batch.ts';
import type { Facts } from './facts.ts';
import { messagesFor } from './messages.ts';
import {
  asked,
  facts,
  handwashing,
  now,
  openProgramme,
  ourNumber,
  personWith,
  programme,
  texted,
  vaccines,
} from './sample-dialog.ts';

const settings = {
  defaultSender: ourNumber,
  organisation: 'Elm County',
  contact: '415-555-0100',
  carrierAnswersKeywords: false,
};
const KINDS = [
  ['a picture', 'image/jpeg'],
  ['a voice note', 'audio/amr'],
  ['a contact card', 'text/x-vcard'],
  ['something of which the carrier does not say what it is', null],
] as const;

const withMedia = (command: InboundSms, contentType: string | null = 'image/jpeg'): InboundSms => ({
  ...command,
  payload: { ...command.payload, media: [{ url: 'https://media.example.org/1', contentType }] },
});
const picture = (n = 1, contentType: string | null = 'image/jpeg') =>
  withMedia(texted('', {}, n), contentType);
const waiting = asked(handwashing, 'how-long');

/** What a person is said to texts in their order, and where they stand then. */
function said(
  texts: readonly InboundSms[],
  from: DialogState,
  known: Partial<Facts> = {},
): { bodies: string[]; types: string[]; taken: unknown[]; state: DialogState } {
  const result = { bodies: [] as string[], types: [] as string[], taken: [] as unknown[], state: from };
  for (const [n, text] of texts.entries()) {
    const at = new Date(Math.max(now.getTime(), Date.parse(text.occurredAt)) + n);
    const done = execute(text, result.state, { ...facts, ...known }, at);
    if (done === null) continue;
    result.state = done.state;
    result.types.push(...done.batch.events.map(({ type }) => type));
    result.taken.push(verdictOf(done.batch));
    const owner = known.programme === undefined ? programme : known.programme;
    result.bodies.push(...messagesFor(done.batch, owner, settings).map(({ body }) => body));
  }
  return result;
}
const WORDS = builtInTexts.en?.wordsOnly ?? '';

describe('a text without words', () => {
  for (const [name, contentType] of KINDS) {
    it(`that is ${name} is answered plainly where a question wants words, and is no wrong answer`, () => {
      const { bodies, state, taken } = said([picture(1, contentType)], waiting);
      assert.deepEqual([bodies, taken], [[WORDS], ['dialog']]);
      assert.deepEqual(state.currentPrompt, waiting.currentPrompt);
    });
  }

  it('is answered in the language of the person', () => {
    for (const language of ['es', 'fr', 'pt']) {
      const { bodies } = said([picture()], asked(handwashing, 'how-long', 0, { language }));
      assert.deepEqual(bodies, [builtInTexts[language]?.wordsOnly]);
    }
  });

  it('is answered once, however many of them come', () => {
    const ten = Array.from({ length: 10 }, (_, n) => picture(n + 1));
    const { bodies, state } = said(ten, waiting);
    assert.deepEqual([bodies, state.currentPrompt], [[WORDS], waiting.currentPrompt]);
  });

  it('is answered again after words, and after a day', () => {
    const words = said([picture(1), texted('c) 5 minutes', {}, 2), picture(3)], waiting);
    assert.deepEqual(words.bodies.filter((body) => body === WORDS).length, 2);
    const tomorrow = { ...picture(2), occurredAt: '2026-11-22T16:00:00.000Z' };
    assert.deepEqual(said([picture(1), tomorrow], waiting).bodies, [WORDS, WORDS]);
  });

  it('is taken by a question that takes anything, as before', () => {
    const { bodies, types } = said([picture()], asked(vaccines, 'ready'));
    assert.deepEqual(types, ['COMPLETED_PROMPT', 'ADVANCED_TO_NEXT_PROMPT']);
    assert.ok(!bodies.includes(WORDS));
  });

  it('is no answer that could be kept', () => {
    const { bodies, state } = said([picture()], asked(handwashing, 'where'));
    assert.deepEqual([bodies, state.currentPrompt?.slug], [[WORDS], 'where']);
  });

  it('with words beside it is read by its words', () => {
    const { types } = said([withMedia(texted('b'))], waiting);
    assert.ok(types.includes('COMPLETED_PROMPT'));
  });

  it('is no code, and nobody is told ten times that it is none', () => {
    const { bodies } = said([picture(1), picture(2)], personWith({ validated: false }));
    assert.deepEqual(bodies, [WORDS]);
  });

  it('goes to people where nothing waits for words, or no programme has the number', () => {
    for (const known of [{ programme: openProgramme }, { programme: null }]) {
      const { bodies, taken } = said([picture()], personWith(), known);
      assert.deepEqual([bodies, taken], [[], ['people']]);
    }
  });

  it('goes to people who have the conversation in their hands, and nothing is said by itself', () => {
    const { bodies, state, taken } = said([picture()], waiting, { isInHands: true });
    assert.deepEqual([bodies, taken, state.currentPrompt], [[], ['people'], waiting.currentPrompt]);
  });

  it('of somebody who has opted out is answered by nothing', () => {
    const out = asked(handwashing, 'how-long', 0, { optedOut: true });
    assert.deepEqual(said([picture()], out, { suppressed: true }).bodies, []);
    const stop = withMedia(texted('', { consent: 'opted_out', optOutType: 'STOP' }));
    assert.ok(!said([stop], waiting).bodies.includes(WORDS));
  });
});
