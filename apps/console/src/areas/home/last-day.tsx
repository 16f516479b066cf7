import { Text } from '@mantine/core';
import type { Overview } from '#shared/api-client/api-types.ts';
import { Count, Share } from '../../parts/number.tsx';
import { Stat, Stats } from '../../parts/stat.tsx';
import { ago } from '../../parts/time.ts';
import { useNow } from '../../parts/use-now.ts';
import { useLanguage, useTexts } from '../../texts/language.tsx';
import { homeTexts } from './texts.ts';

/** What came and went, with what each share is of. */
export function LastDay({ of: { messages, optOuts, reached, repliers, waiting } }: { of: Overview }) {
  const say = useTexts(homeTexts);
  const language = useLanguage();
  const now = useNow();
  const { delivered, isAll, received, refused, sent, undelivered } = messages;
  return (
    <>
      <Stats>
        <Stat
          label={say('waiting')}
          value={<Count of={waiting.conversations} />}
          note={
            waiting.oldestAt === null
              ? say('noneWaiting')
              : say('oldest', { when: ago(waiting.oldestAt, { language, now }) })
          }
          tone={waiting.conversations > 0 ? 'held' : undefined}
          to="/inbox"
        />
        <Stat label={say('received')} value={<Count of={received} />} />
        <Stat
          label={say('sent')}
          value={<Count of={sent} />}
          note={refused > 0 ? say('refused', { count: refused }) : undefined}
        />
        <Stat
          label={say('delivered')}
          value={<Share part={delivered} whole={sent} />}
          note={undelivered > 0 ? say('undelivered', { count: undelivered }) : undefined}
        />
        <Stat label={say('replied')} value={<Share part={Math.min(repliers, reached)} whole={reached} />} />
        <Stat label={say('optOuts')} value={<Count of={optOuts} />} tone={optOuts > 0 ? 'bad' : undefined} />
      </Stats>
      {!isAll && (
        <Text size="xs" c="dimmed">
          {say('notAll')}
        </Text>
      )}
    </>
  );
}
