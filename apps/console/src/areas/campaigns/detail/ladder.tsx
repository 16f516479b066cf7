import { Text } from '@mantine/core';
import { IconMessage, IconPhone } from '@tabler/icons-react';
import type { Campaign, CampaignMetrics } from '#shared/api-client/api-types.ts';
import { followedBy } from '#shared/campaigns/ladder.ts';
import { ladderOf } from '#shared/campaigns/ladder-of.ts';
import { Count } from '../../../parts/number.tsx';
import { Section } from '../../../parts/page.tsx';
import { span } from '../../../parts/time.ts';
import { useLanguage, useTexts } from '../../../texts/language.tsx';
import { ladderCause } from '../../../words/campaigns.ts';
import { useWord } from '../../../words/use-word.ts';
import { CountLink } from './count-link.tsx';
import classes from './detail.module.css';
import { detailTexts } from './texts.ts';

/** Steps by text and by call, in their order: what led to each, how many came by it, each number leading to them. */
export function Ladder({ campaign, metrics }: { campaign: Campaign; metrics: CampaignMetrics }) {
  const say = useTexts(detailTexts);
  const language = useLanguage();
  const cause = useWord(ladderCause);
  const { id } = campaign;
  const steps = ladderOf(campaign);
  if (steps === null) return null;
  return (
    <Section
      title={say('ladder')}
      aside={
        <Text size="xs" c="dimmed">
          {say('ladderNote', { count: campaign.definition.maxAttempts })}
        </Text>
      }
    >
      <ol className={classes.ladder}>
        {steps.map((step, place) => {
          const came = metrics.steps.filter((each) => each.step === place);
          const before = followedBy(step, place);
          const all = place === 0 ? metrics.total : came.reduce((sum, { contacts }) => sum + contacts, 0);
          const Icon = step.channel === 'sms' ? IconMessage : IconPhone;
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: a step is its place
            <li key={place} className={classes.ladderStep}>
              <div className={classes.ladderHead}>
                <Icon size={16} aria-hidden />
                <span>{say(step.channel === 'sms' ? 'stepText' : 'stepCall', { number: place + 1 })}</span>
                <CountLink id={id} search={place === 0 ? {} : { step: String(place) }}>
                  <Count of={all} />
                </CountLink>
              </div>
              {before === null ? (
                <Text size="xs" c="dimmed">
                  {say('everybodyFirst')}
                </Text>
              ) : (
                <ul className={classes.causes}>
                  {step.after.map((ending) => (
                    <li key={ending}>
                      <CountLink id={id} search={{ step: String(place), via: ending }}>
                        <Count of={came.find(({ via }) => via === ending)?.contacts ?? 0} />
                      </CountLink>{' '}
                      <Text span size="xs" c="dimmed">
                        {say('cameBy', {
                          ending: cause(ending).says.toLocaleLowerCase(),
                          number: before + 1,
                        })}
                        {ending === 'no_reply' &&
                          step.answerWithinMinutes !== null &&
                          ` (${say('within', { span: span(step.answerWithinMinutes * 60_000, language) })})`}
                      </Text>
                    </li>
                  ))}
                </ul>
              )}
            </li>
          );
        })}
      </ol>
    </Section>
  );
}
