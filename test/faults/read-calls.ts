import type { System } from '../driver/system.ts';
import { Outreach } from '../outreach/client.ts';
import type { CallAttemptRow, CalledPerson, CallLogRow, CallMessageRow, CallRecords } from './call-ledger.ts';
import type { Called } from './called.ts';
import type { ContactRow } from './campaign-ledger.ts';

/** What the carrier and the system know of calls, once all are over. `zones`: where people are, awake and asleep. */
export async function readCalls(
  system: System,
  { campaigns, stories }: Called,
  { consent, zones }: { consent: CallRecords['consent']; zones: { awake: string; asleep: string } },
): Promise<CallRecords> {
  const { database, simulator } = system;
  const outreach = await Outreach.of(system);
  const answered = new Map(
    stories.map((story) => [
      story.phone,
      story.deed === 'stops' && story.answeredAt !== null ? story.callsWhenAnswered : null,
    ]),
  );
  const asleep = new Set(campaigns.flatMap((campaign) => campaign.asleep));
  const phones = [...new Set(campaigns.flatMap((campaign) => [...campaign.phones, ...campaign.asleep]))];
  const people: CalledPerson[] = [];
  for (const phone of phones) {
    people.push({
      phone,
      timeZone: asleep.has(phone) ? zones.asleep : zones.awake,
      calls: await simulator.calls(phone),
      before: answered.get(phone) ?? null,
    });
  }
  const attempts = await database.query<CallAttemptRow>(
    `SELECT attempt_id, message_id, phone_number, state, carrier_message_id, posted_at
       FROM attempt WHERE channel = 'voice' ORDER BY posted_at`,
  );
  const messages = await database.query<CallMessageRow>(
    `SELECT message_id, phone_number, state, rule, settled_at FROM message WHERE channel = 'voice'`,
  );
  const log = await database.query<CallLogRow>(
    `SELECT carrier_message_id, log.message_id, status, outcome
       FROM message_log AS log JOIN call_log USING (log_id)`,
  );
  const kept = campaigns.map(async (campaign) => {
    const { rows } = await database.query<ContactRow>(
      'SELECT phone_number, state, rule, message_id, settled_at FROM campaign_contact WHERE campaign_id = $1',
      [campaign.id],
    );
    return { ...campaign, contacts: rows, counted: await outreach.metricsOf(campaign.id) };
  });
  return {
    people,
    campaigns: await Promise.all(kept),
    attempts: attempts.rows,
    messages: messages.rows,
    log: log.rows,
    consent,
  };
}
