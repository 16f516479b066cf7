import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '#shared/clock.ts';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import { openJournal } from './journal.ts';
import type { Message } from './message.ts';
import { createMessageStore, type MessageStore } from './message-store.ts';

const phoneOf = (n: number) => phoneNumber(`+1415555${String(101 + n).padStart(4, '0')}`);

function add(store: MessageStore, more: Partial<Message> = {}): Message {
  const ordinal = store.nextOrdinal();
  const message: Message = {
    sid: `SM${String(ordinal).padStart(32, '0')}`,
    ordinal,
    direction: 'outbound-api',
    carrier: 'twilio',
    reference: {},
    ours: '+14155550100',
    phone: phoneOf(0),
    body: `text ${ordinal}`,
    mediaUrls: [],
    messagingServiceSid: null,
    statusCallback: null,
    segments: 1,
    status: 'delivered',
    errorCode: null,
    createdAt: ordinal,
    sentAt: null,
    updatedAt: ordinal,
    optOutType: null,
    webhook: 'none',
    steps: [],
    notices: [],
    ...more,
  };
  store.add(message);
  return message;
}

const ordinals = (messages: Iterable<Message>): number[] => [...messages].map(({ ordinal }) => ordinal);

describe('the message store', () => {
  const stores: MessageStore[] = [];
  let directory: string;
  const open = (maxMessages = 1_000): MessageStore => {
    const store = createMessageStore(openJournal(directory), { maxMessages }, systemClock());
    stores.push(store);
    return store;
  };
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'carrier-'));
  });
  afterEach(async () => {
    for (const store of stores.splice(0)) store.close();
    await rm(directory, { recursive: true });
  });

  it('has everything that was saved after it is opened again without having been closed', async () => {
    const store = open();
    const pending = { at: 9, status: 'delivered', errorCode: null } as const;
    const message = add(store, { status: 'sent', steps: [pending] });
    add(store);
    store.setOptedOut('+14155550100', phoneOf(0), true);
    store.setOptedOut('+14155550100', phoneOf(1), true);
    store.setOptedOut('+14155550100', phoneOf(1), false);
    await store.saved();
    message.status = 'delivered';
    message.steps = [];
    store.changed(message);
    await store.saved();

    const again = open();
    assert.deepEqual(again.get(message.sid), message);
    assert.equal(again.size, 2);
    assert.equal(again.nextOrdinal(), 3);
    assert.equal(again.isOptedOut('+14155550100', phoneOf(0)), true);
    assert.equal(again.isOptedOut('+14155550100', phoneOf(1)), false);
  });

  it('drops the oldest finished messages beyond its limit, in memory and on disk', async () => {
    const store = open(3);
    const waiting = add(store, { steps: [{ at: 9, status: 'delivered', errorCode: null }] });
    for (let i = 0; i < 5; i += 1) add(store, { phone: phoneOf(i) });
    assert.deepEqual(ordinals(store.oldestFirst(0)), [waiting.ordinal, 5, 6]);
    assert.equal(store.get(`SM${'2'.padStart(32, '0')}`), undefined);
    assert.deepEqual(ordinals(store.ofPhone(phoneOf(0))), [waiting.ordinal]);
    assert.deepEqual(ordinals(store.ofPhone(phoneOf(1))), []);
    await store.saved();
    assert.deepEqual(ordinals(open(3).oldestFirst(0)), [waiting.ordinal, 5, 6]);
  });

  it('stays within its limit even when nothing is finished', () => {
    const store = open(3);
    for (let i = 0; i < 10; i += 1) add(store, { steps: [{ at: 9, status: 'delivered', errorCode: null }] });
    assert.deepEqual(ordinals(store.oldestFirst(0)), [8, 9, 10]);
  });

  it('finds the messages of a number, whichever side it is on, newest first', () => {
    const store = open();
    add(store, { phone: phoneOf(1) });
    add(store, { phone: phoneOf(2), direction: 'inbound' });
    add(store, { phone: phoneOf(1), direction: 'inbound' });
    assert.deepEqual(ordinals(store.newestFirst(phoneOf(1))), [3, 1]);
    assert.deepEqual(ordinals(store.newestFirst('+14155550100')), [3, 2, 1]);
    assert.deepEqual(ordinals(store.newestFirst('+14155550177')), []);
    assert.deepEqual(ordinals(store.oldestFirst(1)), [2, 3]);
  });

  it('forgets everything when it is cleared, on disk too', async () => {
    const store = open();
    add(store);
    store.setOptedOut('+14155550100', phoneOf(0), true);
    await store.saved();
    store.clear();
    assert.equal(store.size, 0);
    const again = open();
    assert.equal(again.size, 0);
    assert.equal(again.isOptedOut('+14155550100', phoneOf(0)), false);
  });
});
