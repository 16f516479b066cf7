import assert from 'node:assert/strict';
import { systemClock } from '#shared/clock.ts';
import type { Responder } from '../responder.ts';
import { rulesResponder } from '../rules/responder.ts';
import { type EvaluationSet, readEvaluationSet } from './evaluation-set.ts';
import { type Score, score } from './score.ts';

const scoreOf = (set: EvaluationSet, responderOf: (organisation: string) => Responder): Promise<Score> =>
  score({ set, responderOf, clock: systemClock(), timeoutMs: 5_000, mostSegments: 2 });

const always = (respond: Responder['respond']): Responder => ({ source: 'rules', repeatable: true, respond });

describe('The evaluation set', () => {
  let set: EvaluationSet;
  before(async () => {
    set = await readEvaluationSet();
  });

  it('has at least 150 texts in two languages, no text twice, and 30 revocations', () => {
    assert.ok(set.cases.length >= 150);
    for (const language of ['en', 'es']) {
      assert.ok(set.cases.filter((each) => each.language === language).length >= 70, language);
    }
    const texts = set.cases.map(({ organisation, text }) => `${organisation} ${text.toLowerCase()}`);
    assert.equal(new Set(texts).size, texts.length);
    assert.ok(set.cases.filter(({ expected }) => expected.kind === 'opt_out').length >= 30);
  });

  it('knows of every topic with an answer what that has to mention, which the answer itself does', () => {
    for (const { mentions, rules } of set.organisations.values()) {
      for (const { action, topic } of rules) {
        if (action === 'answer') assert.ok((mentions.get(topic) ?? []).length > 0, topic);
      }
    }
  });

  it('is answered by rules well above the bar, and no revocation ever', async () => {
    const responders = new Map(
      [...set.organisations].map(([slug, { rules }]) => [slug, rulesResponder(async () => rules)]),
    );
    const result = await scoreOf(set, (slug) => {
      const responder = responders.get(slug);
      assert.ok(responder);
      return responder;
    });
    assert.ok(result.accuracy >= 0.97, String(result.accuracy));
    assert.ok(result.escalation <= 0.05, String(result.escalation));
    assert.equal(result.answeredOptOuts, 0);
  });

  it('gives no revocation to a responder that answers everything', async () => {
    const asked: string[] = [];
    const result = await scoreOf(set, () =>
      always(async ({ text }) => {
        asked.push(text);
        return {
          outcome: { kind: 'answer', text: 'Yes!', topic: null },
          firstMs: null,
          usage: null,
          version: null,
        };
      }),
    );
    const revocations = set.cases.filter(({ expected }) => expected.kind === 'opt_out');
    assert.deepEqual(
      revocations.filter(({ text }) => asked.includes(text)),
      [],
    );
    assert.equal(result.answeredOptOuts, 0);
    assert.ok(asked.length > 100);
    assert.ok(result.accuracy < 0.3);
  });

  it('counts what fails, and what comes too late, as handed over', async () => {
    const result = await scoreOf(set, () =>
      always(async () => {
        throw new Error('away');
      }),
    );
    assert.equal(result.escalation, 1);
    assert.ok(result.scored.some(({ says }) => says === 'away'));
  });
});
