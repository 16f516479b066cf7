import { Skeleton, Text, Timeline } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { one, PAGE_ROWS } from '../../../api/queries.ts';
import { FaultBox } from '../../../parts/fault-box.tsx';
import { Status } from '../../../parts/status.tsx';
import { Time } from '../../../parts/time.tsx';
import { useTexts } from '../../../texts/language.tsx';
import { consentGrant, consentStatus } from '../../../words/people.ts';
import { useWord } from '../../../words/use-word.ts';
import { inboxTexts } from '../texts.ts';
import { useConsentSentence } from '../thread/happened.tsx';
import classes from './side.module.css';
import { Card, Nothing } from './side.tsx';

/** Everything that a sender sends; other scopes are topics. */
const EVERYTHING = 'sender';

/** Where the person stands, and how it came to that. */
export function ConsentCard({ phone }: { phone: string }) {
  const say = useTexts(inboxTexts);
  const grant = useWord(consentGrant);
  const sentence = useConsentSentence();
  const { data, error, refetch } = useQuery(
    one('/v1/consents/{phone}', { path: { phone }, query: { limit: PAGE_ROWS } }),
  );
  return (
    <Card title={say('consent')}>
      {error && data === undefined ? (
        <FaultBox error={error} again={() => void refetch()} />
      ) : data === undefined ? (
        <Skeleton height={72} aria-busy />
      ) : (
        <>
          {data.standings.length === 0 && <Nothing>{say('noConsent')}</Nothing>}
          {data.standings.map(({ granted, scope, status }) => (
            <div key={scope} className={classes.standing}>
              <Status words={consentStatus} of={status} />
              <Text span size="sm" c="dimmed">
                {[
                  ...(scope === EVERYTHING ? [] : [scope]),
                  ...(status === 'opted_in' ? granted.map((each) => grant(each).says) : []),
                ].join(' · ')}
              </Text>
            </div>
          ))}
          {data.history.length > 0 && (
            <Timeline active={data.history.length} bulletSize={10} lineWidth={2} className={classes.timeline}>
              {data.history.map((change, index) => (
                <Timeline.Item
                  key={change.id}
                  color={change.status === 'opted_in' ? 'var(--c-good-mark)' : 'var(--c-bad-mark)'}
                  mt={index === 0 ? 0 : 'sm'}
                >
                  <Text size="sm">{sentence(change)}</Text>
                  <Text size="xs" c="dimmed">
                    <Time at={change.requestedAt} />
                  </Text>
                </Timeline.Item>
              ))}
            </Timeline>
          )}
        </>
      )}
    </Card>
  );
}
