import { Skeleton, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Fragment } from 'react';
import { codeOf } from '../../../api/problem.ts';
import { one } from '../../../api/queries.ts';
import { FaultBox } from '../../../parts/fault-box.tsx';
import { Time } from '../../../parts/time.tsx';
import { TonedText } from '../../../parts/toned-text.tsx';
import { useTexts } from '../../../texts/language.tsx';
import { inboxTexts } from '../texts.ts';
import classes from './side.module.css';
import { Card, Nothing } from './side.tsx';

/** How far the person is in programmes and their drills. */
export function ProgressCard({ phone }: { phone: string }) {
  const say = useTexts(inboxTexts);
  const { data, error, refetch } = useQuery({
    ...one('/v1/people/{phone}', { path: { phone } }),
    retry: false,
  });
  const isUnknown = codeOf(error) === 'not_found';
  const programmes = [...new Set(data?.progress.map(({ programme }) => programme))];
  const prompt = data?.dialog?.prompt ?? null;
  return (
    <Card title={say('progress')}>
      {error && !isUnknown && data === undefined ? (
        <FaultBox error={error} again={() => void refetch()} />
      ) : isUnknown || data?.progress.length === 0 ? (
        <Nothing>{say('noProgress')}</Nothing>
      ) : data === undefined ? (
        <Skeleton height={48} aria-busy />
      ) : (
        <>
          {programmes.map((programme) => (
            <Fragment key={programme}>
              <Text size="xs" c="dimmed" fw={600}>
                {programme}
              </Text>
              <ul className={classes.drills}>
                {data.progress
                  .filter((each) => each.programme === programme)
                  .map(({ completedAt, drill, startedAt }) => (
                    <li key={drill}>
                      <Text size="sm" span>
                        {drill}
                      </Text>
                      <Text size="xs" span c="dimmed">
                        {completedAt !== null ? (
                          <TonedText tone="good">
                            {say('drillDone')} <Time at={completedAt} as="ago" />
                          </TonedText>
                        ) : startedAt !== null ? (
                          <TonedText tone="info">
                            {say('drillBegan')} <Time at={startedAt} as="ago" />
                          </TonedText>
                        ) : (
                          say('drillAsked')
                        )}
                      </Text>
                    </li>
                  ))}
              </ul>
            </Fragment>
          ))}
          {prompt !== null && (
            <Text size="sm" c="dimmed">
              {say('promptWaits', { prompt: prompt.slug })} <Time at={prompt.startedAt} as="ago" />
            </Text>
          )}
        </>
      )}
    </Card>
  );
}
