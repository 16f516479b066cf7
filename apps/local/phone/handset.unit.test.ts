import assert from 'node:assert/strict';
import type { PhoneView } from '#shared/simulator/phone-view.ts';
import { ManualClock, settle } from '#test/manual-clock.ts';
import { createHandset } from './handset.ts';

const message = (id: string, status: string, direction: PhoneView['direction'] = 'to_phone'): PhoneView => ({
  id,
  direction,
  from: '+14155550100',
  to: '+14155550101',
  body: 'x',
  mediaUrls: [],
  status,
  errorCode: null,
  at: '2026-03-02T15:00:00.000Z',
});

describe('the handset', () => {
  it('says once that a message has arrived, however often it hears of it', () => {
    const handset = createHandset(new ManualClock());
    const news = ['queued', 'sent', 'delivered', 'delivered', 'sent', 'delivered'].map((status) =>
      handset.take(message('a', status)),
    );
    assert.deepEqual(news.filter(Boolean), ['arrived']);
    assert.equal(handset.arrivals, 1);
  });

  it('says that an own text was not taken', () => {
    const handset = createHandset(new ManualClock());
    assert.equal(handset.take(message('a', 'receiving', 'from_phone')), null);
    assert.equal(handset.take(message('a', 'failed', 'from_phone')), 'failed');
  });

  it('is quiet once nothing has arrived for the time asked', async () => {
    const clock = new ManualClock();
    const handset = createHandset(clock);
    let quiet = false;
    const waiting = handset.quiet(4_000).then(() => {
      quiet = true;
    });
    await clock.advance(3_999);
    handset.take(message('a', 'delivered'));
    await settle();
    await clock.advance(3_999);
    assert.equal(quiet, false);
    await clock.advance(1);
    await waiting;
  });

  it('is not quiet while a message is on the way', async () => {
    const clock = new ManualClock();
    const handset = createHandset(clock);
    let quiet = false;
    const waiting = handset.quiet(1_000).then(() => {
      quiet = true;
    });
    handset.take(message('a', 'queued'));
    await clock.advance(5_000);
    assert.equal(quiet, false);
    handset.take(message('a', 'undelivered'));
    await clock.advance(1_000);
    await waiting;
  });

  it('is not quiet while the application has not taken an own text, and counts from then', async () => {
    const clock = new ManualClock();
    const handset = createHandset(clock);
    let quiet = false;
    handset.take(message('a', 'receiving', 'from_phone'));
    const waiting = handset.quiet(1_000).then(() => {
      quiet = true;
    });
    await clock.advance(5_000);
    assert.equal(quiet, false);
    // The answer is on its way before the text is taken; an event that comes late changes nothing.
    handset.take(message('b', 'queued'));
    for (const status of ['received', 'receiving']) handset.take(message('a', status, 'from_phone'));
    await clock.advance(5_000);
    assert.equal(quiet, false);
    handset.take(message('b', 'delivered'));
    await settle();
    await clock.advance(1_000);
    await waiting;
  });

  it('gives up on a message that stays on the way', async () => {
    const clock = new ManualClock();
    const handset = createHandset(clock);
    handset.take(message('a', 'sent'));
    const waiting = handset.quiet(1_000);
    await clock.advance(62_000);
    await waiting;
  });

  it('waits for the next arrival no longer than asked', async () => {
    const clock = new ManualClock();
    const handset = createHandset(clock);
    const none = handset.nextArrival(1_000);
    await clock.advance(1_000);
    assert.equal(await none, false);
    const one = handset.nextArrival(1_000);
    handset.take(message('a', 'delivered'));
    assert.equal(await one, true);
  });
});
