import assert from 'node:assert/strict';
import { sampleTexts } from '#shared/compliance/free-text/sample-texts.ts';
import type { Turn } from './responder.ts';
import { standsAside } from './stand-aside.ts';

const reasonFor = (
  text: string,
  parts: { turns?: Turn[]; mediaUrls?: string[]; answersInHour?: number } = {},
) => standsAside({ text, mediaUrls: [], turns: [], answersInHour: 0, ...parts }, { answersPerHour: 3 });
const them = (text: string): Turn => ({ from: 'them', text });
const us = (text: string): Turn => ({ from: 'us', text });

describe('The agent stands aside', () => {
  const rows: readonly [string, string, string | null][] = [
    ['not for a question', 'What time do you open?', null],
    ['not for a sign', '\u{1F44D}', null],
    ['for a STOP that came to it all the same', 'STOP', 'may_be_opt_out'],
    ['for a START', 'start', 'may_be_opt_out'],
    ['for what is doubtful', 'the answer is stop', 'may_be_opt_out'],
    ['for words that suppress nothing and may mean it', 'get out of my phone', 'may_be_opt_out'],
    ['for those in Spanish', 'ya estuvo', 'may_be_opt_out'],
    ['for a text without words', '??', 'no_words'],
    ['for what says that it answers by itself', 'Automatic reply: I am out of office', 'machine'],
    ['for a car', "I'm driving right now", 'machine'],
    ['for a machine in Spanish', 'Respuesta autom\u00e1tica: vuelvo el lunes', 'machine'],
    ['for a number where nobody reads', 'This mailbox is not monitored', 'machine'],
  ];
  for (const [name, text, reason] of rows) it(name, () => assert.equal(reasonFor(text), reason));

  it('for everything that is known as a revocation or as doubtful, in any language', () => {
    for (const [language, { doubtful, opt_out, revocation }] of Object.entries(sampleTexts)) {
      for (const text of [...opt_out, ...revocation, ...doubtful]) {
        assert.equal(reasonFor(text), 'may_be_opt_out', `${language}: ${text}`);
      }
    }
  });

  it('for pictures', () => {
    assert.equal(reasonFor('look', { mediaUrls: ['https://x.example/1'] }), 'no_words');
  });

  it('for an echo of what we said', () => {
    assert.equal(reasonFor('we are open until FIVE', { turns: [us('We are open until five.')] }), 'machine');
  });

  it('for the same answer to each of our answers, not for a question that is asked twice', () => {
    const question = 'are you open today';
    const once = [them(question), us('Until five.')];
    assert.equal(reasonFor(question, { turns: once }), null);
    assert.equal(reasonFor(question, { turns: [...once, them(question), us('Until five.')] }), 'machine');
    assert.equal(reasonFor('ok', { turns: [them('ok'), us('Until five.')] }), null);
    const long = 'Thank you for your message. We will get back to you as soon as we can.';
    assert.equal(reasonFor(long, { turns: [them(long), us('Until five.')] }), 'machine');
  });

  it('once there were as many answers in an hour as are allowed', () => {
    assert.equal(reasonFor('hours?', { answersInHour: 2 }), null);
    assert.equal(reasonFor('hours?', { answersInHour: 3 }), 'too_many');
    assert.equal(reasonFor('STOP', { answersInHour: 3 }), 'may_be_opt_out');
  });
});
