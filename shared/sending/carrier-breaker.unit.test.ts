import assert from 'node:assert/strict';
import { CarrierBreaker, type RequestEnd } from './carrier-breaker.ts';

const lost: RequestEnd = { attempt: 'ambiguous', haltCode: null };
const accepted: RequestEnd = { attempt: 'accepted', haltCode: null };
const refused: RequestEnd = { attempt: 'refused', haltCode: null };
const notSent: RequestEnd = { attempt: 'not_sent', haltCode: null };
const halted: RequestEnd = { attempt: 'refused', haltCode: '20003' };

describe('The breaker of the carrier', () => {
  const create = () =>
    new CarrierBreaker({ haltMs: 300_000, lostInRow: 20, backoffMs: { first: 1_000, most: 60_000 } });
  const lose = (breaker: CarrierBreaker, times: number): void => {
    for (let i = 0; i < times; i += 1) breaker.ended(lost, 0, false);
  };

  it('pauses for a second after 20 requests in a row without an answer, and not before', () => {
    const breaker = create();
    lose(breaker, 19);
    assert.equal(breaker.room(0, 100), 100);
    lose(breaker, 1);
    assert.equal(breaker.room(999, 100), 0);
    assert.equal(breaker.waitMs(400), 600);
    assert.match(breaker.cause ?? '', /does not answer/);
    assert.equal(breaker.room(1_000, 100), 1);
  });

  for (const [name, end] of Object.entries({ accepted, refused })) {
    it(`counts from the beginning after a request that was ${name}`, () => {
      const breaker = create();
      lose(breaker, 19);
      breaker.ended(end, 0, false);
      lose(breaker, 19);
      assert.equal(breaker.room(0, 5), 5);
    });
  }

  it('does not count requests that never left as answers', () => {
    const breaker = create();
    lose(breaker, 19);
    breaker.ended(notSent, 0, false);
    lose(breaker, 1);
    assert.equal(breaker.room(0, 5), 0);
  });

  it('sends one probe at a time, waits twice as long after each that is lost, a minute at most', () => {
    const breaker = create();
    lose(breaker, 200);
    const waits: number[] = [];
    for (let i = 0, now = 0; i < 8; i += 1) {
      const wait = breaker.waitMs(now) ?? assert.fail('it does not wait');
      waits.push(wait);
      now += wait;
      assert.equal(breaker.room(now, 9), 1);
      assert.equal(breaker.claims(), true);
      assert.equal(breaker.room(now, 9), 0, 'a second probe');
      breaker.ended(i % 2 === 0 ? lost : notSent, now, true);
    }
    assert.deepEqual(waits, [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
  });

  it('flows again after a probe with an answer, and forgets how long it waited', () => {
    const breaker = create();
    lose(breaker, 20);
    breaker.claims();
    breaker.ended(lost, 1_000, true);
    breaker.claims();
    breaker.ended(refused, 3_000, true);
    assert.equal(breaker.cause, null);
    assert.equal(breaker.room(3_000, 7), 7);
    assert.equal(breaker.claims(), false);
    lose(breaker, 20);
    assert.equal(breaker.waitMs(0), 1_000);
  });

  it('lets another phone be the probe when the first had nothing to send', () => {
    const breaker = create();
    lose(breaker, 20);
    breaker.claims();
    breaker.noProbe();
    assert.equal(breaker.room(1_000, 9), 1);
  });

  it('halts at once when the account is refused, whatever else is accepted meanwhile', () => {
    const breaker = create();
    breaker.ended(halted, 0, false);
    breaker.ended(accepted, 10, false);
    assert.match(breaker.cause ?? '', /20003/);
    assert.equal(breaker.room(299_999, 9), 0);
    assert.equal(breaker.room(300_000, 9), 1);
  });

  it('halts anew when the probe is refused, and flows when it is accepted', () => {
    const breaker = create();
    breaker.ended(halted, 0, false);
    breaker.claims();
    breaker.ended(halted, 300_000, true);
    assert.equal(breaker.waitMs(300_000), 300_000);
    breaker.claims();
    breaker.ended(accepted, 600_000, true);
    assert.equal(breaker.room(600_000, 9), 9);
  });

  it('does not take lost answers during a halt for its end', () => {
    const breaker = create();
    breaker.ended(halted, 0, false);
    lose(breaker, 40);
    assert.equal(breaker.waitMs(0), 300_000);
  });
});
