import { Text } from '@mantine/core';
import { IconCircle, IconCircleCheck } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { one } from '../../api/queries.ts';
import { Section } from '../../parts/page.tsx';
import { useTexts } from '../../texts/language.tsx';
import classes from './home.module.css';
import { homeTexts } from './texts.ts';

const some = { query: { limit: 1 } };

/** What a newcomer does first, until all of it is done. */
export function FirstSteps({ hasReached }: { hasReached: boolean }) {
  const say = useTexts(homeTexts);
  const senders = useQuery(one('/v1/senders', some)).data;
  const programmes = useQuery(one('/v1/programmes', some)).data;
  const lists = useQuery(one('/v1/lists', some)).data;
  const campaigns = useQuery(one('/v1/campaigns', { query: { limit: 50 } })).data;
  if (!senders || !programmes || !lists || !campaigns) return null;
  const steps = [
    ['stepSender', senders.items.length > 0],
    ['stepPeople', programmes.items.length + lists.items.length > 0],
    ['stepMessage', campaigns.items.length > 0],
    ['stepPhone', hasReached],
    ['stepLaunch', campaigns.items.some(({ startedAt }) => startedAt !== null)],
  ] as const;
  if (steps.every(([, isDone]) => isDone)) return null;
  return (
    <Section title={say('begin')}>
      <Text size="sm" c="dimmed">
        {say('beginHint')}
      </Text>
      <ol className={classes.steps}>
        {steps.map(([text, isDone]) => (
          <li key={text} className={classes.step} data-done={isDone || undefined}>
            {isDone ? (
              <IconCircleCheck size={18} aria-label={say('done')} role="img" />
            ) : (
              <IconCircle size={18} aria-label={say('toDo')} role="img" />
            )}
            {say(text)}
          </li>
        ))}
      </ol>
    </Section>
  );
}
