import assert from 'node:assert/strict';
import { WaitingRoom } from './waiting-room.ts';

describe('The waiting room of a caller', () => {
  const admitted = (room: WaitingRoom, campaign: string, phones: number, most: number, now = 0): number =>
    Array.from({ length: phones }, (_, index) => room.admits(campaign, `phone ${index}`, most, now)).filter(
      Boolean,
    ).length;

  it('admits as many of a campaign as it may call at once, and never more than 20', () => {
    const room = new WaitingRoom(10_000);
    assert.equal(admitted(room, 'narrow', 50, 1), 1);
    assert.equal(admitted(room, 'wide', 50, 100), 20);
  });

  it('keeps its place to whoever has one', () => {
    const room = new WaitingRoom(10_000);
    admitted(room, 'narrow', 3, 2);
    assert.deepEqual(
      ['phone 2', 'phone 1', 'phone 0'].map((phone) => room.admits('narrow', phone, 2, 9_000)),
      [false, true, true],
    );
  });

  it('gives the place of who leaves, and of who does not ask again, to the next', () => {
    const room = new WaitingRoom(10_000);
    admitted(room, 'narrow', 2, 2);
    room.leaves('narrow', 'phone 0');
    assert.ok(room.admits('narrow', 'phone 7', 2, 5_000));
    assert.ok(!room.admits('narrow', 'phone 8', 2, 10_000));
    assert.ok(room.admits('narrow', 'phone 8', 2, 10_001));
  });
});
