import assert from 'node:assert/strict';
import { dialogEventBatchSchema } from '#shared/contracts/dialog-events.ts';
import type { Origin } from '#shared/contracts/origin.ts';
import { batchIdOf, eventIdOf } from '#shared/identity.ts';
import { execute } from './batch.ts';
import {
  asked,
  consent,
  facts,
  handwashing,
  id,
  now,
  ofCampaign,
  ourNumber,
  personWith,
  planned,
  startOf,
  texted,
  update,
} from './sample-dialog.ts';

describe('a batch of events', () => {
  const before = asked(handwashing, 'gel');
  const result = execute(texted('no'), before, facts, now);
  assert.ok(result);

  it('has ids that derive from the command, and one version more', () => {
    const { batch } = result;
    assert.equal(batch.batchId, batchIdOf(id(1)));
    assert.equal(batch.commandId, id(1));
    assert.deepEqual(
      batch.events.map(({ eventId }) => eventId),
      [0, 1, 2].map((index) => eventIdOf(batch.batchId, index)),
    );
    assert.equal(batch.version, before.version + 1);
    assert.equal(result.state.version, before.version + 1);
  });

  it('is as the contract wants it', () => {
    assert.deepEqual(dialogEventBatchSchema.parse(JSON.parse(JSON.stringify(result.batch))), result.batch);
  });

  it('happened at the business time of its execution', () => {
    assert.deepEqual(
      [result.batch.occurredAt, ...result.batch.events.map((event) => event.occurredAt)],
      Array.from({ length: 4 }, () => now.toISOString()),
    );
  });

  it('carries the profile before and after', () => {
    const stopped = execute(
      texted('stop', { consent: 'opted_out' }),
      before,
      { ...facts, suppressed: true },
      now,
    );
    assert.equal(stopped?.batch.profileBefore.optedOut, false);
    assert.equal(stopped?.batch.profileAfter.optedOut, true);
  });

  it('names the programme of the number, or none', () => {
    assert.equal(result.batch.programmeSlug, 'clean-hands');
    assert.equal(
      execute(texted('hi'), before, { ...facts, programme: null }, now)?.batch.programmeSlug,
      null,
    );
  });

  it('is the same when the command is executed again', () => {
    assert.deepEqual(execute(texted('no'), before, facts, now), result);
  });

  it('does not exist when nothing happens', () => {
    assert.equal(execute(texted('hello'), personWith({ optedOut: true }), facts, now), null);
  });

  it('answers a text from the number that was texted', () => {
    assert.deepEqual(result.batch.origin, {
      kind: 'reply',
      senderNumber: ourNumber,
      receivedAt: '2026-11-21T14:59:58.000Z',
    });
  });

  it('names the campaign that asked for the drill which it starts, and none otherwise', () => {
    const known = { ...facts, drill: handwashing };
    const start = startOf('handwashing');
    const started = execute(ofCampaign(start), personWith(), known, now);
    assert.equal(started?.batch.lessonCampaignId, id(800));
    assert.deepEqual(
      dialogEventBatchSchema.parse(JSON.parse(JSON.stringify(started?.batch))),
      started?.batch,
    );
    assert.equal(execute(start, personWith(), known, now)?.batch.lessonCampaignId, undefined);
    assert.equal(result.batch.lessonCampaignId, undefined);
  });

  it('keeps the origin that a command carries, and is planned without a number otherwise', () => {
    const reply: Origin = { kind: 'reply', senderNumber: ourNumber, receivedAt: now.toISOString() };
    const start = startOf('handwashing');
    assert.ok(start.type === 'START_DRILL');
    const withOrigin = { ...start, payload: { ...start.payload, origin: reply } };
    const known = { ...facts, drill: handwashing };
    assert.deepEqual(execute(withOrigin, personWith(), known, now)?.batch.origin, reply);
    assert.deepEqual(execute(start, personWith(), known, now)?.batch.origin, planned);
    assert.deepEqual(
      execute(consent('opted_out'), personWith(), { ...facts, suppressed: true }, now)?.batch.origin,
      planned,
    );
    assert.deepEqual(execute(update({ profile: {} }), personWith(), facts, now)?.batch.origin, planned);
  });
});
