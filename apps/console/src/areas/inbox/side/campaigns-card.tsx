import { Anchor, Skeleton, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { one } from '../../../api/queries.ts';
import { FaultBox } from '../../../parts/fault-box.tsx';
import { Time } from '../../../parts/time.tsx';
import { useTexts } from '../../../texts/language.tsx';
import { inboxTexts } from '../texts.ts';
import classes from './side.module.css';
import { Card, Nothing } from './side.tsx';

/** Campaigns that have written to the person. */
export function CampaignsCard({ phone }: { phone: string }) {
  const say = useTexts(inboxTexts);
  const { data, error, refetch } = useQuery(one('/v1/people/{phone}/campaigns', { path: { phone } }));
  return (
    <Card title={say('campaigns')}>
      {error && data === undefined ? (
        <FaultBox error={error} again={() => void refetch()} />
      ) : data === undefined ? (
        <Skeleton height={48} aria-busy />
      ) : data.items.length === 0 ? (
        <Nothing>{say('noCampaigns')}</Nothing>
      ) : (
        <ul className={classes.campaigns}>
          {data.items.map(({ id, lastAt, messages, name, texts }) => (
            <li key={id}>
              <Anchor
                size="sm"
                underline="always"
                renderRoot={(props) => <Link to="/campaigns/$id" params={{ id }} {...props} />}
              >
                {name}
              </Anchor>
              <Text size="xs" c="dimmed">
                {say('campaignMessages', { count: messages })}
                {texts > 0 && ` · ${say('campaignTexts', { count: texts })}`}
                {' · '}
                <Time at={lastAt} as="ago" />
              </Text>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
