import assert from 'node:assert/strict';
import { drillsFrom } from '#shared/drills/drills.ts';
import { phoneNumber } from '#shared/phone/phone-number.ts';
import { whatsAppOf } from '#shared/phone/sender-address.ts';
import { originOf } from './batch.ts';
import { factsOf } from './facts.ts';
import {
  adHoc,
  consent,
  handwashing,
  now,
  openProgramme,
  ourNumber,
  programme,
  reminderOf,
  startOf,
  texted,
  update,
} from './sample-dialog.ts';

const openNumber = phoneNumber('+14155550197');
const known = {
  drills: drillsFrom({
    drills: [],
    programmes: [programme, { ...openProgramme, senderNumbers: [openNumber], defaultLanguage: 'es' }],
  }),
  defaultSender: ourNumber,
  defaultLanguage: 'fr',
  content: new Map([['handwashing', handwashing]]),
  suppressed: new Set<string>(),
  overtaken: new Set<string>(),
  activeCampaigns: new Set<string>(),
  now,
};

describe('the programme that a command is about', () => {
  for (const command of [
    startOf('handwashing'),
    reminderOf('gel'),
    adHoc('Hello'),
    update({ profile: {} }),
    consent('opted_out'),
  ]) {
    it(`owns the default sender for ${command.type} without a number`, () => {
      assert.equal(factsOf(command, known).programme?.slug, 'clean-hands');
    });
  }

  it('owns the number that the origin names, and gives a new person its language', () => {
    const command = startOf('handwashing');
    assert.ok(command.type === 'START_DRILL');
    const origin = { kind: 'planned', senderNumber: openNumber, intent: 'marketing' } as const;
    const { programme: owner, defaultLanguage } = factsOf(
      { ...command, payload: { ...command.payload, origin } },
      known,
    );
    assert.deepEqual([owner?.slug, defaultLanguage], ['open-hands', 'es']);
  });

  it('owns the number that was texted, and is none where nobody owns it', () => {
    const inbound = texted('hello');
    assert.equal(factsOf(inbound, known).programme?.slug, 'clean-hands');
    const to = phoneNumber('+14155550198');
    const facts = factsOf({ ...inbound, payload: { ...inbound.payload, to } }, known);
    assert.deepEqual([facts.programme, facts.defaultLanguage], [null, 'fr']);
  });

  it('owns its address on WhatsApp where it names that, and not for having the same number', () => {
    const inbound = texted('hello');
    const to = whatsAppOf(ourNumber);
    const there = { ...inbound, payload: { ...inbound.payload, to } };
    assert.equal(factsOf(there, known).programme, null);
    const drills = drillsFrom({ drills: [], programmes: [{ ...programme, senderNumbers: [ourNumber, to] }] });
    assert.equal(factsOf(there, { ...known, drills }).programme?.slug, 'clean-hands');
    // What answers it goes from there.
    assert.deepEqual(originOf(there), {
      kind: 'reply',
      senderNumber: to,
      receivedAt: inbound.payload.receivedAt,
    });
  });
});
