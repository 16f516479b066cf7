import type { CampaignRow } from '#shared/api-client/api-types.ts';
import { Time } from '../../../parts/time.tsx';
import { useTexts } from '../../../texts/language.tsx';
import classes from './list.module.css';
import { campaignTexts } from './texts.ts';

/** When it starts, started or ended: how long until or since, above the time itself. */
export function ScheduleCell({ row }: { row: CampaignRow }) {
  const say = useTexts(campaignTexts);
  const { definition, endedAt, startAt, startedAt, status } = row;
  const at = endedAt ?? startedAt ?? (status === 'draft' ? null : startAt);
  if (at === null) return null;
  const what = endedAt !== null ? 'ended_' : startedAt !== null ? 'started_' : 'starts_';
  return (
    <div className={classes.two}>
      <span>
        {say(what)} <Time at={at} as="ago" />
      </span>
      <span className={classes.second}>
        <Time at={at} zone={definition?.timeZone} />
      </span>
    </div>
  );
}
