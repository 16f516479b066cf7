import type { DialogCommand, StartDrill } from '#shared/contracts/dialog-commands.ts';
import type { CommandBatchResult } from '#shared/dialog/execute-batch.ts';
import type { Queryable } from '#shared/postgres/pool.ts';

/** Lessons that campaigns ask for: whether they may begin, and what campaigns hear of it. */

type OfCampaign = NonNullable<StartDrill['payload']['campaign']>;

const campaignOf = (command: DialogCommand): OfCampaign | undefined =>
  command.type === 'START_DRILL' ? command.payload.campaign : undefined;

/**
 * Of the campaigns whose drills these commands start, those that are active and whose end has not come, in business time. As
 * of now: one that is paused at this moment may still begin the lessons of this batch. Its row is not locked: what people
 * text would wait for campaigns.
 */
export async function readActiveCampaigns(
  db: Queryable,
  commands: readonly DialogCommand[],
  now: Date,
): Promise<ReadonlySet<string>> {
  const asked = new Set(commands.flatMap((command) => campaignOf(command)?.campaignId ?? []));
  if (asked.size === 0) return asked;
  const { rows } = await db.query<{ campaign_id: string }>(
    `SELECT campaign_id FROM campaign WHERE campaign_id = ANY ($1) AND status = 'active' AND (end_at IS NULL OR end_at > $2)`,
    [[...asked], now],
  );
  return new Set(rows.map(({ campaign_id }) => campaign_id));
}

/** Leaves an answer for each drill of a campaign that was executed now: that it has begun, or why it has not. */
export async function answerCampaigns(
  db: Queryable,
  commands: readonly DialogCommand[],
  { processed, refused }: Pick<CommandBatchResult, 'processed' | 'refused'>,
): Promise<void> {
  const executed = new Set(processed);
  const reasons = new Map(refused.map(({ command, reason }) => [command.commandId, reason]));
  // Once each: a command may stand in a batch twice.
  const answered = new Map(
    commands.flatMap((command) => {
      const campaign = campaignOf(command);
      return campaign !== undefined && executed.has(command.commandId)
        ? [[command.commandId, campaign] as const]
        : [];
    }),
  );
  if (answered.size === 0) return;
  const ids = [...answered.keys()];
  await db.query(
    `INSERT INTO campaign_drill_answer (command_id, campaign_id, contact_id, refusal)
     SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[])`,
    [
      ids,
      [...answered.values()].map(({ campaignId }) => campaignId),
      [...answered.values()].map(({ contactId }) => contactId),
      ids.map((id) => reasons.get(id) ?? null),
    ],
  );
}
