import type { CampaignRow } from '#shared/api-client/api-types.ts';
import { useLanguage, useTexts } from '../../../texts/language.tsx';
import classes from './list.module.css';
import { campaignTexts } from './texts.ts';

/** Sent of total, with a thin bar below it: what went, what did not arrive, what is held. */
export function ProgressCell({ progress }: { progress: CampaignRow['progress'] }) {
  const say = useTexts(campaignTexts);
  const language = useLanguage();
  const { contacts, held, leftOut, missed, reached } = progress;
  if (contacts === 0) return null;
  const width = (part: number) => ({ width: `${(part / contacts) * 100}%` });
  return (
    <div className={classes.progress}>
      <span>
        {say('sentOf', {
          part: (reached + missed).toLocaleString(language),
          whole: contacts.toLocaleString(language),
        })}
      </span>
      <div className={classes.bar} aria-hidden>
        <span data-part="reached" style={width(reached)} />
        <span data-part="missed" style={width(missed)} />
        <span data-part="out" style={width(leftOut)} />
        <span data-part="held" style={width(held)} />
      </div>
    </div>
  );
}
