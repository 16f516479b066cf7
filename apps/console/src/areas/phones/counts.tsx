import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Facts } from '../../parts/facts.tsx';
import { Count } from '../../parts/number.tsx';
import { useLanguage, useTexts } from '../../texts/language.tsx';
import { statisticsNow } from './simulator.ts';
import { faultTexts } from './texts.ts';

/** What the simulated carrier has counted since it was reset: whether a dial does what it is to. */
export function Counts() {
  const say = useTexts(faultTexts);
  const language = useLanguage();
  const { data } = useQuery(statisticsNow);
  if (data === undefined) return null;
  const { callbacks, inbound } = data;
  const refused = Object.entries(data.refused).map(([code, count]) =>
    say('refusedAs', { code, count: count.toLocaleString(language) }),
  );
  return (
    <section aria-label={say('counts')}>
      <Text fw={600}>{say('counts')}</Text>
      <Facts
        of={[
          [say('requests'), <Count key="requests" of={data.requests} />],
          [say('accepted'), <Count key="accepted" of={data.accepted} />],
          [say('callsAsked'), <Count key="calls" of={data.calls} />],
          [say('refused'), refused.length > 0 && refused.join(', ')],
          [
            say('callbacks'),
            say('callbacksOf', {
              delivered: callbacks.delivered,
              failed: callbacks.failed,
              lost: callbacks.lost,
            }),
          ],
          [
            say('inbound'),
            say('inboundOf', { delivered: inbound.delivered, retried: inbound.retried, lost: inbound.lost }),
          ],
          [say('perSecond'), data.messagesPerSecond.toLocaleString(language)],
        ]}
      />
    </section>
  );
}
