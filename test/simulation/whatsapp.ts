import { readConfig } from '#shared/config.ts';
import { gateConfigFrom, gateSettings } from '#shared/gate/settings.ts';
import { type PhoneNumber, phoneNumber } from '#shared/phone/phone-number.ts';
import { type SenderAddress, senderAddress } from '#shared/phone/sender-address.ts';
import type { Pool } from '#shared/postgres/pool.ts';
import type { PhoneView } from '#shared/simulator/phone-view.ts';
import { type PlanParts, planMessage } from '../../apps/api/messages/plan.ts';
import { insertContacts, insertSenders } from '../../apps/campaigns/test-campaigns.ts';
import { OUR_NUMBER } from '../driver/our-number.ts';
import type { Happening } from '../driver/phone.ts';
import type { Simulator } from '../driver/simulator.ts';
import { testPseudonyms } from '../pseudonyms.ts';
import type { Database } from './database.ts';
import type { Features } from './features.ts';
import { OURS_THERE } from './ours-there.ts';
import type { Simulation } from './simulation.ts';
import { Staff } from './staff.ts';
import { CLOSES_AFTER_MS, type FreeText, windowFaults } from './whatsapp-ledger.ts';

const POOL_THERE = 'chats';
const TEMPLATE = `HX${'0'.repeat(32)}`;
/** Of those who chat: whoever does so there, and the texts of theirs that they send there, and not as a text. */
const CHATS_THERE = 0.6;
const WRITES_THERE = 0.8;
/** Away from those who chat and those on lists. */
const FIRST = 170;
/** What staff writes to whom, and people meanwhile, comes within so many ms. */
const WITHIN_MS = { least: 500, most: 20_000 };
const HOUR_MS = 3_600_000;

interface Person {
  phone: PhoneNumber;
  happenings: Happening[];
}

/** What a campaign by WhatsApp says in place of a text. */
export const byWhatsApp = (words: string) => ({
  senderPool: POOL_THERE,
  messagesPerSecond: 50,
  variants: [
    {
      name: 'A',
      bodies: { en: `${words}, {{1}}.` },
      templates: { en: { contentSid: TEMPLATE, variables: { 1: '{{first_name|there}}' } } },
    },
  ],
});

/** A number of ours on WhatsApp, people who write there, and staff who answers them with free text. */
export class WhatsApp {
  readonly people: Person[] = [];
  readonly #simulation: Simulation;
  readonly #database: Database;
  readonly #random: () => number;
  readonly #staff: Staff;

  constructor(simulation: Simulation, database: Database, { random }: Features) {
    this.#simulation = simulation;
    this.#database = database;
    this.#random = random;
    this.#staff = new Staff(simulation);
  }

  /** For one who chats: what they write goes there or to the number for texts. */
  phoneOf(): Pick<Simulator, 'follow' | 'text'> {
    const { theCarrier } = this.#simulation;
    if (this.#random() >= CHATS_THERE) return theCarrier;
    return {
      follow: (phone: PhoneNumber, heard: (message: PhoneView) => void) => theCarrier.follow(phone, heard),
      text: (phone: PhoneNumber, body: string) => theCarrier.text(phone, body, this.anyOfOurs()),
    };
  }

  /** Where somebody writes next. */
  anyOfOurs(): SenderAddress {
    return this.#random() < WRITES_THERE ? OURS_THERE : senderAddress(OUR_NUMBER);
  }

  /**
   * Makes the number known, and people who wrote there an hour ago, or just so long ago that their window closes in this run, or longer, or
   * never. Staff writes to them; some of them write, or stop, meanwhile.
   */
  async make(): Promise<void> {
    const { theCarrier, world } = this.#simulation;
    const pool = this.#database.admin(world.time()) as Pool;
    const people = 2 + Math.floor(this.#random() * 3);
    await insertSenders(pool, POOL_THERE, 1, { rate: 80, number: OURS_THERE });
    await insertContacts(pool, people, FIRST);
    for (let index = 0; index < people; index += 1) {
      const phone = phoneNumber(`+1212555${String(FIRST + index).padStart(4, '0')}`);
      const person: Person = { phone, happenings: [] };
      this.people.push(person);
      const ago = this.#lastWrote();
      if (ago !== null) {
        const at = world.time().getTime() - Math.floor(ago);
        theCarrier.before.push({ from: phone, to: OURS_THERE, at });
        await pool.query(
          'INSERT INTO whatsapp_window (phone_number, sender_number, heard_at, heard_on) VALUES ($1, $2, $3, $3)',
          [phone, OURS_THERE, new Date(at)],
        );
      }
      void theCarrier.follow(phone, (message) => this.#hears(person, message));
      const texts = 1 + Math.floor(this.#random() * 3);
      for (let text = 0; text < texts; text += 1)
        this.#later('staff writes', () => void this.#answer(phone, text));
      const says = this.#random();
      if (says < 0.6)
        this.#later(`${phone} writes`, async () => {
          await theCarrier.text(phone, says < 0.3 ? 'STOP' : 'Hello', this.anyOfOurs());
        });
    }
  }

  /** Free text outside of the windows, and what was withheld inside. */
  async faults(): Promise<string[]> {
    const { theCarrier, world } = this.#simulation;
    const texts = await this.#database.read<FreeText>(
      `SELECT message_id AS id, message.phone_number AS person, message.sender_number AS ours, message.created_at AS "createdAt",
              settled_at AS "settledAt", coalesce(rule, '') AS rule, lane = 'replies' AS "isAnswer",
              ARRAY(SELECT posted_at FROM attempt WHERE attempt.message_id = message.message_id ORDER BY posted_at) AS claims
         FROM message WHERE message.sender_number LIKE 'whatsapp:%' AND template IS NULL ORDER BY phone_number, ordinal`,
    );
    const asTemplates = await this.#database.read<{ message_id: string }>(
      `SELECT message_id FROM message WHERE campaign_id IS NOT NULL AND sender_number LIKE 'whatsapp:%' AND template IS NULL`,
    );
    return [
      ...theCarrier.outside,
      ...windowFaults(texts, {
        isNoon: world.isNoon,
        lastHeardAt: (person, ours, until) => theCarrier.lastHeardAt(person, ours, until),
      }),
      ...asTemplates.map(
        ({ message_id }) => `message ${message_id} of a campaign goes by WhatsApp, and is no template`,
      ),
    ];
  }

  end(): Promise<void> {
    return this.#simulation.connections.abandon(this.#staff);
  }

  #hears({ happenings }: Person, { at, body, direction, id, status }: PhoneView): void {
    if (direction === 'from_phone') {
      if (status === 'receiving') happenings.push({ kind: 'said', id, body, at });
      else happenings.push({ kind: 'answered', id, taken: status === 'received' });
    } else if (!happenings.some((one) => one.kind === 'heard' && one.id === id))
      happenings.push({ kind: 'heard', id, body, at });
  }

  /** How long before the run, in ms; null: never. */
  #lastWrote(): number | null {
    const drawn = this.#random();
    if (drawn < 0.2) return HOUR_MS;
    if (drawn < 0.7) return CLOSES_AFTER_MS - this.#random() * 1.5 * WITHIN_MS.most;
    return drawn < 0.9 ? CLOSES_AFTER_MS + this.#random() * HOUR_MS : null;
  }

  /** As the API does it; its turn is relayed by the sender, as no task of the API runs. */
  async #answer(phone: PhoneNumber, text: number): Promise<void> {
    const { world } = this.#simulation;
    const parts: PlanParts = {
      clock: world.clock(this.#staff),
      producer: 'sender',
      gate: GATE,
      pseudonyms: testPseudonyms,
    };
    const messageId = world.newId();
    const senderNumber = senderAddress(this.#random() < 0.8 ? OURS_THERE : OUR_NUMBER);
    const body = `Answer ${text}: the desk is open.`;
    await this.#staff.does(async (tx) => {
      // Tried again, it may have been written before.
      const { rowCount } = await tx.query('SELECT FROM message WHERE message_id = $1', [messageId]);
      if (rowCount === 0)
        await planMessage(
          tx,
          phone,
          { messageId, intent: 'transactional', senderNumber, body, mediaUrls: [] },
          parts,
        );
    });
  }

  #later(what: string, happens: () => void | Promise<void>): void {
    const after = WITHIN_MS.least + this.#random() * (WITHIN_MS.most - WITHIN_MS.least);
    this.#simulation.world.scheduler.after(after, what, null, happens);
  }
}

const GATE = gateConfigFrom(readConfig(gateSettings, {}));
