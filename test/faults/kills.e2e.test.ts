import assert from 'node:assert/strict';
import { runCampaign } from './campaign.ts';

/** The short form of `npm run faults`. */
describe('While every service is killed in the middle of its work', function () {
  this.timeout(400_000);

  it('no text is lost, nothing is sent twice or out of order, and a STOP holds', async () => {
    const outcome = await runCampaign({
      seed: 20_261_121,
      phones: 40,
      thinkMs: { min: 200, max: 1_200 },
      rounds: [
        ['senderClaim', 'progressCommit', 'gatewayPut'],
        // Alone: while others are down nobody texts.
        ['inboxTexts'],
        ['senderOutcome', 'outboundCommit'],
        ['senderRequest', 'dialogCommit', 'logCommit'],
      ],
      breakMs: 2_000,
      tries: 3,
      leastTexts: 120,
      restMs: 180_000,
      say: (line) => console.log(`      ${line}`),
    });
    assert.deepEqual(outcome.faults, [], outcome.faults.join('\n\n'));
    assert.equal(new Set(outcome.kills.map(({ service }) => service)).size, 7);
    const met = new Set(
      outcome.kills.filter(({ hit }) => hit).map(({ gap, service }) => `${service} ${gap}`),
    );
    assert.ok(met.size >= 7, `only these kills met their gap: ${[...met].join('; ')}`);
    assert.ok((outcome.counts.texts ?? 0) > 100, 'the phones hardly wrote');
  });
});
