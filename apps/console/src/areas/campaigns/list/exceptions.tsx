import { Tooltip } from '@mantine/core';
import type { CampaignRow } from '#shared/api-client/api-types.ts';
import statusClasses from '../../../parts/status.module.css';
import { useLanguage, useTexts } from '../../../texts/language.tsx';
import { campaignWait } from '../../../words/campaigns.ts';
import { useWord } from '../../../words/use-word.ts';
import classes from './list.module.css';
import { campaignTexts } from './texts.ts';

/** What is out of the ordinary about a campaign: what it waits for, why it paused, that nobody can read it, who is held, what did not arrive. */
export function Exceptions({ row }: { row: CampaignRow }) {
  const say = useTexts(campaignTexts);
  const language = useLanguage();
  const wait = useWord(campaignWait);
  const { progress, reason, status, unreadable, waitsFor } = row;
  const chips: { id: string; tone: string; says: string; hint?: string | undefined }[] = [];
  if (unreadable !== null) {
    chips.push({ id: 'unreadable', tone: 'bad', says: say('unreadable'), hint: unreadable });
  }
  if (waitsFor !== null) {
    const { hint, says, tone } = wait(waitsFor);
    chips.push({ id: 'wait', tone, says, hint: reason ?? hint });
  } else if (reason !== null && (status === 'paused' || status === 'failed' || status === 'active')) {
    chips.push({
      id: 'reason',
      tone: status === 'failed' ? 'bad' : 'held',
      says: say(status === 'active' ? 'waitsItself' : 'byItself'),
      hint: reason,
    });
  }
  if (progress.held > 0) {
    chips.push({
      id: 'held',
      tone: 'held',
      says: say('heldCount', { count: progress.held.toLocaleString(language) }),
    });
  }
  if (progress.missed > 0) {
    chips.push({
      id: 'missed',
      tone: 'bad',
      says: say('missedCount', { count: progress.missed.toLocaleString(language) }),
    });
  }
  return (
    <span className={classes.chips}>
      {chips.map(({ hint, id, says, tone }) => (
        <Tooltip key={id} label={hint ?? ''} disabled={hint === undefined}>
          <span className={statusClasses.status} data-tone={tone}>
            <span className={statusClasses.dot} aria-hidden />
            {says}
          </span>
        </Tooltip>
      ))}
    </span>
  );
}
