import assert from 'node:assert/strict';
import { atOnce } from './scenario.ts';
import { carrierFails } from './scenarios/carrier.ts';
import { aimedKills } from './scenarios/kills.ts';
import { postgresCut } from './scenarios/postgres.ts';
import { sqsLosesAnswers } from './scenarios/queues.ts';
import { kinesisThrottles } from './scenarios/streams.ts';
import { type Outcome, runTrial } from './trial.ts';

/** The short form of `npm run faults`. */
describe('While services are killed in the middle of their work, and more goes wrong', () => {
  let outcomes: Outcome[];
  before(async () => {
    outcomes = await runTrial({
      seed: 20_261_121,
      scenarios: [
        aimedKills({
          rounds: [
            ['senderClaim', 'progressCommit', 'gatewayPut', 'apiCommit'],
            // Alone: while others are down nobody texts.
            ['inboxTexts', 'campaignsCommit', 'callerClaim'],
            ['senderOutcome', 'outboundCommit', 'callerRequest'],
            ['senderRequest', 'dialogCommit', 'logCommit'],
          ],
          breakMs: 2_000,
          tries: 3,
        }),
        atOnce('stores-and-carrier', [postgresCut, kinesisThrottles, sqsLosesAnswers, carrierFails]),
      ],
      size: {
        chatting: 40,
        listening: 10,
        asleep: 2,
        waiting: 20,
        called: 8,
        messagesPerSecond: 2,
        thinkMs: { min: 200, max: 1_200 },
      },
      leastTexts: 120,
      length: 0.3,
      restMs: 180_000,
      withDisk: false,
      say: (line) => console.log(`      ${line}`),
    });
  });

  it('no text is lost, nothing is sent twice or out of order, and a STOP holds', () => {
    const faults = outcomes.flatMap((outcome) => outcome.faults);
    assert.deepEqual(faults, [], faults.join('\n\n'));
    for (const { counts, name } of outcomes) {
      assert.ok((counts.texts ?? 0) > 100, `during ${name} the phones hardly wrote`);
    }
  });

  it('every service was killed between two effects', () => {
    const kills = outcomes.flatMap((outcome) => outcome.kills);
    assert.equal(new Set(kills.map(({ service }) => service)).size, 10);
    const met = new Set(kills.filter(({ hit }) => hit).map(({ gap, service }) => `${service} ${gap}`));
    assert.ok(met.size >= 10, `only these kills met their gap: ${[...met].join('; ')}`);
  });
});
