import assert from 'node:assert/strict';
import { ManualClock } from '#test/manual-clock.ts';
import { iamTokens } from './iam-token.ts';

describe('IAM tokens as passwords', () => {
  function signing(fails: () => boolean = () => false) {
    const clock = new ManualClock();
    let signed = 0;
    const tokens = iamTokens({
      clock,
      sign: async () => {
        signed += 1;
        if (fails()) throw new Error('no credentials');
        return `token ${signed}`;
      },
    });
    return { clock, tokens, signed: () => signed };
  }

  it('are signed once for any number of connections, also at the same time', async () => {
    const { tokens, signed } = signing();
    const all = await Promise.all(Array.from({ length: 50 }, () => tokens()));
    assert.deepEqual([...new Set(all)], ['token 1']);
    assert.equal(signed(), 1);
  });

  it('are replaced long before the quarter of an hour that they are good for, and not before they must', async () => {
    const { clock, tokens } = signing();
    await tokens();
    await clock.advance(9 * 60_000);
    assert.equal(await tokens(), 'token 1');
    await clock.advance(60_000);
    assert.equal(await tokens(), 'token 2');
  });

  it('that cannot be signed are a passing fault, and tried again by the next connection', async () => {
    let failing = true;
    const { tokens, signed } = signing(() => failing);
    const refused = await Promise.allSettled([tokens(), tokens()]);
    assert.deepEqual(
      refused.map(({ status }) => status),
      ['rejected', 'rejected'],
    );
    assert.equal(signed(), 1);
    await assert.rejects(tokens(), { code: 'unavailable', retryable: true, message: /no credentials/ });
    failing = false;
    assert.equal(await tokens(), 'token 3');
  });
});
